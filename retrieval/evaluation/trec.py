"""TREC runs: the passages found for each question, in order.

A line has six columns between spaces: question, Q0, passage, rank, score, name of the run.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.errors import DocumentError

TAG = "zhangju"
_COLUMNS = 6


class ScoredPassage(NamedTuple):
    """Id of a passage that was found, and its score."""

    passage: str
    score: float


Run = Mapping[str, Sequence[ScoredPassage]]  # by question, best first


def decreasing(scores: Iterable[float]) -> list[float]:
    """Return strictly decreasing scores, also in single precision; only scores that are not are lowered.

    Tools sort by score, not by rank, trec_eval in single precision, and break ties by the passages' ids: equal scores
    would change the ranks. Each score becomes the nearest single-precision number, or if that is not below its
    predecessor, the next number below that. Raises ValueError for a score that is not finite.
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
    """Raise DocumentError for an id with white space, which separates the columns of a run."""
    for one in ids:
        if not one or one.split() != [one]:
            raise DocumentError(f"the id {one!r} contains white space; rename it, or omit --run: a TREC run has none")


def write_run(path: Path, run: Run) -> None:
    """Write a run, questions and passages in its order. Raises DocumentError if it cannot be written."""
    check_ids(one for question, hits in run.items() for one in (question, *(hit.passage for hit in hits)))
    lines = [
        # nine digits distinguish any two single-precision numbers
        f"{question} Q0 {hit.passage} {rank} {score:.9g} {TAG}\n"
        for question, hits in run.items()
        for rank, (hit, score) in enumerate(zip(hits, decreasing(h.score for h in hits), strict=True), 1)
    ]
    try:
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
    except OSError as error:
        raise DocumentError(f"cannot write the run {path}: {error.strerror or error}") from error


def read_run(path: Path) -> Run:
    """Read a run of any tool, ordered by score, not by rank; of equal scores the greater id is first, as in trec_eval.

    Raises DocumentError, which names the line, for a malformed run.
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
            raise DocumentError(f"{where}: {passage} was already found for {question}; a run lists a passage once")
        hits[passage] = _number(score, where)
    if not found:
        raise DocumentError(f"{path} contains no run: it is empty")
    return {question: _ranked(hits) for question, hits in found.items()}


def _ranked(hits: Mapping[str, float]) -> tuple[ScoredPassage, ...]:
    by_id = sorted(hits.items(), reverse=True)
    return tuple(ScoredPassage(*hit) for hit in sorted(by_id, key=lambda hit: -hit[1]))


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
