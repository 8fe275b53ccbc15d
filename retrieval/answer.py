"""Whether it is a question, and whether the hits answer it."""

import math

from index.errors import QuestionError
from retrieval.records import Answer, Hit

LONGEST_QUESTION = (
    2000  # characters; the default model reads about 700 of Chinese, and longer ones are pasted by mistake
)
_FEWEST_LETTERS = 2  # a question of fewer letters, digits or characters says nothing

# A logistic curve over how far the best passage stands out from the others, in standard deviations.
# Fitted by scripts/fit_confidence.py on the answerable and unanswerable questions about the plan.
_SLOPE, _MIDDLE = 1.0, 2.0
_ANSWERED = 0.5


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


def judged(question: str, hits: tuple[Hit, ...], standing_out: float) -> Answer:
    """The hits with the verdict whether the first of them answers the question."""
    confidence = 1 / (1 + math.exp(-_SLOPE * (standing_out - _MIDDLE)))
    status = "answered" if confidence >= _ANSWERED else "not in the text"
    return Answer(question=question, status=status, confidence=confidence, hits=hits)  # type: ignore[arg-type]
