"""Compare the time of updating an index with that of a new build, and time opening it.

    python -m scripts.benchmarks.time_updating SOURCE...

SOURCE is as for ``zhangju index``. The documents are indexed with the default model, then again with one sentence added
to the last paragraph of the first document, in a temporary directory. Prints seconds and numbers of embedded texts,
whether the updated index equals a new build of the changed documents byte for byte, and the time of opening it.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from index.building.embedding import EmbeddingResult, embed_new
from index.building.sources import collect, read_files
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.parsing.structure import read_document
from index.records import Document
from index.storage import store
from index.storage.snapshot import Snapshot
from scripts.benchmarks.common import parser, run, seconds

OPENINGS = 9


def with_addition(document: Document, addition: str) -> Document:
    """Parse the text of a document again, with an addition to its last paragraph."""
    end = document.passages[-1].end
    return read_document(f"{document.source[:end]}{addition}{document.source[end:]}".encode(), f"{document.id}.txt")


def publish(directory: Path, documents: Sequence[Document], encoder: Encoder) -> EmbeddingResult:
    """Embed documents, reusing the vectors in a directory, and publish the result there."""
    with store.build_lock(directory):
        snapshots = [store.open_generation(directory, g) for g in store.recoverable_generations(directory)]
        result = embed_new(documents, lambda: encoder, snapshots=snapshots)
        store.publish(directory, result.snapshot)
    return result


def equal(one: Snapshot, other: Snapshot) -> bool:
    """Return whether two snapshots have the same documents and the same bytes."""
    arrays = other.arrays()
    return one.documents == other.documents and all(np.array_equal(a, arrays[n]) for n, a in one.arrays().items())


def time_build(directory: Path, documents: Sequence[Document], encoder: Encoder, label: str) -> float:
    """Build an index, print the time it took and return it in seconds."""
    results: list[EmbeddingResult] = []
    took = seconds(lambda: results.append(publish(directory, documents, encoder)))
    print(f"{label:22}{took:8.2f} s, {results[0].embedded:,} texts embedded, {results[0].reused:,} known")
    return took


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    options = parser(__doc__)
    options.add_argument("sources", type=Path, nargs="+", metavar="SOURCE")
    documents = list(read_files(collect(options.parse_args(arguments).sources).files)[0])
    documents[0] = with_addition(documents[0], "")
    changed = [with_addition(documents[0], "此处另加一句。"), *documents[1:]]
    encoder = load_encoder()
    encoder.encode_passages(["warm-up"])
    with tempfile.TemporaryDirectory() as folder:
        updated, rebuilt = Path(folder, "updated"), Path(folder, "rebuilt")
        first = time_build(updated, documents, encoder, "from nothing")
        second = time_build(updated, changed, encoder, "one sentence changed")
        time_build(rebuilt, changed, encoder, "the same from nothing")
        print(f"ratio {second / first:.4f}; the same bytes: {equal(*map(store.open_snapshot, (updated, rebuilt)))}")
        opening = median(seconds(lambda: store.open_snapshot(updated)) for _ in range(OPENINGS))
        size = store.generation_info(updated, store.live_generation(updated)).size
        print(f"opening {size / 1e6:,.1f} MB, checked: {opening:.3f} s, median of {OPENINGS}")


if __name__ == "__main__":
    run(main)
