"""Bringing an index up to date, as ``index`` and ``serve`` do it."""

from collections.abc import Sequence
from pathlib import Path

from index.build import Report, build, collect
from index.encoder import Encoder, load_encoder
from index.model import locate
from scripts import display


class LoadedOnce:
    """An encoder that is loaded when it is first asked for, and then kept: loading takes seconds."""

    def __init__(self, model: str | None) -> None:
        self._model = model
        self._encoder: Encoder | None = None

    def __call__(self) -> Encoder:
        """The encoder. Raises ModelError."""
        if self._encoder is None:
            display.message("loading the model ...")
            self._encoder = load_encoder(self._model, report=display.message)
        return self._encoder

    def revision(self) -> str:
        """The model's revision, without loading it. Raises ModelError."""
        return locate(self._model, report=display.message).revision


def bring_up_to_date(sources: Sequence[Path], index: Path, encoder: LoadedOnce) -> Report:
    """Make ``index`` the index of these files and folders and say what was done. Raises ZhangjuError."""
    found = collect(sources)
    for path in found.passed_over:
        display.message(f"passed over {path}: files ending in {path.suffix or 'nothing'} cannot be read")
    with display.progress("embedding", "texts") as advance:
        report = build(
            found.files, index, revision=encoder.revision, load=encoder, progress=advance, report=display.message
        )
    for line in summary(report, index):
        display.message(line)
    return report


def summary(report: Report, index: Path) -> list[str]:
    """What a build did, in lines."""
    lines = [f"not indexed: {failure}" for failure in report.failures]
    lines.append(
        f"{'nothing has changed in' if report.unchanged else 'indexed'} {display.count(report.documents, 'document')}, "
        f"{display.count(report.passages, 'passage')}, {display.count(report.sentences, 'sentence')}: "
        f"{index}, generation {report.generation}"
    )
    if report.taken:
        lines.append(f"{display.count(report.made, 'text')} embedded, {report.taken:,} were known")
    if report.long:
        long = display.count(report.long, "text")
        lines.append(f"{long} longer than the model reads at once, embedded in parts: nothing is cut off")
    if report.failures:
        lines.append(
            f"{display.count(len(report.failures), 'file')} could not be read and cannot be found by questions"
        )
    if report.lost:
        lines.append(
            f"the index held {', '.join(report.lost)} before and does no longer; "
            f"the state before comes back with: zhangju rollback --index {index}"
        )
    return lines
