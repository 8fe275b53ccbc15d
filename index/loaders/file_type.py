"""Detection of file types by content, for files whose name promises another type."""

import re
from typing import NamedTuple

from index.loaders.archive import ARCHIVE_ERRORS, TooManyEntriesError, open_archive
from index.loaders.limits import MAX_ARCHIVE_ENTRIES


class FileType(NamedTuple):
    """A type of file: its description for messages, and the suffix that its loader expects (None: no loader).

    ``program`` says what opens it and saves it in a form with a loader, empty if none may.
    """

    description: str
    suffix: str | None = None
    program: str = ""


_WORDS = "a word processor and save it as docx"
_CELLS = "a spreadsheet program and save it as xlsx"
_SLIDES = "a presentation program and save it as pptx"


_BY_MEMBER = (  # of a zip archive, by the start of a member's name
    ("word/", FileType("a Word document", ".docx")),
    ("xl/", FileType("an Excel workbook", ".xlsx")),
    ("ppt/", FileType("a PowerPoint presentation", ".pptx")),
    ("META-INF/container.xml", FileType("an e-book (epub)", ".epub")),
    ("OFD.xml", FileType("an OFD document", ".ofd")),
    ("content.xml", FileType("an OpenDocument file", ".odt")),
)
_BY_SIGNATURE = (
    (b"{\\rtf", FileType("a rich text (RTF) file", ".rtf")),
    (b"\x89PNG\r\n", FileType("a picture (PNG)")),
    (b"\xff\xd8\xff", FileType("a picture (JPEG)")),
    (b"II*\0", FileType("a picture (TIFF)")),
    (b"MM\0*", FileType("a picture (TIFF)")),
    (b"GIF8", FileType("a picture (GIF)")),
    (b"\x1f\x8b", FileType("a gzip archive")),
    (b"Rar!", FileType("a RAR archive")),
    (b"7z\xbc\xaf", FileType("a 7-Zip archive")),
)
_BY_STREAM = (  # of a compound file, in which Office 97-2003 and WPS Office save
    ("WordDocument", FileType("a Word 97-2003 document (.doc)", ".doc")),
    ("Workbook", FileType("an old Excel workbook (.xls)", program=_CELLS)),
    ("PowerPoint Document", FileType("an old PowerPoint presentation (.ppt)", program=_SLIDES)),
)
_BY_BEGINNING = (  # of text, without the white space before it
    (
        re.compile(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html)\b", re.I | re.S),
        FileType("a web page", ".html"),
    ),
    (re.compile(rb"(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*){0,20}MIME-Version:", re.I), FileType("a web archive", ".mht")),
    (
        re.compile(rb"<\?xml[^>]*>\s*<\?mso-application progid=.Word"),
        FileType("a Word 2003 XML document", program=_WORDS),
    ),
)
_BEGINNING = 4096  # bytes
_PDF_SIGNATURE_WITHIN = 1024  # bytes; white space may precede the signature of a PDF


def detect_file_type(data: bytes) -> FileType | None:
    """Return the type of a file by its content, None for text."""
    if b"%PDF-" in data[:_PDF_SIGNATURE_WITHIN] and data.lstrip()[:5] == b"%PDF-":
        return FileType("a PDF file", ".pdf")
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound_file_type(data)
    if data.startswith(b"PK\x03\x04"):
        return _zip_type(data)
    return next((found for signature, found in _BY_SIGNATURE if data.startswith(signature)), None)


def detect_text_type(data: bytes) -> FileType:
    """Return the type of a file that ``detect_file_type`` takes for text."""
    head = data[:_BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n")
    found = next((kind for pattern, kind in _BY_BEGINNING if pattern.match(head)), None)
    return found or FileType("text or other data", program="the program that made it and save it again")


def _compound_file_type(data: bytes) -> FileType:
    """Return the type of an Office 97-2003 file; its directory names the streams in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return FileType("a document protected by a password")
    for stream, found in _BY_STREAM:
        if stream.encode("utf-16-le") in data:
            return found
    return FileType("an old Office file", program=_WORDS)


def _zip_type(data: bytes) -> FileType:
    try:
        with open_archive(data) as archive:
            names = archive.namelist()
    except TooManyEntriesError:
        return FileType(f"a zip archive of more than {MAX_ARCHIVE_ENTRIES:,} files")
    except ARCHIVE_ERRORS:
        return FileType("a damaged zip archive")
    for start, found in _BY_MEMBER:
        if any(name.startswith(start) for name in names):
            return found
    return FileType("a zip archive")
