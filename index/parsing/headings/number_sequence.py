"""Choice among candidates for headings: a heading whose words are no proof must continue the numbers around it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.parsing.headings.classification import RANKS, UNNUMBERED, ClassifiedLine, parse_dotted
from index.parsing.headings.words import FIRST_CJK, parse_word_heading
from index.records import Division

_MAX_STEP = 3  # between numbers of an outline or of dotted headings

# The best series of numbers has the highest sum of the weights of its candidates, less what gaps and jumps cost.
_CERTAIN = 10.0  # such as "Article 5" on a line of its own
_TENTATIVE = 1.0  # 第五条为了…
_AMBIGUOUS = 0.4  # 第五条所称…, as likely a sentence about the article
_UNLIKELY = -0.1  # 第三章的规定…, rather a sentence
_OTHER_STYLE = -1.2  # in addition, if most candidates have a space after the number and this one has none
_CONSECUTIVE = 0.6  # for a number that follows the previous one
_GAP = -0.5
_RESTART = -0.3  # a number 1 below another heading than the previous number
_UNEXPECTED_RESTART = -1.2
_BACKWARD = -3.0
_LOOKBACK = 30  # candidates; more are rarely passed over
_MIN_STYLE_SHARE = 0.8  # of certain candidates, and of those with words behind the number
_MIN_BROKEN_LENGTH = 50  # characters; a shorter line may be a title
_MAX_REMARKS = 20  # on doubts in one document
_INSERTED = re.compile(r"[.:]\d+[a-z]+$")  # a label whose sub has two more digits for the letter
_MIN_STYLED, _MIN_STYLED_SHARE = 5, 0.9  # candidates whose style the format gives
_MAX_BARE_LENGTH = 20  # characters of a number alone on its line


class _Candidate(NamedTuple):
    """A candidate: its row, its number, its weight, and how many outer headings precede it."""

    row: int
    number: tuple[int, float]
    weight: float
    breaks: int


def drop_numbers_out_of_sequence(lines: Sequence[ClassifiedLine]) -> Iterator[ClassifiedLine]:
    """Yield the lines; a tentative heading that is not in the best series of its kind becomes text.

    The numbers of an outline start with 1 under each heading and increase by up to three. 1.2 continues 1.1, and any
    last number may be 1.
    """
    rejected = _rejected(lines)
    outline = _Outline()
    for row, line in enumerate(lines):
        accepted = line.division is None or (row not in rejected and outline.accept(line))
        yield line if accepted else ClassifiedLine(replace(line.line, level=0), "text")


def remark_doubts(before: Sequence[ClassifiedLine], after: Sequence[ClassifiedLine]) -> list[str]:
    """Return a remark for each line whose reading only its number decided; both have the same lines."""
    remarks: list[str] = []
    for candidate, chosen in zip(before, after, strict=True):
        place = f"line {candidate.line.number}"
        if candidate.ambiguous and chosen.division is not None:
            remarks.append(
                f"{place}: read as a heading, as its number continues the others: {candidate.line.text[:40]}"
            )
        elif candidate.kind in ("heading", "article") and chosen.division is None and _number(candidate):
            remarks.append(f"{place}: read as text, as its number does not fit the others: {candidate.line.text[:40]}")
    more = len(remarks) - _MAX_REMARKS
    return [*remarks[:_MAX_REMARKS], *([f"{more:,} more lines are read by their numbers alone"] if more > 0 else [])]


def _number(line: ClassifiedLine) -> int:
    return line.division.number if line.division else 0


def _rejected(lines: Sequence[ClassifiedLine]) -> set[int]:
    """Return the rows of the candidates that are not in the best series of their kind."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for row, line in enumerate(lines):
        if line.division is not None and line.division.number and line.kind in ("heading", "article"):
            by_kind[line.division.kind].append(row)
    rejected: set[int] = set()
    for kind, rows in by_kind.items():
        tentative = _tentative(lines, rows)
        if tentative:
            chosen = _best_series(_candidates(lines, rows, tentative, RANKS[kind]))
            rejected |= tentative - chosen
    return rejected


def _tentative(lines: Sequence[ClassifiedLine], rows: Sequence[int]) -> set[int]:
    """Return the rows of tentative candidates, and those without a heading's style if nearly all others have it.

    A number alone on its line is tentative if nearly all others with its word have words behind it. A number below a
    line that breaks off within a sentence is, if it also stands elsewhere or only a manual line break is above it.
    """
    styled = sum(lines[row].line.level > 0 for row in rows)
    all_styled = styled >= max(_MIN_STYLED, _MIN_STYLED_SHARE * len(rows))
    bare = {row for row in rows if lines[row].line.text[0] < FIRST_CJK and is_bare_number(lines[row])}
    words = {row: lines[row].line.text[0] for row in rows}  # its first letter, or the sign
    alone, every = (Counter(words[row] for row in some) for some in (bare, rows))
    doubtful = {row for row in bare if _are_few(alone[words[row]], every[words[row]])}
    unstyled = {row for row in rows if all_styled and not lines[row].line.level}
    going_on = {row for row in rows if _goes_on_in_paragraph(lines, row)}
    torn = {row for row in rows if row and not lines[row].line.gap and _breaks_off(lines[row - 1])}
    whole = {_key(lines[row]) for row in rows if row not in torn}
    references = {row for row in torn if _key(lines[row]) in whole}
    return doubtful | unstyled | going_on | references | {row for row in rows if lines[row].tentative}


def _key(line: ClassifiedLine) -> tuple[str, int, int] | None:
    return line.division.key if line.division else None


def _are_few(bare: int, every: int) -> bool:
    return every - bare >= max(_MIN_STYLED, _MIN_STYLE_SHARE * every)


