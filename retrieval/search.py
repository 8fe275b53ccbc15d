"""The searcher: the one door through which the page and the command line ask an index."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypedDict

import numpy as np
from threadpoolctl import threadpool_limits

from index.building.embedding import heading_text
from index.citations import cite
from index.models.contract import model_mismatch
from index.models.encoder import Encoder, load_encoder
from index.models.location import EMBEDDING, INDEX_MODEL
from index.records import Citation, Document, Passage, Span
from index.storage import store
from index.storage.generations import Generation
from index.storage.snapshot import Snapshot
from index.text.chinese import to_simplified
from index.text.scripts import in_other_script
from retrieval.answering import answer_sentences, verdict
from retrieval.answering.confidence import Features, features
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Mask
from retrieval.coverage.finder import CoverageFinder, TermSimilarity
from retrieval.coverage.records import Coverage, checked_terms
from retrieval.explanation import match_reasons
from retrieval.explanation.aligner import WordAligner
from retrieval.question.reference import Place, Reference, find_one, find_places
from retrieval.question.scope import QuestionScope, Scopes
from retrieval.question.unresolved import missing
from retrieval.ranking.ranker import MAX_COMPARED, EncodedQuery, Ranker, Ranking
from retrieval.ranking.reranking import Reranker, reranked
from retrieval.records import Answer, Hit, MatchReason, RelatedHit, RelatedPair, WordMatch
from retrieval.related.chapter_map import ChapterMap
from retrieval.related.relations import RelationFinder


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
    return ranking.reordered(np.argsort(ranking.rows, kind="stable"))


class Searcher:
    """Asks one opened index. Opening reads the index; the model is loaded when the first question needs it."""

    def __init__(
        self,
        snapshot: Snapshot,
        load: Callable[[], Encoder],
        *,
        reranker: Callable[[], Reranker] | None = None,
        out_of_domain: Callable[[Encoder], OutOfDomainVectors] = OutOfDomainVectors.cached,
    ) -> None:
        self._embed_out_of_domain = out_of_domain
        self.documents: tuple[Document, ...] = snapshot.documents
        self.passages: tuple[Passage, ...] = snapshot.passages
        self._titles = {d.id: d.title for d in snapshot.documents}
        self._rows = {p.id: row for row, p in enumerate(self.passages)}
        self.contract = snapshot.contract  # of the model that the index was built with
        self.generation: Generation | None = None  # that ``open`` has opened
        self._load = load
        self._load_reranker = reranker
        self._reranker: Reranker | None = None
        self._encoder: Encoder | None = None
        self._out_of_domain: OutOfDomainVectors | None = None  # made by the model
        self._ranker = Ranker(snapshot)
        self._aligner = WordAligner(snapshot)
        self._spans = [Span(int(start), int(end)) for _, start, end in snapshot.sentences]
        self._coverage = CoverageFinder(self.documents, self.passages, self._ranker)
        self._relations = RelationFinder(self.documents, self.passages, self._ranker, self._spans)
        self._scopes = Scopes(snapshot.documents)
        self._duplicates = answer_sentences.first_duplicates([p.text for p in self.passages])

    @classmethod
    def open(
        cls, directory: Path | str, *, model: str | None = None, reranker: Callable[[], Reranker] | None = None
    ) -> "Searcher":
        """Open the live generation of an index directory.

        ``model`` names where the model is found, if not under the name that the index was built with; the first
        candidates are ranked anew by the ``reranker`` if there is one. Raises StoreError.
        """
        generation, snapshot = store.open_live(Path(directory))
        name = model or snapshot.contract.name  # alone: the snapshot holds twice what the searcher needs of it
        use = EMBEDDING if model else INDEX_MODEL
        searcher = cls(snapshot, lambda: load_encoder(name, use=use), reranker=reranker)
        searcher.generation = generation
        return searcher

    def load(self) -> None:
        """Load the model now rather than with the first question. Raises ModelError if it is not the index's own."""
        if self._encoder is None:
            encoder = self._load()
            if (error := model_mismatch(self.contract, encoder.contract)) is not None:
                raise error
            # A question's arrays are small: several threads cost more than they bring, fivefold beside a busy program.
            threadpool_limits(1, user_api="blas")
            self._out_of_domain = self._embed_out_of_domain(encoder)
            if self._reranker is None and self._load_reranker is not None:
                self._reranker = self._load_reranker()
            self._encoder = encoder

    def over(self, snapshot: Snapshot, load: Callable[[], Encoder]) -> "Searcher":
        """A searcher of another snapshot that shares what this one has loaded.

        ``load`` gives the model if the snapshot was built with another one. Raises ModelError as ``load`` does.
        """
        self.load()
        assert self._encoder is not None  # load() has set it or raised
        other = Searcher(snapshot, load, reranker=self._load_reranker, out_of_domain=self._embed_out_of_domain)
        other._reranker = self._reranker
        if not snapshot.contract.differences(self._encoder.contract):
            other._encoder, other._out_of_domain = self._encoder, self._out_of_domain
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
        return list(self.ask_each(questions, k=k, chapters=chapters, titles=titles))

    def ask_each(
        self,
        questions: Sequence[str],
        *,
        k: int = 5,
        chapters: Sequence[str] = (),
        titles: Sequence[str] = (),
        reasons: bool = True,
    ) -> Iterator[Answer]:
        """Like ``ask_many``, but only embedding them is done at once; each is answered when its turn comes.

        Without ``reasons`` it is not said why a passage was found, which takes a tenth of the time.
        """
        chosen = self._scopes.scope(chapters=chapters, titles=titles) if chapters or titles else None
        asked = [verdict.checked_question(q) for q in questions]
        told = [self._without_search(q, chosen) for q in asked]
        clear = [self._asking(q, chosen) for q, verdict in zip(asked, told, strict=True) if verdict is None]
        found = iter(zip(clear, self.questions([a.text for a in clear]), strict=True))
        return (verdict or self._answer(*next(found), k, reasons) for verdict in told)

    def _without_search(self, question: str, chosen: Mask | None) -> Answer | None:
        """The answer where nothing need be searched: too few letters, or a citation of what is not there."""
        if verdict.is_vague(question):
            return verdict.too_vague(question)
        documents = self.documents
        if chosen is not None:
            inside = {self.passages[row].document for row in np.flatnonzero(chosen)}
            documents = tuple(document for document in documents if document.id in inside)
        name = missing(question, documents)
        return verdict.nowhere(question, (name,)) if name else None

    def questions(self, texts: Sequence[str]) -> list[EncodedQuery]:
        """What some questions are searched by."""
        if not texts:
            return []
        self.load()
        assert self._encoder is not None  # load() has set it or raised
        plain = [to_simplified(text) for text in texts]
        vectors, tokens = self._encoder.encode_queries(plain)
        return [EncodedQuery(text, vectors[i], tokens.of_text(i)) for i, text in enumerate(plain)]

    def rank(self, question: EncodedQuery, *, among: Mask | None = None, boosted: Mask | None = None) -> Ranking:
        """The candidates for a question, best first; see Ranker.rank."""
        return self._ranker.rank(question, among=among, boosted=boosted)

    def features(self, question: EncodedQuery, ranking: Ranking, everywhere: Ranking | None = None) -> Features:
        """What speaks for the first candidate being the answer, and what against.

        ``everywhere`` is the ranking of all passages, where ``ranking`` is of some.
        """
        assert self._out_of_domain is not None  # an EncodedQuery was made by the model
        best = self._answering(question, ranking, 0)[0]
        passage = self.passages[ranking.rows[0]]
        field = everywhere or ranking
        others = field.scores[self._duplicates[field.rows] != self._duplicates[ranking.rows[0]]]
        return features(question, ranking, others, self._out_of_domain, passage.text, passage.text[slice(*best)])

    def _asking(self, question: str, chosen: Mask | None) -> _Asking:
        """What to search for, and where, by the question's own words and by the passages chosen, if some were."""
        named: QuestionScope = self._scopes.named(question)
        narrowed = named.rows if named.filter else None
        if narrowed is not None and chosen is not None and not (narrowed & chosen).any():
            return _Asking(question, named.rest or question, chosen, None, named.words)
        if narrowed is not None and not named.rest:
            rows = np.flatnonzero(narrowed if chosen is None else narrowed & chosen)[:MAX_COMPARED]
            return _Asking(question, question, np.isin(np.arange(len(narrowed)), rows), None, is_place=True)
        both = [mask for mask in (narrowed, chosen) if mask is not None]
        among = np.logical_and.reduce(both) if both else None
        boosted = named.rows if not named.filter else None
        return _Asking(question, named.rest or question, among, boosted, named.unknown)

    def _answer(self, asking: _Asking, question: EncodedQuery, k: int, reasons: bool) -> Answer:
        ranking = self.rank(question, among=asking.among, boosted=asking.boosted)
        if asking.is_place:
            return verdict.found(asking.words, self._hits(question, _in_order(ranking), k, reasons))
        # A reranker changes the order; the verdict rests on what the first ranking shows, for which it was fitted.
        known = self.features(question, ranking, None if asking.among is None else self.rank(question))
        foreign = in_other_script(question.text, self.passages[ranking.rows[0]].text)
        hits = self._hits(question, self._reread(question, ranking), k, reasons)
        return verdict.judged(asking.words, hits, known, ranking.scores, foreign=foreign, nowhere=asking.nowhere)

    def _reread(self, question: EncodedQuery, ranking: Ranking) -> Ranking:
        """The candidates as the reranker, where there is one, puts them; the scores stay with the places."""
        if self._reranker is None:
            return ranking
        places = np.arange(len(ranking.rows), dtype=np.int64)
        return ranking.reordered(reranked(self._reranker, question.text, places, lambda i: self._read(ranking.rows[i])))

    def _read(self, row: int) -> str:
        """What a model reads of a passage."""
        return to_simplified(heading_text(self.passages[row]) + self.passages[row].text)

    def _hits(self, question: EncodedQuery, ranking: Ranking, k: int, reasons: bool) -> tuple[Hit, ...]:
        """The first ``k`` different passages; one that repeats another's words is named with it."""
        first: dict[int, int] = {}  # row of the first duplicate -> rank of its hit, from 0
        shown: list[tuple[int, list[int]]] = []  # candidate, rows of its duplicates
        for i, row in enumerate(ranking.rows.tolist()):
            key = int(self._duplicates[row])
            if key in first:
                shown[first[key]][1].append(row)
            else:
                first[key] = len(shown)
                shown.append((i, []))
        hits = [self._hit(rank, question, ranking, *one) for rank, one in enumerate(shown[:k], 1)]
        if not reasons:
            return tuple(hits)
        found = self._reasons(question, ranking, [i for i, _ in shown[:k]])
        return tuple(replace(hit, why=reason) for hit, reason in zip(hits, found, strict=True))

    def _reasons(self, question: EncodedQuery, ranking: Ranking, shown: Sequence[int]) -> list[MatchReason]:
        """Why each of the candidates shown was found."""
        words = self._ranker.words
        wanted = match_reasons.question_words(question.text, words)
        ranks = match_reasons.semantic_ranks(ranking.signals, self._ranker.weights)
        far = len(ranking.rows)  # those that were not compared token by token
        places = [int(ranks[i]) if i < len(ranks) else far for i in shown]
        texts = [self.passages[ranking.rows[i]].text for i in shown]
        return [
            match_reasons.match_reason(wanted, text, words, semantic_rank=rank, candidates=far)
            for text, rank in zip(texts, places, strict=True)
        ]

    def _hit(self, rank: int, question: EncodedQuery, ranking: Ranking, i: int, duplicates: Sequence[int]) -> Hit:
        row = int(ranking.rows[i])
        passage = self.passages[row]
        answering = self._answering(question, ranking, i)
        return Hit(
            rank=rank,
            score=float(ranking.scores[i]),
            best=answering[0],
            marked=tuple(sorted(answering)),
            sentence_citation=cite(self.title(passage), passage, answering[0]),
            same_text=tuple(self.passages[row] for row in duplicates),
            **self._shown(row),
        )

    def matches(self, question: str, sentences: Sequence[tuple[str, Span]]) -> list[tuple[WordMatch, ...]]:
        """Which words of a question meet which words of some sentences, each a span of the passage with an id.

        The spans of the matches are of the passage's text. It takes a model's time: some 10 ms a sentence. Raises
        UnknownPlaceError if there is no such passage, or no such span of it.
        """
        self.load()
        assert self._encoder is not None  # load() has set it or raised
        return self._aligner.align(self._encoder, question, sentences)

    def explained(self, answer: Answer) -> Answer:
        """The answer with the matches of its hits in another language than the question; see ``matches``."""
        hits = match_reasons.hits_in_other_script(answer)
        met = self.matches(answer.question, [(hit.passage.id, hit.best) for hit in hits]) if hits else []
        known = {hit.rank: found for hit, found in zip(hits, met, strict=True)}
        return replace(
            answer,
            hits=tuple(
                replace(hit, why=replace(hit.why, matches=known[hit.rank])) if hit.rank in known and hit.why else hit
                for hit in answer.hits
            ),
        )

    def _answering(self, question: EncodedQuery, ranking: Ranking, i: int) -> tuple[Span, ...]:
        spans = [self._spans[row] for row in ranking.sentence_rows[i]]
        return answer_sentences.select(question.text, self.passages[ranking.rows[i]], spans, ranking.sentence_scores[i])

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        """The ``k`` passages in other chapters and documents that belong most to the one named by its id or citation.

        Those that it refers to and that refer to it come first, then the others, best first. Raises UnknownPlaceError
        if ``reference`` names no passage, or more than one.
        """
        found = self._relations.related(self._rows[self.one(reference).id], k)
        return tuple(
            RelatedHit(
                rank=rank,
                score=one.score,
                kind=one.kind,
                because=one.pairs[0][0],
                best=one.pairs[0][1],
                terms=one.terms,
                pairs=one.pairs,
                **self._shown(one.row),
            )
            for rank, one in enumerate(found, 1)
        )

    def related_pairs(self, *, between: tuple[int, int] | None = None, k: int = 50) -> tuple[RelatedPair, ...]:
        """The ``k`` pairs of passages of different chapters that belong most together, in the order of ``related``.

        Only of the two chapters ``between``, by their places in ``chapter_map``, if given. Of a large collection the
        pairs of some passages of each chapter are compared; see retrieval/related/chapter_similarity.py.
        """
        found = self._relations.pairs(between, k)
        return tuple(
            RelatedPair(
                rank=rank,
                score=one.score,
                kind=one.kind,
                source=self.passages[one.source],
                other=self.passages[one.row],
                source_citation=self.citation(self.passages[one.source]),
                citation=self.citation(self.passages[one.row]),
                pairs=one.pairs,
                terms=one.terms,
            )
            for rank, one in enumerate(found, 1)
        )

    def chapter_map(self) -> ChapterMap:
        """How strongly the chapters treat the same subjects, computed once; see ChapterMap and survey.strengths."""
        return self._relations.chapter_map

    def coverage(
        self, terms: Sequence[str], *, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> tuple[Coverage, ...]:
        """Every passage that speaks of each of some terms, in any language, counted by chapter.

        A term given twice counts once. Chapters and titles are as in ``ask``. Raises QuestionError for what is not a
        term and UnknownPlaceError for a chapter or title that is not there.
        """
        wanted = checked_terms(terms)
        chosen = self._scopes.scope(chapters=chapters, titles=titles) if chapters or titles else None
        questions = self.questions(wanted)
        assert self._out_of_domain is not None  # an EncodedQuery was made by the model
        return self._coverage.find(wanted, questions, self._out_of_domain, chosen)

    def term_similarities(self, terms: Sequence[str]) -> list[TermSimilarity]:
        """How near all passages are to each of some terms, before it is judged which of them speak of it."""
        questions = self.questions(terms)
        assert self._out_of_domain is not None  # an EncodedQuery was made by the model
        return self._coverage.similarities(questions, self._out_of_domain) if questions else []

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
