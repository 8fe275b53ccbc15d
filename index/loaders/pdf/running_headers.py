"""Detection and removal of running headers, running footers and page numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from index.loaders.pdf.glyphs import PdfPage, TextRow
from index.records import LeftOut
from index.text.numerals import CHINESE_NUMERALS, parse_number

_EDGE_ROWS = 3  # rows at the top and at the bottom of a page that may be running lines
_SAME_HEIGHT = 6.0  # points; the height of a header varies by rounding
_MIN_PAGES = 0.4  # share of pages with the line; headers of left and right pages may differ
_NUMBER = re.compile(r"[0-9０-９]+|(?<=第)[" + CHINESE_NUMERALS + r"]+(?=页)")
_PAGE_NUMBER = re.compile(
    r"[-—–－·•~]+\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-—–－·•~]+$"  # — 3 —
    r"|第\s*(?:\d{1,4}|[" + CHINESE_NUMERALS + r"]{1,5})\s*页(?:\s*[,，/(（]?\s*共\s*\d{1,4}\s*页\s*[)）]?)?$"
    r"|(?:[Pp]age|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$"
)
_BARE_NUMBER = re.compile(r"[0-9]{1,4}$")
_WORDS_OR_ONE_NUMBER = re.compile(r"[^\W\d_]|^\W*\d{1,4}\W*$|^\d{1,4}\s*/\s*\d{1,4}$")  # else a table row
_MAX_DISTINCT = 0.75  # share of distinct texts among first rows; with more, they are no running headers
_SMALL, _NEARLY_ALL = 0.9, 0.8  # of the usual size of type; of the pages
_LETTER = re.compile(r"[^\W\d_]")
_SAME_ROW = 1.0  # points
_SEPARATION = 1.5  # distance of a running header from the text, as a multiple of the usual row distance


def remove_running_lines(pages: Sequence[PdfPage]) -> tuple[list[PdfPage], tuple[LeftOut, ...]]:
    """Return the pages without running headers, running footers and page numbers, and what was removed."""
    running = _running_lines(pages)
    kept = []
    removed: dict[str, None] = {}
    for page in pages:
        rest = tuple(row for row in page.rows if row not in running)
        numbers = [row for row in (rest[:1] + rest[-1:]) if _PAGE_NUMBER.match(row.text) and not row.cells]
        if len(pages) == 1 and rest and rest[-1].text == "1":
            numbers.append(rest[-1])
        kept.append(replace(page, rows=tuple(row for row in rest if row not in numbers)))
        removed |= {row.text: None for row in page.rows if row in running or row in numbers}
    return kept, (LeftOut(reason="running lines", lines=tuple(removed)),) if removed else ()


def _running_lines(pages: Sequence[PdfPage]) -> set[TextRow]:
    """Return the rows at page edges that many pages show at the same height, or that count the pages."""
    least = max(2, _MIN_PAGES * len(pages))
    seen = Counter(key for page in pages for key in {key for row in _edges(page.rows) for key in _keys(row)})
    # a bare number may belong to a table, so it must increase with the page
    offsets = Counter(
        int(row.text) - page.number for page in pages for row in _edges(page.rows) if _BARE_NUMBER.match(row.text)
    )
    found = _chapter_headers(pages) | _small_headers(pages) | _numbers_below(pages)
    for page in pages:
        for row in _edges(page.rows):
            if _BARE_NUMBER.match(row.text):
                if offsets[int(row.text) - page.number] >= least:
                    found.add(row)
            elif _WORDS_OR_ONE_NUMBER.search(row.text) and _count_at_height(seen, row) >= least:
                found.add(row)
    return found


def _edges(rows: Sequence[TextRow]) -> Iterator[TextRow]:
    """Yield the rows nearest to the top and to the bottom, in any column, without those of tables."""
    by_height = sorted((row for row in rows if not row.cells), key=lambda row: -row.base)
    yield from by_height[:_EDGE_ROWS]
    yield from by_height[max(_EDGE_ROWS, len(by_height) - _EDGE_ROWS) :]


def _keys(row: TextRow) -> Iterator[tuple[str, int]]:
    """Yield the text and height of a row: as it is, and with each number in turn relative to the page number.

    The rows of a table differ in their figures, a running line only in one that counts the pages.
    """
    text, height = "".join(row.text.split()), round(row.base / _SAME_HEIGHT)
    yield text, height
    for number in _NUMBER.finditer(text):
        counted = parse_number(number.group()) - row.page
        yield f"{text[: number.start()]}#{counted}{text[number.end() :]}", height


def _count_at_height(seen: Counter[tuple[str, int]], row: TextRow) -> int:
    """Return the number of pages that show a row at about the same height."""
    return max(sum(seen[text, height + step] for step in (-1, 0, 1)) for text, height in _keys(row))


def _chapter_headers(pages: Sequence[PdfPage]) -> set[TextRow]:
    """Return headers that change with the chapter: first rows at one height on many pages, apart from the text."""
    found = _at_one_height(_separate_rows(pages, top=True))
    texts = {_NUMBER.sub("#", row.text) for row in found}
    if len(found) < max(3, _MIN_PAGES * len(pages)) or len(texts) > _MAX_DISTINCT * len(found):
        return set()
    return set(found)


def _small_headers(pages: Sequence[PdfPage]) -> set[TextRow]:
    """Return headers that differ on all pages: first rows in small type at one height on nearly all pages."""
    sizes = Counter[float]()
    for row in (row for page in pages for row in page.rows):
        sizes[round(row.size * 2) / 2] += len(row.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    found = _at_one_height([row for row in _separate_rows(pages, top=True) if row.size <= _SMALL * usual])
    return set(found) if len(found) >= max(3, _NEARLY_ALL * len(pages)) else set()


def _numbers_below(pages: Sequence[PdfPage]) -> set[TextRow]:
    """Return numbers and dates without a word at the foot of nearly all pages: 52:1, 07-01-2031."""
    rows = [row for row in _separate_rows(pages, top=False) if not _LETTER.search(row.text)]
    found = _at_one_height([row for row in rows if _NUMBER.search(row.text)])
    return set(found) if len(found) >= max(3, _NEARLY_ALL * len(pages)) else set()


def _at_one_height(rows: Sequence[TextRow]) -> list[TextRow]:
    """Return the rows at the height that most of them have."""
    heights = Counter(round(row.base / _SAME_HEIGHT) for row in rows)
    height = heights.most_common(1)[0][0] if heights else 0
    return [row for row in rows if abs(row.base / _SAME_HEIGHT - height) <= 1]


def _separate_rows(pages: Sequence[PdfPage], *, top: bool) -> list[TextRow]:
    """Return the first or the last row of each page whose distance to the others is greater than that of most rows."""
    found: list[TextRow] = []
    for page in pages:
        rows = sorted(page.rows, key=lambda row: -row.base if top else row.base)
        steps = [step for a, b in pairwise(rows) if (step := abs(a.base - b.base)) > _SAME_ROW]
        if len(steps) > 1 and not rows[0].cells and steps[0] > _SEPARATION * median(steps[1:]):
            found.append(rows[0])
    return found
