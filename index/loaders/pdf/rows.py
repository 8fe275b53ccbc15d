"""Grouping of the characters of a PDF page into rows of text."""

import ctypes
import math
import re
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from index.loaders.pdf.columns import columns_between, find_gutters
from index.loaders.pdf.glyphs import Columns, Glyph, PdfPage, Run, TextRow, left_of, right_of, text_rows
from index.loaders.pdf.tables.page import PageTable, find_tables
from index.loaders.pdf.tables.rulings import Ruling

if TYPE_CHECKING:
    import pypdfium2

# distances in em, the size of the type
_SAME_RUN = 0.1  # the same within a run of glyphs
_MAX_BACKWARD = 0.5  # a longer jump to the left starts a new run
_MAX_FORWARD = 1.5  # and so does a longer jump to the right

# some PDF writers map glyphs to radicals and ligatures that look like the characters
_LOOKALIKES = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_HYPHENS = {"\x02": "-", "\xad": "-", "\ufffe": "-"}  # pdfium's line-end hyphens; soft hyphen
_UNKNOWN = ("\0", "\ufffd", "\uffff")


def extract_page(
    text: "pypdfium2.PdfTextPage", number: int, rulings: Sequence[Ruling] = (), columns: Columns = ()
) -> PdfPage:
    """Return the rows of a page, without text in another direction such as watermarks; ``rulings`` are its lines."""
    return arrange_page(list(_glyphs(text)), number, rulings, columns)


def arrange_page(
    glyphs: Sequence[Glyph], number: int, rulings: Sequence[Ruling] = (), columns: Columns = ()
) -> PdfPage:
    """Return the rows that the characters of a page make, in reading order.

    ``columns`` are those of other pages, which this one may share.
    """
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    turns = Counter(glyph.quarter_turns for glyph in inked if glyph.quarter_turns >= 0)
    main = turns.most_common(1)[0][0] if turns else 0
    upright = [glyph for glyph in glyphs if glyph.quarter_turns == main and glyph.text not in _UNKNOWN]
    runs = _runs(upright)
    gutters = find_gutters(runs, columns)
    tables = find_tables(runs, [ruling.turned(main) for ruling in rulings], number, is_one_column=not gutters)
    if tables:
        taken = {id(glyph) for table in tables for glyph in table.glyphs}
        runs = _runs(glyph for glyph in upright if id(glyph) not in taken)
        gutters = find_gutters(runs, columns)
    rows = tuple(_rows_in_reading_order(runs, number, gutters, tables))
    unknown = sum(glyph.text in _UNKNOWN for glyph in inked)
    turned = (glyph for glyph in inked if glyph.quarter_turns != main and glyph.text not in _UNKNOWN)
    turned_text = "".join(" " * g.after_space + g.text for g in turned).strip()
    return PdfPage(number, rows, len(inked), unknown, turned_text, columns_between(runs, gutters))


def _glyphs(text: "pypdfium2.PdfTextPage") -> Iterator[Glyph]:
    from pypdfium2 import raw

    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    after_space = False
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if raw.FPDFText_IsGenerated(text, at):
            after_space = True
            continue
        raw.FPDFText_GetLooseCharBox(text, at, box)
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetMatrix(text, at, matrix)
        scale = raw.FPDFText_GetFontSize(text, at)
        # a negative type size is a half turn, which the matrix reverses
        turns = math.atan2(math.copysign(1, scale) * matrix.b, math.copysign(1, scale) * matrix.a) / (math.pi / 2)
        whole = round(turns) % 4 if math.isfinite(turns) and abs(turns - round(turns)) < 0.05 else -1
        left, right, base = (
            (box.left, box.right, y.value),
            (box.bottom, box.top, -x.value),
            (-box.right, -box.left, -y.value),
            (-box.top, -box.bottom, x.value),
        )[max(whole, 0)]
        size = abs(scale) * math.hypot(matrix.a, matrix.b)
        if not all(map(math.isfinite, (left, right, base, size))):  # outside the page
            left, right, base, size, whole = 0.0, 0.0, 0.0, 0.1, -1
        yield Glyph(_character(code), left, max(left, right), base, max(size, 0.1), whole, after_space)
        after_space = False


def _character(code: int) -> str:
    character = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    if _LOOKALIKES.match(character):
        return unicodedata.normalize("NFKC", character)
    return _HYPHENS.get(character, character)


def _runs(glyphs: Iterable[Glyph]) -> list[Run]:
    runs: list[Run] = []
    last = None
    for glyph in glyphs:
        size = max(glyph.size, last.size) if last else 0
        if (
            last is None
            or abs(glyph.base - last.base) > _SAME_RUN * size
            or not -_MAX_BACKWARD * size <= glyph.left - last.right <= _MAX_FORWARD * size
        ):
            runs.append([])
        runs[-1].append(glyph)
        last = glyph
    return [run for run in runs if any(not glyph.text.isspace() for glyph in run)]


def _rows_in_reading_order(
    runs: list[Run], page: int, gutters: Sequence[float], tables: Sequence[PageTable]
) -> Iterator[TextRow]:
    """Yield the rows from top to bottom and from left to right, columns one after the other."""
    if not gutters:
        yield from _with_tables(text_rows(runs, page, 0), tables)
        return
    across = [run for run in runs if any(left_of(run) < at < right_of(run) for at in gutters)]
    wide = [table for table in tables if any(table.left < at < table.right for at in gutters)]
    floors = [*sorted({*(run[0].base for run in across), *(table.top for table in wide)}, reverse=True), -math.inf]
    ceiling = math.inf
    for floor in floors:  # a title or table across the page ends the columns above it
        band = [run for run in runs if floor < run[0].base < ceiling and run not in across]
        for column in range(len(gutters) + 1):
            inside = [
                table
                for table in tables
                if table not in wide and floor < table.top <= ceiling and bisect(gutters, table.left) == column
            ]
            rows = text_rows([run for run in band if bisect(gutters, left_of(run)) == column], page, column + 1)
            yield from _with_tables(rows, inside)
        yield from text_rows([run for run in runs if run[0].base == floor], page, 0)
        yield from _with_tables((), [table for table in wide if table.top == floor])
        ceiling = floor


def _with_tables(rows: Iterable[TextRow], tables: Sequence[PageTable]) -> Iterator[TextRow]:
    """Yield rows from top to bottom, with those of the tables between them."""
    waiting = sorted(tables, key=lambda table: -table.top)
    for row in rows:
        while waiting and waiting[0].top > row.base:
            yield from waiting.pop(0).rows
        yield row
    for table in waiting:
        yield from table.rows
