"""Whether it is a question, and whether the hits answer it."""

import math

from index.errors import QuestionError
from retrieval.records import Answer, Hit, Status

LONGEST_QUESTION = (
    2000  # characters; the default model reads about 700 of Chinese, and longer ones are pasted by mistake
)
_FEWEST_LETTERS = 2  # a question of fewer letters, digits or characters says nothing

# The probability that the first hit answers is a logistic curve over the margin (see fusion.margin), fitted by
# scripts/fit_confidence.py. "Not in the text" is said only below the margin that 3 % of answerable questions miss.
_SLOPE, _MIDDLE = 58.7, 0.0448
_LEAST_MARGIN = 0.0170


def checked_question(question: str) -> str:
    """The question without white space around it. Raises QuestionError if it is empty, too long or not text."""
    question = question.strip()
    if not question:
        raise QuestionError("the question is empty; ask something in words")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(question):,} characters; at most {LONGEST_QUESTION:,} are read: shorten it"
        )
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise QuestionError("the question is not valid Unicode text; type it again in UTF-8") from error
    return question


def is_vague(question: str) -> bool:
    """Whether a question has too few letters to say anything: dots, a smiley."""
    return sum(c.isalnum() for c in question) < _FEWEST_LETTERS


def too_vague(question: str) -> Answer:
    """The answer to such a question: no hits."""
    return Answer(question=question, status="too vague", confidence=0.0, hits=())


def judged(question: str, hits: tuple[Hit, ...], margin: float) -> Answer:
    """The hits with the verdict whether the first of them answers; ``margin`` as fusion.margin gives it."""
    status: Status = "answered" if margin >= _LEAST_MARGIN else "not in the text"
    confidence = 1 / (1 + math.exp(-_SLOPE * (margin - _MIDDLE)))
    return Answer(question=question, status=status, confidence=confidence, hits=hits)
