"""Which words of a question meet which words of the passages of one index."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.errors import UnknownPlaceError
from index.models.encoder import Encoder, Vectors
from index.records import Passage, Span
from index.storage.snapshot import Snapshot
from index.text.chinese import to_simplified
from retrieval.explanation import word_alignment
from retrieval.records import Match

_SAMPLE, _SAMPLED = 24, 120  # sentences, and characters of each, whose tokens show where those of all texts lie

Sentence = tuple[str, Span]  # the id of a passage, and a span of its text


class Explaining:
    """Compares words by what a model says of their tokens; it keeps the middle of the tokens of its passages."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._passages = {passage.id: passage for passage in snapshot.passages}
        self._lexicon = snapshot.lexical
        count = len(snapshot.sentences)
        rows = np.linspace(0, count - 1, min(_SAMPLE, count), dtype=np.int64)
        self._sample = [
            _alike(snapshot.passages[owner].text[start:end][:_SAMPLED])
            for owner, start, end in snapshot.sentences[rows].tolist()
        ]
        self._middles: list[Vectors | None] = []  # one, when it is known

    def matches(self, encoder: Encoder, question: str, sentences: Sequence[Sentence]) -> list[tuple[Match, ...]]:
        """See Searcher.matches."""
        places = [(self._text(name, span), span) for name, span in sentences]
        texts = [_alike(text) for text in (question, *(text for text, _ in places))]
        asked, *read = map(word_alignment.Read, texts, encoder.contextual_tokens(texts))
        found = word_alignment.matches(asked, read, self._middle(encoder), self._lexicon)
        return [
            tuple(replace(match, passage=Span(*(span.start + at for at in match.passage))) for match in some)
            for (_, span), some in zip(places, found, strict=True)
        ]

    def _middle(self, encoder: Encoder) -> Vectors | None:
        """Found with the first question about it."""
        if not self._middles:
            self._middles.append(word_alignment.middle(encoder.contextual_tokens(self._sample)))
        return self._middles[0]

    def _text(self, name: str, span: Span) -> str:
        passage: Passage | None = self._passages.get(name)
        if passage is None or not 0 <= span.start < span.end <= len(passage.text):
            raise UnknownPlaceError(
                f"there is no sentence {span.start}-{span.end} of a passage {name[:40]!r}; ask again"
            )
        return passage.text[slice(*span)]


def _alike(text: str) -> str:
    """The text in simplified characters, where that leaves every letter in its place."""
    plain = to_simplified(text)
    return plain if len(plain) == len(text) else text
