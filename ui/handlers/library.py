"""Library handlers: the indexed documents and the jobs that change the index."""

from collections.abc import Callable

from index.building.updates import UpdateRequest
from index.storage.generations import Generation
from ui.handlers.error_handlers import HandlerResult, handle_errors, problem_result
from ui.handlers.uploads import UploadEndpoint
from ui.render.library import LibraryContents, render_job, render_library, stage_text
from ui.state.document_lookup import DocumentLookup
from ui.state.index_jobs import IndexJobs, JobKind, JobRunningError
from ui.state.protocols import LiveIndex, ServedIndex
from ui.words import PageWords, words_for


class LibraryHandlers:
    """Handlers of the library view; without ``index_jobs`` the library is read-only and shows less of the index."""

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
        """Show the documents, the index and the job that changes it.

        Args:
            language: of the page, zh or en.

        """
        words, served = words_for(language), self._live.current()
        return handle_errors(words, lambda: self._view(served, words))

    def job_status(self, language: str) -> HandlerResult:
        """Show the running job, else the last one.

        Args:
            language: of the page, zh or en.

        """
        words = words_for(language)
        job = self._index_jobs.current if self._index_jobs else None
        held = {document.id for document in self._live.current().searcher.documents}
        running = job is not None and job.is_running
        step = stage_text(job, words) if job is not None and running else ""
        return {"html": render_job(job, held, words), "busy": running, "step": step}

    def add(self, tokens: list[str], language: str) -> HandlerResult:
        """Add uploaded files.

        Args:
            tokens: of the uploads, as returned for each.
            language: of the page, zh or en.

        """
        words = words_for(language)
        uploads = self._uploads.take(tokens) if self._uploads else ()
        if not uploads:
            return problem_result(words.library.gone)
        result = self._start(UpdateRequest(uploads=uploads), "add", words)
        if result.get("problem") and self._uploads:
            self._uploads.discard(uploads)
        return result

    def remove(self, document: str, language: str) -> HandlerResult:
        """Remove a document from the index.

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
        return self._start(UpdateRequest(removed=frozenset([document])), "remove", words)

    def rebuild(self, language: str) -> HandlerResult:
        """Read all files again and embed everything again.

        Args:
            language: of the page, zh or en.

        """
        return self._start(UpdateRequest(rebuild=True), "rebuild", words_for(language))

    def _start(self, wanted: UpdateRequest, kind: JobKind, words: PageWords) -> HandlerResult:
        if self._index_jobs is None or not self._index_jobs.editable:
            return problem_result(words.library.read_only)
        try:
            self._index_jobs.start(wanted, kind)
        except JobRunningError:
            return problem_result(words.library.busy)
        return self.job_status(words.language)

    def _view(self, served: ServedIndex, words: PageWords) -> HandlerResult:
        lookup, jobs, generation = self._lookup(served), self._index_jobs, served.generation
        contents = LibraryContents(
            documents=lookup.documents,
            outlines=lookup.outlines,
            uploaded={name: one.uploaded_at for name, one in jobs.uploaded().items()} if jobs else {},
            generation=generation.name,
            built=served.built,
            model=jobs.model(Generation(*generation)) if jobs else None,
        )
        job = jobs.current if jobs else None
        html = render_library(contents, job, words, editable=jobs is not None and jobs.editable)
        busy = job is not None and job.is_running
        return {"html": html, "busy": busy, "generation": generation.key}
