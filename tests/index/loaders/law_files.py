"""Writers of the small law in formats that no library at hand writes: each makes what a word processor would."""

import io
import struct
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

import openpyxl

from tests.index.loaders.small_law import Part, parts

_LEVELS = {"题": 1, "章": 2, "节": 3}


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


# --- rich text

_RTF_STYLES = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2 heading 2;}{\s3\sbasedon2 heading 3;}}"


def rtf_escaped(text: str) -> str:
    r"""Return a text in RTF: Chinese characters as \uN with a question mark for old programs."""
    units = struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}h", text.encode("utf-16-le"))
    return "".join(chr(u) if 32 <= u < 127 and chr(u) not in "\\{}" else rf"\u{u}?" for u in units)


def rtf(body: str) -> bytes:
    head = r"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}" + _RTF_STYLES
    return (head + body + "}").encode("ascii")


def as_rtf() -> bytes:
    return rtf("".join(rf"\pard\s{_LEVELS.get(p.kind, 0)} {rtf_escaped(p.whole)}\par" + "\n" for p in parts()))


def as_rtf_in_gb18030() -> bytes:
    """Return the law as WordPad writes it: the bytes of the code page in hexadecimal numbers."""

    def escaped(part: Part) -> str:
        return "".join(rf"\'{byte:02x}" for byte in part.whole.encode("gb18030"))

    return rtf("".join(rf"\pard\f0 {escaped(p)}\par" + "\n" for p in parts()))


# --- OpenDocument

ODT_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "style", "table", "meta", "drawing")
)


def odt(body: str, styles: str = "", **members: str) -> bytes:
    content = (
        f"<office:document-content {ODT_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": kind, "content.xml": content, **members})


def as_odt() -> bytes:
    def element(part: Part) -> str:
        level = _LEVELS.get(part.kind)
        tag = f'text:h text:outline-level="{level}"' if level else "text:p"
        return f"<{tag}>{escape(part.whole)}</{tag.split()[0]}>"

    return odt("".join(map(element, parts())))


_ODT_LIST = """<text:list-style style:name="L">
<text:list-level-style-number text:level="1" style:num-prefix="（" style:num-suffix="）"
 style:num-format="一, 二, 三, ..."/>
</text:list-style>"""


def as_numbered_odt() -> bytes:
    """Return the law with its items as lists, whose numbers are not in the text."""
    body, in_list = "", False
    for part in parts():
        if (part.kind == "项") != in_list:
            in_list = not in_list
            body += '<text:list text:style-name="L">' if in_list else "</text:list>"
        text = f"<text:p>{escape(part.text if in_list else part.whole)}</text:p>"
        body += f"<text:list-item>{text}</text:list-item>" if in_list else text
    return odt(body, _ODT_LIST)


# --- e-books

_CONTAINER = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'


def epub(pages: dict[str, str], *, more: dict[str, str] | None = None, manifest: str = "") -> bytes:
    items = "".join(
        f'<item id="i{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, name in enumerate(pages)
    )
    spine = "".join(f'<itemref idref="i{at}"/>' for at in range(len(pages)))
    package = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>古井</dc:title></metadata>'
        f"<manifest>{items}{manifest}</manifest><spine>{spine}</spine></package>"
    )
    files = {"META-INF/container.xml": _CONTAINER, "OPS/book.opf": package}
    return zipped(
        {"mimetype": "application/epub+zip", **files, **(more or {}), **{f"OPS/{n}": p for n, p in pages.items()}}
    )


def xhtml(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><head>'
        f"<title/><style>p {{}}</style></head><body>{body}</body></html>"
    )


def as_epub() -> bytes:
    """Return the law with a page for each chapter."""
    chapters: list[str] = [""]
    for part in parts():
        if part.kind == "章":
            chapters.append("")
        tag = f"h{_LEVELS[part.kind]}" if part.kind in _LEVELS else "p"
        chapters[-1] += f"<{tag}>{escape(part.whole)}</{tag}>\n"
    return epub({f"chapter{at}.xhtml": xhtml(text) for at, text in enumerate(chapters)})


