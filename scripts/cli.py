"""The ``zhangju`` command. Data goes to stdout, progress and messages to stderr.

Exit status: 0 success, 1 a problem that the message explains, 2 wrong usage, 3 (``ask``) not answered by the text.
"""

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import QuestionError, ZhangjuError
from index.loaders import LOADERS
from scripts import memory, terminal
from scripts.commands import access_options, backup, doctor, evidence, examples
from scripts.commands.coverage import coverage_command
from scripts.commands.options import (
    DEFAULT_INDEX,
    ChaptersOption,
    DocumentsOption,
    EmbeddingModelOption,
    IndexOption,
    JsonOption,
    ModelOption,
    RerankerOption,
    encoder_loader,
    reranker_loader,
)
from scripts.commands.related import related_command

if TYPE_CHECKING:
    from scripts.commands.state import GenerationState

# Each command imports what needs numpy, FAISS, torch or Gradio itself, so that ``--help`` responds at once.

app = typer.Typer(
    name="zhangju",
    help="Ask long structured documents; get the passages that answer, cited by part, chapter, section and paragraph.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

UNANSWERED = 3
_UNWRITABLE = (errno.ENOSPC, errno.EFBIG, errno.EIO)  # of stdout, which has no file name


@app.command("index")
def index_command(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SOURCE...", help=f"Files or folders: {', '.join(name[1:] for name in LOADERS)}."),
    ],
    index: IndexOption = DEFAULT_INDEX,
    model: EmbeddingModelOption = None,
) -> None:
    """Build the index of these documents, or update it."""
    from scripts.commands.indexing import LazyEncoder, update_index

    report = update_index(sources, index, LazyEncoder(model, thorough=True))
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
    load = encoder_loader(index, model)  # before the imports, which take as long as half of it

    from retrieval.question.plan import checked_question
    from retrieval.schema import answer_json
    from retrieval.search import Searcher

    question = checked_question(_stdin() if question == "-" else question)
    searcher = Searcher.open(index, reranker=reranker_loader(reranker), load=load)
    answer = searcher.with_matches(searcher.ask(question, k=k, chapters=chapters or (), titles=documents or ()))
    if as_json:
        terminal.print_json(answer_json(answer))
    else:
        terminal.print_answer(answer, searcher.citation)
    if not answer.answered:
        raise typer.Exit(UNANSWERED)


app.command("related")(related_command)
app.command("coverage")(coverage_command)


@app.command()
def show(
    reference: Annotated[
        str, typer.Argument(metavar="REFERENCE", help="A passage id or a citation, also of a section.")
    ],
    index: IndexOption = DEFAULT_INDEX,
    as_json: JsonOption = False,
) -> None:
    """Print the text of a citation in its context."""
    from retrieval.schema import place_json
    from retrieval.search import Searcher

    searcher = Searcher.open(index)
    places = [(searcher.citation(*place), place) for place in searcher.show(reference)]
    if as_json:
        terminal.print_json({"passages": [place_json(citation, place) for citation, place in places]})
    else:
        terminal.print_places(places)


@app.command()
def outline(
    source: Annotated[
        Path | None, typer.Argument(metavar="[SOURCE]", help="A file or folder; without it, the index. - reads stdin.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    as_json: JsonOption = False,
) -> None:
    """Print the parsed structure of a document: headings and passages."""
    from index.storage.store import open_snapshot
    from retrieval.schema import outline_json
    from scripts.commands.indexing import read_source

    documents, failures = read_source(source) if source else (open_snapshot(index).documents, {})
    if as_json:
        outlines = [outline_json(d) for d in documents]
        terminal.print_json(outlines[0] if len(outlines) == 1 else {"documents": outlines})
    else:
        terminal.print_outlines(documents)
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
        Path | None, typer.Option("--run", metavar="RUN.trec", help="Write the results as a TREC run.")
    ] = None,
    other: Annotated[
        Path | None, typer.Option("--compare", metavar="OTHER.trec", help="Compare with this earlier run.")
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=10, max=100, help="How many passages for each question.")] = 100,
    as_json: JsonOption = False,
    model: EmbeddingModelOption = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Embed everything, without the cache of embeddings.")
    ] = False,
) -> None:
    """Measure the answers to questions with known relevant passages."""
    from scripts.commands import evaluate
    from scripts.commands.indexing import LazyEncoder

    encoder = LazyEncoder(model)
    report = evaluate.run(
        folder, lambda: evaluate.cached(encoder, cache=not no_cache), depth=depth, out=run, other=other
    )
    for remark in report.remarks:
        terminal.message(remark)
    if as_json:
        terminal.print_json(evaluate.to_json(report))
    else:
        evaluate.print_report(report)


