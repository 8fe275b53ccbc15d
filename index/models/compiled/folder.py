"""The compiled form on disk: made once a model, used only if its digests match.

CACHE/compiled/<name>-<key>/            the files, and manifest.json, which seals them; key: a digest of the revision,
the prompts and FORMAT
CACHE/compiled/<name>-<key>.<pid>.tmp/  what a process is writing, or one that died was
CACHE/compiled/<name>-<key>.lock        held by the one process that converts
CACHE/compiled/<name>-<key>.refused     why a model does not convert, and by which versions
"""

import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from index.models import packaged
from index.models.compiled import word_table
from index.models.compiled.convert import Request, Settings
from index.models.location import ModelFiles

FORMAT = 1  # raise it with whatever changes what is written
MANIFEST = "manifest.json"

_MADE_WITH = ("openvino", "tokenizers", "torch", "transformers", "sentence-transformers")
_MUST_EQUAL = ("openvino", "tokenizers")  # those that read it; the others only made it
_READ_BY_ROW = (word_table.WORDS,)
_LOCK_SECONDS = 600.0
_KEY_LENGTH = 16
_ROOT = Path(__file__).resolve().parents[3]


class UnusableError(Exception):
    """A compiled form that is not there, damaged, or made by other versions: to be made again."""


class RefusedError(Exception):
    """A model that does not convert, by the versions installed."""


def folder_of(files: ModelFiles) -> Path:
    """Return where the compiled form of a model is or will be."""
    decides = json.dumps([FORMAT, files.revision, sorted(files.prompts.items())])
    key = hashlib.sha256(decides.encode()).hexdigest()[:_KEY_LENGTH]
    name = re.sub(r"[^\w.-]+", "-", Path(files.name).name)[:60]
    return packaged.cache_folder() / "compiled" / f"{name}-{key}"


def versions() -> dict[str, str]:
    """Return the versions of the libraries that a compiled form depends on."""
    return {name: version(name) for name in _MADE_WITH}


@cache
def version(name: str) -> str:
    """Return the version of a library; empty if it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def read(folder: Path, *, thorough: bool = False) -> Settings:
    """Check every file and return the settings. Raises UnusableError.

    The table of word embeddings is hashed as a whole only if ``thorough``: its rows are checked as they are read.
    """
    manifest = _manifest(folder)
    made = manifest["versions"]
    differing = [name for name in _MUST_EQUAL if made.get(name) != version(name)]
    if differing:
        raise UnusableError(f"it was made with {differing[0]} {made.get(differing[0])}")
    for name, known in manifest["files"].items():
        path = folder / name
        try:
            whole = path.stat().st_size == known["size"]
            if name not in _READ_BY_ROW or thorough:
                whole = whole and packaged.file_sha256(path) == known["sha256"]
        except OSError as error:
            raise UnusableError(f"{path} cannot be read") from error
        if not whole:
            raise UnusableError(f"{path} is damaged")
    return Settings.from_json(manifest["settings"])


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        digest, body = (folder / MANIFEST).read_text(encoding="utf-8").split("\n", 1)
        manifest: dict[str, Any] = json.loads(body)
    except (OSError, ValueError) as error:
        raise UnusableError(f"{folder / MANIFEST} is not there, or damaged") from error
    if digest != hashlib.sha256(body.encode()).hexdigest() or manifest["format"] != FORMAT:
        raise UnusableError(f"{folder / MANIFEST} is damaged, or of another format")
    return manifest


def digest(folder: Path) -> str:
    """Return the digest of a folder that `read` has checked."""
    return (folder / MANIFEST).read_text(encoding="utf-8").split("\n", 1)[0]


def refusal(folder: Path) -> str:
    """Return why a model did not convert by the versions installed; empty if that was not tried."""
    try:
        known = json.loads(_refused(folder).read_text(encoding="utf-8"))
        return str(known["reason"]) if known["versions"] == versions() else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _refused(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.refused")


def make(folder: Path, files: ModelFiles, report: Callable[[str], None]) -> None:
    """Convert the model, unless another process does so in this moment. Raises RefusedError and OSError."""
    from filelock import FileLock

    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock"), timeout=_LOCK_SECONDS):
        if _is_sound(folder):
            return
        report(f"converting the model {files.name} so that it starts and computes faster, once")
        packaged.remove_temporary(folder)
        partial = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
        partial.mkdir()
        try:
            _seal(partial, _converted(partial, files, folder))
            if folder.exists():
                folder.rename(folder.with_name(f"{folder.name}.unusable.tmp"))
            partial.rename(folder)
        finally:
            packaged.remove_temporary(folder)


def _is_sound(folder: Path) -> bool:
    try:
        read(folder, thorough=True)
    except UnusableError:
        return False
    return True


def _converted(partial: Path, files: ModelFiles, folder: Path) -> Settings:
    """Fill the folder in a process of its own, so that torch and its memory are gone afterwards."""
    request = Request(
        name=files.name,
        revision=files.revision,
        source=str(files.folder),
        target=str(partial),
        prompts=dict(files.prompts),
    )
    done = subprocess.run(
        [sys.executable, "-m", "index.models.compiled.convert", json.dumps(asdict(request))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode == 1:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        _write_json(_refused(folder), {"reason": reason, "versions": versions()})
        raise RefusedError(reason)
    if done.returncode:  # killed, or out of memory: it may succeed the next time
        raise RefusedError(f"the conversion ended with status {done.returncode}")
    return Settings.from_json(json.loads(done.stdout.splitlines()[-1]))


def _seal(folder: Path, settings: Settings) -> None:
    """Put the files on the disk, then the manifest with their sizes and digests."""
    known = {}
    for path in sorted(folder.iterdir()):
        packaged.sync(path)
        known[path.name] = {"size": path.stat().st_size, "sha256": packaged.file_sha256(path)}
    manifest = {"format": FORMAT, "versions": versions(), "files": known, "settings": asdict(settings)}
    body = json.dumps(manifest, ensure_ascii=False)
    path = folder / MANIFEST
    path.write_text(f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}", encoding="utf-8")
    packaged.sync(path)


def _write_json(path: Path, content: object) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)
