"""Loader for web pages: the main text without menus, footers and other surroundings."""

import codecs
import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import DocumentError
from index.loaders.encoding import DecodedText
from index.loaders.html.lines import extract_blocks
from index.loaders.html.main_text import select_main_text
from index.loaders.limits import MAX_HTML_TAGS
from index.loaders.source import Block, SourceText, compose_source, strip_blank
from index.loaders.text import decode_text
from index.records import LeftOut

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE
)
_HEAD_BYTES = 8192  # of the declaration of the encoding; the standard allows 1024, old pages need more
# pages declare a subset of the encoding that they use
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
# codecs of Python that no page uses: they produce surrogates, expand escapes or take quadratic time
_EXCLUDED_CODECS = ("utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_METADATA_KEYS = {
    "pubdate": "date",
    "publishdate": "date",
    "contentsource": "source",
    "author": "author",
    "date": "date",
}


def load(data: bytes, name: str) -> SourceText:
    """Load a web page: one line for each block element, table row and line break. Raises DocumentError."""
    soup, remarks = parse_page(data, name)
    metadata = _metadata(soup)
    main, title, surroundings = select_main_text(soup)
    blocks = extract_blocks(main)
    if title:
        blocks = [Block(text=title, level=1), *blocks]
    left_out = (LeftOut(reason="surroundings", lines=surroundings),) if surroundings else ()
    source = replace(compose_source(blocks, metadata), remarks=remarks, left_out=left_out)
    if not source.lines:
        raise DocumentError(f"{name} holds no text, only marks or scripts; save the page once it is shown in full")
    return source


def parse_page(data: bytes, name: str) -> tuple["BeautifulSoup", tuple[str, ...]]:
    """Return the tree of a page, and remarks on its encoding. Raises DocumentError."""
    text, remarks = _decoded(data, name)
    return _parsed(text, name), remarks


def _decoded(data: bytes, name: str) -> DecodedText:
    """Decode a page by its byte-order mark, else by the encoding that it declares if that fits, else by its bytes."""
    stated = None if data.startswith(_BYTE_ORDER_MARKS) else _CHARSET.search(data[:_HEAD_BYTES])
    if stated:
        encoding = stated.group(1).decode("ascii").lower()
        try:
            known = codecs.lookup(_SUPERSETS.get(encoding, encoding)).name
            text = data.decode(known) if known not in _EXCLUDED_CODECS else "\0"
        except (LookupError, UnicodeError):
            return decode_text(data, name)
        if "\0" not in text:
            return decode_text(text.encode("utf-8", errors="replace"), name)
    return decode_text(data, name)


def _parsed(text: str, name: str) -> "BeautifulSoup":
    if (tags := text.count("<")) > MAX_HTML_TAGS:
        raise DocumentError(
            f"{name} holds {tags:,} tags, more than the {MAX_HTML_TAGS:,} that are read; split the page"
        )
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about pages that resemble file names, addresses or XML
        try:
            return BeautifulSoup(text, "html.parser")
        except (ParserRejectedMarkup, AssertionError, RecursionError) as error:
            raise DocumentError(f"{name} is no HTML that can be read; save the page again or copy its text") from error


def _metadata(soup: "BeautifulSoup") -> Mapping[str, str]:
    found: dict[str, str] = {}
    title = soup.find("title")
    if title is not None and (words := strip_blank(" ".join(title.get_text().split()))):
        found["title"] = words
    for meta in soup.find_all("meta"):
        key = _METADATA_KEYS.get(str(meta.get("name", "")).lower())
        value = strip_blank(str(meta.get("content", "")))
        if key and value:
            found.setdefault(key, value)
    return found
