"""Operations and accidents on an index in any order, compared with a dictionary and brute force."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tokenize import TokenError
from typing import Any
from unittest.mock import patch

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies import DataObject, SearchStrategy

from index.building import build, embedding
from index.errors import StoreError
from index.storage import generation_files, store
from index.storage.snapshot import Snapshot
from tests.reliability.conftest import FULL, Times
from tests.reliability.figures import Figures
from tests.reliability.machine import Machine


def run(machine: type[Machine], *, seed: int, examples: int, steps: int) -> Counter[str]:
    """Run the machine and return the number of executions of each step."""
    tally: Counter[str] = Counter()
    own = type(machine.__name__, (machine,), {"tally": tally})
    phases = [Phase.generate, *([Phase.shrink] if machine is Machine else [])]
    run_state_machine_as_test(
        hypothesis.seed(seed)(own),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=phases,
            report_multiple_bugs=False,
        ),
    )
    return tally


@pytest.mark.timeout(3600)
def test_an_index_is_what_a_dictionary_says_after_anything(times: Times, seed: int, figures: Figures) -> None:
    examples, steps = times(20, 200), times(20, 50)
    tally = run(Machine, seed=seed, examples=examples, steps=steps)
    figures(examples=examples, steps_each=steps, **tally)
    often = ("published", "cut_off", "damaged", "rolled_back", "searched") if FULL else ("published", "cut_off")
    assert min(tally[what] for what in often) > 0


class Drawn(DataObject):
    """Values in the place of drawn ones, in order."""

    def __init__(self, *values: object) -> None:
        self._values = iter(values)

    def draw(self, strategy: SearchStrategy[Any], label: Any = None) -> Any:  # noqa: ARG002
        return next(self._values)


def test_a_name_that_a_damaged_pointer_has_lost_is_used_again_for_a_sound_build() -> None:
    machine = Machine()
    with closing(machine.stack):
        machine.write(name="b.txt", data="节约用水。".encode())
        machine.build()
        machine.write_and_build(name="b.txt", data="治理大气。".encode())
        machine.damage(data=Drawn("000002", "passage_vectors.npy", 0))
        machine.damage_the_pointer(data=Drawn(0))  # the line of the second build
        machine.roll_back(data=Drawn(None))
        machine.build()
        assert machine.history == ["000002", "000001"]
        machine.the_index_is_what_was_published()


# the controls: machines over a store with an error


class CurrentNotReplaced(Machine):
    """A fault: a build is published, but CURRENT is not replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.stack.enter_context(patch.object(store, "_write_current", lambda *_: None))


class RowsByPosition(Machine):
    """A fault: an update reuses rows of the previous index by their position."""

    def __init__(self) -> None:
        super().__init__()
        real = embedding._EmbeddingJob.reuse

        def reuse(job: embedding._EmbeddingJob, snapshots: Iterable[Snapshot]) -> Any:
            return real(job, [_with_keys_of(snapshot, job) for snapshot in snapshots])

        self.stack.enter_context(patch.object(embedding._EmbeddingJob, "reuse", reuse))


def _with_keys_of(snapshot: Snapshot, job: embedding._EmbeddingJob) -> Snapshot:
    """Return a snapshot with the keys of other texts."""
    passages, sentences = snapshot.passage_keys.copy(), snapshot.sentence_keys.copy()
    for own, texts in ((passages, job.passages.texts), (sentences, job.sentences.texts)):
        n = min(len(own), len(texts.keys))
        own[:n] = texts.keys[:n]
    return replace(snapshot, passage_keys=passages, sentence_keys=sentences)


class DamageNotDetected(Machine):
    """A fault: files are read without checking their digests."""

    def __init__(self) -> None:
        super().__init__()
        self.stack.enter_context(patch.object(generation_files, "_checked", lambda path, *_: path.read_bytes()))


class ChangesNotDetected(Machine):
    """A fault: a build considers every index up to date."""

    def __init__(self) -> None:
        super().__init__()
        self.stack.enter_context(patch.object(build, "_is_up_to_date", lambda *_: True))


class TooMuchRemoved(Machine):
    """A fault: only the live generation stays on disk."""

    def __init__(self) -> None:
        super().__init__()
        real = store.list_generations
        swept = patch.object(store, "list_generations", lambda directory: real(directory)[:1])
        self.stack.enter_context(patch.object(store, "sweep", _within(swept, store.sweep)))


def _within(patched: Any, function: Callable[[Path], None]) -> Callable[[Path], None]:
    def instead(directory: Path) -> None:
        with patched:
            function(directory)

    return instead


@pytest.mark.parametrize(
    "machine", [CurrentNotReplaced, RowsByPosition, DamageNotDetected, ChangesNotDetected, TooMuchRemoved]
)
def test_control_a_store_with_an_error_is_caught(machine: type[Machine], seed: int) -> None:
    # what no checksum has noticed may end in any error of those that read it; NumPy has a tokenizer look at headers
    of_readers = TokenError, SyntaxError, LookupError, ValueError, ArithmeticError, MemoryError
    with pytest.raises((AssertionError, StoreError, pytest.fail.Exception, *of_readers)):
        run(machine, seed=seed, examples=200, steps=30)


def test_control_without_an_error_the_same_passes(seed: int) -> None:
    class NoFault(Machine):
        """A machine without a fault, run like the controls."""

    assert run(NoFault, seed=seed, examples=20, steps=20)["published"] > 0
