"""Packages of Office Open XML (docx, xlsx, pptx): parts by their role in the relationships of other parts."""

import posixpath
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from index.loaders.parts import Parts

_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


class OfficePackage(Parts):
    """The parts of an Office file; methods raise DocumentError for damaged files."""

    def relationships(self, part: str) -> Mapping[str, str]:
        """Return the parts that a part refers to, by the last word of the type and by "#" and the id of the relation.

        ``""`` is the package itself.
        """
        folder, file = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", file + ".rels"))
        found: dict[str, str] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", ""))).lstrip("/")
                found.setdefault(relation.get("Type", "").rsplit("/", 1)[-1], target)
                found.setdefault(f"#{relation.get('Id', '')}", target)
        return found

    def main_part(self) -> str:
        """Return the name of the part that the others hang from."""
        return self.relationships("").get("officeDocument", _MAIN[self._form.suffix])

    def properties(self) -> Element | None:
        """Return the document's properties (title, author, dates), None if missing."""
        return self.xml(self.relationships("").get("core-properties", "docProps/core.xml"))
