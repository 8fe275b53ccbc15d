"""Index of documents by title: in full, shortened as people write it, by file name, in part, or inside a text."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from index.errors import UnknownPlaceError
from index.records import Document
from index.text.chinese import to_simplified
from index.text.controls import without_formatting
from index.text.folding import fold

_STATE = "中华人民共和国"  # the titles of all Chinese laws begin with it; everyday citations omit it
_EDITION = re.compile(r"\s*[（(〔\[][^（()）〔〕\[\]]*[)）〕\]]$")  # 刑法（2020修正）
_SINGLE_BRACKETS = str.maketrans("《》", "〈〉")
_MIN_LENGTH = 2  # characters of a title inside a text, or of a part of a title
_MAX_TITLES_LISTED = 5  # in an error message
_SPACED_SCRIPTS_END = 0x2E80  # scripts below this code point put spaces between words

_RowsByName = dict[str, dict[str, list[int]]]  # name -> the full titles that it may stand for -> rows


def title_key(title: str) -> str:
    """Return the form in which titles are compared.

    Simplified characters, lower case, single brackets, no spaces, nothing invisible, no bidirectional formatting.
    """
    return _without_style(to_simplified(fold(title)))


def _without_style(title: str) -> str:
    return "".join(without_formatting(title).split()).casefold().translate(_SINGLE_BRACKETS)


def title_variants(title: str) -> tuple[str, ...]:
    """Return a title in full and shortened: without 中华人民共和国, without an edition in brackets, without both."""
    short = title.removeprefix(_STATE)
    variants = [title, short, _EDITION.sub("", title), _EDITION.sub("", short)]
    return tuple(dict.fromkeys(name for name in variants if name.strip()))


def document_names(document: Document) -> tuple[str, ...]:
    """Return the names of a document: its title, in full and shortened, and its file's path, name and stem."""
    return (*title_variants(document.title), *_file_names(document.id))


def _file_names(document_id: str) -> tuple[str, ...]:
    file = PurePosixPath(document_id)
    return document_id, file.name, file.stem


class TitleIndex:
    """Documents by title. All methods return rows of the sequence of documents, in ascending order.

    Traditional characters match simplified ones. Documents may share a title, such as the books of one code.
    ``min_ascii_length`` is the least length of an ASCII title that is looked for inside a text.
    """

    def __init__(self, documents: Sequence[Document], *, min_ascii_length: int = _MIN_LENGTH) -> None:
        self._documents = tuple(documents)
        self._min_ascii_length = min_ascii_length

    def exact(self, title: str, *, file_names: bool = False) -> tuple[int, ...]:
        """Return the documents of a title, in full or shortened; none if it is short for two different titles.

        With ``file_names`` the title may also be the path, name or stem of a document's file.
        """
        key = title_key(title)
        found = (self._by_file.get(key, {}) if file_names else {}) | self._by_title.get(key, {})
        for form in (_without_style, title_key):
            if rows := [row for full, same in found.items() if form(full) == form(title) for row in same]:
                return tuple(sorted(rows))
        return tuple(next(iter(found.values()))) if len(found) == 1 else ()

    def containing(self, words: str) -> tuple[int, ...]:
        """Return the documents whose title contains the words; none if these documents have different titles."""
        rows = self._containing(words) if len(title_key(words)) >= _MIN_LENGTH else ()
        return rows if len({self._title_keys[row] for row in rows}) == 1 else ()

    def resolve(self, title: str) -> tuple[int, ...]:
        """Return the documents that a user's words name: by title, by file, or by a part of the title; else none.

        Raises UnknownPlaceError if the words fit documents of different titles equally well.
        """
        if not title_key(title):
            return ()
        if found := self.exact(title, file_names=True):
            return found
        short = {row for name in title_variants(title) for row in self._named(name)}
        rows = tuple(sorted(short)) or self._containing(title)
        different = list(dict.fromkeys(self._documents[row].title for row in rows))
        if len(different) > 1:
            raise UnknownPlaceError(f"{title[:80]!r} may be {_listed(different)}; give more of the title")
        return rows

    def longest_ending(self, text: str, end: int) -> int:
        """Return the length of the longest title that ends at ``end`` in a text, 0 for none."""
        return next((n for n in self._lengths if n <= end and self._is_title(text, end - n, end)), 0)

    def longest_starting(self, text: str, start: int) -> int:
        """Return the length of the longest title that starts at ``start`` in a text, 0 for none."""
        lengths = self._lengths_by_start.get(text[start : start + _MIN_LENGTH].casefold(), ())
        return next((n for n in lengths if self._is_title(text, start, start + n)), 0)

    def _is_title(self, text: str, start: int, end: int) -> bool:
        if end > len(text) or text[start:end].casefold() not in self._in_texts:
            return False
        return not (_inside_word(text, start) or _inside_word(text, end))

    def _containing(self, words: str) -> tuple[int, ...]:
        wanted = title_key(words)
        return tuple(row for row, title in enumerate(self._title_keys) if wanted in title)

    def _named(self, name: str) -> Iterator[int]:
        """Return the documents with a name, whatever their titles."""
        key = title_key(name)
        for found in (self._by_title.get(key, {}), self._by_file.get(key, {})):
            for rows in found.values():
                yield from rows

    @cached_property
    def _title_keys(self) -> tuple[str, ...]:
        return tuple(title_key(document.title) for document in self._documents)

    @cached_property
    def _by_title(self) -> _RowsByName:
        return self._rows_by(lambda document: title_variants(document.title))

    @cached_property
    def _by_file(self) -> _RowsByName:
        return self._rows_by(lambda document: _file_names(document.id))

    def _rows_by(self, names: Callable[[Document], Iterable[str]]) -> _RowsByName:
        found: _RowsByName = {}
        for row, document in enumerate(self._documents):
            for key in {title_key(name) for name in names(document)}:
                found.setdefault(key, {}).setdefault(document.title, []).append(row)
        return found

    @cached_property
    def _in_texts(self) -> frozenset[str]:
        """The titles that are looked for inside texts, in lower case; texts are in either script."""
        variants = {name for document in self._documents for name in title_variants(document.title)}
        written = {form.casefold() for name in variants for form in (name, to_simplified(name))}
        least = self._min_ascii_length
        return frozenset(name for name in written if len(name) >= (least if name.isascii() else _MIN_LENGTH))

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(title) for title in self._in_texts}, reverse=True)

    @cached_property
    def _lengths_by_start(self) -> dict[str, list[int]]:
        """First characters of titles -> the lengths of these titles, longest first."""
        found: dict[str, set[int]] = {}
        for title in self._in_texts:
            found.setdefault(title[:_MIN_LENGTH], set()).add(len(title))
        return {start: sorted(lengths, reverse=True) for start, lengths in found.items()}


def _inside_word(text: str, at: int) -> bool:
    """Return whether a position is inside a word of a script that writes spaces between words."""
    return 0 < at < len(text) and all(c.isalnum() and ord(c) < _SPACED_SCRIPTS_END for c in text[at - 1 : at + 1])


def _listed(titles: Sequence[str]) -> str:
    shown = [f"《{' '.join(title.split())}》" for title in titles[:_MAX_TITLES_LISTED]]
    more = f" or {len(titles) - _MAX_TITLES_LISTED} others" if len(titles) > _MAX_TITLES_LISTED else ""
    return " or ".join(shown) + more
