"""Memos as Word documents: citations are footnotes, answering sentences are highlighted."""

import gc
import io
import re
import zipfile
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
from index.text.controls import isolated
from ui.memo.footnotes import Footnotes
from ui.memo.records import Memo, Quotation
from ui.render.passages import line_spans, split_span

_BODY, _HEADINGS = ("Times New Roman", "SimSun"), ("Arial", "SimHei")  # Latin font, Chinese font
_THEME = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")
_TEXT_COLOUR, _SMALL_COLOUR, _HIGHLIGHT = RGBColor(0x29, 0x24, 0x1D), RGBColor(0x65, 0x5C, 0x4E), "FFE9A8"
_SIZES = {"Heading 1": 16.0, "Heading 2": 13.0, "Heading 3": 11.0}
_UNUSED = ("/thumbnail", "/stylesWithEffects", "/customXml")  # parts of the template that make half of its size
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TIME = (1980, 1, 1, 0, 0, 0)  # of the files in the package, so that equal memos are equal bytes


def word(memo: Memo) -> bytes:
    """Return a memo as the bytes of a .docx file. Characters that XML does not allow become U+FFFD."""
    written = _written(memo)
    # The parts of a document refer to each other and hold 5 MB of XML, of which the collector knows nothing: by itself
    # it lets a gigabyte gather. Only young objects are searched, so that it takes no longer beside a large index.
    gc.collect(1)
    return written


def _written(memo: Memo) -> bytes:
    document = docx.Document()
    _format(document, memo)
    notes = Footnotes(document)
    document.add_heading(_clean(memo.title), 1)
    if memo.verdict:
        document.add_paragraph().add_run(_clean(memo.verdict)).bold = True
    for answer in memo.answers:
        _quote(document, notes, answer, memo.open)
        for remark in answer.remarks:
            _small_paragraph(document, remark)
    for sentence in memo.details:
        _small_paragraph(document, sentence)
    if memo.passages:
        document.add_heading(_clean(memo.heading), 2)
    for number, passage in enumerate(memo.passages, 1):
        document.add_heading(f"{number}. {_clean(passage.place or passage.citation)}", 3)
        _quote(document, notes, passage, memo.open)
        for remark in passage.remarks:
            _small_paragraph(document, remark)
    for sentence in memo.closing:
        _small_paragraph(document, sentence)
    return _to_bytes(document)


def _quote(document: Document, notes: Footnotes, passage: Quotation, opening: str) -> None:
    """Add the text, a paragraph for each line, with the citation in a footnote at its end."""
    paragraph: Paragraph | None = None
    for line in line_spans(passage.text):
        paragraph = document.add_paragraph(style="Quote")
        for part, inside in split_span(line, passage.marked):
            _write(paragraph, passage.text[part.start : part.end], marked=inside)
    note = notes.add(paragraph or document.add_paragraph(style="Quote"))
    _write(note, " · ".join(filter(None, [passage.citation, passage.source])))
    if passage.link:
        _write(note, "  ")
        notes.link(note, _clean(opening), passage.link)


def _small_paragraph(document: Document, text: str) -> None:
    paragraph = document.add_paragraph()
    _write(paragraph, text)
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(9.5), _SMALL_COLOUR


def _write(paragraph: Paragraph, text: str, *, marked: bool = False) -> None:
    run = paragraph.add_run(_clean(text))
    if is_chinese(text):  # else Word takes quotation marks and dashes from the Latin font
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
    if marked:
        run.bold = True
        shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{_HIGHLIGHT}"/>')
        run._r.get_or_add_rPr().append(shade)


def _clean(text: str) -> str:
    return isolated(_NOT_XML.sub("\ufffd", text))


def _format(document: Document, memo: Memo) -> None:
    """Set the page to A4 with page numbers, the fonts and colours, and the properties of the document."""
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
        _set_style(document, name, _HEADINGS, size)
    quote = _set_style(document, "Quote", _BODY, 11.0)
    quote.font.italic = False  # Chinese has no italics
    quote.paragraph_format.left_indent = Cm(0.7)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = _clean(memo.title)[:255], "Zhangju", ""
    properties.language = memo.language
    properties.created = properties.modified = memo.exported.astimezone(UTC).replace(tzinfo=None)
    _remove_unused(document.part.rels)
    if document.part.package:
        _remove_unused(document.part.package.rels)


def _set_style(document: Document, name: str, fonts: tuple[str, str], size: float) -> ParagraphStyle:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size, style.font.color.rgb = fonts[0], Pt(size), _TEXT_COLOUR
    names = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in _THEME:  # theme fonts take precedence over names
        names.attrib.pop(qn(f"w:{theme}"), None)
    names.set(qn("w:eastAsia"), fonts[1])
    spacing = style.paragraph_format
    spacing.space_after, spacing.line_spacing = Pt(6), 1.4
    if name in _SIZES:
        spacing.space_before = Pt(12)
    return style


def _set_languages(document: Document, memo: Memo) -> None:
    """Set the languages of the spelling checker; the template has English and Japanese."""
    written = {"w:val": "zh-CN" if memo.language == "zh" else "en-GB", "w:eastAsia": "zh-CN"}
    elements = document.styles.element.xpath(".//w:docDefaults//w:lang")
    elements += document.settings.element.xpath(".//w:themeFontLang")
    for language in elements:
        for name, value in written.items():
            language.set(qn(name), value)


def _remove_unused(relations: Relationships) -> None:
    for name in [name for name, relation in relations.items() if relation.reltype.endswith(_UNUSED)]:
        del relations[name]


def _to_bytes(document: Document) -> bytes:
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in made.namelist():
            file.writestr(zipfile.ZipInfo(name, _TIME), made.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
