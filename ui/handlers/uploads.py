"""Files that visitors send: each goes to the disk piece by piece and is refused at the first piece that is too much."""

from collections.abc import Mapping
from threading import Lock

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from index.building import uploads
from index.building.uploads import IncomingUpload, Upload
from index.errors import DocumentError, ZhangjuError
from index.loaders.limits import MAX_FILE_BYTES
from index.storage import durable
from ui.render.answers import render_problem
from ui.security.body_limits import declared_length, discard_body
from ui.state.index_jobs import IndexJobs
from ui.words import PageWords, words_for

MOST_WAITING = 50  # files that have arrived and are not yet added
_TYPE = "application/octet-stream"  # which no form of a page elsewhere can send


class _RefusedError(Exception):
    """What is sent is not taken; ``said`` is why, in the words of the page."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class UploadEndpoint:
    """Takes a file in a request of its own; what has arrived waits, by a token, until it is added or given up."""

    def __init__(self, index_jobs: IndexJobs, *, most: int = MAX_FILE_BYTES) -> None:
        self._index_jobs = index_jobs
        self._most = most
        self._lock = Lock()
        self._promised = 0  # bytes of files that arrive just now
        self._waiting: dict[str, tuple[Upload, int]] = {}  # by token, with the size

    async def receive(self, request: Request) -> Response:
        """The bytes of one file as the body; ``name`` and ``language`` are parameters of the address."""
        words = words_for(request.query_params.get("language", ""))
        name = request.query_params.get("name", "")
        try:
            upload, size = await self._received(request, name, words)
        except _RefusedError as error:
            await discard_body(request.receive)
            return _told(error.status, error.said)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except ZhangjuError as error:  # the disk is full, or cannot be written
            return _told(507, str(error))
        token = upload.path.name
        with self._lock:
            self._waiting[token] = upload, size
        return JSONResponse({"token": token, "name": upload.name})

    def take(self, tokens: list[str]) -> tuple[Upload, ...]:
        """The files behind some tokens, which are then forgotten; those unknown or given up are left out."""
        with self._lock:
            found = [self._waiting.pop(token) for token in dict.fromkeys(tokens) if token in self._waiting]
        return tuple(upload for upload, _ in found if upload.path.is_file())

    def discard(self, uploads: tuple[Upload, ...]) -> None:
        """Remove files that are not wanted after all."""
        for upload in uploads:
            durable.remove(upload.path)

    async def _received(self, request: Request, name: str, words: PageWords) -> tuple[Upload, int]:
        length = declared_length(request.headers)
        safe = self._checked(name, length, request.headers, words)
        promised = self._most if length is None else length
        self._promise(promised, words)
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
                self._promised -= promised

    async def _write(self, request: Request, arriving: IncomingUpload, words: PageWords) -> None:
        async for piece in request.stream():
            if arriving.size + len(piece) > self._most:
                raise self._too_large(request.query_params.get("name", ""), arriving.size + len(piece), words)
            await to_thread.run_sync(arriving.write, piece)
        if not arriving.size:
            raise _RefusedError(400, words.library.empty_file.format(name=request.query_params.get("name", "")))

    def _checked(self, name: str, length: int | None, headers: Mapping[str, str], words: PageWords) -> str:
        """The name that the file will have; all that can be refused before its first piece is."""
        if not self._index_jobs.editable:
            raise _RefusedError(403, words.library.read_only)
        if (work := self._index_jobs.work) is not None and work.is_going_on:
            raise _RefusedError(409, words.library.busy)
        if headers.get("content-type", "") != _TYPE:
            raise _RefusedError(415, f"{words.failed}: Content-Type {_TYPE}")
        try:
            safe = uploads.safe_name(name)
        except DocumentError as error:
            raise _RefusedError(415, words.library.wrong_kind(name)) from error
        if length is not None and length > self._most:
            raise self._too_large(name, length, words)
        return safe

    def _promise(self, size: int, words: PageWords) -> None:
        with self._lock:
            self._forget()
            if len(self._waiting) >= MOST_WAITING:
                raise _RefusedError(429, words.library.too_many.format(most=MOST_WAITING))
            there = self._promised + sum(waiting for _, waiting in self._waiting.values())
            if not uploads.has_room(self._index_jobs.directory, there + size):
                raise _RefusedError(507, words.library.full)
            self._promised += size

    def _forget(self) -> None:
        """Those that were given up and removed."""
        self._waiting = {token: one for token, one in self._waiting.items() if one[0].path.is_file()}

    def _too_large(self, name: str, size: int, words: PageWords) -> _RefusedError:
        return _RefusedError(413, words.library.too_large(name, size, self._most))


def _told(status: int, said: str) -> JSONResponse:
    # what is still on its way is not read
    return JSONResponse({"html": render_problem(said), "problem": True}, status, {"Connection": "close"})
