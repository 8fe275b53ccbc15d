"""Documents to the content of an index, embedding only texts that no earlier index contains.

Every text has a key, a digest of its words. Rows of an earlier index with a required key are reused unchanged, so an
update gives the same index as a new build: the vector of a text depends only on the text and the model.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.models.contract import ModelContract
from index.models.encoder import ENCODING_VERSION, Encoder, Encodings
from index.models.token_vectors import TokenVectors
from index.records import Document, Passage
from index.storage.bm25 import LexicalIndex
from index.storage.snapshot import KEY_BYTES, Snapshot, TextKeys
from index.text.chinese import to_simplified
from index.text.folding import fold
from index.text.sentences import sentence_spans

_MAX_TOKENS_PER_CHARACTER = 4  # its bytes, for tokenizers that fall back to them; short texts need no counting

ProgressCallback = Callable[[int, int], None]  # called with the number done and the total
Float = TypeVar("Float", np.float32, np.float16)
FloatVectors = npt.NDArray[np.float32] | npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingResult:
    """A snapshot with the numbers of texts that were ``embedded`` and ``reused`` for it.

    ``split`` of the embedded texts exceeded the model's token limit and were embedded in parts.
    """

    snapshot: Snapshot
    embedded: int
    reused: int
    split: int


@dataclass(frozen=True, slots=True)
class KeyedTexts:
    """Texts to embed, each with the headings before it, which may be empty, and their keys."""

    headings: Sequence[str]
    texts: Sequence[str]
    keys: TextKeys  # (n, KEY_BYTES)

    @classmethod
    def from_pairs(cls, pairs: Sequence[tuple[str, str]]) -> "KeyedTexts":
        """Return the keyed texts of pairs of headings and text, as written in a document."""
        headings, texts = [_plain(heading) for heading, _ in pairs], [_plain(text) for _, text in pairs]
        data = b"".join(_digest(f"{heading}\0{text}") for heading, text in zip(headings, texts, strict=True))
        return cls(headings, texts, np.frombuffer(data, dtype=np.uint8).reshape(-1, KEY_BYTES))


def _plain(text: str) -> str:
    """Return a text as it is embedded; one of nothing but ignored characters stays as it is."""
    return to_simplified(fold(text) or text)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def passage_texts(passages: Sequence[Passage]) -> KeyedTexts:
    """Return the text of every passage with its headings."""
    return KeyedTexts.from_pairs([(heading_text(p), p.text) for p in passages])


def sentence_texts(passages: Sequence[Passage], sentences: Sequence[tuple[int, int, int]]) -> KeyedTexts:
    """Return the text of every sentence, without headings but for those of columns; see ``sentence_rows``."""
    return KeyedTexts.from_pairs(
        [(_column_heads(passages[row]), passages[row].text[start:end]) for row, start, end in sentences]
    )


def _column_heads(passage: Passage) -> str:
    """Return the heads of a table's row if its text does not repeat them, on one line, or nothing."""
    heads = (head for row in passage.rows for cell in row.cells for head in cell.columns if head not in passage.text)
    words = " ".join(dict.fromkeys(heads))
    return f"{words}\n" if words else ""


def sentence_rows(passages: Sequence[Passage]) -> list[tuple[int, int, int]]:
    """Return the row of the passage, start and end of every sentence."""
    return [(row, *span) for row, passage in enumerate(passages) for span in sentence_spans(passage.text)]


def embed(
    documents: Sequence[Document], encoder: Encoder, *, progress: ProgressCallback | None = None
) -> EmbeddingResult:
    """Embed all texts of some documents; see ``embed_new``."""
    return embed_new(documents, lambda: encoder, progress=progress)


def embed_new(
    documents: Sequence[Document],
    load: Callable[[], Encoder],
    *,
    snapshots: Iterable[Snapshot] = (),
    model_name: str | None = None,
    progress: ProgressCallback | None = None,
) -> EmbeddingResult:
    """Embed every passage, with its headings, and every sentence, unless ``snapshots`` contain its vector.

    Snapshots are read one after the other while vectors are missing; they must have one model revision and one encoding
    version. The model is loaded only if vectors are still missing or if its name is not ``model_name``. A text beyond
    the model's token limit is embedded in parts, split at sentence ends; its vector is their mean.
    """
    job = _EmbeddingJob(documents)
    contract = job.reuse(snapshots)
    missing, split = len(job.passages.missing) + len(job.sentences.missing), 0
    if contract is None or missing or model_name not in (None, contract.name):
        encoder = load()
        if contract is not None and contract.differences(encoder.contract):  # the same revision with other settings
            return embed(documents, encoder, progress=progress)
        contract, split = encoder.contract, job.embed_missing(encoder, progress)
    return EmbeddingResult(snapshot=job.snapshot(contract), embedded=missing, reused=len(job) - missing, split=split)


