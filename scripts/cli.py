"""The ``zhangju`` command. Data goes to stdout, progress and messages to stderr.

Exit status: 0 done, 1 a problem the message explains, 2 wrong usage, 3 (``ask``) the text does not answer this.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import QuestionError, ZhangjuError
from scripts import display

if TYPE_CHECKING:
    from index.encoder import Encoder
    from retrieval.rerank import Reranker
    from scripts.state import State

# What needs numpy, FAISS, torch or Gradio is imported by the command that uses it: ``--help`` answers at once.

app = typer.Typer(
    name="zhangju",
    help="Ask long structured documents; get the passages that answer, cited by part, chapter, section and paragraph.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

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
    from scripts.indexing import LoadedOnce, bring_up_to_date

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
    from retrieval.answer import checked_question
    from retrieval.schema import answer_json
    from retrieval.search import Searcher

    question = checked_question(_stdin() if question == "-" else question)
    searcher = Searcher.open(index, model=model, reranker=_loading(reranker))
    answer = searcher.ask(question, k=k, chapters=chapters or (), titles=documents or ())
    if as_json:
        _print_json(answer_json(answer))
    else:
        display.answer(answer, searcher.citation)
    if not answer.answered:
        raise typer.Exit(UNANSWERED)


@app.command()
def related(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="A passage id or a citation of one passage.")],
    index: IndexOption = DEFAULT_INDEX,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Print the passages in other chapters that belong to one."""
    from retrieval.schema import related_json
    from retrieval.search import Searcher

    searcher = Searcher.open(index)
    source, hits = searcher.one(reference), searcher.related(reference, k=k)
    if as_json:
        _print_json(related_json(source, hits))
    else:
        display.related(searcher.citation(source), source, hits)


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
        display.places(places)


@app.command()
def outline(
    source: Annotated[
        Path | None, typer.Argument(metavar="[SOURCE]", help="A file or folder; without it, the index. - reads stdin.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    as_json: JsonOption = False,
) -> None:
    """Print how a document is read: headings and passages."""
    from index.store import open_snapshot
    from retrieval.schema import outline_json
    from scripts.indexing import read_source

    documents, failures = read_source(source) if source else (open_snapshot(index).documents, {})
    if as_json:
        outlines = [outline_json(d) for d in documents]
        _print_json(outlines[0] if len(outlines) == 1 else {"documents": outlines})
    else:
        display.outlines(documents)
    for failure in failures.values():
        display.message(f"not read: {failure}")
    if failures:
        raise typer.Exit(1)


@app.command("batch")
def batch_command(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="txt (one a line), csv or jsonl; - reads lines.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="The table to write: csv or jsonl.")],
    index: IndexOption = DEFAULT_INDEX,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages for each question.")] = 5,
    column: Annotated[
        str | None, typer.Option("--column", metavar="NAME", help="The column that holds the questions, if not found.")
    ] = None,
    chapters: ChaptersOption = None,
    documents: DocumentsOption = None,
    model: ModelOption = None,
    reranker: RerankerOption = None,
) -> None:
    """Ask every question of a file and write a table of hits."""
    from retrieval.search import Searcher
    from scripts import batch
    from scripts.questions import read_questions

    asked = read_questions(questions, column=column)
    searcher = Searcher.open(index, model=model, reranker=_loading(reranker))
    options: dict[str, Any] = {"chapters": chapters or (), "titles": documents or (), "reranker": reranker}
    with display.progress("asking", "questions") as advance:
        rows = batch.run(asked, searcher, out, index=index, k=k, progress=advance, **options)
    display.message(f"{display.count(len(asked.questions), 'question')}, {display.count(rows, 'row')}: {out}")


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
    from scripts import evaluate
    from scripts.indexing import LoadedOnce

    loaded = LoadedOnce(model)
    report = evaluate.run(
        folder, lambda: evaluate.cached(loaded, cache=not no_cache), depth=depth, out=run, other=other
    )
    for remark in report.remarks:
        display.message(remark)
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
    from index.model import EMBEDDING, OWN
    from index.snapshot import Snapshot
    from scripts import state
    from scripts.indexing import LoadedOnce

    def inspect(snapshot: Snapshot) -> str:
        problem = state.slipped(snapshot)
        if problem or not rows:
            return problem
        encoder = LoadedOnce(model or snapshot.contract.name, use=EMBEDDING if model else OWN)()
        return state.embedded_otherwise(snapshot, encoder, rows)

    found = state.checked(index, inspect)
    _print_states(found, as_json=as_json)
    if (error := state.damage(found, index)) is not None:
        raise error
    display.message(f"{index} is sound")


@app.command()
def history(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False) -> None:
    """Print the builds of the index that are kept, the live one first."""
    from scripts import state

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
    from index import store
    from index.pointer import name_of
    from index.remedies import pasted

    name = store.roll_back(index, None if to is None else name_of(to)).name
    display.message(
        f"{index} is generation {name} again; what was live comes back with: zhangju rollback --index {pasted(index)}"
    )


def _print_states(states: "Sequence[State]", *, as_json: bool) -> None:
    from scripts import state

    if as_json:
        _print_json(state.state_json(states))
    else:
        for one in states:
            typer.echo(state.line(one))


@app.command()
def serve(
    sources: Annotated[
        list[Path] | None, typer.Argument(metavar="[SOURCE...]", help="Files or folders to index first.")
    ] = None,
    index: IndexOption = DEFAULT_INDEX,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 7860,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Offer search, show, related and outline as an MCP server.")
    ] = False,
) -> None:
    """Open the page on which questions are asked; Ctrl-C ends it. It follows the index when that is built anew."""
    from index.model import DEFAULT_MODEL, OWN
    from retrieval.live import LiveSearcher
    from scripts.indexing import LoadedOnce, bring_up_to_date

    encoder = LoadedOnce(model)
    if sources:
        bring_up_to_date(sources, index, encoder)

    def load(name: str) -> "Encoder":
        return encoder() if model or name == DEFAULT_MODEL else LoadedOnce(name, use=OWN)()

    with LiveSearcher(index, load, reranker=_loading(reranker), report=display.message) as live:
        from ui.page import serve as serve_page

        if host not in ("127.0.0.1", "localhost", "::1"):
            display.message(f"warning: whoever can reach {host} can read these documents; there is no password yet")
        serve_page(live, host=host, port=port, open_browser=open_browser, announce=display.announce, mcp=mcp)


def _loading(reranker: str | None) -> "Callable[[], Reranker] | None":
    """What loads a reranker; None if there is to be none."""
    if reranker is None:
        return None

    def load() -> "Reranker":
        from retrieval.rerank import load_reranker

        return load_reranker(reranker, report=display.message)

    return load


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
        app()
    except ZhangjuError as error:
        for note in getattr(error, "__notes__", ()):
            display.message(note)
        display.message(f"zhangju: {error}")
        sys.exit(1)


if __name__ == "__main__":
    main()
