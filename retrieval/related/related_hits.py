"""Relations between rows of a corpus as records with passages and citations."""

from collections.abc import Iterable

from retrieval.corpus import Corpus
from retrieval.records import RelatedHit, RelatedPair
from retrieval.related.relations import Relation


def related_hits(corpus: Corpus, found: Iterable[Relation]) -> tuple[RelatedHit, ...]:
    """Return the passages related to one source as hits, in the order found."""
    return tuple(
        RelatedHit(
            rank=rank,
            score=one.score,
            kind=one.kind,
            passage=(passage := corpus.passages[one.row]),
            document_title=corpus.title(passage),
            citation=corpus.citation(passage),
            terms=one.terms,
            pairs=one.pairs,
        )
        for rank, one in enumerate(found, 1)
    )


def related_pairs(corpus: Corpus, found: Iterable[Relation]) -> tuple[RelatedPair, ...]:
    """Return pairs of related passages, in the order found."""
    return tuple(
        RelatedPair(
            rank=rank,
            score=one.score,
            kind=one.kind,
            source=(source := corpus.passages[one.source]),
            other=(other := corpus.passages[one.row]),
            source_citation=corpus.citation(source),
            citation=corpus.citation(other),
            pairs=one.pairs,
            terms=one.terms,
        )
        for rank, one in enumerate(found, 1)
    )
