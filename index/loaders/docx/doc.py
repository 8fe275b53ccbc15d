"""Loader for Word 97-2003 documents (doc, and wps of WPS Office): converted to docx in memory, then read as docx."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from types import ModuleType
from typing import Any

from index.errors import DocumentError
from index.loaders.docx.reader import load as load_docx
from index.loaders.source import SourceText

# what the reports of the converter say about text that it leaves out
_LOST = {
    "GROUPED_MAIN_TEXTBOXES_DEFERRED": "text boxes",
    "MAIN_TEXTBOX_TABLE_MALFORMED": "text boxes",
    "NOTE_REFERENCE_DEFERRED": "notes",
    "NUMBERING_TABLE_MALFORMED": "automatic numbers",
    "STYLE_TABLE_MALFORMED": "styles",
}
_REMARK = "the {what} of this old Word file cannot be read; check the text, or save the file as docx"
_ONE_AT_A_TIME = Lock()  # names in the converter's modules are exchanged meanwhile


class _ConvertedError(Exception):
    """Carries the converted document out of the converter before it writes a file."""

    def __init__(self, document: Any) -> None:
        self.document = document


def load(data: bytes, name: str) -> SourceText:
    """Load a Word 97-2003 document as the docx that it converts to. Raises DocumentError."""
    converted, codes = _as_docx(data, name)
    lost = dict.fromkeys(_REMARK.format(what=_LOST[code]) for code in codes if code in _LOST)
    source = load_docx(converted, name)
    return replace(source, remarks=(*source.remarks, *lost))


def _as_docx(data: bytes, name: str) -> tuple[bytes, list[str]]:
    from doc2docx.errors import Doc2DocxError, EncryptedDocumentError

    try:
        return _converted(data)
    except EncryptedDocumentError as error:
        raise DocumentError(
            f"{name} is protected by a password; open it, remove the password and save it again"
        ) from error
    except MemoryError:
        raise
    except Exception as error:  # the converter raises what its parts raise
        reason = str(error) if isinstance(error, Doc2DocxError) else f"{type(error).__name__}: {error}"
        raise DocumentError(
            f"{name} is damaged ({' '.join(reason.split())}); open it in a word processor and save it as docx"
        ) from error


def _converted(data: bytes) -> tuple[bytes, list[str]]:
    """Return a docx with the text of a doc, and the codes of what the converter reports.

    The converter reads and writes files by path, which the reading process must not do: its access to the source is
    replaced by the bytes, it is stopped when it has the document, and its writer gets a buffer.
    """
    from doc2docx import converter
    from doc2docx.cfb import CompoundFile
    from doc2docx.errors import InvalidWordDocument
    from doc2docx.msdoc import formatting
    from doc2docx.ooxml import package

    class Source:
        @staticmethod
        def from_path(_path: object, **limits: Any) -> CompoundFile:
            return CompoundFile(data, **limits)

    def report(*parts: Any) -> Any:
        reports.append(converter_report(*parts))
        return reports[-1]

    def stop(*parts: Any, **named: Any) -> None:
        raise _ConvertedError(document(*parts, **named))

    def parse_padded(properties: bytes, **options: Any) -> Any:
        try:
            return parse(properties, **options)
        except InvalidWordDocument:  # their length is even, and LibreOffice fills the last byte with anything
            return parse(properties[:-1], **options)

    document, parse, target = converter.Document, formatting.parse_grpprl, io.BytesIO()
    converter_report, reports = converter.ConversionReport, list[Any]()
    with (
        _ONE_AT_A_TIME,
        _exchanged(converter, CompoundFile=Source, ConversionReport=report, Document=stop),
        _exchanged(formatting, parse_grpprl=parse_padded),
        _exchanged(package, Path=_same),
    ):
        try:
            converter.convert("source.doc", "target.docx")
        except _ConvertedError as done:
            package.write_docx(done.document, target)
    return target.getvalue(), [found.code for made in reports for found in made.diagnostics]


def _same(target: io.BytesIO) -> io.BytesIO:
    return target


@contextmanager
def _exchanged(module: ModuleType, **names: Any) -> Iterator[None]:
    """Give names of a module other values within the context."""
    before = {name: getattr(module, name) for name in names}
    try:
        vars(module).update(names)
        yield
    finally:
        vars(module).update(before)
