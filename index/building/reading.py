"""The reader of documents with the user's cache of recognised pages: CACHE/recognised; see index/models/packaged.py."""

from pathlib import Path

from index.models.packaged import cache_folder
from index.parsing.process import DocumentReader
from index.parsing.recognition_cache import PagePictures


def document_reader() -> DocumentReader:
    """Return a reader that keeps the pages that it recognises."""
    return DocumentReader(recognised=_folder())


def page_pictures(sha256: str) -> PagePictures:
    """Return the pictures of the recognised pages of a document, by the digest of its file."""
    return PagePictures(_folder(), sha256)


def _folder() -> Path:
    return cache_folder() / "recognised"
