"""Web pages: the main text, without what surrounds it on the page."""

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

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE
)
_HEAD = 8192  # bytes in which a page may say its encoding; the standard grants 1024, old pages need more
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
}  # pages use more than they say
# codecs of Python's own that are no encodings of pages: surrogates, escapes, time that grows with the square
_NO_ENCODINGS = ("utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FACTS = {"pubdate": "date", "publishdate": "date", "contentsource": "source", "author": "author", "date": "date"}


def load(data: bytes, name: str) -> SourceText:
    """A web page: one line a block, a table row or a line break. Raises DocumentError for a page without text."""
    text, remarks = _decoded(data, name)
    soup = _parsed(text, name)
    metadata = _metadata(soup)
    main, title = select_main_text(soup)
    blocks = extract_blocks(main)
    if title:
        blocks = [Block(text=title, level=1), *blocks]
    source = replace(compose_source(blocks, metadata), remarks=remarks)
    if not source.lines:
        raise DocumentError(f"{name} holds no text, only marks or scripts; save the page once it is shown in full")
    return source


def _decoded(data: bytes, name: str) -> DecodedText:
    """The page's text: a byte-order mark decides, then what the page says if it holds, then what its bytes say."""
    stated = None if data.startswith(_MARKS) else _CHARSET.search(data[:_HEAD])
    if stated:
        encoding = stated.group(1).decode("ascii").lower()
        try:
            known = codecs.lookup(_WIDER.get(encoding, encoding)).name
            text = data.decode(known) if known not in _NO_ENCODINGS else "\0"
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
        warnings.simplefilter("ignore")  # it suspects file names, addresses and XML in what is a page to us
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
        key = _FACTS.get(str(meta.get("name", "")).lower())
        value = strip_blank(str(meta.get("content", "")))
        if key and value:
            found.setdefault(key, value)
    return found