# --- tables and slides


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for part in parts():
        book.active.append([part.whole])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_csv() -> bytes:
    return "".join(f'"{part.whole}"\r\n' for part in parts()).encode("gb18030")


_A, _P = (
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://schemas.openxmlformats.org/presentationml/2006/main",
)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def shape(*texts: str, role: str = "") -> str:
    placeholder = f'<p:ph type="{role}"/>' if role else ""
    body = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in texts)
    return f"<p:sp><p:nvSpPr><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>{body}</p:txBody></p:sp>"


def pptx(slides: list[str], *, more: dict[str, str] | None = None) -> bytes:
    """Return a presentation of slides that are given as their shapes."""
    ids = "".join(f'<p:sldId id="{256 + at}" r:id="rId{at}"/>' for at in range(len(slides)))
    relations = "".join(f'<R Id="rId{at}" Type="{_R}/slide" Target="slides/{at}.xml"/>' for at in range(len(slides)))
    files = {
        "ppt/presentation.xml": f'<p:p xmlns:p="{_P}" xmlns:r="{_R}"><p:sldIdLst>{ids}</p:sldIdLst></p:p>',
        "ppt/_rels/presentation.xml.rels": f"<Rs>{relations}</Rs>",
    }
    for at, shapes in enumerate(slides):
        tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
        files[f"ppt/slides/{at}.xml"] = f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_R}">{tree}</p:sld>'
    return zipped({**files, **(more or {})})


def as_pptx() -> bytes:
    """Return the law with a slide for each heading, the text below it in one shape."""
    slides: list[tuple[str, list[str]]] = []
    for part in parts():
        if part.kind in _LEVELS:
            slides.append((part.whole, []))
        else:
            slides[-1][1].append(part.whole)
    return pptx([shape(*texts) + shape(title, role="title") + shape("1", role="sldNum") for title, texts in slides])


# --- OFD

_OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_WIDTH, _HEIGHT, _MARGIN, _EM = 148, 210, 20, 4  # millimetres
_IN_LINE = (_WIDTH - 2 * _MARGIN) // _EM
_LINES = 22


def text_object(text: str, x: float, y: float, size: float = _EM) -> str:
    steps = f'DeltaX="g {len(text) - 1} {size}"' if len(text) > 1 else ""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} {size * len(text)} {size}" Font="1" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}" {steps}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


def ofd(pages: list[str]) -> bytes:
    """Return an OFD document of pages that are given as their text objects."""
    box = f"<ofd:PageArea><ofd:PhysicalBox>0 0 {_WIDTH} {_HEIGHT}</ofd:PhysicalBox></ofd:PageArea>"
    listed = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/{at}.xml"/>' for at in range(len(pages)))
    root = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    files = {
        "OFD.xml": f"<ofd:OFD {_OFD}><ofd:DocBody>{root}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_OFD}><ofd:CommonData>{box}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for at, objects in enumerate(pages):
        files[f"Doc_0/Pages/{at}.xml"] = (
            f"<ofd:Page {_OFD}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return zipped(files)


def as_ofd() -> bytes:
    """Return the law as it is printed: headings in the middle, paragraphs indented, a running header, page numbers."""
    lines: list[tuple[float, str, float]] = []  # left edge, text, size
    for part in parts():
        if part.kind in _LEVELS:
            size = 6 if part.kind == "题" else _EM
            lines.append(((_WIDTH - size * len(part.whole)) / 2, part.whole, size))
            continue
        text = "　　" + part.whole
        rows = [text[at : at + _IN_LINE] for at in range(0, len(text), _IN_LINE)]
        lines += [(_MARGIN + 2 * _EM * (not at), row.strip("　"), _EM) for at, row in enumerate(rows)]
    pages: list[str] = []
    for at in range(0, len(lines), _LINES):
        body = [text_object(text, x, 30 + 7 * row, size) for row, (x, text, size) in enumerate(lines[at : at + _LINES])]
        header = text_object("江南市法规汇编", 55, 12, 3)
        pages.append(header + "".join(body) + text_object(f"— {len(pages) + 1} —", 68, 200, 3))
    return ofd(pages)
