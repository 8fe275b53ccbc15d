"""Footnotes for python-docx, which has none: the footnotes part of the package, and references to it."""

import re

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.text.paragraph import CT_P
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt
from docx.text.paragraph import Paragraph

TEXT, REFERENCE = "FootnoteText", "FootnoteReference"  # style ids as written by Word

_PART = PackURI("/word/footnotes.xml")
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))  # the rules between text and notes
_REFERRING = f'<w:rPr><w:rStyle w:val="{REFERENCE}"/></w:rPr>'


class Footnotes:
    """Footnotes of a document; the constructor adds the part, the separators and the styles."""

    def __init__(self, document: Document) -> None:
        package = document.part.package
        if package is None:
            raise ValueError("a document without a package cannot have footnotes")
        separators = "".join(_separator(kind, number) for kind, number in _SEPARATORS)
        self._part = XmlPart(_PART, _CONTENT, _xml(f"<w:footnotes>{separators}</w:footnotes>"), package)
        self._count = 0
        document.part.relate_to(self._part, RELATIONSHIP_TYPE.FOOTNOTES)
        listed = "".join(f'<w:footnote w:id="{number}"/>' for _, number in _SEPARATORS)
        compat = document.settings.element.find(qn("w:compat"))  # the schema puts footnotePr before compat
        compat.addprevious(_xml(f"<w:footnotePr>{listed}</w:footnotePr>"))
        _add_styles(document)

    def add(self, paragraph: Paragraph) -> Paragraph:
        """Add a footnote referenced at the end of ``paragraph`` and return its own paragraph, which is empty."""
        self._count += 1
        number = self._count
        paragraph._p.append(_xml(f'<w:r>{_REFERRING}<w:footnoteReference w:id="{number}"/></w:r>'))
        mark = f'<w:r>{_REFERRING}<w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>'
        held = f'<w:p><w:pPr><w:pStyle w:val="{TEXT}"/></w:pPr>{mark}</w:p>'
        note = _xml(f'<w:footnote w:id="{number}">{held}</w:footnote>')
        self._part.element.append(note)
        holder = note.find(qn("w:p"))
        assert isinstance(holder, CT_P)  # python-docx has classes for the elements of this namespace
        return Paragraph(holder, paragraph._parent)

    def link(self, note: Paragraph, text: str, address: str) -> None:
        """Add a hyperlink at the end of a footnote."""
        name = self._part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        run = note.add_run(text)
        run.font.underline = True
        anchor = _xml(f'<w:hyperlink r:id="{name}"/>')
        run._r.addprevious(anchor)
        anchor.append(run._r)


def _xml(text: str) -> BaseOxmlElement:
    """Parse an element, with the namespace prefixes of Word declared."""
    return parse_xml(re.sub(r"^<[\w:]+", lambda opened: f"{opened[0]} {nsdecls('w', 'r')}", text))


def _separator(kind: str, number: int) -> str:
    spacing = '<w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
    return f'<w:footnote w:type="{kind}" w:id="{number}"><w:p>{spacing}<w:r><w:{kind}/></w:r></w:p></w:footnote>'


def _add_styles(document: Document) -> None:
    text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    text.element.set(qn("w:styleId"), TEXT)
    text.base_style = document.styles["Normal"]
    text.font.size = Pt(9)
    text.paragraph_format.space_after = Pt(2)
    reference = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
    reference.element.set(qn("w:styleId"), REFERENCE)
    reference.font.superscript = True
