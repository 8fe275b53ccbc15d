"""A docx file as a zip archive of XML parts, opened with care: nothing is unpacked that is damaged or a zip bomb."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from xml.etree import ElementTree

from index.errors import DocumentError

_MOST_BYTES = 200_000_000  # unpacked; the longest law is a hundredth of it
_MOST_RATIO = 100  # unpacked to packed; Word's own files stay below 20
_FREE_BYTES = 1_000_000  # below this no ratio is too high: an almost empty file may be all white space
_CHUNK = 65_536
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)

Node = ElementTree.Element  # with namespaces taken off tags and attributes: w:p is "p"


class Package:
    """The parts of a docx file, by the role that their relations give them. Raises DocumentError for any damage."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        self._left = _MOST_BYTES
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise self._damaged(str(error)) from error
        size = sum(member.file_size for member in self._archive.infolist())
        if size > _MOST_BYTES or size > max(_FREE_BYTES, _MOST_RATIO * len(data)):
            raise DocumentError(
                f"{name} would unpack to {size:,} bytes from {len(data):,}, more than any document needs; "
                "save it again with a word processor if it is genuine"
            )
        self.main = self._targets("").get("officeDocument", "word/document.xml")
        self._roles = self._targets(self.main)

    def document(self) -> Node:
        """The main part: the text itself."""
        root = self._xml(self.main)
        if root is None:
            raise DocumentError(f"{self._name} holds no {self.main}, so it is no Word document; save it as docx again")
        return root

    def part(self, role: str) -> Node | None:
        """The part that serves the text as its ``styles``, ``numbering``, ``footnotes`` or ``endnotes``, or None."""
        return self._xml(self._roles[role]) if role in self._roles else None

    def properties(self) -> Node | None:
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

    def _xml(self, part: str) -> Node | None:
        if part not in self._archive.NameToInfo:
            return None
        data = self._read(part)
        # OOXML knows no document types; whoever declares one wants entities expanded
        if b"<!DOCTYPE" in data or b"<\0!\0D\0O\0C\0T\0Y\0P\0E" in data:
            raise self._damaged(f"{part} declares a document type")
        try:
            root = ElementTree.fromstring(data)
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise self._damaged(f"{part}: {error}") from error
        for node in root.iter():
            node.tag = node.tag.rsplit("}", 1)[-1]
            for key in [key for key in node.attrib if "}" in key]:
                node.attrib[key.rsplit("}", 1)[-1]] = node.attrib.pop(key)
        return root

    def _read(self, part: str) -> bytes:
        chunks = []
        try:
            with self._archive.open(part) as file:
                while chunk := file.read(_CHUNK):  # in pieces: the sizes that the archive states may be wrong
                    chunks.append(chunk)
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise self._damaged(f"it unpacks to more than {_MOST_BYTES:,} bytes")
        except _BROKEN as error:
            raise self._damaged(f"{part}: {error}") from error
        return b"".join(chunks)

    def _damaged(self, why: str) -> DocumentError:
        why = " ".join(why.split())
        return DocumentError(f"{self._name} is damaged ({why}); open it in a word processor and save it as docx again")
