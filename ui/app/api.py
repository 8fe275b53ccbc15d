"""API for other programs: the same JSON as the command line prints (docs/api.md)."""

from typing import Any

from index.errors import UnknownPlaceError
from retrieval.schema import answer_json, outline_json, place_json, related_json
from ui.state.concurrency import ConcurrencyLimit
from ui.state.protocols import LiveIndex

Json = dict[str, Any]
MOST = 100  # hits


class Api:
    """Handlers for programs. They raise our own errors, which reach programs as ``gradio.Error`` with the message."""

    def __init__(self, live: LiveIndex, limit: ConcurrencyLimit) -> None:
        self._live = live
        self._limit = limit

    def search(self, question: str, k: int = 5, documents: list[str] | None = None) -> Json:
        """Find the passages that answer a question, each cited exactly, the answering sentence marked.

        Args:
            question: words in any language; at most 2,000 characters.
            k: how many passages, from 1 to 100.
            documents: titles or file names of the documents to ask; all if left out.

        Returns:
            As ``zhangju ask --json``: answered, confidence, answer, hits with citation, text and offsets.

        """
        searcher = self._live.current().searcher
        plan = searcher.plan(question, titles=documents or ())
        with self._limit.place() as turn:
            encoded = searcher.encode(plan)
            with turn():
                found = searcher.with_matches(searcher.answer(plan, k=_between(k), encoded=encoded))
        return answer_json(found)

    def show(self, reference: str) -> Json:
        """Show the passages at a place.

        Args:
            reference: a citation such as 第十六章第二节第1段, "art. 65(2)" or "ch. 16, sec. 2", or a passage's id.

        Returns:
            As ``zhangju show --json``: the passages with their citations and texts.

        """
        searcher = self._live.current().searcher
        places = searcher.show(reference)
        return {"passages": [place_json(searcher.citation(*place), place) for place in places]}

    def related(self, reference: str, k: int = 10) -> Json:
        """Find the passages in other chapters that belong to one.

        Args:
            reference: a passage's id, or a citation of one passage.
            k: how many passages, from 1 to 100.

        Returns:
            As ``zhangju related --json``: the passages, how each is related, and the sentences that correspond.

        """
        searcher = self._live.current().searcher
        source = searcher.one(reference)
        with self._limit.hold():
            return related_json(source, searcher.related(source.id, k=_between(k)))

    def outline(self, document: str = "") -> Json:
        """Give the structure of the indexed documents.

        Args:
            document: the file name of one document; all if left out.

        Returns:
            As ``zhangju outline --json``: titles, headings and passages with their ids, under ``documents``.

        """
        documents = self._live.current().searcher.documents
        chosen = [d for d in documents if document in ("", d.id, d.title)]
        if not chosen:
            names = ", ".join(d.id for d in documents[:20])
            raise UnknownPlaceError(f"there is no document {document[:80]!r}; there are: {names}")
        return {"documents": [outline_json(d) for d in chosen]}

    def documents(self) -> Json:
        """List the documents that are searched, and the index that holds them.

        Returns:
            The id, title and number of passages of each document; the generation of the index and when it was built.

        """
        serving = self._live.current()
        listed = [
            {"source": d.id, "document": d.title, "passages": len(d.passages)} for d in serving.searcher.documents
        ]
        built = serving.built.isoformat() if serving.built else None
        return {"documents": listed, "generation": serving.generation.name, "built": built}


def _between(k: int) -> int:
    return min(max(int(k), 1), MOST)
