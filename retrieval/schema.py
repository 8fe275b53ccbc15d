"""Records -> what ``--json`` prints and what tables hold. Other programs read it: add keys, never rename them."""

from dataclasses import asdict
from typing import Any

from index.citations import cite
from index.records import Citation, Document, Passage, Path, Span
from index.script import is_chinese
from retrieval.records import Answer, Hit, RelatedHit
from retrieval.reference import Place

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
        "nowhere": list(answer.nowhere),
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
    }


def related_json(source: Passage, hits: tuple[RelatedHit, ...]) -> Json:
    """``related --json``; ``because`` holds the pair of sentences that correspond."""
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
                "because": [sentence(source, hit.because), sentence(hit.passage, hit.best)],
            }
            for hit in hits
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
