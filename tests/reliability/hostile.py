"""Hostile questions and question files, generated from a seed."""

import json
import random
from collections.abc import Callable, Iterator

LONGEST = 2000  # characters of a question that are read

PLAIN = (
    "用水量要下降多少？", "第二章第一节说了什么？", "《山泉管理条例》第三条第二款是怎么规定的？",
    "山泉管理条例罚款多少元？",
    "What does article 3 say about springs?", "How much less water per unit of output?", "什么时候开始施行？",
    "¿Cuánto es la multa según el artículo 5?", "第三条至第五条有哪些要求？", "ch. 1, sec. 2, para. 1", "第一章",
)  # fmt: skip

# What each does harm with where it is repeated, by what it is.
ATOMS: dict[str, tuple[str, ...]] = {
    "control": ("\0", "\x01", "\x1b[31m", "\x7f", "\x85", "\ufffe", "\uffff", "\b", "\r", "\t", "\n", "\u2028"),
    "surrogate": ("\ud800", "\udfff", "水\udcff", "\udc00\ud800"),
    "direction": ("\u202e", "\u202a\u202c", "\u2066第一条\u2069", "\u200f", "\u061c"),
    "unseen": ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\U000e0101", "\u3164", "\u115f"),
    "marks": (
        "\u0301", "e\u0301", "\u0316\u0301", "\u0345\u0334", "ﾞ\u0301", "z\u0300\u0489", "ก\u0e33\u0e49",
        "\u064b",
    ),
    "markup": (
        "<script>alert(1)</script>", "<b>", "</div>", "&lt;", "&#0;", "<!--", "]]>", "**", "# ", "|", "${x}",
    ),
    "SQL": ("' OR '1'='1", "'; DROP TABLE passages; --", '"', "\\", "%00", "UNION SELECT ", "/*"),
    "format": ("%s", "%n", "{}", "{0.__class__}", "{{", "%(a)s", "\\x00", "\\u0000", "$1"),
    "path": ("../", "..\\", "/etc/passwd", "file:///", "C:\\CON", "//", "~/"),
    "shell": ("; rm -rf /", "$(reboot)", "`id`", "| cat", "&& ", "-k ", "--json ", "> /dev/null "),
    "digits": (
        "1", "９", "1,", "1,234", "1.", "1.2", "1-", "٣", "𝟏", "①", "²", "2025", "2025-", "1e9", "0x", "$1",
        "1年", "1月",
    ),
    "numerals": (
        "一", "十", "一千", "万", "亿", "零", "半", "几", "一点", "第一", "百分之", "一分之", "分之", "Ⅳ", "M",
        "ix ", "廿",
    ),
    "places": (
        "第", "章", "第一章", "第一条", "第1条", "第一条、", "第一条至", "第1、", "第(1)", "条之", "第1-1条",
        "一、", "（一）",
        "(1)", "chapter ", "chapter 1 ", "articles 1, 2, ", "art. 1(2)", "1. Kapitel ", "ch", "§", "§ 1 ",
        "article 1 of ",
        "第一章的第二节", "附件1", "附件", "专栏", "제1조", "제", "глава 1 ", "of the ", "of ",
        "and (1)", "item 1 ",
    ),
    "owners": (
        "前", "前款", "本法", "同", "同法第一条", "この法律", "总则第一条", "目前", "本条", "(a)第一条",
        "of that Act, ", "该法",
    ),
    "brackets": (
        "(", "（", "()", "（）", "《", "》", "《》", "《《山》", "「", "」", "[", "]", "{", "“", "”", "«", "〔",
        "（（",
    ),
    "titles": (
        "山泉管理条例", "《山泉管理条例》", "《山泉管理条例》第一条", "山泉管理条例第一条", "山泉管理条例1条",
        "某省规划", "规划1",
    ),
    "asking": (
        "多少", "什么", "哪", "几", "how much ", "how long is the ", "what is the ", "what ", "có ",
        "wie wird ", "combien ",
        "when ", "tell me ", "in ", "how long is the a ", "年限", "费用", "是什么", "的", "在", "请", "关于",
        "有关", "是", "不超过",
    ),
    "blank": (
        " ", "\u3000", "\u00a0", "\n", "?", "？", "。", ".", "…", "、", "，", ",", "-", "_", "'", "’s", "!",
        "～",
    ),
    "emoji": (
        "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f3f3\ufe0f\u200d\U0001f308", "👍🏽", "🇨🇳",
        "1\ufe0f\u20e3", "💧", "ⓐ",
    ),
    "width": ("Ａ", "ｱ", "ﷺ", "İ", "ß", "ﬁ", "㍿", "㌖", "Å", "ſ", "K", "ǰ"),
    "words": (
        "a", "ab ", "水", "水。", "か", "ー", "가", "x" * 61 + " ", "a-1 ", "it's ", "covid-19 ", "http://a.b/",
        "因", "由",
    ),
}  # fmt: skip

