"""Loader for Excel workbooks (xlsx): every visible sheet as tables, numbers as they are shown.

The parts are read directly: openpyxl takes merged cells into account only where it keeps all cells in memory, and fills
the space up to a cell that claims to be the millionth.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from index.errors import DocumentError
from index.loaders.limits import MAX_TABLE_CELLS
from index.loaders.ooxml.drawing_text import paragraphs
from index.loaders.ooxml.package import OfficePackage
from index.loaders.parts import Format
from index.loaders.sheets.numbers import shown_number
from index.loaders.sheets.rows import sheet_blocks, with_title
from index.loaders.source import Block, SourceText, compose_source, strip_blank
from index.loaders.tables import Cell

XLSX = Format("xlsx", "a spreadsheet program")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how Excel writes control characters
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|工作表单|feuil|tabelle|hoja|лист)\s*\d*", re.IGNORECASE)

Place = tuple[int, int]  # row and column from 1


def load(data: bytes, name: str) -> SourceText:
    """Load a workbook: the name of each visible sheet, then a line for each row. Raises DocumentError."""
    book = _Workbook(OfficePackage(data, name, XLSX))
    source = compose_source(with_title(book.blocks(), name), {})
    if not source.lines:
        raise DocumentError(f"{name} holds no text; give a workbook with values in it")
    return replace(source, metadata=book.metadata(), remarks=tuple(book.remarks))


@dataclass(slots=True)
class _Sheet:
    """Texts by place, and merged ranges: the first and the last place of each."""

    texts: dict[Place, str] = field(default_factory=dict)
    merged: dict[Place, Place] = field(default_factory=dict)


class _Workbook:
    """A workbook; ``remarks`` say what is not read."""

    def __init__(self, package: OfficePackage) -> None:
        self.remarks: list[str] = []
        self._package = package
        self._main = package.main_part()
        self._root = package.needed_xml(self._main)
        self._roles = package.relationships(self._main)
        self._strings = [_rich_text(node) for node in self._part("sharedStrings").findall("si")]
        self._formats = _formats(self._part("styles"))
        properties = self._root.find("workbookPr")
        self._since_1904 = properties is not None and properties.get("date1904") in ("1", "true")

    def metadata(self) -> Mapping[str, str]:
        """Return the title, if the workbook has one."""
        root = self._package.properties()
        title = strip_blank(root.findtext("title") or "") if root is not None else ""
        return {"title": title} if title else {}

    def _part(self, role: str) -> Element:
        root = self._package.xml(self._roles[role]) if role in self._roles else None
        return root if root is not None else Element(role)

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of the visible sheets."""
        sheets = list(self._root.iterfind("sheets/sheet"))
        visible = [sheet for sheet in sheets if sheet.get("state", "visible") == "visible"]
        for sheet in sheets:
            if sheet not in visible:
                name = sheet.get("name")
                self.remarks.append(f"the hidden sheet {name} is not read; show it if it belongs to the text")
        read = [
            (name, found)
            for sheet in visible
            if (found := list(self._sheet_blocks(sheet, name := sheet.get("name") or "")))
            and any(strip_blank(block.text) for block in found)
        ]
        for name, found in read:
            if len(read) > 1 or not _DEFAULT_NAME.fullmatch(name):
                yield Block(text=name, level=1)
            yield from found

    def _sheet_blocks(self, entry: Element, name: str) -> Iterator[Block]:
        part = self._roles.get(f"#{entry.get('id', '')}", "")
        root = self._package.xml(part)
        if root is None:
            return
        sheet = self._read(root, name)
        yield from sheet_blocks(_rows(sheet, self._package.name))
        drawing = self._package.relationships(part).get("drawing")
        if drawing and (shapes := self._package.xml(drawing)) is not None:
            for body in shapes.iter("txBody"):
                yield from (Block(text=text) for text in paragraphs(body))

    def _read(self, root: Element, name: str) -> _Sheet:
        sheet, row, column, unknown = _Sheet(), 0, 0, 0
        for node in root.iterfind("sheetData/row"):
            row, column = _integer(node.get("r"), row + 1), 0
            for cell in node.findall("c"):
                place = _place(cell.get("r", ""))
                row, column = place or (row, column + 1)
                text = self._text(cell)
                unknown += text is None
                if text:
                    sheet.texts[row, column] = text
        for node in root.iterfind("mergeCells/mergeCell"):
            first, _, last = node.get("ref", "").partition(":")
            if (start := _place(first)) and (end := _place(last)) and start <= end and start[1] <= end[1]:
                sheet.merged[start] = end
        if unknown:
            self.remarks.append(
                f"sheet {name}: {unknown} formulas have no stored value and are not read; open the file in a "
                "spreadsheet program and save it"
            )
        return sheet

    def _text(self, cell: Element) -> str | None:
        """Return a cell's text, None for a formula without a stored value."""
        kind, value = cell.get("t", "n"), cell.findtext("v")
        if kind == "inlineStr":
            found = cell.find("is")
            return _one_line(_rich_text(found)) if found is not None else ""
        if not value:
            return None if cell.find("f") is not None else ""
        if kind == "s":
            at = _integer(value, -1)
            return _one_line(self._strings[at]) if 0 <= at < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if kind != "n":
            return _one_line(unescaped(value))
        number, form = self._formats.get(_integer(cell.get("s"), 0), (0, "General"))
        return shown_number(value.strip(), form, number, since_1904=self._since_1904)


