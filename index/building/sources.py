"""The source files of an index: found in files and folders, then read as documents."""

import errno
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from index.building.reading import document_reader
from index.errors import DocumentError
from index.loaders import LOADERS
from index.parsing.process import read_file
from index.records import Document
from index.references.links import link_documents

_TIMESTAMP_SECONDS = 0.02  # file systems give writes in quick succession the same time
_PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds, before a file that has changed is read again
_HIDDEN_PREFIXES = (".", "~$")  # the latter are lock files of open Word documents


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to index, and the id of its document: the path below the given source folder, or the file name."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedFiles:
    """The files found in some sources; ``skipped`` are files in folders that are not read."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Path, ...]


def collect(sources: Sequence[Path], *, exclude: Path | None = None) -> CollectedFiles:
    """Return the files in ``sources``, which are files or folders, sorted by name in each, except in ``exclude``.

    A subfolder that cannot be listed is returned as a file: reading it fails and gives the reason. Raises DocumentError
    for a source that does not exist, a folder without documents and two files with the same id.
    """
    files: list[SourceFile] = []
    skipped: list[Path] = []
    for source in sources:
        if _existing(source).is_dir():
            found, others = _list_folder(source, exclude)
            files += found
            skipped += others
        else:
            files.append(SourceFile(id=source.name, path=source))
    for one, other in pairwise(sorted(files, key=lambda f: f.id)):
        if one.id == other.id and one.path.resolve() != other.path.resolve():
            raise DocumentError(
                f"{one.path} and {other.path} would have the same name; give the folder that contains both"
            )
    return CollectedFiles(files=tuple({f.id: f for f in files}.values()), skipped=tuple(skipped))


def _existing(source: Path) -> Path:
    """Return the source. Raises DocumentError if it does not exist."""
    try:
        source.stat()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ELOOP):
            reason = f"cannot be read: {error.strerror or error}"
        else:
            reason = "is a broken link" if source.is_symlink() else "does not exist"
        raise DocumentError(f"{source} {reason}; give a file or a folder that exists") from error
    return source


def _list_folder(folder: Path, exclude: Path | None) -> tuple[list[SourceFile], list[Path]]:
    visible = sorted(_visible(folder, exclude.absolute() if exclude else None))
    readable = [p for p in visible if p.suffix.lower() in LOADERS or _is_unlisted(p)]
    if not readable:
        raise DocumentError(
            f"{folder} contains no documents ({len(visible)} other files); expected: {', '.join(sorted(LOADERS))}"
        )
    inside = [p for p in readable if not _leads_outside(p, folder)]
    files = [SourceFile(id=p.relative_to(folder).as_posix(), path=p) for p in inside]
    selected = set(inside)
    return files, [p for p in visible if p not in selected]


def _leads_outside(path: Path, folder: Path) -> bool:
    """Return whether a path in a folder is a link to an existing file outside of it."""
    try:
        return path.is_symlink() and path.exists() and not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a loop of links: reading it fails and gives the reason
        return False


def _visible(folder: Path, exclude: Path | None) -> Iterator[Path]:
    """Yield the visible files below a folder, links to folders, and subfolders that cannot be listed."""
    errors: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=errors.append):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from (Path(parent, name) for name in [*files, *links] if not name.startswith(_HIDDEN_PREFIXES))
        visible = [name for name in folders if not name.startswith(_HIDDEN_PREFIXES)]
        folders[:] = [name for name in visible if Path(parent, name).absolute() != exclude]
    yield from (Path(error.filename) for error in errors)


def _is_unlisted(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def read_files(files: Iterable[SourceFile]) -> tuple[tuple[Document, ...], dict[str, str]]:
    """Return the readable documents, linked with each other, and for the id of each unreadable file the reason.

    Raises DocumentError if none could be read, with a note for each of several files.
    """
    documents: list[Document] = []
    failures: dict[str, str] = {}
    with document_reader() as reader:
        for file in files:
            try:
                documents.append(reader.read(read_unchanging(file.path), _checked_id(file.id)))
            except DocumentError as error:
                failures[file.id] = str(error)
    if not documents and failures:
        raise _all_failed(tuple(failures.values()))
    return link_documents(documents), failures


def read_unchanging(path: Path) -> bytes:
    """Read a file that nobody changes meanwhile; one that changes is read again.

    Raises DocumentError if it cannot be read, or changes every time.
    """
    for pause in (*_PAUSES, 0.0):
        before = _state(path)
        data = read_file(path)
        if before is not None and before == _state(path) and before[1] == len(data):
            return data
        time.sleep(pause)
    raise DocumentError(
        f"{path} changes while it is read; wait until the program that writes it has ended, then run the command again"
    )


def _state(path: Path) -> tuple[int, ...] | None:
    """Return what a change of a file changes, None for one that is not there; waits until its time tells changes."""
    try:
        state = path.stat()
        age = time.time() - state.st_mtime
        if 0 <= age < _TIMESTAMP_SECONDS:
            time.sleep(_TIMESTAMP_SECONDS - age)
            state = path.stat()
    except (OSError, ValueError):
        return None
    return (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def _all_failed(failures: Sequence[str]) -> DocumentError:
    """Return the error for files of which none could be read."""
    if len(failures) == 1:
        return DocumentError(failures[0])
    error = DocumentError(f"none of {len(failures)} files could be read; see above for each")
    for failure in failures:
        error.add_note(failure)
    return error


def _checked_id(name: str) -> str:
    """Return a document's id. Raises DocumentError for one that can be neither stored nor shown."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        shown = name.encode("utf-8", "backslashreplace").decode()
        raise DocumentError(f"{shown}: the name of the file is not UTF-8; rename it") from error
    return name
