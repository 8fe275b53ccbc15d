"""Documents of one generation, looked up by id."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from index.citations import cite
from index.errors import UnknownPlaceError
from index.records import Citation, Document, Passage
from ui.state.outline import Outline, outlines
from ui.state.text_chunks import TextChunks


class DocumentLookup:
    """Documents, outlines, text chunks and passages by id; each is built when it is first needed."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self._by_id = {document.id: document for document in documents}
        self._chunks: dict[str, TextChunks] = {}
        self._passages = {passage.id: (document, passage) for document in documents for passage in document.passages}

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """Outlines by document id."""
        return outlines(self.documents)

    def document(self, name: str) -> Document:
        """Return a document. Raises UnknownPlaceError."""
        if name not in self._by_id:
            raise UnknownPlaceError(f"there is no document {name[:80]!r} in this index; it may have been removed")
        return self._by_id[name]

    def chunks(self, name: str) -> TextChunks:
        """Return the text chunks of a document. Raises UnknownPlaceError."""
        if name not in self._chunks:
            self._chunks[name] = TextChunks(self.document(name), self.outlines[name])
        return self._chunks[name]

    def passage(self, name: str) -> tuple[Document, Passage]:
        """Return a passage with its document. Raises UnknownPlaceError."""
        if name not in self._passages:
            raise UnknownPlaceError(
                f"there is no passage {name[:40]!r} in this index; its text may have changed; ask again"
            )
        return self._passages[name]

    def has_passage(self, name: str) -> bool:
        """Return True if there is a passage with this id."""
        return name in self._passages

    def citation(self, passage: Passage) -> Citation:
        """Return the citation of a passage."""
        return cite(self._by_id[passage.document].title, passage)
