"""Detection of file types by content, for files whose name promises another type."""

from typing import NamedTuple

from index.loaders.archive import ARCHIVE_ERRORS, TooManyEntriesError, open_archive
from index.loaders.limits import MAX_ARCHIVE_ENTRIES


class FileType(NamedTuple):
    """A type of file: its description for messages, and the suffix that its loader expects (None: no loader)."""

    description: str
    suffix: str | None = None


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


def _compound_file_type(data: bytes) -> FileType:
    """Return the type of an Office 97-2003 file; its directory names the streams in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return FileType("a document protected by a password")
    if "WordDocument".encode("utf-16-le") in data:
        return FileType("a Word 97-2003 document (.doc)", ".doc")
    return FileType("an old Office file")


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
