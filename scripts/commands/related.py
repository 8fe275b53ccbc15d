"""``zhangju related``: the passages related to one, or all pairs of related passages."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts import terminal
from scripts.commands.options import DEFAULT_INDEX, IndexOption, JsonOption

if TYPE_CHECKING:
    from retrieval.search import Searcher

ONE, ALL = 10, 50  # defaults of -k: passages related to one, pairs of all
_MAX_K = 1000


def related_command(
    reference: Annotated[
        str | None, typer.Argument(metavar="[REFERENCE]", help="A passage id or a citation of one passage.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    everything: Annotated[
        bool, typer.Option("--all", help="The closest pairs of passages in all chapters and documents.")
    ] = False,
    k: Annotated[
        int | None,
        typer.Option("-k", min=1, max=_MAX_K, help=f"How many passages ({ONE} by default) or pairs ({ALL})."),
    ] = None,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="With --all: write a csv, jsonl, xlsx or md.")
    ] = None,
) -> None:
    """Print the passages in other chapters that are related to one.

    With --all: all related pairs, as a list on a terminal, as csv if the output is piped.
    """
    if everything == (reference is not None):
        raise typer.BadParameter("give either a passage or --all", param_hint="REFERENCE")
    if out and (not everything or as_json):
        raise typer.BadParameter("it needs --all and excludes --json", param_hint="-o")
    from retrieval.search import Searcher

    if out:
        from retrieval.tables import format_of

        format_of(out)  # reports an unusable name before anything is computed
    searcher = Searcher.open(index)
    if reference is None:
        _print_all(searcher, k or ALL, as_json=as_json, out=out)
    else:
        _print_one(searcher, reference, k or ONE, as_json=as_json)


def _print_one(searcher: "Searcher", reference: str, k: int, *, as_json: bool) -> None:
    from retrieval.schema import related_json

    source, hits = searcher.one(reference), searcher.related(reference, k=k)
    if as_json:
        terminal.print_json(related_json(source, hits))
    else:
        terminal.print_related(searcher.citation(source), source, hits)


def _print_all(searcher: "Searcher", k: int, *, as_json: bool, out: Path | None) -> None:
    from retrieval import tables
    from retrieval.evidence import related_rows
    from retrieval.schema import map_json, pairs_json

    pairs = searcher.related_pairs(k=k)
    if as_json:
        terminal.print_json({**pairs_json(pairs), "map": map_json(searcher.chapter_map())})
    elif out:
        tables.write(
            out, tables.format_of(out), related_rows.COLUMNS, map(related_rows.row, pairs), {"pairs": len(pairs)}
        )
        terminal.message(f"{terminal.count(len(pairs), 'pair')}: {out}")
    elif sys.stdout.isatty():
        terminal.print_related_pairs(pairs)
    else:
        typer.echo(tables.encoded("csv", related_rows.COLUMNS, map(related_rows.row, pairs), {}).decode(), nl=False)
