"""Fit the curve from margin to confidence, and the margin below which the text "does not answer".

    python -m scripts.fit_confidence INDEX ANSWERABLE.jsonl UNANSWERABLE.jsonl

Both files hold objects with a ``question``; the first says in ``lines`` which lines of the document answer it. Prints
the constants of retrieval/answer.py, how well they separate, and how often each confidence is right.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from retrieval.answer import is_vague
from retrieval.search import Searcher

REFUSED = 3  # per cent of the answerable questions that may be refused wrongly


def asked(path: Path) -> list[dict[str, Any]]:
    """The records of a file whose questions are long enough to be asked."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [r for r in records if not is_vague(r["question"])]


def answered_first(searcher: Searcher, record: dict[str, Any]) -> bool:
    """Whether the first hit holds one of the lines that answer."""
    passage = searcher.ask(record["question"], k=1).hits[0].passage
    last = passage.line + len(passage.pieces) - 1  # a mended passage holds a line for each piece
    return any(passage.line <= line <= last for line in record["lines"])


def main(arguments: Sequence[str]) -> None:
    """Print the constants and the figures."""
    if len(arguments) != 3:
        sys.exit(__doc__)
    searcher = Searcher.open(Path(arguments[0]))
    records = [asked(Path(a)) for a in arguments[1:]]
    answerable, unanswerable = (np.array(searcher.margins([r["question"] for r in some])) for some in records)
    first = np.array([answered_first(searcher, r) for r in records[0]])
    x = np.concatenate([answerable, unanswerable])[:, None]
    right = np.concatenate([first, np.zeros(len(unanswerable), dtype=bool)])
    curve = LogisticRegression(C=np.inf).fit(x, right)
    slope, offset = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    least = float(np.percentile(answerable, REFUSED))
    could = np.arange(len(x)) < len(answerable)
    print(f"_SLOPE, _MIDDLE = {slope:.1f}, {-offset / slope:.4f}")
    print(f"_LEAST_MARGIN = {least:.4f}")
    print(f"{len(answerable)} answerable, {len(unanswerable)} unanswerable")
    for label, name in ((could, "answerable"), (right, "a right first hit")):
        print(f"AUROC for {name}: {roc_auc_score(label, x[:, 0]):.3f}")
    wrongly, rightly = (answerable < least).mean(), (unanswerable < least).mean()
    print(f"refused: {wrongly:.1%} of the answerable, {rightly:.1%} of the unanswerable")
    _reliability(curve.predict_proba(x)[:, 1], right)


def _reliability(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> None:
    for low, high in ((0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1)):
        inside = (low <= confidence) & (confidence < high)
        share = f"{right[inside].mean():.0%}" if inside.any() else "-"
        print(f"confidence {low} to {high}: {inside.sum()} questions, first hit right {share}")


if __name__ == "__main__":
    main(sys.argv[1:])
