"""Rows of the word table: right, and not kept in memory."""

import sys
from pathlib import Path

import numpy as np
import pytest

from index.models.compiled import word_table
from index.models.compiled.word_table import WordTable

ROWS, WIDTH = 20_000, 384


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table")
    word_table.write(np.random.default_rng(0).normal(size=(ROWS, WIDTH)).astype(np.float32), path)
    return path


def _resident(folder: Path) -> int:
    """Kilobytes of the mapped table that are in this process's memory."""
    lines = iter(Path("/proc/self/smaps").read_text(encoding="utf-8").splitlines())
    total = 0
    for line in lines:
        if line.endswith(str(folder / word_table.WORDS)):
            total += next(int(field.split()[1]) for field in lines if field.startswith("Rss:"))
    return total


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_rows_do_not_stay_in_memory(folder: Path) -> None:
    table, ids = WordTable(folder), np.arange(0, ROWS, 100).reshape(2, -1)
    table.rows(ids)
    first, kept = table.rows(ids), _resident(folder)
    np.testing.assert_array_equal(first, np.load(folder / word_table.WORDS)[ids].astype(np.float32))
    assert kept == 0
    mapped = np.load(folder / word_table.WORDS, mmap_mode="r")  # the control: a mapping keeps what was read of it
    assert mapped[ids].any()
    assert _resident(folder) > 1_000
