"""Parts of a docx file by their role."""

import posixpath
from xml.etree.ElementTree import Element

from index.loaders.ooxml.package import OfficePackage
from index.loaders.parts import Format

_DOCX = Format("docx")


class Package(OfficePackage):
    """The parts of a docx file by their role in its relationships; methods raise DocumentError for damaged files."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data, name, _DOCX)
        self.main = self.main_part()
        self._roles = self.relationships(self.main)

    def document(self) -> Element:
        """Return the main part, which contains the text."""
        return self.needed_xml(self.main)

    def part(self, role: str) -> Element | None:
        """Return the part with a role (``styles``, ``numbering``, ``footnotes``, ``endnotes``), None if missing."""
        return self.xml(self._roles[role]) if role in self._roles else None

    def embedded(self, relation: str) -> tuple[bytes, str] | None:
        """Return the bytes and the name of the part with this relation id, None if it is missing."""
        part = self._roles.get(f"#{relation}", "")
        return (self.read(part), posixpath.basename(part)) if part in self else None
