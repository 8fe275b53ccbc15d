"""API for other programs: the same JSON as the command line prints (docs/api.md)."""

from typing import Any

from index.errors import UnknownPlaceError
from retrieval.schema import answer_json, place_json, related_json
from ui.app.paging import MAX_ROWS, bounds, following, outline_page, page
from ui.state.concurrency import ConcurrencyLimit, answer_in_turn
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
        return answer_json(answer_in_turn(self._limit, searcher, plan, k=_between(k), matches=True))

    def show(self, reference: str, start: int = 0, limit: int = MAX_ROWS) -> Json:
        """Show the passages at a place.

        Args:
            reference: a citation such as 第十六章第二节第1段, "art. 65(2)" or "ch. 16, sec. 2", or a passage's id.
            start: the number of passages to leave out, as ``next`` of the page before says.
            limit: how many passages, at most 5,000.

        Returns:
            As ``zhangju show --json``: the passages with their citations and texts; their number in all as ``total``,
            and the start of the next page as ``next``, null if there is none.

        """
        searcher = self._live.current().searcher
        places, (first, most) = searcher.show(reference), bounds(start, limit)
        shown = page((place_json(searcher.citation(*place), place) for place in places[first:]), limit=most)
        return {"passages": shown, "total": len(places), "next": following(first, len(shown), len(places))}

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

    def outline(self, document: str = "", start: int = 0, limit: int = MAX_ROWS) -> Json:
        """Give the structure of the indexed documents.

        Args:
            document: the file name of one document; all if left out.
            start: the number of passages to leave out, as ``next`` of the page before says.
            limit: how many passages, at most 5,000.

        Returns:
            As ``zhangju outline --json``: titles, headings and passages with their ids, under ``documents``; the number
            of passages in all as ``total``, and the start of the next page as ``next``, null if there is none.

        """
        documents = self._live.current().searcher.documents
        chosen = [d for d in documents if document in ("", d.id, d.title)]
        if not chosen:
            names = ", ".join(d.id for d in documents[:20])
            raise UnknownPlaceError(f"there is no document {document[:80]!r}; there are: {names}")
        return outline_page(chosen, *bounds(start, limit))

    def documents(self, start: int = 0, limit: int = MAX_ROWS) -> Json:
        """List the documents that are searched, and the index that holds them.

        Args:
            start: the number of documents to leave out, as ``next`` of the page before says.
            limit: how many documents, at most 5,000.

        Returns:
            The id, title and number of passages of each document; the generation of the index and when it was built;
            ``total`` and ``next`` as with ``outline``.

        """
        serving, (first, most) = self._live.current(), bounds(start, limit)
        documents = serving.searcher.documents
        listed = page(
            ({"source": d.id, "document": d.title, "passages": len(d.passages)} for d in documents[first:]), limit=most
        )
        return {
            "documents": listed,
            "generation": serving.generation.name,
            "built": serving.built.isoformat() if serving.built else None,
            "total": len(documents),
            "next": following(first, len(listed), len(documents)),
        }


def _between(k: int) -> int:
    return min(max(int(k), 1), MOST)
