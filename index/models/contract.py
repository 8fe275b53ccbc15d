"""The model contract: the properties of an embedding model that an index and its questions must share."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

from index.errors import ModelError

# Engines and precisions whose vectors of one text have a cosine of at least AGREEMENT (docs/speed.md): an index that
# was built with one of them can be searched with another.
AGREEING = frozenset({"float32", "openvino float32", "openvino bfloat16"})
AGREEMENT = 0.999


class ModelIdentity(Protocol):
    """The name and revision of a model; ModelFiles and ModelContract have both."""

    @property
    def name(self) -> str:
        """A hub id or an absolute folder, as `index.models.location.locate` takes it."""

    @property
    def revision(self) -> str:
        """The version of the weights under that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelContract:
    """The properties of a model that must be equal when an index is built and when it is searched.

    ``name`` is a hub id or an absolute folder. ``revision`` is a hub commit, a hash of a folder's files, or the version
    and hash of the packaged weights. ``max_tokens`` is None for a model without a limit. ``precision`` is the type
    of the weights during computation, such as "float32", after the name of the engine unless that is torch.
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
            raise ValueError(f"a model needs at least one dimension and one token, not {self!r}")

    def to_json(self) -> dict[str, str | int | bool | None]:
        """Return the fields as a plain dict."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ModelContract":
        """Return the contract that `to_json` wrote; raise ModelError for missing, unknown or mistyped fields."""
        expected = {field.name for field in fields(cls)}
        if set(data) != expected:
            raise ModelError(
                f"a model contract has the fields {', '.join(sorted(expected))}, not {', '.join(sorted(data))}; "
                f"{_REBUILD}"
            )
        for name, value in data.items():
            if type(value) not in _JSON_TYPES[name]:
                raise ModelError(f"the model contract's {name} cannot be {value!r}; {_REBUILD}")
        try:
            return cls(**data)
        except ValueError as error:
            raise ModelError(f"{error}; {_REBUILD}") from error

    def differences(self, other: "ModelContract", *, exact: bool = True) -> tuple[str, ...]:
        """Describe each field of ``other``, the loaded model, that differs from this one, the model of the index.

        A different name with the same revision is not a difference: the model folder was moved. Unless ``exact``, two
        `AGREEING` precisions are no difference: their vectors can be compared, though an index holds only one kind.
        """
        agree = not exact and {self.precision, other.precision} <= AGREEING
        return tuple(
            f"{label} was {getattr(self, name)!r}, is {getattr(other, name)!r}"
            for name, label in _LABELS.items()
            if getattr(self, name) != getattr(other, name)
            and (name != "name" or self.revision != other.revision)
            and (name != "precision" or not agree)
        )


def model_mismatch(contract: ModelContract, other: ModelContract) -> ModelError | None:
    """Return the error for a loaded model ``other`` that differs from the ``contract`` of an index; None if they agree.

    The message names both models and the command that resolves it. It offers the index's own model as an alternative
    only if that has another name: the same name would load the same wrong model.
    """
    differences = contract.differences(other, exact=False)
    if not differences:
        return None
    loaded, original = shlex.quote(other.name), shlex.quote(contract.name)
    has_alternative = contract.name != other.name and contract.revision != other.revision
    alternative = f", or use its own model: zhangju ask QUESTION --index DIR --model {original}"
    return ModelError(
        f"the index was built with the model {contract.name}, but the loaded model is {other.name}: "
        f"{'; '.join(differences)}; {_REBUILD} --model {loaded}{alternative if has_alternative else ''}"
    )


_REBUILD = "build it again with: zhangju index SOURCE --index DIR"
_LABELS = {
    "name": "the model",
    "revision": "its revision",
    "dimension": "its dimension",
    "max_tokens": "its token limit",
    "precision": "its precision",
    "query_prompt": "its query prompt",
    "passage_prompt": "its passage prompt",
    "normalised": "its normalisation of vectors",
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
