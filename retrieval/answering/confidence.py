"""How likely it is that the first hit answers, from what the ranking and the texts show."""

import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from retrieval.answering.answer_form import form_score
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Scores
from retrieval.question.question_type import NUMERIC_KINDS, classify
from retrieval.ranking.ranker import MAX_COMPARED, EncodedQuery, Ranking

_SOME = 0.2  # a number without the unit asked for, or with another, may be one; see asked.holds
_SAMPLE = 500  # characters that are enough to tell a script
_KANA = 0.1  # of the letters: a Chinese text has a kana or two in a name
_DENSE = ("CJK", "HANGUL")  # a character says what several letters do: GDP是多少 is Chinese
_NEAREST = 3  # of the out_of_domain: one alone depends on how a single sentence is worded


class Signs(NamedTuple):
    """What speaks for the first candidate; cosines and shares."""

    margin: float  # cosine of its best sentence minus that of the nearest everyday sentences
    token_margin: float  # the same for the question's tokens, by their weights
    gap: float  # its score minus that of the second
    lead: float  # its score minus the mean of the ten behind it
    spread: float  # its score, in standard deviations of all candidates'
    agreement: float  # share of the cosines that would put it first, too
    held: float  # whether its best sentence holds the kind of thing asked for
    missing: float  # 1 if a number, a date or a sum is asked for and it holds none at all
    talk: float  # cosine of the nearest talk with the machine minus that of its best sentence


def signs(
    question: EncodedQuery,
    ranking: Ranking,
    others: Scores,
    out_of_domain: OutOfDomainVectors,
    passage: str,
    sentence: str,
) -> Signs:
    """The signs for the first candidate; ``sentence`` is the best of its ``passage``.

    ``others`` are the scores of other passages, falling, wherever they stand: a question that is asked of one chapter
    is not answered any surer because there is less to choose from.
    """
    near = out_of_domain.vectors @ question.vector  # (b,)
    best, score = float(ranking.signals.sentence[0]), float(ranking.scores[0])
    wanted = classify(question.text)
    return Signs(
        margin=best - float(np.sort(near)[-_NEAREST:].mean()),
        token_margin=float(ranking.weights @ (ranking.matches[:, 0] - _out_of_domain_matches(question, out_of_domain))),
        gap=score - float(others[0]) if len(others) else 0.0,
        lead=score - float(others[:10].mean()) if len(others) else 0.0,
        spread=_standing_out(score, others[: MAX_COMPARED - 1]),
        agreement=float(np.mean([signal.argmax() == 0 for signal in ranking.signals[:3]])),
        held=form_score(wanted, sentence),
        missing=float(wanted.kind in NUMERIC_KINDS and form_score(wanted, passage) < _SOME),
        talk=float(near[-out_of_domain.talk :].max()) - best,
    )


def foreign(question: str, passage: str) -> bool:
    """Whether a question is in another script than a passage, and so in another language; numbers are in none."""
    scripts = {_script(question[:_SAMPLE]), _script(passage[:_SAMPLE])} - {""}
    return len(scripts) > 1


@lru_cache(maxsize=512)
def _script(text: str) -> str:
    """The script of most letters of a text, as Unicode names it; Japanese, which mixes them, by its kana."""
    letters = (c for c in unicodedata.normalize("NFKC", text) if c.isalpha())
    scripts = Counter(map(_first_word, letters))
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana > _KANA * scripts.total():
        return "KANA"
    return max(scripts, key=lambda name: scripts[name] * (1 + (name in _DENSE)), default="")


@cache
def _first_word(letter: str) -> str:
    """Of a letter's name."""
    return unicodedata.name(letter, "?").split()[0]


def _standing_out(score: float, others: Scores) -> float:
    scores = np.append(others, np.float32(score))
    return float((score - scores.mean()) / (scores.std() + 1e-6))


def _out_of_domain_matches(question: EncodedQuery, out_of_domain: OutOfDomainVectors) -> Scores:
    """Each question token's best cosine in the out_of_domain, (l,); 0 without tokens."""
    best: Scores = (question.tokens @ out_of_domain.tokens.T).max(axis=1, initial=0)
    return best


class Curve(NamedTuple):
    """A logistic curve over the signs."""

    intercept: float
    slopes: Signs


# By whether the question is in another script than the passage; fitted by scripts/fitting/confidence.py.
CURVES = {
    False: Curve(
        -2.99,
        Signs(
            margin=9.65,
            token_margin=5.39,
            gap=10.75,
            lead=16.11,
            spread=0.06,
            agreement=0.36,
            held=0.97,
            missing=-3.24,
            talk=-16.12,
        ),
    ),
    True: Curve(
        -2.26,
        Signs(
            margin=21.68,
            token_margin=22.35,
            gap=51.28,
            lead=33.46,
            spread=0.00,
            agreement=0.00,
            held=0.75,
            missing=-2.64,
            talk=0.00,
        ),
    ),
}


def on(curve: Curve, found: Signs) -> float:
    """The probability that a curve gives."""
    log_odds = curve.intercept + float(np.dot(curve.slopes, found))
    return float(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))


def probability(found: Signs, *, foreign: bool) -> float:
    """The probability that the first hit answers the question."""
    return on(CURVES[foreign], found)
