"""Safe reading of docx packages, zip archives of XML parts: damaged files and zip bombs are not unpacked."""

import posixpath
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from index.errors import DocumentError
from index.loaders.archive import ARCHIVE_ERRORS, EncryptedEntryError, open_archive, read_chunks
from index.loaders.limits import MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO, MIN_BYTES_FOR_RATIO
from index.loaders.safe_xml import parse_xml


class Package:
    """The parts of a docx file by their role in its relationships. All methods raise DocumentError for damaged files.

    Elements and attributes have no namespaces: w:p is "p".
    """

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        self._size = len(data)
        self._max_unpacked = min(MAX_UNPACKED_BYTES, max(MIN_BYTES_FOR_RATIO, MAX_UNPACKED_RATIO * len(data)))
        self._unpacked = 0  # bytes of all parts so far; counted, as declared sizes may be false
        try:
            self._archive = open_archive(data)
        except ARCHIVE_ERRORS as error:
            raise self._damaged(str(error)) from error
        self.main = self._relationships("").get("officeDocument", "word/document.xml")
        self._roles = self._relationships(self.main)

    def document(self) -> Element:
        """Return the main part, which contains the text."""
        root = self._xml(self.main)
        if root is None:
            raise DocumentError(f"{self._name} holds no {self.main}, so it is no Word document; save it as docx again")
        return root

    def part(self, role: str) -> Element | None:
        """Return the part with a role (``styles``, ``numbering``, ``footnotes``, ``endnotes``), None if missing."""
        return self._xml(self._roles[role]) if role in self._roles else None

    def embedded(self, relation: str) -> tuple[bytes, str] | None:
        """Return the bytes and the name of the part with this relation id, None if it is missing."""
        part = self._roles.get(f"#{relation}", "")
        return (self._read(part), posixpath.basename(part)) if part in self._archive.NameToInfo else None

    def properties(self) -> Element | None:
        """Return the document's properties (title, author, dates), None if missing."""
        return self._xml(self._relationships("").get("core-properties", "docProps/core.xml"))

    def _relationships(self, part: str) -> Mapping[str, str]:
        """Return the parts that a part refers to, by the last word of the type and by "#" and the id of the relation.

        ``""`` is the package itself.
        """
        folder, file = posixpath.split(part)
        root = self._xml(posixpath.join(folder, "_rels", file + ".rels"))
        found: dict[str, str] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", ""))).lstrip("/")
                found.setdefault(relation.get("Type", "").rsplit("/", 1)[-1], target)
                found.setdefault(f"#{relation.get('Id', '')}", target)
        return found

    def _xml(self, part: str) -> Element | None:
        if part not in self._archive.NameToInfo:
            return None
        data = self._read(part)
        try:
            root = parse_xml(data)
        except ValueError as error:
            raise self._damaged(f"{part}: {error}") from error
        for node in root.iter():
            node.tag = node.tag.rsplit("}", 1)[-1]
            for key in [key for key in node.attrib if "}" in key]:
                node.attrib[key.rsplit("}", 1)[-1]] = node.attrib.pop(key)
        return root

    def _read(self, part: str) -> bytes:
        found = []
        try:
            for chunk in read_chunks(self._archive, part):
                found.append(chunk)
                self._unpacked += len(chunk)
                if self._unpacked > self._max_unpacked:
                    raise self._too_large()
        except EncryptedEntryError as error:
            raise DocumentError(
                f"{self._name} is protected by a password; open it, remove the password and save it again"
            ) from error
        except ARCHIVE_ERRORS as error:
            raise self._damaged(f"{part}: {error}") from error
        return b"".join(found)

    def _too_large(self) -> DocumentError:
        return DocumentError(
            f"{self._name} unpacks to more than {self._max_unpacked:,} bytes from {self._size:,}, more than any "
            "document needs; save it again with a word processor if it is genuine"
        )

    def _damaged(self, reason: str) -> DocumentError:
        reason = " ".join(reason.split())
        return DocumentError(
            f"{self._name} is damaged ({reason}); open it in a word processor and save it as docx again"
        )
