"""How good the answers to a collection's questions are: measures, confidence, marked sentences, and two runs compared.

Measures come from ir-measures, so that their definitions are trec_eval's. R@k is the share of a question's relevant
passages among the first k; Success@k is 1 if any relevant passage is. They are equal where one passage is relevant.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.building.embedding import ProgressCallback as EmbeddingProgress
from index.building.embedding import embed
from index.errors import DocumentError, ZhangjuError
from index.models.encoder import Encoder
from index.text.scripts import in_other_script
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.evaluation import statistics
from retrieval.evaluation.beir import Collection, Query
from retrieval.evaluation.statistics import Bin, Difference, Flags, Interval, Values
from retrieval.evaluation.trec import Run, Scored
from retrieval.records import Answer, Hit, Status
from retrieval.search import Searcher

MEASURES = ("nDCG@10", "RR@10", "R@1", "R@5", "R@10", "Success@1", "Success@5")
DEPTH = 100  # hits for each question in a run
BLOCK = 64  # questions asked together, so that progress moves

Qrels = Mapping[str, Mapping[str, int]]
Table = Mapping[str, Values]  # measure: its value for each question, (q,)
Progress = Callable[[int, int], None]  # questions asked so far and of all


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a question: the verdict, the hits, and the text marked in the first of them.

    ``marked_share`` is its share of the passage's characters. ``other_script`` tells whether the question is in another
    script than the first hit; it is None without one.
    """

    query: Query
    status: Status
    confidence: float
    hits: tuple[Scored, ...]
    marked: str
    marked_share: float
    other_script: bool | None

    @property
    def refused(self) -> bool:
        """Whether the text was said not to answer."""
        return self.status != "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How well the confidence tells whether the first hit is right; for an unanswerable question it never is.

    ``auroc`` is None where all first hits are right, or none.
    """

    questions: int
    auroc: Interval | None
    brier: float
    calibration_error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """Answerable against unanswerable questions: does confidence tell them apart, and what share of each is refused."""

    answerable: int
    unanswerable: int
    auroc: Interval
    refused_answerable: Interval
    refused_unanswerable: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Of the questions whose words of answer are known and whose first hit is right: is the answer in what is marked.

    ``share`` is the mean share of the passage that is marked: marking all of it would hold every answer.
    """

    known: int
    right: int
    contains: Interval
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The figures of all questions (``lang`` is None), or of those in one language.

    Of the last two, one that the folder says nothing of is None.
    """

    lang: str | None
    queries: int
    measures: Mapping[str, Interval]
    confidence: Confidence
    abstention: Abstention | None
    marking: Marking | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All figures of a collection. ``table`` follows ``outcomes``, which follow the collection's queries.

    The first of ``groups`` is that of all questions; those of the languages follow, the largest first.
    """

    collection: Collection
    depth: int
    outcomes: tuple[Outcome, ...]
    unanswerable: tuple[Outcome, ...]
    table: Table
    groups: tuple[Group, ...]

    @property
    def run(self) -> Run:
        """What was found for the answerable questions, refused or not."""
        return {o.query.id: o.hits for o in self.outcomes}

    @property
    def right(self) -> Flags:
        """Whether the first hit is relevant, for each of ``outcomes``."""
        return self.table["Success@1"] > 0


def open_collection(collection: Collection, encoder: Encoder, *, progress: EmbeddingProgress | None = None) -> Searcher:
    """Embed a collection, and nothing on the disk."""
    snapshot = embed([collection.document], encoder, progress=progress).snapshot
    return Searcher(
        snapshot, lambda: encoder, out_of_domain=OutOfDomainVectors.embed
    )  # a CachedEncoder remembers it, too


