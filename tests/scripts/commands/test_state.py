"""verify, history and rollback, with the fake encoder."""

import errno
import json
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.storage import store
from index.storage.generations import Generation
from scripts.commands import state
from tests.collection import PLAN, build_index, snapshot_of, write_plan
from tests.fakes import HashingEncoder
from tests.index.storage.test_store import fail_to_read
from tests.scripts.test_cli import Run, run

__all__ = ["run"]


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """Build an index of two generations in the working folder."""
    directory = tmp_path / ".zhangju"
    build_index(write_plan(tmp_path), directory)
    build_index(write_plan(tmp_path, PLAN + "又一段。\n"), directory)
    return directory


def test_a_sound_index(run: Run, twice: Path) -> None:
    status, out, err = run("verify", "--rows", "10")
    assert status == 0
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["live", "000002"],
        ["000001", store.generation_info(*_first(twice)).built],
    ]
    assert ".zhangju is sound" in err
    status, out, _ = run("verify", "--json")
    assert [g["problem"] for g in json.loads(out)["generations"]] == [None, None]


def _first(directory: Path) -> tuple[Path, Generation]:
    return directory, store.list_generations(directory)[1]


def test_a_damaged_live_generation_is_named_with_the_way_back(run: Run, twice: Path) -> None:
    (twice / "generations" / "000002" / "tokens.npy").write_bytes(b"")
    status, out, err = run("verify")
    assert status == 1
    assert "000002/tokens.npy is damaged or incomplete" in out
    assert "generation 000002 is damaged; restore 000001 with: zhangju rollback --to 1 --index .zhangju" in err
    assert run("rollback", "--to", "1")[0] == 0
    status, out, err = run("verify")
    assert status == 1
    assert "the live one is sound" in err
    assert run("show", "第一章")[0] == 0


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "give this user the permission to read it"),
        (errno.EMFILE, r"ulimit -n"),
        (errno.EIO, "check the disk"),
        (errno.ESTALE, "the connection to it"),
    ],
)
def test_what_cannot_be_read_is_not_called_damaged(
    run: Run, twice: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    fail_to_read(monkeypatch, number, Path(".zhangju") / "generations" / "000002" / "tokens.npy")
    status, out, err = run("verify")
    assert status == 1
    assert "UNREADABLE: cannot read .zhangju/generations/000002/tokens.npy" in out
    assert "generation 000002 cannot be read; the file may be intact, and nothing was deleted" in err
    assert remedy in err
    assert "DAMAGED" not in out
    assert "build" not in err
    assert [g["unreadable"] for g in json.loads(run("verify", "--json")[1])["generations"]] == [True, False]
    (twice / "generations" / "000001" / "tokens.npy").write_bytes(b"")
    err = run("verify")[2]
    assert "generation 000001 is damaged; it cannot be restored, and the next build removes it" in err
    assert "generation 000002 cannot be read: the file may be intact" in err


def test_where_nothing_is_sound_only_building_helps(run: Run, twice: Path) -> None:
    for folder in (twice / "generations").iterdir():
        (folder / "manifest.json").unlink()
    status, out, err = run("verify", "--json")
    assert status == 1
    assert all("manifest.json" in g["problem"] for g in json.loads(out)["generations"])
    assert "none is sound; build the index again with: zhangju index SOURCE" in err


@pytest.mark.usefixtures("twice")
def test_history_and_rollback(run: Run) -> None:
    status, out, _ = run("history", "--json")
    found = json.loads(out)["generations"]
    assert status == 0
    assert [(g["generation"], g["live"], g["documents"], g["passages"]) for g in found] == [
        ("000002", True, 1, 8),
        ("000001", False, 1, 7),
    ]
    status, out, err = run("rollback")
    assert (status, out) == (0, "")
    assert "generation 000001 again" in err
    status, out, _ = run("history")
    assert [line.split()[0] for line in out.splitlines()] == ["live", "000002"]
    assert run("rollback", "--to", "9")[0] == 1
    assert run("rollback", "--to", "0")[0] == 2


def test_there_is_nothing_to_verify(run: Run) -> None:
    for verb in ("verify", "history", "rollback"):
        status, _, err = run(verb)
        assert status == 1
        assert "there is no index in .zhangju" in err


def test_vectors_of_other_texts_are_noticed() -> None:
    snapshot = snapshot_of(PLAN)
    assert state.key_problem(snapshot) == ""
    assert state.vector_problem(snapshot, HashingEncoder(), 20, seed=1) == ""
    shifted = snapshot_of(PLAN)
    object.__setattr__(shifted, "passage_keys", np.roll(shifted.passage_keys, 1, axis=0))
    assert "the vectors of 7 passages are those of other texts" in state.key_problem(shifted)
    object.__setattr__(shifted, "passage_vectors", np.roll(shifted.passage_vectors, 1, axis=0))
    assert "7 of 20 vectors are not those of their texts" in state.vector_problem(shifted, HashingEncoder(), 20, seed=1)
    with pytest.raises(ModelError, match="was built with the model hashing"):
        state.vector_problem(snapshot, HashingEncoder(64), 20, seed=1)
