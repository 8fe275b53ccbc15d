"""Upload endpoint: files are written to disk piece by piece, and refused at the first piece beyond a limit."""

import time
from collections.abc import Mapping
from threading import Lock
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from index.building import uploads
from index.building.uploads import IncomingUpload, Upload
from index.errors import DocumentError, ZhangjuError
from index.loaders.limits import MAX_FILE_BYTES
from index.storage import durable
from ui.handlers.error_handlers import problem_result
from ui.security.body_limits import declared_length, discard_body
from ui.state.index_jobs import IndexJobs
from ui.words import PageWords, words_for

MAX_WAITING = 50  # uploaded files that are not yet added
_FORGOTTEN_SECONDS = 300.0  # after which a file makes room: the page adds its files at once
_MEDIA_TYPE = "application/octet-stream"  # a form of another web page cannot send it


class _RefusedError(Exception):
    """Refused upload, with the reason in the language of the page."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class _Waiting(NamedTuple):
    """Upload that is not yet added, with its size in bytes and the time when it was complete."""

    upload: Upload
    size: int
    at: float


class UploadEndpoint:
    """Receives one file in each request; it waits under a token until it is added or given up."""

    def __init__(self, index_jobs: IndexJobs, *, most: int = MAX_FILE_BYTES) -> None:
        self._index_jobs = index_jobs
        self._most = most
        self._lock = Lock()
        self._reserved = 0  # bytes of files that are being uploaded
        self._waiting: dict[str, _Waiting] = {}  # by token

    async def receive(self, request: Request) -> Response:
        """Receive the bytes of a file as the body; ``name`` and ``language`` are query parameters."""
        words = words_for(request.query_params.get("language", ""))
        name = request.query_params.get("name", "")
        try:
            upload, size = await self._receive(request, name, words)
        except _RefusedError as error:
            await discard_body(request.receive)
            return _problem_response(error.status, error.reason)
        except ClientDisconnect:
            return Response(status_code=400)  # no client reads it
        except ZhangjuError as error:  # the disk is full or read-only
            return _problem_response(507, str(error))
        token = upload.path.name
        with self._lock:
            self._waiting[token] = _Waiting(upload, size, time.monotonic())
        return JSONResponse({"token": token, "name": upload.name})

    def take(self, tokens: list[str]) -> tuple[Upload, ...]:
        """Return the files of some tokens and forget them; unknown tokens are left out."""
        with self._lock:
            found = [self._waiting.pop(token) for token in dict.fromkeys(tokens) if token in self._waiting]
        return tuple(one.upload for one in found if one.upload.path.is_file())

    def discard(self, uploads: tuple[Upload, ...]) -> None:
        """Delete files that are not added after all."""
        for upload in uploads:
            durable.remove(upload.path)

    async def _receive(self, request: Request, name: str, words: PageWords) -> tuple[Upload, int]:
        length = declared_length(request.headers)
        safe = self._check(name, length, request.headers, words)
        reserved = self._most if length is None else length
        self._reserve(reserved, words)
        try:
            arriving = IncomingUpload(self._index_jobs.directory, safe)
            try:
                await self._write(request, arriving, words)
                return await to_thread.run_sync(arriving.finish), arriving.size
            except BaseException:
                arriving.discard()
                raise
        finally:
            with self._lock:
                self._reserved -= reserved

    async def _write(self, request: Request, arriving: IncomingUpload, words: PageWords) -> None:
        async for piece in request.stream():
            if arriving.size + len(piece) > self._most:
                raise self._too_large(request.query_params.get("name", ""), arriving.size + len(piece), words)
            await to_thread.run_sync(arriving.write, piece)
        if not arriving.size:
            raise _RefusedError(400, words.library.empty_file.format(name=request.query_params.get("name", "")))

    def _check(self, name: str, length: int | None, headers: Mapping[str, str], words: PageWords) -> str:
        """Return a safe name for the file. Raises _RefusedError for all that can be refused before its first piece."""
        if not self._index_jobs.editable:
            raise _RefusedError(403, words.library.read_only)
        if (job := self._index_jobs.current) is not None and job.is_running:
            raise _RefusedError(409, words.library.busy)
        if headers.get("content-type", "") != _MEDIA_TYPE:
            raise _RefusedError(415, f"{words.failed}: Content-Type {_MEDIA_TYPE}")
        try:
            safe = uploads.safe_name(name)
        except DocumentError as error:
            raise _RefusedError(415, words.library.unsupported(name)) from error
        if length is not None and length > self._most:
            raise self._too_large(name, length, words)
        return safe

    def _reserve(self, size: int, words: PageWords) -> None:
        with self._lock:
            self._forget_deleted()
            if len(self._waiting) >= MAX_WAITING:
                self._drop_forgotten()
            if len(self._waiting) >= MAX_WAITING:
                raise _RefusedError(429, words.library.too_many.format(most=MAX_WAITING))
            used = self._reserved + sum(one.size for one in self._waiting.values())
            if not uploads.has_room(self._index_jobs.directory, used + size):
                raise _RefusedError(507, words.library.full)
            self._reserved += size

    def _forget_deleted(self) -> None:
        self._waiting = {token: one for token, one in self._waiting.items() if one.upload.path.is_file()}

    def _drop_forgotten(self) -> None:
        since = time.monotonic() - _FORGOTTEN_SECONDS
        self.discard(tuple(one.upload for one in self._waiting.values() if one.at < since))
        self._forget_deleted()

    def _too_large(self, name: str, size: int, words: PageWords) -> _RefusedError:
        return _RefusedError(413, words.library.too_large(name, size, self._most))


def _problem_response(status: int, reason: str) -> JSONResponse:
    return JSONResponse(problem_result(reason), status, {"Connection": "close"})  # the rest of the body is not read
