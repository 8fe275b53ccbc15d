"""The files of one generation: immutable once written, each with its digest in the manifest."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from index.errors import StoreError, ZhangjuError
from index.models.contract import ModelContract
from index.models.token_vectors import CODE, SCALE, START
from index.parsing.serialization import document_from_json, document_to_json
from index.storage import bm25, durable, error_messages, npy
from index.storage.durable import FileDigest
from index.storage.generations import Generation
from index.storage.snapshot import Snapshot

FORMAT = 4
GENERATIONS, MANIFEST, DOCUMENTS = "generations", "manifest.json", "documents.jsonl"
ARRAYS = {  # file: (dtype, number of axes); their content is described in index/storage/snapshot.py
    "passage_vectors.npy": (np.float32, 2),
    "passage_keys.npy": (np.uint8, 2),
    "sentence_vectors.npy": (np.float16, 2),  # half precision: cosines change by less than 0.001
    "sentence_keys.npy": (np.uint8, 2),
    "sentences.npy": (np.int32, 2),
    "tokens.npy": (CODE, 2),
    "token_scales.npy": (SCALE, 1),
    "token_starts.npy": (START, 1),
    **{f"{name}.npy": (dtype, 1) for name, dtype in bm25.ARRAYS.items()},
}
FILES = (*ARRAYS, DOCUMENTS)

_CHUNK_BYTES = 1 << 20  # of a file that is copied


def folder_of(directory: Path, generation: Generation) -> Path:
    """Return the folder of a generation in an index directory."""
    return directory / GENERATIONS / generation.name


def read(directory: Path, generation: Generation) -> Snapshot:
    """Return the content of one generation after checking every file. Raises StoreError."""
    folder, manifest = folder_of(directory, generation), read_manifest(directory, generation)
    data = {name: _checked(folder / name, manifest["files"], directory) for name in FILES}
    try:
        return Snapshot.from_arrays(
            {Path(name).stem: _array(folder / name, data.pop(name), directory) for name in ARRAYS},
            contract=ModelContract.from_json(manifest["model"]),
            documents=tuple(document_from_json(json.loads(line)) for line in data[DOCUMENTS].splitlines()),
            encoding_version=manifest["scheme"],
            parser_version=manifest["parser"],
        )
    except (ValueError, KeyError, TypeError, ZhangjuError) as error:
        raise error if isinstance(error, StoreError) else error_messages.damaged(folder, directory) from error


def read_manifest(directory: Path, generation: Generation) -> Mapping[str, Any]:
    """Return the manifest of a generation. Raises StoreError."""
    path = folder_of(directory, generation) / MANIFEST
    data = _read(path, directory)
    if FileDigest.of(data).sha256 != generation.digest:
        raise error_messages.damaged(path, directory)
    try:
        manifest: dict[str, Any] = json.loads(data)
        found, release = int(manifest["format"]), str(manifest["zhangju"])
    except (ValueError, KeyError, TypeError) as error:
        raise error_messages.damaged(path, directory) from error
    if found != FORMAT:
        raise error_messages.unsupported_format(directory, f"format {found}, written by zhangju {release}", FORMAT)
    return manifest


def _checked(path: Path, files: Mapping[str, Any], directory: Path) -> bytes:
    data = _read(path, directory)
    if FileDigest.of(data)._asdict() != files.get(path.name):
        raise error_messages.damaged(path, directory)
    return data


def _array(path: Path, data: bytes, directory: Path) -> npt.NDArray[Any]:
    try:
        return npy.parse(data, *ARRAYS[path.name])
    except ValueError as error:
        raise error_messages.damaged(path, directory) from error


def _read(path: Path, directory: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise error_messages.unreadable(path, error, directory) from error


def copy(directory: Path, generation: Generation, folder: Path) -> str:
    """Copy the files of a generation into an empty folder; return the sha256 of the manifest.

    All files are opened first: a build that removes the generation meanwhile cannot take them away. Raises StoreError
    if one cannot be read or is damaged, and OSError if the folder cannot be written.
    """
    source, digests = folder_of(directory, generation), read_manifest(directory, generation)["files"]
    with ExitStack() as stack:
        files = {name: stack.enter_context(_opened(source / name, directory)) for name in (*FILES, MANIFEST)}
        for name in FILES:
            written = durable.write(folder / name, _chunks(files[name], source / name, directory))
            if written._asdict() != digests.get(name):
                raise error_messages.damaged(source / name, directory)
        manifest = durable.write(folder / MANIFEST, _chunks(files[MANIFEST], source / MANIFEST, directory))
    if manifest.sha256 != generation.digest:
        raise error_messages.damaged(source / MANIFEST, directory)
    return manifest.sha256


def _opened(path: Path, directory: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise error_messages.unreadable(path, error, directory) from error


def _chunks(file: BinaryIO, path: Path, directory: Path) -> Iterator[bytes]:
    try:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
    except OSError as error:
        raise error_messages.unreadable(path, error, directory) from error


def read_error(directory: Path, generation: Generation) -> StoreError | None:
    """Return what is wrong with the files of a generation; None if each has the content that was written."""
    try:
        files = read_manifest(directory, generation)["files"]
        for name in FILES:
            _checked(folder_of(directory, generation) / name, files, directory)
    except StoreError as error:
        return error
    return None


def write(folder: Path, snapshot: Snapshot) -> str:
    """Write the files and then the manifest; return the sha256 of the manifest."""
    arrays = snapshot.arrays()
    digests = {
        name: durable.write(folder / name, npy.parts(arrays[Path(name).stem], ARRAYS[name][0])) for name in ARRAYS
    }
    lines = (json.dumps(document_to_json(d), ensure_ascii=False) + "\n" for d in snapshot.documents)
    digests[DOCUMENTS] = durable.write(folder / DOCUMENTS, (line.encode() for line in lines))
    manifest = {
        "format": FORMAT,
        "zhangju": version("zhangju"),
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "parser": snapshot.parser_version,
        "scheme": snapshot.encoding_version,
        "model": snapshot.contract.to_json(),
        "counts": {
            "documents": len(snapshot.documents),
            "passages": len(snapshot.passage_vectors),
            "sentences": len(snapshot.sentences),
        },
        "files": {name: digest._asdict() for name, digest in digests.items()},
    }
    return durable.write(folder / MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=1).encode()]).sha256
