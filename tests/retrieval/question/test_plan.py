"""Plans of questions; four small documents, see tests/retrieval/question/documents.py."""

import pytest

from index.errors import QuestionError
from retrieval.question.plan import MAX_QUESTION_LENGTH, QuestionPlanner, checked_question, is_vague
from tests.retrieval.question.documents import CORPUS

PLANNER = QuestionPlanner(CORPUS)


# what is a question


@pytest.mark.parametrize("question", ["用水？", "  用水？\n", "a" * MAX_QUESTION_LENGTH, "？"])
def test_a_question_is_taken_without_white_space_around_it(question: str) -> None:
    assert checked_question(question) == question.strip()


@pytest.mark.parametrize(
    ("question", "says"),
    [("", "empty"), (" \n\u3000", "empty"), ("问" * (MAX_QUESTION_LENGTH + 1), "2,001"), ("a\udc80", "Unicode")],
)
def test_what_is_no_question_is_refused(question: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        checked_question(question)


@pytest.mark.parametrize(
    ("question", "vague"), [("……", True), ("🙂", True), ("水？", True), ("节水", False), ("5G", False), ("no", False)]
)
def test_what_has_hardly_a_letter_is_vague(question: str, vague: bool) -> None:
    assert is_vague(question) == vague
