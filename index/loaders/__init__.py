"""One file a format: bytes -> lines with source positions."""

from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import DocumentError
from index.loaders import markdown, text
from index.loaders.source import SourceText

LOADERS: Mapping[str, Callable[[bytes, str], SourceText]] = {
    ".txt": text.load,
    ".text": text.load,
    ".md": markdown.load,
    ".markdown": markdown.load,
}


def load(data: bytes, name: str) -> SourceText:
    """The text and lines of a file called ``name``, whose ending chooses the loader. Raises DocumentError."""
    suffix = Path(name).suffix.lower()
    if suffix not in LOADERS:
        known = ", ".join(sorted(LOADERS))
        raise DocumentError(f"{name}: files ending in {suffix or 'nothing'} cannot be read; give one of {known}")
    return LOADERS[suffix](data, name)
