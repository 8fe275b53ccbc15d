"""TREC runs: which passages were found for which question, in which order.

Six columns between spaces: question, Q0, passage, rank, score, name of the run.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.errors import DocumentError

TAG = "zhangju"
_COLUMNS = 6


class Scored(NamedTuple):
    """A passage that was found, and its score."""

    passage: str
    score: float


Run = Mapping[str, Sequence[Scored]]  # question: what was found for it, best first


def decreasing(scores: Iterable[float]) -> list[float]:
    """Scores that are each below the one before, also in single precision; only those that were not are lowered.

    Tools sort by score, not by rank, trec_eval in single precision, and settle ties by the passages' ids: equal scores
    would change the ranks. Each score becomes the nearest single-precision number, or where that is not below its
    predecessor, the next number below that.
    """
    lowered: list[float] = []
    for score in scores:
        nearest = np.float32(score)
        if not np.isfinite(nearest):
            raise ValueError(f"a score must be a number that single precision holds, not {score}")
        if lowered and nearest >= lowered[-1]:
            nearest = np.nextafter(np.float32(lowered[-1]), np.float32(-np.inf))
        lowered.append(float(nearest))
    return lowered


def check_ids(ids: Iterable[str]) -> None:
    """Raise DocumentError for an id that a run cannot hold: its columns stand between spaces."""
    for one in ids:
        if not one or one.split() != [one]:
            raise DocumentError(f"the id {one!r} holds white space, which a TREC run cannot; rename it, or omit --run")


def write_run(path: Path, run: Run) -> None:
    """Write a run, questions and passages in its order. Raises DocumentError where it cannot be written."""
    check_ids(one for question, hits in run.items() for one in (question, *(hit.passage for hit in hits)))
    lines = [
        # nine digits tell any two single-precision numbers apart
        f"{question} Q0 {hit.passage} {rank} {score:.9g} {TAG}\n"
        for question, hits in run.items()
        for rank, (hit, score) in enumerate(zip(hits, decreasing(h.score for h in hits), strict=True), 1)
    ]
    try:
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
    except OSError as error:
        raise DocumentError(f"cannot write the run {path}: {error.strerror or error}") from error


def read_run(path: Path) -> Run:
    """The run in a file, by anyone. Its scores decide, not its ranks; of equal ones the greater id, as in trec_eval.

    Raises DocumentError, which names the line, for what is not a run.
    """
    found: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_read(path).split("\n"), 1):
        if not (cells := line.split()):
            continue
        where = f"{path}, line {number}"
        if len(cells) != _COLUMNS:
            raise DocumentError(
                f"{where}: {len(cells)} columns; a TREC run has {_COLUMNS}: q Q0 passage rank score tag"
            )
        question, _, passage, _, score, _ = cells
        hits = found.setdefault(question, {})
        if passage in hits:
            raise DocumentError(f"{where}: {passage} was already found for {question}; a passage stands in a run once")
        hits[passage] = _number(score, where)
    if not found:
        raise DocumentError(f"{path} holds no run: it is empty")
    return {question: _ranked(hits) for question, hits in found.items()}


def _ranked(hits: Mapping[str, float]) -> tuple[Scored, ...]:
    by_id = sorted(hits.items(), reverse=True)
    return tuple(Scored(*hit) for hit in sorted(by_id, key=lambda hit: -hit[1]))


def _number(score: str, where: str) -> float:
    try:
        value = float(score)
    except ValueError as error:
        raise DocumentError(f"{where}: the score {score!r} is not a number") from error
    if not math.isfinite(value):
        raise DocumentError(f"{where}: the score {score!r} is not a finite number")
    return value


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DocumentError(f"cannot read the run {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} is not a TREC run: it is not UTF-8 text") from error
