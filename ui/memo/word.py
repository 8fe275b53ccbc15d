"""A memo as a Word document: the citations are its footnotes, the sentences that answer stand out."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.rel import Relationships
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from index.text.chinese import is_chinese
from ui.memo.footnotes import Footnotes
from ui.memo.records import Memo, Quotation
from ui.render.passages import cut, lines

_BODY, _HEADS = ("Times New Roman", "SimSun"), ("Arial", "SimHei")  # for Latin letters, for Chinese characters
_THEME = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")
_INK, _SOFT, _MARK = RGBColor(0x29, 0x24, 0x1D), RGBColor(0x65, 0x5C, 0x4E), "FFE9A8"
_SIZES = {"Heading 1": 16.0, "Heading 2": 13.0, "Heading 3": 11.0}
_UNUSED = ("/thumbnail", "/stylesWithEffects", "/customXml")  # of the template: half of its size
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TIME = (1980, 1, 1, 0, 0, 0)  # of the files in the package, so that the same memo is the same to the byte


def word(memo: Memo) -> bytes:
    """The memo as the bytes of a .docx file. What XML cannot hold is written as U+FFFD."""
    document = docx.Document()
    _dress(document, memo)
    notes = Footnotes(document)
    document.add_heading(_clean(memo.title), 1)
    if memo.verdict:
        document.add_paragraph().add_run(_clean(memo.verdict)).bold = True
    for answer in memo.answers:
        _quote(document, notes, answer, memo.open)
    for sentence in memo.said:
        _aside(document, sentence)
    if memo.passages:
        document.add_heading(_clean(memo.heading), 2)
    for number, passage in enumerate(memo.passages, 1):
        document.add_heading(f"{number}. {_clean(passage.place or passage.citation)}", 3)
        _quote(document, notes, passage, memo.open)
        for remark in passage.remarks:
            _aside(document, remark)
    for sentence in memo.closing:
        _aside(document, sentence)
    return _packed(document)


def _quote(document: Document, notes: Footnotes, passage: Quotation, opening: str) -> None:
    """The words, a paragraph for each of their lines, and at their end the footnote that cites them."""
    paragraph: Paragraph | None = None
    for line in lines(passage.text):
        paragraph = document.add_paragraph(style="Quote")
        for part, within in cut(line, passage.marked):
            _write(paragraph, passage.text[part.start : part.end], marked=within)
    note = notes.add(paragraph or document.add_paragraph(style="Quote"))
    _write(note, "".join(_cited(passage)))
    if passage.link:
        _write(note, "  ")
        notes.link(note, _clean(opening), passage.link)


def _cited(passage: Quotation) -> Iterator[str]:
    yield passage.citation
    if passage.source:
        yield f" · {passage.source}"


def _aside(document: Document, text: str) -> None:
    paragraph = document.add_paragraph()
    _write(paragraph, text)
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(9.5), _SOFT


def _write(paragraph: Paragraph, text: str, *, marked: bool = False) -> None:
    run = paragraph.add_run(_clean(text))
    if is_chinese(text):  # or Word takes quotation marks and dashes from the Latin font
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
    if marked:
        run.bold = True
        shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_MARK}"/>')
        run._r.get_or_add_rPr().append(shade)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _dress(document: Document, memo: Memo) -> None:
    """A4, fonts for Chinese, quiet colours, page numbers; and who and when."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    section.top_margin = section.bottom_margin = Cm(2.5)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>'))
    _set_languages(document, memo)
    _set_style(document, "Normal", _BODY, 11.0)
    for name, size in _SIZES.items():
        _set_style(document, name, _HEADS, size)
    quote = _set_style(document, "Quote", _BODY, 11.0)
    quote.font.italic = False  # Chinese has no italics
    quote.paragraph_format.left_indent = Cm(0.7)
    about = document.core_properties
    about.title, about.author, about.comments = _clean(memo.title)[:255], "Zhangju", ""
    about.language = memo.language
    about.created = about.modified = memo.exported.astimezone(UTC).replace(tzinfo=None)
    _leave_out(document.part.rels)
    if document.part.package:
        _leave_out(document.part.package.rels)


def _set_style(document: Document, name: str, fonts: tuple[str, str], size: float) -> ParagraphStyle:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size, style.font.color.rgb = fonts[0], Pt(size), _INK
    names = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in _THEME:  # what would go before the names
        names.attrib.pop(qn(f"w:{theme}"), None)
    names.set(qn("w:eastAsia"), fonts[1])
    spacing = style.paragraph_format
    spacing.space_after, spacing.line_spacing = Pt(6), 1.4
    if name in _SIZES:
        spacing.space_before = Pt(12)
    return style


def _set_languages(document: Document, memo: Memo) -> None:
    """Those that the spelling is checked in; the template has English and Japanese."""
    written = {"w:val": "zh-CN" if memo.language == "zh" else "en-GB", "w:eastAsia": "zh-CN"}
    spoken = document.styles.element.xpath(".//w:docDefaults//w:lang")
    spoken += document.settings.element.xpath(".//w:themeFontLang")
    for language in spoken:
        for name, value in written.items():
            language.set(qn(name), value)


def _leave_out(relations: Relationships) -> None:
    for name in [name for name, relation in relations.items() if relation.reltype.endswith(_UNUSED)]:
        del relations[name]


def _packed(document: Document) -> bytes:
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in made.namelist():
            file.writestr(zipfile.ZipInfo(name, _TIME), made.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
