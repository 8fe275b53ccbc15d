"""The state of an index: its generations, their damage, and the remedy."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.building import verification
from index.errors import DamageError, StoreError
from index.models.contract import AGREEMENT, model_mismatch
from index.models.encoder import Encoder
from index.storage import error_messages, store
from index.storage.error_messages import shell_quoted
from index.storage.generations import Generation, GenerationInfo
from index.storage.snapshot import Snapshot
from scripts.terminal import count

_ATTEMPTS = 20  # each fails only if a build was published meanwhile
MIN_COSINE = 0.9999  # of a stored vector and a new vector of the same text


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationState:
    """A generation with its summary and its problem, which is empty if it is intact.

    An ``unreadable`` one may be intact; ``remedy`` tells what to do.
    """

    generation: Generation
    live: bool
    info: GenerationInfo | None
    problem: str = ""
    unreadable: bool = False
    remedy: str = ""


def history(directory: Path) -> list[GenerationState]:
    """Return every kept generation, the live one first, by its manifest. Raises StoreError if CURRENT is damaged."""
    return _states(directory, None)


def check(directory: Path, inspect: Callable[[Snapshot], str]) -> list[GenerationState]:
    """Return every kept generation after checking all files; ``inspect`` returns further problems of the live one."""
    return _states(directory, inspect)


def _states(directory: Path, inspect: Callable[[Snapshot], str] | None) -> list[GenerationState]:
    """Return the states, read again while builds are published: a removed generation is not a damaged one."""
    for _ in range(_ATTEMPTS):
        listed = store.list_generations(directory)
        states = [_state(directory, g, live=i == 0, inspect=inspect) for i, g in enumerate(listed)]
        if all(not s.problem for s in states) or store.list_generations(directory) == listed:
            return states
    raise error_messages.changing_too_fast(directory)


def _state(
    directory: Path, generation: Generation, *, live: bool, inspect: Callable[[Snapshot], str] | None = None
) -> GenerationState:
    info, problem, unreadable, remedy = None, "", False, ""
    try:
        info = store.generation_info(directory, generation)
        if inspect is not None:
            snapshot = store.open_generation(directory, generation)
            problem = inspect(snapshot) if live else ""
    except StoreError as error:
        # the remedy of damage depends on the other generations
        problem, unreadable, remedy = error.problem, not isinstance(error, DamageError), error.remedy
    return GenerationState(
        generation=generation, live=live, info=info, problem=problem, unreadable=unreadable, remedy=remedy
    )


def key_problem(snapshot: Snapshot) -> str:
    """Describe vectors of other texts, detected without the model; empty if there are none."""
    ids = verification.mismatched_passages(snapshot) if verification.is_verifiable(snapshot) else ()
    return f"the vectors of {len(ids)} passages are those of other texts, for example {ids[0]}" if ids else ""


def vector_problem(snapshot: Snapshot, encoder: Encoder, rows: int, *, seed: int = 0) -> str:
    """Describe vectors of some rows that differ from new vectors of their texts; empty if there are none.

    Raises ModelError if the encoder is not that of the index.
    """
    if (error := model_mismatch(snapshot.contract, encoder.contract)) is not None:
        raise error
    cosines = verification.reembedding_cosines(snapshot, encoder, rows, seed=seed)
    bound = AGREEMENT if snapshot.contract.precision != encoder.contract.precision else MIN_COSINE
    different = int((~(cosines >= bound)).sum())  # a comparison that NaN fails
    least = f"cosine {cosines.min(initial=1):.4f}"
    return f"{different} of {len(cosines)} vectors are not those of their texts ({least})" if different else ""


def damage_error(states: Sequence[GenerationState], index: Path) -> StoreError | None:
    """Return the error that names the damaged and unreadable generations and the remedy; None if all are intact."""
    unreadable = [s for s in states if s.unreadable]
    damaged = ", ".join(s.generation.name for s in states if s.problem and not s.unreadable)
    if not damaged and not unreadable:
        return None
    if not damaged:
        names = ", ".join(s.generation.name for s in unreadable)
        return StoreError(f"{index}: generation {names} cannot be read", unreadable[0].remedy)
    remedy = _remedy_of_damage(states, index)
    if unreadable:
        remedy = f"{remedy}; generation {unreadable[0].generation.name} cannot be read: {unreadable[0].remedy}"
    return StoreError(f"{index}: generation {damaged} is damaged", remedy)


def _remedy_of_damage(states: Sequence[GenerationState], index: Path) -> str:
    sound = [s.generation.name for s in states if not s.problem]
    rebuild = f"build the index again with: zhangju index SOURCE --index {shell_quoted(index)}"
    if not states[0].problem:
        return "the live one is sound; the damaged one cannot be restored, and the next build removes it"
    if states[0].unreadable:
        return "it cannot be restored, and the next build removes it"
    if not sound:
        return f"none is sound; {rebuild}"
    return f"restore {sound[0]} with: zhangju rollback --to {int(sound[0])} --index {shell_quoted(index)}, or {rebuild}"


def state_json(states: Sequence[GenerationState]) -> dict[str, Any]:
    """Return the generations as JSON values."""
    return {"generations": [_record(s) for s in states]}


def _record(state: GenerationState) -> dict[str, Any]:
    info = asdict(state.info) if state.info else {}
    info.pop("generation", None)
    name, digest = state.generation
    problem = {"problem": state.problem or None, "unreadable": state.unreadable}
    return {"generation": name, "live": state.live, "sha256": digest, **info, **problem}


def state_line(state: GenerationState) -> str:
    """Return a line that describes a generation."""
    words = [f"{'live' if state.live else '':5}{state.generation.name}"]
    if (info := state.info) is not None:
        words += [info.built, count(info.documents, "document"), count(info.passages, "passage")]
        words += [f"{info.size / 1e6:,.1f} MB", info.model]
    if state.problem:
        words.append(f"{'UNREADABLE' if state.unreadable else 'DAMAGED'}: {state.problem}")
    return "  ".join(words)
