"""Evaluation of the answers to a collection's questions: ranking measures, confidence, marked sentences, two runs.

Ranking measures come from ir-measures, so that their definitions are those of trec_eval. R@k is the share of a
question's relevant passages among the first k; Success@k is 1 if any relevant passage is. They are equal for a question
with one relevant passage.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.building.embedding import ProgressCallback as EmbeddingProgress
from index.building.embedding import embed
from index.errors import DocumentError, ZhangjuError
from index.models.encoder import Encoder
from index.text.scripts import in_other_script
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.evaluation import statistics
from retrieval.evaluation.beir import Collection, Criteria, Query
from retrieval.evaluation.statistics import Bin, Difference, Flags, Interval, Values
from retrieval.evaluation.trec import Run, ScoredPassage
from retrieval.records import Answer, AnswerStatus, Hit
from retrieval.search import Searcher

MEASURES = ("nDCG@10", "RR@10", "R@1", "R@5", "R@10", "Success@1", "Success@5")
DEPTH = 100  # hits for each question in a run
_CONFIDENT = 0.9
BLOCK = 64  # questions asked together, so that progress moves

Qrels = Mapping[str, Mapping[str, int]]
MeasureValues = Mapping[str, Values]  # by measure, (q,) one for each question
QuestionProgress = Callable[[int, int], None]  # questions answered so far, and all


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Result for a question: the verdict, the hits, the text marked in the first of them, and the text quoted from it.

    ``marked_share`` is its share of the passage's characters. ``other_script`` tells whether the question is in another
    script than the first hit; it is None without a hit.
    """

    query: Query
    status: AnswerStatus
    confidence: float
    hits: tuple[ScoredPassage, ...]
    marked: str
    marked_share: float
    other_script: bool | None
    quoted: str = ""

    @property
    def answered(self) -> bool:
        """The verdict that the text answers."""
        return self.status == "answered"

    @property
    def refused(self) -> bool:
        """The verdict that the text has nothing on it, not even something related."""
        return self.status not in ("answered", "related")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceFigures:
    """Figures of the confidence that the first hit is right, which it never is for an unanswerable question.

    ``auroc`` is None if all first hits are right, or none.
    """

    questions: int
    auroc: Interval | None
    brier: float
    calibration_error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstentionFigures:
    """Figures of answerable and unanswerable questions: AUROC of the confidence, shares refused and called answered."""

    answerable: int
    unanswerable: int
    auroc: Interval
    refused_answerable: Interval
    refused_unanswerable: Interval
    answered_answerable: Interval
    answered_unanswerable: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingFigures:
    """Figures of the marked text, over the questions whose answer words are ``known`` and whose first hit is right.

    ``contains`` is the share of marked texts that contain the answer, ``share`` the mean share of the passage that is
    marked: marking all of it would contain every answer.
    """

    known: int
    right: int
    contains: Interval
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotationFigures:
    """Figures of the quoted answers, over the ``known`` questions whose collection says what they must contain.

    ``exact`` is the share with all that is wanted and nothing that misleads, ``misleading`` the share that is called
    answered and quotes something misleading; of the ``confident`` answers, with a confidence of 0.9 and more,
    ``misleading_confident`` do.
    """

    known: int
    exact: Interval
    misleading: Interval
    confident: int
    misleading_confident: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Figures of all questions (``lang`` is None), or of those in one language.

    ``abstention``, ``marking`` and ``quotation`` are None without what they need in the folder.
    """

    lang: str | None
    queries: int
    measures: Mapping[str, Interval]
    confidence: ConfidenceFigures
    abstention: AbstentionFigures | None
    marking: MarkingFigures | None
    quotation: QuotationFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All figures of a collection. ``values`` are in the order of ``outcomes``, these in that of the queries.

    The first of ``groups`` is that of all questions; those of the languages follow, the largest first.
    """

    collection: Collection
    depth: int
    outcomes: tuple[Outcome, ...]
    unanswerable: tuple[Outcome, ...]
    values: MeasureValues
    groups: tuple[Group, ...]

    @property
    def run(self) -> Run:
        """Hits for the answerable questions, whatever the verdict."""
        return {o.query.id: o.hits for o in self.outcomes}

    @property
    def right(self) -> Flags:
        """Flags of the outcomes whose first hit is relevant, (q,)."""
        return self.values["Success@1"] > 0


def open_collection(collection: Collection, encoder: Encoder, *, progress: EmbeddingProgress | None = None) -> Searcher:
    """Return a searcher of a collection that is embedded in memory."""
    snapshot = embed([collection.document], encoder, progress=progress).snapshot
    # not cached: a CachedEncoder already is
    return Searcher(snapshot, lambda: encoder, out_of_domain=OutOfDomainVectors.embed)


