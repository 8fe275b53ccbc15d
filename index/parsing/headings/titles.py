"""Joining of headings that are spread over two lines: a number and the title below it, a caption and its article."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from index.parsing.headings.classification import SENTENCE_ENDS, UNNUMBERED, ClassifiedLine, is_heading_text
from index.parsing.headings.words import is_note, is_unnumbered_division, parse_word_heading
from index.text.chinese import KANA
from index.text.numerals import HEADING_NUMBER_PATTERN, SPACED_NUMBER_PATTERN, parse_number

_MAX_LATIN_TITLE_LENGTH = 160  # characters of a title on a line of its own below "Chapter V"
_ARTICLE_LEVEL = 4  # of an article that consists of sections, as if the format gave it
_MIN_NESTED_SHARE = 0.5  # of articles followed by a section
_MIN_CAPTIONS, _MIN_CAPTIONED_SHARE = 3, 0.4  # of articles with a caption above them
_MIN_SENTENCES_SHARE, _MAX_TITLE_WORDS = 0.8, 12  # of short sentences behind a number that are titles
_MAX_SHARE_ELSEWHERE = 0.5  # of lines that look like captions and are none
_MIN_TITLED_SHARE = 0.8  # of articles with a title below their number
_BARE_NUMBER = re.compile(rf"[第제]\s*{HEADING_NUMBER_PATTERN}\s*[條条조](?:\s*[之의の]\s*{HEADING_NUMBER_PATTERN})?$")
_KANA = re.compile(f"[{KANA}]")
_CAPTION = re.compile(r"（[^（）]{1,40}）$")
_CAPTION_BEHIND = re.compile(
    rf"[第제]\s*{HEADING_NUMBER_PATTERN}\s*[条條조](?:\s*[之의の]\s*{HEADING_NUMBER_PATTERN})?\s*[（(【]([^（()）【】]{{1,40}})[)）】]$"
)
_WORDS_BEHIND = re.compile(rf"第\s*{HEADING_NUMBER_PATTERN}\s*[条條]\s+([^\s（(【]{{1,20}})$")
_IN_BRACKETS = re.compile(r"[（(【]([^（()）【】]{1,40})[)）】]$")
_SUB = re.compile(rf"[之の의]\s*({SPACED_NUMBER_PATTERN})$")


def merge_titles_below(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines, with a title on the line below its number moved into the heading.

    The title of an article also stays a line of the article's text.
    """
    kept: list[ClassifiedLine] = []
    regular = _regular_titles(lines)
    for row, (line, after) in enumerate(pairwise([*lines, None])):
        assert line is not None
        before = kept[-1] if kept else None
        if row in regular:
            line = ClassifiedLine(replace(line.line, level=0, gap=True), "text")
        elif before is None or before.division is None or not _is_title_of(line, before, after):
            kept.append(line)
            continue
        assert before is not None
        assert before.division is not None
        title = _title(line.line.text)
        if not before.division.number:  # TÍTULO PRELIMINAR / Disposiciones generales
            title = f"{before.division.title} {title}"
        kept[-1] = replace(before, division=replace(before.division, title=title))
        if before.kind == "article":
            kept.append(line)
        else:
            kept[-1] = replace(kept[-1], title_line=line.line)
    return kept


def _regular_titles(lines: Sequence[ClassifiedLine]) -> set[int]:
    """Return the rows of titles below the numbers of articles where their form is no proof, but all articles have one.

    They are short texts as in Macao (第一條 / 標的), or headings of the format one level below the number.
    """
    articles = [row for row, line in enumerate(lines[:-2]) if line.division and line.division.kind == "条"]
    found: set[int] = set()
    for row in articles:
        number, line, after = lines[row : row + 3]
        alone = bool(_BARE_NUMBER.match(number.line.text)) or _is_number_alone(number.line.text)
        below = after.division is None or after.kind == "item"
        if alone and below and _may_be_regular_title(number, line):
            found.add(row + 1)
    levels = {lines[row].line.level for row in found}
    others = sum(line.line.level in levels and line.line.level > 0 for line in lines) - len(found)
    return found if len(found) >= max(_MIN_CAPTIONS, _MIN_TITLED_SHARE * len(articles)) and others <= 0 else set()


