"""Measure how well scanned pages are read.

    OMP_NUM_THREADS=1 python -m scripts.benchmarks.read_scans FILE... [--pages N]

The first pages of each text file (txt or md) are drawn as a printed document with a running header and page numbers, in
three fonts (Noto CJK), at 150 and 300 dpi, also with noise, one degree of skew and a red stamp; as a file of pictures
they are read by the reading process. Prints a table: wrong characters in percent (white space, and the width of marks,
aside), passages with the path, ordinal and text of the passage in the text file (nine tenths of its characters),
seconds of processor time a page, and the peak memory.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from index.parsing.process import DocumentReader
from index.parsing.structure import read_document
from index.records import Document, Passage
from scripts.benchmarks.common import markdown_table, parser, run

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

FOLDER = Path("/usr/share/fonts/opentype/noto")
FONTS = {"serif": "NotoSerifCJK-Regular.ttc", "sans": "NotoSansCJK-Regular.ttc", "bold": "NotoSerifCJK-Bold.ttc"}
SIMPLIFIED = 2  # place of the font in its collection
WIDTH, HEIGHT, SIZE, PITCH, LEFT, TOP, COLUMNS, ROWS = 595, 842, 12, 21, 70, 80, 38, 32  # points; characters
NOT_FIRST = "，。、；：！？）》”’,.;:!?%)"
SIMILAR = 0.9


class Condition(NamedTuple):
    """How the pages are printed and scanned."""

    font: str
    dpi: int
    damage: str


CONDITIONS = (
    *(Condition(font, dpi, "none") for font in FONTS for dpi in (150, 300)),
    *(Condition("serif", dpi, damage) for damage in ("noise", "skew", "stamp") for dpi in (150, 300)),
)


class Row(NamedTuple):
    """A row of text, centred, justified or aligned left."""

    text: str
    align: str


def typeset(lines: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of the lines: headings centred, paragraphs indented by two characters."""
    for at, line in enumerate(lines):
        if at == 0 or re.match(r"第\S{1,4}[编篇章节]\s", line):
            yield Row(line, "centre")
            continue
        rest = "　　" + line
        while rest:
            end = next((n for n in range(1, len(rest)) if _width(rest[: n + 1]) > COLUMNS), len(rest))
            while end < len(rest) and rest[end] in NOT_FIRST:
                end -= 1
            yield Row(rest[:end], "justify" if end < len(rest) else "left")
            rest = rest[end:]


def _width(text: str) -> float:
    """Return the width in em, roughly."""
    return sum(0.55 if unicodedata.east_asian_width(character) in ("Na", "N", "H") else 1.0 for character in text)


def pages_of(lines: Sequence[str], most: int) -> tuple[list[list[Row]], list[str]]:
    """Return the rows of the first pages and the lines on them."""
    kept, rows = list[str](), list[Row]()
    for at, line in enumerate(lines):
        more = list(typeset(lines[: at + 1]))
        if len(more) > most * ROWS:
            break
        kept, rows = [*kept, line], more
    return [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)], kept


def draw(rows: Sequence[Row], number: int, condition: Condition) -> "Image":
    """Return the picture of a page."""
    from PIL import Image, ImageDraw, ImageFont

    scale = condition.dpi / 72
    picture = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)), "white")
    canvas = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FOLDER / FONTS[condition.font], round(SIZE * scale), index=SIMPLIFIED)
    for text, top in (("政策文件汇编", 45), (f"- {number} -", 790)):
        canvas.text((WIDTH / 2 * scale, top * scale), text, "black", font, "ma")
    for at, row in enumerate(rows):
        x, y, wide = LEFT * scale, (TOP + PITCH * at) * scale, font.getlength(row.text)
        if row.align == "centre":
            x = (WIDTH * scale - wide) / 2
        space = (COLUMNS * SIZE * scale - wide) / max(1, len(row.text) - 1) if row.align == "justify" else 0.0
        for end, character in enumerate(row.text):
            canvas.text((x + font.getlength(row.text[:end]) + space * end, y), character, "black", font, "la")
    return DAMAGES[condition.damage](picture, font)