def evaluate(
    collection: Collection, searcher: Searcher, *, depth: int = DEPTH, progress: QuestionProgress | None = None
) -> Evaluation:
    """Ask every question of a collection and measure the answers; the first ``depth`` hits count."""
    outcomes = _ask([*collection.queries, *collection.unanswerable], searcher, depth, progress)
    answerable, others = outcomes[: len(collection.queries)], outcomes[len(collection.queries) :]
    values = measure(collection.qrels, {o.query.id: o.hits for o in answerable}, collection.queries)
    counts = Counter(q.lang for q in collection.queries)
    languages = [lang for lang, _ in counts.most_common()] if any(counts.keys()) else []
    return Evaluation(
        collection=collection,
        depth=depth,
        outcomes=answerable,
        unanswerable=others,
        values=values,
        groups=tuple(_group(lang, collection, answerable, others, values) for lang in [None, *languages]),
    )


def _ask(
    queries: Sequence[Query], searcher: Searcher, depth: int, progress: QuestionProgress | None
) -> tuple[Outcome, ...]:
    outcomes: list[Outcome] = []
    for start in range(0, len(queries), BLOCK):
        block = queries[start : start + BLOCK]
        answers = iter(searcher.ask_many([q.text for q in block if q.text], k=depth))
        outcomes += [_outcome(q, next(answers), searcher, depth) if q.text else _empty_outcome(q) for q in block]
        if progress:
            progress(len(outcomes), len(queries))
    return tuple(outcomes)


def _empty_outcome(query: Query) -> Outcome:
    """Return the outcome of an empty question, which cannot be asked: that of one that is too vague."""
    return Outcome(
        query=query, status="too vague", confidence=0.0, hits=(), marked="", marked_share=0.0, other_script=None
    )


def _outcome(query: Query, answer: Answer, searcher: Searcher, depth: int) -> Outcome:
    marked, share = "", 0.0
    if answer.hits:
        first = answer.hits[0]
        source = next(d.source for d in searcher.documents if d.id == first.passage.document)
        marked = "".join(source[start:end] for start, end in first.highlights)
        share = len(marked) / len(first.passage.text)
    return Outcome(
        query=query,
        status=answer.status,
        confidence=answer.confidence,
        hits=scored_passages(answer.hits)[:depth],
        marked=marked,
        marked_share=share,
        other_script=in_other_script(query.text, answer.hits[0].passage.text) if answer.hits else None,
        quoted="\n".join(hit.quotation for one in (answer, *answer.parts) for hit in one.quoted),
    )


def scored_passages(hits: Sequence[Hit]) -> tuple[ScoredPassage, ...]:
    """Return the passages of some hits for a run, each followed by its duplicates, which have no hits, as equals."""
    return tuple(ScoredPassage(p.id, hit.score) for hit in hits for p in (hit.passage, *hit.same_text))


def measure(qrels: Qrels, run: Run, queries: Sequence[Query]) -> MeasureValues:
    """Return every measure for every question, in their order; a question that is not in the run has 0.

    Only the run's order counts. Raises ZhangjuError if ir-measures is not installed.
    """
    try:
        from ir_measures import RR, R, Success, iter_calc, nDCG
    except ImportError as error:
        raise ZhangjuError(
            f"measuring needs ir-measures, which is not installed ({error}); install it with: pip install ir-measures"
        ) from error
    rows = {q.id: row for row, q in enumerate(queries)}
    # Ranks replace scores, because tools round scores and break ties differently.
    ranked = {q: {hit.passage: -float(rank) for rank, hit in enumerate(hits)} for q, hits in run.items() if q in rows}
    judged = {q: dict(grades) for q, grades in qrels.items() if q in rows}
    values = {name: np.zeros(len(queries)) for name in MEASURES}
    wanted = [nDCG @ 10, RR @ 10, R @ 1, R @ 5, R @ 10, Success @ 1, Success @ 5]
    for found in iter_calc(wanted, judged, ranked):
        values[str(found.measure)][rows[found.query_id]] = found.value
    return values


def check_run(run: Run, collection: Collection, source: str) -> tuple[str, ...]:
    """Return remarks on a run of another tool. Raises DocumentError, which names its ``source``, if it does not fit."""
    passages = {p.id for p in collection.document.passages}
    queries = [q.id for q in collection.queries]
    if unknown := next((hit.passage for hits in run.values() for hit in hits if hit.passage not in passages), None):
        raise DocumentError(f"{source} names the passage {unknown!r}, which {collection.name} does not contain")
    missing = [q for q in queries if q not in run]
    if len(missing) == len(queries):
        raise DocumentError(f"{source} has none of the questions of {collection.name}, such as {queries[0]!r}")
    words = f"{source} has no hits for {len(missing):,} of {len(queries):,} questions, which count 0 for it"
    return (f"{words} (the first: {missing[0]})",) if missing else ()


def compare(evaluation: Evaluation, other: Run) -> dict[str | None, dict[str, Difference]]:
    """Return the differences of an evaluation and another run, by language (None for all) and measure."""
    queries = evaluation.collection.queries
    theirs = measure(evaluation.collection.qrels, other, queries)
    return {
        group.lang: {
            name: statistics.paired(values[rows], theirs[name][rows]) for name, values in evaluation.values.items()
        }
        for group in evaluation.groups
        for rows in [_rows(queries, group.lang)]
    }


