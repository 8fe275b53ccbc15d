"""The verdict whether the hits answer a question."""

from dataclasses import replace

from index.records import Passage
from retrieval.answering.confidence import MODEL, Assessment
from retrieval.arrays import Scores
from retrieval.chapters import chapter_path, in_other_chapter
from retrieval.records import HIGH_CONFIDENCE, AbstentionReason, Answer, Detail, Difference, Hit

# Least probability of an answer. On documents that nothing was fitted on, two of three answerable questions reach it,
# and one in four or five of those that a text does not answer (scripts/fitting/confidence.py).
ANSWERED = 0.33
# Least probability of an answer to a question that is nearer to the out-of-domain sentences than to the text. Of the
# answerable questions 1 % are below both, of those about something else half.
_NOTHING_NEAR = 0.15
# How much nearer a question is to talk with the machine than to the text: from the first value on it is talk, from the
# second on if it is refused anyway. The highest value of 2,700 questions of the development folders was 0.037.
_TALK, _PERHAPS_TALK = 0.04, 0.02
# The out-of-domain sentences are in several languages and the text is not: a question in another script is nearer to
# them, to those of its own language most. Of 150 such answerable questions 12 would be refused without this.
_FOREIGN_TALK, _FOREIGN = 0.05, 0.04
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
    found: Assessment,
    scores: Scores,
    *,
    missing: Detail | None = None,
    differences: tuple[Difference, ...] = (),
    unresolved: tuple[str, ...] = (),
) -> Answer:
    """Return the hits with the verdict whether the first of them answers.

    ``scores`` are those of all candidates, descending; ``missing`` is the detail that the first hit lacks,
    ``differences`` are years and values in which it differs from the question; ``unresolved`` are places that the
    question names and that do not exist.
    """
    probability = MODEL.probability(found.features)
    reason = "no such place" if unresolved else _abstention_reason(found, probability)
    if reason is None and any(difference.kind == "year" for difference in differences):
        reason = "no detail"
    return Answer(
        question=question,
        status="answered" if reason is None else "related" if reason == "no detail" else "not in the text",
        confidence=min(probability, ANSWERED) if reason else probability,
        hits=hits,
        reason=reason,
        missing=missing if reason == "no detail" else None,
        differences=differences if reason in (None, "no detail") else (),
        unresolved=unresolved,
        second=None if reason else _second_rank(hits, scores, probability),
    )


def answer_of_parts(whole: Answer, parts: tuple[Answer, ...], k: int) -> Answer:
    """Return the answer to what is asked of several things: the hits of each first, and the weakest verdict."""
    firsts = {part.hits[0].passage.id: part.hits[0] for part in parts if part.hits}
    reasons = {hit.passage.id: hit.match_reason for hit in whole.hits}
    first = [replace(hit, match_reason=reasons.get(name)) for name, hit in firsts.items()]
    hits = [*first, *(hit for hit in whole.hits if hit.passage.id not in firsts)][: max(k, len(first))]
    weakest = min(parts, key=lambda part: part.confidence)
    return replace(
        whole,
        status=weakest.status,
        confidence=weakest.confidence,
        reason=weakest.reason,
        missing=weakest.missing,
        differences=(),
        second=None,
        hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, 1)),
        parts=parts,
    )


def _abstention_reason(found: Assessment, probability: float) -> AbstentionReason | None:
    """Return the reason why the first hit does not answer; None if it does."""
    talk = found.talk - _FOREIGN_TALK * found.features.other_script
    if talk > _TALK:
        return "talk"
    if probability >= ANSWERED:
        return None
    if talk > _PERHAPS_TALK:
        return "talk"
    return "no detail" if is_near(found, probability) else "nothing similar"


def is_near(found: Assessment, probability: float) -> bool:
    """Return whether the text treats the subject of a question, answered or not."""
    return found.margin + _FOREIGN * found.features.other_script >= 0 or probability >= _NOTHING_NEAR


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
