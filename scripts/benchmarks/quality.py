"""Print the figures of every BEIR folder in a directory, as tables for docs/quality.md.

    python -m scripts.benchmarks.quality DIRECTORY [--write docs/quality.md] [--model M] [--no-cache]

With --write the tables are also written into that file, between <!-- table:begin --> and <!-- table:end --> or at its
end without these marks; the rest of the file stays. The diagram reliability.svg is written beside it.
"""

from collections.abc import Sequence
from pathlib import Path

from index.errors import DocumentError
from retrieval.evaluation import statistics
from retrieval.evaluation.beir import read_collection
from retrieval.evaluation.measures import DEPTH, ConfidenceFigures, Evaluation, Group, by_script
from retrieval.evaluation.statistics import BINS, Bin
from scripts import terminal
from scripts.benchmarks import reliability_diagram
from scripts.benchmarks.common import beir_folders, markdown_table, parser, run
from scripts.commands.evaluate import (
    MIN_QUESTIONS,
    cached,
    figure,
    label,
    measure,
    percent,
    shown_groups,
    shown_measures,
    with_bounds,
)
from scripts.commands.indexing import LazyEncoder

BEGIN, END = "<!-- table:begin -->", "<!-- table:end -->"
DIAGRAM = "reliability.svg"  # beside the tables
SCRIPTS = {False: "question in the script of the passage", True: "question in another script"}

_LEGEND = f"""\
In parentheses: the middle {statistics.LEVEL:.0%} of {statistics.RESAMPLES:,} means over resampled questions
(percentile bootstrap, seed {statistics.SEED}; left out below {MIN_QUESTIONS} questions).
R@k is the share of a question's relevant passages among the first k hits, Success@k whether any is;
they differ only where several passages are relevant. Measured by ir-measures.""".replace("%", " %")


def markdown(evaluations: Sequence[Evaluation]) -> str:
    """Return all tables and the legend."""
    figures = [_measures, lambda _: _LEGEND, _abstention, _marking, _quotation, _confidence, _reliability]
    parts = [figure_of(evaluations) for figure_of in figures]
    return "\n\n".join(filter(None, parts)) + "\n"


def _measures(evaluations: Sequence[Evaluation]) -> str:
    names = shown_measures([group for evaluation in evaluations for group in evaluation.groups])
    rows = [
        [name, f"{group.queries:,}", *(with_bounds(group.measures[measure], count=group.queries) for measure in names)]
        for evaluation in evaluations
        for name, group in _labelled(evaluation, shown_groups(evaluation.groups))
        if group.lang is None or group.queries >= MIN_QUESTIONS
    ]
    return markdown_table(["", "questions", *names], rows)


def _labelled(evaluation: Evaluation, groups: Sequence[Group]) -> list[tuple[str, Group]]:
    name = evaluation.collection.name
    return [(name if group.lang is None else f"{name}, {label(group)}", group) for group in groups]


def _abstention(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [
            e.collection.name,
            percent(a.answered_answerable),
            percent(a.refused_answerable),
            percent(a.answered_unanswerable),
            percent(a.refused_unanswerable),
            with_bounds(a.auroc),
        ]
        for e in evaluations
        if (a := e.groups[0].abstention)
    ]
    return markdown_table(
        ["", "answerable: answered", "not in the text", "unanswerable: answered", "not in the text", "AUROC"], rows
    )


def _marking(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [e.collection.name, str(m.right), percent(m.contains), f"{m.share:.0%}".replace("%", " %")]
        for e in evaluations
        if (m := e.groups[0].marking)
    ]
    return markdown_table(["", "right first hits", "marked sentence holds the answer", "of the passage marked"], rows)


def _quotation(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [
            e.collection.name,
            str(q.known),
            percent(q.exact),
            percent(q.misleading),
            f"{q.misleading_confident}/{q.confident}",
        ]
        for e in evaluations
        if (q := e.groups[0].quotation)
    ]
    header = ["", "questions", "quoted answer is exact", "misleads", "of those with a confidence from .9 on"]
    return markdown_table(header, rows)


