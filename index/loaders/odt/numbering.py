"""Automatic numbers of OpenDocument lists and headings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.loaders.docx.numbering import format_number, int_attribute

_FORMATS: Mapping[str, str] = {  # to the names of Word
    "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一, 二, 三, ...": "chineseCountingThousand", "壹, 贰, 叁, ...": "chineseLegalSimplified",
    "甲, 乙, 丙, ...": "ideographTraditional", "子, 丑, 寅, ...": "ideographZodiac",
    "①, ②, ③, ...": "decimalEnclosedCircle", "１, ２, ３, ...": "decimalFullWidth",
}  # fmt: skip
_MAX_LEVEL = 10
OUTLINE = "Outline"  # the list of the headings


@dataclass(frozen=True, slots=True)
class _Level:
    """Number format of one level; ``pattern`` has %1% for the number of the first level."""

    form: str
    pattern: str
    start: int
    space: str


class ListStyles:
    """The list styles of a document by name."""

    def __init__(self) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}

    def add(self, root: Element) -> None:
        """Add the list styles of a part."""
        for node in root.iter("list-style"):
            self._levels[node.get("name", "")] = dict(_levels(node))
        for node in root.iter("outline-style"):
            self._levels[OUTLINE] = dict(_levels(node))

    def level(self, style: str, at: int) -> _Level | None:
        """Return the format of a level from 1, None if it shows no number."""
        return self._levels.get(style, {}).get(at)

    def label(self, style: str, at: int, counts: Mapping[int, int]) -> str:
        """Return the number of a paragraph with its suffix."""
        level = self.level(style, at)
        if level is None:
            return ""

        def number(found: re.Match[str]) -> str:
            other = self.level(style, int(found.group(1)))
            return format_number(other.form, counts.get(int(found.group(1)), other.start)) if other else ""

        return re.sub(r"%([1-9]|10)%", number, level.pattern) + level.space


def _levels(node: Element) -> Iterator[tuple[int, _Level]]:
    for level in node:
        form = level.get("num-format", "")
        if level.tag in ("list-level-style-number", "outline-level-style") and form:
            at = int_attribute(level.get("level"), 1)
            label = level.find("list-level-properties/list-level-label-alignment")
            followed = label.get("label-followed-by") if label is not None else None
            start = int_attribute(level.get("start-value"), 1)
            pattern = level.get("num-list-format") or _pattern(level, at)
            yield at, _Level(_FORMATS.get(form, "decimal"), pattern, start, "" if followed == "nothing" else " ")


def _pattern(level: Element, at: int) -> str:
    shown = min(max(int_attribute(level.get("display-levels"), 1), 1), at)
    numbers = ".".join(f"%{other}%" for other in range(at - shown + 1, at + 1))
    return level.get("num-prefix", "") + numbers + level.get("num-suffix", "")


@dataclass(slots=True)
class Counters:
    """Counters of the lists that are open or may be continued."""

    styles: ListStyles
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _last: dict[str, str] = field(default_factory=dict)  # list style -> its last list
    _same: dict[str, str] = field(default_factory=dict)  # id of a list -> the list that it continues

    def begin(self, node: Element, style: str) -> str:
        """Return the key of the list that an outermost ``list`` element begins or continues."""
        own = node.get("id") or f"#{len(self._counts)}"
        if (continued := node.get("continue-list")) in self._same:
            key = self._same[continued]
        elif node.get("continue-numbering") == "true" and style in self._last:
            key = self._last[style]
        else:
            key = own
            self._counts[key] = {}
        self._same[own] = self._last[style] = key
        return key

    def next(self, key: str, style: str, at: int, start: str | None = None) -> str:
        """Return the number of the next paragraph of a list at a level from 1, with its suffix."""
        level = self.styles.level(style, at)
        counts = self._counts.setdefault(key, {})
        for deeper in [other for other in counts if other > at]:
            del counts[deeper]
        if not 1 <= at <= _MAX_LEVEL:
            return ""
        first = level.start if level else 1
        counts[at] = int_attribute(start, counts.get(at, first - 1) + 1)
        return self.styles.label(style, at, counts)
