"""Pages of a PDF file that are pictures: their choice, their recognition, and the remarks on what was read."""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.errors import DocumentError
from index.loaders.limits import MAX_RECOGNISED_PAGES
from index.loaders.pdf import recognition
from index.loaders.pdf.glyphs import PdfPage
from index.loaders.pdf.layout_remarks import numbered
from index.loaders.pdf.recognised_pages import PAGES
from index.loaders.pdf.recognised_rows import RecognisedPage, arrange_recognised, normalise
from index.loaders.pdf.recognition import RecognisedLine
from index.records import LeftOut

if TYPE_CHECKING:
    import pypdfium2

MAX_UNKNOWN = 0.2  # share of characters without a code; with more, the text layer cannot be used
_FEW = 40  # characters on a page whose text is in its picture: a page number, the mark of a scanner
_COVERED = 0.6  # share of the page that this picture covers
_POINTS = 72
_DPI = 200
_MAX_PIXELS = 4_500_000  # of a picture: A4 at 200 dpi has 3.9 million
_SHOWN = (120, 2_000_000, 50)  # dpi, pixels at most and JPEG quality of the picture that readers see
_MIN_SCORE = 0.5  # of a line; below are stamps, drawings
_MAX_HEIGHT = 0.2  # of the page; higher lines are pictures
_MAX_REMARKS = 20


@dataclass(frozen=True, slots=True)
class ScanReading:
    """The pages of a file after recognition, the remarks on them and the lines that were left out."""

    pages: list[PdfPage]
    remarks: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def is_scan(page: "pypdfium2.PdfPage", read: PdfPage) -> bool:
    """Return whether the text of a page is in its picture, or its text layer cannot be used."""
    from pypdfium2 import raw

    if not read.characters:
        return bool(raw.FPDFPage_CountObjects(page) > 0)
    if read.unknown > MAX_UNKNOWN * read.characters:
        return True
    return read.characters < _FEW and _is_covered(page)


def _is_covered(page: "pypdfium2.PdfPage") -> bool:
    from pypdfium2 import raw

    width, height = page.get_size()
    pictures = (item.get_bounds() for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2))
    areas = (
        max(min(right, width) - max(left, 0), 0) * max(min(top, height) - max(low, 0), 0)
        for left, low, right, top in pictures
    )
    return any(area >= _COVERED * width * height for area in areas)


def read_scans(
    document: "pypdfium2.PdfDocument", pages: Sequence[PdfPage], scanned: Sequence[int], name: str
) -> ScanReading:
    """Return the pages with those numbered in ``scanned`` recognised; as they are if the extra is not installed.

    Raises DocumentError for too many pages, and RecognitionNeeded in a process that leaves recognition to another.
    """
    if not scanned:
        return ScanReading(list(pages))
    if not recognition.is_installed():
        remark = f"not recognised: the pictures of {numbered(scanned)}; to read them: {recognition.INSTALL}"
        return ScanReading(list(pages), (remark,))
    if len(scanned) > MAX_RECOGNISED_PAGES:
        raise DocumentError(
            f"{name} has {len(scanned):,} scanned pages, more than the {MAX_RECOGNISED_PAGES:,} that are read; split it"
        )
    recognition.check_deferred(scanned)
    found = [page for number in scanned if (page := _recognised(document, number)).lines]
    legible = [replace(page, lines=[line for line in page.lines if _is_legible(line, page)]) for page in found]
    rows = {page.number: page for page in arrange_recognised(legible) if page.rows}
    poor = tuple(_illegible(found))
    return ScanReading([rows.get(page.number, page) for page in pages], tuple(_remarks(legible, rows)), poor)


def _recognised(document: "pypdfium2.PdfDocument", number: int) -> RecognisedPage:
    """Return a page that is known already, or recognise it and hand it on; hand on its picture if that is wanted."""
    known = PAGES.find(number)
    found = known or _recognise(document, number)
    if known is None:
        PAGES.add(found)
    PAGES.add_picture(number, lambda: _shown(document, found))
    return found


def _recognise(document: "pypdfium2.PdfDocument", number: int) -> RecognisedPage:
    page = document[number - 1]
    try:
        scale = _scale(page, _DPI, _MAX_PIXELS)
        picture = page.render(scale=scale, rev_byteorder=False).to_numpy()[:, :, :3]
    finally:
        page.close()
    if picture.min() == picture.max():  # blank
        return RecognisedPage(number, (), picture.shape[0], scale)
    lines, turns = recognition.recognise(picture)
    return RecognisedPage(number, lines, picture.shape[turns % 2], scale, turns)


def _shown(document: "pypdfium2.PdfDocument", read: RecognisedPage) -> bytes:
    """Return the picture of a page for its readers, turned as it was read, as JPEG."""
    dpi, pixels, quality = _SHOWN
    page, file = document[read.number - 1], io.BytesIO()
    try:
        picture = page.render(scale=_scale(page, dpi, pixels), rotation=-90 * read.turns % 360).to_pil()
    finally:
        page.close()
    picture.convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()


def _scale(page: "pypdfium2.PdfPage", dpi: int, pixels: int) -> float:
    """Return the pixels in a point for a picture of a page with a resolution, less if it had too many pixels."""
    width, height = page.get_size()
    return min(dpi / _POINTS, math.sqrt(pixels / max(width * height, 1.0)))


def _is_legible(line: RecognisedLine, page: RecognisedPage) -> bool:
    return line.score >= _MIN_SCORE and line.size[1] <= _MAX_HEIGHT * page.height


def _illegible(pages: Iterable[RecognisedPage]) -> Iterator[LeftOut]:
    if lines := tuple(line.text for page in pages for line in page.lines if not _is_legible(line, page)):
        yield LeftOut(reason="illegible", lines=lines)


def _remarks(pages: Sequence[RecognisedPage], read: Iterable[int]) -> Iterator[str]:
    if numbers := sorted(read):
        yield f"recognised from pictures, compare quotations with the original: {numbered(numbers)}"
    doubtful = [(page.number, line) for page in pages for line in page.lines if line.is_doubtful]
    for number, line in doubtful[:_MAX_REMARKS]:
        yield f"page {number}: recognised with doubt, please check: {normalise(line.text)}"
    if (more := len(doubtful) - _MAX_REMARKS) > 0:
        yield f"{more:,} more lines are recognised with doubt"
