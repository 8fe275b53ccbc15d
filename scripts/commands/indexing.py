"""Updates of an index by the commands ``index`` and ``serve``."""

import sys
from collections.abc import Sequence
from pathlib import Path

from index.building.build import BuildReport, build
from index.building.reading import document_reader
from index.building.sources import collect, read_files
from index.building.uploads import merge_uploads
from index.errors import DocumentError
from index.loaders import LOADERS
from index.loaders.limits import MAX_FILE_BYTES
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.models.location import DEFAULT_MODEL, EMBEDDING, INDEX_MODEL, ModelFiles, ModelRole, locate
from index.models.shared_encoder import SharedEncoderLoader
from index.records import Document
from index.references.links import link_documents
from index.storage.error_messages import shell_quoted
from scripts import terminal

_MAX_NAMES = 10  # documents in a message


class LazyEncoder:
    """An encoder that is loaded at its first use and then kept, because loading takes seconds.

    One for builds and verification is ``thorough``: all files of the model are compared with their digests.
    """

    def __init__(self, model: str | None, *, role: ModelRole = EMBEDDING, thorough: bool = False) -> None:
        self._model = model
        self._thorough = thorough
        self._role = role
        self._encoder: Encoder | None = None

    def __call__(self) -> Encoder:
        """Return the encoder. Raises ModelError."""
        if self._encoder is None:
            terminal.message("loading the model ...")
            self._encoder = load_encoder(self._model, use=self._role, report=terminal.message, thorough=self._thorough)
        return self._encoder

    def files(self) -> ModelFiles:
        """Return the name and revision of the model without loading it. Raises ModelError."""
        return locate(self._model, role=self._role, report=terminal.message)


def shared_models(encoder: LazyEncoder, model: str | None) -> SharedEncoderLoader:
    """Return the loader of encoders for the page's questions and builds; ``encoder`` is that of ``model``."""

    def load(name: str) -> Encoder:
        return (
            encoder()
            if model or name == DEFAULT_MODEL
            else load_encoder(name, use=INDEX_MODEL, report=terminal.message)
        )

    return SharedEncoderLoader(load)


def read_source(source: Path) -> tuple[tuple[Document, ...], dict[str, str]]:
    """Return the documents of a file, a folder or stdin (-), and the errors by id. Raises DocumentError."""
    if str(source) != "-":
        return read_files(collect([source]).files)
    if sys.stdin is None:
        raise DocumentError("there is no input, stdin is closed; give a file")
    with document_reader() as reader:
        return link_documents([reader.read(sys.stdin.buffer.read(MAX_FILE_BYTES + 1), "stdin.txt")]), {}


def update_index(sources: Sequence[Path], index: Path, encoder: LazyEncoder) -> BuildReport:
    """Build or update the index of these files and folders and of the uploads, and print the outcome.

    Raises ZhangjuError.
    """
    found, replaced = merge_uploads(collect(sources, exclude=index), index)
    for path in found.skipped:
        terminal.message(f"skipped {path}: {skip_reason(path)}")
    for file in replaced:
        terminal.message(
            f"not indexed: {file.path}; a file of this name was uploaded: remove that on the page to index this one"
        )
    with terminal.progress("embedding", "texts") as advance:
        report = build(found.files, index, model=encoder.files, load=encoder, progress=advance, report=terminal.message)
    for line in summary(report, index):
        terminal.message(line)
    return report


def skip_reason(path: Path) -> str:
    """Return the reason why a file or folder in a source folder is not indexed."""
    if path.is_dir():
        return "it is a link to a folder; name that folder to index it"
    if path.is_symlink() and path.suffix.lower() in LOADERS:
        return "it is a link to a file outside of the folder; name that file to index it"
    return f"files ending in {path.suffix or 'nothing'} cannot be read"


def summary(report: BuildReport, index: Path) -> list[str]:
    """Return lines that describe the outcome of a build."""
    lines = [f"not indexed: {failure}" for failure in report.failures]
    done = "nothing has changed in" if report.unchanged else "indexed"
    lines.append(
        f"{done} {terminal.count(report.documents, 'document')}, "
        f"{terminal.count(report.passages, 'passage')}, {terminal.count(report.sentences, 'sentence')}: "
        f"{index}, generation {report.generation}"
    )
    if report.reused:
        lines.append(f"{terminal.count(report.embedded, 'text')} embedded, {report.reused:,} reused")
    if report.split:
        split = terminal.count(report.split, "text")
        lines.append(f"{split} longer than the model's limit, embedded in parts")
    if report.failures:
        lines.append(f"{terminal.count(len(report.failures), 'file')} could not be read and will not be found")
    if report.dropped:
        lines.append(
            f"no longer in the index, because not in the sources: {_some(report.dropped)}; "
            f"name all sources of an index together; "
            f"restore the previous state with: zhangju rollback --index {shell_quoted(index)}"
        )
    if report.unreadable:
        lines.append(
            f"no longer in the index, because not readable: {_some(report.unreadable)}; "
            f"restore the previous state with: zhangju rollback --index {shell_quoted(index)}"
        )
    return lines


def _some(names: Sequence[str]) -> str:
    """Return the first names and the number of the others."""
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + more
