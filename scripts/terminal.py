"""What the command line prints for people to read."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import typer

from index.citations import cite, division_label, path_text
from index.records import Citation, Document, Passage, Path, Span
from retrieval.corpus import Place
from retrieval.records import Answer, Hit, RelatedHit, RelatedPair
from retrieval.schema import own_language
from ui.words import EN


def is_plain() -> bool:
    """Whether nothing is to be coloured on any terminal: see https://no-color.org."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def message(words: str) -> None:
    """One line for the person at the terminal, on stderr."""
    typer.echo(" ".join(words.split("\n")), err=True)


def count(number: int, noun: str) -> str:
    """A number of things in words: 1 passage, 2 passages."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def announce(url: str) -> None:
    """Say where the page is."""
    message(f"Zhangju is ready: open {url} in a browser; Ctrl-C ends it.")


@contextmanager
def progress(task: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; the function it gives is called with how many are done and how many there are."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(task), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True))

    def advance(done: int, total: int) -> None:
        if not bar.tasks:  # it appears with the first step: an index that is up to date shows none
            bar.add_task(task, total=total)
            bar.start()
        bar.update(bar.tasks[0].id, completed=done)

    try:
        yield advance
    finally:
        if bar.tasks:
            bar.stop()


def answer(found: Answer, cited: Callable[[Passage], Citation]) -> None:
    """The verdict, the sentences that answer, and the passages; ``cited`` cites those with the same words as a hit."""
    if found.place_size:
        _place_size(found)
    else:
        _verdict(found)
    for hit in found.hits:
        _hit(hit)
        _met(hit, found.question)
        if hit.same_text:
            typer.echo("   " + EN.same_places([own_language(cited(p), p) for p in hit.same_text]))


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
    typer.secho(f"{hit.rank}. {hit.citation.zh}  {hit.citation.en}", bold=True)
    _place(hit.passage, hit.score)
    _text(hit.passage, hit.marked if isinstance(hit, Hit) else (hit.best,))


def _met(hit: Hit, question: str) -> None:
    """Which words of the question meet which of the passage, where the two are in different languages."""
    from retrieval.explanation.word_alignment import distinct_pairs

    pairs = distinct_pairs(question, hit.passage.text, hit.match_reason.matches if hit.match_reason else ())
    said = EN.hit.pair_and_pair.join(EN.hit.pair.format(question=asked, passage=met) for asked, met in pairs)
    if said:
        typer.secho(f"   {EN.hit.matching}{said}", dim=True)


def related(source: Citation, passage: Passage, hits: Sequence[RelatedHit]) -> None:
    """A passage and those in other chapters that belong to it."""
    typer.secho(f"{source.zh}  {source.en}", bold=True)
    _text(passage)
    for hit in hits:
        _hit(hit)
        typer.echo("   " + _how(hit.kind, hit.terms))
    if not hits:
        typer.echo("No other chapter holds anything related.")


def related_pairs(pairs: Sequence[RelatedPair]) -> None:
    """Pairs of passages that belong together: both citations, how they do, and their sentences that correspond."""
    for pair in pairs:
        typer.secho(f"{pair.rank}. {pair.source_citation.zh} ↔ {pair.citation.zh}", bold=True)
        typer.secho(f"   {_how(pair.kind, pair.terms)}  score {pair.score:.3f}", dim=True)
        for ours, theirs in pair.pairs:
            typer.echo(f"   {_flat(pair.source.text[slice(*ours)])}")
            typer.echo(f"   ↔ {_flat(pair.other.text[slice(*theirs)])}")
        typer.echo()
    if not pairs:
        typer.echo("No two chapters hold anything related.")


def _how(kind: str, terms: Sequence[str]) -> str:
    return f"{kind}: {', '.join(terms)}" if terms else kind


def passage(citation: Citation, found: Passage, note: str, marked: Sequence[Span] = ()) -> None:
    """A passage under its citation, with a note on it and some of its words marked."""
    typer.echo()
    typer.secho(f"{citation.zh}  {citation.en}", bold=True)
    _place(found)
    typer.secho(f"   {note}", dim=True)
    _text(found, marked)


def places(shown: Iterable[tuple[Citation, Place]]) -> None:
    """Passages under their citations, with the 款 or 项 named marked."""
    for citation, (passage, span) in shown:
        typer.secho(f"{citation.zh}  {citation.en}", bold=True)
        _place(passage)
        _text(passage, (span,) if span else ())
        typer.echo()


def outlines(documents: Iterable[Document]) -> None:
    """Documents as trees of headings and passages."""
    for document in documents:
        typer.secho(f"《{document.title}》 {document.id}: {count(len(document.passages), 'passage')}", bold=True)
        for key, value in document.metadata.items():
            typer.echo(f"{key}: {value}")
        for remark in document.remarks:
            typer.echo(f"* {remark}")
        _tree(document)


def _tree(document: Document) -> None:
    headings = sorted(document.headings, key=lambda h: (h.line, len(h.path)))
    inferred = [h for h in headings if not h.line]  # stand where their first passage does
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
        typer.echo(f"{passage.line:6} {indent}{label}  {_brief(passage.text)}")
    for heading in written:
        _heading(heading.path, heading.line)


def _heading(path: Path, line: int) -> None:
    division = path[-1]
    name = division_label(division, "zh")
    title = f" {division.title}" if division.number and division.title else ""
    typer.secho(f"{line or '':>6} {'  ' * (len(path) - 1)}{name}{title}", bold=True)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _brief(text: str, most: int = 40) -> str:
    flat = _flat(text)
    return flat if len(flat) <= most else flat[:most] + "…"


def _place(passage: Passage, score: float | None = None) -> None:
    where = f"page {passage.page}" if passage.page else f"line {passage.line}"
    facts = [path_text(passage.path, "zh"), where, passage.id] + ([f"score {score:.3f}"] if score is not None else [])
    typer.secho("   " + "  ".join(filter(None, facts)), dim=True)


def _text(passage: Passage, marked: Sequence[Span] = ()) -> None:
    """The text; on a terminal the sentences marked are underlined, elsewhere they stand between 【 and 】."""
    text = passage.text
    underlines = sys.stdout.isatty() and not is_plain()
    for start, end in reversed(marked):
        sentence = text[start:end]
        shown = typer.style(sentence, underline=True) if underlines else f"【{sentence}】"
        text = text[:start] + shown + text[end:]
    for line in text.split("\n"):
        if line.strip():
            typer.echo("   " + line.strip())
