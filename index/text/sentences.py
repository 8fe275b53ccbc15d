"""A passage -> the spans of its sentences."""

import re

from index.records import Span

# A sentence ends behind 。！？；… and the quotes and brackets that close there, or behind a full stop and
# a space. A colon does not end one: what is enumerated behind it belongs to it.
_SENTENCE_END = re.compile(r"""[。！？；!?;…]+[”’」』）)】》"']*|\.(?=\s+[^\W\d_a-z])|\n+""")
_OPEN, _CLOSE = "《〈（(「『【“", "》〉）)」』】”"
_SHORTEST_LINE = 2
_SHORTEST = 4  # letters, digits or characters; shorter sentences are joined to the one before (measured: vectors of
# fragments are near everything)


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Spans of the sentences of ``text``, in order, without white space at either end; together they hold all else.

    Nothing is split inside 《》, brackets or quotes, and no span is a fragment of punctuation, unless the text is one.
    """
    spans: list[Span] = []
    start = 0
    for end in [*_ends(text), len(text)]:
        span = _trimmed(text, start, end)
        if span is None:
            continue
        start = end
        # A short item on a line of its own stays one: （一）重婚；
        enough = _SHORTEST_LINE if "\n" in text[spans[-1].end if spans else 0 : span.start] else _SHORTEST
        if spans and _letters(text, span) < enough:
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(span)
    return _first_joined(text, spans)


def _ends(text: str) -> list[int]:
    """Offsets behind the marks that end a sentence outside of brackets."""
    depths = _depths(text)
    ends = []
    for found in _SENTENCE_END.finditer(text):
        last = found.end() - 1
        if depths[last] == 0 or "\n" in found.group():
            ends.append(found.end())
    return ends


def _depths(text: str) -> list[int]:
    """For every character how many brackets are open behind it; a bracket that a line never closes does not count."""
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


def _letters(text: str, span: Span) -> int:
    return sum(c.isalnum() for c in text[slice(*span)])


def _first_joined(text: str, spans: list[Span]) -> tuple[Span, ...]:
    """A first sentence that is too short has none before it, and is joined to the next."""
    if len(spans) > 1 and _letters(text, spans[0]) < _SHORTEST:
        return (Span(spans[0].start, spans[1].end), *spans[2:])
    return tuple(spans)