class _RowCollector:
    """The vectors of some texts: collected from several sources in any order, returned in text order."""

    def __init__(self, texts: KeyedTexts) -> None:
        self.texts = texts
        self._keys = [key.tobytes() for key in texts.keys]
        self.missing: dict[bytes, int] = {}  # key: index of its first text
        for i, key in enumerate(self._keys):
            self.missing.setdefault(key, i)
        self._found: dict[bytes, int] = {}  # key: row among the collected ones
        self._vectors: list[FloatVectors] = []
        self._tokens: list[TokenVectors] = []

    def __len__(self) -> int:
        """Return the number of different texts."""
        return len(self.missing) + len(self._found)

    def collect(self, keys: TextKeys, vectors: FloatVectors, tokens: TokenVectors | None) -> None:
        """Add the rows whose keys are still missing."""
        rows = {key.tobytes(): row for row, key in enumerate(keys)}
        new = [key for key in rows if key in self.missing]
        order = np.array([rows[key] for key in new], dtype=np.int64)
        for key in new:
            self._found[key] = len(self._found)
            del self.missing[key]
        self._vectors.append(vectors[order])
        if tokens is not None:
            self._tokens.append(tokens.select(order))

    def vectors(self, dtype: type[Float]) -> npt.NDArray[Float]:
        """Return the vectors, (n, d), in text order."""
        return np.concatenate([v.astype(dtype) for v in self._vectors])[self._order()]

    def tokens(self) -> TokenVectors:
        """Return the token vectors in text order."""
        return TokenVectors.concatenate(self._tokens).select(self._order())

    def _order(self) -> npt.NDArray[np.int64]:
        return np.array([self._found[key] for key in self._keys], dtype=np.int64)


class _EmbeddingJob:
    """The texts of some documents, and the vectors collected for them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)
        self._passages = [p for d in documents for p in d.passages]
        self._sentence_rows = sentence_rows(self._passages)
        self.passages = _RowCollector(passage_texts(self._passages))
        self.sentences = _RowCollector(sentence_texts(self._passages, self._sentence_rows))

    def __len__(self) -> int:
        return len(self.passages) + len(self.sentences)

    def snapshot(self, contract: ModelContract) -> Snapshot:
        """Return the snapshot, once no vector is missing."""
        return Snapshot(
            contract=contract,
            documents=self._documents,
            passage_vectors=self.passages.vectors(np.float32),
            passage_keys=self.passages.texts.keys,
            sentence_vectors=self.sentences.vectors(np.float16),
            sentence_keys=self.sentences.texts.keys,
            sentences=np.array(self._sentence_rows, dtype=np.int32).reshape(-1, 3),
            tokens=self.sentences.tokens(),
            lexical=LexicalIndex.build([heading_text(p) for p in self._passages], [p.text for p in self._passages]),
            encoding_version=ENCODING_VERSION,
        )

    def reuse(self, snapshots: Iterable[Snapshot]) -> ModelContract | None:
        """Collect the vectors of earlier indexes; return the contract of their model, or None without any.

        Snapshots with other settings than the first are skipped: one revision may have been used with two prompts.
        """
        contract = None
        for snapshot in snapshots:
            if contract is not None and contract.differences(snapshot.contract):
                continue
            contract = contract or snapshot.contract
            self.passages.collect(snapshot.passage_keys, snapshot.passage_vectors, None)
            self.sentences.collect(snapshot.sentence_keys, snapshot.sentence_vectors, snapshot.tokens)
            if not (self.passages.missing or self.sentences.missing):
                break
        return contract

    def embed_missing(self, encoder: Encoder, progress: ProgressCallback | None) -> int:
        """Embed the missing texts; return the number of those embedded in parts."""
        both = self.passages, self.sentences
        parts = [split_rows(rows.texts, rows.missing.values(), encoder) for rows in both]
        total, done = sum(len(text_parts) for texts in parts for text_parts in texts), 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            if progress:
                progress(done, total)

        for rows, texts, tokens in zip(both, parts, (False, True), strict=True):
            encoded = embed_parts(texts, encoder, tokens=tokens, progress=count)
            keys = rows.texts.keys[list(rows.missing.values())]
            rows.collect(keys, encoded.vectors, encoded.tokens if tokens else None)
        return sum(len(text_parts) > 1 for texts in parts for text_parts in texts)


def split_rows(texts: KeyedTexts, rows: Iterable[int], encoder: Encoder) -> list[list[str]]:
    """Return the parts of some of the texts, each with its headings; see ``split_text``."""
    return [split_text(texts.texts[i], encoder, heading=texts.headings[i]) for i in rows]


def embed_parts(
    parts: Sequence[Sequence[str]],
    encoder: Encoder,
    *,
    tokens: bool,
    progress: Callable[[int], None] = lambda _more: None,
) -> Encodings:
    """Embed texts given in parts; the result has the mean vector of each text's parts and all their tokens."""
    if not parts:
        no_vectors = np.empty((0, encoder.contract.dimension), dtype=np.float32)
        return Encodings(no_vectors, TokenVectors.quantise([], encoder.contract.dimension))
    all_parts = [part for text_parts in parts for part in text_parts]
    encoded = encoder.encode_passages(all_parts, tokens=tokens, progress=progress)
    if not np.isfinite(encoded.vectors).all():
        raise ModelError(
            f"the model {encoder.contract.name} computes vectors that are not numbers; check it with: zhangju doctor"
        )
    sizes = [len(text_parts) for text_parts in parts]
    return Encodings(_means(encoded.vectors, sizes), encoded.tokens.merge_groups(sizes))


