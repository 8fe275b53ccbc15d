"""Options that several commands share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts import terminal

if TYPE_CHECKING:
    from index.models.encoder import Encoder
    from retrieval.ranking.reranking import Reranker

IndexOption = Annotated[
    Path,
    typer.Option("--index", envvar="ZHANGJU_INDEX", metavar="DIR", help="The index directory."),
]
EmbeddingModelOption = Annotated[
    str | None, typer.Option("--model", metavar="M", help="Embed with this model: a hub id or a folder.")
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="M", help="The location of the index's model, if not its own name: a hub id or a folder."
    ),
]
ChaptersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--chapter", metavar="X", help="Only in this chapter: a number, a title or a citation. May be repeated."
    ),
]
DocumentsOption = Annotated[
    list[str] | None,
    typer.Option("--document", metavar="Y", help="Only in this document: a title or a file name. May be repeated."),
]
RerankerOption = Annotated[
    str | None,
    typer.Option(
        "--reranker", metavar="M", help="Rerank the best passages with this cross encoder: a hub id or a folder."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_INDEX = Path(".zhangju")


def reranker_loader(reranker: str | None) -> "Callable[[], Reranker] | None":
    """Return a function that loads the reranker, or None without one."""
    if reranker is None:
        return None

    def load() -> "Reranker":
        from retrieval.ranking.reranking import load_reranker

        return load_reranker(reranker, report=terminal.message)

    return load


def encoder_loader(index: Path, model: str | None) -> "Callable[[], Encoder]":
    """Begin to load the model of an index, or where it is found, in a thread; return a function that waits for it."""

    def load() -> "Encoder":
        from index.models.loading import load_encoder
        from index.models.location import EMBEDDING, INDEX_MODEL
        from index.storage import store

        name = model or store.contract_of(index, store.live_generation(index)).name
        return load_encoder(name, use=EMBEDDING if model else INDEX_MODEL, report=terminal.message)

    return ThreadPoolExecutor(1).submit(load).result
