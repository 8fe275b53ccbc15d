"""Which model, where its files are, and what an index and a question must agree on."""

import hashlib
import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from index.errors import ModelError
from index.models import e5_folder, hub, packaged

DEFAULT_MODEL = "intfloat/multilingual-e5-small"


class Named(Protocol):
    """A model by its name and revision, such as ModelFiles or a ModelContract."""

    @property
    def name(self) -> str:
        """What `locate` takes."""

    @property
    def revision(self) -> str:
        """Which one of that name."""


class Use(NamedTuple):
    """What a model is wanted for: the option that names it, how remedies end, and who publishes its short names."""

    option: str
    otherwise: str
    publisher: str


EMBEDDING = Use("--model", ", or leave --model away for the default model", "sentence-transformers")
OWN = Use("--model", "; the index was built with this model: say where it is now with --model", "sentence-transformers")
RERANKING = Use("--reranker", ", or leave --reranker away to do without one", "cross-encoder")

# The first E5 models need these prompts, say their authors, but their files on the hub do not.
_E5 = re.compile(r"intfloat/(multilingual-)?e5-(small|base|large)(-v2)?", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_CONFIGS = ("modules.json", "config.json")  # a folder with neither holds no model
_HASHED_SUFFIXES = {".json", ".txt", ".model", ".safetensors", ".bin"}  # what decides vectors: not README, not ONNX


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelContract:
    """What must be equal between building an index and asking it.

    ``name`` is what `locate` takes: a hub id or an absolute folder. ``revision`` is a hub commit, a hash of a folder's
    files, or the packaged weights' version and hash. ``max_tokens`` is None for a model without a limit. ``precision``
    is the type of the weights as they are computed with, such as "float32".
    """

    name: str
    revision: str
    dimension: int
    max_tokens: int | None
    precision: str
    query_prompt: str
    passage_prompt: str
    normalised: bool = True

    def __post_init__(self) -> None:
        if self.dimension < 1 or (self.max_tokens is not None and self.max_tokens < 1):
            raise ValueError(f"a model has at least one dimension and takes at least one token, not {self!r}")

    def to_json(self) -> dict[str, str | int | bool | None]:
        """The fields as a plain dict."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ModelContract":
        """The contract that `to_json` gave; raises ModelError where a field is missing, unknown or of another type."""
        wanted = {field.name for field in fields(cls)}
        if set(data) != wanted:
            raise ModelError(
                f"a model contract has the fields {', '.join(sorted(wanted))}, not {', '.join(sorted(data))}; {_AGAIN}"
            )
        for name, value in data.items():
            if type(value) not in _JSON_TYPES[name]:
                raise ModelError(f"the model contract's {name} cannot be {value!r}; {_AGAIN}")
        try:
            return cls(**data)
        except ValueError as error:
            raise ModelError(f"{error}; {_AGAIN}") from error

    def differences(self, other: "ModelContract") -> tuple[str, ...]:
        """In words, what ``other`` (the model at hand) has otherwise than this one (which built the index).

        A name alone is no difference: with one revision it is the same model under two names, such as a folder that
        was moved.
        """
        return tuple(
            f"{words} was {getattr(self, name)!r}, is {getattr(other, name)!r}"
            for name, words in _WORDS.items()
            if getattr(self, name) != getattr(other, name) and (name != "name" or self.revision != other.revision)
        )


def mismatch(contract: ModelContract, other: ModelContract) -> ModelError | None:
    """The error if the model at hand, ``other``, is not the one that an index was built with, by its ``contract``.

    Its message names both and the command that mends it. A model that goes by the index's own name is no other one to
    ask with.
    """
    differences = contract.differences(other)
    if not differences:
        return None
    at_hand, built_with = shlex.quote(other.name), shlex.quote(contract.name)
    another = contract.name != other.name and contract.revision != other.revision
    return ModelError(
        f"the index was built with the model {contract.name}, and the one at hand is {other.name}: "
        f"{'; '.join(differences)}; {_AGAIN} --model {at_hand}"
        f"{f', or ask with its own: zhangju ask QUESTION --index DIR --model {built_with}' if another else ''}"
    )


_AGAIN = "build it again with: zhangju index SOURCE --index DIR"
_WORDS = {
    "name": "the model",
    "revision": "its revision",
    "dimension": "the dimension of its vectors",
    "max_tokens": "the most tokens it takes",
    "precision": "what it computes in",
    "query_prompt": "the prompt before a question",
    "passage_prompt": "the prompt before a passage",
    "normalised": "whether its vectors have unit length",
}
_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "name": (str,),
    "revision": (str,),
    "dimension": (int,),
    "max_tokens": (int, type(None)),
    "precision": (str,),
    "query_prompt": (str,),
    "passage_prompt": (str,),
    "normalised": (bool,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFiles:
    """A model that is on this machine: a sentence-transformers folder and which one it is.

    ``prompts`` are for a model that is known to need some; those in its own files go before them. ``mend`` says what to
    do if the folder turns out to be damaged.
    """

    name: str
    folder: Path
    revision: str
    mend: str
    prompts: Mapping[str, str] = field(default_factory=dict)


def _silent(_message: str) -> None:
    pass


def locate(name: str | None = None, *, use: Use = EMBEDDING, report: Callable[[str], None] = _silent) -> ModelFiles:
    """Finds a model's files, unpacking or downloading them if need be; raises ModelError where it cannot be had.

    ``name`` is None or `DEFAULT_MODEL` for the packaged model, an existing folder, or a hub id. ``report`` is told in
    a sentence of what takes long. ``use`` is for the remedies and for hub ids without a publisher.
    """
    name = (name or "").strip() or DEFAULT_MODEL
    if name == DEFAULT_MODEL:
        source = packaged.weights_file()
        return _downloaded(name, use, report) if source is None else _unpacked(source, report)
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            return _of_folder(path.resolve(), use)
        if _is_meant_as_path(name, path):
            raise ModelError(
                f"{name} is {'a file' if path.exists() else 'not there'}, and a folder with a model was wanted; "
                f"check the path{use.otherwise}"
            )
    except (OSError, RuntimeError) as error:  # a folder that may not be read, a ~user that is nobody
        raise ModelError(f"the model {name} cannot be read ({error}); check the path{use.otherwise}") from error
    return _downloaded(name, use, report)


def _unpacked(source: Path, report: Callable[[str], None]) -> ModelFiles:
    folder, revision = packaged.unpack(source, report=report)
    mend = f"delete {folder}, and it is unpacked again"
    return ModelFiles(name=DEFAULT_MODEL, folder=folder, revision=revision, mend=mend)


def _downloaded(name: str, use: Use, report: Callable[[str], None]) -> ModelFiles:
    remedy = (
        "check the spelling and the connection, or download the model once on a machine with a network and pass its "
        f"folder with {use.option}{'' if name == DEFAULT_MODEL else use.otherwise}"
    )
    repository = name if "/" in name else f"{use.publisher}/{name}"
    folder, revision = hub.fetch(repository, remedy=remedy, report=report)
    mend = f"delete {folder.parents[1]}, and it is downloaded again"  # above snapshots/<commit> are the files proper
    prompts = e5_folder.PROMPTS if _E5.fullmatch(name) else {}
    return ModelFiles(name=name, folder=folder, revision=revision, mend=mend, prompts=prompts)


def _of_folder(folder: Path, use: Use) -> ModelFiles:
    if not any((folder / config).is_file() for config in _CONFIGS):
        raise ModelError(
            f"{folder} holds no model: neither {' nor '.join(_CONFIGS)} is in it; name a folder that "
            f"sentence-transformers saved{use.otherwise}"
        )
    mend = f"copy it again from where it came{use.otherwise}"
    return ModelFiles(name=str(folder), folder=folder, revision=_folder_revision(folder), mend=mend)


def _is_meant_as_path(name: str, path: Path) -> bool:
    """Whether a name that is no folder was a slip for one, and not a hub id such as ``BAAI/bge-m3``."""
    return (
        name.startswith((".", "~", "/"))
        or "\\" in name
        or name.count("/") > 1
        or path.is_absolute()
        or path.exists()
        or (len(path.parts) > 1 and Path(path.parts[0]).is_dir())
    )


def _folder_revision(folder: Path) -> str:
    """The commit, if it is the hub's snapshot of one, else a sha256 over the files that decide the vectors."""
    if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name):
        return folder.name
    digest = hashlib.sha256()
    for part in ["", *_module_folders(folder)]:
        for path in sorted((folder / part).iterdir()):
            if path.is_file() and path.suffix in _HASHED_SUFFIXES:
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
                digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _module_folders(folder: Path) -> list[str]:
    """The folders below it that hold its modules, such as 1_Pooling; none for a plain transformer."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        paths = {str(module["path"]) for module in modules}
    except (OSError, ValueError, KeyError, TypeError):  # not there, or damaged: loading will say so
        return []
    return sorted(path for path in paths if path and (folder / path).is_dir())
