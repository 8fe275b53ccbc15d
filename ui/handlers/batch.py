"""Batches on the page, which asks for one block of questions after the other: a batch ends with its page.

Between two blocks others are served; what a batch has found is kept in ``BatchJobs``, which hold only a few.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import PurePath
from typing import Literal

from index.errors import QuestionError
from retrieval.evidence.batch import Batch, BatchOptions
from retrieval.evidence.question_files import read_questions_bytes
from ui.handlers.ask import AskHandlers
from ui.handlers.downloads import download
from ui.handlers.error_handlers import HandlerResult, error_result, handle_errors, problem_result
from ui.html.links import checked_base, shared
from ui.html.markup import EMPTY
from ui.render.answers import render_problem
from ui.render.batch import CHOICES, USUAL, progress, render_batch, render_rows, summary
from ui.state.batch_jobs import KEPT, SHOWN, BatchJob, BatchJobs, UnknownBatchError
from ui.state.concurrency import BusyError
from ui.words import PageWords, words_for

QUESTIONS = 2_000  # in one batch
MAX_FILE_KB = 700  # kilobytes of a file; in base64 it fits into what a request may bring (ui/security/body_limits.py)

_FORMATS: dict[str, Literal["csv", "xlsx", "md"]] = {"csv": "csv", "xlsx": "xlsx", "md": "md"}


class BatchHandlers:
    """Handlers of the batch view."""

    def __init__(self, ask: AskHandlers, jobs: BatchJobs | None = None) -> None:
        self._ask = ask
        self._jobs = jobs or BatchJobs()

    def view(self, job: str, language: str) -> HandlerResult:
        """Return the view: the form, or a batch with the rows found so far.

        Args:
            job: the name of a batch, empty for the form.
            language: of the page, zh or en.

        """
        words = words_for(language)
        try:
            found, problem = (self._jobs.get(job) if job else None), EMPTY
        except UnknownBatchError:
            found, problem = None, render_problem(_unknown(words))
        html = render_batch(found, words, most=QUESTIONS, max_file_kb=MAX_FILE_KB, problem=problem)
        return {"html": html, "ended": found is None or found.done == found.total}

    def start(self, name: str, data: str, documents: list[str], k: int, language: str) -> HandlerResult:
        """Read a list of questions.

        Args:
            name: of the file, with the ending txt, csv, jsonl or xlsx.
            data: its bytes in base64.
            documents: ids of the documents to ask; none for all.
            k: passages for each question: 1, 3, 5 or 10.
            language: of the page, zh or en.

        Returns:
            The name of the batch.

        """
        words = words_for(language)
        said = words.batch
        if len(data) > MAX_FILE_KB * 1000 * 4 // 3 + 4:
            return problem_result(said.too_big.format(kb=MAX_FILE_KB))
        try:
            content = b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            return problem_result(said.unreadable)
        if not content.strip():
            return problem_result(said.nothing)
        return handle_errors(words, lambda: self._start(PurePath(name).name, content, documents, k, words))

    def next_block(self, job: str, language: str) -> HandlerResult:
        """Ask the next few questions of a batch.

        Args:
            job: the name of the batch.
            language: of the page, zh or en.

        Returns:
            The progress and the rows of these questions; ``again`` if others were served and none was asked.

        """
        words = words_for(language)
        return self._with_job(job, words, lambda found: self._next_block(found, words))

    def download(self, job: str, form: str, wide: bool, language: str, base: str) -> HandlerResult:
        """Return the table of a batch with the rows found so far.

        Args:
            job: the name of the batch.
            form: csv, xlsx or md.
            wide: one row a question, with columns for each passage; Markdown has no such form.
            language: of the page, zh or en.
            base: the address of the page, for links.

        Returns:
            The name of the file, its media type and its bytes in base64.

        """
        words = words_for(language)
        return self._with_job(job, words, lambda found: _table(found, form, wide, words, checked_base(base)))

    def _with_job(self, job: str, words: PageWords, do: Callable[[BatchJob], HandlerResult]) -> HandlerResult:
        try:
            found = self._jobs.get(job)
        except UnknownBatchError:
            return problem_result(_unknown(words))
        return handle_errors(words, lambda: do(found))

    def _start(self, name: str, content: bytes, documents: list[str], k: int, words: PageWords) -> HandlerResult:
        said, serving = words.batch, self._ask.live.current()
        k = k if k in CHOICES else USUAL
        try:
            asked = read_questions_bytes(content, name)
            if len(asked.questions) > QUESTIONS:
                count = f"{len(asked.questions):,}"
                return problem_result(said.too_many.format(count=count, questions=f"{QUESTIONS:,}"))
            batch = Batch(
                asked=asked,
                options=BatchOptions(k=k, titles=tuple(documents)),
                generation=serving.generation,
                model=serving.searcher.contract,
            )
            for wide in (False, True):
                _in_form(batch, wide=wide).check(serving.searcher, "csv")
        except QuestionError as error:
            return error_result(error, words, title=said.unreadable)
        job = self._jobs.add(name, batch)
        return {"job": job.id, "total": job.total}

    def _next_block(self, job: BatchJob, words: PageWords) -> HandlerResult:
        with job.lock:
            serving, first = self._ask.live.current(), job.done
            if serving.generation != job.batch.generation and first < job.total:
                return problem_result(words.batch.changed)
            try:
                with self._ask.limit.hold():
                    answers = job.batch.ask_block(serving.searcher, job.found)
            except BusyError:
                return {"again": True}
            shown = answers[: max(SHOWN - first, 0)]
            job.shown += shown
            done = job.done
        return {
            "first": first,
            "done": done,
            "total": job.total,
            "rows": render_rows(shown, first, words),
            "progress": progress(job, words),
            "summary": summary(job.found, words),
        }


def _in_form(batch: Batch, *, wide: bool, base: str = "") -> Batch:
    return replace(batch, options=replace(batch.options, wide=wide, base=base))


def _table(job: BatchJob, form: str, wide: bool, words: PageWords, base: str) -> HandlerResult:
    kind = _FORMATS.get(form)
    if not job.done or kind is None:
        return problem_result(words.export.nothing)
    base = shared(base) if kind == "md" else base  # a report is read by others, a table often by its maker
    data = BytesIO()
    _in_form(job.batch, wide=wide, base=base).write(data, kind, job.found, mark=True)
    return download(words.batch.file_name.format(name=PurePath(job.name).stem), kind, data.getvalue())


def _unknown(words: PageWords) -> str:
    return words.batch.unknown.format(most=KEPT)
