"""Time bringing an index up to date against building it from nothing, and opening it.

    python -m scripts.benchmarks.time_updating SOURCE...

SOURCE is what ``zhangju index`` takes. The documents are indexed from nothing with the default model, then with the
last paragraph of the first document changed, in a temporary directory. Prints seconds and numbers of texts embedded,
whether the updated index is the same, byte for byte, as one of the changed documents built from nothing, and what
opening costs.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from index.building.embedding import EmbeddingResult, embed_new
from index.building.sources import collect, read_files
from index.errors import ZhangjuError
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.parsing.structure import read_document
from index.records import Document
from index.storage import store
from index.storage.snapshot import Snapshot
from scripts import terminal
from scripts.benchmarks.time_indexing import seconds

OPENINGS = 9


def again(document: Document, more: str) -> Document:
    """The document read from its own text with something added to its last paragraph."""
    end = document.passages[-1].end
    return read_document(f"{document.source[:end]}{more}{document.source[end:]}".encode(), f"{document.id}.txt")


def published(directory: Path, documents: Sequence[Document], encoder: Encoder) -> EmbeddingResult:
    """What embedding with the live generation of a directory gives, made its next generation."""
    with store.build_lock(directory):
        known = [store.open_generation(directory, g) for g in store.recoverable_generations(directory)]
        embedded = embed_new(documents, lambda: encoder, snapshots=known)
        store.publish(directory, embedded.snapshot)
    return embedded


def same(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots hold the same documents and the same bytes."""
    arrays = other.arrays()
    return one.documents == other.documents and all(np.array_equal(a, arrays[n]) for n, a in one.arrays().items())


def timed(directory: Path, documents: Sequence[Document], encoder: Encoder, what: str) -> float:
    """Build, say what it took, and return the seconds."""
    found: list[EmbeddingResult] = []
    took = seconds(lambda: found.append(published(directory, documents, encoder)))
    print(f"{what:22}{took:8.2f} s, {found[0].embedded:,} texts embedded, {found[0].reused:,} known")
    return took


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    if not arguments:
        sys.exit(__doc__)
    documents = list(read_files(collect([Path(a) for a in arguments]).files)[0])
    documents[0] = again(documents[0], "")
    later = [again(documents[0], "此处另加一句。"), *documents[1:]]
    encoder = load_encoder()
    encoder.encode_passages(["warm-up"])
    with tempfile.TemporaryDirectory() as folder:
        ours, anew = Path(folder, "ours"), Path(folder, "anew")
        first = timed(ours, documents, encoder, "from nothing")
        second = timed(ours, later, encoder, "one sentence changed")
        timed(anew, later, encoder, "the same from nothing")
        print(f"ratio {second / first:.4f}; the same bytes: {same(*map(store.open_snapshot, (ours, anew)))}")
        opening = median(seconds(lambda: store.open_snapshot(ours)) for _ in range(OPENINGS))
        size = store.generation_info(ours, store.live_generation(ours)).size
        print(f"opening {size / 1e6:,.1f} MB, checked: {opening:.3f} s, median of {OPENINGS}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ZhangjuError as problem:
        terminal.message(str(problem))
        sys.exit(1)
