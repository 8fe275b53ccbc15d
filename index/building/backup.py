"""Backups: copies of an index that are indexes themselves, made and restored while builds of both sides go on."""

from dataclasses import dataclass
from pathlib import Path

from index.building import uploads
from index.errors import StoreError
from index.storage import store
from index.storage.generations import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCopy:
    """What was copied: a generation and the names of uploads; ``others`` are uploads that only the target has."""

    generation: Generation
    uploads: tuple[str, ...]
    others: tuple[str, ...]


def back_up(directory: Path, to: Path) -> IndexCopy:
    """Copy the live generation and the uploads of an index to another directory, and verify the copy.

    An earlier backup in it is kept as ``publish`` keeps earlier generations; uploads removed since then are removed.
    Raises StoreError.
    """
    copied = restore(directory, to)
    for name in copied.others:
        uploads.remove_from_library(to, name)
    return copied


def restore(backup: Path, directory: Path) -> IndexCopy:
    """Make the live generation of a backup that of an index, and add its uploads. Raises StoreError.

    Earlier generations are kept as by a build, and so are uploads that the backup does not have.
    """
    one, other = backup.resolve(), directory.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise StoreError(f"{backup} and {directory} contain each other", "give a directory outside of the index")
    store.live_generation(backup)  # raises if there is none, before anything is created
    with store.build_lock(directory):
        generation = store.publish_copy(backup, directory)
        copied = uploads.copy_library(backup, directory)
        names = [item.file.id for item in uploads.library_files(directory)]
    others = tuple(name for name in names if name not in copied)
    return IndexCopy(generation=generation, uploads=copied, others=others)
