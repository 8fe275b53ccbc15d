"""One file a format: bytes -> lines with source positions."""

from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import DocumentError
from index.loaders import markdown, text
from index.loaders.docx.reader import load as load_docx
from index.loaders.file_type import detect_file_type
from index.loaders.html.reader import load as load_html
from index.loaders.limits import check_size
from index.loaders.pdf.reader import load as load_pdf
from index.loaders.source import SourceText

# the libraries that a loader needs are imported when it first reads a file
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
}


def load(data: bytes, name: str) -> SourceText:
    """The text and lines of a file called ``name``, whose ending chooses the loader. Raises DocumentError."""
    suffix = Path(name).suffix.lower()
    if suffix not in LOADERS:
        known = ", ".join(sorted(LOADERS))
        raise DocumentError(f"{name}: files ending in {suffix or 'nothing'} cannot be read; give one of {known}")
    check_size(len(data), name)
    kind = detect_file_type(data)
    if kind and kind[1] != suffix and suffix != ".docx":  # the docx loader knows more about old Word files
        found, ending = kind
        remedy = f"rename it to end in {ending}" if ending else f"give one of {', '.join(sorted(LOADERS))}"
        raise DocumentError(f"{name} is {found} by its content, not what {suffix} promises; {remedy}")
    return LOADERS[suffix](data, name)
