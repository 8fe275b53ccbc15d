"""Loaders, one for each file format: the bytes of a file to its text and lines with positions."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from index.errors import DocumentError
from index.loaders.file_type import FileType, detect_file_type, detect_text_type
from index.loaders.limits import check_size
from index.loaders.source import SourceText

# the module for each suffix, imported when the first such file is loaded: importing all takes a tenth of a second
LOADERS: Mapping[str, str] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".docx": "docx.reader",
    ".doc": "docx.doc",
    ".wps": "docx.doc",
    ".rtf": "rtf.reader",
    ".odt": "odt.reader",
    ".pdf": "pdf.reader",
    ".ofd": "ofd",
    ".html": "html.reader",
    ".htm": "html.reader",
    ".xhtml": "html.reader",
    ".eml": "mail",
    ".mht": "mail",
    ".mhtml": "mail",
    ".epub": "epub",
    ".xlsx": "sheets.workbook",
    ".csv": "sheets.delimited",
    ".tsv": "sheets.delimited",
    ".pptx": "ooxml.slides",
}

_SAME_TYPE = {".wps": ".doc"}  # saved in the same form under another suffix
_EXPECTED: Mapping[str, str] = {  # formats that are known by their first bytes or by the parts that they hold
    ".docx": "a Word document (docx)",
    ".doc": "a Word 97-2003 document (doc)",
    ".wps": "a document of WPS Office (wps)",
    ".rtf": "rich text (RTF)",
    ".odt": "an OpenDocument text (odt)",
    ".pdf": "a PDF",
    ".ofd": "an OFD document",
    ".epub": "an e-book (epub)",
    ".xlsx": "an Excel workbook (xlsx)",
    ".pptx": "a presentation (pptx)",
}


def load(data: bytes, name: str) -> SourceText:
    """Load the bytes of a file; the suffix of ``name`` chooses the loader. Raises DocumentError."""
    suffix = Path(name).suffix.lower()
    if suffix not in LOADERS:
        supported = ", ".join(sorted(LOADERS))
        raise DocumentError(f"{name}: files ending in {suffix or 'nothing'} cannot be read; give one of {supported}")
    check_size(len(data), name)
    if not data.strip():
        raise DocumentError(f"{name} is empty; give a document with text in it")
    found = detect_file_type(data)
    if found is None and suffix in _EXPECTED:
        found = detect_text_type(data)
    if found and found.suffix != _SAME_TYPE.get(suffix, suffix):
        raise _wrong_type(name, suffix, found)
    loaded: SourceText = import_module(f"index.loaders.{LOADERS[suffix]}").load(data, name)
    return loaded


def _wrong_type(name: str, suffix: str, found: FileType) -> DocumentError:
    if "password" in found.description:
        remedy = "open it, remove the password and save it again"
    elif found.suffix:
        remedy = f"rename it to end in {found.suffix}"
    elif found.program:
        remedy = f"open it in {found.program}, or correct its suffix"
    else:
        remedy = f"give one of {', '.join(sorted(LOADERS))}"
    return DocumentError(f"{name} is {found.description} by its content, not {_EXPECTED.get(suffix, 'text')}; {remedy}")
