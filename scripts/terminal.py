"""Output of the command line for people: messages, progress bars, answers, passages and outlines."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import typer

from index.citations import cite, path_text
from index.records import Citation, Document, Passage, Path, Span
from retrieval.corpus import Place
from retrieval.records import Answer, Hit, RelatedHit, RelatedPair
from retrieval.schema import own_language
from ui.words import EN


def is_plain() -> bool:
    """Return whether colours are switched off: see https://no-color.org."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def message(text: str) -> None:
    """Print a message on stderr, in one line."""
    typer.echo(" ".join(text.split("\n")), err=True)


def print_json(value: object) -> None:
    """Print a value as indented JSON on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def count(number: int, noun: str) -> str:
    """Return a number with its noun: 1 passage, 2 passages."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def announce(url: str) -> None:
    """Print the address of the page."""
    message(f"Zhangju is ready: open {url} in a browser; Ctrl-C ends it.")


@contextmanager
def progress(task: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on stderr; call the yielded function with the number done and the total."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(task), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True))

    def advance(done: int, total: int) -> None:
        if not bar.tasks:  # shown from the first step on, so that an index that is up to date shows no bar
            bar.add_task(task, total=total)
            bar.start()
        bar.update(bar.tasks[0].id, completed=done)

    try:
        yield advance
    finally:
        if bar.tasks:
            bar.stop()


def print_answer(found: Answer, cite_passage: Callable[[Passage], Citation]) -> None:
    """Print the verdict, the answering sentences and the hits; ``cite_passage`` cites the duplicates of a hit."""
    if found.place_size:
        _place_size(found)
    else:
        _verdict(found)
    for hit in found.hits:
        _hit(hit)
        _matching_words(hit, found.question)
        if hit.same_text:
            typer.echo("   " + EN.same_places([own_language(cite_passage(p), p) for p in hit.same_text]))


def _place_size(found: Answer) -> None:
    """Print the number of passages of a place."""
    typer.echo(EN.frame.place_found.format(place=found.question, count=f"{found.place_size:,}"))
    if len(found.hits) < found.place_size:
        typer.echo(EN.frame.place_more.format(shown=len(found.hits)))


def _verdict(found: Answer) -> None:
    """Print the verdict with its confidence or its reason, and the sentences that answer."""
    if found.answering:
        title = EN.found_answer(found)
        typer.echo(f"{title} (confidence {found.confidence:.0%}):")
    elif found.status == "too vague":
        typer.echo(EN.too_vague)
    else:
        typer.echo(f"{EN.no_answer(found)}. {EN.why_not(found.reason, found.unresolved)}".strip())
    for hit in found.answering:
        typer.echo()
        typer.secho(f"   {_flat(hit.passage.text[slice(*hit.best)] or hit.passage.text)}", bold=True)
        typer.echo("   " + own_language(hit.sentence_citation, hit.passage))
    if found.hits:
        typer.echo(f"\n{EN.found if found.answering else EN.nearest}:")


def _hit(hit: Hit | RelatedHit) -> None:
    typer.echo()
    _title(hit.citation, hit.rank)
    _place(hit.passage, hit.score)
    _text(hit.passage, hit.marked if isinstance(hit, Hit) else (hit.best,))


def _matching_words(hit: Hit, question: str) -> None:
    """Print the matching words of question and passage if these are in different languages."""
    from retrieval.explanation.word_alignment import distinct_pairs

    pairs = distinct_pairs(question, hit.passage.text, hit.match_reason.matches if hit.match_reason else ())
    words = EN.hit.pair_and_pair.join(EN.hit.pair.format(question=asked, passage=found) for asked, found in pairs)
    if words:
        typer.secho(f"   {EN.hit.matching}{words}", dim=True)


def print_related(source: Citation, passage: Passage, hits: Sequence[RelatedHit]) -> None:
    """Print a passage and the related ones in other chapters."""
    _title(source)
    _text(passage)
    for hit in hits:
        _hit(hit)
        typer.echo("   " + _relation(hit.kind, hit.terms))
    if not hits:
        typer.echo("No other chapter has a related passage.")


def print_related_pairs(pairs: Sequence[RelatedPair]) -> None:
    """Print pairs of related passages: both citations, their relation, and the corresponding sentences."""
    for pair in pairs:
        typer.secho(f"{pair.rank}. {pair.source_citation.zh} ↔ {pair.citation.zh}", bold=True)
        typer.secho(f"   {_relation(pair.kind, pair.terms)}  score {pair.score:.3f}", dim=True)
        for source, other in pair.pairs:
            typer.echo(f"   {_flat(pair.source.text[slice(*source)])}")
            typer.echo(f"   ↔ {_flat(pair.other.text[slice(*other)])}")
        typer.echo()
    if not pairs:
        typer.echo("No two chapters have related passages.")


def _relation(kind: str, terms: Sequence[str]) -> str:
    return f"{kind}: {', '.join(terms)}" if terms else kind


def print_passage(citation: Citation, passage: Passage, note: str, marked: Sequence[Span] = ()) -> None:
    """Print a passage with its citation and a note, some of its words marked."""
    typer.echo()
    _title(citation)
    _place(passage)
    typer.secho(f"   {note}", dim=True)
    _text(passage, marked)


def print_places(places: Iterable[tuple[Citation, Place]]) -> None:
    """Print passages with their citations, the cited 款 or 项 marked."""
    for citation, (passage, span) in places:
        _title(citation)
        _place(passage)
        _text(passage, (span,) if span else ())
        typer.echo()


def print_outlines(documents: Iterable[Document]) -> None:
    """Print documents as trees of headings and passages."""
    for document in documents:
        typer.secho(f"《{document.title}》 {document.id}: {count(len(document.passages), 'passage')}", bold=True)
        for key, value in document.metadata.items():
            typer.echo(f"{key}: {value}")
        for remark in document.remarks:
            typer.echo(f"* {remark}")
        _tree(document)


def _tree(document: Document) -> None:
    headings = sorted(document.headings, key=lambda h: (h.line, len(h.path)))
    inferred = [h for h in headings if not h.line]  # shown before their first passage
    written = [h for h in headings if h.line]
    shown: set[Path] = set()
    for passage in document.passages:
        while written and written[0].line <= passage.line:
            heading = written.pop(0)
            for missing in inferred:
                if missing.path not in shown and heading.path[: len(missing.path)] == missing.path:
                    _heading(missing.path, 0)
                    shown.add(missing.path)
            if heading.path[-1].kind not in ("条", "专栏"):
                _heading(heading.path, heading.line)
        indent = "  " * len(passage.path)
        label = cite(document.title, passage).zh.rpartition("》")[2] or "-"
        typer.echo(f"{passage.line:6} {indent}{label}  {shorten(passage.text)}")
    for heading in written:
        _heading(heading.path, heading.line)


def _heading(path: Path, line: int) -> None:
    typer.secho(f"{line or '':>6} {'  ' * (len(path) - 1)}{path_text(path[-1:], 'zh')}", bold=True)


def _flat(text: str) -> str:
    return " ".join(text.split())


def shorten(text: str, limit: int = 40) -> str:
    """Return a text in one line, with at most ``limit`` characters and an ellipsis."""
    flat = _flat(text)
    return flat if len(flat) <= limit else flat[:limit] + "…"


def _title(citation: Citation, rank: int = 0) -> None:
    typer.secho(f"{f'{rank}. ' if rank else ''}{citation.zh}  {citation.en}", bold=True)


def _place(passage: Passage, score: float | None = None) -> None:
    where = f"page {passage.page}" if passage.page else f"line {passage.line}"
    facts = [path_text(passage.path, "zh"), where, passage.id] + ([f"score {score:.3f}"] if score is not None else [])
    typer.secho("   " + "  ".join(filter(None, facts)), dim=True)


def _text(passage: Passage, marked: Sequence[Span] = ()) -> None:
    """Print a text, the marked sentences underlined on a terminal and in 【】 elsewhere."""
    text = passage.text
    underlines = sys.stdout.isatty() and not is_plain()
    for start, end in reversed(marked):
        sentence = text[start:end]
        shown = typer.style(sentence, underline=True) if underlines else f"【{sentence}】"
        text = text[:start] + shown + text[end:]
    for line in text.split("\n"):
        if line.strip():
            typer.echo("   " + line.strip())
