"""Records -> what ``--json`` prints and what tables hold. Other programs read it: add keys, never rename them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from index.citations import cite
from index.records import Citation, Document, Passage, Path, Span
from index.text.chinese import is_chinese
from retrieval.corpus import Place
from retrieval.coverage.records import Coverage
from retrieval.records import Answer, Hit, RelatedHit, RelatedPair
from retrieval.related.chapter_map import ChapterMap

Json = dict[str, Any]


def round_score(score: float) -> float:
    """Scores keep five digits: what is behind them changes with the size of a batch."""
    return round(score, 5)


def answer_json(answer: Answer) -> Json:
    """``ask --json``; ``answer`` is null, and ``reason`` says why, unless the text answers the question.

    ``also`` holds the sentence of another chapter that answers as well, where there is one.
    """
    return {
        "question": answer.question,
        "answered": answer.answered,
        "status": answer.status,
        "confidence": round_score(answer.confidence),
        "reason": answer.reason,
        "nowhere": list(answer.unresolved),
        "answer": next((_answer_span(hit) for hit in answer.answering), None),
        "also": [_answer_span(hit) for hit in answer.answering[1:]],
        "hits": [_hit_json(hit) for hit in answer.hits],
    }


def _answer_span(hit: Hit) -> Json:
    span = hit.passage.source_spans(hit.best)
    return {
        "text": sentence(hit.passage, hit.best),
        "citation": own_language(hit.sentence_citation, hit.passage),
        "passage": hit.passage.id,
        "start": span[0].start,
        "end": span[-1].end,
    }


def _hit_json(hit: Hit) -> Json:
    return {
        "rank": hit.rank,
        "score": round_score(hit.score),
        "document": hit.document_title,
        "citation": asdict(hit.citation),
        **passage_json(hit.passage),
        "highlights": [list(span) for span in hit.highlights],
        "same_text": [passage.id for passage in hit.same_text],
        "why": _why_json(hit),
    }


def _why_json(hit: Hit) -> Json | None:
    """Spans of the question and, as for ``highlights``, of the source; ``matches`` are those of a foreign question."""
    if hit.match_reason is None:
        return None
    return {
        "by": hit.match_reason.by,
        "terms": [list(span) for term in hit.match_reason.terms for span in hit.passage.source_spans(term)],
        "matches": [
            {
                "question": list(match.question),
                "passage": [list(span) for span in hit.passage.source_spans(match.passage)],
                "strength": round_score(match.strength),
            }
            for match in hit.match_reason.matches
        ],
    }


def related_json(source: Passage, hits: tuple[RelatedHit, ...]) -> Json:
    """``related --json``; ``because`` holds the first of the ``pairs`` of sentences that correspond."""
    return {
        "source": source.id,
        "hits": [
            {
                "rank": hit.rank,
                "score": round_score(hit.score),
                "kind": hit.kind,
                "document": hit.document_title,
                "citation": asdict(hit.citation),
                **passage_json(hit.passage),
                "because": [sentence(source, hit.pairs[0][0]), sentence(hit.passage, hit.best)],
                "terms": list(hit.terms),
                "pairs": _sentence_pairs(source, hit.passage, hit.pairs),
            }
            for hit in hits
        ],
    }


def pairs_json(pairs: tuple[RelatedPair, ...]) -> Json:
    """``related --all --json`` without the map: pairs of passages, in ``pairs`` of each their sentences."""
    return {
        "pairs": [
            {
                "rank": pair.rank,
                "score": round_score(pair.score),
                "kind": pair.kind,
                "terms": list(pair.terms),
                "source": {"citation": asdict(pair.source_citation), **passage_json(pair.source)},
                "other": {"citation": asdict(pair.citation), **passage_json(pair.other)},
                "pairs": _sentence_pairs(pair.source, pair.other, pair.pairs),
            }
            for pair in pairs
        ]
    }


def _sentence_pairs(source: Passage, other: Passage, pairs: tuple[tuple[Span, Span], ...]) -> list[Json]:
    """The sentences that correspond, with their places in the sources."""
    return [
        {
            "source": {"text": sentence(source, ours), "spans": [list(s) for s in source.source_spans(ours)]},
            "other": {"text": sentence(other, theirs), "spans": [list(s) for s in other.source_spans(theirs)]},
        }
        for ours, theirs in pairs
    ]


def map_json(found: ChapterMap) -> Json:
    """How strongly chapters treat the same subjects: ``strengths[i][j]`` of the i-th and the j-th, from 0 to 1."""
    return {
        "chapters": [
            {
                "document": chapter.document,
                "title": chapter.title,
                "path": path_json(chapter.path),
                "first": chapter.first,
                "size": chapter.size,
            }
            for chapter in found.chapters
        ],
        "strengths": [[round_score(value) for value in row] for row in found.strengths.tolist()],
    }


PAIR_COLUMNS = (
    *("rank", "score", "kind", "terms"),
    *("citation_zh", "citation_en", "document_id", "line", "passage", "sentence", "text"),
    *(f"other_{name}" for name in ("citation_zh", "citation_en", "document_id", "line", "passage", "sentence", "text")),
)


def pair_row(pair: RelatedPair) -> Json:
    """A pair as a row of a table, a cell for each of PAIR_COLUMNS; the sentences are those that correspond best."""
    ours, theirs = pair.pairs[0]
    return {
        "rank": pair.rank,
        "score": round_score(pair.score),
        "kind": pair.kind,
        "terms": "；".join(pair.terms),
        **_side(pair.source, pair.source_citation, ours),
        **{f"other_{name}": cell for name, cell in _side(pair.other, pair.citation, theirs).items()},
    }


def _side(passage: Passage, citation: Citation, span: Span) -> Json:
    return {
        "citation_zh": citation.zh,
        "citation_en": citation.en,
        "document_id": passage.document,
        "line": passage.line,
        "passage": passage.id,
        "sentence": sentence(passage, span),
        "text": passage.text,
    }


def coverage_json(found: Sequence[Coverage]) -> Json:
    """``coverage --json``: for each term every passage that speaks of it, and how many there are in each chapter.

    ``spans`` are those of the source that hold the words; ``chapter`` of a hit counts in ``chapters`` from 0.
    """
    return {"terms": [_coverage_json(one) for one in found]}


def _coverage_json(found: Coverage) -> Json:
    return {
        "term": found.term,
        "threshold": found.threshold,
        "searched": found.searched,
        "found": len(found.hits),
        "holding": found.count_by_words,
        "chapters": [
            {
                "source": chapter.document,
                "path": path_json(chapter.path),
                "first": chapter.first,
                "found": chapter.found,
                "of": chapter.of,
            }
            for chapter in found.chapters
        ],
        "hits": [
            {
                "by": hit.by,
                "score": round_score(hit.score),
                "chapter": hit.chapter,
                "document": hit.document_title,
                "citation": asdict(hit.citation),
                **passage_json(hit.passage),
                "spans": [list(part) for span in hit.spans for part in hit.passage.source_spans(span)],
            }
            for hit in found.hits
        ],
    }


def outline_json(document: Document) -> Json:
    """``outline --json``."""
    return {
        "document": document.title,
        "source": document.id,
        "metadata": dict(document.metadata),
        "remarks": list(document.remarks),
        "headings": [{"line": h.line, "path": path_json(h.path)} for h in document.headings],
        "passages": [
            {"id": p.id, "citation": asdict(cite(document.title, p)), **passage_json(p)} for p in document.passages
        ],
    }


def place_json(citation: Citation, place: Place) -> Json:
    """``show --json``: a passage, and the spans of the source that hold the 款 or 项 named, all of it if none was."""
    spans = place.passage.source_spans(place.span) if place.span else place.passage.pieces
    return {"citation": asdict(citation), **passage_json(place.passage), "spans": [list(span) for span in spans]}


def passage_json(passage: Passage) -> Json:
    """A passage, its place and its position in the source."""
    return {
        "passage": passage.id,
        "source": passage.document,
        "line": passage.line,
        "path": path_json(passage.path),
        "paragraph": passage.ordinal,
        "lead": passage.lead,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "repaired": passage.repaired,
        "page": passage.page,
        "inner": [asdict(part) for part in passage.inner],
        "links": [asdict(link) for link in passage.links],
    }


def path_json(path: Path) -> list[Json]:
    """The levels of a place, outermost first."""
    return [asdict(division) for division in path]


def sentence(passage: Passage, span: Span) -> str:
    """The text of a sentence of a passage."""
    return passage.text[span.start : span.end]


def own_language(citation: Citation, passage: Passage) -> str:
    """The citation in the language of the passage: in Chinese for a Chinese text, else in English."""
    return citation.zh if is_chinese(passage.text) else citation.en
