"""JSON of records, for ``--json`` and the API. Other programs read it: add keys, never rename or remove them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from index.cells import cell_unit, column_name
from index.citations import cite
from index.records import Citation, Document, Passage, Path, Span
from index.text.chinese import is_chinese
from retrieval.corpus import Place
from retrieval.coverage.records import Coverage
from retrieval.records import Answer, Hit, RelatedHit, RelatedPair
from retrieval.related.chapter_map import ChapterMap

Json = dict[str, Any]


def round_score(score: float) -> float:
    """Return a score with five digits; further digits depend on the size of a batch."""
    return round(score, 5)


def answer_json(answer: Answer) -> Json:
    """Return ``ask --json``; unless the text answers, ``answer`` is null and ``reason`` tells why.

    ``related`` is the sentence that treats the subject if the text does not surely answer, and ``missing`` the detail
    that it lacks.
    ``also`` holds the sentence of another chapter that answers as well, where there is one, and ``parts`` the same for
    each of several questions, without hits.
    """
    return {
        **_verdict_json(answer),
        "parts": [_verdict_json(part) for part in answer.parts],
        "hits": [_hit_json(hit) for hit in answer.hits],
    }


def _verdict_json(answer: Answer) -> Json:
    return {
        "question": answer.question,
        "answered": answer.answered,
        "status": answer.status,
        "confidence": round_score(answer.confidence),
        "reason": answer.reason,
        "missing": answer.missing,
        "differences": [one._asdict() for one in answer.differences],
        "nowhere": list(answer.unresolved),
        "answer": next((_answer_span(hit) for hit in answer.answering), None),
        "related": next((_answer_span(hit) for hit in answer.quoted if not answer.answered), None),
        "also": [_answer_span(hit) for hit in answer.answering[1:]],
    }


def _answer_span(hit: Hit) -> Json:
    span = hit.passage.source_spans(hit.best)
    return {
        "text": hit.quotation,
        "citation": own_language(hit.sentence_citation, hit.passage),
        "passage": hit.passage.id,
        "start": span[0].start,
        "end": span[-1].end,
        "check": hit.is_quoted_doubtfully,
        **_cell_json(hit),
    }


def _cell_json(hit: Hit) -> Json:
    """Return the place of a cell of a table: null for each key if the answer is no cell."""
    if hit.cell is None:
        return dict.fromkeys(("table", "row", "column", "value", "unit"))
    row, cell = hit.cell
    return {
        "table": row.caption,
        "row": row.label,
        "column": column_name(cell),
        "value": sentence(hit.passage, cell.span),
        "unit": cell_unit(hit.passage, row, cell),
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
    """Return a match reason with spans of the question and, as for ``highlights``, of the source."""
    if (reason := hit.match_reason) is None:
        return None
    return {
        "by": reason.by,
        "terms": [list(span) for term in reason.terms for span in hit.passage.source_spans(term)],
        "matches": [
            {
                "question": list(match.question),
                "passage": [list(span) for span in hit.passage.source_spans(match.passage)],
                "strength": round_score(match.strength),
            }
            for match in reason.matches
        ],
    }


def related_json(source: Passage, hits: tuple[RelatedHit, ...]) -> Json:
    """Return ``related --json``; ``because`` is the first of the ``pairs`` of corresponding sentences."""
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
    """Return ``related --all --json`` without the map: pairs of passages, each with ``pairs`` of sentences."""
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
    """Return corresponding sentences with their spans of the sources."""
    return [
        {
            "source": {"text": sentence(source, ours), "spans": [list(s) for s in source.source_spans(ours)]},
            "other": {"text": sentence(other, theirs), "spans": [list(s) for s in other.source_spans(theirs)]},
        }
        for ours, theirs in pairs
    ]


def map_json(found: ChapterMap) -> Json:
    """Return a chapter map; ``strengths[i][j]``, from 0 to 1, is that of the i-th and the j-th chapter."""
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


def coverage_json(found: Sequence[Coverage]) -> Json:
    """Return ``coverage --json``: for each term every passage on it, and their number in each chapter.

    ``spans`` are those of the source with the words; ``chapter`` of a hit is an index of ``chapters``.
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


def outline_json(document: Document, *, passages: Sequence[Passage] | None = None) -> Json:
    """Return ``outline --json``, of some of the ``passages`` if they are given."""
    shown = document.passages if passages is None else passages
    return {
        "document": document.title,
        "source": document.id,
        "metadata": dict(document.metadata),
        "remarks": list(document.remarks),
        "left_out": [asdict(part) for part in document.left_out],
        "headings": [{"line": h.line, "path": path_json(h.path)} for h in document.headings],
        "passages": [{"id": p.id, "citation": asdict(cite(document.title, p)), **passage_json(p)} for p in shown],
    }


def place_json(citation: Citation, place: Place) -> Json:
    """Return ``show --json``: a passage, and the spans of the source of the 款 or 项 named, or of all of it."""
    spans = place.passage.source_spans(place.span) if place.span else place.passage.pieces
    return {"citation": asdict(citation), **passage_json(place.passage), "spans": [list(span) for span in spans]}


def passage_json(passage: Passage) -> Json:
    """Return a passage with its path and its position in the source."""
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
        "rows": [asdict(row) for row in passage.rows],
        "doubtful": [list(span) for span in passage.doubtful],
    }


def path_json(path: Path) -> list[Json]:
    """Return the levels of a path, outermost first."""
    return [{key: value for key, value in asdict(level).items() if key != "cited"} for level in path]


def sentence(passage: Passage, span: Span) -> str:
    """Return the text of a sentence of a passage."""
    return passage.text[span.start : span.end]


def own_language(citation: Citation, passage: Passage) -> str:
    """Return the citation in the language of the passage: in Chinese for a Chinese text, else in English."""
    return citation.zh if is_chinese(passage.text) else citation.en
