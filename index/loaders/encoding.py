"""Detection of text encodings: a byte-order mark, UTF-8, else the most likely of the old encodings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from index.errors import DocumentError
from index.loaders.source import strip_blank

if TYPE_CHECKING:
    from chardet import DetectionDict

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # 1B stays: ISO-2022 switches character sets with it
_CONTROL_BYTES = re.compile(_CONTROL.pattern.encode("ascii"))
_ISO_2022 = re.compile(rb"\x1b[$(][@-Z]")  # switches character sets in text that is otherwise ASCII
_ORDINARY = re.compile(
    r"[\t\n\r\x20-\x7e\u00a0-\u00ff\u0370-\u04ff\u2010-\u2026\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef]"
)
_MIN_ORDINARY = 0.9  # share of such characters; bytes paired the wrong way give rare ones
_MAX_CONTROL_SHARE = 0.001  # above it, bytes are not text; real texts hold none or a stray one
_MAX_DAMAGE = 0.01  # share of wrong bytes up to which UTF-8 and GB 18030 are still recognised
_SAMPLE_BYTES = 65_536
_EXCLUDED = ("utf-7",)  # plain ASCII with a plus sign passes for it
_MIN_CONFIDENCE = 0.2  # of chardet, below which it is often wrong: a few accented letters in an ASCII text
_REMARK = "the encoding is uncertain: read as {encoding}; check its special characters, or save the file as UTF-8"


class DecodedText(NamedTuple):
    """A decoded file; ``remarks`` say so if its encoding is uncertain."""

    text: str
    remarks: tuple[str, ...] = ()


def decode_bytes(data: bytes, name: str) -> DecodedText:
    """Decode the bytes of a text file, line ends unchanged.

    A byte-order mark decides; then UTF-8; then chardet. Raises DocumentError for an empty file, binary data, damaged
    bytes and an encoding that cannot be recognised.
    """
    if not data.strip():
        raise _empty(name)
    decoded = _with_mark(data, name) or _without_mark(data, name)
    text = decoded.text.rstrip("\x1a")  # the end-of-file mark of DOS
    if "\0" in text or len(_CONTROL.findall(text)) > max(1, _MAX_CONTROL_SHARE * len(text)):
        raise DocumentError(f"{name} is not text but binary data; give a document")
    if not strip_blank(text):
        raise _empty(name)
    return DecodedText(text, decoded.remarks)


def _empty(name: str) -> DocumentError:
    return DocumentError(f"{name} is empty; give a document with text in it")


def _unknown(name: str) -> DocumentError:
    return DocumentError(f"{name} is not text in an encoding that can be recognised; save it as UTF-8 and try again")


def _with_mark(data: bytes, name: str) -> DecodedText | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = _strictly(data[len(mark) :], encoding)
            if text is None:
                _check_damage(data, name)
                raise _unknown(name)
            return DecodedText(text)
    return None


def _without_mark(data: bytes, name: str) -> DecodedText:
    text = None if b"\0" in data or _ISO_2022.search(data) else _strictly(data, "utf-8")
    if text is not None:
        return DecodedText(text)
    if b"\0" in data and (text := _utf_16(data)):
        return DecodedText(text)
    if len(_CONTROL_BYTES.findall(data)) > max(1, _MAX_CONTROL_SHARE * len(data)):
        raise _unknown(name)
    _check_damage(data, name)
    return _detected(data, name)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _utf_16(data: bytes) -> str | None:
    """UTF-16 without a mark, in the byte order that gives the more ordinary characters."""
    read = (_strictly(data, encoding) for encoding in ("utf-16-le", "utf-16-be"))
    share, text = max(((_ordinary_share(text), text) for text in read if text), default=(0.0, None), key=lambda r: r[0])
    return text if share >= _MIN_ORDINARY else None


def _ordinary_share(text: str) -> float:
    sample = text[:_SAMPLE_BYTES]
    return len(_ORDINARY.findall(sample)) / len(sample)


def _detected(data: bytes, name: str) -> DecodedText:
    for found in _candidates(data):
        encoding = found["encoding"] or ""
        text = _strictly(data, encoding)  # the whole file, of which chardet saw a sample
        if text is not None:
            sure = found["confidence"] >= _MIN_CONFIDENCE
            return DecodedText(text, () if sure else (_REMARK.format(encoding=encoding),))
    raise _unknown(name)


def _candidates(data: bytes) -> list[DetectionDict]:
    """Encodings by falling confidence."""
    import chardet  # loaded for the few files that are not UTF-8

    eras = chardet.EncodingEra
    return chardet.detect_all(
        data[:_SAMPLE_BYTES],
        ignore_threshold=True,
        encoding_era=eras.MODERN_WEB | eras.LEGACY_ISO | eras.LEGACY_MAC | eras.DOS,
        compat_names=False,
        exclude_encodings=_EXCLUDED,
    )


def _check_damage(data: bytes, name: str) -> None:
    """Raise DocumentError if the bytes are UTF-8 or GB 18030 with a few wrong ones among them."""
    for encoding in ("utf-8", "gb18030"):
        whole = data.decode(encoding, errors="ignore")
        lost = len(data) - len(whole.encode(encoding))
        many = len(data) - len(whole) > 4 * lost  # else only the ASCII of another encoding is left
        if 0 < lost <= max(3, _MAX_DAMAGE * len(data)) and many and _is_plausible(whole, encoding):
            line = data.count(b"\n", 0, _first_wrong(data, encoding)) + 1
            raise DocumentError(
                f"{name} is {encoding.upper()} with damaged bytes in line {line}; mend that line or save the file again"
            )


def _is_plausible(text: str, encoding: str) -> bool:
    """Return whether damaged text is in that encoding: UTF-8 is certain, GB 18030 needs confirmation by chardet."""
    return encoding == "utf-8" or (_candidates(text.encode(encoding))[0]["encoding"] or "").startswith("gb")


def _first_wrong(data: bytes, encoding: str) -> int:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0
