"""Documents by title as people write it: in full, 刑法 for 中华人民共和国刑法, or words that only one title holds."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from index.errors import UnknownPlaceError
from index.records import Document

_STATE = "中华人民共和国"  # stands before the title of every law, and in no citation of daily use
_EDITION = re.compile(r"\s*[（(〔\[][^（()）〔〕\[\]]*[)）〕\]]$")  # 刑法（2020修正）
_SINGLE = str.maketrans("《》", "〈〉")
_MOST_NAMED = 5  # titles in a message


def plain(title: str) -> str:
    """A title for comparison: without spaces, capitals and kinds of brackets."""
    return "".join(title.split()).casefold().translate(_SINGLE)


def variants(title: str) -> tuple[str, ...]:
    """A title as it is, and shortened as people do."""
    short = title.removeprefix(_STATE)
    names = [title, short, _EDITION.sub("", title), _EDITION.sub("", short)]
    return tuple(dict.fromkeys(name for name in names if name.strip()))


def names(document: Document) -> tuple[str, ...]:
    """What a document goes by: its title, shortened too, and its file."""
    return (*variants(document.title), document.id, PurePosixPath(document.id).stem)


def titled(title: str, documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents that a title names, several if they share it; none if nothing does.

    Raises UnknownPlaceError if it fits documents of different titles equally well.
    """
    wanted = plain(title)
    if not wanted:
        return ()
    if same := tuple(d for d in documents if wanted in (plain(d.title), d.id.casefold())):
        return same
    short = {plain(name) for name in variants(title)}
    for found in (
        tuple(d for d in documents if short & {plain(name) for name in names(d)}),
        tuple(d for d in documents if wanted in plain(d.title)),
    ):
        if found:
            return _agreed(title, found)
    return ()


def _agreed(title: str, found: tuple[Document, ...]) -> tuple[Document, ...]:
    different = list(dict.fromkeys(d.title for d in found))
    if len(different) > 1:
        raise UnknownPlaceError(f"{title[:80]!r} may be {_listed(different)}; give more of the title")
    return found


def _listed(titles: Iterable[str]) -> str:
    shown = [f"《{' '.join(title.split())}》" for title in titles]
    more = f" or {len(shown) - _MOST_NAMED} others" if len(shown) > _MOST_NAMED else ""
    return " or ".join(shown[:_MOST_NAMED]) + more