def evaluate(
    collection: Collection, searcher: Searcher, *, depth: int = DEPTH, progress: Progress | None = None
) -> Evaluation:
    """Ask every question of a collection and measure the answers; the first ``depth`` hits count."""
    outcomes = _ask([*collection.queries, *collection.unanswerable], searcher, depth, progress)
    answerable, others = outcomes[: len(collection.queries)], outcomes[len(collection.queries) :]
    table = measure(collection.qrels, {o.query.id: o.hits for o in answerable}, collection.queries)
    counts = Counter(q.lang for q in collection.queries)
    languages = [lang for lang, _ in counts.most_common()] if any(counts.keys()) else []
    return Evaluation(
        collection=collection,
        depth=depth,
        outcomes=answerable,
        unanswerable=others,
        table=table,
        groups=tuple(_group(lang, collection, answerable, others, table) for lang in [None, *languages]),
    )


def _ask(queries: Sequence[Query], searcher: Searcher, depth: int, progress: Progress | None) -> tuple[Outcome, ...]:
    outcomes: list[Outcome] = []
    for start in range(0, len(queries), BLOCK):
        block = queries[start : start + BLOCK]
        answers = iter(searcher.ask_many([q.text for q in block if q.text], k=depth))
        outcomes += [_outcome(q, next(answers), searcher, depth) if q.text else _wordless(q) for q in block]
        if progress:
            progress(len(outcomes), len(queries))
    return tuple(outcomes)


def _wordless(query: Query) -> Outcome:
    """What becomes of an empty question, which cannot be asked: the same as of one that is too vague."""
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
        hits=listed(answer.hits)[:depth],
        marked=marked,
        marked_share=share,
        other_script=in_other_script(query.text, answer.hits[0].passage.text) if answer.hits else None,
    )


def listed(hits: Sequence[Hit]) -> tuple[Scored, ...]:
    """Hits as a run holds them: behind each, with its score, the passages of the same words that have no hit."""
    return tuple(Scored(p.id, hit.score) for hit in hits for p in (hit.passage, *hit.same_text))


def measure(qrels: Qrels, run: Run, queries: Sequence[Query]) -> Table:
    """Every measure for every question, in their order; a question that the run does not hold has 0.

    Only the run's order counts. Raises ZhangjuError where ir-measures is not installed.
    """
    try:
        from ir_measures import RR, R, Success, iter_calc, nDCG
    except ImportError as error:
        raise ZhangjuError(
            f"measuring needs ir-measures, which is not installed ({error}); install it with: pip install ir-measures"
        ) from error
    rows = {q.id: row for row, q in enumerate(queries)}
    # Ranks for scores: tools round scores differently and differ in what they do with equal ones.
    ranked = {q: {hit.passage: -float(rank) for rank, hit in enumerate(hits)} for q, hits in run.items() if q in rows}
    judged = {q: dict(grades) for q, grades in qrels.items() if q in rows}
    table = {name: np.zeros(len(queries)) for name in MEASURES}
    wanted = [nDCG @ 10, RR @ 10, R @ 1, R @ 5, R @ 10, Success @ 1, Success @ 5]
    for found in iter_calc(wanted, judged, ranked):
        table[str(found.measure)][rows[found.query_id]] = found.value
    return table


def check_run(run: Run, collection: Collection, source: str) -> tuple[str, ...]:
    """Remarks on a run from elsewhere. Raises DocumentError, beginning with ``source``, if it is of other passages."""
    passages = {p.id for p in collection.document.passages}
    queries = [q.id for q in collection.queries]
    if unknown := next((hit.passage for hits in run.values() for hit in hits if hit.passage not in passages), None):
        raise DocumentError(f"{source} names the passage {unknown!r}, which {collection.name} does not hold")
    missing = [q for q in queries if q not in run]
    if len(missing) == len(queries):
        raise DocumentError(f"{source} holds none of the questions of {collection.name}, such as {queries[0]!r}")
    words = f"{source} holds nothing for {len(missing):,} of {len(queries):,} questions, which count 0 for it"
    return (f"{words} (the first: {missing[0]})",) if missing else ()


