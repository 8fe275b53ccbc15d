"""The answer to a planned question: its place, or the ranked passages with the verdict whether they answer it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from index.building.embedding import heading_text
from index.models.encoder import Encoder
from index.records import Passage, Span
from index.text.chinese import to_simplified
from retrieval.answering import answer_sentences, table_cells, verdict
from retrieval.answering.confidence import Assessment, assess
from retrieval.answering.constraints import differences, missing_detail
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.answering.quotation import joined, lead_ins, quoted_span
from retrieval.corpus import Corpus, Place
from retrieval.explanation import match_reasons
from retrieval.question.plan import QuestionPlan
from retrieval.ranking.ranker import EncodedQuery, Ranker, Ranking
from retrieval.ranking.reranking import Reranker, reranked
from retrieval.records import Answer, Hit, MatchReason


class Models(NamedTuple):
    """Loaded models, and the out-of-domain sentences as the encoder sees them."""

    encoder: Encoder
    out_of_domain: OutOfDomainVectors
    reranker: Reranker | None = None


class Answerer:
    """Answers questions on one corpus; ``spans`` are those of all its sentences."""

    def __init__(self, corpus: Corpus, ranker: Ranker, spans: Sequence[Span]) -> None:
        self._corpus = corpus
        self._ranker = ranker
        self._spans = spans
        self._duplicates = answer_sentences.first_duplicates([p.text for p in corpus.passages])

    def answer(self, plan: QuestionPlan, question: EncodedQuery, models: Models, k: int, *, reasons: bool) -> Answer:
        """Return the ``k`` best passages with the verdict whether the first of them answers the question."""
        ranking = self._ranker.rank(question, among=plan.among, boosted=plan.boosted)
        # A reranker changes the order; the verdict rests on what the first ranking shows, for which it was fitted.
        everywhere = None if plan.among is None else self._ranker.rank(question)
        found = self.assess(question, ranking, models.out_of_domain, everywhere)
        shown = self._with_named_row(question, self._reranked(question, ranking, models.reranker))
        hits = self._hits(question, shown, k, reasons=reasons)
        first, wanted = hits[0], question.question_type
        around = heading_text(first.passage) + first.passage.text
        return verdict.ranked_answer(
            plan.question,
            hits,
            found,
            ranking.scores,
            missing=missing_detail(wanted, first.quotation),
            differences=differences(plan.question, wanted, first.quotation, around),
            unresolved=plan.unresolved,
        )

    def assess(
        self,
        question: EncodedQuery,
        ranking: Ranking,
        out_of_domain: OutOfDomainVectors,
        everywhere: Ranking | None = None,
    ) -> Assessment:
        """Return what speaks for and against the first candidate as the answer.

        ``everywhere`` is the ranking of all passages, where ``ranking`` is of some.
        """
        best = self._answering(question, ranking, 0)[0]
        passage = self._corpus.passages[ranking.rows[0]]
        field = everywhere or ranking
        others = field.scores[self._duplicates[field.rows] != self._duplicates[ranking.rows[0]]]
        return assess(question, ranking, others, out_of_domain, passage.text, passage.text[slice(*best)])

    def _reranked(self, question: EncodedQuery, ranking: Ranking, reranker: Reranker | None) -> Ranking:
        """Return the candidates in the order of the reranker, if there is one; the scores stay with the ranks."""
        if reranker is None:
            return ranking
        places = np.arange(len(ranking.rows), dtype=np.int64)
        return ranking.reordered(reranked(reranker, question.text, places, lambda i: self._model_text(ranking.rows[i])))

    def _with_named_row(self, question: EncodedQuery, ranking: Ranking) -> Ranking:
        """Return the candidates; if the first is a row of a table, that which the question names stands before it."""
        compared = ranking.rows[: ranking.matches.shape[1]].tolist()
        at = table_cells.named_row(question.text, [self._corpus.passages[row] for row in compared])
        order = np.arange(len(ranking.rows), dtype=np.int64)
        return ranking.reordered(np.concatenate([order[at : at + 1], np.delete(order, at)])) if at else ranking

    def _model_text(self, row: int) -> str:
        """Return a passage as a model reads it."""
        passage = self._corpus.passages[row]
        return to_simplified(heading_text(passage) + passage.text)

    def _hits(self, question: EncodedQuery, ranking: Ranking, k: int, *, reasons: bool) -> tuple[Hit, ...]:
        """Return the first ``k`` different passages, each with those that repeat its words."""
        first: dict[int, int] = {}  # row of the first duplicate -> rank of its hit, from 0
        shown: list[tuple[int, list[int]]] = []  # candidate, rows of its duplicates
        for i, row in enumerate(ranking.rows.tolist()):
            duplicate = int(self._duplicates[row])
            if duplicate in first:
                shown[first[duplicate]][1].append(row)
            else:
                first[duplicate] = len(shown)
                shown.append((i, []))
        hits = tuple(self._hit(rank, question, ranking, *one) for rank, one in enumerate(shown[:k], 1))
        if not reasons:
            return hits
        found = self._reasons(question, ranking, [i for i, _ in shown[:k]])
        return tuple(replace(hit, match_reason=reason) for hit, reason in zip(hits, found, strict=True))

    def _reasons(self, question: EncodedQuery, ranking: Ranking, shown: Sequence[int]) -> list[MatchReason]:
        """Return why each of the candidates shown was found."""
        words = self._ranker.words
        asked = match_reasons.words_of_question(question.text, words)
        ranks = match_reasons.semantic_ranks(ranking.signals, self._ranker.weights)
        last = len(ranking.rows)  # the rank of those that were not compared token by token
        places = [int(ranks[i]) if i < len(ranks) else last for i in shown]
        texts = [self._corpus.passages[ranking.rows[i]].text for i in shown]
        return [
            match_reasons.match_reason(asked, text, words, semantic_rank=rank, candidates=last)
            for text, rank in zip(texts, places, strict=True)
        ]

    def _hit(self, rank: int, question: EncodedQuery, ranking: Ranking, i: int, duplicates: Sequence[int]) -> Hit:
        passage = self._corpus.passages[ranking.rows[i]]
        clauses = [self._spans[row] for row in ranking.sentence_rows[i]]
        answering = [
            quoted_span(passage, clauses, clause, question.text) for clause in self._answering(question, ranking, i)
        ]
        if passage.rows and (cell := self._cell(question, ranking, i)) is not None:
            answering = [cell]
        introducing = {lead_in for sentence in answering for lead_in in lead_ins(passage, sentence)}
        return Hit(
            rank=rank,
            score=float(ranking.scores[i]),
            best=answering[0],
            lead_ins=lead_ins(passage, answering[0]),
            marked=joined((*answering, *introducing)),
            passage=passage,
            document_title=self._corpus.title(passage),
            citation=self._corpus.citation(passage),
            sentence_citation=self._corpus.citation(passage, answering[0]),
            same_text=tuple(self._corpus.passages[row] for row in duplicates),
        )

    def _cell(self, question: EncodedQuery, ranking: Ranking, i: int) -> Span | None:
        """Return the cell of a candidate's table rows that the question asks for, if it is clear which."""
        passage = self._corpus.passages[ranking.rows[i]]
        compared = ranking.rows[: ranking.matches.shape[1]].tolist()
        passages = [self._corpus.passages[row] for row in compared]
        if not table_cells.is_clear(question.text, passage, passages, ranking.scores):
            return None
        return table_cells.choose(question.text, passage, self._context(passage))

    def _context(self, passage: Passage) -> str:
        """Return the titles of a passage's document and divisions."""
        return " ".join([self._corpus.title(passage), *(division.title for division in passage.path)])

    def _answering(self, question: EncodedQuery, ranking: Ranking, i: int) -> tuple[Span, ...]:
        """Return the sentences of a candidate that answer, the best first."""
        spans = [self._spans[row] for row in ranking.sentence_rows[i]]
        passage = self._corpus.passages[ranking.rows[i]]
        scores = ranking.sentence_scores[i]
        return answer_sentences.select(question.text, question.question_type, passage, spans, scores)


def unsearched_answer(corpus: Corpus, plan: QuestionPlan, k: int) -> Answer:
    """Return the answer to a question for which nothing need be searched; of a place the first ``k`` passages."""
    if plan.places:
        hits = tuple(_hit_at(rank, place, corpus) for rank, place in enumerate(plan.places[:k], 1))
        return verdict.place_answer(plan.question, hits, len(plan.places))
    if plan.unresolved:
        return verdict.unresolved_answer(plan.question, plan.unresolved)
    return verdict.vague_answer(plan.question)


def _hit_at(rank: int, place: Place, corpus: Corpus) -> Hit:
    """Return a passage of a place that a question names: all of it, or the 款, 项 or 目 named."""
    passage, span = place
    citation = corpus.citation(passage, span)
    return Hit(
        rank=rank,
        score=1.0,
        passage=passage,
        document_title=corpus.title(passage),
        citation=citation,
        best=span or Span(0, len(passage.text)),
        marked=(span,) if span else (),
        sentence_citation=citation,
    )
