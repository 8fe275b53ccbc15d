"""Plain text: bytes in any of the encodings that Chinese documents come in -> lines with positions."""

import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from index.errors import DocumentError
from index.loaders.source import Line, SourceText

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_MOST_CONTROL = 0.001  # share of control characters above which bytes are not text; real texts hold none or a stray one


def decode(data: bytes, name: str) -> str:
    """The text of ``data`` with line feeds as its only line ends.

    A byte-order mark decides; then UTF-8, then GB18030 (where it reads as Chinese), then what charset-normalizer
    finds. Raises DocumentError for nothing, for what is not text and for an encoding that cannot be told.
    """
    if not data.strip():
        raise DocumentError(f"{name} is empty; give a document with text in it")
    text = _decode(data)
    if text is None:
        raise DocumentError(f"{name} is not text in an encoding that can be recognised; save it as UTF-8 and try again")
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text):
        raise DocumentError(f"{name} is not text but binary data; give a document (txt or md)")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DocumentError(f"{name} is empty; give a document with text in it")
    return text


def _decode(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    text = _strictly(data, "utf-8")
    if text is None and b"\0" not in data:
        text = _strictly(data, "gb18030")
        if text is None or not _reads_as_chinese(text):
            guess = from_bytes(data).best()
            text = str(guess) if guess is not None else text
    return text


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_as_chinese(text: str) -> bool:
    """Whether most characters that are not ASCII are common ones: other encodings read as GB18030 give rare ones."""
    foreign = [c for c in text if c > "\x7f"]
    # GB2312's first level, the 3,755 characters that make up 99.7 % of running text, starts at B0A1 and ends at D7FA
    common = sum(
        c in "，。、；：？！“”‘’（）《》　…—" or b"\xb0\xa1" <= c.encode("gb18030") <= b"\xd7\xfa" for c in foreign
    )
    return common >= 0.9 * len(foreign)


def lines_of(text: str) -> Iterator[Line]:
    """The lines of ``text`` that are not blank, in order."""
    at, gap = 0, True
    for number, raw in enumerate(text.split("\n"), 1):
        stripped = raw.strip()
        if stripped:
            yield Line(text=stripped, start=at + raw.index(stripped[0]), number=number, gap=gap)
        gap = not stripped
        at += len(raw) + 1


def load(data: bytes, name: str) -> SourceText:
    """A plain text file."""
    text = decode(data, name)
    return SourceText(text=text, lines=tuple(lines_of(text)))
