"""One measurement of one program, in a process of its own. Run by the comparison, also where Zhangju is not installed.

    python programs.py PROGRAM MEASUREMENT FOLDER MODEL INDEX START

FOLDER is a BEIR folder, with another one named warm-up beside it, MODEL the folder of the model's weights, INDEX the
folder of the program's index, START the time at which the process was started, in seconds. Prints the figures as a JSON
object.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

WARM_UP_FOLDER = "warm-up"
K = 5  # hits of a question
WARM_UP = 10  # questions before those that are timed
QUERY, PASSAGE = "query: ", "passage: "  # the model's prompts, which txtai does not read from its folder

Records = Sequence[Mapping[str, Any]]  # lines of a corpus.jsonl


class Program(Protocol):
    """A program that searches passages; the ids of hits are those of the corpus."""

    def build(self, folder: Path, index: Path) -> None:
        """Embed the passages of a BEIR folder and write the index; the model is loaded at the first call."""

    def open(self, index: Path) -> None:
        """Open an index and load the model."""

    def ask(self, question: str) -> list[str]:
        """Return the ids of the best passages."""


class Zhangju:
    """Zhangju: vectors of passages, sentences and tokens, bigrams, and an answer with its citation."""

    def __init__(self, _model: str) -> None:
        self._encoder: Any = None

    def build(self, folder: Path, index: Path) -> None:
        """Embed and publish."""
        from index.building.embedding import embed
        from index.models.loading import load_encoder
        from index.storage import store
        from retrieval.evaluation.beir import read_collection

        self._encoder = self._encoder or load_encoder()
        with store.build_lock(index):
            store.publish(index, embed([read_collection(folder).document], self._encoder).snapshot)

    def open(self, index: Path) -> None:
        """Open the index; the model is loaded while the libraries are imported, as by ``zhangju ask``."""
        from scripts.commands.options import encoder_loader

        load = encoder_loader(index, None)
        from retrieval.search import Searcher

        self._searcher = Searcher.open(index, load=load)
        self._searcher.load()

    def ask(self, question: str) -> list[str]:
        """Answer a question."""
        return [hit.passage.id for hit in self._searcher.ask(question, k=K).hits]


class Txtai:
    """A txtai index of dense vectors and BM25 that keeps the texts."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._embeddings: Any = None

    def build(self, folder: Path, index: Path) -> None:
        """Embed and save."""
        from txtai import Embeddings

        instructions = {"query": QUERY, "data": PASSAGE}
        self._embeddings = self._embeddings or Embeddings(
            path=self._model, hybrid=True, content=True, instructions=instructions
        )
        self._embeddings.index((record["_id"], text(record), None) for record in corpus(folder))
        self._embeddings.save(str(index))

    def open(self, index: Path) -> None:
        """Load the index, which loads the model."""
        from txtai import Embeddings

        self._embeddings = Embeddings()
        self._embeddings.load(str(index))

    def ask(self, question: str) -> list[str]:
        """Search."""
        return [hit["id"] for hit in self._embeddings.search(question, K)]


class Plain:
    """sentence-transformers and a FAISS index of its vectors, with the texts in a file."""

    def __init__(self, model: str) -> None:
        self._folder = model
        self._model: Any = None

    def build(self, folder: Path, index: Path) -> None:
        """Embed and save."""
        self._load()
        import faiss  # after torch: before it, a question took 20 times as long, as two libraries wait for the cores

        records = corpus(folder)
        vectors = self._model.encode([PASSAGE + text(record) for record in records], normalize_embeddings=True)
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        index.mkdir(parents=True, exist_ok=True)
        faiss.write_index(flat, str(index / "vectors.faiss"))
        (index / "texts.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")

    def open(self, index: Path) -> None:
        """Read the index and the texts, load the model."""
        self._load()
        import faiss  # after torch: before it, a question took 20 times as long, as two libraries wait for the cores

        self._index = faiss.read_index(str(index / "vectors.faiss"))
        self._records = json.loads((index / "texts.json").read_text(encoding="utf-8"))

    def ask(self, question: str) -> list[str]:
        """Embed and search."""
        vectors = self._model.encode([QUERY + question], normalize_embeddings=True)
        _, rows = self._index.search(vectors, K)
        return [self._records[row]["_id"] for row in rows[0] if row >= 0]

    def _load(self) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = self._model or SentenceTransformer(self._folder)


PROGRAMS: Mapping[str, Callable[[str], Program]] = {"zhangju": Zhangju, "txtai": Txtai, "plain": Plain}


def corpus(folder: Path) -> Records:
    """Return the passages of a BEIR folder."""
    return _records(folder / "corpus.jsonl")


def text(record: Mapping[str, Any]) -> str:
    """Return what is embedded of a passage: its title, if any, and its text."""
    return f"{record.get('title') or ''} {record['text']}".strip()


def index_rate(program: Program, folder: Path, index: Path) -> dict[str, float]:
    """Return the passages indexed in a second by the loaded and warm program, and the bytes of the index."""
    program.build(folder.with_name(WARM_UP_FOLDER), index.with_name(f"{index.name}-warm-up"))
    start = time.perf_counter()
    program.build(folder, index)
    rate = len(corpus(folder)) / (time.perf_counter() - start)
    return {"rate": rate, "size": sum(path.stat().st_size for path in index.rglob("*") if path.is_file())}


def first_answer(program: Program, folder: Path, index: Path) -> dict[str, float]:
    """Return the time at which the first question is answered, in seconds."""
    program.open(index)
    program.ask(_records(folder / "queries.jsonl")[0]["text"])
    return {"end": time.time()}


def query_times(program: Program, folder: Path, index: Path) -> dict[str, float]:
    """Return the median and the 95th percentile of a question's milliseconds, the memory in MB, and the quality.

    ``first`` is the share of questions for which a passage that answers is the first hit.
    """
    program.open(index)
    questions, right = _records(folder / "queries.jsonl"), _right(folder)
    for question in questions[:WARM_UP]:
        program.ask(question["text"])
    times, hits = list[float](), 0
    for question in questions:
        start = time.perf_counter()
        found = program.ask(question["text"])
        times.append(1000 * (time.perf_counter() - start))
        hits += (question["_id"], found[0] if found else "") in right
    times.sort()
    ps = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, text=True, check=True)
    return {
        "p50": times[len(times) // 2],
        "p95": times[len(times) * 95 // 100],
        "memory": int(ps.stdout) / 1024,
        "first": hits / len(questions),
    }


MEASUREMENTS: Mapping[str, Callable[[Program, Path, Path], dict[str, float]]] = {
    "index": index_rate,
    "start": first_answer,
    "ask": query_times,
}


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _right(folder: Path) -> set[tuple[str, str]]:
    """Pairs of a question and a passage that answers it."""
    rows = (line.split("\t") for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:])
    return {(query, passage) for query, passage, grade in rows if int(grade) > 0}


def main(arguments: Sequence[str]) -> None:
    """Measure, and print the figures."""
    name, measurement, folder, model, index, start = arguments
    figures = MEASUREMENTS[measurement](PROGRAMS[name](model), Path(folder), Path(index))
    if "end" in figures:
        figures["start"] = figures.pop("end") - float(start)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
