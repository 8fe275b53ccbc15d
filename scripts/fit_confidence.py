"""Fit the curve from margin to confidence, and the margin below which the text "does not answer".

    python -m scripts.fit_confidence INDEX ANSWERABLE.jsonl UNANSWERABLE.jsonl

Both files hold objects with a ``question``. Prints the constants of retrieval/answer.py and how well they separate.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from retrieval.answer import is_vague
from retrieval.search import Searcher

REFUSED = 3  # per cent of the answerable questions that may be refused wrongly


def margins(searcher: Searcher, path: Path) -> npt.NDArray[np.float64]:
    """The margins of the questions in a file, those too short to be asked left out: (q,)."""
    questions = [json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines()]
    return np.array(searcher.margins([q for q in questions if not is_vague(q)]))


def main(arguments: Sequence[str]) -> None:
    """Print the constants and the figures."""
    if len(arguments) != 3:
        sys.exit(__doc__)
    searcher = Searcher.open(Path(arguments[0]))
    answerable, unanswerable = (margins(searcher, Path(a)) for a in arguments[1:])
    x = np.concatenate([answerable, unanswerable])[:, None]
    y = np.concatenate([np.ones(len(answerable)), np.zeros(len(unanswerable))])
    curve = LogisticRegression(C=np.inf, class_weight="balanced").fit(x, y)
    slope, offset = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    least = float(np.percentile(answerable, REFUSED))
    print(f"_SLOPE, _MIDDLE = {slope:.1f}, {-offset / slope:.4f}")
    print(f"_LEAST_MARGIN = {least:.4f}")
    print(f"{len(answerable)} answerable, {len(unanswerable)} unanswerable, AUROC {roc_auc_score(y, x[:, 0]):.3f}")
    wrongly, rightly = (answerable < least).mean(), (unanswerable < least).mean()
    print(f"refused: {wrongly:.1%} of the answerable, {rightly:.1%} of the unanswerable")


if __name__ == "__main__":
    main(sys.argv[1:])
