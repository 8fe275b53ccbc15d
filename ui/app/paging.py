"""Pages of long lists for other programs: at most so many rows, and so many bytes of JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from index.records import Document, Heading
from retrieval.schema import outline_json

Json = dict[str, Any]
MAX_ROWS = 5_000  # of a page; more are given page by page
MAX_BYTES = 4_000_000  # of the JSON of a page, but for its first row


def bounds(start: int, limit: int) -> tuple[int, int]:
    """Return the first row and the number of rows of a page as asked for, within the limits."""
    return max(int(start), 0), min(max(int(limit), 1), MAX_ROWS)


def page(rows: Iterable[Json], *, limit: int) -> list[Json]:
    """Return the first rows, within the limits; at least one if there is any."""
    found: list[Json] = []
    size = 0
    for row in rows:
        size += len(json.dumps(row))
        if found and size > MAX_BYTES:
            break
        found.append(row)
        if len(found) == limit:
            break
    return found


def following(start: int, given: int, total: int) -> int | None:
    """Return the start of the next page; None if there is none."""
    end = start + given
    return end if given and end < total else None


def outline_page(documents: Sequence[Document], start: int, limit: int) -> Json:
    """Return a page of the outlines of some documents, counted in passages.

    Headings come with the passages below them; what concerns a whole document with its first passages.
    """
    listed: list[Json] = []
    left, size, before, given = limit, 0, 0, 0
    for document in documents:
        first, count = max(start - before, 0), len(document.passages)
        before += count
        if first >= count or not left:
            continue
        whole = outline_json(document, passages=document.passages[first : first + left])
        kept = page(whole["passages"], limit=left) if size < MAX_BYTES else []
        if not kept:
            break
        whole["passages"] = kept
        whole["headings"] = _heading_rows(document, whole["headings"], first, first + len(kept))
        if first:
            whole |= {"remarks": [], "left_out": []}
        listed.append(whole)
        given, left = given + len(kept), left - len(kept)
        size += len(json.dumps(whole))
        if first + len(kept) < count:
            break
    total = sum(len(document.passages) for document in documents)
    return {"documents": listed, "total": total, "next": following(start, given, total)}


def _heading_rows(document: Document, rows: Sequence[Json], first: int, last: int) -> list[Json]:
    """Return the headings of the passages from ``first`` up to, but excluding, ``last``."""
    lines = [passage.line for passage in document.passages]
    after = lines[first - 1] if first else -1
    up_to = lines[last - 1] if last < len(lines) else None
    places = zip(rows, _lines(document.headings), strict=True)
    return [row for row, line in places if after < line and (up_to is None or line <= up_to)]


def _lines(headings: Iterable[Heading]) -> Iterator[int]:
    """Yield the line of each heading; of an inferred one that of the heading before it."""
    line = 0
    for heading in headings:
        line = max(line, heading.line)
        yield line
