"""Loaders, one for each file format: the bytes of a file to its text and lines with positions."""

from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import DocumentError
from index.loaders import mail, markdown, text
from index.loaders.docx.reader import load as load_docx
from index.loaders.file_type import detect_file_type
from index.loaders.html.reader import load as load_html
from index.loaders.limits import check_size
from index.loaders.pdf.reader import load as load_pdf
from index.loaders.source import SourceText

# a loader imports its libraries when it first reads a file
LOADERS: Mapping[str, Callable[[bytes, str], SourceText]] = {
    ".txt": text.load,
    ".text": text.load,
    ".md": markdown.load,
    ".markdown": markdown.load,
    ".docx": load_docx,
    ".pdf": load_pdf,
    ".html": load_html,
    ".htm": load_html,
    ".xhtml": load_html,
    ".eml": mail.load,
    ".mht": mail.load,
    ".mhtml": mail.load,
}


def load(data: bytes, name: str) -> SourceText:
    """Load the bytes of a file; the suffix of ``name`` chooses the loader. Raises DocumentError."""
    suffix = Path(name).suffix.lower()
    supported = ", ".join(sorted(LOADERS))
    if suffix not in LOADERS:
        raise DocumentError(f"{name}: files ending in {suffix or 'nothing'} cannot be read; give one of {supported}")
    check_size(len(data), name)
    found = detect_file_type(data)
    if found and found.suffix != suffix and suffix != ".docx":  # the docx loader has better messages for Word files
        remedy = f"rename it to end in {found.suffix}" if found.suffix else f"give one of {supported}"
        raise DocumentError(f"{name} is {found.description} by its content, not what {suffix} promises; {remedy}")
    return LOADERS[suffix](data, name)
