from typing import Any

import numpy as np
import pytest

from index.records import Citation, Division, Passage, Span
from retrieval.answering import verdict
from retrieval.answering.confidence import Assessment, Features
from retrieval.answering.verdict import ranked_answer, vague_answer
from retrieval.records import AbstentionReason, Answer, AnswerStatus, Difference, Hit

ZERO = Features(*[0.0] * len(Features._fields))
ANSWERED, NOTHING_NEAR = 0.3, 0.1


def assessed(probability: float = 0.0, *, margin: float = 0.2, talk: float = 0.0) -> Assessment:
    return Assessment(ZERO._replace(gap=probability), margin, talk)


class GapModel:
    """Takes the gap as the probability."""

    def probability(self, found: Features) -> float:
        return found.gap


@pytest.fixture(autouse=True)
def _round_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants and a model of our own."""
    numbers = {"ANSWERED": ANSWERED, "_NOTHING_NEAR": NOTHING_NEAR, "_TALK": 0.2, "_PERHAPS_TALK": 0.1}
    numbers |= {"_FOREIGN_TALK": 0.2, "_FOREIGN": 0.1, "_MAX_GAP": 0.05, "_MIN_LEAD": 0.1, "_SECOND_AMONG": 3}
    for name, value in numbers.items():
        monkeypatch.setattr(verdict, name, value)
    monkeypatch.setattr(verdict, "MODEL", GapModel())


def hit(rank: int, score: float, chapter: int) -> Hit:
    path = (Division(kind="章", number=chapter),)
    passage = Passage(id=f"d#{rank}", document="d", path=path, ordinal=1, text="水", pieces=(Span(0, 1),), line=rank)
    nowhere = Citation(zh="", en="")
    return Hit(
        rank=rank,
        score=score,
        passage=passage,
        document_title="",
        citation=nowhere,
        best=Span(0, 1),
        marked=(Span(0, 1),),
        sentence_citation=nowhere,
    )


def hits(*scores_and_chapters: tuple[float, int]) -> tuple[Hit, ...]:
    return tuple(hit(rank, *one) for rank, one in enumerate(scores_and_chapters, 1))


HITS = hits((0.9, 1), (0.5, 2))


def verdict_of(found: Assessment, some: tuple[Hit, ...] = HITS, **options: Any) -> Answer:
    scores = np.array([*(h.score for h in some), *[0.1] * 20], dtype=np.float32)
    return ranked_answer("问？", some, found, scores, **options)


def test_the_answer_to_something_vague_is_empty() -> None:
    found = vague_answer("……")
    assert (found.status, found.answered, found.confidence, found.hits) == ("too vague", False, 0, ())
    assert (found.reason, found.answering) == (None, ())


# why a text does not answer


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [
        (assessed(ANSWERED), "answered", None),
        (assessed(ANSWERED, margin=-0.5), "answered", None),
        (assessed(ANSWERED - 0.01), "related", "no detail"),
        (assessed(margin=0.0), "related", "no detail"),
        (assessed(NOTHING_NEAR, margin=-0.1), "related", "no detail"),
        (assessed(NOTHING_NEAR - 0.01, margin=-0.1), "not in the text", "nothing similar"),
        (assessed(0.99, talk=0.21), "not in the text", "talk"),
        (assessed(0.99, talk=0.2), "answered", None),
        (assessed(0.2, talk=0.11), "not in the text", "talk"),
        (assessed(0.2, talk=0.1), "related", "no detail"),
    ],
)
def test_the_verdict_and_its_reason(found: Assessment, status: AnswerStatus, reason: AbstentionReason | None) -> None:
    judged = verdict_of(found)
    assert (judged.status, judged.reason) == (status, reason)
    assert judged.hits == HITS
    assert judged.confidence == min(found.features.gap, ANSWERED if reason else 1)
    quoted = {"answered": HITS[:1], "related": HITS[:1]}.get(status, ())
    assert judged.quoted == quoted
    assert judged.answering == (quoted if status == "answered" else ())


def test_a_question_in_another_script_may_be_nearer_to_other_topics() -> None:
    foreign = assessed(NOTHING_NEAR - 0.01, margin=-0.1, talk=0.3)
    foreign = foreign._replace(features=foreign.features._replace(other_script=1.0))
    assert verdict_of(foreign).status == "related"
    assert verdict_of(foreign._replace(margin=-0.11)).reason == "nothing similar"
    assert verdict_of(foreign._replace(talk=0.31)).reason == "talk"


def test_what_is_missing_is_said_of_what_is_related() -> None:
    assert verdict_of(assessed(0.2), missing="money").missing == "money"
    assert verdict_of(assessed(0.9), missing="money").missing is None
    assert verdict_of(assessed(margin=-0.1), missing="money").missing is None


def test_another_year_is_no_answer_and_another_value_is() -> None:
    year, value = Difference("year", "2030年", "2025年"), Difference("value", "20%", "12%")
    judged = verdict_of(assessed(0.9), differences=(year,))
    assert (judged.status, judged.reason, judged.differences) == ("related", "no detail", (year,))
    assert judged.confidence == ANSWERED
    judged = verdict_of(assessed(0.9), differences=(value,))
    assert (judged.status, judged.differences) == ("answered", (value,))
    assert verdict_of(assessed(0.9, talk=0.3), differences=(value,)).differences == ()


def test_a_place_that_is_not_there_comes_before_every_other_reason() -> None:
    for found in (assessed(0.99), assessed(talk=0.9)):
        judged = verdict_of(found, unresolved=("第九章",))
        assert (judged.reason, judged.unresolved) == ("no such place", ("第九章",))
        assert judged.answering == ()
        assert judged.confidence <= ANSWERED


# two answers

SURE = assessed(0.9)


@pytest.mark.parametrize(
    ("some", "second"),
    [
        ([(0.9, 1), (0.88, 2), (0.3, 3)], 2),
        ([(0.9, 1), (0.88, 1), (0.3, 3)], None),  # in the same chapter it is no other answer
        ([(0.9, 1), (0.84, 2), (0.3, 3)], None),  # too far behind
        ([(0.15, 1), (0.14, 2), (0.12, 3)], None),  # does not stand out
        ([(0.9, 1)], None),
        ([], None),
    ],
)
def test_another_answer_is_as_good_stands_out_and_is_in_another_chapter(
    some: list[tuple[float, int]], second: int | None
) -> None:
    judged = verdict_of(SURE, hits(*some))
    assert judged.second == second
    assert [h.rank for h in judged.answering] == [1, *([second] if second else [])][: len(some)]


def test_what_is_not_answered_has_no_second_answer() -> None:
    some = hits((0.9, 1), (0.88, 2))
    assert verdict_of(SURE, some).second == 2
    refused = verdict_of(assessed(), some)
    assert (refused.second, refused.answering) == (None, ())


def test_a_second_hit_with_no_others_behind_it_cannot_stand_out() -> None:
    some = hits((0.9, 1), (0.88, 2))
    assert ranked_answer("问？", some, SURE, np.array([0.9, 0.88], dtype=np.float32)).second is None
