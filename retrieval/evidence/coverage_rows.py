"""Rows of a coverage table: every passage on each term."""

from collections.abc import Iterator, Sequence
from typing import Any

from index.citations import path_text
from retrieval.coverage.records import Coverage, CoverageHit
from retrieval.deadline import check_deadline
from retrieval.evidence.evidence_rows import passage_columns
from retrieval.schema import round_score

COLUMNS = (
    "term", "by", "score", "document", "chapter", "citation_zh", "citation_en", "line", "start", "end", "passage",
    "path", "text", "scan",
)  # fmt: skip


def rows(found: Sequence[Coverage]) -> Iterator[dict[str, Any]]:
    """Yield a row for each term and passage, and for a term without passages one with ``term`` and ``by`` only."""
    for one in found:
        for hit in one.hits:
            check_deadline()
            yield _row(one, hit)
        if not one.hits:
            yield {"term": one.term, "by": "nothing"}


def _row(found: Coverage, hit: CoverageHit) -> dict[str, Any]:
    cells = {
        "term": found.term,
        "by": hit.by,
        "score": round_score(hit.score),
        "chapter": path_text(found.chapters[hit.chapter].path, "zh"),
        **passage_columns(hit.passage, hit.citation, hit.document_title),
    }
    return {name: cells[name] for name in COLUMNS}
