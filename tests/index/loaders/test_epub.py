"""E-books: the order of their pages, what is left out, protected books."""

import io
import zipfile

import pytest

from index.errors import DocumentError
from index.loaders import load
from index.records import LeftOut
from tests.index.loaders.law_files import epub, xhtml, zipped
from tests.index.loaders.test_formats import texts

_NAV = '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'


def test_pages_are_read_in_the_order_of_the_spine() -> None:
    pages = {
        "z%20.xhtml": xhtml("<h1>第一章 总则</h1><p>第一条 保护。</p>"),
        "cover.xhtml": xhtml('<img src="a.png"/>'),
        "a.xhtml": xhtml(
            "<h2>第一节</h2><aside>［1］注。</aside><table><tr><th>年<th>数<tr><td>2025<td>3</table><script>x</script>"
        ),
    }
    data = epub({name.replace("%20", " "): page for name, page in pages.items()})
    source = load(data.replace(b'href="z .xhtml"', b'href="z%20.xhtml"'), "x.epub")
    assert [(line.text, line.level) for line in source.lines] == [
        ("第一章 总则", 1),
        ("第一条 保护。", 0),
        ("第一节", 2),
        ("［1］注。", 0),
        ("年：2025 | 数：3", 0),
    ]
    assert source.metadata == {"title": "古井"}


def test_the_contents_of_the_book_are_left_out() -> None:
    data = epub({"a.xhtml": xhtml("<p>正文</p>")}, more={"OPS/nav.xhtml": xhtml("<nav>目录</nav>")}, manifest=_NAV)
    source = load(data, "x.epub")
    assert texts(source) == ["正文"]
    assert source.left_out == (LeftOut(reason="contents", lines=("目录",)),)


def test_a_page_that_is_no_html_is_remarked() -> None:
    data = epub({"a.xhtml": xhtml("<p>正文</p>")}, manifest='<item id="s" href="b.svg" media-type="image/svg+xml"/>')
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        package = archive.read("OPS/book.opf").decode()
        parts = {name: archive.read(name) for name in archive.namelist()}
    for idref, message in (("s", ""), ("t", "it names the page t, which it does not list")):
        parts["OPS/book.opf"] = package.replace("<spine>", f'<spine><itemref idref="{idref}"/>').encode()
        if message:
            with pytest.raises(DocumentError, match=message):
                load(zipped(parts), "x.epub")
        else:
            source = load(zipped(parts), "x.epub")
            assert texts(source) == ["正文"]
            assert source.remarks == ("the page b.svg is no HTML and not read",)


_LOCKED = '<a><CipherReference URI="OPS/a.xhtml"/></a>'
_FONTS = '<a><CipherReference URI="OPS/font.otf"/></a>'


def test_protected_books_are_refused_and_protected_fonts_do_not_matter() -> None:
    pages = {"a.xhtml": xhtml("<p>正文</p>")}
    with pytest.raises(DocumentError, match=r"protected by its seller \(DRM\)"):
        load(epub(pages, more={"META-INF/encryption.xml": _LOCKED}), "x.epub")
    assert texts(load(epub(pages, more={"META-INF/encryption.xml": _FONTS}), "x.epub")) == ["正文"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (zipped({"META-INF/container.xml": "<a/>"}), "META-INF/container.xml names no book"),
        (epub({"a.xhtml": ""}), "holds no text"),
        (epub({"a.xhtml": xhtml("<p>a</p>")}).replace(b"OPS/a.xhtml", b"OPS/b.xhtml"), "lists OPS/a.xhtml, which it"),
        (zipped({"mimetype": "x"}), "is a zip archive by its content, not an e-book"),
    ],
)
def test_unreadable_books_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load(data, "x.epub")
