"""The single questions of a text that asks several."""

import re

_END = re.compile(r"(?<=[?？؟])")
_MIN_LETTERS = 4  # letters, digits or characters of a question by itself
MAX_QUESTIONS = 4  # of one text; more are a list, for which there are batches


def single_questions(text: str) -> tuple[str, ...]:
    """Return the questions of a text that ends each with a question mark; none if it is one question or many."""
    parts = [part.strip() for part in _END.split(text)]
    questions = tuple(p for p in parts if _END.search(p) and sum(c.isalnum() for c in p) >= _MIN_LETTERS)
    return questions if 2 <= len(questions) <= MAX_QUESTIONS else ()
