"""What is printed on every page, found and left out: running headers and footers, page numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.loaders.pdf.rows import PdfPage, TextRow
from index.text.numerals import CHINESE_NUMERALS

_EDGE = 3  # rows at the head and at the foot of a page among which such lines stand
_SAME_HEIGHT = 6.0  # points; a header's height is the same on each page but for rounding
_LEAST_PAGES = 0.4  # share of pages that show the line; headers of left and right pages may differ
_NUMBER = re.compile(r"[0-9０-９]+|(?<=第)[" + CHINESE_NUMERALS + r"]+(?=页)")
_PAGE_NUMBER = re.compile(
    r"[-—–－·•~]+\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-—–－·•~]+$"  # — 3 —
    r"|第\s*(?:\d{1,4}|[" + CHINESE_NUMERALS + r"]{1,5})\s*页(?:\s*[,，/(（]?\s*共\s*\d{1,4}\s*页\s*[)）]?)?$"
    r"|(?:[Pp]age|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$"
)
_BARE = re.compile(r"[0-9]{1,4}$")
_WORDS = re.compile(r"[^\W\d_]|^\W*\d{1,4}\W*$|^\d{1,4}\s*/\s*\d{1,4}$")  # words or one number; not a table's figures
_MOST_TEXTS = 0.75  # share of pages with a text of its own above which first rows are no running headers
_APART = 1.5  # times the next distance of rows by which a running header stands off


def remove_running_lines(pages: Sequence[PdfPage]) -> list[PdfPage]:
    """The pages without their running lines and page numbers."""
    running = _running(pages)
    kept = []
    for page in pages:
        rest = tuple(row for row in page.rows if row not in running)
        numbers = [row for row in (rest[:1] + rest[-1:]) if _PAGE_NUMBER.match(row.text)]
        if len(pages) == 1 and rest and rest[-1].text == "1":
            numbers.append(rest[-1])
        kept.append(replace(page, rows=tuple(row for row in rest if row not in numbers)))
    return kept


def _running(pages: Sequence[PdfPage]) -> set[TextRow]:
    """The rows at the edges of pages that most pages show at the same height, or that count the pages."""
    least = max(2, _LEAST_PAGES * len(pages))
    seen = Counter(key for page in pages for key in {_key(row) for row in _edges(page.rows)})
    # a bare number may belong to a table, so it has to count on from page to page
    offsets = Counter(
        int(row.text) - page.number for page in pages for row in _edges(page.rows) if _BARE.match(row.text)
    )
    found = _changing(pages)
    for page in pages:
        for row in _edges(page.rows):
            if _BARE.match(row.text):
                if offsets[int(row.text) - page.number] >= least:
                    found.add(row)
            elif _WORDS.search(row.text) and _near(seen, row) >= least:
                found.add(row)
    return found


def _edges(rows: Sequence[TextRow]) -> Iterator[TextRow]:
    """The rows nearest to the head and to the foot, whatever column they stand in."""
    by_height = sorted(rows, key=lambda row: -row.base)
    yield from by_height[:_EDGE]
    yield from by_height[max(_EDGE, len(by_height) - _EDGE) :]


def _key(row: TextRow) -> tuple[str, int]:
    return _NUMBER.sub("#", "".join(row.text.split())), round(row.base / _SAME_HEIGHT)


def _near(seen: Counter[tuple[str, int]], row: TextRow) -> int:
    text, height = _key(row)
    return sum(seen[text, height + step] for step in (-1, 0, 1))


def _changing(pages: Sequence[PdfPage]) -> set[TextRow]:
    """Running headers that name the chapter: first rows at one height on most pages, set apart from the text."""
    first = [row for page in pages if (row := _first_apart(page)) is not None]
    heights = Counter(round(row.base / _SAME_HEIGHT) for row in first)
    if not heights:
        return set()
    height = heights.most_common(1)[0][0]
    found = [row for row in first if abs(row.base / _SAME_HEIGHT - height) <= 1]
    texts = {_key(row)[0] for row in found}
    if len(found) < max(3, _LEAST_PAGES * len(pages)) or len(texts) > _MOST_TEXTS * len(found):
        return set()
    return set(found)


def _first_apart(page: PdfPage) -> TextRow | None:
    rows = sorted(page.rows, key=lambda row: -row.base)
    if len(rows) < 3:
        return None
    return rows[0] if rows[0].base - rows[1].base > _APART * (rows[1].base - rows[2].base) > 0 else None
