"""Citations in Chinese and in English: 《…规划》第十六章第二节第2段; "…, ch. 16, sec. 2, para. 2"."""

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest
from typing import Literal

from index.cells import cell_at, column_name
from index.records import Citation, Division, InnerDivision, Passage, Path, Span
from index.text.controls import isolated
from index.text.numerals import to_chinese

Language = Literal["zh", "en"]

PATH_SEPARATOR = " › "
_CLAUSE = re.compile(r"((?:[0-9]{1,3}|[A-Z])(?:\.[0-9]{1,3})*)\.?(?:\s|$)")
INFERRED = {"zh": "（推定）", "en": " (inferred)"}  # follows an inferred level

_ENGLISH = {  # kind: (long, short)
    "编": ("Book", "bk."),
    "分编": ("Division", "div."),
    "目": ("Subsection", "subsec."),
    "篇": ("Part", "pt."),
    "部分": ("Part", "pt."),
    "章": ("Chapter", "ch."),
    "节": ("Section", "sec."),
    "条": ("Article", "art."),
    "专栏": ("Box", "box"),
    "附件": ("Annex", "annex"),
    "附录": ("Appendix", "app."),
    "附表": ("Annexed table", "annexed table"),
    "附图": ("Annexed figure", "annexed figure"),
    "鉴于": ("Recital", "recital"),
    "壹、": ("Item", "item"),
    "一、": ("Item", "item"),
    "（一）": ("Item", "item"),
    "1.": ("Item", "item"),
    "（1）": ("Item", "item"),
}
_OUTLINE_MARKERS = {
    "壹、": "{2}、",
    "一、": "{0}、",
    "（一）": "（{0}）",
    "1.": "{1}.",
    "（1）": "（{1}）",
}  # of official documents


def division_label(division: Division, language: Language, *, long: bool = True) -> str:
    """Return the label of one level: 第十六章; "Chapter 16", or "ch. 16" if not ``long``; marked if inferred."""
    mark = INFERRED[language] if division.inferred else ""
    if not division.number:
        return isolated(division.title) + mark
    if language == "zh":
        return _chinese_label(division) + mark
    name = _ENGLISH.get(division.kind, (division.kind, division.kind))[0 if long else 1]
    sub = f"-{division.sub}" if division.sub else ""
    number = f"{division.number}{sub}"
    return f"{name} {number if division.kind in _OUTLINE_MARKERS else division.label or number}{mark}"


def _chinese_label(division: Division) -> str:
    if division.kind in _OUTLINE_MARKERS:
        return _OUTLINE_MARKERS[division.kind].format(to_chinese(division.number), division.number, division.label)
    if division.kind in ("专栏", "附件", "附录", "附表", "附图"):
        return f"{division.kind}{division.label or division.number}"
    if division.kind == "鉴于":
        return f"鉴于（{division.number}）"
    if division.label:
        return f"第{division.label}{division.kind}"
    sub = f"之{to_chinese(division.sub)}" if division.sub else ""
    return f"第{to_chinese(division.number)}{division.kind}{sub}"


def paragraph_label(passage: Passage, language: Language, *, long: bool = True) -> str:
    """Return 第3段; "paragraph 3", or "para. 3" if not ``long``; empty if the path alone identifies the passage."""
    if not passage.ordinal:
        return ""
    if language == "zh":
        return f"第{passage.ordinal}段"
    return f"{'paragraph' if long else 'para.'} {passage.ordinal}"


def titled_label(division: Division, language: Language) -> str:
    """Return the name of a level with its title: 第十六章 推进绿色发展."""
    title = isolated(division.title) if division.number else ""  # an unnumbered level is named by its title alone
    return f"{division_label(division, language)} {title}".strip()


def path_text(path: Path, language: Language, *, paragraph: str = "") -> str:
    """Return a path with titles, outermost level first: 第十六章 推进绿色发展 › 第五节 提高资源利用效率."""
    return PATH_SEPARATOR.join(filter(None, [*(titled_label(d, language) for d in path), paragraph]))


def place_text(passage: Passage, language: Language) -> str:
    """Return the path of a passage with titles and its paragraph: 第十六章 推进绿色发展 › 第3段."""
    return path_text(passage.path, language, paragraph=paragraph_label(passage, language))


