"""Word aligner of an index: words of a question that match words of its passages."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.errors import UnknownPlaceError
from index.models.encoder import Encoder, Vectors
from index.records import Span
from index.storage.snapshot import Snapshot
from index.text.chinese import to_simplified
from retrieval.explanation import word_alignment
from retrieval.explanation.word_alignment import TokenizedText
from retrieval.records import WordMatch

_SAMPLE, _SAMPLED_LENGTH = 24, 120  # sentences, and characters of each, whose tokens estimate the mean of all tokens

SentenceReference = tuple[str, Span]  # the id of a passage, and a span of its text


class WordAligner:
    """Aligns words by the model's vectors of their tokens; keeps the mean token vector of its passages."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._passages = {passage.id: passage for passage in snapshot.passages}
        self._lexicon = snapshot.lexical
        count = len(snapshot.sentences)
        rows = np.linspace(0, count - 1, min(_SAMPLE, count), dtype=np.int64)
        self._sample = [
            _simplified(snapshot.passages[owner].text[start:end][:_SAMPLED_LENGTH])
            for owner, start, end in snapshot.sentences[rows].tolist()
        ]
        self._means: list[Vectors | None] = []  # one, once it is computed

    def align(
        self, encoder: Encoder, question: str, sentences: Sequence[SentenceReference]
    ) -> list[tuple[WordMatch, ...]]:
        """Return the matching words of a question and each of some sentences; see Searcher.matches."""
        references = [(self._text(passage, span), span) for passage, span in sentences]
        texts = [_simplified(text) for text in (question, *(text for text, _ in references))]
        query, *read = map(TokenizedText, texts, encoder.contextual_tokens(texts))
        found = word_alignment.align(query, read, self._mean(encoder), self._lexicon)
        return [
            tuple(replace(match, passage=Span(*(span.start + at for at in match.passage))) for match in matches)
            for (_, span), matches in zip(references, found, strict=True)
        ]

    def _mean(self, encoder: Encoder) -> Vectors | None:
        """Return the mean token vector of the sample, computed with the first question."""
        if not self._means:
            self._means.append(word_alignment.mean_vector(encoder.contextual_tokens(self._sample)))
        return self._means[0]

    def _text(self, passage_id: str, span: Span) -> str:
        passage = self._passages.get(passage_id)
        if passage is None or not 0 <= span.start < span.end <= len(passage.text):
            raise UnknownPlaceError(
                f"there is no sentence {span.start}-{span.end} of a passage {passage_id[:40]!r}; ask again"
            )
        return passage.text[slice(*span)]


def _simplified(text: str) -> str:
    """Return the text in simplified characters if that keeps the offsets of all characters."""
    simplified = to_simplified(text)
    return simplified if len(simplified) == len(text) else text
