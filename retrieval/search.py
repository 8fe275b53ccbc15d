"""The searcher: the facade through which the page and the command line use an index."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from index.models.contract import model_mismatch
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.models.location import EMBEDDING, INDEX_MODEL
from index.records import Citation, Passage, Span
from index.storage import store
from index.storage.generations import Generation
from index.storage.snapshot import Snapshot
from index.text.chinese import to_simplified
from index.text.folding import fold
from retrieval.answerer import Answerer, Models, unsearched_answer
from retrieval.answering.confidence import Assessment
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.answering.verdict import answer_of_parts
from retrieval.arrays import Mask
from retrieval.corpus import Corpus, Place
from retrieval.coverage.finder import CoverageFinder, TermSimilarity
from retrieval.coverage.records import Coverage, checked_terms
from retrieval.explanation import match_reasons
from retrieval.explanation.aligner import WordAligner
from retrieval.question.parts import single_questions
from retrieval.question.plan import QuestionPlan, QuestionPlanner
from retrieval.question.question_type import QuestionType, classify
from retrieval.ranking.ranker import EncodedQuery, Ranker, Ranking
from retrieval.ranking.reranking import Reranker
from retrieval.records import Answer, RelatedHit, RelatedPair, WordMatch
from retrieval.related.chapter_map import ChapterMap
from retrieval.related.related_hits import related_hits, related_pairs
from retrieval.related.relations import RelationFinder

_NEAR = 5  # hits of a text with several questions that are more likely to answer each of them


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
        self._corpus = Corpus(snapshot.documents)
        self.documents = self._corpus.documents
        self.passages = self._corpus.passages
        self.contract = snapshot.contract  # of the model that the index was built with
        self.generation: Generation | None = None  # that ``open`` has opened
        self._load = load
        self._load_reranker = reranker
        self._embed_out_of_domain = out_of_domain
        self._loaded: Models | None = None
        spans = [Span(int(start), int(end)) for _, start, end in snapshot.sentences]
        self._ranker = Ranker(snapshot)
        self._planner = QuestionPlanner(self._corpus)
        self._answerer = Answerer(self._corpus, self._ranker, spans)
        self._aligner = WordAligner(snapshot)
        self._coverage = CoverageFinder(self.documents, self.passages, self._ranker)
        self._relations = RelationFinder(self.documents, self.passages, self._ranker, spans)

    @classmethod
    def open(
        cls,
        directory: Path | str,
        *,
        model: str | None = None,
        reranker: Callable[[], Reranker] | None = None,
        load: Callable[[], Encoder] | None = None,
    ) -> "Searcher":
        """Open the live generation of an index directory.

        ``model`` names where the model is found, if not under the name that the index was built with; ``load`` gives
        the model instead, if it is being loaded already. The first candidates are ranked anew by the ``reranker`` if
        there is one. Raises StoreError.
        """
        generation, snapshot = store.open_live(Path(directory))
        name = model or snapshot.contract.name  # alone: the snapshot holds twice what the searcher needs of it
        use = EMBEDDING if model else INDEX_MODEL
        searcher = cls(snapshot, load or (lambda: load_encoder(name, use=use)), reranker=reranker)
        searcher.generation = generation
        return searcher

    def load(self) -> Models:
        """Load the models now rather than with the first question.

        Raises ModelError if the encoder is not the one that built the index.
        """
        if self._loaded is None:
            encoder = self._load()
            if (error := model_mismatch(self.contract, encoder.contract)) is not None:
                raise error
            # A question's arrays are small: several threads cost more than they bring, fivefold beside a busy program.
            threadpool_limits(1, user_api="blas")
            reranker = self._load_reranker() if self._load_reranker else None
            self._loaded = Models(encoder, self._embed_out_of_domain(encoder), reranker)
        return self._loaded

    def over(self, snapshot: Snapshot, load: Callable[[], Encoder]) -> "Searcher":
        """Return a searcher of another snapshot that shares the loaded models.

        ``load`` gives the encoder if the snapshot was built with another one. Raises ModelError as ``load`` does.
        """
        models = self.load()
        reranker = models.reranker
        other = Searcher(
            snapshot, load, reranker=(lambda: reranker) if reranker else None, out_of_domain=self._embed_out_of_domain
        )
        if not snapshot.contract.differences(models.encoder.contract, exact=False):
            other._loaded = models
        return other

    def plan(self, question: str, *, chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> QuestionPlan:
        """Interpret a question: the place that it goes to, or what is searched for and where.

        Only passages of one of the ``chapters`` and of one of the documents with these ``titles`` are found, where
        some are given (see FilterResolver). Raises QuestionError for what is not a question and UnknownPlaceError for a
        chapter or title that does not exist.
        """
        return self.plans([question], chapters=chapters, titles=titles)[0]

    def plans(
        self, questions: Sequence[str], *, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> list[QuestionPlan]:
        """Do the same as ``plan`` for each question, in order."""
        chosen = self._planner.filter(chapters=chapters, titles=titles)
        return [self._planner.plan(question, chosen) for question in questions]

    def encode(self, plan: QuestionPlan) -> EncodedQuery | None:
        """Embed the words of a planned question; None if nothing is searched for."""
        return self._encoded([(plan.words, plan.question_type)])[0] if plan.words else None

    def answer(self, plan: QuestionPlan, *, k: int = 5, encoded: EncodedQuery | None = None) -> Answer:
        """Return the ``k`` passages that answer a planned question best, or the first of the place that it goes to.

        ``encoded`` is what ``encode`` has returned, if it was called before.
        """
        return self._answer(plan, encoded or self.encode(plan), k, reasons=True)

    def answers(self, plans: Sequence[QuestionPlan], *, k: int = 5, reasons: bool = True) -> Iterator[Answer]:
        """Embed the planned questions together, then answer each when its turn comes.

        Without ``reasons`` hits do not say why they were found, which takes a tenth of the time.
        """
        questions = iter(self._encoded([(plan.words, plan.question_type) for plan in plans if plan.words]))
        return (self._answer(plan, next(questions) if plan.words else None, k, reasons=reasons) for plan in plans)

    def _answer(self, plan: QuestionPlan, encoded: EncodedQuery | None, k: int, *, reasons: bool) -> Answer:
        """Answer a question, and each of several that it consists of.

        For one that does not say itself what it is about, the hits of the whole count more.
        """
        if encoded is None:
            return unsearched_answer(self._corpus, plan, k)
        whole = self._answerer.answer(plan, encoded, self.load(), k, reasons=reasons)
        singles = single_questions(plan.words)
        found = [self._corpus.row(hit.passage) for hit in whole.hits[:_NEAR]]
        boosted = np.isin(np.arange(len(self.passages)), found)
        parts = [
            self._answerer.answer(
                replace(
                    plan,
                    question=single.text,
                    words=single.text,
                    question_type=one.question_type,
                    boosted=None if single.complete else boosted,
                ),
                one,
                self.load(),
                1,
                reasons=False,
            )
            for single, one in zip(singles, self.encode_questions([single.text for single in singles]), strict=True)
        ]
        if singles and all(single.complete for single in singles):
            return answer_of_parts(whole, tuple(parts), k)
        return replace(whole, parts=tuple(parts)) if parts else whole

    def ask(self, question: str, *, k: int = 5, chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> Answer:
        """Plan and answer one question; see ``plan`` and ``answer``."""
        return self.answer(self.plan(question, chapters=chapters, titles=titles), k=k)

    def ask_many(
        self, questions: Sequence[str], *, k: int = 5, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> list[Answer]:
        """Do the same as ``ask`` for each question, in order, embedding them together."""
        return list(self.answers(self.plans(questions, chapters=chapters, titles=titles), k=k))

    def encode_questions(self, texts: Sequence[str]) -> list[EncodedQuery]:
        """Embed texts for the search, without a plan."""
        return self._encoded([(text, classify(text)) for text in texts])

    def _encoded(self, typed: Sequence[tuple[str, QuestionType]]) -> list[EncodedQuery]:
        """Embed texts, each with the type of its question."""
        if not typed:
            return []
        plain = [to_simplified(fold(text)) for text, _ in typed]
        vectors, tokens = self.load().encoder.encode_queries(plain)
        return [EncodedQuery(text, typed[i][1], vectors[i], tokens.of_text(i)) for i, text in enumerate(plain)]

    def rank(self, question: EncodedQuery, *, among: Mask | None = None, boosted: Mask | None = None) -> Ranking:
        """Return the candidates for a question, best first; see Ranker.rank."""
        return self._ranker.rank(question, among=among, boosted=boosted)

    def assess(self, question: EncodedQuery, ranking: Ranking, everywhere: Ranking | None = None) -> Assessment:
        """Return what speaks for and against the first candidate as the answer; see Answerer.assess."""
        return self._answerer.assess(question, ranking, self.load().out_of_domain, everywhere)

    def matches(self, question: str, sentences: Sequence[tuple[str, Span]]) -> list[tuple[WordMatch, ...]]:
        """Align the words of a question with those of some sentences, each a span of the passage with an id.

        The spans of the matches are of the passage's text. It takes a model's time: some 10 ms a sentence. Raises
        UnknownPlaceError if there is no such passage, or no such span of it.
        """
        return self._aligner.align(self.load().encoder, question, sentences)

    def with_matches(self, answer: Answer) -> Answer:
        """Return the answer with the matches of its hits in another language than the question; see ``matches``."""
        hits = match_reasons.hits_in_other_script(answer)
        found = self.matches(answer.question, [(hit.passage.id, hit.compared) for hit in hits]) if hits else []
        known = {hit.rank: matches for hit, matches in zip(hits, found, strict=True)}
        return replace(
            answer,
            hits=tuple(
                replace(hit, match_reason=replace(hit.match_reason, matches=known[hit.rank]))
                if hit.rank in known and hit.match_reason
                else hit
                for hit in answer.hits
            ),
        )

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        """Return the ``k`` passages in other chapters and documents that are related most to the one named.

        Those that it refers to and that refer to it come first, then the others, best first. Raises UnknownPlaceError
        if ``reference``, an id or a citation, names no passage, or more than one.
        """
        return related_hits(self._corpus, self._relations.related(self._corpus.row(self.one(reference)), k))

    def related_pairs(self, *, between: tuple[int, int] | None = None, k: int = 50) -> tuple[RelatedPair, ...]:
        """Return the ``k`` pairs of passages of different chapters that are related most, in the order of ``related``.

        Only of the two chapters ``between``, by their places in ``chapter_map``, if given. Of a large collection the
        pairs of some passages of each chapter are compared; see retrieval/related/chapter_similarity.py.
        """
        return related_pairs(self._corpus, self._relations.pairs(between, k))

    def chapter_map(self) -> ChapterMap:
        """Return how strongly the chapters treat the same subjects, computed once; see ChapterMap."""
        return self._relations.chapter_map

    def coverage(
        self, terms: Sequence[str], *, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> tuple[Coverage, ...]:
        """Return every passage that speaks of each of some terms, in any language, counted by chapter.

        A term given twice counts once. Chapters and titles are as in ``plan``. Raises QuestionError for what is not a
        term and UnknownPlaceError for a chapter or title that does not exist.
        """
        wanted = checked_terms(terms)
        chosen = self._planner.filter(chapters=chapters, titles=titles)
        questions = self.encode_questions(wanted)
        return self._coverage.find(wanted, questions, self.load().out_of_domain, chosen)

    def term_similarities(self, terms: Sequence[str]) -> list[TermSimilarity]:
        """Return the similarity of all passages to each of some terms, before it is judged which of them treat it."""
        questions = self.encode_questions(terms)
        return self._coverage.similarities(questions, self.load().out_of_domain) if questions else []

    def show(self, reference: str) -> tuple[Place, ...]:
        """Return the passages that an id or a citation names, with the spans of 款 and 项. Raises UnknownPlaceError."""
        return self._planner.places(reference)

    def one(self, reference: str) -> Passage:
        """Return the one passage that an id or a citation names. Raises UnknownPlaceError for none and for several."""
        return self._planner.one(reference)

    def title(self, passage: Passage) -> str:
        """Return the title of the document that contains a passage."""
        return self._corpus.title(passage)

    def citation(self, passage: Passage, span: Span | None = None) -> Citation:
        """Return the citation of a passage, or of a span of it."""
        return self._corpus.citation(passage, span)
