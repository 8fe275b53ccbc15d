"""Loader for tables in text files: csv with commas, semicolons or tabs, and tsv."""

import csv
import io
from dataclasses import replace

from index.errors import DocumentError
from index.loaders.limits import MAX_TABLE_CELLS
from index.loaders.sheets.rows import sheet_blocks, with_title
from index.loaders.source import SourceText, compose_source, strip_blank
from index.loaders.tables import Cell
from index.loaders.text import decode_text

_DELIMITERS = ",;\t"
_SAMPLE_LINES, _SAMPLE_WIDTH = 20, 10_000
_MAX_FIELD = 1_000_000  # characters; a quotation mark that is never closed would take in the rest of the file


def load(data: bytes, name: str) -> SourceText:
    """Load a table: one line for each row, its values after the heads of their columns. Raises DocumentError."""
    text, remarks = decode_text(data, name)
    delimiter = "\t" if name.lower().endswith(".tsv") else _delimiter(text)
    csv.field_size_limit(_MAX_FIELD)
    rows: list[list[Cell]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        for row in reader:
            cells += len(row)
            if cells > MAX_TABLE_CELLS:
                raise _too_many(name)
            rows.append([Cell(text=strip_blank(" ".join(value.split()))) for value in row])
    except csv.Error as error:
        raise DocumentError(
            f"{name} is no table that can be read (line {reader.line_num}: {error}); look for a quotation mark that is "
            "not closed, or save it as xlsx"
        ) from error
    source = compose_source(with_title(sheet_blocks(rows), name), {})
    if not source.lines:
        raise DocumentError(f"{name} holds no text, only separators; give a table with values in it")
    return replace(source, remarks=remarks)


def _delimiter(text: str) -> str:
    """Return the character that most of the first lines hold in equal number, a comma if none is."""
    lines = [line[:_SAMPLE_WIDTH] for line in text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: (_share(lines, mark), -_DELIMITERS.index(mark)))


def _share(lines: list[str], mark: str) -> int:
    counts = [len(next(csv.reader([line], delimiter=mark), [])) for line in lines]
    return max((counts.count(count) * (count > 1) for count in set(counts)), default=0)


def _too_many(name: str) -> DocumentError:
    return DocumentError(f"{name} holds more than the {MAX_TABLE_CELLS:,} cells that are read; split it")
