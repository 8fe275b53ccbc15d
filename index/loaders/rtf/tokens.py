"""Tokens of RTF: groups, control words and text, decoded by the character set of the font."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    rb"\\(?:(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|'(?P<byte>[0-9a-fA-F]{2})|(?P<symbol>[^a-zA-Z]))"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
_CODE_PAGES: Mapping[int, str] = {  # by the number of a character set in the table of fonts
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "big5hkscs", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_CODE_PAGE_NAMES = {"936": "gb18030", "950": "big5hkscs", "65001": "utf-8", "10000": "mac_roman"}

Kind = Literal["open", "close", "word", "symbol", "text"]


class Token(NamedTuple):
    """A token: for a control word its name and its number, else the text."""

    kind: Kind
    text: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """What the end of a group restores: the font's encoding, and the characters that stand for one of Unicode."""

    encoding: str | None = None
    fallback: int = 1


@dataclass(slots=True)
class Tokenizer:
    """Tokenizer of a file; consecutive bytes of text are decoded together, as a character may be two bytes."""

    data: bytes
    _encoding: str = "cp1252"
    _fonts: dict[int, str] = field(default_factory=dict)
    _group: _Group = _Group()
    _groups: list[_Group] = field(default_factory=list)
    _pending: bytearray = field(default_factory=bytearray)
    _skip: int = 0  # characters of the fallback that are still to come
    _font: int = -1  # the last one named: in the table of fonts its character set follows
    _fonts_at: int = 0  # depth of the table of fonts, 0 outside it

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens; text in Unicode is one token with the text around it wherever it can be."""
        at = 0
        while at < len(self.data):
            found = _TOKEN.match(self.data, at)
            assert found is not None  # every byte begins a token
            at = found.end()
            if found["text"] is not None:
                self._add(found["text"])
            elif found["byte"] is not None:
                self._add(bytes.fromhex(found["byte"].decode()))
            elif found["word"] is not None:
                number = int(found["number"]) if found["number"] else None
                if found["word"] == b"bin":
                    at += max(number or 0, 0)
                else:
                    yield from self._word(found["word"].decode(), number)
            elif found["symbol"] is not None or found["brace"] is not None:
                yield from self._flush()
                yield self._mark(found["symbol"], found["brace"])
        yield from self._flush()

    def _add(self, more: bytes) -> None:
        skipped = min(self._skip, len(more))
        self._skip -= skipped
        self._pending += more[skipped:]

    def _flush(self) -> Iterator[Token]:
        if self._pending:
            yield Token("text", self._pending.decode(self._group.encoding or self._encoding, "replace"))
            self._pending.clear()

    def _mark(self, symbol: bytes | None, brace: bytes | None) -> Token:
        self._skip = 0
        if brace == b"{":
            self._groups.append(self._group)
            return Token("open")
        if brace == b"}":
            self._group = self._groups.pop() if self._groups else _Group()
            if len(self._groups) < self._fonts_at:
                self._fonts_at = 0
            return Token("close")
        return Token("symbol", (symbol or b"").decode("latin-1"))

    def _word(self, word: str, number: int | None) -> Iterator[Token]:
        if word == "u" and number is not None:
            yield from self._flush()
            code = number % 0x10000
            self._skip = self._group.fallback
            yield Token("text", chr(code))
            return
        yield from self._flush()
        self._skip = 0
        if word == "uc":
            self._group = replace(self._group, fallback=min(max(number or 0, 0), 9))
        elif word == "ansicpg":
            self._encoding = _known(_CODE_PAGE_NAMES.get(str(number), f"cp{number}"))
        elif word in ("mac", "pc", "pca"):
            self._encoding = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "fonttbl":
            self._fonts_at = len(self._groups)
        elif word in ("f", "plain", "fcharset"):
            self._choose_font(word, number)
        yield Token("word", word, number)

    def _choose_font(self, word: str, number: int | None) -> None:
        if word == "fcharset" and self._fonts_at:
            if (name := _CODE_PAGES.get(number or 0)) is not None:
                self._fonts[self._font] = name
            self._group = replace(self._group, encoding=self._fonts.get(self._font))
        elif word == "f":
            self._font = number or 0
            self._group = replace(self._group, encoding=None if self._fonts_at else self._fonts.get(self._font))
        elif word == "plain":
            self._group = replace(self._group, encoding=None)


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "cp1252"
