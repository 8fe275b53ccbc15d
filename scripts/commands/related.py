"""``zhangju related``: what belongs to one passage, or all pairs that belong together."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts import terminal
from scripts.commands.options import DEFAULT_INDEX, IndexOption, JsonOption

if TYPE_CHECKING:
    from retrieval.search import Searcher

ONE, ALL = 10, 50  # passages of one, pairs of all, unless -k says how many
_MOST = 1000


def related_command(
    reference: Annotated[
        str | None, typer.Argument(metavar="[REFERENCE]", help="A passage id or a citation of one passage.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    everything: Annotated[
        bool, typer.Option("--all", help="The closest pairs of passages of all chapters, and of all documents.")
    ] = False,
    k: Annotated[
        int | None,
        typer.Option("-k", min=1, max=_MOST, help=f"How many passages, {ONE} unless given, or pairs, {ALL}."),
    ] = None,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="With --all: write a csv, jsonl, xlsx or md.")
    ] = None,
) -> None:
    """Print the passages in other chapters that belong to one.

    With --all: the pairs that belong together, as a listing on a terminal, as csv where the output is piped.
    """
    if everything == (reference is not None):
        raise typer.BadParameter("one of both is wanted: a passage, or --all", param_hint="REFERENCE")
    if out and (not everything or as_json):
        raise typer.BadParameter("it goes with --all, and without --json", param_hint="-o")
    from retrieval.search import Searcher

    if out:
        from retrieval.tables import format_of

        format_of(out)  # a name that cannot be written is told before anything is computed
    searcher = Searcher.open(index)
    if reference is None:
        _all(searcher, k or ALL, as_json=as_json, out=out)
    else:
        _one(searcher, reference, k or ONE, as_json=as_json)


def _one(searcher: "Searcher", reference: str, k: int, *, as_json: bool) -> None:
    from retrieval.schema import related_json

    source, hits = searcher.one(reference), searcher.related(reference, k=k)
    if as_json:
        _print_json(related_json(source, hits))
    else:
        terminal.related(searcher.citation(source), source, hits)


def _all(searcher: "Searcher", k: int, *, as_json: bool, out: Path | None) -> None:
    from retrieval import tables
    from retrieval.evidence import related_rows
    from retrieval.schema import map_json, pairs_json

    pairs = searcher.related_pairs(k=k)
    if as_json:
        _print_json({**pairs_json(pairs), "map": map_json(searcher.chapter_map())})
    elif out:
        tables.write(
            out, tables.format_of(out), related_rows.COLUMNS, map(related_rows.row, pairs), {"pairs": len(pairs)}
        )
        terminal.message(f"{terminal.count(len(pairs), 'pair')}: {out}")
    elif sys.stdout.isatty():
        terminal.related_pairs(pairs)
    else:
        typer.echo(tables.encoded("csv", related_rows.COLUMNS, map(related_rows.row, pairs), {}).decode(), nl=False)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
