"""``zhangju backup`` and ``zhangju restore``."""

from pathlib import Path
from typing import Annotated

import typer

from scripts import terminal
from scripts.commands.options import DEFAULT_INDEX, IndexOption


def backup_command(
    to: Annotated[Path, typer.Argument(metavar="TO", help="The directory for the copy; it may hold an earlier one.")],
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Copy the index and its uploaded documents, and verify the copy.

    Builds and questions can go on meanwhile. The copy is an index itself.
    """
    from index.building.backup import back_up
    from index.storage.error_messages import shell_quoted

    copied = back_up(index, to)
    uploads = terminal.count(len(copied.uploads), "uploaded document")
    terminal.message(
        f"generation {copied.generation.name} of {index} and {uploads} "
        f"are in {to}, verified; restore them with: zhangju restore {shell_quoted(to)} --index {shell_quoted(index)}"
    )


def restore_command(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A backup, or any other index.")],
    index: IndexOption = DEFAULT_INDEX,
) -> None:
    """Restore the index and its uploaded documents from a backup.

    The builds of the index before it are kept and can be restored as well.
    """
    from index.building.backup import restore

    copied = restore(source, index)
    if copied.others:
        others = terminal.count(len(copied.others), "uploaded document")
        terminal.message(f"{others} that the backup does not have will be indexed by the next build")
    uploads = terminal.count(len(copied.uploads), "uploaded document")
    terminal.message(f"{index} has generation {copied.generation.name} and {uploads} of {source}, verified")
