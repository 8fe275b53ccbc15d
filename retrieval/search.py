"""The searcher: the one door through which the page and the command line ask an index."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypedDict

import numpy as np
from threadpoolctl import threadpool_limits

from index import store
from index.citations import cite
from index.embedding import headings
from index.encoder import Encoder, load_encoder
from index.model import EMBEDDING, OWN, mismatch
from index.records import Citation, Document, Passage, Span
from index.script import folded
from index.snapshot import Snapshot
from retrieval import answer, confidence, marking, related
from retrieval.background import Background
from retrieval.ranking import CLOSE, Mask, Question, Ranker, Ranking
from retrieval.records import Answer, Hit, RelatedHit
from retrieval.reference import Place, Reference, find_one, find_places
from retrieval.rerank import Reranker, reranked
from retrieval.scope import QuestionScope, Scopes

RELATED = 1000  # passages that may belong to another, before those of its own chapter are left out


class _Shown(TypedDict):
    passage: Passage
    document_title: str
    citation: Citation


class _Asking(NamedTuple):
    """A question, what is searched for, and where."""

    words: str
    text: str
    among: Mask | None
    boosted: Mask | None
    nowhere: tuple[str, ...] = ()  # places that it names and that are not there
    is_place: bool = False  # whether a place is all that it names; ``among`` are the first passages of it


def _in_order(ranking: Ranking) -> Ranking:
    """No more candidates than are compared token by token, as they stand in the text."""
    return ranking.moved(np.argsort(ranking.rows, kind="stable"))


class Searcher:
    """Asks one opened index. Opening reads the index; the model is loaded when the first question needs it."""

    def __init__(
        self,
        snapshot: Snapshot,
        load: Callable[[], Encoder],
        *,
        reranker: Callable[[], Reranker] | None = None,
        background: Callable[[Encoder], Background] = Background.remembered,
    ) -> None:
        self._make_background = background
        self.documents: tuple[Document, ...] = snapshot.documents
        self.passages: tuple[Passage, ...] = snapshot.passages
        self._titles = {d.id: d.title for d in snapshot.documents}
        self._rows = {p.id: row for row, p in enumerate(self.passages)}
        self._contract = snapshot.contract
        self._load = load
        self._load_reranker = reranker
        self._reranker: Reranker | None = None
        self._encoder: Encoder | None = None
        self._background: Background | None = None  # made by the model
        self._ranker = Ranker(snapshot)
        self._spans = [Span(int(start), int(end)) for _, start, end in snapshot.sentences]
        self._scopes = Scopes(snapshot.documents)
        self._twins = marking.twins([p.text for p in self.passages])

    @classmethod
    def open(
        cls, directory: Path, *, model: str | None = None, reranker: Callable[[], Reranker] | None = None
    ) -> "Searcher":
        """Open the live generation of an index directory.

        ``model`` names where the model is found, if not under the name that the index was built with; the first
        candidates are ranked anew by the ``reranker`` if there is one. Raises StoreError.
        """
        snapshot = store.open_snapshot(directory)
        name = model or snapshot.contract.name  # alone: the snapshot holds twice what the searcher needs of it
        use = EMBEDDING if model else OWN
        return cls(snapshot, lambda: load_encoder(name, use=use), reranker=reranker)

    def load(self) -> None:
        """Load the model now rather than with the first question. Raises ModelError if it is not the index's own."""
        if self._encoder is None:
            encoder = self._load()
            if (error := mismatch(self._contract, encoder.contract)) is not None:
                raise error
            # A question's arrays are small: several threads cost more than they bring, fivefold beside a busy program.
            threadpool_limits(1, user_api="blas")
            self._background = self._make_background(encoder)
            if self._reranker is None and self._load_reranker is not None:
                self._reranker = self._load_reranker()
            self._encoder = encoder

    def over(self, snapshot: Snapshot, load: Callable[[], Encoder]) -> "Searcher":
        """A searcher of another snapshot that shares what this one has loaded.

        ``load`` gives the model if the snapshot was built with another one. Raises ModelError as ``load`` does.
        """
        self.load()
        assert self._encoder is not None  # load() has set it or raised
        other = Searcher(snapshot, load, reranker=self._load_reranker, background=self._make_background)
        other._reranker = self._reranker
        if not snapshot.contract.differences(self._encoder.contract):
            other._encoder, other._background = self._encoder, self._background
        return other

    def ask(self, question: str, *, k: int = 5, chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> Answer:
        """The ``k`` passages that answer a question best.

        Only passages of one of the ``chapters`` and of one of the documents with these ``titles`` are found, where
        some are given (see Scopes.scope). Raises QuestionError for what is not a question and UnknownPlaceError for a
        chapter or title that is not there.
        """
        return self.ask_many([question], k=k, chapters=chapters, titles=titles)[0]

    def ask_many(
        self, questions: Sequence[str], *, k: int = 5, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> list[Answer]:
        """Like ``ask`` for each question, in order, embedding them together."""
        chosen = self._scopes.scope(chapters=chapters, titles=titles) if chapters or titles else None
        asked = [answer.checked_question(q) for q in questions]
        clear = [self._asking(q, chosen) for q in asked if not answer.is_vague(q)]
        found = iter(zip(clear, self.questions([a.text for a in clear]), strict=True))
        return [answer.too_vague(q) if answer.is_vague(q) else self._answer(*next(found), k) for q in asked]

    def questions(self, texts: Sequence[str]) -> list[Question]:
        """What some questions are searched by."""
        if not texts:
            return []
        self.load()
        assert self._encoder is not None  # load() has set it or raised
        plain = [folded(text) for text in texts]
        vectors, tokens = self._encoder.encode_queries(plain)
        return [Question(text, vectors[i], tokens.text(i)) for i, text in enumerate(plain)]

    def rank(self, question: Question, *, among: Mask | None = None, boosted: Mask | None = None) -> Ranking:
        """The candidates for a question, best first; see Ranker.rank."""
        return self._ranker.rank(question, among=among, boosted=boosted)

    def signs(self, question: Question, ranking: Ranking, everywhere: Ranking | None = None) -> confidence.Signs:
        """What speaks for the first candidate being the answer, and what against.

        ``everywhere`` is the ranking of all passages, where ``ranking`` is of some.
        """
        assert self._background is not None  # a Question was made by the model
        best = self._answering(question, ranking, 0)[0]
        passage = self.passages[ranking.rows[0]]
        field = everywhere or ranking
        others = field.scores[self._twins[field.rows] != self._twins[ranking.rows[0]]]
        return confidence.signs(question, ranking, others, self._background, passage.text, passage.text[slice(*best)])

    def _asking(self, question: str, chosen: Mask | None) -> _Asking:
        """What to search for, and where, by the question's own words and by the passages chosen, if some were."""
        named: QuestionScope = self._scopes.named(question)
        narrowed = named.rows if named.filter else None
        if narrowed is not None and chosen is not None and not (narrowed & chosen).any():
            return _Asking(question, named.rest or question, chosen, None, named.words)
        if narrowed is not None and not named.rest:
            rows = np.flatnonzero(narrowed if chosen is None else narrowed & chosen)[:CLOSE]
            return _Asking(question, question, np.isin(np.arange(len(narrowed)), rows), None, is_place=True)
        both = [mask for mask in (narrowed, chosen) if mask is not None]
        among = np.logical_and.reduce(both) if both else None
        boosted = named.rows if not named.filter else None
        return _Asking(question, named.rest or question, among, boosted, named.unknown)

    def _answer(self, asking: _Asking, question: Question, k: int) -> Answer:
        ranking = self.rank(question, among=asking.among, boosted=asking.boosted)
        if asking.is_place:
            return answer.found(asking.words, self._hits(question, _in_order(ranking), k))
        # A reranker changes the order; the verdict rests on what the first ranking shows, for which it was fitted.
        signs = self.signs(question, ranking, None if asking.among is None else self.rank(question))
        foreign = confidence.foreign(question.text, self.passages[ranking.rows[0]].text)
        hits = self._hits(question, self._reread(question, ranking), k)
        return answer.judged(asking.words, hits, signs, ranking.scores, foreign=foreign, nowhere=asking.nowhere)

    def _reread(self, question: Question, ranking: Ranking) -> Ranking:
        """The candidates as the reranker, where there is one, puts them; the scores stay with the places."""
        if self._reranker is None:
            return ranking
        places = np.arange(len(ranking.rows), dtype=np.int64)
        return ranking.moved(reranked(self._reranker, question.text, places, lambda i: self._read(ranking.rows[i])))

    def _read(self, row: int) -> str:
        """What a model reads of a passage."""
        return folded(headings(self.passages[row]) + self.passages[row].text)

    def _hits(self, question: Question, ranking: Ranking, k: int) -> tuple[Hit, ...]:
        """The first ``k`` different passages; one that repeats another's words is named with it."""
        first: dict[int, int] = {}  # twin class -> rank of its hit, from 0
        shown: list[tuple[int, list[int]]] = []  # candidate, rows of its twins
        for i, row in enumerate(ranking.rows.tolist()):
            twin = int(self._twins[row])
            if twin in first:
                shown[first[twin]][1].append(row)
            else:
                first[twin] = len(shown)
                shown.append((i, []))
        return tuple(self._hit(rank, question, ranking, *one) for rank, one in enumerate(shown[:k], 1))

    def _hit(self, rank: int, question: Question, ranking: Ranking, i: int, twins: Sequence[int]) -> Hit:
        row = int(ranking.rows[i])
        passage = self.passages[row]
        answering = self._answering(question, ranking, i)
        return Hit(
            rank=rank,
            score=float(ranking.scores[i]),
            best=answering[0],
            marked=tuple(sorted(answering)),
            sentence_citation=cite(self.title(passage), passage, answering[0]),
            same_text=tuple(self.passages[t] for t in twins),
            **self._shown(row),
        )

    def _answering(self, question: Question, ranking: Ranking, i: int) -> tuple[Span, ...]:
        spans = [self._spans[row] for row in ranking.sentence_rows[i]]
        return marking.answering(question.text, self.passages[ranking.rows[i]], spans, ranking.sentence_scores[i])

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        """The ``k`` passages in other chapters nearest to the one named by its id or citation, best first.

        Raises UnknownPlaceError if ``reference`` names no passage, or more than one.
        """
        row = self._rows[self.one(reference).id]
        vectors = self._ranker.passages
        _, near = vectors.search(vectors.read([row]), RELATED)
        others = [int(r) for r in near[0] if related.in_other_chapter(self.passages[row], self.passages[r])]
        pairs = [self._pair(row, other) for other in others]
        order = sorted(range(len(pairs)), key=lambda i: (-pairs[i].score, others[i]))[:k]
        return tuple(replace(pairs[i], rank=rank) for rank, i in enumerate(order, 1))

    def _pair(self, row: int, other: int) -> RelatedHit:
        """Two passages, their score and their nearest sentences."""
        ours, theirs = self._ranker.sentences_of(row), self._ranker.sentences_of(other)
        cosines = self._ranker.sentences.read(ours) @ self._ranker.sentences.read(theirs).T  # (a, b)
        leads = [
            marking.lead_penalty(self.passages[r], [self._spans[s] for s in some])
            for r, some in ((row, ours), (other, theirs))
        ]
        shown = cosines + leads[0][:, None] + leads[1]
        i, j = np.unravel_index(int(shown.argmax()), shown.shape)
        whole = self._ranker.passages.read([row, other])
        return RelatedHit(
            rank=0,
            score=float(whole[0] @ whole[1] + cosines.max()),
            kind="same subject",
            because=self._spans[ours[i]],
            best=self._spans[theirs[j]],
            **self._shown(other),
        )

    def show(self, reference: str) -> tuple[Place, ...]:
        """The passages that an id or a citation names, with the spans of 款 and 项. Raises UnknownPlaceError."""
        return find_places(Reference.parse(reference), reference, self.documents)

    def one(self, reference: str) -> Passage:
        """The one passage that an id or a citation names. Raises UnknownPlaceError for none and for several."""
        return find_one(Reference.parse(reference), reference, self.documents)

    def _shown(self, row: int) -> _Shown:
        passage = self.passages[row]
        return {"passage": passage, "document_title": self.title(passage), "citation": self.citation(passage)}

    def title(self, passage: Passage) -> str:
        """The title of the document that holds a passage."""
        return self._titles[passage.document]

    def citation(self, passage: Passage, span: Span | None = None) -> Citation:
        """How a passage, or a span of it, is cited."""
        return cite(self.title(passage), passage, span)
