"""Conversion of documents to JSON values and back, for the index and for the parsing process."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from index.records import (
    Division,
    Document,
    Heading,
    InnerDivision,
    LeftOut,
    Link,
    Passage,
    Path,
    Span,
    TableCell,
    TableRow,
)


def document_to_json(document: Document) -> dict[str, Any]:
    """Return the fields of a document as dicts, lists, strings and numbers."""
    return asdict(document)


def json_parts(document: Document) -> Iterator[bytes]:
    """Yield the JSON of ``document_to_json`` in parts, a passage each: that of a whole book fills gigabytes."""
    rest = {each.name: getattr(document, each.name) for each in fields(document) if each.name != "passages"}
    yield b'{"passages": ['
    for at, passage in enumerate(document.passages):
        yield (b", " if at else b"") + to_json(asdict(passage))
    yield b"]"
    for name, value in rest.items():
        part = [asdict(each) for each in value] if name in ("headings", "left_out") else value
        yield b', "' + name.encode() + b'": ' + to_json(part)
    yield b"}"


def to_json(value: object) -> bytes:
    """Return the JSON of a value in UTF-8."""
    return json.dumps(value, ensure_ascii=False, default=dict).encode()


def document_from_json(record: Mapping[str, Any]) -> Document:
    """Return the document of a record from ``document_to_json``. Raises ValueError, KeyError or TypeError."""
    headings = tuple(Heading(path=_path(h["path"]), line=h["line"]) for h in record["headings"])
    passages = tuple(_passage(p) for p in record["passages"])
    left_out = tuple(LeftOut(**{**part, "lines": tuple(part["lines"])}) for part in record.get("left_out", ()))
    remarks = tuple(record["remarks"])
    return Document(**{**record, "headings": headings, "passages": passages, "remarks": remarks, "left_out": left_out})


def _path(levels: Sequence[Mapping[str, Any]]) -> Path:
    return tuple(Division(**level) for level in levels)


def _passage(record: Mapping[str, Any]) -> Passage:
    pieces = tuple(Span(*piece) for piece in record["pieces"])
    inner = tuple(InnerDivision(**{**i, "span": Span(*i["span"])}) for i in record["inner"])
    links = tuple(Link(span=Span(*i["span"]), targets=tuple(i["targets"])) for i in record["links"])
    rows = tuple(map(_row, record.get("rows", ())))
    doubtful = tuple(Span(*span) for span in record.get("doubtful", ()))  # earlier indexes have none
    parts = {"path": _path(record["path"]), "pieces": pieces, "inner": inner, "links": links, "rows": rows}
    return Passage(**{**record, **parts, "doubtful": doubtful})


def _row(record: Mapping[str, Any]) -> TableRow:
    cells = tuple(
        TableCell(**{**cell, "span": Span(*cell["span"]), "columns": tuple(cell["columns"])})
        for cell in record["cells"]
    )
    return TableRow(**{**record, "span": Span(*record["span"]), "cells": cells})
