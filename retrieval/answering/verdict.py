"""The verdict whether the hits answer a question."""

from index.records import Passage
from retrieval.answering.confidence import MODELS, Features
from retrieval.arrays import Scores
from retrieval.chapters import chapter_path, in_other_chapter
from retrieval.records import HIGH_CONFIDENCE, AbstentionReason, Answer, Hit

# Least probability of an answer, by whether the question is in another script than the text; about 3 % of the
# answerable questions have less (scripts/fitting/confidence.py, rounded down because a question is on either border).
_MIN_PROBABILITY = {False: 0.17, True: 0.185}
# How much nearer a question is to talk with the machine than to the text: from the first value on it is talk, from the
# second on if it is refused anyway. The highest value of 2,700 questions of the development folders was 0.037.
_TALK, _PERHAPS_TALK = 0.04, 0.02
_SIMILAR = 0.01  # margin over out-of-domain sentences from which the text has something similar
# A second hit answers as well if its score is this near to the first's and this far above the ten scores behind it.
# On the plan 4 of 9 such hits did; of those that are only near, one in five.
_MAX_GAP, _MIN_LEAD = 0.01, 0.02
_SECOND_AMONG = 3  # hits; later ones are seldom a part of the answer


def vague_answer(question: str) -> Answer:
    """Return the answer to a question with too few letters to say anything: no hits."""
    return Answer(question=question, status="too vague", confidence=0.0, hits=())


def unresolved_answer(question: str, places: tuple[str, ...]) -> Answer:
    """Return the answer to a citation of what does not exist: no hits, because what is near in meaning is elsewhere."""
    return Answer(
        question=question, status="not in the text", confidence=0.0, hits=(), reason="no such place", unresolved=places
    )


def place_answer(question: str, hits: tuple[Hit, ...], size: int) -> Answer:
    """Return the answer to a question that asks for nothing but a place with ``size`` passages."""
    return Answer(question=question, status="answered", confidence=1.0, hits=hits, place_size=size)


def ranked_answer(
    question: str,
    hits: tuple[Hit, ...],
    features: Features,
    scores: Scores,
    *,
    other_script: bool,
    unresolved: tuple[str, ...] = (),
) -> Answer:
    """Return the hits with the verdict whether the first of them answers.

    ``scores`` are those of all candidates, descending; ``unresolved`` are places that the question names and that do
    not exist.
    """
    confidence = MODELS[other_script].probability(features)
    threshold = _MIN_PROBABILITY[other_script]
    reason = "no such place" if unresolved else _abstention_reason(features, confidence, threshold)
    return Answer(
        question=question,
        status="not in the text" if reason else "answered",
        confidence=min(confidence, threshold) if reason else confidence,
        hits=hits,
        reason=reason,
        unresolved=unresolved,
        second=None if reason else _second_rank(hits, scores, confidence),
    )


def _abstention_reason(features: Features, confidence: float, threshold: float) -> AbstentionReason | None:
    """Return the reason why the first hit does not answer; None if it does."""
    if features.talk > _TALK:
        return "talk"
    if confidence >= threshold:
        return None
    if features.talk > _PERHAPS_TALK:
        return "talk"
    return "no detail" if features.margin > _SIMILAR else "nothing similar"


def _second_rank(hits: tuple[Hit, ...], scores: Scores, confidence: float) -> int | None:
    """Return the rank of a hit in another chapter that answers as well, if there is one."""
    if confidence < HIGH_CONFIDENCE:
        return None
    for hit in hits[1:_SECOND_AMONG]:
        is_near = hits[0].score - hit.score <= _MAX_GAP
        behind = scores[scores < hit.score][:10]
        leads = len(behind) > 0 and hit.score - behind.mean() >= _MIN_LEAD
        if is_near and leads and _is_elsewhere(hits[0].passage, hit.passage):
            return hit.rank
    return None


def _is_elsewhere(passage: Passage, other: Passage) -> bool:
    """Return whether two passages are in different chapters; a text without chapters counts as one."""
    has_chapters = chapter_path(passage) is not None or passage.document != other.document
    return has_chapters and in_other_chapter(passage, other)
