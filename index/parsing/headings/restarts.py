"""Articles whose numbers start again in each chapter or annex: their citations name that level as well."""

from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import UNNUMBERED
from index.records import Heading, Passage, Path

_ARTICLE = "条"
_APART = (UNNUMBERED, "附件", "附录", "附表", "附图")  # a supplement or annex, beside the chapters


def name_restarts(
    headings: tuple[Heading, ...], passages: tuple[Passage, ...]
) -> tuple[tuple[Heading, ...], tuple[Passage, ...]]:
    """Return headings and passages; levels that tell articles of one number apart are marked as cited."""
    kinds = _distinguishing_kinds([passage.path for passage in passages])
    if not kinds:
        return headings, passages
    known: dict[Path, Path] = {}

    def marked(path: Path) -> Path:
        if path not in known:
            known[path] = tuple(replace(d, cited=True) if d.kind in kinds else d for d in path)
        return known[path]

    return (
        tuple(replace(heading, path=marked(heading.path)) for heading in headings),
        tuple(replace(passage, path=marked(passage.path)) for passage in passages),
    )


def _distinguishing_kinds(paths: Sequence[Path]) -> set[str]:
    """Return the kinds of the outermost levels in which articles of one number differ."""
    first: dict[tuple[str, int, int], Path] = {}
    kinds: set[str] = set()
    for path in paths:
        level = next((i for i, division in enumerate(path) if division.kind == _ARTICLE), -1)
        if level < 0:
            continue
        above = path[:level]
        other = first.setdefault(path[level].key, above)
        if other != above:
            kinds.update(_first_difference(above, other))
    return kinds


def _first_difference(above: Path, other: Path) -> set[str]:
    """Return the kinds of the first level in which two paths differ; of a chapter and an annex, the annex."""
    at = next((i for i, (a, b) in enumerate(zip(above, other, strict=False)) if a != b), min(len(above), len(other)))
    kinds = {division.kind for division in (*above[at : at + 1], *other[at : at + 1])}
    return kinds.intersection(_APART) or kinds