# The first and last letter of what is written in thirty scripts.
SCRIPTS: dict[str, tuple[int, int]] = {
    "Latin": (0x41, 0x17F), "Greek": (0x391, 0x3C9), "Cyrillic": (0x410, 0x45F), "Armenian": (0x531, 0x586),
    "Hebrew": (0x591, 0x5EA), "Arabic": (0x600, 0x6FF), "Syriac": (0x710, 0x74A), "Thaana": (0x780, 0x7B1),
    "NKo": (0x7CA, 0x7FA), "Devanagari": (0x900, 0x97F), "Bengali": (0x980, 0x9FE), "Gurmukhi": (0xA01, 0xA76),
    "Gujarati": (0xA81, 0xAFF), "Odia": (0xB01, 0xB77), "Tamil": (0xB82, 0xBFA), "Telugu": (0xC00, 0xC7F),
    "Kannada": (0xC80, 0xCF3), "Malayalam": (0xD00, 0xD7F), "Sinhala": (0xD81, 0xDF4), "Thai": (0xE01, 0xE5B),
    "Lao": (0xE81, 0xEDF), "Tibetan": (0xF00, 0xFDA), "Burmese": (0x1000, 0x109F), "Georgian": (0x10A0, 0x10FF),
    "Hangul": (0xAC00, 0xD7A3), "Ethiopic": (0x1200, 0x1399), "Cherokee": (0x13A0, 0x13FD),
    "Khmer": (0x1780, 0x17F9), "Mongolian": (0x1800, 0x18AA), "kana": (0x3041, 0x30FF), "Han": (0x4E00, 0x9FFF),
    "cuneiform": (0x12000, 0x12399),
}  # fmt: skip
_HUGE = (
    ("e" + "\u0301" * 100_000, "marks"),
    ("水" * 5_000_000, "words"),
    ("第一条" * 50_000, "places"),
    ("M" * 300_000, "numerals"),
)


