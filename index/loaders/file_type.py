"""What a file really is, told from its first bytes: the reason why it cannot be read as what its name says."""

from index.loaders.archive import ARCHIVE_ERRORS, TooManyEntriesError, open_archive
from index.loaders.limits import MAX_ARCHIVE_ENTRIES

_ZIPPED = (  # a member's name, what holds it, and the ending its reader wants; None where there is no reader
    ("word/", "a Word document", ".docx"),
    ("xl/", "an Excel workbook", None),
    ("ppt/", "a PowerPoint presentation", None),
    ("META-INF/container.xml", "an e-book (epub)", None),
    ("OFD.xml", "an OFD document", None),
    ("content.xml", "an OpenDocument file", None),
)
_BEGINNINGS = (
    (b"{\\rtf", "a rich text (RTF) file", None),
    (b"\x89PNG\r\n", "a picture (PNG)", None),
    (b"\xff\xd8\xff", "a picture (JPEG)", None),
    (b"II*\0", "a picture (TIFF)", None),
    (b"MM\0*", "a picture (TIFF)", None),
    (b"GIF8", "a picture (GIF)", None),
    (b"\x1f\x8b", "a gzip archive", None),
    (b"Rar!", "a RAR archive", None),
    (b"7z\xbc\xaf", "a 7-Zip archive", None),
)
_PDF_WITHIN = 1024  # a PDF's mark may stand this far into the file


def detect_file_type(data: bytes) -> tuple[str, str | None] | None:
    """What bytes are, in words, and the ending they should have (None: no loader reads them); None for text."""
    if b"%PDF-" in data[:_PDF_WITHIN] and data.lstrip()[:5] == b"%PDF-":
        return "a PDF file", ".pdf"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _office(data), None
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    return next(((words, ending) for mark, words, ending in _BEGINNINGS if data.startswith(mark)), None)


def _office(data: bytes) -> str:
    """What a compound file of the old Office holds; its directory names the streams in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "a document protected by a password"
    if "WordDocument".encode("utf-16-le") in data:
        return "a Word 97-2003 document (.doc)"
    return "an old Office file"


def _zipped(data: bytes) -> tuple[str, str | None]:
    try:
        with open_archive(data) as archive:
            names = archive.namelist()
    except TooManyEntriesError:
        return f"a zip archive of more than {MAX_ARCHIVE_ENTRIES:,} files", None
    except ARCHIVE_ERRORS:
        return "a damaged zip archive", None
    for beginning, words, ending in _ZIPPED:
        if any(name.startswith(beginning) for name in names):
            return words, ending
    return "a zip archive", None
