"""Endpoint of the pictures of scanned pages, which readers compare with what was recognised."""

from fastapi import Request, Response

from index.building.reading import page_pictures
from ui.state.protocols import LiveIndex

_MOST_DIGITS = 6  # of the number of a page


class ScanEndpoint:
    """Gives the picture of a page by the digest of the document's file and the page's number."""

    def __init__(self, live: LiveIndex) -> None:
        self._live = live

    def picture(self, request: Request) -> Response:
        """Return the picture as JPEG; 404 for another document than those of the index, and without a picture."""
        digest, page = request.path_params["digest"], request.path_params["page"]
        known = any(document.sha256 == digest for document in self._live.current().searcher.documents)
        is_number = page.isascii() and page.isdecimal() and len(page) <= _MOST_DIGITS
        found = page_pictures(digest).read(int(page)) if known and is_number else None
        return Response(status_code=404) if found is None else Response(found, media_type="image/jpeg")
