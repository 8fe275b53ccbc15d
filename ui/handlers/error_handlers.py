"""The edge of the interface: what goes wrong behind it is shown in words, and what nobody foresaw is logged."""

import logging
from collections.abc import Callable
from typing import Any

from index.errors import DocumentError, ModelError, QuestionError, StoreError, UnknownPlaceError, ZhangjuError
from ui.render.answers import render_problem
from ui.render.notices import render_reason
from ui.state.concurrency import BusyError
from ui.words import PageWords

log = logging.getLogger(__name__)

HandlerResult = dict[str, Any]  # what the page gets: "html", and what its script needs besides


def handle_errors(words: PageWords, do: Callable[[], HandlerResult]) -> HandlerResult:
    """What ``do`` gives; instead of an error a problem in words, marked by ``problem``."""
    try:
        return do()
    except BusyError:
        return problem_result(words.frame.busy)
    except ZhangjuError as error:
        return error_result(error, words)
    except Exception:
        log.exception("a request of the page failed")
        return problem_result(words.unexpected, title=words.failed)


def error_result(error: ZhangjuError, words: PageWords, *, title: str = "") -> HandlerResult:
    """What went wrong, by its kind in the language of the page, or under a ``title``; its own words as the reason."""
    reason = render_reason(str(error), words)
    return {"html": render_problem("", title=title or _kind(error, words), reason=reason), "problem": True}


def _kind(error: ZhangjuError, words: PageWords) -> str:
    kinds = (
        (UnknownPlaceError, words.error.place),
        (QuestionError, words.unusable),
        (DocumentError, words.error.document),
        (ModelError, words.error.model),
        (StoreError, words.error.store),
    )
    return next((said for kind, said in kinds if isinstance(error, kind)), words.failed)


def problem_result(message: str, *, title: str = "") -> HandlerResult:
    """Something that went wrong, as the page gets it."""
    return {"html": render_problem(message, title=title), "problem": True}
