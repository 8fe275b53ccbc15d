"""Markdown: a report with a heading for each question, from which the rows can be read again.

Quoted texts are read from the quotation itself, so that an edited report is checked as it stands. The rest of a row is
in an invisible comment behind it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from index.errors import QuestionError
from retrieval.tables.records import About, Row, Table, cell_text, json_default

_VISIBLE = ("question", "answer", "text")  # columns that are read from the visible text
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&$]")
_OPENING = re.compile(r"^(\s*\d{1,9}(?=[.)](?:\s|$))|\s*(?=[-+=:]))")  # would begin a list, a rule or a heading
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]|^ +| +$", re.MULTILINE)
_ESCAPES = re.compile(r"\\([!-/:-@\[-`{-~])|&#(\d{1,7});")
_COMMENT = re.compile(r"<!-- (table|row) (\{.*\}) -->")
_HEADING = re.compile(r"## (?:\d+\.(?: |$))?(.*)")
_ANSWER = "Answer: "


def written(columns: Sequence[str], rows: Iterable[Row], about: About) -> bytes:
    """Return the bytes of the report: what it was made with, then the questions."""
    own = [name for name in about.get("own", ()) if name in columns and name != "question"]
    head = [
        "# Evidence",
        "",
        *_front(about),
        "",
        _comment("table", {"columns": list(columns), "about": dict(about)}),
        "",
    ]
    return "\n".join([*head, *_body(columns, own, rows)]).encode("utf-8", "replace")


def _front(about: About) -> Iterator[str]:
    yield from ("| | |", "|---|---|")
    for name, value in about.items():
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else cell_text(value)
        if text:
            yield f"| {escaped(name)} | {escaped(text, inline=True)} |"


def _body(columns: Sequence[str], own: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    number = 0
    for row in rows:
        if row.get("rank") in (None, "", 1, "1"):
            number += 1
            yield from _question(number, own, row)
        yield from _hit(row)
        kept = {name: row.get(name) for name in columns if name not in _VISIBLE}
        yield from (_comment("row", kept), "")


def _question(number: int, own: Sequence[str], row: Row) -> Iterator[str]:
    yield from (f"## {number}. {escaped(cell_text(row.get('question')), inline=True)}".rstrip(" "), "")
    reason = f" ({escaped(cell_text(row['reason']))})" if row.get("reason") else ""
    yield from (f"{cell_text(row.get('status'))}{reason}, confidence {cell_text(row.get('confidence'))}", "")
    for name in own:
        yield f"- {escaped(name, inline=True)}: {escaped(cell_text(row.get(name)), inline=True)}"
    if own:
        yield ""


def _hit(row: Row) -> Iterator[str]:
    if not row.get("passage"):
        return
    yield from (f"### {cell_text(row.get('rank'))}. {escaped(cell_text(row.get('citation_zh')), inline=True)}", "")
    if row.get("answer"):
        yield from (f"{_ANSWER}{escaped(cell_text(row['answer']), inline=True)}", "")
        citations = (row.get("answer_citation_zh"), row.get("answer_citation_en"))
        yield from (f"Cited as: {escaped('; '.join(cell_text(c) for c in citations if c), inline=True)}", "")
    yield from (*_quotation(cell_text(row.get("text"))), "")
    page = f"page {row['page']}, " if row.get("page") else ""
    where = f"{page}line {row.get('line')}, characters {row.get('start')} to {row.get('end')}, score {row.get('score')}"
    link = f", [open](<{row['link']}>)" if row.get("link") else ""
    scan = f", {row['scan']}" if row.get("scan") else ""
    yield from (f"Source: {escaped(cell_text(row.get('citation_en')), inline=True)}, {where}{scan}{link}", "")


def _quotation(text: str) -> list[str]:
    lines = escaped(text).split("\n")
    return [f"> {line}\\" if line and i < len(lines) else f"> {line}".rstrip(" ") for i, line in enumerate(lines, 1)]


def _comment(name: str, value: Mapping[str, Any]) -> str:
    """Return a comment that nothing inside it can end."""
    text = json.dumps(value, ensure_ascii=False, default=json_default)
    for mark in "<>-":
        text = _escaped_json(text, mark)
    return f"<!-- {name} {text} -->"


def _escaped_json(text: str, mark: str) -> str:
    """Return JSON with a character escaped inside strings; a minus stays before a number."""
    if mark != "-":
        return text.replace(mark, f"\\u{ord(mark):04x}")
    return re.sub(r"-(?=-)|(?<=-)-", r"\\u002d", text)


def escaped(text: str, *, inline: bool = False) -> str:
    """Return a text escaped for Markdown; ``inline`` text stays on one line."""
    plain = _SPECIAL.sub(lambda found: "\\" + found.group(), text)
    lines = [_OPENING.sub(lambda found: found.group() + "\\", line) for line in plain.split("\n")]
    plain = ("&#10;" if inline else "\n").join(lines)
    return _INVISIBLE.sub(lambda found: "".join(f"&#{ord(c)};" for c in found.group()), plain)


def unescaped(text: str) -> str:
    """Return the text that ``escaped`` was given."""
    return _ESCAPES.sub(lambda found: found[1] or chr(int(found[2])), text)


def read(text: str) -> Table:
    """Read a report made by ``written``. Raises QuestionError with the line."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(line, number)
    if not reader.columns:
        raise QuestionError("it is no evidence table; give one that zhangju batch has written")
    rows, numbers = tuple(reader.rows), tuple(reader.numbers)
    return Table(columns=reader.columns, rows=rows, numbers=numbers, about=reader.about)


class _Reader:
    """Collects the visible texts of a row until the comment that ends it."""

    def __init__(self) -> None:
        self.columns: tuple[str, ...] = ()
        self.about: dict[str, Any] = {}
        self.rows: list[Row] = []
        self.numbers: list[int] = []
        self._question = self._answer = ""
        self._quoted: list[str] = []
        self._begin = 0  # line number of the quotation

    def take(self, line: str, number: int) -> None:
        """Read the next line."""
        if comment := _COMMENT.fullmatch(line):
            value = _parsed(comment[2], number)
            if comment[1] == "row":
                self._end(value, number)
            else:
                self.columns, self.about = tuple(value.get("columns", ())), dict(value.get("about", {}))
        elif heading := _HEADING.fullmatch(line):
            self._question = unescaped(heading[1])
        elif line.startswith(_ANSWER):
            self._answer = unescaped(line.removeprefix(_ANSWER))
        elif line.startswith(">"):
            self._begin = self._begin or number
            self._quoted.append(line[1:].removeprefix(" "))

    def _end(self, kept: Row, number: int) -> None:
        visible = {"question": self._question, "answer": self._answer, "text": _unquoted(self._quoted)}
        row = {**kept, **visible}
        self.rows.append({name: row.get(name) for name in self.columns})
        self.numbers.append(self._begin or number)
        self._answer, self._quoted, self._begin = "", [], 0


def _parsed(text: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"line {number} was changed so that it cannot be read: {error}") from error
    return value if isinstance(value, dict) else {}


def _unquoted(lines: Sequence[str]) -> str:
    return unescaped("\n".join(_without_break(line) for line in lines))


def _without_break(line: str) -> str:
    """Return a line without the backslash at its end, unless that is escaped itself."""
    backslashes = len(line) - len(line.rstrip("\\"))
    return line[:-1] if backslashes % 2 else line
