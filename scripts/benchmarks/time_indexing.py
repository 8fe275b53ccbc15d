"""Time indexing against embedding the passages alone, and weigh the index.

    python -m scripts.benchmarks.time_indexing SOURCE...

SOURCE is what ``zhangju index`` takes; the first 300 passages count. In each of three rounds everything is embedded,
and the passages alone, nothing remembered. Prints the seconds of both and their ratio, those of reading all sources and
of the lexical index, and the bytes of the index for each passage.
"""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from index.building.embedding import embed, heading_text, split_text
from index.building.sources import collect, read_files
from index.errors import ZhangjuError
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.records import Document, Passage
from index.storage import bm25
from index.storage.bm25 import LexicalIndex
from index.storage.snapshot import Snapshot
from index.text.chinese import to_simplified
from scripts import terminal

PASSAGES, ROUNDS = 300, 3
PARTS = {
    "passage vectors": ("passage_vectors", "passage_keys"),
    "sentence vectors": ("sentence_vectors", "sentence_keys", "sentences"),
    "token vectors": ("tokens", "token_scales", "token_starts"),
    "words": tuple(bm25.ARRAYS),
}


def cut(documents: Iterable[Document], most: int) -> list[Document]:
    """Documents until they have that many passages, the last of them shortened."""
    kept: list[Document] = []
    for document in documents:
        left = most - sum(len(d.passages) for d in kept)
        if left > 0:
            kept.append(replace(document, passages=document.passages[:left]))
    return kept


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def alone(passages: Sequence[Passage], encoder: Encoder) -> None:
    """Embed passages, with their headings, and nothing else of them."""
    parts = [
        part
        for p in passages
        for part in split_text(to_simplified(p.text), encoder, heading=to_simplified(heading_text(p)))
    ]
    encoder.encode_passages(parts, tokens=False)


def rounds(documents: Sequence[Document], encoder: Encoder) -> list[tuple[float, float]]:
    """Seconds of everything and of the passages alone, in each round; which comes first changes."""
    passages = [p for d in documents for p in d.passages]
    embed([replace(documents[0], passages=tuple(passages[:1]))], encoder)  # warm-up
    works: tuple[Callable[[], object], ...] = (lambda: embed(documents, encoder), lambda: alone(passages, encoder))
    found: list[tuple[float, float]] = []
    for turn in range(ROUNDS):
        took = {i: seconds(works[i]) for i in ((0, 1) if turn % 2 else (1, 0))}
        found.append((took[0], took[1]))
    return found


def weights(snapshot: Snapshot) -> dict[str, float]:
    """Bytes for each passage, by part of the index."""
    sizes = {name: array.nbytes for name, array in snapshot.arrays().items()}
    count = len(snapshot.passages)
    parts = {part: sum(sizes[name] for name in names) / count for part, names in PARTS.items()}
    return {**parts, "the texts themselves": sum(len(p.text.encode()) for p in snapshot.passages) / count}


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    if not arguments:
        sys.exit(__doc__)
    files, everything = collect([Path(a) for a in arguments]).files, list[Document]()
    reading = seconds(lambda: everything.extend(read_files(files)[0]))
    documents, encoder = cut(everything, PASSAGES), load_encoder()
    passages = [p for d in documents for p in d.passages]
    times = rounds(documents, encoder)
    words = seconds(lambda: LexicalIndex.build([heading_text(p) for p in passages], [p.text for p in passages]))
    snapshot = embed(documents, encoder).snapshot
    many = sum(len(d.passages) for d in everything)
    print(f"{terminal.count(len(passages), 'passage')}, {terminal.count(len(snapshot.sentences), 'sentence')}")
    for both, one in times:
        print(f"everything {both:7.2f} s, passages alone {one:7.2f} s, ratio {both / one:.2f}")
    print(f"median ratio {median(both / one for both, one in times):.2f}")
    print(f"reading and parsing {terminal.count(many, 'passage')}: {reading:.2f} s; lexical index: {words:.2f} s")
    for part, size in weights(snapshot).items():
        print(f"{part:22}{size:9,.0f} bytes a passage")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ZhangjuError as problem:
        sys.exit(f"time_indexing: {problem}")
