"""Loader for OFD, China's format for documents of fixed layout (GB/T 33190): read by its letters' places, like PDF."""

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from index.errors import DocumentError
from index.loaders.limits import MAX_PDF_PAGES, MAX_XML_TAGS
from index.loaders.parts import Format, Parts
from index.loaders.pdf.glyphs import Glyph, PdfPage, is_unspaced
from index.loaders.pdf.layout_remarks import LayoutNotes, layout_left_out, layout_remarks
from index.loaders.pdf.paragraphs import build_paragraphs
from index.loaders.pdf.rows import arrange_page
from index.loaders.pdf.running_headers import remove_running_lines
from index.loaders.source import SourceText, compose_source, strip_blank

if TYPE_CHECKING:
    from ofdkit import TextRun

Box = tuple[float, float, float, float]  # left, top, width and height in millimetres

_OFD = Format("ofd", "an OFD reader")
_POINTS = 72 / 25.4  # in a millimetre
_BESIDE = 2.0  # millimetres outside the page up to which text is still seen
_MAX_SIZE = 1e6  # millimetres, of letters and of lines
_SAME_PLACE = 0.25  # millimetres; what is drawn twice at one place is bold


class _Layout(NamedTuple):
    """What the library reads: for each page its box and its runs of text; the title, and what it could not read."""

    pages: list[tuple[Box, list["TextRun"]]]
    title: str
    warnings: list[str]


def load(data: bytes, name: str) -> SourceText:
    """Load an OFD document: one line for each paragraph, with the page that it starts on. Raises DocumentError."""
    layout = _layout(Parts(data, name, _OFD))
    pages = [_page(box, runs, number) for number, (box, runs) in enumerate(layout.pages, 1)]
    kept, running = remove_running_lines(pages)
    notes = LayoutNotes()
    source = compose_source(build_paragraphs(kept, notes), _metadata(layout.title, pages))
    if not source.lines:
        raise DocumentError(f"{name} holds no text, only pictures (pages: {len(pages)}); run it through OCR first")
    # of pages and templates that the file names but does not hold
    remarks = (*(f"not read: {warning}" for warning in layout.warnings), *layout_remarks(pages, notes))
    return replace(source, remarks=remarks, left_out=(*running, *layout_left_out(pages, notes)))


def _layout(parts: Parts) -> _Layout:
    import ofdkit

    archive = _checked(parts)
    try:
        with ofdkit.open(archive) as document:
            if (count := len(document.pages)) > MAX_PDF_PAGES:
                raise DocumentError(
                    f"{parts.name} has {count:,} pages, more than the {MAX_PDF_PAGES:,} that are read; split it"
                )
            pages = [(page.box, page.runs) for page in document.pages]
            return _Layout(pages, strip_blank(document.info.title or ""), document.warnings)
    except (DocumentError, MemoryError):
        raise
    except Exception as error:  # the library raises what its parts raise
        raise parts.damaged(str(error) or type(error).__name__) from error


def _checked(parts: Parts) -> bytes:
    """Return an archive with the XML parts alone, unpacked within the limits, which the library does not know."""
    target, tags = io.BytesIO(), 0
    with zipfile.ZipFile(target, "w") as archive:
        for part in dict.fromkeys(parts.names):
            if part.lower().endswith(".xml"):
                content = parts.read(part)
                tags += content.count(b"<")
                if tags > MAX_XML_TAGS:
                    raise parts.damaged(f"it holds more than the {MAX_XML_TAGS:,} tags that are read")
                archive.writestr(zipfile.ZipInfo(part), content)
    return target.getvalue()


def _page(box: Box, runs: list["TextRun"], number: int) -> PdfPage:
    seen: set[tuple[str, int, int]] = set()
    glyphs: list[Glyph] = []
    bottom = box[1] + box[3]
    for run in runs:
        if not _is_seen(run, box):
            continue
        place = run.text, round(run.x / _SAME_PLACE), round(run.y / _SAME_PLACE)
        if place not in seen:
            seen.add(place)
            glyphs += _glyphs(run, bottom)
    return arrange_page(glyphs, number)


def _is_seen(run: "TextRun", box: Box) -> bool:
    """Return whether a run starts on the page, and has a size that can be computed with."""
    left, top, width, height = box
    if (
        not all(map(math.isfinite, (run.x, run.y, run.size, run.width)))
        or max(run.size, run.width, *map(abs, box)) > _MAX_SIZE
    ):
        return False
    x, y = float(run.x), float(run.y)
    return -_BESIDE <= x - left <= width + _BESIDE and -_BESIDE <= y - top <= height + _BESIDE


def _glyphs(run: "TextRun", bottom: float) -> Iterator[Glyph]:
    """Yield the characters of a run, spread over its width; the base line counts from the bottom of the page."""
    shares = [2 if is_unspaced(character) else 1 for character in run.text]
    unit = _POINTS * run.width / sum(shares)
    at, base, size = _POINTS * run.x, _POINTS * (bottom - run.y), max(_POINTS * run.size, 0.1)
    for character, share in zip(run.text, shares, strict=True):
        yield Glyph(character, at, at + share * unit, base, size, 0)
        at += share * unit


def _metadata(title: str, pages: list[PdfPage]) -> Mapping[str, str]:
    found = {"title": title} if title else {}
    if empty := [page.number for page in pages if not page.rows]:
        found["pages without text"] = ", ".join(map(str, empty))
    return found
