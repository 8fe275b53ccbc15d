"""Splitting of passages into sentences."""

import re

from index.records import Span

# A sentence ends after 。！？；… and closing quotes or brackets, or after a full stop followed by a space. A colon ends
# none: the enumeration that follows belongs to the sentence.
_SENTENCE_END = re.compile(r"""[。！？；!?;…]+[”’」』）)】》"']*|\.(?=\s+[^\W\d_a-z])|\n+""")
# What a full stop before a capital letter does not end: an initial, an abbreviation, a German ordinal (dem 1. Oktober).
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Nr|Nos|Art|Arts|Abs|Sec|[Cc]f|vs|bzw|Sr|Sra|Mme)"
    r"|\b(?:de[mnrs]|das|die|zum|zur|vom|am|ab|im|bis)\s+[0-9]{1,2})$"
)
_LONGEST_ABBREVIATION = 12  # characters
# the number of a paragraph, at the start of its line
_NUMBER = re.compile(r"[^\S\n]*(?:[0-9]{1,3}|[a-z]|[ivx]{1,4})\.\s+")
_AT_LINE_END = re.compile(r"[^\S\n]*(?:\n|$)")
_ENDS = "。！？；!?;…”’」』）)】》"
_SPACES = " \t\u3000"
_BLANK = re.compile(r"\s*")
_LONGEST_NUMBER = 12  # characters
_OPEN, _CLOSE = "《〈（(「『【“", "》〉）)」』】”"
# Letters and digits of a sentence; shorter ones are joined to the previous sentence. Measured: the embeddings of
# fragments are similar to everything.
_MIN_LENGTH = 4
_MIN_LENGTH_ON_OWN_LINE = 2  # a short item on a line of its own stays a sentence: （一）重婚；


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of the sentences, in order and without surrounding white space; they cover all other text.

    The number of a paragraph, 2. or b., is in none. Text inside 《》, brackets or quotes is not split. No span is only
    punctuation unless the whole text is.
    """
    spans: list[Span] = []
    start = 0
    for end in [*_ends(text), len(text)]:
        span = trimmed_span(text, _after_number(text, start), end)
        if span is None:
            continue
        start = end
        own_line = "\n" in text[spans[-1].end if spans else 0 : span.start]
        if spans and _length(text, span) < (_MIN_LENGTH_ON_OWN_LINE if own_line else _MIN_LENGTH):
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    if not spans and (whole := trimmed_span(text, 0, len(text))):
        return (whole,)
    return _join_short_first(text, spans)


def _ends(text: str) -> list[int]:
    """Return the offsets after the punctuation that ends a sentence outside brackets."""
    depths = _depths(text)
    ends = []
    for found in _SENTENCE_END.finditer(text):
        last = found.end() - 1
        if "\n" in found.group() or (depths[last] == 0 and not _goes_on(text, found, depths)):
            ends.append(found.end())
    return ends


def _goes_on(text: str, found: re.Match[str], depths: list[int]) -> bool:
    """Return whether a sentence goes on: after a number or an abbreviation, or after brackets that were opened in it.

    取水（以下「…」という。）を届け出る is one sentence.
    """
    at = found.start()
    if found.group() == ".":
        before = text[max(0, at - _LONGEST_ABBREVIATION) : at]
        return _is_number(text, at) or _ABBREVIATION.search(before) is not None
    if not depths[at] or text[found.end() - 1] not in ")）" or _AT_LINE_END.match(text, found.end()):
        return False
    while at and depths[at - 1]:
        at -= 1
    return text[:at].rstrip(_SPACES)[-1:] not in ("", "\n", *_ENDS)


def _is_number(text: str, at: int) -> bool:
    """Return whether the full stop at an offset belongs to the number of a paragraph."""
    start = text.rfind("\n", max(0, at - _LONGEST_NUMBER), at) + 1
    number = _NUMBER.match(text, start) if start or at < _LONGEST_NUMBER else None
    return number is not None and start <= at < number.end()


def _after_number(text: str, start: int) -> int:
    """Return the offset after the number of a paragraph that starts at an offset, else the offset itself."""
    blank = _BLANK.match(text, start)
    assert blank is not None
    at_line_start = not blank.end() or "\n" in text[max(0, start - 1) : blank.end()]
    number = _NUMBER.match(text, blank.end()) if at_line_start else None
    return number.end() if number else start


def _depths(text: str) -> list[int]:
    """Return for each character the number of open brackets after it. Lines with unbalanced brackets count as 0."""
    depths: list[int] = []
    for line in re.split(r"(?<=\n)", text):
        balanced = all(line.count(o) == line.count(c) for o, c in zip(_OPEN, _CLOSE, strict=True))
        depth = 0
        for c in line:
            depth += (c in _OPEN) - (c in _CLOSE) if balanced else 0
            depths.append(max(depth, 0))
    return depths


def trimmed_span(text: str, start: int, end: int) -> Span | None:
    """Return the span without surrounding white space, or None if nothing is left."""
    piece = text[start:end]
    if not piece.strip():
        return None
    left = len(piece) - len(piece.lstrip())
    return Span(start + left, start + len(piece.rstrip()))


def _length(text: str, span: Span) -> int:
    return sum(c.isalnum() for c in text[slice(*span)])


def _join_short_first(text: str, spans: list[Span]) -> tuple[Span, ...]:
    """Join a first sentence that is too short to the next one, as there is none before it."""
    if len(spans) > 1 and _length(text, spans[0]) < _MIN_LENGTH:
        return (Span(spans[0].start, spans[1].end), *spans[2:])
    return tuple(spans)
