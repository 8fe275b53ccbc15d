"""Page numbers of pages that were copied into a text, and the running headers and footers beside them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from index.parsing.headings.classification import UNNUMBERED, ClassifiedLine
from index.parsing.left_out.words import left_out_words
from index.parsing.line_joining import PARAGRAPH_ENDS

_DASH = "-‐‑‒–—―－~·•"
_MAX_NUMBER_LENGTH = 40  # characters of a line with a page number
_MIN_RATIOS = 3  # 2 / 14, which may be a figure
_NUMBER = re.compile(r"\d+")
_NO_LETTER = re.compile(r"[\W\d_]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MAX_HEADER_LENGTH = 120  # characters
_MIN_WORDS = 3  # of a running header; a heading of one or two words counts on as well
_RATIO = re.compile(r"[^\W\d_].*\s\d{1,4}\s?/\s?\d{1,4}$")  # Gazette p. 2/14
_MIN_HEADERS = 3  # that count on
_MAX_STEP = 3  # between their numbers: not all pages have one
_MIN_LINES = 4  # from one of them to the next; rows of a table are nearer
_MIN_SHARE = 0.4  # of the page numbers that a running line stands beside; left and right pages may differ
_MAX_LINES_BESIDE = 3  # running lines on one side of a page number
_ADDRESS = re.compile(r"https?://|www\.")
_MIN_CUT_LENGTH = 20  # characters of a line that a page cut; a shorter one may be a name or a title


def separate_page_lines(
    lines: Sequence[ClassifiedLine], source: str
) -> tuple[list[ClassifiedLine], list[ClassifiedLine]]:
    """Return the lines without those of pages, and those: page numbers, running headers and running footers.

    A page number is a line with no other words that counts on. Running headers are equal but for a number that counts
    on, or equal and beside page numbers. A sentence that a page cut goes on.
    """
    running = _page_numbers(lines) | _counting_headers(lines)
    running |= _lines_beside(lines, running)
    if not running:
        return list(lines), []
    return list(_closed_up(lines, running, source)), [lines[row] for row in sorted(running)]


@cache
def _page_number() -> re.Pattern[str]:
    words, of = ("|".join(map(re.escape, left_out_words()["page"][key])) for key in ("word", "of"))
    return re.compile(
        rf"(?P<dash>[{_DASH}]+)?\s*(?P<word>{words})?\s*第?\s*(?P<number>\d{{1,4}})\s*(?P<page>[页頁])?"
        rf"(?:[\s,，(（]*(?P<of>{of}|共)\s*\d{{1,4}}\s*[页頁]?)?\s*[)）]?\s*(?P<close>[{_DASH}]+)?$",
        re.IGNORECASE,
    )


def _page_numbers(lines: Sequence[ClassifiedLine]) -> set[int]:
    """Return the rows of page numbers: of one form, and the next or the last one has the next or the last number."""
    forms: dict[str, list[tuple[int, int]]] = defaultdict(list)
    rows: set[int] = set()
    pattern = _page_number()
    for row, line in enumerate(lines):
        text = line.line.text
        found = pattern.match(text) if len(text) <= _MAX_NUMBER_LENGTH and line.line.row is None else None
        if found is None:
            continue
        sure = found["word"] or found["page"] or (found["dash"] and found["close"])
        if sure or found["of"]:
            form = "".join((text[: found.start("number")] + "#" + text[found.end("number") :]).split())
            forms[form if sure else f"/{form}"].append((row, int(found["number"])))
    for form, numbers in forms.items():
        counted = {
            row
            for before, after in pairwise(numbers)
            if after[1] == before[1] + 1 and after[0] > before[0] + 1
            for row in (before[0], after[0])
        }
        if form[0] != "/" or len(counted) >= _MIN_RATIOS:
            rows |= counted
    return rows


def _counting_headers(lines: Sequence[ClassifiedLine]) -> set[int]:
    """Return the rows of lines with the same words and numbers, in any order, except one number that counts on."""
    alike: dict[str, list[int]] = defaultdict(list)
    for row, line in enumerate(lines):
        text = line.line.text
        clause = line.tentative and line.division is not None and line.division.kind == UNNUMBERED  # 12 Gazette
        if (line.kind == "text" or clause) and _may_run(text) and line.line.row is None and _NUMBER.search(text):
            alike["".join(sorted(_NO_LETTER.sub("", text)))].append(row)
    rows: set[int] = set()
    for same in alike.values():
        first = lines[same[0]].line.text
        worded = len(same) >= _MIN_HEADERS and (len(_WORD.findall(first)) >= _MIN_WORDS or bool(_RATIO.search(first)))
        apart = worded and all(below - above >= _MIN_LINES for above, below in pairwise(same))
        if apart and _count_on([lines[row] for row in same], cut=any(_cuts(lines, row) for row in same)):
            rows |= set(same)
    return rows


def _count_on(lines: Sequence[ClassifiedLine], *, cut: bool) -> bool:
    """Return whether lines have the same numbers, and each one more, which is greater from line to line.

    Headings count on as well, so one of the lines must have ``cut`` a sentence, or another number is in all of them,
    such as a date, and the one that counts is in the first or the last word.
    """
    numbers = [Counter(_NUMBER.findall(line.line.text)) for line in lines]
    same = numbers[0]
    for each in numbers[1:]:
        same = same & each
    own = [list((each - same).elements()) for each in numbers]
    if any(len(each) != 1 for each in own):
        return False
    if not cut and not (
        same and all(_is_outer(line.line.text, each[0]) for line, each in zip(lines, own, strict=True))
    ):
        return False
    return all(0 < int(after[0]) - int(before[0]) <= _MAX_STEP for before, after in pairwise(own))


def _is_outer(text: str, number: str) -> bool:
    words = text.split()
    return number in words[0] or number in words[-1]


def _cuts(lines: Sequence[ClassifiedLine], row: int) -> bool:
    """Return whether a line stands within a sentence."""
    if not 0 < row < len(lines) - 1:
        return False
    above, below = lines[row - 1], lines[row + 1]
    if above.kind == "heading" or below.kind != "text" or above.line.text[-1] in PARAGRAPH_ENDS:
        return False
    first = below.line.text[0]
    return first.islower() or (not first.isupper() and first.isalpha() and len(above.line.text) >= _MIN_CUT_LENGTH)


def _lines_beside(lines: Sequence[ClassifiedLine], numbers: set[int]) -> set[int]:
    """Return the rows of equal lines beside page numbers, and of the same line with an address anywhere."""
    found: set[int] = set()
    for _ in range(_MAX_LINES_BESIDE):
        known = numbers | found
        beside = {row for at in known for row in (at - 1, at + 1) if 0 <= row < len(lines)} - known
        beside = {row for row in beside if lines[row].kind == "text" and lines[row].line.row is None}
        counts = Counter(lines[row].line.text for row in beside)
        repeated = {text for text, count in counts.items() if count >= max(2, _MIN_SHARE * len(numbers))}
        new = {row for row in beside if lines[row].line.text in repeated and _may_run(lines[row].line.text)}
        if not new:
            break
        found |= new
    addressed = {text for row in found if _ADDRESS.search(text := lines[row].line.text)}
    return found | {row for row, line in enumerate(lines) if addressed and line.line.text in addressed}


def _may_run(text: str) -> bool:
    return len(text) <= _MAX_HEADER_LENGTH and text[-1] not in PARAGRAPH_ENDS


def _closed_up(lines: Sequence[ClassifiedLine], running: set[int], source: str) -> Iterator[ClassifiedLine]:
    """Yield the other lines; one behind a page's end continues the text before it if that has no end."""
    before: ClassifiedLine | None = None
    gap = cut = False
    for row, line in enumerate(lines):
        if row in running:
            cut, gap = True, gap or line.line.gap
            continue
        if cut:
            yield _continued(before, line, gap=gap or line.line.gap, source=source)
        else:
            yield line
        before, gap, cut = line, False, False


def _continued(before: ClassifiedLine | None, line: ClassifiedLine, *, gap: bool, source: str) -> ClassifiedLine:
    goes_on = before is not None and before.kind != "heading" and before.line.text[-1] not in PARAGRAPH_ENDS
    if before is None or not goes_on:
        return replace(line, line=replace(line.line, gap=gap))
    indented = line.line.start > 0 and source[line.line.start - 1] != "\n"
    soft = line.line.text[0].islower() or (len(before.line.text) >= _MIN_CUT_LENGTH and not indented)
    return replace(line, line=replace(line.line, gap=False, soft=line.line.soft or soft))
