"""Loader for OFD, China's format for documents of fixed layout (GB/T 33190): read by its letters' places, like PDF."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import DocumentError
from index.loaders.limits import MAX_PDF_PAGES, MAX_XML_TAGS
from index.loaders.parts import Format, Parts
from index.loaders.pdf.paragraphs import build_paragraphs
from index.loaders.pdf.rows import Glyph, PdfPage, arrange_page, is_unspaced
from index.loaders.pdf.running_headers import remove_running_lines
from index.loaders.source import SourceText, compose_source, strip_blank

if TYPE_CHECKING:
    from ofdkit import OFDDocument, Page, TextRun

_OFD = Format("ofd", "an OFD reader")
_POINTS = 72 / 25.4  # in a millimetre
_BESIDE = 2.0  # millimetres outside the page up to which text is still seen
_SAME_PLACE = 0.25  # millimetres; what is drawn twice at one place is bold


def load(data: bytes, name: str) -> SourceText:
    """Load an OFD document: one line for each paragraph, with the page that it starts on. Raises DocumentError."""
    import ofdkit

    parts = Parts(data, name, _OFD)
    try:
        with ofdkit.open(_checked(parts)) as document:
            return _read(document, parts)
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


def _read(document: "OFDDocument", parts: Parts) -> SourceText:
    count = len(document.pages)
    if count > MAX_PDF_PAGES:
        raise DocumentError(
            f"{parts.name} has {count:,} pages, more than the {MAX_PDF_PAGES:,} that are read; split it"
        )
    pages = [_page(page, number) for number, page in enumerate(document.pages, 1)]
    source = compose_source(build_paragraphs(remove_running_lines(pages)), _metadata(document, pages))
    if not source.lines:
        raise DocumentError(f"{parts.name} holds no text, only pictures (pages: {count}); run it through OCR first")
    # of pages and templates that the file names but does not hold
    return replace(source, remarks=tuple(f"not read: {warning}" for warning in document.warnings))


def _page(page: "Page", number: int) -> PdfPage:
    seen: set[tuple[str, int, int]] = set()
    glyphs: list[Glyph] = []
    left, top, width, height = page.box
    for run in page.runs:
        place = run.text, round(run.x / _SAME_PLACE), round(run.y / _SAME_PLACE)
        inside = -_BESIDE <= run.x - left <= width + _BESIDE and -_BESIDE <= run.y - top <= height + _BESIDE
        if inside and place not in seen:
            seen.add(place)
            glyphs += _glyphs(run, top + height)
    return arrange_page(glyphs, number)


def _glyphs(run: "TextRun", bottom: float) -> Iterator[Glyph]:
    """Yield the characters of a run, spread over its width; the base line counts from the bottom of the page."""
    shares = [2 if is_unspaced(character) else 1 for character in run.text]
    unit = _POINTS * run.width / sum(shares)
    at, base, size = _POINTS * run.x, _POINTS * (bottom - run.y), max(_POINTS * run.size, 0.1)
    for character, share in zip(run.text, shares, strict=True):
        yield Glyph(character, at, at + share * unit, base, size, 0)
        at += share * unit


def _metadata(document: "OFDDocument", pages: list[PdfPage]) -> Mapping[str, str]:
    found = {}
    if title := strip_blank(document.info.title or ""):
        found["title"] = title
    if empty := [page.number for page in pages if not page.rows]:
        found["pages without text"] = ", ".join(map(str, empty))
    return found
