"""Documents -> what an index holds of them, embedding only the texts that no earlier index has embedded.

Every text has a key, a digest of its words. Rows of an index whose keys are wanted again are taken over as they are,
so an update gives the same index as building from nothing: the vector of a text depends on the text and model alone.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from index.models.contract import ModelContract
from index.models.encoder import ENCODING_VERSION, Encoder, Encodings
from index.models.token_vectors import TokenVectors
from index.records import Document, Passage
from index.storage.bm25 import LexicalIndex
from index.storage.snapshot import KEY_BYTES, Snapshot, TextKeys
from index.text.chinese import to_simplified
from index.text.sentences import sentence_spans

_TOKENS_A_CHARACTER = 4  # at most: its bytes, for tokenizers that fall back to them; shorter texts need no counting

ProgressCallback = Callable[[int, int], None]  # called with the number of texts embedded so far and of all
Float = TypeVar("Float", np.float32, np.float16)
Floats = npt.NDArray[np.float32] | npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingResult:
    """A snapshot and what it cost.

    ``made`` texts were embedded, the others ``taken`` over. ``long`` of those made were longer than the model reads
    and so embedded in parts.
    """

    snapshot: Snapshot
    embedded: int
    reused: int
    split: int


@dataclass(frozen=True, slots=True)
class KeyedTexts:
    """Some texts that are to be embedded, each behind a head (its headings, or nothing), and their keys."""

    headings: Sequence[str]
    texts: Sequence[str]
    keys: TextKeys  # (n, KEY_BYTES)

    @classmethod
    def from_pairs(cls, pairs: Sequence[tuple[str, str]]) -> "KeyedTexts":
        """Those of some heads and texts, as they stand in a document."""
        heads, texts = [to_simplified(head) for head, _ in pairs], [to_simplified(text) for _, text in pairs]
        data = b"".join(_digest(f"{head}\0{text}") for head, text in zip(heads, texts, strict=True))
        return cls(heads, texts, np.frombuffer(data, dtype=np.uint8).reshape(-1, KEY_BYTES))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


def passage_texts(passages: Sequence[Passage]) -> KeyedTexts:
    """Every passage with its headings."""
    return KeyedTexts.from_pairs([(heading_text(p), p.text) for p in passages])


def sentence_texts(passages: Sequence[Passage], places: Sequence[tuple[int, int, int]]) -> KeyedTexts:
    """Every sentence on its own; see ``sentence_places``."""
    return KeyedTexts.from_pairs([("", passages[row].text[start:end]) for row, start, end in places])


def sentence_rows(passages: Sequence[Passage]) -> list[tuple[int, int, int]]:
    """The row of the passage, start and end of every sentence."""
    return [(row, *span) for row, passage in enumerate(passages) for span in sentence_spans(passage.text)]


def embed(
    documents: Sequence[Document], encoder: Encoder, *, progress: ProgressCallback | None = None
) -> EmbeddingResult:
    """Embed all of some documents; see ``update``."""
    return embed_new(documents, lambda: encoder, progress=progress)


def embed_new(
    documents: Sequence[Document],
    load: Callable[[], Encoder],
    *,
    snapshots: Iterable[Snapshot] = (),
    model_name: str | None = None,
    progress: ProgressCallback | None = None,
) -> EmbeddingResult:
    """Embed every passage, with its headings, and every sentence on its own, unless ``known`` has its vector.

    ``known`` are read one after the other as long as something is wanted; they must be made by one revision of a model
    and one scheme. The model is loaded only if something is left to embed, or if ``name`` is another than it had. A
    text beyond the model's length is embedded in parts, cut at sentence ends; its vector is their mean.
    """
    work = _Work(documents)
    contract = work.take_over(snapshots)
    missing, long = len(work.passages.missing) + len(work.sentences.missing), 0
    if contract is None or missing or model_name not in (None, contract.name):
        encoder = load()
        if contract is not None and contract.differences(encoder.contract):  # one revision under other settings
            return embed(documents, encoder, progress=progress)
        contract, long = encoder.contract, work.make(encoder, progress)
    return EmbeddingResult(snapshot=work.snapshot(contract), embedded=missing, reused=len(work) - missing, split=long)


class _Rows:
    """The rows of some texts, from wherever they come: gathered in any order, given out in that of the texts."""

    def __init__(self, texts: KeyedTexts) -> None:
        self.texts = texts
        self._wanted = [key.tobytes() for key in texts.keys]
        self.missing: dict[bytes, int] = {}  # key: where it is first
        for i, key in enumerate(self._wanted):
            self.missing.setdefault(key, i)
        self._found: dict[bytes, int] = {}  # key: row among all that were gathered
        self._vectors: list[Floats] = []
        self._tokens: list[TokenVectors] = []

    def __len__(self) -> int:
        """How many different texts there are."""
        return len(self.missing) + len(self._found)

    def take(self, keys: TextKeys, vectors: Floats, tokens: TokenVectors | None) -> None:
        """Gather those rows that are still missing."""
        rows = {key.tobytes(): row for row, key in enumerate(keys)}
        wanted = [key for key in rows if key in self.missing]
        order = np.array([rows[key] for key in wanted], dtype=np.int64)
        for key in wanted:
            self._found[key] = len(self._found)
            del self.missing[key]
        self._vectors.append(vectors[order])
        if tokens is not None:
            self._tokens.append(tokens.select(order))

    def vectors(self, dtype: type[Float]) -> npt.NDArray[Float]:
        """(n, d), a row for each text."""
        return np.concatenate([v.astype(dtype) for v in self._vectors])[self._order()]

    def tokens(self) -> TokenVectors:
        """Those of each text."""
        return TokenVectors.concatenate(self._tokens).select(self._order())

    def _order(self) -> npt.NDArray[np.int64]:
        return np.array([self._found[key] for key in self._wanted], dtype=np.int64)


class _Work:
    """What is to be embedded of some documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)
        self._all = [p for d in documents for p in d.passages]
        self._places = sentence_rows(self._all)
        self.passages = _Rows(passage_texts(self._all))
        self.sentences = _Rows(sentence_texts(self._all, self._places))

    def __len__(self) -> int:
        return len(self.passages) + len(self.sentences)

    def snapshot(self, contract: ModelContract) -> Snapshot:
        """All of it, once nothing is missing."""
        return Snapshot(
            contract=contract,
            documents=self._documents,
            passage_vectors=self.passages.vectors(np.float32),
            passage_keys=self.passages.texts.keys,
            sentence_vectors=self.sentences.vectors(np.float16),
            sentence_keys=self.sentences.texts.keys,
            sentences=np.array(self._places, dtype=np.int32).reshape(-1, 3),
            tokens=self.sentences.tokens(),
            lexical=LexicalIndex.build([heading_text(p) for p in self._all], [p.text for p in self._all]),
            encoding_version=ENCODING_VERSION,
        )

    def take_over(self, known: Iterable[Snapshot]) -> ModelContract | None:
        """Gather what earlier indexes have; returns their model's contract, None if there are none.

        One under other settings than the first is passed over: one revision may have been asked in two ways.
        """
        contract = None
        for snapshot in known:
            if contract is not None and contract.differences(snapshot.contract):
                continue
            contract = contract or snapshot.contract
            self.passages.take(snapshot.passage_keys, snapshot.passage_vectors, None)
            self.sentences.take(snapshot.sentence_keys, snapshot.sentence_vectors, snapshot.tokens)
            if not (self.passages.missing or self.sentences.missing):
                break
        return contract

    def make(self, encoder: Encoder, progress: ProgressCallback | None) -> int:
        """Embed what is missing; returns how many texts were embedded in parts."""
        both = self.passages, self.sentences
        parts = [split_rows(rows.texts, rows.missing.values(), encoder) for rows in both]
        total, done = sum(len(own) for some in parts for own in some), 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            if progress:
                progress(done, total)

        for rows, some, tokens in zip(both, parts, (False, True), strict=True):
            made = embed_parts(some, encoder, tokens=tokens, progress=count)
            keys = rows.texts.keys[list(rows.missing.values())]
            rows.take(keys, made.vectors, made.tokens if tokens else None)
        return sum(len(own) > 1 for some in parts for own in some)