def cited_path(path: Path) -> Path:
    """Return the levels that a citation names: from the article or recital down, as these are numbered throughout.

    Where their numbers start again, in each annex or chapter, that level is named as well. Clause 3.1 names clause 3.
    """
    for level, division in enumerate(path):
        if division.kind in ("条", "鉴于"):
            return (*(above for above in path[:level] if above.cited), *path[level:])
    numbers = [clause_number(division) for division in path]
    return tuple(
        d for d, number, below in zip(path, numbers, [*numbers[1:], ""], strict=False) if not _repeats(number, below)
    )


def clause_number(division: Division) -> str:
    """Return the number in the title of a clause: 3.1 of 3.1 Size."""
    found = _CLAUSE.match(division.title) if not division.number else None
    return found[1] if found else ""


def _repeats(number: str, below: str) -> bool:
    """Return whether the number of the clause below contains a clause's number, as 3.1 contains 3."""
    return bool(number) and below.startswith(f"{number}.")


def cite(title: str, passage: Passage, span: Span | None = None) -> Citation:
    """Return the citation of a passage, or of a span of its text down to 款, 项 and 目, or to the cell of a table.

    ``title`` is the document's. A row of a table with a caption is cited by the caption and its label.
    """
    levels = cited_path(passage.path)
    inner = _inner_levels(passage, span) if span is not None else ()
    table = tuple(map(isolated, _table_levels(passage, span)))
    own = table and is_table_row(passage)
    zh = "".join([*_apart([division_label(d, "zh") for d in levels]), "" if own else paragraph_label(passage, "zh")])
    # 专栏1 is the caption itself
    behind = "，" if table and not (own and passage.rows[0].caption == table[0]) else ""
    zh += "".join(map(_chinese_inner, inner)) + (behind if zh else "") + "，".join(table)
    places = [division_label(d, "en", long=False) for d in levels]
    places += [] if own else [paragraph_label(passage, "en", long=False)]
    en = ", ".join(filter(None, places)) + "".join(f"({part.number}{_english_sub(part)})" for part in inner)
    en = ", ".join(filter(None, [en, *table]))
    title = isolated(title)
    return Citation(
        zh=f"《{_with_single_brackets(title)}》{zh}", en=", ".join(filter(None, [title, en])), short_zh=zh, short_en=en
    )


def _apart(labels: list[str]) -> Iterator[str]:
    """Yield the labels, with a comma between two numbers: 专栏3，1."""
    for before, label in pairwise(["", *labels]):
        yield f"，{label}" if before[-1:].isdigit() and label[:1].isdigit() else label


def is_table_row(passage: Passage) -> bool:
    """Return whether a passage is nothing but a row of a table with a caption."""
    return bool(passage.ordinal and len(passage.rows) == 1 and passage.rows[0].caption and passage.rows[0].cells)


def _table_levels(passage: Passage, span: Span | None) -> tuple[str, ...]:
    """Return caption, row and column, as far as they are cited: no caption if the path ends with it."""
    found = cell_at(passage, span) if span is not None else None
    if found is None and not is_table_row(passage):
        return ()
    row, column = (found[0], column_name(found[1])) if found else (passage.rows[0], "")
    named = bool(passage.path) and titled_label(passage.path[-1], "zh") == row.caption
    return tuple(filter(None, ("" if named else row.caption, row.label, column)))


def _inner_levels(passage: Passage, span: Span) -> tuple[InnerDivision, ...]:
    """Return the 款, 项 and 目 that contain a span, outermost first, without the only 款 of an article."""
    first = passage.inner[0].span.start if passage.inner else 0  # the article's number is in no 款
    start = max(span.start, first)
    containing = [part for part in passage.inner if part.span.start <= start and span.end <= part.span.end]
    containing = [
        part for part, below in zip_longest(containing, containing[1:]) if not below or part.kind != below.kind
    ]
    single = passage.ordinal or sum(part.kind == "款" for part in passage.inner) == 1
    return tuple(part for part in containing if part.kind != "款" or not single)


def _chinese_inner(part: InnerDivision) -> str:
    sub = f"之{to_chinese(part.sub)}" if part.sub else ""
    if part.kind == "款":
        return f"第{to_chinese(part.number)}款{sub}"
    return f"第（{to_chinese(part.number)}）项{sub}" if part.kind == "项" else f"第{part.number}目{sub}"


def _english_sub(part: InnerDivision) -> str:
    return f"-{part.sub}" if part.sub else ""


def _with_single_brackets(title: str) -> str:
    """Return a title for use inside 《》: its own brackets become single ones, as GB/T 15834 requires."""
    return title.replace("《", "〈").replace("》", "〉")
