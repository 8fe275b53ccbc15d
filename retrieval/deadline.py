"""The deadline of a request: a long computation looks at it between two steps, as a thread cannot be stopped.

Without a ``time_limit`` around it, as on the command line, a computation has all the time that it needs.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from index.errors import TimeLimitError

_DEADLINE: ContextVar[float] = ContextVar("DEADLINE", default=math.inf)  # by time.monotonic()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Give the computations inside so many seconds from now, in this thread; an earlier deadline stays."""
    token = _DEADLINE.set(min(_DEADLINE.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def check_deadline() -> None:
    """Raise TimeLimitError if the deadline has passed; takes less than a microsecond."""
    if time.monotonic() > _DEADLINE.get():
        raise TimeLimitError
