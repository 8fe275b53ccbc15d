"""Output of the command line for people: messages, progress bars, answers, passages and outlines."""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import typer

from index.citations import cite, path_text
from index.records import Citation, Document, Passage, Path, Span
from index.text.controls import escaped, isolated
from retrieval.corpus import Place
from retrieval.records import Answer, Hit, RelatedHit, RelatedPair
from retrieval.schema import own_language
from ui.words import EN

_OBEYED = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # and JSON itself escapes C0


def is_plain() -> bool:
    """Return whether colours are switched off: see https://no-color.org."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def echo(text: str = "", *, bold: bool = False, dim: bool = False) -> None:
    """Print a line on stdout, without a control that a terminal would obey."""
    typer.secho(isolated(escaped(text)), bold=bold or None, dim=dim or None)


def message(text: str) -> None:
    """Print a message on stderr, in one line, without a control that a terminal would obey."""
    typer.echo(isolated(escaped(" ".join(text.split("\n")))), err=True)


def print_json(value: object) -> None:
    """Print a value as indented JSON on stdout; what a terminal would obey is written in escapes of JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    typer.echo(_OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


class LogFormatter(logging.Formatter):
    """A formatter without controls that a terminal would obey: messages of exceptions quote documents."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        return isolated(escaped(super().format(record)))


def log_to_stderr() -> None:
    """Print warnings and errors of all libraries on stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


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
            echo("   " + EN.same_places([own_language(cite_passage(p), p) for p in hit.same_text]))


def _place_size(found: Answer) -> None:
    """Print the number of passages of a place."""
    echo(EN.frame.place_found.format(place=found.question, count=f"{found.place_size:,}"))
    if len(found.hits) < found.place_size:
        echo(EN.frame.place_more.format(shown=len(found.hits)))


def _verdict(found: Answer) -> None:
    """Print the verdict on each question, and the title of the hits."""
    for part in found.parts:
        echo(_flat(part.question), dim=True)
        _quotations(part)
        echo()
    if not found.parts:
        _quotations(found)
        if found.hits:
            echo()
    if found.hits:
        echo(f"{EN.found if found.answering else EN.nearest}:")


def _quotations(found: Answer) -> None:
    """Print the verdict with its confidence or its reason, and the sentences that answer or are related."""
    title, explanation = EN.verdict(found), EN.explanation(found)
    if found.answering:
        title = f"{title} (confidence {found.confidence:.0%}):"
    elif found.status != "too vague":
        title += "."
    echo(f"{title} {explanation}".strip())
    for hit in found.quoted:
        echo()
        echo(f"   {_flat(hit.quotation)}", bold=True)
        echo("   " + own_language(hit.sentence_citation, hit.passage))
        if hit.is_quoted_doubtfully:
            echo(f"   {EN.recognised}", dim=True)


def _hit(hit: Hit | RelatedHit) -> None:
    echo()
    _title(hit.citation, hit.rank)
    _place(hit.passage, hit.score)
    _text(hit.passage, hit.marked if isinstance(hit, Hit) else (hit.best,))


def _matching_words(hit: Hit, question: str) -> None:
    """Print the matching words of question and passage if these are in different languages."""
    from retrieval.explanation.word_alignment import distinct_pairs

    pairs = distinct_pairs(question, hit.passage.text, hit.match_reason.matches if hit.match_reason else ())
    words = EN.hit.pair_and_pair.join(EN.hit.pair.format(question=asked, passage=found) for asked, found in pairs)
    if words:
        echo(f"   {EN.hit.matching}{words}", dim=True)


def print_related(source: Citation, passage: Passage, hits: Sequence[RelatedHit]) -> None:
    """Print a passage and the related ones in other chapters."""
    _title(source)
    _text(passage)
    for hit in hits:
        _hit(hit)
        echo("   " + _relation(hit.kind, hit.terms))
    if not hits:
        echo("No other chapter has a related passage.")


def print_related_pairs(pairs: Sequence[RelatedPair]) -> None:
    """Print pairs of related passages: both citations, their relation, and the corresponding sentences."""
    for pair in pairs:
        echo(f"{pair.rank}. {pair.source_citation.zh} ↔ {pair.citation.zh}", bold=True)
        echo(f"   {_relation(pair.kind, pair.terms)}  score {pair.score:.3f}", dim=True)
        for source, other in pair.pairs:
            echo(f"   {_flat(pair.source.text[slice(*source)])}")
            echo(f"   ↔ {_flat(pair.other.text[slice(*other)])}")
        echo()
    if not pairs:
        echo("No two chapters have related passages.")


def _relation(kind: str, terms: Sequence[str]) -> str:
    return f"{kind}: {', '.join(terms)}" if terms else kind


def print_passage(citation: Citation, passage: Passage, note: str, marked: Sequence[Span] = ()) -> None:
    """Print a passage with its citation and a note, some of its words marked."""
    echo()
    _title(citation)
    _place(passage)
    echo(f"   {note}", dim=True)
    _text(passage, marked)


def print_places(places: Iterable[tuple[Citation, Place]]) -> None:
    """Print passages with their citations, the cited 款 or 项 marked."""
    for citation, (passage, span) in places:
        _title(citation)
        _place(passage)
        _text(passage, (span,) if span else ())
        echo()


def print_outlines(documents: Iterable[Document]) -> None:
    """Print documents as trees of headings and passages."""
    for document in documents:
        echo(
            f"《{isolated(document.title)}》 {isolated(document.id)}: {count(len(document.passages), 'passage')}",
            bold=True,
        )
        for key, value in document.metadata.items():
            echo(f"{isolated(key)}: {isolated(value)}")
        for remark in document.remarks:
            echo(f"* {remark}")
        for part in document.left_out:
            echo(f"* left out ({part.reason}): {count(len(part.lines), 'line')}, such as {part.lines[0][:60]}")
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
        echo(f"{passage.line:6} {indent}{label}  {shorten(passage.text)}")
    for heading in written:
        _heading(heading.path, heading.line)


def _heading(path: Path, line: int) -> None:
    echo(f"{line or '':>6} {'  ' * (len(path) - 1)}{path_text(path[-1:], 'zh')}", bold=True)


def _flat(text: str) -> str:
    return isolated(" ".join(text.split()))


def shorten(text: str, limit: int = 40) -> str:
    """Return a text in one line, with at most ``limit`` characters and an ellipsis."""
    flat = " ".join(text.split())
    return isolated(flat if len(flat) <= limit else flat[:limit] + "…")


def _title(citation: Citation, rank: int = 0) -> None:
    echo(f"{f'{rank}. ' if rank else ''}{citation.zh}  {citation.en}", bold=True)


def _place(passage: Passage, score: float | None = None) -> None:
    where = f"page {passage.page}" if passage.page else f"line {passage.line}"
    facts = [path_text(passage.path, "zh"), where, passage.id] + ([f"score {score:.3f}"] if score is not None else [])
    echo("   " + "  ".join(filter(None, facts)), dim=True)


def _text(passage: Passage, marked: Sequence[Span] = ()) -> None:
    """Print a text, the marked sentences underlined on a terminal and in 【】 elsewhere."""
    text, shown, at = passage.text, "", 0
    underlines = sys.stdout.isatty() and not is_plain()
    for start, end in sorted(marked):
        sentence = escaped(text[start:end])
        shown += escaped(text[at:start]) + (typer.style(sentence, underline=True) if underlines else f"【{sentence}】")
        at = end
    for line in isolated(shown + escaped(text[at:])).split("\n"):
        if line.strip():
            typer.echo("   " + line.strip())
    if passage.doubtful:
        echo(f"   {EN.recognised}", dim=True)
