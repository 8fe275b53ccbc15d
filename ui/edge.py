"""The edge of the interface: what goes wrong behind it is shown in words, and what nobody foresaw is logged."""

import logging
from collections.abc import Callable
from typing import Any

from index.errors import QuestionError, ZhangjuError
from ui.gate import BusyError
from ui.render.answers import render_problem
from ui.words import Words

log = logging.getLogger(__name__)

Shown = dict[str, Any]  # what the page gets: "html", and what its script needs besides


def guarded(words: Words, do: Callable[[], Shown]) -> Shown:
    """What ``do`` gives; instead of an error a problem in words, marked by ``problem``."""
    try:
        return do()
    except BusyError:
        return problem(words.room.busy)
    except ZhangjuError as error:
        title = words.unusable if isinstance(error, QuestionError) else words.failed
        return problem(str(error), title=title)
    except Exception:
        log.exception("a request of the page failed")
        return problem(words.unexpected, title=words.failed)


def problem(message: str, *, title: str = "") -> Shown:
    """Something that went wrong, as the page gets it."""
    return {"html": render_problem(message, title=title), "problem": True}
