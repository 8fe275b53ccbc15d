"""The searcher: the one door through which the page and the command line ask an index."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np

from index import store
from index.citations import cite
from index.encoder import Encoder, load_encoder
from index.errors import ModelError
from index.records import Citation, Document, Passage, Span
from index.script import folded
from index.vectors import VectorIndex, Vectors
from retrieval import answer, background, fusion, related
from retrieval.records import Answer, Hit, RelatedHit
from retrieval.reference import Place, Reference, find_one, find_places

CANDIDATES = 1000  # passages and sentences that the vectors propose for ranking; a plan has fewer, so all are ranked


class _Shown(TypedDict):
    passage: Passage
    document_title: str
    citation: Citation


def _is_lead(passage: Passage, span: Span) -> bool:
    """Whether a sentence is the passage's lead, with more behind it."""
    return bool(passage.lead) and span.start == 0 and span.end == len(passage.lead) + 1 < len(passage.text)


class Searcher:
    """Asks one opened index. Opening reads the index; the model is loaded when the first question needs it."""

    def __init__(self, snapshot: store.Snapshot, load: Callable[[], Encoder]) -> None:
        self.documents: tuple[Document, ...] = snapshot.documents
        self.passages: tuple[Passage, ...] = snapshot.passages
        self._titles = {d.id: d.title for d in snapshot.documents}
        self._rows = {p.id: row for row, p in enumerate(self.passages)}
        self._contract = snapshot.contract
        self._load = load
        self._encoder: Encoder | None = None
        self._background: Vectors = np.empty(
            (0, snapshot.contract.dimension), dtype=np.float32
        )  # filled with the model
        self._passage_vectors = VectorIndex(snapshot.passage_vectors)
        self._sentence_vectors = VectorIndex(snapshot.sentence_vectors)
        self._spans = [Span(int(start), int(end)) for _, start, end in snapshot.sentences]
        owners = snapshot.sentences[:, 0]  # (m,) ordered
        self._owners = owners.astype(np.int64)
        # A lead is a title: it counts for ranking, but it is not shown as the sentence that answers. (m,) 0 or -2
        self._demoted = np.array([-2 * _is_lead(self.passages[o], s) for o, s in zip(owners, self._spans, strict=True)])
        self._first = np.searchsorted(owners, np.arange(len(self.passages) + 1))  # (n + 1,) sentences of i: [i]:[i + 1]

    @classmethod
    def open(cls, directory: Path, *, model: str | None = None) -> "Searcher":
        """Open the live generation of an index directory.

        ``model`` names where the model is found, if not under the name that the index was built with. Raises
        StoreError.
        """
        snapshot = store.open_snapshot(directory)
        return cls(snapshot, lambda: load_encoder(model or snapshot.contract.name))

    def load(self) -> None:
        """Load the model now rather than with the first question. Raises ModelError if it is not the index's own."""
        if self._encoder is None:
            encoder = self._load()
            if differences := self._contract.differences(encoder.contract):
                raise ModelError(
                    f"the index was built with another model ({'; '.join(differences)}); "
                    f"build it again with: zhangju index SOURCE --model {encoder.contract.name}"
                )
            self._background = encoder.encode_passages(background.sentences(d.source for d in self.documents))
            self._encoder = encoder

    def ask(self, question: str, *, k: int = 5) -> Answer:
        """The ``k`` passages that answer a question best. Raises QuestionError for what is not a question."""
        return self.ask_many([question], k=k)[0]

    def ask_many(self, questions: Sequence[str], *, k: int = 5) -> list[Answer]:
        """Like ``ask`` for each question, in order, embedding them together."""
        asked = [answer.checked_question(q) for q in questions]
        vectors = iter(self._embedded([q for q in asked if not answer.is_vague(q)]))
        return [answer.too_vague(q) if answer.is_vague(q) else self._answer(q, next(vectors), k) for q in asked]

    def margins(self, questions: Sequence[str]) -> list[float]:
        """What the verdicts on some questions rest on; see fusion.margin."""
        return [self._margin(vector, self._rank(vector)[3]) for vector in self._embedded(questions)]

    def _embedded(self, questions: Sequence[str]) -> Vectors:
        """The vectors of questions, (q, d)."""
        if not questions:
            return np.empty((0, self._contract.dimension), dtype=np.float32)
        self.load()
        assert self._encoder is not None  # load() has set it or raised
        return self._encoder.encode_queries([folded(question) for question in questions])

    def _answer(self, question: str, vector: Vectors, k: int) -> Answer:
        rows, scores, sentences, cosines = self._rank(vector)
        order = np.lexsort((rows, -scores))[:k]  # equal scores: as in the text
        hits = tuple(
            self._hit(rank, float(scores[i]), int(rows[i]), self._spans[sentences[i]])
            for rank, i in enumerate(order, 1)
        )
        return answer.judged(question, hits, self._margin(vector, cosines))

    def _hit(self, rank: int, score: float, row: int, best: Span) -> Hit:
        passage = self.passages[row]
        cited = cite(self.title(passage), passage, best)
        return Hit(rank=rank, score=score, best=best, sentence_citation=cited, **self._shown(row))

    def _margin(self, vector: Vectors, cosines: fusion.Scores) -> float:
        return fusion.margin(float(cosines.max()), self._background @ vector)

    def _rank(self, vector: Vectors) -> tuple[fusion.Rows, fusion.Scores, fusion.Rows, fusion.Scores]:
        """Candidate passages and their scores; the sentence to show and the best cosine of each: four arrays (c,)."""
        query = vector[None, :]
        _, near_passages = self._passage_vectors.search(query, CANDIDATES)
        _, near_sentences = self._sentence_vectors.search(query, CANDIDATES)
        rows = np.union1d(near_passages[0], self._owners[near_sentences[0]])
        passage_scores = self._passage_vectors.read(rows) @ vector  # (c,)
        sentence_rows = np.concatenate([np.arange(self._first[r], self._first[r + 1]) for r in rows])
        sizes = self._first[rows + 1] - self._first[rows]
        starts = np.cumsum(sizes) - sizes
        cosines = self._sentence_vectors.read(sentence_rows) @ vector
        best, _ = fusion.best_in_groups(cosines, starts)
        _, where = fusion.best_in_groups(cosines + self._demoted[sentence_rows], starts)
        return rows, fusion.fuse(passage_scores, best), sentence_rows[where], best

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        """The ``k`` passages in other chapters nearest to the one named by its id or citation, best first.

        Raises UnknownPlaceError if ``reference`` names no passage, or more than one.
        """
        row = self._rows[self.one(reference).id]
        _, near = self._passage_vectors.search(self._passage_vectors.read([row]), CANDIDATES)
        others = [int(r) for r in near[0] if related.in_other_chapter(self.passages[row], self.passages[r])]
        pairs = [self._pair(row, other) for other in others]
        order = sorted(range(len(pairs)), key=lambda i: (-pairs[i][0], others[i]))[:k]
        return tuple(
            RelatedHit(
                rank=rank,
                score=pairs[i][0],
                kind="same subject",
                because=pairs[i][1],
                best=pairs[i][2],
                **self._shown(others[i]),
            )
            for rank, i in enumerate(order, 1)
        )

    def _pair(self, row: int, other: int) -> tuple[float, Span, Span]:
        """Score of two passages and the spans of their nearest sentences."""
        ours, theirs = (np.arange(self._first[r], self._first[r + 1]) for r in (row, other))
        cosines = self._sentence_vectors.read(ours) @ self._sentence_vectors.read(theirs).T  # (a, b)
        shown = cosines + self._demoted[ours][:, None] + self._demoted[theirs]
        i, j = np.unravel_index(int(shown.argmax()), shown.shape)
        whole = self._passage_vectors.read([row, other])
        return float(whole[0] @ whole[1] + cosines.max()), self._spans[ours[i]], self._spans[theirs[j]]

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