def is_bare_number(line: ClassifiedLine) -> bool:
    """Return whether a line is the number of an article and nothing else, as the end of a reference may be."""
    if line.kind != "article" or len(line.line.text) > _MAX_BARE_LENGTH:
        return False
    heading = parse_word_heading(line.line.text)
    return heading is not None and not heading.rest


def _candidates(
    lines: Sequence[ClassifiedLine], rows: Sequence[int], tentative: set[int], rank: int
) -> list[_Candidate]:
    certain = len(rows) - len(tentative)
    other_style = _OTHER_STYLE if certain > 1 and certain >= _MIN_STYLE_SHARE * len(rows) else 0.0
    candidates: list[_Candidate] = []
    breaks, at = 0, 0
    for row in rows:
        breaks += sum(_is_outer_heading(line, rank) for line in lines[at:row])
        at, line = row + 1, lines[row]
        weight = _UNLIKELY if line.unlikely else _AMBIGUOUS if line.ambiguous else _TENTATIVE
        breaks_off = (row and _breaks_off(lines[row - 1])) or _goes_on_in_paragraph(lines, row)
        weight = min(weight, _UNLIKELY) if breaks_off else weight
        weight = weight + other_style if row in tentative else _CERTAIN
        assert line.division is not None
        candidates.append(_Candidate(row, _order(line.division), weight, breaks))
    return candidates


def _order(division: Division) -> tuple[int, float]:
    """Return number and sub for comparison: 2:10a is between 2:10 and 2:11."""
    if _INSERTED.search(division.label):
        return division.number, division.sub / 100
    return division.number, division.sub


def _breaks_off(line: ClassifiedLine) -> bool:
    """Return whether a line ends within a sentence, so that the number below it is that of a reference."""
    text = line.line.text
    within = len(text) >= _MIN_BROKEN_LENGTH and (text[-1].islower() or text[-1] == ",")
    return within and line.kind in ("text", "item", "article")


def _goes_on_in_paragraph(lines: Sequence[ClassifiedLine], row: int) -> bool:
    """Return whether a line goes on behind several words, within a paragraph: as defined in / Article 7."""
    text = lines[row - 1].line.text if row and lines[row].line.in_paragraph and not lines[row].line.level else ""
    return text[-1:].islower() and text.count(" ") > 1


def _is_outer_heading(line: ClassifiedLine, rank: int) -> bool:
    if line.kind != "heading" or line.division is None:
        return False
    return line.division.kind == UNNUMBERED or RANKS.get(line.division.kind, rank) < rank


def _best_series(candidates: Sequence[_Candidate]) -> set[int]:
    """Return the rows of the series with the highest score."""
    scores: list[float] = []
    before: list[int] = []  # the previous candidate of the best series that ends with each, -1 for none
    for i, candidate in enumerate(candidates):
        best, previous = (0.0 if candidate.number[0] == 1 else _RESTART), -1
        for j in range(max(0, i - _LOOKBACK), i):
            score = scores[j] + _step(candidates[j], candidate)
            if score > best:
                best, previous = score, j
        scores.append(best + candidate.weight)
        before.append(previous)
    at = max(range(len(scores)), key=scores.__getitem__)
    at = at if scores[at] > 0 else -1
    chosen: set[int] = set()
    while at >= 0:
        chosen.add(candidates[at].row)
        at = before[at]
    return chosen


def _step(before: _Candidate, after: _Candidate) -> float:
    """Return the score of two numbers that follow each other in a series."""
    (number, sub), (next_number, next_sub) = before.number, after.number
    if (next_number == number + 1 and next_sub <= 1) or (next_number == number and 0 < next_sub - sub <= 2):
        return _CONSECUTIVE
    if after.number > before.number:
        return _GAP
    if next_number == 1 and next_sub == 0:
        return _RESTART if after.breaks > before.breaks else _UNEXPECTED_RESTART
    return _BACKWARD


class _Outline:
    """The previous number of each kind in an outline."""

    def __init__(self) -> None:
        self._items: dict[str, int] = {}
        self._above: dict[str, int] = {}  # the last numbers above the last heading
        self._dotted: tuple[int, ...] = ()

    def accept(self, line: ClassifiedLine) -> bool:
        """Return whether a heading continues the outline, and if so make it the previous one."""
        assert line.division is not None
        if line.kind == "item":
            return self._accept_item(line.division)
        if line.tentative and line.division.kind == UNNUMBERED:
            return self._accept_dotted(parse_dotted(line.line.text))
        self._above |= self._items
        self._items = {}
        return True

    def _accept_item(self, division: Division) -> bool:
        above = 0 if division.kind in self._items else self._above.get(division.kind, 0)
        if not _continues(self._items.get(division.kind, 0), division.number) and division.number != above + 1:
            return False
        deeper = {kind for kind in self._items if RANKS[kind] > RANKS[division.kind]}
        self._above |= {
            kind: self._items[kind] for kind in deeper
        }  # （四） below 二、 may go on after （三） below 一、
        self._items = {kind: number for kind, number in self._items.items() if RANKS[kind] < RANKS[division.kind]}
        self._items[division.kind] = division.number
        return True

    def _accept_dotted(self, numbers: tuple[int, ...]) -> bool:
        before = self._dotted[: len(numbers)]
        if len(numbers) == 1:
            accepted = numbers[0] == (before[0] if before else 0) + 1
        else:
            accepted = numbers[-1] == 1 or (before[:-1] == numbers[:-1] and _continues(before[-1], numbers[-1]))
        if not accepted:
            return False
        self._dotted = numbers
        return True


def _continues(before: int, number: int) -> bool:
    return number == 1 or (0 < before < number <= before + _MAX_STEP)
