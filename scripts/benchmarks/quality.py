"""The figures of every BEIR folder in a directory, as tables for docs/quality.md.

    python -m scripts.benchmarks.quality DIRECTORY [--write docs/quality.md] [--model M] [--no-cache]

prints the tables; --write also puts them into that file between <!-- table:begin --> and <!-- table:end -->, at its
end where it has neither, and leaves the rest of it alone. Beside it, it writes the diagram reliability.svg.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from index.errors import DocumentError, ZhangjuError
from retrieval.evaluation import statistics
from retrieval.evaluation.beir import CORPUS, read_collection
from retrieval.evaluation.measures import DEPTH, ConfidenceFigures, Evaluation, Group, by_script
from retrieval.evaluation.statistics import BINS, Bin
from scripts import terminal
from scripts.benchmarks import reliability_diagram
from scripts.commands.evaluate import (
    FEWEST,
    cached,
    figure,
    label,
    measured,
    percent,
    shown_groups,
    shown_measures,
    with_bounds,
)
from scripts.commands.indexing import LoadedOnce

BEGIN, END = "<!-- table:begin -->", "<!-- table:end -->"
DIAGRAM = "reliability.svg"  # beside the page
SCRIPTS = {False: "question in the script of the passage", True: "question in another script"}

_LEGEND = f"""\
In parentheses: where the middle {statistics.LEVEL:.0%} of {statistics.RESAMPLES:,} means over resampled questions lie
(percentile bootstrap, seed {statistics.SEED}; left out below {FEWEST} questions). R@k is the share of a question's
relevant passages among the first k hits, Success@k whether any is; they differ only where several passages are
relevant. Measured by ir-measures.""".replace("%", " %")


def folders(directory: Path) -> list[Path]:
    """The BEIR folders in a directory, in order of their names. Raises DocumentError if there is none."""
    found = sorted(path.parent for path in directory.glob(f"*/{CORPUS}"))
    if not found:
        raise DocumentError(f"{directory} holds no BEIR folders; wanted are folders with a {CORPUS}")
    return found


def markdown(evaluations: Sequence[Evaluation]) -> str:
    """All tables, and how to read them."""
    figures = [_measures, lambda _: _LEGEND, _abstention, _marking, _confidence, _reliability]
    parts = [figure_of(evaluations) for figure_of in figures]
    return "\n\n".join(filter(None, parts)) + "\n"


def _measures(evaluations: Sequence[Evaluation]) -> str:
    names = shown_measures([group for evaluation in evaluations for group in evaluation.groups])
    rows = [
        [name, f"{group.queries:,}", *(with_bounds(group.measures[measure], count=group.queries) for measure in names)]
        for evaluation in evaluations
        for name, group in _named(evaluation, shown_groups(evaluation.groups))
    ]
    return _table(["", "questions", *names], rows)


def _named(evaluation: Evaluation, groups: Sequence[Group]) -> list[tuple[str, Group]]:
    name = evaluation.collection.name
    return [(name if group.lang is None else f"{name}, {label(group)}", group) for group in groups]


def _abstention(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [e.collection.name, percent(a.refused_answerable), percent(a.refused_unanswerable), with_bounds(a.auroc)]
        for e in evaluations
        if (a := e.groups[0].abstention)
    ]
    return _table(["", "answerable refused", "unanswerable refused", "AUROC of the confidence"], rows)


def _marking(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [e.collection.name, str(m.right), percent(m.contains), f"{m.share:.0%}".replace("%", " %")]
        for e in evaluations
        if (m := e.groups[0].marking)
    ]
    return _table(["", "right first hits", "marked sentence holds the answer", "of the passage marked"], rows)


def _confidence(evaluations: Sequence[Evaluation]) -> str:
    rows = [
        [e.collection.name, *_told(c), figure(c.brier), figure(c.calibration_error)]
        for e in evaluations
        for c in [e.groups[0].confidence]
    ]
    return _table(["", "AUROC, first hit right", "Brier score", "calibration error"], rows)


def _reliability(evaluations: Sequence[Evaluation]) -> str:
    """All folders together, by script: the figures, the bins, and the diagram of these."""
    found = by_script(evaluations)
    figures = [
        [SCRIPTS[kind], f"{c.questions:,}", *_told(c), figure(c.brier), figure(c.calibration_error)]
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
            _table(header, figures),
            _table(["confidence", *columns], rows),
            f"![Confidence against the share of first hits that are right, by script]({DIAGRAM})",
        ]
    )


def _told(confidence: ConfidenceFigures) -> list[str]:
    return [with_bounds(confidence.auroc) if confidence.auroc else "-"]


def _cells(one: Bin | None) -> list[str]:
    return [f"{one.count:,}", figure(one.confidence), figure(one.right)] if one else ["0", "-", "-"]


def drawn(evaluations: Sequence[Evaluation]) -> str:
    """The reliability diagram of all folders together."""
    return reliability_diagram.reliability({SCRIPTS[kind]: found for kind, found in by_script(evaluations).items()})


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, or nothing without rows."""
    lines = [header, ["---", *("---:" for _ in header[1:])], *rows] if rows else []
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def placed(text: str, tables: str) -> str:
    """A page with the tables between its marks, or at its end if it has none. Raises DocumentError for half a pair."""
    block = f"{BEGIN}\n{tables.strip()}\n{END}"
    if text.count(BEGIN) == text.count(END) == 0:
        return f"{text.rstrip()}\n\n{block}\n".lstrip()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or text.count(BEGIN) + text.count(END) != 2:
        raise DocumentError(f"wanted is one {BEGIN} and one {END} behind it; mend the page")
    return before + block + after


def main(arguments: Sequence[str]) -> None:
    """Print the tables, and write them."""
    parser = ArgumentParser(prog="python -m scripts.benchmarks.quality", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("directory", type=Path, metavar="DIRECTORY", help="a directory of BEIR folders")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="the page to write the tables into")
    parser.add_argument("--model", metavar="M", help="a hub id or a folder")
    parser.add_argument("--no-cache", action="store_true", help="embed everything")
    options = parser.parse_args(arguments)
    page = options.write.read_text(encoding="utf-8") if options.write and options.write.exists() else ""
    placed(page, "")  # what is wrong with the page shall be known before an hour is spent
    collections = [read_collection(folder) for folder in folders(options.directory)]
    encoder = cached(LoadedOnce(options.model), cache=not options.no_cache)
    evaluations = []
    for collection in collections:
        for remark in (collection.name, *collection.remarks):
            terminal.message(remark)
        evaluations.append(measured(collection, encoder, depth=DEPTH))
    tables = markdown(evaluations)
    print(tables, end="")
    if options.write:
        options.write.write_text(placed(page, tables), encoding="utf-8", newline="\n")
        options.write.with_name(DIAGRAM).write_text(drawn(evaluations), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ZhangjuError as problem:
        sys.exit(f"quality: {problem}")