def _formats(styles: Element) -> Mapping[int, tuple[int, str]]:
    """Return the id and the code of the number format of each cell style."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    own = {_integer(node.get("numFmtId"), -1): node.get("formatCode", "") for node in styles.iterfind("numFmts/numFmt")}
    numbers = [_integer(node.get("numFmtId"), 0) for node in styles.iterfind("cellXfs/xf")]
    return {
        at: (number, own.get(number) or BUILTIN_FORMATS.get(number, "General")) for at, number in enumerate(numbers)
    }


def _rich_text(node: Element) -> str:
    """Return the text of a string, without the readings of Japanese words (``rPh``)."""
    parts = [node.findtext("t") or "", *(run.findtext("t") or "" for run in node.findall("r"))]
    return unescaped("".join(parts))


def unescaped(text: str) -> str:
    """Return a text without the escapes of Excel: _x000D_ is a carriage return."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _one_line(text: str) -> str:
    return strip_blank(" ".join(text.split()))


def _integer(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,9}", text.strip()) else default


def _place(reference: str) -> Place | None:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _rows(sheet: _Sheet, name: str) -> Iterator[list[Cell]]:
    """Yield the rows with text and a blank row for each gap between them; columns without any text are left out."""
    numbers = sorted({row for row, _ in sheet.texts})
    columns = sorted({column for _, column in sheet.texts})
    if (count := len(numbers) * len(columns)) > MAX_TABLE_CELLS:
        raise DocumentError(f"{name} has a sheet of {count:,} cells, more than the {MAX_TABLE_CELLS:,} read; split it")
    spans = sorted(sheet.merged.items())
    at, last, reach = 0, 0, 0
    open_: dict[int, Place] = {}  # by first column: the last place of a merged range that goes on below
    for number in numbers:
        while at < len(spans) and spans[at][0][0] < number:
            (row, column), end = spans[at]
            if (row, column) in sheet.texts and end[0] > row:
                open_[column], reach = end, max(reach, end[0])
            at += 1
        if last and number > last + 1 and reach < number:
            yield []
        open_ = {column: end for column, end in open_.items() if end[0] >= number}
        yield list(_cells(sheet, number, columns, open_))
        last = number


def _cells(sheet: _Sheet, row: int, columns: list[int], open_: Mapping[int, Place]) -> Iterator[Cell]:
    covered = 0  # the last column of the merged range before
    for column in columns:
        if column <= covered:
            continue
        above = column in open_
        end = open_[column] if above else sheet.merged.get((row, column), (row, column))
        covered = end[1]
        width = sum(column <= other <= covered for other in columns) if covered > column else 1
        yield Cell(text=sheet.texts.get((row, column), ""), columns=width, above=above)
