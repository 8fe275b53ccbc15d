import numpy as np
import pytest

from index.records import Citation, Division, Passage, Span
from retrieval.answering import verdict
from retrieval.answering.confidence import Features
from retrieval.answering.verdict import ranked_answer, vague_answer
from retrieval.records import AbstentionReason, Answer, Hit

ZERO = Features(*[0.0] * len(Features._fields))
SIMILAR = ZERO._replace(margin=0.2)
LEAST = 0.3


class AgreementModel:
    """Takes the share of cosines that agree as the probability."""

    def probability(self, found: Features) -> float:
        return found.agreement


@pytest.fixture(autouse=True)
def _round_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants and a model of our own."""
    numbers = {"_MIN_PROBABILITY": {False: LEAST, True: 2 * LEAST}, "_TALK": 0.2, "_PERHAPS_TALK": 0.1, "_SIMILAR": 0.1}
    numbers |= {"_MAX_GAP": 0.05, "_MIN_LEAD": 0.1, "_SECOND_AMONG": 3}
    for name, value in numbers.items():
        monkeypatch.setattr(verdict, name, value)
    monkeypatch.setattr(verdict, "MODELS", dict.fromkeys((False, True), AgreementModel()))


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


def verdict_of(
    found: Features, some: tuple[Hit, ...] = HITS, *, other_script: bool = False, unresolved: tuple[str, ...] = ()
) -> Answer:
    scores = np.array([*(h.score for h in some), *[0.1] * 20], dtype=np.float32)
    return ranked_answer("问？", some, found, scores, other_script=other_script, unresolved=unresolved)


def test_the_answer_to_something_vague_is_empty() -> None:
    found = vague_answer("……")
    assert (found.status, found.answered, found.confidence, found.hits) == ("too vague", False, 0, ())
    assert (found.reason, found.answering) == (None, ())


# why a text does not answer


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (SIMILAR._replace(agreement=LEAST), None),
        (SIMILAR._replace(agreement=LEAST - 0.01), "no detail"),
        (ZERO._replace(margin=0.11), "no detail"),
        (ZERO._replace(margin=0.1), "nothing similar"),
        (ZERO._replace(margin=-0.5), "nothing similar"),
        (SIMILAR._replace(agreement=0.99, talk=0.21), "talk"),
        (SIMILAR._replace(agreement=0.99, talk=0.2), None),
        (SIMILAR._replace(agreement=0.1, talk=0.11), "talk"),
        (SIMILAR._replace(agreement=0.1, talk=0.1), "no detail"),
    ],
)
def test_the_reason(found: Features, reason: AbstentionReason | None) -> None:
    judged = verdict_of(found)
    assert judged.reason == reason
    assert judged.answered == (reason is None)
    assert judged.hits == HITS
    assert judged.confidence == min(found.agreement, LEAST if reason else 1)


def test_more_is_wanted_of_a_question_in_another_script() -> None:
    likely = SIMILAR._replace(agreement=1.5 * LEAST)
    assert verdict_of(likely).answered
    assert verdict_of(likely, other_script=True).reason == "no detail"
    assert verdict_of(SIMILAR._replace(agreement=2 * LEAST), other_script=True).answered


def test_a_place_that_is_not_there_comes_before_every_other_reason() -> None:
    for found in (SIMILAR._replace(agreement=0.99), ZERO._replace(talk=0.9)):
        judged = verdict_of(found, unresolved=("第九章",))
        assert (judged.reason, judged.unresolved) == ("no such place", ("第九章",))
        assert judged.answering == ()
        assert judged.confidence <= LEAST


# two answers

SURE = SIMILAR._replace(agreement=0.9)


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
    refused = verdict_of(ZERO, some)
    assert (refused.second, refused.answering) == (None, ())


def test_a_second_hit_with_no_others_behind_it_cannot_stand_out() -> None:
    some = hits((0.9, 1), (0.88, 2))
    assert ranked_answer("问？", some, SURE, np.array([0.9, 0.88], dtype=np.float32), other_script=False).second is None
