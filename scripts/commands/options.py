"""Options that several commands have, and what is made of them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts import terminal

if TYPE_CHECKING:
    from retrieval.ranking.reranking import Reranker

IndexOption = Annotated[
    Path,
    typer.Option("--index", envvar="ZHANGJU_INDEX", metavar="DIR", help="The index directory."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="M", help="Where the index's model is, if not under its own name: a hub id or a folder."
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
        "--reranker", metavar="M", help="Read the best passages again with this cross encoder: a hub id or a folder."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_INDEX = Path(".zhangju")


def loading(reranker: str | None) -> "Callable[[], Reranker] | None":
    """What loads a reranker; None if there is to be none."""
    if reranker is None:
        return None

    def load() -> "Reranker":
        from retrieval.ranking.reranking import load_reranker

        return load_reranker(reranker, report=terminal.message)

    return load