def compare(evaluation: Evaluation, other: Run) -> dict[str | None, dict[str, Difference]]:
    """The evaluation's values minus those of another run, by group and measure."""
    queries = evaluation.collection.queries
    theirs = measure(evaluation.collection.qrels, other, queries)
    return {
        group.lang: {
            name: statistics.paired(values[rows], theirs[name][rows]) for name, values in evaluation.table.items()
        }
        for group in evaluation.groups
        for rows in [_rows(queries, group.lang)]
    }


def _rows(queries: Sequence[Query], lang: str | None) -> Flags:
    return np.array([lang in (None, q.lang) for q in queries], dtype=bool)


def _group(
    lang: str | None, collection: Collection, outcomes: Sequence[Outcome], others: Sequence[Outcome], table: Table
) -> Group:
    rows = _rows(collection.queries, lang)
    answerable = [o for o, inside in zip(outcomes, rows, strict=True) if inside]
    unanswerable = [o for o in others if lang in (None, o.query.lang)]
    right = table["Success@1"][rows] > 0
    return Group(
        lang=lang,
        queries=len(answerable),
        measures={name: statistics.mean_interval(values[rows]) for name, values in table.items()},
        confidence=_confidence([*answerable, *unanswerable], np.append(right, np.zeros(len(unanswerable), dtype=bool))),
        abstention=_abstention(answerable, unanswerable) if unanswerable else None,
        marking=_marking(answerable, right, collection.answers),
    )


def _certainty(outcomes: Sequence[Outcome]) -> Values:
    return np.array([o.confidence for o in outcomes], dtype=np.float64)


def _refused(outcomes: Sequence[Outcome]) -> Interval:
    return statistics.mean_interval(np.array([o.refused for o in outcomes], dtype=np.float64))


def _confidence(outcomes: Sequence[Outcome], right: Flags) -> Confidence:
    confidence = _certainty(outcomes)
    bins = statistics.reliability(confidence, right)
    told = right.any() and not right.all()
    return Confidence(
        questions=len(outcomes),
        auroc=statistics.auroc_interval(confidence[right], confidence[~right]) if told else None,
        brier=statistics.brier(confidence, right),
        calibration_error=statistics.calibration_error(bins),
        bins=bins,
    )


def by_script(evaluations: Sequence[Evaluation]) -> dict[bool, Confidence]:
    """The confidence in all answers of some evaluations together, by whether the question is in a foreign script.

    Questions that found nothing are left out: there is no passage to compare their script with.
    """
    outcomes = [o for e in evaluations for o in (*e.outcomes, *e.unanswerable)]
    right = np.concatenate([np.append(e.right, np.zeros(len(e.unanswerable), dtype=bool)) for e in evaluations])
    rows = {kind: [i for i, o in enumerate(outcomes) if o.other_script is kind] for kind in (False, True)}
    return {kind: _confidence([outcomes[i] for i in some], right[some]) for kind, some in rows.items() if some}


def _abstention(answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]) -> Abstention:
    return Abstention(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        auroc=statistics.auroc_interval(_certainty(answerable), _certainty(unanswerable)),
        refused_answerable=_refused(answerable),
        refused_unanswerable=_refused(unanswerable),
    )


def _marking(outcomes: Sequence[Outcome], right: Flags, answers: Mapping[str, str]) -> Marking | None:
    """None unless there is a first hit to look at."""
    known = [(o, bool(r)) for o, r in zip(outcomes, right, strict=True) if o.query.id in answers]
    looked_at = [o for o, is_right in known if is_right]
    if not looked_at:
        return None
    return Marking(
        known=len(known),
        right=len(looked_at),
        contains=statistics.mean_interval(
            np.array([contains(o.marked, answers[o.query.id]) for o in looked_at], dtype=np.float64)
        ),
        share=float(np.mean([o.marked_share for o in looked_at])),
    )


def contains(text: str, words: str) -> bool:
    """Whether a text holds some words, but for spaces, punctuation, letter case and the width of characters."""
    bare = _bare(words)
    return bool(bare) and bare in _bare(text)


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
