"""Splitting of passages into sentences."""

import re

from index.records import Span

# A sentence ends after 。！？；… and closing quotes or brackets, or after a full stop followed by a space. A colon ends
# none: the enumeration that follows belongs to the sentence.
_SENTENCE_END = re.compile(r"""[。！？；!?;…]+[”’」』）)】》"']*|\.(?=\s+[^\W\d_a-z])|\n+""")
_OPEN, _CLOSE = "《〈（(「『【“", "》〉）)」』】”"
# Letters and digits of a sentence; shorter ones are joined to the previous sentence. Measured: the embeddings of
# fragments are similar to everything.
_MIN_LENGTH = 4
_MIN_LENGTH_ON_OWN_LINE = 2  # a short item on a line of its own stays a sentence: （一）重婚；


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Return the spans of the sentences, in order and without surrounding white space; they cover all other text.

    Text inside 《》, brackets or quotes is not split. No span is only punctuation unless the whole text is.
    """
    spans: list[Span] = []
    start = 0
    for end in [*_ends(text), len(text)]:
        span = _trimmed(text, start, end)
        if span is None:
            continue
        start = end
        own_line = "\n" in text[spans[-1].end if spans else 0 : span.start]
        if spans and _length(text, span) < (_MIN_LENGTH_ON_OWN_LINE if own_line else _MIN_LENGTH):
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return _join_short_first(text, spans)


def _ends(text: str) -> list[int]:
    """Return the offsets after the punctuation that ends a sentence outside brackets."""
    depths = _depths(text)
    ends = []
    for found in _SENTENCE_END.finditer(text):
        last = found.end() - 1
        if depths[last] == 0 or "\n" in found.group():
            ends.append(found.end())
    return ends


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


def _trimmed(text: str, start: int, end: int) -> Span | None:
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
