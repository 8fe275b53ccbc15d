"""Malicious files that expand or take time without limit, and files with a wrong suffix. All generated here."""

import io
import random
import struct
import zipfile
import zlib

from openpyxl.utils import get_column_letter

from tests.index.loaders.renderings import RENDERINGS

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BODY = f'<w:document xmlns:w="{W}"><w:body>'.encode(), b"</w:body></w:document>"
_ROLES = ("styles", "numbering", "footnotes", "endnotes")


def zipped(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, stored: bytes = b"") -> bytes:
    """Return an archive; ``stored`` is added uncompressed, to lower the compression ratio."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        if stored:
            archive.writestr("word/media/picture.png", stored, zipfile.ZIP_STORED)
    return target.getvalue()


def word(body: bytes, *, stored: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a Word document of one part."""
    return zipped({"word/document.xml": body.join(_BODY)}, stored=stored, method=method)


def noise(size: int) -> bytes:
    """Return incompressible bytes."""
    return random.Random(size).randbytes(size)


def tags(size: int = 8_000_000) -> bytes:
    """Return a Word document of 713 kB with millions of tags, gigabytes as a tree."""
    return word(b"<w:p/>" * size, stored=noise(713_000 - size // 170))


def attributes(count: int) -> bytes:
    """Return a Word document with ``count`` attributes on one tag: little XML, much memory."""
    return word(b"<w:p " + b" ".join(b'a%d=""' % at for at in range(count)) + b"/>")


def overlapping() -> bytes:
    """Return an archive whose entries all refer to the same data."""
    names = [f"word/{role}.xml" for role in _ROLES]
    relations = "".join(f'<R Type="{R}/{role}" Target="{role}.xml"/>' for role in _ROLES)
    parts = {
        "word/_rels/document.xml.rels": f"<R>{relations}</R>".encode(),
        "word/document.xml": b" " * 30_000_000 + _BODY[0] + _BODY[1],
    }
    data = zipped({**parts, **dict.fromkeys(names, b"")}, stored=noise(500_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        whole = archive.getinfo("word/document.xml")
        start = archive.start_dir
    at, list_ = 0, bytearray(data[start:])
    while list_[at : at + 4] == b"PK\x01\x02":
        name, extra, comment = struct.unpack_from("<3H", list_, at + 28)
        if list_[at + 46 : at + 46 + name].decode() in names:
            struct.pack_into("<3I", list_, at + 16, whole.CRC, whole.compress_size, whole.file_size)
            struct.pack_into("<I", list_, at + 42, whole.header_offset)
        at += 46 + name + extra + comment
    return data[:start] + bytes(list_)


def understated(declared: int = 1000) -> bytes:
    """Return an archive that declares a small size for an entry of 50 MB."""
    data = bytearray(word(b" " * 50_000_000))
    struct.pack_into("<I", data, 22, declared)
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, declared)
    return bytes(data)


def entities(declarations: str, body: str, *, encoding: str = "utf-8", mark: bytes = b"") -> bytes:
    """Return a Word document with a document type declaration."""
    head = f"<?xml version='1.0' encoding='{encoding}'?>"
    text = f"<w:p><w:r><w:t>{body}</w:t></w:r></w:p>"
    rest = f"<!DOCTYPE w [{declarations}]>" + text.join(part.decode() for part in _BODY)
    if encoding.startswith("utf-16"):
        return zipped({"word/document.xml": (head + rest).encode(encoding)})
    return zipped({"word/document.xml": mark + head.encode("ascii") + rest.encode(encoding)})


_LAUGHS = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
_LONG = f"<!ENTITY a '{'h' * 100_000}'>"


def pdf(stream: bytes, *, filters: str = "/FlateDecode", pages: int = 1) -> bytes:
    """Return a PDF whose pages share one stream."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b"3 0 R " * pages + b"]/Count %d>>" % pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(stream), filters.encode(), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(data))
        data += b"%d 0 obj%sendobj\n" % (number, content)
    count = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, b"".join(places))
    return data + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(data))


def deflated_twice(size: int) -> bytes:
    """Return a PDF whose page is compressed twice."""
    inner = zlib.compress(b"BT ET " * (size // 6), 9)
    return pdf(zlib.compress(inner, 9), filters="/FlateDecode/FlateDecode")


def opendocument(body: bytes) -> bytes:
    """Return an OpenDocument text."""
    return zipped({"content.xml": b"<d><body><text>" + body + b"</text></body></d>"})


def sheet(body: bytes, head: bytes = b"") -> bytes:
    """Return a workbook of one sheet."""
    roles = f'<Rs><R Id="r" Type="{R}/worksheet" Target="s.xml"/></Rs>'.encode()
    book = b'<w xmlns:r="r"><sheets><sheet name="S" r:id="r"/></sheets></w>'
    parts = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": roles, "xl/s.xml": head + b"<s>" + body + b"</s>"}
    return zipped(parts)


def crossed(count: int) -> bytes:
    """Return a workbook with cells on the diagonal, which would fill a square."""
    names = (f"{get_column_letter(n)}{n}" for n in range(1, count + 1))
    cells = "".join(f'<row r="{n}"><c r="{name}"><v>1</v></c></row>' for n, name in enumerate(names, 1))
    return sheet(b"<sheetData>" + cells.encode() + b"</sheetData>")


def ofd(pages: int, content: bytes, entry: bytes = b"") -> bytes:
    """Return an OFD document whose pages share their content."""
    listed = b'<Page BaseLoc="P.xml"/>' * pages
    root = b"<OFD><DocBody><DocRoot>D.xml</DocRoot></DocBody></OFD>"
    page = b"<Page><Content><Layer>" + content + b"</Layer></Content></Page>"
    return zipped(
        {"OFD.xml": entry + root, "D.xml": b"<Document><Pages>" + listed + b"</Pages></Document>", "P.xml": page}
    )


def book(page: bytes) -> bytes:
    """Return an e-book of one page."""
    container = b'<c><rootfile full-path="b.opf"/></c>'
    package = (
        b'<p><manifest><item id="a" href="a" media-type="text/html"/></manifest><spine><itemref idref="a"/></spine></p>'
    )
    return zipped({"META-INF/container.xml": container, "b.opf": package, "a": page})


def looping_doc() -> bytes:
    """Return an old Word document whose main stream refers back to its own beginning."""
    data = bytearray(RENDERINGS["law.doc"]())
    fat = len(data) - 512
    struct.pack_into("<I", data, fat + 4, 0)
    return bytes(data)


_ENTITY = b"<!DOCTYPE a [<!ENTITY b 'c'>]>"


def bombs() -> dict[str, tuple[bytes, str]]:
    """Return name -> bytes and a pattern of the reason for rejection."""
    return {
        "tags.docx": (tags(), r"holds 8,000,00\d tags, more than the 1,000,000"),
        "space.docx": (word(b" " * 30_000_000), "unpacks to more than"),
        "deep.docx": (word(b"<w:sdt><w:sdtContent>" * 5000 + b"</w:sdtContent></w:sdt>" * 5000), "nests too deeply"),
        "attributes.docx": (attributes(3_000_000), "needs more than"),
        "entries.docx": (zipped({f"word/{n}": b"" for n in range(20_000)}), "more than 10,000 files"),
        "overlapping.docx": (overlapping(), "damaged|unpacks to more than"),
        "understated.docx": (understated(), "damaged"),
        "method.docx": (word(b" " * 20_000_000, method=zipfile.ZIP_BZIP2), "packed by method 12"),
        "laughs.docx": (entities(_LAUGHS, "&a9;"), "document type"),
        "quadratic.docx": (entities(_LONG, "&a;" * 50_000), "document type"),
        "external.docx": (entities("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "&a;"), "document type"),
        "utf16.docx": (entities(_LAUGHS, "&a9;", encoding="utf-16"), "document type"),
        "ebcdic.docx": (entities(_LAUGHS, "&a9;", encoding="cp037"), "declares the encoding cp037"),
        "pages.pdf": (pdf(zlib.compress(b"BT ET"), pages=20_000), "has 20,000 pages, more than the 10,000"),
        "twice.pdf": (deflated_twice(400_000_000), r"took its reader down \(SIG|damaged|no text layer|memory"),
        "tags.html": (b"<p>x" * 500_000, "holds 500,000 tags, more than the 400,000"),
        "tags.odt": (opendocument(b"<p/>" * 600_000), "holds 600,00[0-9] tags|unpacks to more than"),
        "space.odt": (opendocument(b" " * 30_000_000), "unpacks to more than"),
        "deep.odt": (opendocument(b"<section>" * 5000 + b"</section>" * 5000), "nests too deeply"),
        "spaces.odt": (opendocument(b"<p>" + b'<s c="999999999"/>' * 10 + b"</p>"), "holds no text"),
        "laughs.odt": (zipped({"content.xml": _ENTITY + b"<d/>"}), "document type"),
        "crossed.xlsx": (crossed(1000), "a sheet of 1,000,000 cells"),
        "laughs.xlsx": (sheet(b"", _ENTITY), "document type"),
        "space.xlsx": (sheet(b" " * 30_000_000), "unpacks to more than"),
        "space.epub": (book(b" " * 30_000_000), "unpacks to more than"),
        "tags.epub": (book(b"<p>x" + noise(30_000).hex().encode() + b"<p>" * 500_000), "holds 500,001 tags"),
        "space.ofd": (ofd(1, b" " * 30_000_000), "unpacks to more than"),
        "laughs.ofd": (ofd(1, b"", _ENTITY), "DTDs and entity declarations"),
        "tags.ofd": (
            ofd(1, b"<a/>" + noise(60_000).hex().encode() + b"<a/>" * 1_100_000),
            "more than the 1,000,000 tags",
        ),
        "pages.ofd": (ofd(20_000, b""), "has 20,000 pages, more than the 10,000"),
        "deep.rtf": (b"{\\rtf1 " + b"{" * 2_000_000, "nest deeper than 1,000"),
        "deep.pptx": (zipped({"ppt/presentation.xml": b"<a>" * 100_000 + b"</a>" * 100_000}), "holds no text|damaged"),
        "cells.csv": (b"," * 2_000_000 + b"a", "more than the 500,000 cells"),
        "quote.csv": (b'a,"' + b"b" * 5_000_000, "is no table that can be read"),
        "looping.doc": (looping_doc(), "damaged"),
        "braces.md": (b"# " + b"{#" * 500_000, "seconds of processor time"),
    }


def disguised() -> dict[str, tuple[bytes, str]]:
    """Return files with a wrong suffix: name -> bytes and a pattern of the reason for rejection."""
    pdf_file, docx_file = RENDERINGS["law.pdf"](), RENDERINGS["plain.docx"]()
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    return {
        "pdf.txt": (pdf_file, "is a PDF file"),
        "pdf.docx": (pdf_file, "is a PDF file"),
        "pdf.html": (pdf_file, "rename it to end in .pdf"),
        "docx.pdf": (docx_file, "rename it to end in .docx"),
        "docx.md": (docx_file, "is a Word document"),
        "text.docx": (RENDERINGS["law.txt"](), "not a Word document"),
        "text.pdf": (RENDERINGS["law.txt"](), "not a PDF"),
        "sheet.docx": (zipped({"xl/workbook.xml": b"<a/>"}), "an Excel workbook"),
        "book.txt": (zipped({"META-INF/container.xml": b"<a/>"}), "an e-book"),
        "old.docx": (old + "WordDocument".encode("utf-16-le"), "a Word 97-2003 document"),
        "secret.docx": (old + "EncryptedPackage".encode("utf-16-le"), "password"),
        "picture.html": (b"\x89PNG\r\n\x1a\n" + bytes(200), "a picture"),
        "packed.txt": (b"\x1f\x8b\x08" + bytes(200), "a gzip archive"),
        "program.txt": (b"\x7fELF" + bytes(range(256)) * 4, "not text"),
        "old.txt": (RENDERINGS["law.doc"](), "rename it to end in .doc"),
        "rich.doc": (RENDERINGS["law.rtf"](), "is a rich text (RTF) file by its content, not a Word 97-2003 document"),
        "page.doc": (RENDERINGS["law.html"](), "is a web page by its content, not a Word 97-2003 document"),
        "docx.wps": (docx_file, "rename it to end in .docx"),
        "open.docx": (RENDERINGS["law.odt"](), "rename it to end in .odt"),
        "layout.pdf": (RENDERINGS["law.ofd"](), "rename it to end in .ofd"),
        "table.csv": (RENDERINGS["law.xlsx"](), "rename it to end in .xlsx"),
        "slides.odt": (RENDERINGS["law.pptx"](), "rename it to end in .pptx"),
        "text.xlsx": (RENDERINGS["law.csv"](), "not an Excel workbook"),
        "text.rtf": (RENDERINGS["law.txt"](), "not rich text"),
        "text.exe": (b"text", "files ending in .exe cannot be read"),
    }
