"""Bringing an index up to date, as ``index`` and ``serve`` do it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from index.building.build import BuildReport, build
from index.building.sources import collect, read_files
from index.building.uploads import merge_uploads
from index.errors import DocumentError
from index.loaders.limits import MAX_FILE_BYTES
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.models.location import DEFAULT_MODEL, EMBEDDING, INDEX_MODEL, ModelFiles, ModelRole, locate
from index.models.shared_encoder import SharedEncoderLoader
from index.parsing.process import DocumentReader
from index.records import Document
from index.references.links import link_documents
from index.storage.error_messages import shell_quoted
from scripts import terminal

_NAMED = 10  # documents in a message


class LoadedOnce:
    """An encoder that is loaded when it is first asked for, and then kept: loading takes seconds."""

    def __init__(self, model: str | None, *, use: ModelRole = EMBEDDING) -> None:
        self._model = model
        self._use = use
        self._encoder: Encoder | None = None

    def __call__(self) -> Encoder:
        """The encoder. Raises ModelError."""
        if self._encoder is None:
            terminal.message("loading the model ...")
            self._encoder = load_encoder(self._model, use=self._use, report=terminal.message)
        return self._encoder

    def files(self) -> ModelFiles:
        """The model's name and revision, without loading it. Raises ModelError."""
        return locate(self._model, role=self._use, report=terminal.message)


def shared_models(encoder: LoadedOnce, model: str | None) -> SharedEncoderLoader:
    """The models of the page by their names, for those who ask and those who build; ``encoder`` has the ``model``."""

    def load(name: str) -> Encoder:
        return (
            encoder()
            if model or name == DEFAULT_MODEL
            else load_encoder(name, use=INDEX_MODEL, report=terminal.message)
        )

    return SharedEncoderLoader(load)


def read_source(source: Path) -> tuple[tuple[Document, ...], dict[str, str]]:
    """The documents of a file, a folder or stdin (-), and why others could not be read. Raises DocumentError."""
    if str(source) != "-":
        return read_files(collect([source]).files)
    if sys.stdin is None:
        raise DocumentError("nothing comes in, stdin is closed; give a file")
    with DocumentReader() as reader:
        return link_documents([reader.read(sys.stdin.buffer.read(MAX_FILE_BYTES + 1), "stdin.txt")]), {}


def bring_up_to_date(sources: Sequence[Path], index: Path, encoder: LoadedOnce) -> BuildReport:
    """Make ``index`` the index of these files and folders, and of what was uploaded, and say what was done.

    Raises ZhangjuError.
    """
    found, hidden = merge_uploads(collect(sources, exclude=index), index)
    for path in found.skipped:
        terminal.message(f"passed over {path}: {passed_over(path)}")
    for file in hidden:
        terminal.message(
            f"not indexed: {file.path}; a file of its name was uploaded: remove that on the page to index this one"
        )
    with terminal.progress("embedding", "texts") as advance:
        report = build(found.files, index, model=encoder.files, load=encoder, progress=advance, report=terminal.message)
    for line in summary(report, index):
        terminal.message(line)
    return report


def passed_over(path: Path) -> str:
    """Why a file or folder in a folder is not indexed."""
    if path.is_dir():
        return "it is a link to a folder; name that folder to index it"
    return f"files ending in {path.suffix or 'nothing'} cannot be read"


def summary(report: BuildReport, index: Path) -> list[str]:
    """What a build did, in lines."""
    lines = [f"not indexed: {failure}" for failure in report.failures]
    done = "nothing has changed in" if report.unchanged else "indexed"
    lines.append(
        f"{done} {terminal.count(report.documents, 'document')}, "
        f"{terminal.count(report.passages, 'passage')}, {terminal.count(report.sentences, 'sentence')}: "
        f"{index}, generation {report.generation}"
    )
    if report.reused:
        lines.append(f"{terminal.count(report.embedded, 'text')} embedded, {report.reused:,} were known")
    if report.split:
        long = terminal.count(report.split, "text")
        lines.append(f"{long} longer than the model reads at once, embedded in parts: nothing is cut off")
    if report.failures:
        lines.append(
            f"{terminal.count(len(report.failures), 'file')} could not be read and cannot be found by questions"
        )
    if report.dropped:
        lines.append(
            f"no longer in the index, as the sources do not hold them: {_some(report.dropped)}; "
            f"an index is that of all sources named together; "
            f"go back with: zhangju rollback --index {shell_quoted(index)}"
        )
    if report.unreadable:
        lines.append(
            f"the index held {_some(report.unreadable)} before and does no longer; "
            f"the state before comes back with: zhangju rollback --index {shell_quoted(index)}"
        )
    return lines


def _some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
