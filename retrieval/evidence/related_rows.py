"""Rows of a table of related passages, a row for each pair."""

from typing import Any

from index.records import Citation, Passage, Span
from retrieval.evidence.evidence_rows import DOUBTFUL
from retrieval.records import RelatedPair
from retrieval.schema import round_score, sentence

_SIDE = ("citation_zh", "citation_en", "document_id", "line", "passage", "sentence", "text", "scan")
COLUMNS = ("rank", "score", "kind", "terms", *_SIDE, *(f"other_{name}" for name in _SIDE))


def row(pair: RelatedPair) -> dict[str, Any]:
    """Return the row of a pair, with the best of the corresponding sentences."""
    ours, theirs = pair.pairs[0]
    return {
        "rank": pair.rank,
        "score": round_score(pair.score),
        "kind": pair.kind,
        "terms": "；".join(pair.terms),
        **_side(pair.source, pair.source_citation, ours),
        **{f"other_{name}": cell for name, cell in _side(pair.other, pair.citation, theirs).items()},
    }


def _side(passage: Passage, citation: Citation, span: Span) -> dict[str, Any]:
    return {
        "citation_zh": citation.zh,
        "citation_en": citation.en,
        "document_id": passage.document,
        "line": passage.line,
        "passage": passage.id,
        "sentence": sentence(passage, span),
        "text": passage.text,
        "scan": DOUBTFUL if passage.is_doubtful(span) else "",
    }
