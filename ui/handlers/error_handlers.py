"""Error handlers: expected errors become messages in the language of the page, unexpected ones are logged."""

import logging
from collections.abc import Callable
from typing import Any

from index.errors import (
    DocumentError,
    ModelError,
    QuestionError,
    StoreError,
    TimeLimitError,
    UnknownPlaceError,
    ZhangjuError,
)
from ui.render.answers import render_problem
from ui.render.notices import render_reason
from ui.state.concurrency import BusyError
from ui.state.metrics import Outcome
from ui.words import PageWords

log = logging.getLogger(__name__)

HandlerResult = dict[str, Any]  # "html", "problem" if it is an error message, and further data for the page's script


def handle_errors(words: PageWords, handler: Callable[[], HandlerResult]) -> HandlerResult:
    """Return the result of ``handler``, or an error message in its place."""
    try:
        return handler()
    except ZhangjuError as error:
        return {**error_result(error, words), "outcome": outcome_of(error)}
    except Exception:
        log.exception("a request of the page failed")
        return {**problem_result(words.unexpected, title=words.failed), "outcome": Outcome.FAILED}


def error_result(error: ZhangjuError, words: PageWords, *, title: str = "") -> HandlerResult:
    """Return the message of an error under a title, by default that of its kind."""
    if isinstance(error, BusyError | TimeLimitError):
        return problem_result(words.frame.busy if isinstance(error, BusyError) else words.frame.too_slow)
    reason = render_reason(str(error), words)
    return {"html": render_problem("", title=title or _title(error, words), reason=reason), "problem": True}


def outcome_of(error: ZhangjuError) -> Outcome:
    """Return how a call ended that raised this error."""
    if isinstance(error, TimeLimitError):
        return Outcome.TIMEOUT
    return Outcome.BUSY if isinstance(error, BusyError) else Outcome.REFUSED


def problem_result(message: str, *, title: str = "") -> HandlerResult:
    """Return an error message."""
    return {"html": render_problem(message, title=title), "problem": True}


def _title(error: ZhangjuError, words: PageWords) -> str:
    titles = (
        (UnknownPlaceError, words.error.place),
        (QuestionError, words.unusable),
        (DocumentError, words.error.document),
        (ModelError, words.error.model),
        (StoreError, words.error.store),
    )
    return next((title for kind, title in titles if isinstance(error, kind)), words.failed)
