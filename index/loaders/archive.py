"""Zip archives opened with care: entries are counted before they are listed, and stated sizes are not believed."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from index.loaders.limits import MAX_ARCHIVE_ENTRIES

_ENTRY = b"PK\x01\x02"  # begins each entry of the list at the archive's end
_ENCRYPTED = 0x1
_CHUNK = 65_536

# what zipfile raises for archives that are damaged or made to look so
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class TooManyEntriesError(zipfile.BadZipFile):
    """An archive lists more entries than any document needs; listing them would take memory without end."""


class EncryptedEntryError(zipfile.BadZipFile):
    """An entry can only be read with a password."""


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive that these bytes are. Raises TooManyEntriesError, or another of BROKEN."""
    entries = data.count(_ENTRY)  # not the number that the archive states
    if entries > MAX_ARCHIVE_ENTRIES:
        raise TooManyEntriesError(f"it holds {entries:,} files, more than the {MAX_ARCHIVE_ENTRIES:,} that are listed")
    return zipfile.ZipFile(io.BytesIO(data))


def read_chunks(archive: zipfile.ZipFile, entry: str) -> Iterator[bytes]:
    """An entry's unpacked bytes in pieces, so that the reader can count them and stop. Raises one of BROKEN."""
    member = archive.getinfo(entry)
    if member.flag_bits & _ENCRYPTED:
        raise EncryptedEntryError("it is protected by a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without bounds
        raise NotImplementedError(f"it is packed by method {member.compress_type}, which no Word document uses")
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            yield chunk
