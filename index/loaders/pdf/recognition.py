"""Recognition of text in pictures of pages: RapidOCR's models (PP-OCR), computed by OpenVINO. Nothing is downloaded."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.inference import import_openvino

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from rapidocr import RapidOCR

    Picture = npt.NDArray[np.uint8]  # (height, width, 3), blue, green and red

INSTALL = "pip install 'zhangju[ocr]'"
_SETTINGS = 1  # raise it when the same page of a file gives other lines: they are kept (index/parsing/process.py)
_MAX_THREADS = 4  # each takes address space, which the reading process has little of
_MAX_LINES = 3000  # on a page; a newspaper has less
_LIKELY = 0.8  # mean score of a page that stands upright; lower for one that is upside down or lies on its side
_UNCERTAIN = 0.7  # score of a letter below which its line is doubtful: half of the wrong ones, 0.7 % of the others
_REDNESS = 60  # difference of red from the other colours in the ink of stamps and letterheads
_LIGHT = 150  # least red of such ink on paper, from 0 to 255; it is less on black letters
_MIN_RED = 0.0005  # share of a page that has this ink
_FLAT = 1.5  # ratio of width to height above which a box tells how the page stands


class RecognitionNeeded(Exception):  # noqa: N818 - a request to the parent process, no error
    """Raised by a process without the memory for it when a document has pages to recognise."""

    def __init__(self, pages: Sequence[int]) -> None:
        super().__init__(f"{len(pages)} pages to recognise")
        self.pages = tuple(pages)


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of text on a picture: corners in pixels, clockwise from its start; a place and a score each character.

    ``places`` are the centres of the characters as shares of the line's length. Spaces have neither.
    """

    text: str
    corners: tuple[tuple[float, float], ...]  # four, x and y
    places: tuple[float, ...]
    scores: tuple[float, ...]

    @property
    def score(self) -> float:
        """Mean score of the characters, from 0 to 1."""
        return sum(self.scores) / len(self.scores)

    @property
    def least(self) -> float:
        """Lowest score of a letter or digit; marks score low even where they are right."""
        characters = (character for character in self.text if not character.isspace())
        known = zip(characters, self.scores, strict=True)
        return min((score for character, score in known if character.isalnum()), default=1.0)

    @property
    def is_doubtful(self) -> bool:
        """Whether a letter or digit may be wrong."""
        return self.least < _UNCERTAIN

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the line's box."""
        a, b, _, d = self.corners
        return math.dist(a, b), math.dist(a, d)


class _Deferral:
    """Whether this process leaves recognition to another one."""

    def __init__(self) -> None:
        self.on = False


_deferral = _Deferral()


def defer() -> None:
    """Let this process raise RecognitionNeeded from now on instead of recognising."""
    _deferral.on = True


def check_deferred(pages: Sequence[int]) -> None:
    """Raise RecognitionNeeded with the numbers of the pages if this process leaves recognition to another one."""
    if _deferral.on:
        raise RecognitionNeeded(pages)


def version() -> str:
    """Return the version of what is recognised: of the settings, and of the libraries that compute it."""
    return " ".join([str(_SETTINGS), *(metadata.version(name) for name in ("rapidocr", "openvino"))])


def is_installed() -> bool:
    """Return whether the extra ``ocr`` is installed."""
    return find_spec("rapidocr") is not None


def recognise(picture: "Picture") -> tuple[list[RecognisedLine], int]:
    """Return the lines on a picture in the position where they read best, and its quarter turns against the clock.

    The picture is turned only if it does not read well as it is.
    """
    import numpy as np

    best, best_value, best_turns = list[RecognisedLine](), -1.0, 0
    for turns in (0, 1, 3, 2):
        lines = _lines(np.ascontiguousarray(np.rot90(picture, turns)))
        value, likely = _value(lines)
        if value > best_value:
            best, best_value, best_turns = lines, value, turns
        if likely or not lines:
            break
    return best, best_turns


def _value(lines: list[RecognisedLine]) -> tuple[float, bool]:
    """Return the sum of the scores in flat lines, and whether the lines stand upright."""
    flat = [line for line in lines if line.size[0] >= _FLAT * line.size[1] or len(line.places) == 1]
    value = sum(sum(line.scores) for line in flat)
    characters = sum(len(line.places) for line in lines)
    return value, value > _LIKELY * characters


def _lines(picture: "Picture") -> list[RecognisedLine]:
    """Return the lines of a picture, those below a red stamp first, and red ones beside them."""
    import numpy as np

    red = picture[:, :, 2]
    redness = red - picture[:, :, :2].max(axis=2).astype(np.int16)
    if float(np.mean(redness > _REDNESS)) < _MIN_RED:
        return _read(picture)
    white = (redness > _REDNESS / 2) & (red > _LIGHT)
    black = _read(np.repeat(np.where(white, np.uint8(255), red)[:, :, np.newaxis], 3, axis=2))
    return black + [line for line in _read(picture) if not any(_overlap(line, other) for other in black)]


def _overlap(line: RecognisedLine, other: RecognisedLine) -> bool:
    """Return whether two lines cover the same part of the page."""
    (left, top), (right, low) = (map(f, zip(*line.corners, strict=True)) for f in (min, max))
    (its_left, its_top), (its_right, its_low) = (map(f, zip(*other.corners, strict=True)) for f in (min, max))
    return bool(left < its_right and its_left < right and top < its_low and its_top < low)


def _read(picture: "Picture") -> list[RecognisedLine]:
    engine = _engine()
    engine.update_params(return_word_box=True)
    found, _, read, _ = engine.run_ocr_steps(picture, {})
    if found.boxes is None or read.txts is None:
        return []
    lines = zip(found.boxes, read.txts, read.word_results, strict=True)
    return [_line(box, text, places) for box, text, places in lines if text.strip()]


def _line(box: Any, text: str, places: Any) -> RecognisedLine:
    scores = [score for character, score in zip(text, places.confs, strict=True) if not character.isspace()]
    columns = [column for word in places.word_cols for column in word]
    shares = [min((column + 0.5) / places.line_txt_len, 1.0) for column in columns]
    corners = tuple((float(x), float(y)) for x, y in box)
    return RecognisedLine(text, corners, tuple(shares), tuple(scores))


@cache
def _engine() -> "RapidOCR":
    import_openvino()
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    threads = min(_MAX_THREADS, os.cpu_count() or 1, int(os.environ.get("OMP_NUM_THREADS") or _MAX_THREADS))
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # it turns lines that stand upright; see recognise
            "Global.use_vertical_padding": False,
            "Det.engine_type": rapidocr.EngineType.OPENVINO,
            "Rec.engine_type": rapidocr.EngineType.OPENVINO,
            "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
            "Det.limit_type": "max",  # a picture is never enlarged: a narrow one would fill the memory
            "Det.limit_side_len": 100_000,
            "Det.max_candidates": _MAX_LINES,
            "EngineConfig.openvino.inference_num_threads": threads,
        }
    )
