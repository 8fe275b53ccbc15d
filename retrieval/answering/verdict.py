"""The verdict whether the hits answer a question."""

from index.records import Passage
from retrieval.answering.confidence import MODELS, Features
from retrieval.arrays import Scores
from retrieval.chapters import chapter_path, in_other_chapter
from retrieval.records import SURE, Answer, Hit, Reason

# Below these probabilities, by whether the question is in a foreign script, the text "does not answer": about 3 % of
# answerable questions have less (scripts/fitting/confidence.py, rounded down: a question stands on either border).
_LEAST = {False: 0.17, True: 0.185}
# How much nearer to talk with the machine than to the text: surely no question, and none if it is refused anyway. The
# most that any of 2,700 questions of the development folders had was 0.037.
_TALK, _PERHAPS_TALK = 0.04, 0.02
_SIMILAR = 0.01  # margin over out-of-domain sentences from which the text has something similar
# A second hit answers, too, if its score is this near to the first's and this far above the ten scores behind it.
# On the plan 4 of 9 such hits did; of those that are only near, one in five.
_AS_GOOD, _STANDS_OUT = 0.01, 0.02
_SECOND_AMONG = 3  # hits; what comes later is seldom a part of the answer


def too_vague(question: str) -> Answer:
    """Return the answer to a question with too few letters to say anything: no hits."""
    return Answer(question=question, status="too vague", confidence=0.0, hits=())


def unresolved_place(question: str, places: tuple[str, ...]) -> Answer:
    """Return the answer to a citation of what does not exist: no hits, because what is near in meaning is elsewhere."""
    return Answer(
        question=question, status="not in the text", confidence=0.0, hits=(), reason="no such place", unresolved=places
    )


def at_place(question: str, hits: tuple[Hit, ...], size: int) -> Answer:
    """Return the answer to a question that asks for nothing but a place with ``size`` passages."""
    return Answer(question=question, status="answered", confidence=1.0, hits=hits, place_size=size)


def judged(
    question: str,
    hits: tuple[Hit, ...],
    found: Features,
    scores: Scores,
    *,
    foreign: bool,
    unresolved: tuple[str, ...] = (),
) -> Answer:
    """Return the hits with the verdict whether the first of them answers.

    ``scores`` are those of all candidates, falling; ``unresolved`` are places that the question names and that do not
    exist.
    """
    confidence = MODELS[foreign].probability(found)
    reason = _reason(found, confidence, foreign, unresolved)
    return Answer(
        question=question,
        status="not in the text" if reason else "answered",
        confidence=min(confidence, _LEAST[foreign]) if reason else confidence,
        hits=hits,
        reason=reason,
        unresolved=unresolved,
        second=None if reason else _second(hits, scores, confidence),
    )


def _reason(found: Features, confidence: float, foreign: bool, unresolved: tuple[str, ...]) -> Reason | None:
    """Why the first hit does not answer; None if it does."""
    if unresolved:
        return "no such place"
    if found.talk > _TALK:
        return "talk"
    if confidence >= _LEAST[foreign]:
        return None
    if found.talk > _PERHAPS_TALK:
        return "talk"
    return "no detail" if found.margin > _SIMILAR else "nothing similar"


def _second(hits: tuple[Hit, ...], scores: Scores, confidence: float) -> int | None:
    """The rank of a hit in another chapter that answers, too."""
    if confidence < SURE:
        return None
    for hit in hits[1:_SECOND_AMONG]:
        near = hits[0].score - hit.score <= _AS_GOOD
        behind = scores[scores < hit.score][:10]
        stands_out = len(behind) > 0 and hit.score - behind.mean() >= _STANDS_OUT
        if near and stands_out and _elsewhere(hits[0].passage, hit.passage):
            return hit.rank
    return None


def _elsewhere(passage: Passage, other: Passage) -> bool:
    """Whether a passage is in another chapter; a text without chapters is all in one place."""
    chapters = chapter_path(passage) is not None or passage.document != other.document
    return chapters and in_other_chapter(passage, other)