def split_rows(texts: KeyedTexts, rows: Iterable[int], encoder: Encoder) -> list[list[str]]:
    """What is embedded for some of the texts; see ``parts_of``."""
    return [split_text(texts.texts[i], encoder, heading=texts.headings[i]) for i in rows]


def embed_parts(
    parts: Sequence[Sequence[str]],
    encoder: Encoder,
    *,
    tokens: bool,
    progress: Callable[[int], None] = lambda _more: None,
) -> Encodings:
    """Texts in parts, each with the mean of its parts' vectors and all of their tokens."""
    if not parts:
        none = np.empty((0, encoder.contract.dimension), dtype=np.float32)
        return Encodings(none, TokenVectors.quantise([], encoder.contract.dimension))
    made = encoder.encode_passages([part for own in parts for part in own], tokens=tokens, progress=progress)
    sizes = [len(own) for own in parts]
    return Encodings(_means(made.vectors, sizes), made.tokens.merge_groups(sizes))


def _means(vectors: npt.NDArray[np.float32], sizes: Sequence[int]) -> npt.NDArray[np.float32]:
    """The mean of each group of neighbouring rows, made a unit vector again: (sum(sizes), d) -> (len(sizes), d)."""
    starts = np.cumsum([0, *sizes[:-1]])
    sums = np.add.reduceat(vectors, starts, axis=0)
    # A table of vectors knows nothing of some texts, such as one of unseen characters only: they stay zeros.
    unit: npt.NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-12)
    return unit


def split_text(text: str, encoder: Encoder, *, heading: str = "") -> list[str]:
    """What is embedded for a text: itself behind ``head``, or parts of it where it is longer than the model reads.

    Parts end where sentences do; only a sentence that is itself too long is cut between its characters. A ``head``
    that would leave less than half of the model's length is cut short.
    """
    most = encoder.contract.max_tokens
    if (
        most is None
        or _TOKENS_A_CHARACTER * len(heading + text) < most
        or encoder.count_tokens([heading + text])[0] <= most
    ):
        return [heading + text]
    heading = _shortened(heading, encoder, most // 2)
    room = most - encoder.count_tokens([heading])[0]
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


def _shortened(head: str, encoder: Encoder, most: int) -> str:
    """A heading line, or as much of its beginning as has no more than ``most`` tokens."""
    if encoder.count_tokens([head])[0] <= most:
        return head
    fits = bisect_right(range(len(head)), most, key=lambda size: encoder.count_tokens([head[:size] + "\n"])[0])
    return head[: max(fits - 1, 0)] + "\n"


def _pieces(sentence: str, tokens: int, room: int) -> list[str]:
    """A sentence in as many pieces of equal length as it takes for each to find room."""
    count = -(-tokens // max(room // 2, 1)) if tokens > room else 1
    size = -(-len(sentence) // count)
    return [sentence[at : at + size] for at in range(0, len(sentence), size)]


def heading_text(passage: Passage) -> str:
    """What is embedded before a passage's text: the titles of its divisions, which say what it is about."""
    titles = " ".join(
        d.title for d in passage.path if d.title and d.kind != "专栏"
    )  # a box title is its passage's text
    return f"{titles}\n" if titles else ""
