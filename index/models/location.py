"""The location of a model's files: the packaged default model, a local folder, or the model hub."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from index.errors import ModelError
from index.models import e5_folder, hub, packaged

DEFAULT_MODEL = "intfloat/multilingual-e5-small"


class ModelRole(NamedTuple):
    """The purpose of a model: the option that names it, the end of its error messages, and its default publisher."""

    option: str
    fallback: str  # appended to the remedy: the way to do without this model
    publisher: str  # of hub ids without one


EMBEDDING = ModelRole("--model", ", or leave --model out to use the default model", "sentence-transformers")
INDEX_MODEL = ModelRole(
    "--model", "; the index was built with this model: give its current location with --model", "sentence-transformers"
)
RERANKING = ModelRole("--reranker", ", or leave --reranker out to search without one", "cross-encoder")

# The first E5 models need these prompts, say their authors, but their files on the hub do not.
_E5 = re.compile(r"intfloat/(multilingual-)?e5-(small|base|large)(-v2)?", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_CONFIGS = ("modules.json", "config.json")  # a model folder has at least one of them
_HASHED_SUFFIXES = {".json", ".txt", ".model", ".safetensors", ".bin"}  # files that affect vectors: not README or ONNX


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFiles:
    """A model on this machine: its identity and its sentence-transformers folder.

    ``prompts`` are for models that are known to need some; prompts in the model's own files take precedence.
    ``remedy`` is the advice for a folder that turns out to be damaged.
    """

    name: str
    folder: Path
    revision: str
    remedy: str
    prompts: Mapping[str, str] = field(default_factory=dict)


def _ignore(_message: str) -> None:
    pass


def locate(
    name: str | None = None, *, role: ModelRole = EMBEDDING, report: Callable[[str], None] = _ignore
) -> ModelFiles:
    """Return the files of a model, unpacking or downloading them first if necessary; raise ModelError if unavailable.

    ``name`` is None or `DEFAULT_MODEL` for the packaged model, an existing folder, or a hub id. ``report`` receives a
    message before a slow step. ``role`` sets the option in error messages and the publisher of short hub ids.
    """
    name = (name or "").strip() or DEFAULT_MODEL
    if name == DEFAULT_MODEL:
        weights = packaged.weights_file()
        return _download(name, role, report) if weights is None else _unpack(weights, report)
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            return _local_folder(path.resolve(), role)
        if _looks_like_path(name, path):
            raise ModelError(
                f"{name} {'is a file' if path.exists() else 'does not exist'}, but a model folder is needed; "
                f"check the path{role.fallback}"
            )
    except (OSError, RuntimeError) as error:  # an unreadable folder, an unknown ~user
        raise ModelError(f"the model {name} cannot be read ({error}); check the path{role.fallback}") from error
    return _download(name, role, report)


def _unpack(weights: Path, report: Callable[[str], None]) -> ModelFiles:
    folder, revision = packaged.unpack(weights, report=report)
    remedy = f"delete {folder}, and it is unpacked again"
    return ModelFiles(name=DEFAULT_MODEL, folder=folder, revision=revision, remedy=remedy)


def _download(name: str, role: ModelRole, report: Callable[[str], None]) -> ModelFiles:
    remedy = (
        "check the spelling and the connection, or download the model on a machine with a network and pass its "
        f"folder with {role.option}{'' if name == DEFAULT_MODEL else role.fallback}"
    )
    repository = name if "/" in name else f"{role.publisher}/{name}"
    folder, revision = hub.fetch(repository, remedy=remedy, report=report)
    remedy = f"delete {folder.parents[1]}, and it is downloaded again"  # the folder that contains snapshots/<commit>
    prompts = e5_folder.PROMPTS if _E5.fullmatch(name) else {}
    return ModelFiles(name=name, folder=folder, revision=revision, remedy=remedy, prompts=prompts)


def _local_folder(folder: Path, role: ModelRole) -> ModelFiles:
    if not any((folder / config).is_file() for config in _CONFIGS):
        raise ModelError(
            f"{folder} contains no model: {' and '.join(_CONFIGS)} are both missing; name a folder that "
            f"sentence-transformers saved{role.fallback}"
        )
    remedy = f"copy it again from its source{role.fallback}"
    return ModelFiles(name=str(folder), folder=folder, revision=_folder_revision(folder), remedy=remedy)


def _looks_like_path(name: str, path: Path) -> bool:
    """Return whether a name that is not a folder was meant as a path, not as a hub id such as ``BAAI/bge-m3``."""
    return (
        name.startswith((".", "~", "/"))
        or "\\" in name
        or name.count("/") > 1
        or path.is_absolute()
        or path.exists()
        or (len(path.parts) > 1 and Path(path.parts[0]).is_dir())
    )


def _folder_revision(folder: Path) -> str:
    """Return the commit of a hub snapshot folder, otherwise a sha256 over the files that affect the vectors."""
    if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name):
        return folder.name
    digest = hashlib.sha256()
    for part in ["", *_module_folders(folder)]:
        for path in sorted((folder / part).iterdir()):
            if path.is_file() and path.suffix in _HASHED_SUFFIXES:
                content = packaged.file_sha256(path)
                digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _module_folders(folder: Path) -> list[str]:
    """Return the subfolders of a model's modules, such as 1_Pooling; empty for a plain transformer."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        paths = {str(module["path"]) for module in modules}
    except (OSError, ValueError, KeyError, TypeError):  # missing or damaged: loading reports it
        return []
    return sorted(path for path in paths if path and (folder / path).is_dir())
