"""The handlers of the library: plain functions, without Gradio."""

from collections.abc import Callable

from index.building.updates import Change
from index.storage.generations import Generation
from ui.handlers.error_handlers import Shown, guarded, problem
from ui.handlers.uploads import Uploads
from ui.render.library import Holdings, render_library, render_work, stage_said
from ui.state.index_jobs import Kind, WorkingError, Workshop
from ui.state.protocols import Live, Serving, Shelf
from ui.words import Words, words_for


class Library:
    """Shows the documents of what answers, and has them changed.

    ``shelf`` gives the documents of a generation. Without a ``workshop`` nothing is known of the index on the disk and
    nothing can be changed.
    """

    def __init__(
        self, live: Live, shelf: Callable[[Serving], Shelf], workshop: Workshop | None, uploads: Uploads | None = None
    ) -> None:
        self._live = live
        self._shelf = shelf
        self._workshop = workshop
        self._uploads = uploads

    def library(self, language: str) -> Shown:
        """The documents, the index, and what is being done to it.

        Args:
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self._live.current()
        return guarded(words, lambda: self._view(serving, words))

    def library_work(self, language: str) -> Shown:
        """What is being done to the index, or was done last.

        Args:
            language: of the page, zh or en.

        """
        words = words_for(language)
        work = self._workshop.work if self._workshop else None
        held = {document.id for document in self._live.current().searcher.documents}
        going = work is not None and work.is_going_on
        step = stage_said(work, words) if work is not None and going else ""
        return {"html": render_work(work, held, words), "busy": going, "step": step}

    def library_add(self, tokens: list[str], language: str) -> Shown:
        """Add files that were uploaded.

        Args:
            tokens: of the uploads, as they were given for each.
            language: of the page, zh or en.

        """
        words = words_for(language)
        uploads = self._uploads.take(tokens) if self._uploads else ()
        if not uploads:
            return problem(words.library.gone)
        begun = self._begin(Change(uploads=uploads), "add", words)
        if begun.get("problem") and self._uploads:
            self._uploads.discard(uploads)
        return begun

    def library_remove(self, document: str, language: str) -> Shown:
        """Take a document out of the index.

        Args:
            document: its id.
            language: of the page, zh or en.

        """
        words = words_for(language)
        names = [d.id for d in self._live.current().searcher.documents]
        if document not in names:
            return problem(words.library.no_such.format(name=document[:80]))
        if len(names) == 1:
            return problem(words.library.last_one)
        return self._begin(Change(removed=frozenset([document])), "remove", words)

    def library_rebuild(self, language: str) -> Shown:
        """Read the files again and embed everything again.

        Args:
            language: of the page, zh or en.

        """
        return self._begin(Change(anew=True), "rebuild", words_for(language))

    def _begin(self, wanted: Change, kind: Kind, words: Words) -> Shown:
        if self._workshop is None or not self._workshop.editable:
            return problem(words.library.read_only)
        try:
            self._workshop.start(wanted, kind)
        except WorkingError:
            return problem(words.library.busy)
        return self.library_work(words.language)

    def _view(self, serving: Serving, words: Words) -> Shown:
        shelf, workshop, generation = self._shelf(serving), self._workshop, serving.generation
        held = Holdings(
            documents=shelf.documents,
            outlines=shelf.outlines,
            since={name: one.since for name, one in workshop.uploaded().items()} if workshop else {},
            generation=generation.name,
            built=serving.built,
            model=workshop.model(Generation(*generation)) if workshop else None,
        )
        work = workshop.work if workshop else None
        editable = workshop is not None and workshop.editable
        busy = work is not None and work.is_going_on
        html = render_library(held, work, words, editable=editable)
        return {"html": html, "busy": busy, "generation": f"{generation.name} {generation.digest[:16]}"}
