"""How a place is named, in Chinese and in English: 《…规划》第十六章第二节第2段; "…, ch. 16, sec. 2, para. 2"."""

from typing import Literal

from index.numerals import to_chinese
from index.records import Citation, Division, Passage, Path

Language = Literal["zh", "en"]

INFERRED = {"zh": "（推定）", "en": " (inferred)"}  # written behind a level that the text only implies

_ENGLISH = {  # kind: (long, short)
    "编": ("Book", "bk."),
    "篇": ("Part", "pt."),
    "部分": ("Part", "pt."),
    "章": ("Chapter", "ch."),
    "节": ("Section", "sec."),
    "条": ("Article", "art."),
    "专栏": ("Box", "box"),
    "附件": ("Annex", "annex"),
}


def division_label(division: Division, language: Language, *, long: bool = True) -> str:
    """One level in words: 第十六章; "Chapter 16", or "ch. 16" if not ``long``. Says so where the level was inferred."""
    mark = INFERRED[language] if division.inferred else ""
    if not division.number:
        return division.title + mark
    if language == "zh":
        return _chinese_label(division) + mark
    name = _ENGLISH.get(division.kind, (division.kind, division.kind))[0 if long else 1]
    sub = f"-{division.sub}" if division.sub else ""
    return f"{name} {division.number}{sub}{mark}"


def _chinese_label(division: Division) -> str:
    if division.kind in ("专栏", "附件"):
        return f"{division.kind}{division.number}"
    if division.kind == "部分":
        return f"第{to_chinese(division.number)}部分"
    sub = f"之{to_chinese(division.sub)}" if division.sub else ""
    return f"第{to_chinese(division.number)}{division.kind}{sub}"


def paragraph_label(passage: Passage, language: Language, *, long: bool = True) -> str:
    """第3段; "paragraph 3", or "para. 3" if not ``long``; empty where the path alone names the passage."""
    if not passage.ordinal:
        return ""
    if language == "zh":
        return f"第{passage.ordinal}段"
    return f"{'paragraph' if long else 'para.'} {passage.ordinal}"


def cited_path(path: Path) -> Path:
    """The levels a citation names: an article goes without the chapter it stands in, as articles count on."""
    for level, division in enumerate(path):
        if division.kind == "条":
            return path[level:]
    return path


def cite(title: str, passage: Passage) -> Citation:
    """The citation of a passage of the document called ``title``."""
    levels = cited_path(passage.path)
    zh = "".join(division_label(d, "zh") for d in levels) + paragraph_label(passage, "zh")
    en = [division_label(d, "en", long=False) for d in levels] + [paragraph_label(passage, "en", long=False)]
    return Citation(zh=f"《{_without_brackets(title)}》{zh}", en=", ".join([title, *filter(None, en)]))


def _without_brackets(title: str) -> str:
    """A title for use inside 《》: brackets of its own become single ones, as GB/T 15834 has it."""
    return title.replace("《", "〈").replace("》", "〉")
