"""The handlers of the library: plain functions, without Gradio."""

from collections.abc import Callable

from index.building.updates import UpdateRequest
from index.storage.generations import Generation
from ui.handlers.error_handlers import HandlerResult, handle_errors, problem_result
from ui.handlers.uploads import UploadEndpoint
from ui.render.library import LibraryContents, render_library, render_work, stage_said
from ui.state.document_lookup import DocumentLookup
from ui.state.index_jobs import IndexJobs, JobKind, JobRunningError
from ui.state.protocols import LiveIndex, ServedIndex
from ui.words import PageWords, words_for


class LibraryHandlers:
    """Shows the documents of what answers, and has them changed.

    ``lookup`` gives the documents of a generation. Without ``index_jobs`` nothing is known of the index on disk and
    nothing can be changed.
    """

    def __init__(
        self,
        live: LiveIndex,
        lookup: Callable[[ServedIndex], DocumentLookup],
        index_jobs: IndexJobs | None,
        uploads: UploadEndpoint | None = None,
    ) -> None:
        self._live = live
        self._lookup = lookup
        self._index_jobs = index_jobs
        self._uploads = uploads

    def view(self, language: str) -> HandlerResult:
        """The documents, the index, and what is being done to it.

        Args:
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self._live.current()
        return handle_errors(words, lambda: self._view(serving, words))

    def job_status(self, language: str) -> HandlerResult:
        """What is being done to the index, or was done last.

        Args:
            language: of the page, zh or en.

        """
        words = words_for(language)
        work = self._index_jobs.work if self._index_jobs else None
        held = {document.id for document in self._live.current().searcher.documents}
        going = work is not None and work.is_going_on
        step = stage_said(work, words) if work is not None and going else ""
        return {"html": render_work(work, held, words), "busy": going, "step": step}

    def add(self, tokens: list[str], language: str) -> HandlerResult:
        """Add files that were uploaded.

        Args:
            tokens: of the uploads, as they were given for each.
            language: of the page, zh or en.

        """
        words = words_for(language)
        uploads = self._uploads.take(tokens) if self._uploads else ()
        if not uploads:
            return problem_result(words.library.gone)
        begun = self._begin(UpdateRequest(uploads=uploads), "add", words)
        if begun.get("problem") and self._uploads:
            self._uploads.discard(uploads)
        return begun

    def remove(self, document: str, language: str) -> HandlerResult:
        """Take a document out of the index.

        Args:
            document: its id.
            language: of the page, zh or en.

        """
        words = words_for(language)
        names = [d.id for d in self._live.current().searcher.documents]
        if document not in names:
            return problem_result(words.library.no_such.format(name=document[:80]))
        if len(names) == 1:
            return problem_result(words.library.last_one)
        return self._begin(UpdateRequest(removed=frozenset([document])), "remove", words)

    def rebuild(self, language: str) -> HandlerResult:
        """Read the files again and embed everything again.

        Args:
            language: of the page, zh or en.

        """
        return self._begin(UpdateRequest(rebuild=True), "rebuild", words_for(language))

    def _begin(self, wanted: UpdateRequest, kind: JobKind, words: PageWords) -> HandlerResult:
        if self._index_jobs is None or not self._index_jobs.editable:
            return problem_result(words.library.read_only)
        try:
            self._index_jobs.start(wanted, kind)
        except JobRunningError:
            return problem_result(words.library.busy)
        return self.job_status(words.language)

    def _view(self, serving: ServedIndex, words: PageWords) -> HandlerResult:
        lookup, index_jobs, generation = self._lookup(serving), self._index_jobs, serving.generation
        held = LibraryContents(
            documents=lookup.documents,
            outlines=lookup.outlines,
            since={name: one.uploaded_at for name, one in index_jobs.uploaded().items()} if index_jobs else {},
            generation=generation.name,
            built=serving.built,
            model=index_jobs.model(Generation(*generation)) if index_jobs else None,
        )
        work = index_jobs.work if index_jobs else None
        editable = index_jobs is not None and index_jobs.editable
        busy = work is not None and work.is_going_on
        html = render_library(held, work, words, editable=editable)
        return {"html": html, "busy": busy, "generation": f"{generation.name} {generation.digest[:16]}"}
