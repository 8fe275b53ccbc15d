"""Safe reading of documents that are zip archives of XML parts: damaged files and zip bombs are not unpacked."""

from typing import NamedTuple
from xml.etree.ElementTree import Element

from index.errors import DocumentError
from index.loaders.archive import ARCHIVE_ERRORS, EncryptedEntryError, open_archive, read_chunks
from index.loaders.limits import MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO, MIN_BYTES_FOR_RATIO
from index.loaders.safe_xml import TooManyTagsError, parse_xml


class Format(NamedTuple):
    """Words of messages: a suffix without its dot, and the kind of program that saves such files."""

    suffix: str
    program: str = "a word processor"


class Parts:
    """The parts of an archive. All methods raise DocumentError for damaged files.

    Elements and attributes have no namespaces: w:p is "p".
    """

    def __init__(self, data: bytes, name: str, form: Format) -> None:
        self.name = name
        self._form = form
        self._size = len(data)
        self._max_unpacked = min(MAX_UNPACKED_BYTES, max(MIN_BYTES_FOR_RATIO, MAX_UNPACKED_RATIO * len(data)))
        self._unpacked = 0  # bytes of all parts so far; counted, as declared sizes may be false
        try:
            self._archive = open_archive(data)
        except ARCHIVE_ERRORS as error:
            raise self.damaged(str(error)) from error

    def __contains__(self, part: object) -> bool:
        return part in self._archive.NameToInfo

    @property
    def names(self) -> list[str]:
        """Names of all parts in the order of the archive."""
        return self._archive.namelist()

    def xml(self, part: str) -> Element | None:
        """Return the root of a part, None if the part is missing."""
        if part not in self:
            return None
        data = self.read(part)
        try:
            root = parse_xml(data)
        except TooManyTagsError as error:
            raise DocumentError(f"{self.name} is too large ({part}: {error}); split it into smaller files") from error
        except ValueError as error:
            raise self.damaged(f"{part}: {error}") from error
        for node in root.iter():
            node.tag = node.tag.rsplit("}", 1)[-1]
            for key in [key for key in node.attrib if "}" in key]:
                node.attrib[key.rsplit("}", 1)[-1]] = node.attrib.pop(key)
        return root

    def needed_xml(self, part: str) -> Element:
        """Return the root of a part that every file of the format has."""
        root = self.xml(part)
        if root is None:
            raise DocumentError(
                f"{self.name} holds no {part}, so it is no {self._form.suffix} document; save it as "
                f"{self._form.suffix} again"
            )
        return root

    def read(self, part: str) -> bytes:
        """Return the unpacked bytes of a part."""
        found = []
        try:
            for chunk in read_chunks(self._archive, part):
                found.append(chunk)
                self._unpacked += len(chunk)
                if self._unpacked > self._max_unpacked:
                    raise self._too_large()
        except EncryptedEntryError as error:
            raise self.protected() from error
        except ARCHIVE_ERRORS as error:
            raise self.damaged(f"{part}: {error}") from error
        return b"".join(found)

    def protected(self) -> DocumentError:
        """Return the error for a file with a password."""
        return DocumentError(f"{self.name} is protected by a password; open it, remove the password and save it again")

    def damaged(self, reason: str) -> DocumentError:
        """Return the error for a file that cannot be read."""
        form = self._form
        return DocumentError(
            f"{self.name} is damaged ({' '.join(reason.split())}); open it in {form.program} and save it as "
            f"{form.suffix} again"
        )

    def _too_large(self) -> DocumentError:
        return DocumentError(
            f"{self.name} unpacks to more than {self._max_unpacked:,} bytes from {self._size:,}, more than any "
            f"document needs; save it again with {self._form.program} if it is genuine"
        )