def _may_be_regular_title(number: ClassifiedLine, line: ClassifiedLine) -> bool:
    if number.division is None or number.division.title or not is_heading_text(line.line.text):
        return False
    if number.line.level:
        unnumbered = line.division is not None and line.division.kind == UNNUMBERED
        return unnumbered and line.line.level == number.line.level + 1
    return _has_cjk(number.line.text) and line.kind == "text" and line.line.text[-1] not in ".)）"


def _title(text: str) -> str:
    bracketed = _IN_BRACKETS.match(text)
    return " ".join((bracketed[1] if bracketed else text).split())


def _is_title_of(line: ClassifiedLine, before: ClassifiedLine, after: ClassifiedLine | None) -> bool:
    """Return whether a line is the title of the numbered heading directly above it."""
    division = before.division
    if division is None or is_note(line.line.text):
        return False
    if division.title if division.number else not is_unnumbered_division(before.line.text) or before.title_line:
        return False
    unnumbered = line.kind == "heading" and line.division is not None and line.division.kind == UNNUMBERED
    if before.line.level or line.line.level:  # ## CHAPTER I and ## GENERAL PROVISIONS
        return before.kind == "heading" and unnumbered and before.line.level == line.line.level
    title = unnumbered or (line.kind == "text" and line.line.text[-1] != "." and _is_title(line, after))
    if before.kind == "article":
        number = before.line.text
        if _has_cjk(number):  # as in Macao
            return number[-1] in "条條조" and line.kind == "text" and bool(_IN_BRACKETS.match(line.line.text))
        # with nothing below, the line is the article's text
        below = after is not None and (after.division is None or after.kind == "item")
        return title and (below or unnumbered) and _is_number_alone(number)
    gap = line.line.gap and not line.line.page  # formats with pages show no blank lines
    return before.kind == "heading" and title and not gap


def _is_number_alone(text: str) -> bool:
    found = parse_word_heading(text)
    return found is not None and not found.rest


def _is_title(line: ClassifiedLine, after: ClassifiedLine | None) -> bool:
    """Return whether a text is short enough for a title; a longer one needs a new start on the next line."""
    text = line.line.text
    if after is not None and after.division is None and after.line.text[0].islower() and not _has_cjk(text):
        return False  # the first line of a sentence
    if is_heading_text(text):
        return True
    longest = 0 if after is None or _has_cjk(text) else _MAX_LATIN_TITLE_LENGTH
    return len(text) <= longest and text[-1] not in SENTENCE_ENDS


def _has_cjk(text: str) -> bool:
    return any("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3" for c in text)


