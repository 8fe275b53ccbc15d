"""The state of an index: what it was, whether it is whole, and what to do where it is not."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index import store, verify
from index.encoder import Encoder
from index.errors import StoreError
from index.snapshot import Snapshot
from index.store import About, Generation

SAME = 0.9999  # the least cosine of a stored vector with what the model makes of the same text again


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A generation, what it says of itself, and what is wrong with it: nothing if ``problem`` is empty."""

    generation: Generation
    live: bool
    about: About | None
    problem: str = ""


def history(directory: Path) -> list[State]:
    """Every generation that is kept, the live one first, by its manifest. Raises StoreError if CURRENT is damaged."""
    return [_state(directory, g, live=i == 0) for i, g in enumerate(store.generations(directory))]


def checked(directory: Path, inspect: Callable[[Snapshot], str]) -> list[State]:
    """The same, with every file read and compared with what was written; ``inspect`` looks for more in the live one."""
    return [_state(directory, s.generation, live=s.live, inspect=inspect) for s in history(directory)]


def _state(
    directory: Path, generation: Generation, *, live: bool, inspect: Callable[[Snapshot], str] | None = None
) -> State:
    about, problem = None, ""
    try:
        about = store.about(directory, generation)
        if inspect is not None:
            snapshot = store.open_generation(directory, generation)
            problem = inspect(snapshot) if live else ""
    except StoreError as error:
        problem = str(error).split("; ")[0]  # without its remedy: the caller knows better which one is left
    return State(generation=generation, live=live, about=about, problem=problem)


def slipped(snapshot: Snapshot) -> str:
    """What is wrong with texts and vectors, as far as it can be told without the model; empty if nothing."""
    ids = verify.slipped(snapshot) if verify.judged(snapshot) else ()
    return f"the vectors of {len(ids)} passages are those of other texts, {ids[0]} for one" if ids else ""


def embedded_otherwise(snapshot: Snapshot, encoder: Encoder, rows: int, *, seed: int) -> str:
    """What is wrong with the vectors of some rows when their texts are embedded again; empty if nothing."""
    if differences := snapshot.contract.differences(encoder.contract):
        return f"this is another model than that of the index ({'; '.join(differences)})"
    cosines = verify.embedded_again(snapshot, encoder, rows, seed=seed)
    other = int((cosines < SAME).sum())
    return (
        f"{other} of {len(cosines)} vectors are not those of their texts (cosine {cosines.min():.4f})" if other else ""
    )


def remedy(states: Sequence[State], index: Path) -> str:
    """What to do about what is damaged; empty if nothing is."""
    sound = [s.generation.name for s in states if not s.problem]
    again = f"build the index again with: zhangju index SOURCE --index {store.pasted(index)}"
    if len(sound) == len(states):
        return ""
    if not states[0].problem:
        return "the live generation is sound; what is damaged can only not be gone back to, and newer builds replace it"
    if not sound:
        return f"no generation is sound; {again}"
    back = f"zhangju rollback --to {sound[0]} --index {store.pasted(index)}"
    return f"go back to generation {sound[0]} with: {back}, or {again}"


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
        words += [about.built, f"{about.documents:,} documents", f"{about.passages:,} passages"]
        words += [f"{about.size / 1e6:,.1f} MB", about.model]
    return "  ".join([*words, f"DAMAGED: {state.problem}"] if state.problem else words)
