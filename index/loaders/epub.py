"""Loader for e-books (epub): the pages of the book in reading order."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from index.errors import DocumentError
from index.loaders.html.lines import extract_blocks
from index.loaders.html.reader import parse_page
from index.loaders.parts import Format, Parts
from index.loaders.source import Block, SourceText, compose_source, strip_blank
from index.loaders.writing.style_names import left_out_contents

_EPUB = Format("epub", "an e-book program")
_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/xml", "text/xml", "text/x-oeb1-document")
_NEVER_TEXT = ("head", "script", "style", "template", "svg", "rp", "rt")


def load(data: bytes, name: str) -> SourceText:
    """Load an e-book: one line for each block element and table row, without its contents. Raises DocumentError."""
    book = Parts(data, name, _EPUB)
    place = next((node.get("full-path", "") for node in book.needed_xml(_CONTAINER).iter("rootfile")), "")
    if not place:
        raise book.damaged(f"{_CONTAINER} names no book")
    package = book.needed_xml(place)
    encrypted = _encrypted(book)
    blocks: list[Block] = []
    remarks: list[str] = []
    for part, is_html in _spine(book, package, posixpath.dirname(place)):
        if not is_html:
            remarks.append(f"the page {posixpath.basename(part)} is no HTML and not read")
            continue
        if part in encrypted:
            raise DocumentError(f"{name} is protected by its seller (DRM); give a copy without protection")
        if part not in book:
            raise book.damaged(f"it lists {part}, which it does not hold")
        blocks += _page_blocks(book.read(part), name)
    source = compose_source(blocks, _metadata(package))
    if not source.lines:
        raise DocumentError(f"{name} holds no text, perhaps only pictures; give a document with text in it")
    lines = (block.text for part in _contents(package, posixpath.dirname(place)) for block in _part_blocks(book, part))
    return replace(source, remarks=tuple(remarks), left_out=left_out_contents(lines))


def _contents(package: Element, folder: str) -> Iterator[str]:
    """Yield the part with the table of contents, which readers show beside the text."""
    for item in package.iterfind("manifest/item"):
        if "nav" in item.get("properties", "").split():
            yield _place(folder, item)


def _part_blocks(book: Parts, part: str) -> list[Block]:
    return _page_blocks(book.read(part), book.name) if part in book else []


def _place(folder: str, item: Element) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))


def _spine(book: Parts, package: Element, folder: str) -> Iterator[tuple[str, bool]]:
    """Yield the pages of the book in reading order but for the contents, and whether each is HTML."""
    items = {item.get("id", ""): item for item in package.iterfind("manifest/item")}
    for reference in package.iterfind("spine/itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None:
            raise book.damaged(f"it names the page {reference.get('idref')}, which it does not list")
        if "nav" not in item.get("properties", "").split():
            yield _place(folder, item), item.get("media-type") in _PAGES


def _encrypted(book: Parts) -> frozenset[str]:
    root = book.xml(_ENCRYPTION)
    return (
        frozenset(unquote(node.get("URI", "")) for node in root.iter("CipherReference"))
        if root is not None
        else frozenset()
    )


def _page_blocks(page: bytes, name: str) -> list[Block]:
    if not page.strip():
        return []
    soup, _ = parse_page(page, name)
    for tag in soup.find_all(_NEVER_TEXT):
        tag.extract()
    return [Block(text=""), *extract_blocks(soup.body or soup), Block(text="")]


def _metadata(package: Element) -> Mapping[str, str]:
    found = {}
    for key, tag in (("title", "title"), ("author", "creator"), ("date", "date")):
        if text := strip_blank(" ".join((package.findtext(f"metadata/{tag}") or "").split())):
            found[key] = text
    return found