def title_sentences_behind(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; "Artículo 3. Convocatoria." and 第六条　退社 have a title if nearly all such have text below.

    Elsewhere such a short sentence is mostly all that an article says.
    """
    found = {row: title for row, line in enumerate(lines) if (title := _sentence_behind(line))}
    titled = {row for row in found if row + 1 < len(lines) and lines[row + 1].kind in ("text", "item")}
    if len(titled) < max(_MIN_CAPTIONS, _MIN_SENTENCES_SHARE * len(found)):
        return list(lines)
    return [
        replace(line, division=replace(line.division, title=found[row])) if row in titled and line.division else line
        for row, line in enumerate(lines)
    ]


def _sentence_behind(line: ClassifiedLine) -> str:
    """Return the words behind an article's number and its full stop that may be a title with one, without it."""
    if line.kind != "article" or line.division is None or line.division.title:
        return ""
    if found := _WORDS_BEHIND.match(line.line.text):  # 第六条　退社
        return "" if found[1][-1] in SENTENCE_ENDS else found[1]
    if line.line.text[-1] != ".":
        return ""
    heading = parse_word_heading(line.line.text)
    rest = heading.rest.rstrip(".") if heading and heading.marked and not heading.first else ""
    return rest if rest[:1].isalpha() and "." not in rest and len(rest.split()) <= _MAX_TITLE_WORDS else ""


def nest_sections_in_articles(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; where articles consist of sections, as in American constitutions, sections are deeper."""
    divisions = [line.division.kind if line.division and line.division.number else "" for line in lines]
    followed = [after for kind, after in pairwise(divisions) if kind == "条"]
    if followed.count("节") < max(2, _MIN_NESTED_SHARE * len(followed)):
        return list(lines)
    levels = {"条": _ARTICLE_LEVEL, "节": _ARTICLE_LEVEL + 1}
    return [
        replace(line, line=replace(line.line, level=levels[kind])) if kind in levels else line
        for line, kind in zip(lines, divisions, strict=True)
    ]


def merge_subs_below(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; 之一 on the line below 第五条 becomes part of the article's number."""
    kept: list[ClassifiedLine] = []
    for line in lines:
        before = kept[-1] if kept else None
        found = _SUB.match(line.line.text) if line.kind == "text" and before and before.kind == "article" else None
        if found and before and before.division and before.line.text[-1] in "条條조":
            kept[-1] = replace(before, division=replace(before.division, sub=parse_number(found[1])))
        kept.append(line)
    return kept


def title_captions_behind(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; a caption in brackets behind an article's number, as in Taiwan, becomes its title.

    Without a text below it, it is the text: 第一百九十九条（删去）.
    """
    return [
        _with_caption(line) if after is not None and after.division is None else line
        for line, after in pairwise([*lines, None])
        if line is not None
    ]


def _with_caption(line: ClassifiedLine) -> ClassifiedLine:
    if line.kind != "article" or line.division is None or line.division.title:
        return line
    found = _CAPTION_BEHIND.match(line.line.text)
    return replace(line, division=replace(line.division, title=found[1].strip())) if found else line


def merge_captions_above(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; a caption above an article becomes the article's first line, and its title without brackets.

    A document has captions in brackets if it is Japanese, and others if articles regularly have one.
    """
    captions = _bracketed_captions(lines) | _regular_captions(lines)
    kept: list[ClassifiedLine] = []
    for row, line in enumerate(lines):
        if row - 1 in captions and line.division:
            caption = kept[-1].line
            kept[-1] = replace(line, line=caption, division=replace(line.division, title=_title(caption.text)))
            line = ClassifiedLine(replace(line.line, gap=True), "text")  # not joined with the caption
        kept.append(line)
    return kept


def _bracketed_captions(lines: Sequence[ClassifiedLine]) -> set[int]:
    if not any(_KANA.search(line.line.text) for line in lines):
        return set()
    return {row for row in _rows_above_articles(lines) if _CAPTION.match(lines[row].line.text)}


def _regular_captions(lines: Sequence[ClassifiedLine]) -> set[int]:
    """Return the rows of captions, none if too few articles have one or such lines stand elsewhere as well."""
    above = _rows_above_articles(lines)
    if not above:
        return set()
    found = {row for row in above if _may_be_caption(lines, row)}
    articles = sum(line.kind == "article" for line in lines)
    if len(found) < max(_MIN_CAPTIONS, _MIN_CAPTIONED_SHARE * articles):
        return set()
    first = next(row for row, line in enumerate(lines) if line.kind in ("heading", "article"))
    elsewhere = sum(_may_be_caption(lines, row) for row in range(first, len(lines)) if row not in found)
    return found if elsewhere <= _MAX_SHARE_ELSEWHERE * len(found) else set()


def _rows_above_articles(lines: Sequence[ClassifiedLine]) -> list[int]:
    return [
        row
        for row, (line, after) in enumerate(pairwise(lines))
        if line.kind == "text" and after.kind == "article" and not after.line.level
    ]


def _may_be_caption(lines: Sequence[ClassifiedLine], row: int) -> bool:
    """Return whether a text is short, begins anew and has no end of a sentence, and the text above it has one."""
    line, text = lines[row], lines[row].line.text
    if line.kind != "text" or line.line.row or not text[0].isalpha() or text[0].islower():
        return False
    if not is_heading_text(text) or text[-1] == ".":
        return False
    return row == 0 or lines[row - 1].kind != "text" or lines[row - 1].line.text[-1] in f'{SENTENCE_ENDS}.)）”»"'
