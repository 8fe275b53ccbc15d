"""Safe reading of zip archives: entries are counted before they are listed; declared sizes are not trusted."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from index.loaders.limits import MAX_ARCHIVE_ENTRIES

_ENTRY_SIGNATURE = b"PK\x01\x02"  # starts each entry of the central directory
_ENCRYPTED = 0x1
_CHUNK_BYTES = 65_536

# raised by zipfile for damaged and malicious archives
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class TooManyEntriesError(zipfile.BadZipFile):
    """An archive has more entries than any document needs; listing them could exhaust the memory."""


class EncryptedEntryError(zipfile.BadZipFile):
    """An entry is protected by a password."""


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Open an archive. Raises one of ARCHIVE_ERRORS, TooManyEntriesError among them."""
    entries = data.count(_ENTRY_SIGNATURE)  # the number that the archive declares may be false
    if entries > MAX_ARCHIVE_ENTRIES:
        raise TooManyEntriesError(f"it holds {entries:,} files, more than the {MAX_ARCHIVE_ENTRIES:,} that are listed")
    return zipfile.ZipFile(io.BytesIO(data))


def read_chunks(archive: zipfile.ZipFile, entry: str) -> Iterator[bytes]:
    """Yield an entry's unpacked bytes in chunks, which the caller can count. Raises one of ARCHIVE_ERRORS."""
    member = archive.getinfo(entry)
    if member.flag_bits & _ENCRYPTED:
        raise EncryptedEntryError("it is protected by a password")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others can unpack without limit
        raise NotImplementedError(f"it is packed by method {member.compress_type}, which no document uses")
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
