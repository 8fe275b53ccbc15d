"""Several scores -> one ranking: pure functions on arrays."""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

NEAREST = 3  # one alone depends on how a single sentence is worded


def best_in_groups(scores: Scores, starts: Rows) -> tuple[Scores, Rows]:
    """The best score of each group of neighbours and where it stands; group i is ``scores[starts[i]:starts[i + 1]]``.

    No group may be empty. Of equal scores the first counts.
    """
    best = np.maximum.reduceat(scores, starts)  # (g,)
    sizes = np.diff(np.append(starts, len(scores)))  # (g,)
    hits = np.flatnonzero(scores == np.repeat(best, sizes))
    group_of_hit = np.searchsorted(starts, hits, side="right") - 1
    _, first = np.unique(group_of_hit, return_index=True)
    return best, hits[first].astype(np.int64)


def fuse(passage: Scores, sentence: Scores) -> Scores:
    """Cosine of the passage plus cosine of its best sentence, for each of n candidates.

    The passage knows what it is about, the sentence what it says.
    """
    return passage + sentence


def margin(best: float, background: Scores) -> float:
    """How much nearer the best sentence is to a question than the background is: its three nearest, averaged."""
    return best - float(np.sort(background)[-NEAREST:].mean())
