"""Loader for PDF files: paragraphs without running headers, footers and page numbers; scanned pages are recognised."""

from dataclasses import replace
from typing import TYPE_CHECKING

from index.errors import DocumentError
from index.loaders.limits import MAX_PDF_PAGES
from index.loaders.pdf import recognition
from index.loaders.pdf.columns import shared_columns
from index.loaders.pdf.glyphs import Columns, PdfPage
from index.loaders.pdf.layout_remarks import LayoutNotes, layout_left_out, layout_remarks
from index.loaders.pdf.paragraphs import build_paragraphs
from index.loaders.pdf.rows import extract_page
from index.loaders.pdf.running_headers import remove_running_lines
from index.loaders.pdf.scans import MAX_UNKNOWN, ScanReading, is_scan, read_scans
from index.loaders.pdf.tables.rulings import page_rulings
from index.loaders.source import SourceText, compose_source, strip_blank

if TYPE_CHECKING:
    import pypdfium2

_SIGNATURE_WITHIN = 1024  # bytes; PDF readers accept other data before the signature


def load(data: bytes, name: str) -> SourceText:
    """Load a PDF file: one line for each paragraph, with the page that it starts on.

    Raises DocumentError for files that are damaged or encrypted, and for pictures of text and fonts without character
    codes where the recogniser is not installed; RecognitionNeeded in a process that leaves recognition to another.
    """
    if b"%PDF-" not in data[:_SIGNATURE_WITHIN]:
        raise DocumentError(f"{name} is not a PDF by its content; give the file its right ending")
    read, title = _read(data, name)
    _check(read.pages, name)
    kept, running = remove_running_lines(read.pages)
    notes = LayoutNotes()
    source = compose_source(build_paragraphs(kept, notes), _metadata(read.pages, title))
    if not source.lines:
        raise _no_text(read.pages, name)
    remarks = (*read.remarks, *layout_remarks(read.pages, notes))
    return replace(source, remarks=remarks, left_out=(*running, *layout_left_out(read.pages, notes), *read.left_out))


def _read(data: bytes, name: str) -> tuple[ScanReading, str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError(
                f"{name} is protected by a password; open it, save it without one and try again"
            ) from error
        raise _damaged(name, str(error)) from error
    try:
        if (count := len(document)) > MAX_PDF_PAGES:
            raise DocumentError(f"{name} has {count:,} pages, more than the {MAX_PDF_PAGES:,} that are read; split it")
        pages, scanned = [], []
        for index in range(len(document)):
            page, is_picture = _page(document, index, name)
            pages.append(page)
            scanned += [page.number] if is_picture else []
        if columns := shared_columns(pages):
            bare = [at for at, page in enumerate(pages) if page.rows and not page.columns]
            for at in bare:
                pages[at], _ = _page(document, at, name, columns)
        return read_scans(document, pages, scanned, name), _title(document)
    finally:
        document.close()


def _title(document: "pypdfium2.PdfDocument") -> str:
    try:
        title: str = document.get_metadata_value("Title")
    except UnicodeDecodeError:  # a damaged title is no reason to reject the file
        return ""
    return title


def _page(document: "pypdfium2.PdfDocument", index: int, name: str, columns: Columns = ()) -> tuple[PdfPage, bool]:
    """Return the text layer of a page, and whether the page is to be recognised.

    ``columns`` are those of other pages.
    """
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError as error:
        raise _damaged(name, f"page {index + 1}: {error}") from error
    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise _damaged(name, f"page {index + 1}: {error}") from error
    else:
        try:
            read = extract_page(text, index + 1, page_rulings(page), columns)
            return read, is_scan(page, read)
        finally:
            text.close()
    finally:
        page.close()


def _check(pages: list[PdfPage], name: str) -> None:
    characters = sum(page.characters for page in pages)
    if not characters:
        raise _no_text(pages, name)
    unknown = sum(page.unknown for page in pages)
    if unknown > MAX_UNKNOWN * characters:
        raise DocumentError(
            f"{name} has a text layer, but its fonts do not say which characters they draw ({unknown} of {characters} "
            f"are unknown); {_remedy()}"
        )


def _metadata(pages: list[PdfPage], title: str) -> dict[str, str]:
    found = {}
    title = strip_blank(title.replace("\0", ""))
    if title and not title.lower().endswith((".doc", ".docx", ".wps", ".pdf", ".indd")) and "Microsoft" not in title:
        found["title"] = title
    if empty := [page.number for page in pages if not page.rows]:
        found["pages without text"] = ", ".join(map(str, empty))
    return found


def _no_text(pages: list[PdfPage], name: str) -> DocumentError:
    count = f"{len(pages)} page{'s' if len(pages) != 1 else ''}"
    return DocumentError(f"{name} has no text layer ({count} of pictures); {_remedy()}")


def _remedy() -> str:
    if recognition.is_installed():
        return "no text was recognised in its pictures either; scan it again at 200 dpi or more"
    return f"run it through OCR first, or install the recogniser: {recognition.INSTALL}"


def _damaged(name: str, reason: str) -> DocumentError:
    reason = " ".join(reason.split()).rstrip(".")
    return DocumentError(f"{name} is damaged ({reason}); get the file again or print it to a new PDF")