class Hostile:
    """A generator of questions; equal seeds give equal questions in equal order."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._kinds = list(ATOMS)

    def questions(self, count: int) -> Iterator[tuple[str, str]]:
        """Yield ``count`` questions with their kind; the first ones cover every kind in turn."""
        makers: list[Callable[[], tuple[str, str]]] = [
            self._repeated, self._mixed, self._mutated, self._script, self._repeated, self._around,
            self._mutated, self._any,
        ]  # fmt: skip
        for i in range(count):
            if i % 100 == 99:
                text, kind = self.random.choice(_HUGE)
                yield kind, text
            else:
                yield makers[i % len(makers)]()

    def atom(self) -> tuple[str, str]:
        """Return a kind and a piece of it."""
        kind = self.random.choice(self._kinds)
        return kind, self.random.choice(ATOMS[kind])

    def _repeated(self) -> tuple[str, str]:
        """Return a repetition of exactly the allowed length, or shorter, or longer by one."""
        kind, atom = self.atom()
        length = self.random.choice((LONGEST, LONGEST, LONGEST + 1, self.random.randrange(1, 300)))
        return kind, (atom * (length // len(atom) + 1))[:length]

    def _around(self) -> tuple[str, str]:
        """Return an ordinary question before or after a repetition."""
        kind, repeated = self._repeated()
        plain = self.random.choice(PLAIN)
        repeated = repeated[: LONGEST - len(plain)]
        return kind, plain + repeated if self.random.random() < 0.5 else repeated + plain

    def _mixed(self) -> tuple[str, str]:
        pieces = [self.atom()[1] for _ in range(self.random.choice((3, 10, 60)))]
        return "mixed", "".join(pieces)[:LONGEST]

    def _mutated(self) -> tuple[str, str]:
        """Return an ordinary question with characters deleted, doubled, moved or replaced by worse ones."""
        text = list(self.random.choice(PLAIN))
        for _ in range(self.random.randrange(1, 6)):
            at = self.random.randrange(len(text) + 1)
            match self.random.randrange(4):
                case 0:
                    del text[at : at + 2]
                case 1:
                    text[at:at] = text[at : at + 4] * self.random.choice((1, 40))
                case 2:
                    text[at:at] = self.atom()[1]
                case _:
                    text[at : at + 1] = self.random.choice(self.random.choice(PLAIN))
        return "mutated", "".join(text)

    def _script(self) -> tuple[str, str]:
        name = self.random.choice(list(SCRIPTS))
        first, last = SCRIPTS[name]
        letters = [chr(self.random.randint(first, last)) for _ in range(self.random.choice((8, 80, LONGEST)))]
        return name, "".join(c if self.random.random() < 0.85 else " " for c in letters)

    def _any(self) -> tuple[str, str]:
        """Return any code points, including lone surrogates and unassigned ones."""
        return "any", "".join(chr(self.random.randrange(0x110000)) for _ in range(self.random.choice((2, 30, 400))))

    def files(self, count: int) -> Iterator[tuple[str, bytes]]:
        """Yield ``count`` question files, as suffixes and bytes; two in three are damaged."""
        for i in range(count):
            suffix = (".txt", ".csv", ".jsonl")[i % 3]
            data = self._file(suffix)
            for _ in range(self.random.choice((0, 1, 5))):
                at = self.random.randrange(len(data) or 1)
                wrong = self.random.choice(
                    (b"", b"\0", b"\xff", b'"', b"\n", b"\x80", b"{" * 2000, bytes([(data[at] if data else 0) ^ 4]))
                )
                data = data[:at] + wrong + data[at + self.random.choice((0, 1, 9)) :]
            yield suffix, data

    def _file(self, suffix: str) -> bytes:
        asked = [self._mutated()[1] if self.random.random() < 0.6 else self.atom()[1] for _ in range(4)]
        if suffix == ".jsonl":
            lines = [self._record(q) for q in asked]
        elif suffix == ".csv":
            lines = [
                self.random.choice(("question", "id,问题", "a,a", "", "x,y,z")),
                *(f"{self._cell()},{q}" for q in asked),
            ]
        else:
            lines = asked
        encoding = self.random.choice(("utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "latin-1"))
        return "\n".join(lines).encode(encoding, errors=self.random.choice(("ignore", "replace")))

    def _record(self, question: str) -> str:
        """Return a line of JSON: mostly an object with a question, sometimes one that only Python reads."""
        value = self.random.choice(
            ("7", "1e999", "NaN", "-Infinity", "1" * 5000, '"\\ud800"', "[" * 3000, "null", "{}")
        )
        sane = self.random.random() < 0.7
        name = self.random.choice(("question", "问题", "rank", "a\\u0000", "\\udfff"))
        own = f', "{name}": {value}' if not sane else ""
        return f'{{"question": {json.dumps(question, ensure_ascii=self.random.random() < 0.5)}{own}}}'

    def _cell(self) -> str:
        return self.random.choice(("1", '"', '"a\nb"', "=1+1", "x" * 200_000, "\u202e", ""))
