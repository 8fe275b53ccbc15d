"""Documents of one generation, looked up by id."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from index.citations import cite
from index.errors import UnknownPlaceError
from index.records import Citation, Document, Passage
from ui.state.outline import Outline, outlines
from ui.state.text_chunks import TextChunks


class DocumentLookup:
    """The documents of one generation, by what the page looks them up with."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self._by_id = {document.id: document for document in documents}
        self._leaves: dict[str, TextChunks] = {}  # of documents that were read; as much memory as their outlines
        self._holders = {passage.id: (document, passage) for document in documents for passage in document.passages}

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """The outline of each document by its id."""
        return outlines(self.documents)

    def document(self, name: str) -> Document:
        """The document of an id. Raises UnknownPlaceError."""
        if name not in self._by_id:
            raise UnknownPlaceError(f"there is no document {name[:80]!r} in this index; it may have been removed")
        return self._by_id[name]

    def chunks(self, name: str) -> TextChunks:
        """The text of the document of an id, cut into leaves. Raises UnknownPlaceError."""
        if name not in self._leaves:
            self._leaves[name] = TextChunks(self.document(name), self.outlines[name])
        return self._leaves[name]

    def passage(self, name: str) -> tuple[Document, Passage]:
        """The passage of an id, and its document. Raises UnknownPlaceError."""
        if name not in self._holders:
            raise UnknownPlaceError(
                f"there is no passage {name[:40]!r} in this index; its text may have changed since: ask again"
            )
        return self._holders[name]

    def has_passage(self, name: str) -> bool:
        """Whether there is a passage of this id."""
        return name in self._holders

    def citation(self, passage: Passage) -> Citation:
        """How a passage is cited."""
        return cite(self._by_id[passage.document].title, passage)
