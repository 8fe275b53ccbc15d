"""How much a file may hold: far more than any plan or law, far less than what a machine cannot bear.

Each loader keeps to these by itself, so that a file is refused with a reason and at once. A file that finds another
way to be too much meets the limits of the process that reads it: see ``index/parsing/worker.py``.
"""

from index.errors import DocumentError

MAX_FILE_BYTES = 100_000_000  # the longest codes are below 10 MB; scanned books are above
MAX_PDF_PAGES = 10_000
MAX_ARCHIVE_ENTRIES = 10_000  # files in a docx; a Word document has a dozen, and one for each picture
MAX_UNPACKED_BYTES = 200_000_000  # of the parts of a docx that are read; the longest law is a hundredth of it
MAX_UNPACKED_RATIO = 100  # unpacked bytes to the size of the file; Word's own files stay below 20
UNPACKED_BYTES_WITHOUT_RATIO = (
    1_000_000  # below these unpacked bytes no ratio is too high: a file may be all white space
)
MAX_XML_TAGS = 1_000_000  # in one part of a docx, beginnings and ends; up to 400 bytes of memory each
MAX_HTML_TAGS = 400_000  # up to 1,000 bytes of memory each


def check_size(size: int, name: str) -> None:
    """Raises DocumentError for a file of too many bytes."""
    if size > MAX_FILE_BYTES:
        raise DocumentError(
            f"{name} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read; split it into smaller files"
        )
