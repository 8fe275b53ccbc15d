"""``zhangju evaluate``: measures of a BEIR folder, as tables or as JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import DocumentError
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder
from index.text.controls import escaped
from retrieval.evaluation import statistics
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.evaluation.measures import (
    MEASURES,
    Evaluation,
    Group,
    check_run,
    compare,
    evaluate,
    open_collection,
)
from retrieval.evaluation.statistics import Difference, Interval
from retrieval.evaluation.trec import check_ids, read_run, write_run
from scripts import terminal

if TYPE_CHECKING:
    from rich.table import Table

Comparison = Mapping[str | None, Mapping[str, Difference]]  # by language, None for all, and measure

MIN_QUESTIONS = 10  # for an interval: one of two or three questions is not reliable


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """An evaluation and its comparison with the run ``other``, if given."""

    evaluation: Evaluation
    other: Path | None = None
    comparison: Comparison | None = None
    remarks: tuple[str, ...] = ()


def cached(load: Callable[[], Encoder], *, cache: bool) -> Encoder:
    """Load the encoder, with the embeddings of earlier runs unless ``cache`` is off."""
    return CachedEncoder(load(), report=terminal.message) if cache else load()


def measure(collection: Collection, encoder: Encoder, *, depth: int) -> Evaluation:
    """Embed a collection and ask its questions, with progress bars."""
    with terminal.progress("embedding", "texts") as advance:
        searcher = open_collection(collection, encoder, progress=advance)
    with terminal.progress("asking", "questions") as advance:
        return evaluate(collection, searcher, depth=depth, progress=advance)


def run(
    folder: Path, load: Callable[[], Encoder], *, depth: int, out: Path | None, other: Path | None
) -> EvaluationReport:
    """Evaluate a folder, write the run ``out`` and compare with the run ``other``, if given.

    File errors are found before anything is embedded. Raises ZhangjuError.
    """
    collection = read_collection(folder)
    remarks = list(collection.remarks)
    other_run = read_run(other) if other else None
    if other_run is not None:
        remarks += check_run(other_run, collection, str(other))
    if out:
        if not out.parent.is_dir():
            raise DocumentError(f"cannot write the run {out}: there is no folder {out.parent}")
        check_ids([p.id for p in collection.document.passages] + [q.id for q in collection.queries])
    evaluation = measure(collection, load(), depth=depth)
    if out:
        write_run(out, evaluation.run)
    comparison = compare(evaluation, other_run) if other_run is not None else None
    return EvaluationReport(evaluation=evaluation, other=other, comparison=comparison, remarks=tuple(remarks))


def to_json(report: EvaluationReport) -> dict[str, Any]:
    """Return the output of ``evaluate --json``. Add keys, never rename them."""
    evaluation = report.evaluation
    everything, *languages = evaluation.groups
    return {
        "collection": evaluation.collection.name,
        "passages": len(evaluation.collection.document.passages),
        "depth": evaluation.depth,
        **_group_json(everything),
        "languages": {group.lang: _group_json(group) for group in languages},
        "comparison": _comparison_json(report),
        "remarks": list(report.remarks),
        "intervals": {"level": statistics.LEVEL, "resamples": statistics.RESAMPLES, "seed": statistics.SEED},
        "per_query": _per_query(evaluation),
    }


def _group_json(group: Group) -> dict[str, Any]:
    return {
        "queries": group.queries,
        "measures": {name: asdict(interval) for name, interval in group.measures.items()},
        "confidence": asdict(group.confidence),
        "abstention": asdict(group.abstention) if group.abstention else None,
        "marking": asdict(group.marking) if group.marking else None,
        "quotation": asdict(group.quotation) if group.quotation else None,
    }


def _comparison_json(report: EvaluationReport) -> dict[str, Any] | None:
    if report.comparison is None:
        return None
    by_group = {
        lang: {name: asdict(difference) for name, difference in measures.items()}
        for lang, measures in report.comparison.items()
    }
    return {
        "with": str(report.other),
        "test": {"name": "paired randomisation", "permutations": statistics.PERMUTATIONS, "seed": statistics.SEED},
        "measures": by_group.pop(None),
        "languages": by_group,
    }


def _per_query(evaluation: Evaluation) -> dict[str, Any]:
    """Return the outcome of every question; an unanswerable one has no measures."""
    found: dict[str, Any] = {}
    for row, outcome in enumerate([*evaluation.outcomes, *evaluation.unanswerable]):
        found[outcome.query.id] = {
            "lang": outcome.query.lang,
            "status": outcome.status,
            "confidence": outcome.confidence,
            "foreign_script": outcome.other_script,
            "first": outcome.hits[0].passage if outcome.hits else None,
            "measures": {name: float(values[row]) for name, values in evaluation.values.items()}
            if row < len(evaluation.outcomes)
            else None,
        }
    return found


def figure(value: float) -> str:
    """Format a figure: .731, 1.000."""
    return f"{value:.3f}".removeprefix("0")


def bounds(interval: Interval) -> str:
    """Format an interval: .62–.84, .90–1.0."""
    return "–".join("1.0" if end >= 0.995 else f"{end:.2f}".removeprefix("0") for end in (interval.low, interval.high))


def with_bounds(interval: Interval, *, count: int = MIN_QUESTIONS) -> str:
    """Format a figure with its interval: .731 (.62–.84), or .731 for too few questions."""
    return figure(interval.value) + (f" ({bounds(interval)})" if count >= MIN_QUESTIONS else "")


def percent(interval: Interval) -> str:
    """Format a percentage with its interval: 73.1 % (62–84)."""
    return f"{interval.value:.1%} ({100 * interval.low:.0f}–{100 * interval.high:.0f})".replace("%", " %")


def shown_measures(groups: Sequence[Group]) -> list[str]:
    """Return the measures to print: Success@k is left out if it equals R@k for all groups."""
    differ = any(group.measures[f"Success@{k}"] != group.measures[f"R@{k}"] for group in groups for k in (1, 5))
    return [name for name in MEASURES if differ or not name.startswith("Success")]


def shown_groups(groups: Sequence[Group]) -> Sequence[Group]:
    """Return the groups to print: all questions, and each language if there are several."""
    return groups if len(groups) > 2 else groups[:1]


def label(group: Group) -> str:
    """Return the name of a group's row."""
    return "all" if group.lang is None else group.lang or "(none)"