def _noise(picture: "Image", _font: "FreeTypeFont") -> "Image":
    from PIL import Image

    rng = np.random.default_rng(1)
    values = np.asarray(picture, np.float32) * 0.85 + 25 + rng.normal(0, 20, (picture.height, picture.width, 1))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _skew(picture: "Image", _font: "FreeTypeFont") -> "Image":
    from PIL.Image import Resampling

    return picture.rotate(1, expand=False, fillcolor="white", resample=Resampling.BICUBIC)


def _stamp(picture: "Image", font: "FreeTypeFont") -> "Image":
    from PIL import Image, ImageChops, ImageDraw

    layer = Image.new("RGB", picture.size, "white")
    canvas = ImageDraw.Draw(layer)
    x, y, radius = picture.width * 0.68, picture.height * 0.72, picture.width * 0.1
    canvas.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(220, 30, 30), width=round(radius / 14))
    canvas.regular_polygon((x, y, radius / 3), 5, fill=(220, 30, 30))
    canvas.text((x, y + radius / 2), "某某市人民政府", (220, 30, 30), font, "ma")
    return ImageChops.multiply(picture, layer)


DAMAGES: dict[str, Callable[["Image", "FreeTypeFont"], "Image"]] = {
    "none": lambda picture, _font: picture,
    "noise": _noise,
    "skew": _skew,
    "stamp": _stamp,
}


def scan(pages: Sequence[Sequence[Row]], condition: Condition) -> bytes:
    """Return a PDF file of pictures."""
    first, *rest = [draw(rows, number, condition) for number, rows in enumerate(pages, start=1)]
    target = io.BytesIO()
    first.save(target, "PDF", resolution=condition.dpi, save_all=True, append_images=rest, quality=85)
    return target.getvalue()


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def wrong_characters(wanted: Document, found: Document) -> tuple[int, int]:
    """Return the number of inserted, missing and replaced characters, and that of all characters."""
    a, b = _plain(wanted.source), _plain(found.source)
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in codes if tag != "equal"), len(a)


def right_passages(wanted: Document, found: Document) -> int:
    """Return the number of passages found with the right path, ordinal and text."""
    read = {_place(passage): _plain(passage.text) for passage in found.passages}
    pairs = [(_plain(passage.text), read.get(_place(passage), "")) for passage in wanted.passages]
    return sum(SequenceMatcher(None, a, b, autojunk=False).ratio() >= SIMILAR for a, b in pairs)


def _place(passage: Passage) -> tuple[object, ...]:
    return (*(division.key for division in passage.path), passage.ordinal)


def measure(files: Sequence[tuple[list[list[Row]], list[str]]], condition: Condition) -> list[str]:
    """Return a row of the table."""
    import resource

    wrong = characters = right = passages = pages = 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for rows, lines in files:
        wanted = read_document("\n".join(lines).encode(), "text.txt")
        with DocumentReader() as reader:
            found = reader.read(scan(rows, condition), "scan.pdf")
        errors, length = wrong_characters(wanted, found)
        wrong, characters, pages = wrong + errors, characters + length, pages + len(rows)
        right, passages = right + right_passages(wanted, found), passages + len(wanted.passages)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    share, structure = f"{100 * wrong / characters:.2f} %", f"{right} of {passages}"
    return [*map(str, condition), share, structure, f"{spent / pages:.1f} s", f"{after.ru_maxrss / 1000:,.0f} MB"]


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    options = parser(__doc__)
    options.add_argument("files", type=Path, nargs="+", metavar="FILE")
    options.add_argument("--pages", type=int, default=3, help="pages of each file (3)")
    given = options.parse_args(arguments)
    texts = [path.read_text(encoding="utf-8").splitlines() for path in given.files]
    lines = [[plain for line in text if (plain := line.strip().lstrip("#").strip())] for text in texts]
    files = [pages_of(each, given.pages) for each in lines]
    header = ["font", "dpi", "damage", "wrong characters", "passages right", "processor time a page", "memory"]
    print(markdown_table(header, [measure(files, condition) for condition in CONDITIONS]))


if __name__ == "__main__":
    run(main)