@app.command("verify")
def verify_command(
    index: IndexOption = DEFAULT_INDEX,
    rows: Annotated[
        int, typer.Option("--rows", min=0, metavar="N", help="Embed N of its texts again and compare the vectors.")
    ] = 0,
    as_json: JsonOption = False,
    model: ModelOption = None,
) -> None:
    """Check every file of the index and report damaged ones.

    Exits with 1 if one is damaged.
    """
    from index.models.location import EMBEDDING, INDEX_MODEL
    from index.storage.snapshot import Snapshot
    from scripts.commands import state
    from scripts.commands.indexing import LazyEncoder

    def inspect(snapshot: Snapshot) -> str:
        problem = state.key_problem(snapshot)
        if problem or not rows:
            return problem
        encoder = LazyEncoder(
            model or snapshot.contract.name, role=EMBEDDING if model else INDEX_MODEL, thorough=True
        )()
        return state.vector_problem(snapshot, encoder, rows)

    states = state.check(index, inspect)
    _print_states(states, as_json=as_json)
    if (error := state.damage_error(states, index)) is not None:
        raise error
    terminal.message(f"{index} is sound")


@app.command()
def history(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False) -> None:
    """Print the kept builds of the index, the live one first."""
    from scripts.commands import state

    _print_states(state.history(index), as_json=as_json)


@app.command()
def rollback(
    index: IndexOption = DEFAULT_INDEX,
    to: Annotated[
        int | None,
        typer.Option("--to", min=1, metavar="N", help="The build to restore; the previous one by default."),
    ] = None,
) -> None:
    """Restore an earlier build of the index.

    The current build is kept and can be restored as well.
    """
    from index.storage import store
    from index.storage.error_messages import shell_quoted
    from index.storage.generations import generation_name

    name = store.roll_back(index, None if to is None else generation_name(to)).name
    terminal.message(
        f"{index} is generation {name} again; restore the previous state with: "
        f"zhangju rollback --index {shell_quoted(index)}"
    )


def _print_states(states: "Sequence[GenerationState]", *, as_json: bool) -> None:
    from scripts.commands import state

    if as_json:
        terminal.print_json(state.state_json(states))
    else:
        for one in states:
            terminal.echo(state.state_line(one))


app.command("backup")(backup.backup_command)
app.command("restore")(backup.restore_command)
app.command("doctor")(doctor.doctor_command)


@app.command()
def serve(
    sources: Annotated[
        list[Path] | None, typer.Argument(metavar="[SOURCE...]", help="Files or folders to index first.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    host: access_options.HostOption = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 selects a free one.")] = 7860,
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
    audit_log: access_options.AuditOption = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Do not allow documents to be added, removed or rebuilt on the page.")
    ] = False,
) -> None:
    """Serve the page; Ctrl-C ends it.

    The page follows new builds of the index.
    """
    memory.share_heaps()
    # Gradio takes seconds to import, so that begins beside everything else.
    Thread(target=import_module, args=("ui.app.application",), daemon=True).start()

    from retrieval.live import LiveSearcher
    from scripts.commands.indexing import LazyEncoder, shared_models, update_index

    access = access_options.access(
        host, accounts=auth_file, open_to_all=no_auth, names=allow_host, proxy=proxy, audit_log=audit_log
    )
    encoder = LazyEncoder(model, thorough=bool(sources))
    if sources:
        update_index(sources, index, encoder)

    load = shared_models(encoder, model)
    with LiveSearcher(index, load, reranker=reranker_loader(reranker), report=terminal.message) as live:
        from ui.app.application import serve as serve_page
        from ui.state.index_jobs import IndexJobs

        editable = not read_only and not access.is_exposed
        index_jobs = IndexJobs(index, load, live, sources=sources or (), editable=editable, audit=access.audit)
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
    name: Annotated[str, typer.Argument(metavar="NAME", help="The user who may sign in.")],
    auth_file: Annotated[Path, typer.Option("--auth-file", metavar="FILE", help="The file; created if missing.")],
) -> None:
    """Set the password of a user of the page.

    It is requested on the terminal, or read from stdin.
    """
    terminal.message(access_options.set_password(name, auth_file))


for _command in app.registered_commands:
    examples.with_example(_command)


def _stdin() -> str:
    if sys.stdin is None:
        raise QuestionError("there is no input, stdin is closed; give the question as an argument")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError("the input is not UTF-8; send the question as UTF-8") from error


def main() -> None:
    """Run the command line; print each ZhangjuError as one line on stderr."""
    memory.collect_rarely()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    terminal.log_to_stderr()
    try:
        try:
            app(color=False if terminal.is_plain() else None)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # here, where a full disk can be told
    except ZhangjuError as error:
        for note in getattr(error, "__notes__", ()):
            terminal.message(note)
        terminal.message(f"zhangju: {error}")
        sys.exit(1)
    except OSError as error:
        if error.errno not in _UNWRITABLE or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python tries again at its end
        terminal.message(f"zhangju: cannot write the output: {error.strerror or error}; free some space, run it again")
        sys.exit(1)


if __name__ == "__main__":
    main()