def print_report(report: EvaluationReport) -> None:
    """Print the figures as tables."""
    evaluation = report.evaluation
    everything = evaluation.groups[0]
    passages = terminal.count(len(evaluation.collection.document.passages), "passage")
    terminal.echo(
        f"{evaluation.collection.name}: {passages}, {terminal.count(everything.queries, 'question')}", bold=True
    )
    _print(_measures(evaluation.groups))
    terminal.echo(
        f"Second lines: 95 % intervals of the means, by resampled questions (from {MIN_QUESTIONS} questions on)."
    )
    _print_answers(everything)
    if report.comparison is not None:
        for group in shown_groups(evaluation.groups):
            if group.lang is None or group.queries >= MIN_QUESTIONS:
                title = f"minus {report.other}" + ("" if group.lang is None else f", {label(group)}")
                _print(_differences(title, report.comparison[group.lang], shown_measures(evaluation.groups)))
        terminal.echo(f"p: paired randomisation, {statistics.PERMUTATIONS:,} permutations, seed {statistics.SEED}.")


def _print(table: "Table") -> None:
    from rich.console import Console

    Console().print(table)


def _table(title: str, *columns: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(title=escaped(title) or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=True)
    return table


def _measures(groups: Sequence[Group]) -> "Table":
    names = shown_measures(groups)
    table = _table("", "", "n", *(name.replace("Success", "Succ.") for name in names))
    for group in shown_groups(groups):
        cells = [
            with_bounds(group.measures[name], count=group.queries).replace(" (", "\n").rstrip(")") for name in names
        ]
        table.add_row(escaped(label(group)), f"{group.queries:,}", *cells)
    return table


def _differences(title: str, differences: Mapping[str, Difference], names: Sequence[str]) -> "Table":
    table = _table(title, "", "difference", "95 %", "p", "won", "lost", "tied")
    for name in names:
        found = differences[name]
        mean = found.difference
        counts = (f"{number:,}" for number in (found.won, found.lost, found.tied))
        table.add_row(name, f"{mean.value:+.3f}", f"{mean.low:+.3f} to {mean.high:+.3f}", f"{found.p:.4f}", *counts)
    return table


def _print_answers(group: Group) -> None:
    """Print the figures of verdicts, marked sentences and confidence."""
    if a := group.abstention:
        terminal.echo(
            f"Answered: {percent(a.answered_answerable)} of {a.answerable} answerable questions, "
            f"{percent(a.answered_unanswerable)} of {a.unanswerable} unanswerable ones; not in the text: "
            f"{percent(a.refused_answerable)} and {percent(a.refused_unanswerable)}"
        )
        terminal.echo(f"Confidence in answerable above unanswerable questions: AUROC {with_bounds(a.auroc)}")
    if m := group.marking:
        share = f"{100 * m.share:.0f} % of the passage is marked"
        terminal.echo(
            f"The marked sentence contains the answer: {percent(m.contains)} of {m.right} right first hits; {share}"
        )
    if q := group.quotation:
        terminal.echo(
            f"The quoted answer is exact: {percent(q.exact)} of {q.known} questions; it misleads: "
            f"{percent(q.misleading)}, and in {q.misleading_confident} of {q.confident} with a confidence from .9 on"
        )
    c = group.confidence
    auroc = f"AUROC {with_bounds(c.auroc)}, " if c.auroc else ""
    error = figure(c.calibration_error)
    terminal.echo(
        f"Confidence in right above other first hits: {auroc}Brier {figure(c.brier)}, calibration error {error}"
    )
    table = _table("", "confidence", "questions", "first hit right")
    for b in c.bins:
        table.add_row(f"{b.low:.1f}–{b.high:.1f}", f"{b.count:,}", f"{100 * b.right:.0f} %")
    _print(table)
