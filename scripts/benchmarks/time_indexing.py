"""Compare the time of indexing with that of embedding the passages alone, and measure the size of the index.

    python -m scripts.benchmarks.time_indexing SOURCE...

SOURCE is as for ``zhangju index``; the first 300 passages are used. In each of three rounds everything is embedded, and
the passages alone, without a cache. Prints both times in seconds and their ratio, the time of reading all sources and
of building the lexical index, and the bytes of the index per passage.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from index.building.embedding import embed, heading_text, split_text
from index.building.sources import collect, read_files
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.records import Document, Passage
from index.storage import bm25
from index.storage.bm25 import LexicalIndex
from index.storage.snapshot import Snapshot
from index.text.chinese import to_simplified
from scripts import terminal
from scripts.benchmarks.common import parser, run, seconds

PASSAGES, ROUNDS = 300, 3
PARTS = {
    "passage vectors": ("passage_vectors", "passage_keys"),
    "sentence vectors": ("sentence_vectors", "sentence_keys", "sentences"),
    "token vectors": ("tokens", "token_scales", "token_starts"),
    "words": tuple(bm25.ARRAYS),
}


def first_passages(documents: Iterable[Document], count: int) -> list[Document]:
    """Return documents with ``count`` passages in all, the last one shortened."""
    selected: list[Document] = []
    for document in documents:
        left = count - sum(len(d.passages) for d in selected)
        if left > 0:
            selected.append(replace(document, passages=document.passages[:left]))
    return selected


def embed_passages(passages: Sequence[Passage], encoder: Encoder) -> None:
    """Embed passages with their headings, without sentences and tokens."""
    parts = [
        part
        for p in passages
        for part in split_text(to_simplified(p.text), encoder, heading=to_simplified(heading_text(p)))
    ]
    encoder.encode_passages(parts, tokens=False)


def time_rounds(documents: Sequence[Document], encoder: Encoder) -> list[tuple[float, float]]:
    """Return the seconds of everything and of the passages alone for each round, run in alternating order."""
    passages = [p for d in documents for p in d.passages]
    embed([replace(documents[0], passages=tuple(passages[:1]))], encoder)  # warm-up
    works: tuple[Callable[[], object], ...] = (
        lambda: embed(documents, encoder),
        lambda: embed_passages(passages, encoder),
    )
    rounds: list[tuple[float, float]] = []
    for number in range(ROUNDS):
        times = {i: seconds(works[i]) for i in ((0, 1) if number % 2 else (1, 0))}
        rounds.append((times[0], times[1]))
    return rounds


def bytes_per_passage(snapshot: Snapshot) -> dict[str, float]:
    """Return the bytes per passage of each part of the index."""
    sizes = {name: array.nbytes for name, array in snapshot.arrays().items()}
    count = len(snapshot.passages)
    parts = {part: sum(sizes[name] for name in names) / count for part, names in PARTS.items()}
    return {**parts, "the texts themselves": sum(len(p.text.encode()) for p in snapshot.passages) / count}


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    options = parser(__doc__)
    options.add_argument("sources", type=Path, nargs="+", metavar="SOURCE")
    files, everything = collect(options.parse_args(arguments).sources).files, list[Document]()
    reading = seconds(lambda: everything.extend(read_files(files)[0]))
    documents, encoder = first_passages(everything, PASSAGES), load_encoder()
    passages = [p for d in documents for p in d.passages]
    rounds = time_rounds(documents, encoder)
    lexical = seconds(lambda: LexicalIndex.build([heading_text(p) for p in passages], [p.text for p in passages]))
    snapshot = embed(documents, encoder).snapshot
    total = sum(len(d.passages) for d in everything)
    print(f"{terminal.count(len(passages), 'passage')}, {terminal.count(len(snapshot.sentences), 'sentence')}")
    for both, alone in rounds:
        print(f"everything {both:7.2f} s, passages alone {alone:7.2f} s, ratio {both / alone:.2f}")
    print(f"median ratio {median(both / alone for both, alone in rounds):.2f}")
    print(f"reading and parsing {terminal.count(total, 'passage')}: {reading:.2f} s; lexical index: {lexical:.2f} s")
    for part, size in bytes_per_passage(snapshot).items():
        print(f"{part:22}{size:9,.0f} bytes a passage")


if __name__ == "__main__":
    run(main)
