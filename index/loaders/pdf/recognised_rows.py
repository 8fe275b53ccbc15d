"""Recognised lines -> rows of a PDF page, as if the page had a text layer: straightened, with the sizes of the type."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.loaders.pdf.glyphs import Glyph, PdfPage, is_unspaced
from index.loaders.pdf.recognition import RecognisedLine
from index.loaders.pdf.rows import arrange_page

_LONG = 5  # ratio of width to height of lines that tell the page's angle
_MIN_PITCHES = 4  # distances of Chinese characters that give the size of the type
_BASE = 0.38  # em from the middle of a line to its base line
_SAME_SIZE = 0.12  # relative difference of sizes that are the body's, measured by the distance of characters
_SAME_HEIGHT = 0.35  # the same, measured by the box of a line with few characters, which is larger
_NARROW = 0.5  # em, a Latin letter
_APART = 1.5  # em between the centres of two characters with a space between them
_HALF = 0.5  # em, the most that a character extends from its centre
_WIDE_MARKS = str.maketrans(",;:!?", "，；：！？")
_NARROW_MARK = re.compile(r"(?<=[\u4e00-\u9fff”）》])[,;:!?](?![A-Za-z0-9/])")


_LOST_SPACE = re.compile(r"(?<=[a-z]{3})(?=\d)|(?<=\d)(?=[A-Z][a-z]{2})|(?<=[a-z],)(?=[a-z])")


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """The lines of a recognised page, the height of its picture and the number of pixels in a point.

    ``turns`` are the quarter turns, against the clock, after which it was read.
    """

    number: int
    lines: Sequence[RecognisedLine]
    height: int
    scale: float
    turns: int = 0


def arrange_recognised(pages: Sequence[RecognisedPage]) -> Iterator[PdfPage]:
    """Yield the rows of each page; the size of most characters of all pages is that of the body."""
    sizes = [size for page in pages for line in page.lines for size in [_pitch(line) / page.scale] * len(line.places)]
    known = [size for size in sizes if size]
    heights = [line.size[1] / page.scale for page in pages for line in page.lines]
    body = median(known) if known else median(heights or [10.0])
    for page in pages:
        angle = _angle(page.lines)
        glyphs = [glyph for line in page.lines for glyph in _glyphs(line, page, angle, body)]
        yield arrange_page(glyphs, page.number)


def normalise(text: str) -> str:
    """Return a line with the marks behind Chinese characters as wide as these, and spaces around English numbers.

    The recogniser confuses the marks and loses some spaces.
    """
    spaced = _LOST_SPACE.sub(" ", text)
    return _NARROW_MARK.sub(lambda mark: mark.group().translate(_WIDE_MARKS), spaced)


def _pitch(line: RecognisedLine) -> float:
    """Return the mean distance of neighbouring Chinese characters in pixels, 0 if there are too few."""
    width, height = line.size
    characters = line.text.replace(" ", "")
    pairs = zip(pairwise(characters), pairwise(line.places), strict=False)
    steps = [(b - a) * width for (x, y), (a, b) in pairs if is_unspaced(x) and is_unspaced(y)]
    steps = [step for step in steps if step < _APART * height]
    return sum(steps) / len(steps) if len(steps) >= _MIN_PITCHES else 0.0


def _angle(lines: Sequence[RecognisedLine]) -> float:
    """Return the angle in radians that the page is turned by, the median of its long lines."""
    ends = [line.corners[:2] for line in lines if line.size[0] > _LONG * line.size[1]]
    return median(math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in ends) if ends else 0.0


def _size(line: RecognisedLine, scale: float, body: float) -> float:
    width, height = line.size
    pitch, characters = _pitch(line), sum(1.0 if is_unspaced(c) else _NARROW for c in line.text)
    size = min(pitch or width / characters, height) / scale
    same = _SAME_SIZE if pitch else _SAME_HEIGHT
    return body if abs(size - body) <= same * body else size


def _glyphs(line: RecognisedLine, page: RecognisedPage, angle: float, body: float) -> Iterator[Glyph]:
    size = _size(line, page.scale, body)
    cos, sin = math.cos(angle) / page.scale, math.sin(angle) / page.scale
    corners = [(x * cos + y * sin, y * cos - x * sin) for x, y in line.corners]  # points, from the top left corner
    left, right = (corners[0][0] + corners[3][0]) / 2, (corners[1][0] + corners[2][0]) / 2
    base = page.height / page.scale - sum(y for _, y in corners) / 4 - _BASE * size
    centres = [left + (right - left) * place for place in line.places]
    ends = [(x - _HALF * size, x + _HALF * size) for x in centres]
    ends[0], ends[-1] = (min(left, centres[0]), ends[0][1]), (ends[-1][0], max(right, centres[-1]))
    for at, (a, b) in enumerate(pairwise(centres)):
        if b - a < _APART * size:  # they touch
            ends[at], ends[at + 1] = (ends[at][0], (a + b) / 2), ((a + b) / 2, ends[at + 1][1])
    after_space, place = False, iter(ends)
    for character in normalise(line.text):
        if character.isspace():
            after_space = True
        else:
            yield Glyph(character, *next(place), base, size, 0, after_space, line.is_doubtful)
            after_space = False
