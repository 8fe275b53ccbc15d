"""Automatic numbering of Word: 第一条, （一）, 1.1 before paragraphs, counted as Word counts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.text.numerals import to_chinese, to_roman

_LEVELS = 9
_MAX_LETTERS = 30  # Word stops at 780, a Z repeated 30 times


def _digits(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _chinese_counting(number: int) -> str:
    return to_chinese(number) if number < 100 else _digits(number)  # 第一〇五条: only the "thousand" system knows 百


def _financial(number: int) -> str:
    return to_chinese(number).translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"))


def _letters(number: int) -> str:
    times, letter = divmod(number - 1, 26)
    return chr(ord("A") + letter) * (times + 1) if 0 <= times < _MAX_LETTERS else str(number)  # Z, AA, BB


def _one_of(characters: str) -> Callable[[int], str]:
    return lambda number: characters[number - 1] if 0 < number <= len(characters) else str(number)


def _roman(number: int) -> str:
    return to_roman(number) if 0 < number < 4000 else str(number)


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalFullWidth2": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalEnclosedCircle": _one_of(_CIRCLED),
    "decimalEnclosedCircleChinese": _one_of(_CIRCLED),
    "decimalEnclosedParen": _one_of("⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"),
    "decimalEnclosedFullstop": _one_of("⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"),
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperLetter": _letters,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "chineseCounting": _chinese_counting,
    "taiwaneseCounting": _chinese_counting,
    "chineseCountingThousand": to_chinese,
    "taiwaneseCountingThousand": to_chinese,
    "japaneseCounting": to_chinese,
    "ideographDigital": _digits,
    "taiwaneseDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "chineseLegalSimplified": _financial,
    "ideographLegalTraditional": _financial,
    "ideographTraditional": _one_of("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _one_of("子丑寅卯辰巳午未申酉戌亥"),
    "ideographEnclosedCircle": _one_of("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
}


def format_number(form: str, number: int) -> str:
    """Return a number in one of the formats of Word (``ST_NumberFormat``), in Arabic numerals if it is unknown."""
    return _FORMATS.get(form, str)(number)


@dataclass(slots=True)
class _Level:
    """Number format of one level of a list."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None  # the 1-based level that restarts it; None: any outer level, 0: no level
    decimal: bool = False  # all numbers in its text are Arabic
    joined: bool = False  # no space between the number and the paragraph


@dataclass(slots=True)
class _List:
    """A list as paragraphs refer to it; lists of one ``kind`` share their counters."""

    kind: str
    levels: dict[int, _Level]
    restarted: set[int] = field(default_factory=set)  # levels that restart with this list


def child_value(node: Element | None, child: str) -> str | None:
    """Return the ``val`` attribute of a child element, None if there is none."""
    found = node.find(child) if node is not None else None
    return found.get("val") if found is not None else None


def int_attribute(text: str | None, default: int) -> int:
    """Return the integer of an attribute, or the default if it is missing, malformed or longer than six digits."""
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,6}", text) else default


class Numbering:
    """The lists of a document and their counters."""

    def __init__(self, root: Element | None) -> None:
        kinds = {node.get("abstractNumId", ""): node for node in root.iter("abstractNum")} if root is not None else {}
        named = {name: key for key, node in kinds.items() if (name := child_value(node, "styleLink"))}
        self._lists: dict[str, _List] = {}
        self.of_style: dict[tuple[str, str], int] = {}  # (list, style) -> the level of the style
        for node in root.iter("num") if root is not None else ():
            key = child_value(node, "abstractNumId") or ""
            linked = child_value(kinds.get(key), "numStyleLink")
            key = named.get(linked, key) if linked else key
            if key in kinds:
                self._add(node, key, kinds[key])
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()

    def _add(self, node: Element, kind: str, abstract: Element) -> None:
        name = node.get("numId", "")
        nodes = {int_attribute(lvl.get("ilvl"), 0): lvl for lvl in abstract.findall("lvl")}
        overrides = {int_attribute(override.get("ilvl"), 0): override for override in node.findall("lvlOverride")}
        nodes.update({at: lvl for at, override in overrides.items() if (lvl := override.find("lvl")) is not None})
        found = self._lists[name] = _List(kind, {at: _level(lvl) for at, lvl in nodes.items()})
        for at, override in overrides.items():
            if (start := child_value(override, "startOverride")) is not None and at in found.levels:
                found.levels[at].start = int_attribute(start, 1)
                found.restarted.add(at)
        self.of_style.update({(name, style): at for at, lvl in nodes.items() if (style := child_value(lvl, "pStyle"))})

    def next(self, name: str, at: int) -> str:
        """Return the number of the next paragraph of a list at a level from 0, with its suffix; empty for bullets."""
        found = self._lists.get(name)
        level = found.levels.get(at) if found else None
        if found is None or level is None or not 0 <= at < _LEVELS:
            return ""
        counts = self._counts.setdefault(found.kind, {})
        if name not in self._started:
            self._started.add(name)
            for key in found.restarted:
                counts.pop(key, None)
        counts[at] = counts.get(at, level.start - 1) + 1
        for deeper in [key for key in counts if key > at]:
            if _restarts(found.levels.get(deeper), at):
                del counts[deeper]
        if level.form == "bullet":
            return ""
        text = re.sub(r"%([1-9])", lambda m: _formatted(found, counts, int(m.group(1)) - 1, level), level.text)
        return text if level.joined or not text else text + " "


def _restarts(level: _Level | None, after: int) -> bool:
    return level is None or level.restart is None or 0 <= after < level.restart


def _level(node: Element) -> _Level:
    restart, legal = child_value(node, "lvlRestart"), node.find("isLgl")
    return _Level(
        start=int_attribute(child_value(node, "start"), 0),
        form=child_value(node, "numFmt") or "decimal",
        text=child_value(node, "lvlText") or "",
        restart=None if restart is None else int_attribute(restart, 0),
        decimal=legal is not None and legal.get("val") not in ("0", "false", "off"),
        joined=child_value(node, "suff") == "nothing",
    )


def _formatted(found: _List, counts: Mapping[int, int], at: int, context: _Level) -> str:
    """Return the number of a level as the text of another level shows it."""
    level = found.levels.get(at, _Level())
    count = max(counts.get(at, level.start), 0)
    if level.form in ("bullet", "none"):
        return ""
    return str(count) if context.decimal else format_number(level.form, count)
