"""Audit log: a line of JSON for each sign-in and each change of the library, for those who run the page."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from index.errors import AccessError

log = logging.getLogger(__name__)


class AuditLog:
    """Appends events to a file that only its owner can read; without a file it does nothing.

    The file is opened for each event, so that it can be moved away at any time. An event that cannot be written is
    reported in the log of the server, and what caused it goes on.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = Lock()

    def check(self) -> None:
        """Raise AccessError if the file cannot be written."""
        if self._path is None:
            return
        try:
            self._append(b"")
        except OSError as error:
            raise AccessError(
                f"{self._path} cannot be written ({error.strerror or error}); name another --audit-log"
            ) from error

    def record(self, event: str, who: str = "", **details: object) -> None:
        """Append an event; empty details are left out."""
        if self._path is None:
            return
        time = datetime.now(UTC).isoformat(timespec="seconds")
        entry = {"time": time, "event": event, "who": who, **details}
        line = json.dumps({key: value for key, value in entry.items() if value}, ensure_ascii=False) + "\n"
        try:
            self._append(line.encode("utf-8", "replace"))
        except OSError as error:
            log.error("the audit log %s cannot be written: %s", self._path, error)

    def _append(self, data: bytes) -> None:
        assert self._path is not None
        with self._lock:
            target = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(target, data)  # in one piece
            finally:
                os.close(target)