def _confidence(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [e.collection.name, _auroc(c), figure(c.brier), figure(c.calibration_error)]
        for e in evaluations
        for c in [e.groups[0].confidence]
    ]
    return markdown_table(["", "AUROC, first hit right", "Brier score", "calibration error"], rows)


def _reliability(evaluations: Sequence[Evaluation]) -> str:
    """Return the figures, the bins and the diagram of all folders together, by script."""
    found = by_script(evaluations)
    figures = [
        [SCRIPTS[kind], f"{c.questions:,}", _auroc(c), figure(c.brier), figure(c.calibration_error)]
        for kind, c in found.items()
    ]
    header = ["all folders together", "questions", "AUROC, first hit right", "Brier score", "calibration error"]
    bins = [{round(b.low * BINS): b for b in c.bins} for c in found.values()]
    rows = [
        [f"{i / BINS:.1f}–{(i + 1) / BINS:.1f}", *(cell for own in bins for cell in _cells(own.get(i)))]
        for i in range(BINS)
    ]
    columns = [f"{SCRIPTS[kind]}: {part}" for kind in found for part in ("n", "mean confidence", "first hit right")]
    return "\n\n".join(
        [
            markdown_table(header, figures),
            markdown_table(["confidence", *columns], rows),
            f"![Confidence against the share of first hits that are right, by script]({DIAGRAM})",
        ]
    )


def _auroc(confidence: ConfidenceFigures) -> str:
    return with_bounds(confidence.auroc) if confidence.auroc else "-"


def _cells(one: Bin | None) -> list[str]:
    return [f"{one.count:,}", figure(one.confidence), figure(one.right)] if one else ["0", "-", "-"]


def diagram(evaluations: Sequence[Evaluation]) -> str:
    """Return the reliability diagram of all folders together."""
    return reliability_diagram.reliability({SCRIPTS[kind]: found for kind, found in by_script(evaluations).items()})


def insert_tables(text: str, tables: str) -> str:
    """Return a page with the tables between its marks, or at its end. Raises DocumentError for one mark alone."""
    block = f"{BEGIN}\n{tables.strip()}\n{END}"
    if text.count(BEGIN) == text.count(END) == 0:
        return f"{text.rstrip()}\n\n{block}\n".lstrip()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or text.count(BEGIN) + text.count(END) != 2:
        raise DocumentError(f"the page needs one {BEGIN}, followed by one {END}; correct the page")
    return before + block + after


def main(arguments: Sequence[str]) -> None:
    """Print the tables and write them."""
    arguments_parser = parser(__doc__)
    arguments_parser.add_argument("directory", type=Path, metavar="DIRECTORY", help="a directory of BEIR folders")
    arguments_parser.add_argument("--write", type=Path, metavar="PAGE", help="the page for the tables")
    arguments_parser.add_argument("--model", metavar="M", help="a hub id or a folder")
    arguments_parser.add_argument("--no-cache", action="store_true", help="embed everything")
    options = arguments_parser.parse_args(arguments)
    page = options.write.read_text(encoding="utf-8") if options.write and options.write.exists() else ""
    insert_tables(page, "")  # raises before an hour is spent
    collections = [read_collection(folder) for folder in beir_folders(options.directory)]
    encoder = cached(LazyEncoder(options.model), cache=not options.no_cache)
    evaluations = []
    for collection in collections:
        for remark in (collection.name, *collection.remarks):
            terminal.message(remark)
        evaluations.append(measure(collection, encoder, depth=DEPTH))
    tables = markdown(evaluations)
    print(tables, end="")
    if options.write:
        options.write.write_text(insert_tables(page, tables), encoding="utf-8", newline="\n")
        options.write.with_name(DIAGRAM).write_text(diagram(evaluations), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    run(main)
