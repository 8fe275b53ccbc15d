"""A docx file as a zip archive of XML parts, opened with care: nothing is unpacked that is damaged or a zip bomb."""

import posixpath
from collections.abc import Mapping
from xml.etree import ElementTree

from index.errors import DocumentError
from index.loaders.archive import ARCHIVE_ERRORS, EncryptedEntryError, open_archive, read_chunks
from index.loaders.limits import MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO, UNPACKED_BYTES_WITHOUT_RATIO
from index.loaders.safe_xml import parse_xml

Element = ElementTree.Element  # with namespaces taken off tags and attributes: w:p is "p"


class Package:
    """The parts of a docx file, by the role that their relations give them. Raises DocumentError for any damage."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        self._size = len(data)
        self._most = min(MAX_UNPACKED_BYTES, max(UNPACKED_BYTES_WITHOUT_RATIO, MAX_UNPACKED_RATIO * len(data)))
        self._unpacked = 0  # of all parts so far; what is counted cannot be misstated
        try:
            self._archive = open_archive(data)
        except ARCHIVE_ERRORS as error:
            raise self._damaged(str(error)) from error
        self.main = self._targets("").get("officeDocument", "word/document.xml")
        self._roles = self._targets(self.main)

    def document(self) -> Element:
        """The main part: the text itself."""
        root = self._xml(self.main)
        if root is None:
            raise DocumentError(f"{self._name} holds no {self.main}, so it is no Word document; save it as docx again")
        return root

    def part(self, role: str) -> Element | None:
        """The part that serves the text as its ``styles``, ``numbering``, ``footnotes`` or ``endnotes``, or None."""
        return self._xml(self._roles[role]) if role in self._roles else None

    def properties(self) -> Element | None:
        """Title, author and dates, or None."""
        return self._xml(self._targets("").get("core-properties", "docProps/core.xml"))

    def _targets(self, part: str) -> Mapping[str, str]:
        """The parts that a part refers to, by the last word of the relation's type; ``""`` is the package itself."""
        folder, file = posixpath.split(part)
        root = self._xml(posixpath.join(folder, "_rels", file + ".rels"))
        found: dict[str, str] = {}
        for relation in root if root is not None else ():
            role, target = relation.get("Type", "").rsplit("/", 1)[-1], relation.get("Target", "")
            if relation.get("TargetMode") != "External":
                found.setdefault(role, posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/"))
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
                if self._unpacked > self._most:
                    raise self._too_much()
        except EncryptedEntryError as error:
            raise DocumentError(
                f"{self._name} is protected by a password; open it, remove the password and save it again"
            ) from error
        except ARCHIVE_ERRORS as error:
            raise self._damaged(f"{part}: {error}") from error
        return b"".join(found)

    def _too_much(self) -> DocumentError:
        return DocumentError(
            f"{self._name} unpacks to more than {self._most:,} bytes from {self._size:,}, more than any document "
            "needs; save it again with a word processor if it is genuine"
        )

    def _damaged(self, why: str) -> DocumentError:
        why = " ".join(why.split())
        return DocumentError(f"{self._name} is damaged ({why}); open it in a word processor and save it as docx again")