def _rows(queries: Sequence[Query], lang: str | None) -> Flags:
    return np.array([lang in (None, q.lang) for q in queries], dtype=bool)


def _group(
    lang: str | None,
    collection: Collection,
    outcomes: Sequence[Outcome],
    others: Sequence[Outcome],
    values: MeasureValues,
) -> Group:
    rows = _rows(collection.queries, lang)
    answerable = [o for o, inside in zip(outcomes, rows, strict=True) if inside]
    unanswerable = [o for o in others if lang in (None, o.query.lang)]
    right = values["Success@1"][rows] > 0
    return Group(
        lang=lang,
        queries=len(answerable),
        measures={name: statistics.mean_interval(own[rows]) for name, own in values.items()},
        confidence=_confidence([*answerable, *unanswerable], np.append(right, np.zeros(len(unanswerable), dtype=bool))),
        abstention=_abstention(answerable, unanswerable) if unanswerable else None,
        marking=_marking(answerable, right, collection.answers),
        quotation=_quotation(answerable, collection.criteria),
    )


def _confidences(outcomes: Sequence[Outcome]) -> Values:
    return np.array([o.confidence for o in outcomes], dtype=np.float64)


def _share(flags: Iterable[bool]) -> Interval:
    return statistics.mean_interval(np.array(list(flags), dtype=np.float64))


def _confidence(outcomes: Sequence[Outcome], right: Flags) -> ConfidenceFigures:
    confidence = _confidences(outcomes)
    bins = statistics.reliability(confidence, right)
    both = right.any() and not right.all()
    return ConfidenceFigures(
        questions=len(outcomes),
        auroc=statistics.auroc_interval(confidence[right], confidence[~right]) if both else None,
        brier=statistics.brier(confidence, right),
        calibration_error=statistics.calibration_error(bins),
        bins=bins,
    )


def by_script(evaluations: Sequence[Evaluation]) -> dict[bool, ConfidenceFigures]:
    """Return the figures of the confidence in all answers, by whether the question is in another script than the text.

    Questions without hits are left out: there is no passage to compare their script with.
    """
    outcomes = [o for e in evaluations for o in (*e.outcomes, *e.unanswerable)]
    right = np.concatenate([np.append(e.right, np.zeros(len(e.unanswerable), dtype=bool)) for e in evaluations])
    rows = {kind: [i for i, o in enumerate(outcomes) if o.other_script is kind] for kind in (False, True)}
    return {kind: _confidence([outcomes[i] for i in some], right[some]) for kind, some in rows.items() if some}


def _abstention(answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> AbstentionFigures:
    return AbstentionFigures(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        auroc=statistics.auroc_interval(_confidences(answerable), _confidences(unanswerable)),
        refused_answerable=_share(o.refused for o in answerable),
        refused_unanswerable=_share(o.refused for o in unanswerable),
        answered_answerable=_share(o.answered for o in answerable),
        answered_unanswerable=_share(o.answered for o in unanswerable),
    )


def _marking(outcomes: Sequence[Outcome], right: Flags, answers: Mapping[str, str]) -> MarkingFigures | None:
    """Return the figures of the marked text; None without a right first hit."""
    known = [(o, bool(r)) for o, r in zip(outcomes, right, strict=True) if o.query.id in answers]
    judged = [o for o, is_right in known if is_right]
    if not judged:
        return None
    return MarkingFigures(
        known=len(known),
        right=len(judged),
        contains=statistics.mean_interval(
            np.array([contains(o.marked, answers[o.query.id]) for o in judged], dtype=np.float64)
        ),
        share=float(np.mean([o.marked_share for o in judged])),
    )


def _quotation(outcomes: Sequence[Outcome], criteria: Mapping[str, Criteria]) -> QuotationFigures | None:
    """Return the figures of the quoted answers; None without criteria."""
    known = [o for o in outcomes if o.query.id in criteria]
    if not known:
        return None
    misleading = np.array([o.answered and _misleads(o, criteria[o.query.id]) for o in known])
    clean = np.array([not _misleads(o, criteria[o.query.id]) for o in known])
    complete = np.array([all(contains(o.quoted, w) for w in criteria[o.query.id].must) for o in known])
    confident = np.array([o.answered and o.confidence >= _CONFIDENT for o in known])
    return QuotationFigures(
        known=len(known),
        exact=statistics.mean_interval((complete & clean).astype(np.float64)),
        misleading=statistics.mean_interval(misleading.astype(np.float64)),
        confident=int(confident.sum()),
        misleading_confident=int((misleading & confident).sum()),
    )


def _misleads(outcome: Outcome, criteria: Criteria) -> bool:
    return any(contains(outcome.quoted, words) for words in criteria.must_not)


def contains(text: str, words: str) -> bool:
    """Return whether a text contains some words, ignoring spaces, punctuation, case and width of characters."""
    wanted = _alphanumerics(words)
    return bool(wanted) and wanted in _alphanumerics(text)


def _alphanumerics(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
