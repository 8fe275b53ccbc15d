"""The state of an index: what it was, whether it is whole, and what to do where it is not."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.building import verification
from index.errors import StoreError
from index.models.contract import AGREEMENT, model_mismatch
from index.models.encoder import Encoder
from index.storage import error_messages, store
from index.storage.error_messages import shell_quoted
from index.storage.generations import Generation
from index.storage.snapshot import Snapshot
from index.storage.store import GenerationInfo
from scripts.terminal import count

_TRIES = 20  # each fails only if a build was published meanwhile
SAME = 0.9999  # the least cosine of a stored vector with what the model makes of the same text again


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A generation, what it says of itself, and what is wrong with it: nothing if ``problem`` is empty."""

    generation: Generation
    live: bool
    about: GenerationInfo | None
    problem: str = ""


def history(directory: Path) -> list[State]:
    """Every generation that is kept, the live one first, by its manifest. Raises StoreError if CURRENT is damaged."""
    return _states(directory, None)


def checked(directory: Path, inspect: Callable[[Snapshot], str]) -> list[State]:
    """The same, with every file read and compared with what was written; ``inspect`` looks for more in the live one."""
    return _states(directory, inspect)


def _states(directory: Path, inspect: Callable[[Snapshot], str] | None) -> list[State]:
    """Looked at again while builds go on: what they sweep is not damaged."""
    for _ in range(_TRIES):
        there = store.list_generations(directory)
        states = [_state(directory, g, live=i == 0, inspect=inspect) for i, g in enumerate(there)]
        if all(not s.problem for s in states) or store.list_generations(directory) == there:
            return states
    raise error_messages.changing_too_fast(directory)


def _state(
    directory: Path, generation: Generation, *, live: bool, inspect: Callable[[Snapshot], str] | None = None
) -> State:
    about, problem = None, ""
    try:
        about = store.generation_info(directory, generation)
        if inspect is not None:
            snapshot = store.open_generation(directory, generation)
            problem = inspect(snapshot) if live else ""
    except StoreError as error:
        problem = error.problem  # without its remedy: the caller knows better which one is left
    return State(generation=generation, live=live, about=about, problem=problem)


def slipped(snapshot: Snapshot) -> str:
    """What is wrong with texts and vectors, as far as it can be told without the model; empty if nothing."""
    ids = verification.mismatched_passages(snapshot) if verification.is_verifiable(snapshot) else ()
    return f"the vectors of {len(ids)} passages are those of other texts, {ids[0]} for one" if ids else ""


def embedded_otherwise(snapshot: Snapshot, encoder: Encoder, rows: int, *, seed: int = 0) -> str:
    """What is wrong with the vectors of some rows when their texts are embedded again; empty if nothing.

    Raises ModelError if the encoder is not the index's own.
    """
    if (error := model_mismatch(snapshot.contract, encoder.contract)) is not None:
        raise error
    cosines = verification.reembedding_cosines(snapshot, encoder, rows, seed=seed)
    bound = AGREEMENT if snapshot.contract.precision != encoder.contract.precision else SAME
    other = int((~(cosines >= bound)).sum())  # a comparison that NaN fails
    least = f"cosine {cosines.min(initial=1):.4f}"
    return f"{other} of {len(cosines)} vectors are not those of their texts ({least})" if other else ""


def damage(states: Sequence[State], index: Path) -> StoreError | None:
    """What is damaged and what to do about it, if anything is."""
    sound = [s.generation.name for s in states if not s.problem]
    other = ", ".join(s.generation.name for s in states if s.problem)
    again = f"build the index again with: zhangju index SOURCE --index {shell_quoted(index)}"
    if not other:
        return None
    if not states[0].problem:
        remedy = "the live one is sound; there is no going back to the other, and the next build drops it"
    elif not sound:
        remedy = f"none is sound; {again}"
    else:
        back = f"zhangju rollback --to {int(sound[0])} --index {shell_quoted(index)}"
        remedy = f"go back to {sound[0]} with: {back}, or {again}"
    return StoreError(f"{index}: generation {other} is damaged", remedy)


def state_json(states: Sequence[State]) -> dict[str, Any]:
    """The generations as JSON values."""
    return {"generations": [_record(s) for s in states]}


def _record(state: State) -> dict[str, Any]:
    facts = asdict(state.about) if state.about else {}
    facts.pop("generation", None)
    name, digest = state.generation
    return {"generation": name, "live": state.live, "sha256": digest, **facts, "problem": state.problem or None}


def line(state: State) -> str:
    """A generation for people to read."""
    words = [f"{'live' if state.live else '':5}{state.generation.name}"]
    if (about := state.about) is not None:
        words += [about.built, count(about.documents, "document"), count(about.passages, "passage")]
        words += [f"{about.size / 1e6:,.1f} MB", about.model]
    return "  ".join([*words, f"DAMAGED: {state.problem}"] if state.problem else words)
