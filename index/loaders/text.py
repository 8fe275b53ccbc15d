"""Plain text: bytes in any of the encodings that Chinese documents come in -> lines with positions."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

from index.errors import DocumentError
from index.loaders.source import Line, SourceText, stripped

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNMARKED = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")  # where two read equally well, the first is taken
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_BYTES = bytes([*range(9), *range(14, 27)])  # 1B stays: ISO-2022 switches character sets with it
_MOST_CONTROL = 0.001  # share of control characters above which bytes are not text; real texts hold none or a stray one
_LEAST_COMMON = 0.9  # share of common characters that a text in a Chinese encoding has
_MOST_DAMAGE = 0.01  # share of bytes that may be wrong in what is still recognisable as UTF-8
_SAMPLE = 20_000  # characters that are enough to judge an encoding by

# Unicode's other line ends, and what old word processors put between lines and pages. They break a line but are not
# counted as line ends, because editors that show line numbers do not count them.
_PIECE = re.compile(r"[^\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def decode(data: bytes, name: str) -> str:
    """The text of ``data`` with line feeds as its only line ends; see ``characters``."""
    return characters(data, name).replace("\r\n", "\n").replace("\r", "\n")


def characters(data: bytes, name: str) -> str:
    """The text of ``data`` with its line ends as they are.

    A byte-order mark decides; then UTF-8, then the Chinese encoding in which most characters are common ones, then
    what charset-normalizer finds. Raises DocumentError for nothing, for what is not text and for an encoding that
    cannot be told.
    """
    if not data.strip():
        raise DocumentError(f"{name} is empty; give a document with text in it")
    text = _decode(data, name)
    if text is None:
        raise DocumentError(f"{name} is not text in an encoding that can be recognised; save it as UTF-8 and try again")
    text = text.rstrip("\x1a")  # the end-of-file mark of DOS
    if "\0" in text or len(_CONTROL.findall(text)) > max(1, _MOST_CONTROL * len(text)):
        raise DocumentError(f"{name} is not text but binary data; give a document (txt, md, docx, pdf or html)")
    if not stripped(text):
        raise DocumentError(f"{name} is empty; give a document with text in it")
    return text


def _decode(data: bytes, name: str) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _strictly(data[len(mark) :], encoding)
            if text is None and encoding == "utf-8":
                _damaged(data, name)
            return text
    if b"\0" not in data:
        text = _strictly(data, "utf-8")
        if text is not None:
            return text
    best = max((_read_as(data, encoding) for encoding in _UNMARKED), key=lambda found: found[0])
    if best[0] >= _LEAST_COMMON:
        return best[1]
    if sum(map(data.count, (bytes([c]) for c in _CONTROL_BYTES))) > max(1, _MOST_CONTROL * len(data)):
        return None
    _damaged(data, name)
    return _guess(data) or _strictly(data, "gb18030")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _damaged(data: bytes, name: str) -> None:
    """Raises DocumentError if the bytes are UTF-8 or GB18030 with a few wrong ones among them."""
    for encoding in ("utf-8", "gb18030"):
        whole = data.decode(encoding, errors="ignore")
        lost = len(data) - len(whole.encode(encoding))
        # what is left of another encoding, read as UTF-8, is hardly more than its ASCII
        told = len(data) - len(whole) > 4 * lost if encoding == "utf-8" else _share(whole) >= _LEAST_COMMON
        if 0 < lost <= max(3, _MOST_DAMAGE * len(data)) and told:
            line = data.count(b"\n", 0, _first_wrong(data, encoding)) + 1
            raise DocumentError(
                f"{name} is {encoding.upper()} with damaged bytes in line {line}; mend that line or save the file again"
            )


def _first_wrong(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # here, because it is needed for few files

    guess = from_bytes(data).best()
    return str(guess) if guess is not None else None


def _read_as(data: bytes, encoding: str) -> tuple[float, str | None]:
    """How much of the bytes reads as common Chinese characters in an encoding, 0 to 1, and the text."""
    text = _strictly(data, encoding)
    if not text or "\0" in text:
        return 0.0, None
    # ASCII is the same in the old encodings and says nothing there; in UTF-16 it shows that the bytes pair rightly
    return _share(text, ascii_counts=encoding.startswith("utf-16")), text


def _share(text: str, *, ascii_counts: bool = False) -> float:
    """The share of common Chinese characters among those that are not ASCII."""
    sample = text[:_SAMPLE]
    plain = sum(c.isascii() and (c.isprintable() or c.isspace()) for c in sample)
    common = sum(c in _common() for c in sample)
    return (common + plain) / len(sample) if ascii_counts else common / max(1, len(sample) - plain)


@cache
def _common() -> frozenset[str]:
    """Characters that make up nearly all running text, simplified or traditional: other encodings give rare ones."""
    punctuation = "，。、；：？！“”‘’（）《》〈〉「」『』【】〔〕　…—－·％①②③④⑤⑥⑦⑧⑨⑩０１２３４５６７８９"
    simplified = _table("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))  # the first level of GB 2312: 3,755 characters
    traditional = _table("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])  # Big5's first: 5,401
    return frozenset(punctuation + simplified + traditional)


def _table(encoding: str, leads: Iterable[int], trails: Iterable[int]) -> str:
    return bytes(byte for pair in product(leads, trails) for byte in pair).decode(encoding, errors="ignore")


def lines_of(text: str) -> Iterator[Line]:
    """The lines of ``text`` that are not blank, in order."""
    at, gap = 0, True
    for number, raw in enumerate(text.split("\n"), 1):
        blank = True
        for piece in _PIECE.finditer(raw):
            shown = stripped(piece.group())
            if shown:
                start = at + piece.start() + piece.group().index(shown)
                yield Line(text=shown, start=start, number=number, gap=gap)
                blank = gap = False
        gap = blank and "\f" not in raw  # a new page is no new paragraph
        at += len(raw) + 1


def load(data: bytes, name: str) -> SourceText:
    """A plain text file."""
    text = decode(data, name)
    return SourceText(text=text, lines=tuple(lines_of(text)))
