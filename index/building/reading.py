"""The reader of documents with the user's cache of recognised pages."""

from index.models.packaged import cache_folder
from index.parsing.process import DocumentReader


def document_reader() -> DocumentReader:
    """Return a reader that keeps the pages that it recognises: CACHE/recognised; see index/models/packaged.py."""
    return DocumentReader(recognised=cache_folder() / "recognised")
