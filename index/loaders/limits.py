"""Limits on the contents of a file: far above any plan or law, far below what exhausts a machine.

Each loader checks these limits itself, so that a file is rejected at once and with a reason. The limits of the process
that reads the file catch all other excess: see ``index/parsing/worker.py``.
"""

from index.errors import DocumentError

MAX_FILE_BYTES = 100_000_000  # the longest codes of law have less than 10 MB; scanned books have more
MAX_PDF_PAGES = 10_000
MAX_RECOGNISED_PAGES = 2_000  # scanned pages of a file, three seconds of processor time each
MAX_ARCHIVE_ENTRIES = 10_000  # files in an archive; a Word document has a dozen, and one more for each picture
MAX_UNPACKED_BYTES = 200_000_000  # of the parts of an archive that are read; the longest law has a hundredth of it
MAX_UNPACKED_RATIO = 100  # of unpacked bytes to the file's size; files written by Word stay below 20
MIN_BYTES_FOR_RATIO = 1_000_000  # smaller files may have any ratio: a file may be all white space
MAX_XML_TAGS = 1_000_000  # start and end tags of one part of an archive; up to 400 bytes of memory each
MAX_HTML_TAGS = 400_000  # up to 1,000 bytes of memory each
MAX_TABLE_CELLS = 500_000  # of a sheet or a csv file, empty ones included; up to 400 bytes of memory each


def check_size(size: int, name: str) -> None:
    """Raise DocumentError if a file has more than ``MAX_FILE_BYTES`` bytes."""
    if size > MAX_FILE_BYTES:
        raise DocumentError(
            f"{name} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} that are read; split it into smaller files"
        )
