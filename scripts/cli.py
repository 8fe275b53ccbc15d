"""The ``zhangju`` command. Data goes to stdout, progress and messages to stderr.

Exit status: 0 done, 1 a problem the message explains, 2 wrong usage, 3 (``ask``) the text does not answer this.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import QuestionError, ZhangjuError
from scripts import terminal
from scripts.commands import access_options, doctor, evidence, examples
from scripts.commands.coverage import coverage_command
from scripts.commands.options import (
    DEFAULT_INDEX,
    ChaptersOption,
    DocumentsOption,
    IndexOption,
    JsonOption,
    ModelOption,
    RerankerOption,
    loading,
)
from scripts.commands.related import related_command

if TYPE_CHECKING:
    from scripts.commands.state import State

# What needs numpy, FAISS, torch or Gradio is imported by the command that uses it: ``--help`` answers at once.

app = typer.Typer(
    name="zhangju",
    help="Ask long structured documents; get the passages that answer, cited by part, chapter, section and paragraph.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

UNANSWERED = 3


@app.command("index")
def index_command(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE...", help="Files or folders: txt, md, docx, pdf, html.")
    ],
    index: IndexOption = DEFAULT_INDEX,
    model: Annotated[
        str | None, typer.Option("--model", metavar="M", help="Embed with this model: a hub id or a folder.")
    ] = None,
) -> None:
    """Build the index of these documents, or bring it up to date."""
    from scripts.commands.indexing import LoadedOnce, bring_up_to_date

    report = bring_up_to_date(sources, index, LoadedOnce(model))
    if report.failures:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In words, in any language; - reads stdin.")],
    index: IndexOption = DEFAULT_INDEX,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    chapters: ChaptersOption = None,
    documents: DocumentsOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    reranker: RerankerOption = None,
) -> None:
    """Print the passages that answer a question, with citations."""
    from retrieval.question.plan import checked_question
    from retrieval.schema import answer_json
    from retrieval.search import Searcher

    question = checked_question(_stdin() if question == "-" else question)
    searcher = Searcher.open(index, model=model, reranker=loading(reranker))
    answer = searcher.with_matches(searcher.ask(question, k=k, chapters=chapters or (), titles=documents or ()))
    if as_json:
        _print_json(answer_json(answer))
    else:
        terminal.answer(answer, searcher.citation)
    if not answer.answered:
        raise typer.Exit(UNANSWERED)


app.command("related")(related_command)
app.command("coverage")(coverage_command)


@app.command()
def show(
    reference: Annotated[
        str, typer.Argument(metavar="REFERENCE", help="A passage id or a citation, of a section too.")
    ],
    index: IndexOption = DEFAULT_INDEX,
    as_json: JsonOption = False,
) -> None:
    """Print what a citation names, in its place."""
    from retrieval.schema import place_json
    from retrieval.search import Searcher

    searcher = Searcher.open(index)
    places = [(searcher.citation(*place), place) for place in searcher.show(reference)]
    if as_json:
        _print_json({"passages": [place_json(citation, place) for citation, place in places]})
    else:
        terminal.places(places)


@app.command()
def outline(
    source: Annotated[
        Path | None, typer.Argument(metavar="[SOURCE]", help="A file or folder; without it, the index. - reads stdin.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    as_json: JsonOption = False,
) -> None:
    """Print how a document is read: headings and passages."""
    from index.storage.store import open_snapshot
    from retrieval.schema import outline_json
    from scripts.commands.indexing import read_source

    documents, failures = read_source(source) if source else (open_snapshot(index).documents, {})
    if as_json:
        outlines = [outline_json(d) for d in documents]
        _print_json(outlines[0] if len(outlines) == 1 else {"documents": outlines})
    else:
        terminal.outlines(documents)
    for failure in failures.values():
        terminal.message(f"not read: {failure}")
    if failures:
        raise typer.Exit(1)


app.command("batch")(evidence.batch_command)
app.command("check")(evidence.check_command)


@app.command("evaluate")
def evaluate_command(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A BEIR folder: corpus.jsonl, queries.jsonl, qrels/test.tsv.")
    ],
    run: Annotated[
        Path | None, typer.Option("--run", metavar="RUN.trec", help="Write what was found as a TREC run.")
    ] = None,
    other: Annotated[
        Path | None, typer.Option("--compare", metavar="OTHER.trec", help="Compare with this earlier run.")
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=10, max=100, help="How many passages for each question.")] = 100,
    as_json: JsonOption = False,
    model: Annotated[
        str | None, typer.Option("--model", metavar="M", help="Embed with this model: a hub id or a folder.")
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Embed everything, and keep no embeddings for the next time.")
    ] = False,
) -> None:
    """Measure the answers to questions whose right passages are known."""
    from scripts.commands import evaluate
    from scripts.commands.indexing import LoadedOnce

    loaded = LoadedOnce(model)
    report = evaluate.run(
        folder, lambda: evaluate.cached(loaded, cache=not no_cache), depth=depth, out=run, other=other
    )
    for remark in report.remarks:
        terminal.message(remark)
    if as_json:
        _print_json(evaluate.to_json(report))
    else:
        evaluate.show(report)


@app.command("verify")
def verify_command(
    index: IndexOption = DEFAULT_INDEX,
    rows: Annotated[
        int, typer.Option("--rows", min=0, metavar="N", help="Embed N of its texts again and compare the vectors.")
    ] = 0,
    as_json: JsonOption = False,
    model: ModelOption = None,
) -> None:
    """Read every file of the index and say which is damaged.

    Ends with 1 if one is.
    """
    from index.models.location import EMBEDDING, INDEX_MODEL
    from index.storage.snapshot import Snapshot
    from scripts.commands import state
    from scripts.commands.indexing import LoadedOnce

    def inspect(snapshot: Snapshot) -> str:
        problem = state.slipped(snapshot)
        if problem or not rows:
            return problem
        encoder = LoadedOnce(model or snapshot.contract.name, use=EMBEDDING if model else INDEX_MODEL)()
        return state.embedded_otherwise(snapshot, encoder, rows)

    found = state.checked(index, inspect)
    _print_states(found, as_json=as_json)
    if (error := state.damage(found, index)) is not None:
        raise error
    terminal.message(f"{index} is sound")


@app.command()
def history(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False) -> None:
    """Print the builds of the index that are kept, the live one first."""
    from scripts.commands import state

    _print_states(state.history(index), as_json=as_json)


@app.command()
def rollback(
    index: IndexOption = DEFAULT_INDEX,
    to: Annotated[
        int | None,
        typer.Option("--to", min=1, metavar="N", help="The build to go back to; the one before if left out."),
    ] = None,
) -> None:
    """Go back to an earlier build of the index.

    What is live now stays, and can be gone back to as well.
    """
    from index.storage import store
    from index.storage.error_messages import shell_quoted
    from index.storage.generations import generation_name

    name = store.roll_back(index, None if to is None else generation_name(to)).name
    terminal.message(
        f"{index} is generation {name} again; what was live comes back with: "
        f"zhangju rollback --index {shell_quoted(index)}"
    )


def _print_states(states: "Sequence[State]", *, as_json: bool) -> None:
    from scripts.commands import state

    if as_json:
        _print_json(state.state_json(states))
    else:
        for one in states:
            typer.echo(state.line(one))


app.command("doctor")(doctor.doctor_command)


@app.command()
def serve(
    sources: Annotated[
        list[Path] | None, typer.Argument(metavar="[SOURCE...]", help="Files or folders to index first.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    host: access_options.HostOption = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Offer search, show, related and outline as an MCP server.")
    ] = False,
    auth_file: access_options.AuthOption = None,
    no_auth: access_options.NoAuthOption = False,
    allow_host: access_options.NamesOption = None,
    proxy: access_options.ProxyOption = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Let nobody add, remove or rebuild documents on the page.")
    ] = False,
) -> None:
    """Open the page on which questions are asked; Ctrl-C ends it.

    It follows the index when that is built anew.
    """
    from retrieval.live import LiveSearcher
    from scripts.commands.indexing import LoadedOnce, bring_up_to_date, shared_models

    access = access_options.access(host, accounts=auth_file, open_to_all=no_auth, names=allow_host, proxy=proxy)
    encoder = LoadedOnce(model)
    if sources:
        bring_up_to_date(sources, index, encoder)

    load = shared_models(encoder, model)
    with LiveSearcher(index, load, reranker=loading(reranker), report=terminal.message) as live:
        from ui.app.application import serve as serve_page
        from ui.state.index_jobs import IndexJobs

        editable = not read_only and not access.is_exposed
        index_jobs = IndexJobs(index, load, live, sources=sources or (), editable=editable)
        serve_page(
            live,
            access=access,
            port=port,
            open_browser=open_browser,
            announce=terminal.announce,
            mcp=mcp,
            index_jobs=index_jobs,
        )


@app.command()
def password(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whom to let in.")],
    auth_file: Annotated[Path, typer.Option("--auth-file", metavar="FILE", help="The file; made if it is not there.")],
) -> None:
    """Set the password with which somebody signs in to the page.

    It is asked for, or read from stdin.
    """
    terminal.message(access_options.set_password(name, auth_file))


for _command in app.registered_commands:
    examples.with_example(_command)


def _stdin() -> str:
    if sys.stdin is None:
        raise QuestionError("nothing comes in, stdin is closed; give the question as an argument")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError("what came in is not UTF-8; send the question as UTF-8") from error


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def main() -> None:
    """Run the command line; what goes wrong on purpose becomes one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(color=False if terminal.is_plain() else None)
    except ZhangjuError as error:
        for note in getattr(error, "__notes__", ()):
            terminal.message(note)
        terminal.message(f"zhangju: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
