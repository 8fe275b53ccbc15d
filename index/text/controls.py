"""Text of others made harmless for display: control characters escaped, bidirectional formatting isolated."""

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # C0 without tab and line feed, DEL, C1
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ISOLATES = "\u2066\u2067\u2068"  # that a POP DIRECTIONAL ISOLATE ends
_BIDIRECTIONAL = re.compile(f"[\u202a-\u202e{_ISOLATES}{_POP_ISOLATE}]")  # embeddings, overrides and isolates


def escaped(text: str) -> str:
    r"""Return a text whose control characters are written as \x1b: a terminal would obey them."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def isolated(text: str) -> str:
    """Return a text whose bidirectional formatting ends with it, so that it cannot reorder what stands beside it.

    A text without formatting is returned as it is. Each line is isolated for itself, as formatting ends with it. See
    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates.
    """
    if not _BIDIRECTIONAL.search(text):
        return text
    return "\n".join(_isolated_line(line) if _BIDIRECTIONAL.search(line) else line for line in text.split("\n"))


def without_formatting(text: str) -> str:
    """Return a text without bidirectional formatting."""
    return _BIDIRECTIONAL.sub("", text)


def _isolated_line(line: str) -> str:
    """Return a line in an isolate, with what it opens and does not end, or ends and did not open, made complete."""
    opened = closed = 0
    for character in line:
        if character in _ISOLATES:
            opened += 1
        elif character == _POP_ISOLATE:
            opened, closed = (opened - 1, closed) if opened else (0, closed + 1)
    return _FIRST_STRONG_ISOLATE * (closed + 1) + line + _POP_ISOLATE * (opened + 1)