def _means(vectors: npt.NDArray[np.float32], sizes: Sequence[int]) -> npt.NDArray[np.float32]:
    """Return the mean of each group of consecutive rows, scaled to unit length: (sum(sizes), d) -> (len(sizes), d)."""
    starts = np.cumsum([0, *sizes[:-1]])
    sums = np.add.reduceat(vectors, starts, axis=0)
    # Static models have no vector for some texts, such as those of unknown characters only: they stay zero.
    unit: npt.NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-12)
    return unit


def split_text(text: str, encoder: Encoder, *, heading: str = "") -> list[str]:
    """Split a text that exceeds the model's token limit into parts; each begins with ``heading``.

    Parts end at sentence ends; only a sentence that is too long itself is split between characters. A ``heading`` that
    would take more than half of the limit is truncated.
    """
    limit = encoder.contract.max_tokens
    whole = heading + text
    if limit is None or _MAX_TOKENS_PER_CHARACTER * len(whole) < limit or encoder.count_tokens([whole])[0] <= limit:
        return [whole]
    heading = _truncated(heading, encoder, limit // 2)
    room = limit - encoder.count_tokens([heading])[0]
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    sentences = [piece for s in sentences for piece in _pieces(s, encoder.count_tokens([s])[0], room)]
    parts, tokens = [""], 0
    for sentence, size in zip(sentences, encoder.count_tokens(sentences), strict=True):
        if parts[-1] and tokens + size > room:
            parts.append("")
            tokens = 0
        parts[-1] += sentence
        tokens += size
    return [heading + part for part in parts]


def _truncated(heading: str, encoder: Encoder, limit: int) -> str:
    """Return a heading line, or the longest beginning of it with at most ``limit`` tokens."""
    if encoder.count_tokens([heading])[0] <= limit:
        return heading
    size = bisect_right(range(len(heading)), limit, key=lambda size: encoder.count_tokens([heading[:size] + "\n"])[0])
    return heading[: max(size - 1, 0)] + "\n"


def _pieces(sentence: str, tokens: int, room: int) -> list[str]:
    """Split a sentence into equal pieces, enough for each to fit into ``room`` tokens."""
    count = -(-tokens // max(room // 2, 1)) if tokens > room else 1
    size = -(-len(sentence) // count)
    return [sentence[at : at + size] for at in range(0, len(sentence), size)]


def heading_text(passage: Passage) -> str:
    """Return the text embedded before a passage's own: the titles of its divisions on one line, or nothing.

    Of the row of a table also the caption, the row that names its group, and heads that its text does not repeat.
    """
    # The title of a box is the text of its passage.
    titles = [d.title for d in passage.path if d.title and d.kind != "专栏"]
    for row in passage.rows[:1]:
        titles += [part for part in (row.caption, row.group, _column_heads(passage).strip()) if part not in titles]
    words = " ".join(filter(None, titles))
    return f"{words}\n" if words else ""
