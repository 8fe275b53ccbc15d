"""Check of tentative headings against the numbering around them: a number out of sequence makes the line text."""

from collections.abc import Iterable, Iterator

from index.loaders.source import Line
from index.parsing.headings import DOTTED_NUMBER, RANKS, UNNUMBERED, ClassifiedLine
from index.records import Division

_MAX_STEP = 3  # between numbers of an outline or of dotted headings
_MAX_ARTICLE_STEP = 5  # where the text after the number may also be the rest of a sentence
_AMBIGUOUS_STARTS = ("所", "中", "第")  # of an article's text or of a sentence about the article


def drop_numbers_out_of_sequence(lines: Iterable[ClassifiedLine]) -> Iterator[ClassifiedLine]:
    """Yield the lines; a tentative heading whose number does not continue the sequence becomes text.

    The number of an article exceeds the previous one or is 1. The numbers of an outline start with 1 under each heading
    and increase by up to three. 1.2 continues 1.1, and any last number may be 1.
    """
    sequence = _NumberSequence()
    for line in lines:
        yield line if line.division is None or sequence.accept(line) else ClassifiedLine(line.line, "text")


class _NumberSequence:
    """The previous number of each kind."""

    def __init__(self) -> None:
        self._article = 0
        self._items: dict[str, int] = {}
        self._dotted: tuple[int, ...] = ()

    def accept(self, line: ClassifiedLine) -> bool:
        """Return whether a heading continues the sequence, and if so make it the previous one."""
        division = line.division
        assert division is not None
        if line.kind == "item":
            return self._accept_item(division)
        if line.tentative and division.kind == UNNUMBERED:
            return self._accept_dotted(division)
        if division.kind == "条":
            if line.tentative and not self._continues_articles(division, line.line):
                return False
            self._article = division.number
        self._items = {}
        return True

    def _continues_articles(self, division: Division, line: Line) -> bool:
        if line.text.partition("条")[2].startswith(_AMBIGUOUS_STARTS):
            return self._article < division.number <= self._article + _MAX_ARTICLE_STEP
        return division.number > self._article or bool(division.sub) or division.number == 1

    def _accept_item(self, division: Division) -> bool:
        if not _continues(self._items.get(division.kind, 0), division.number):
            return False
        self._items = {kind: number for kind, number in self._items.items() if RANKS[kind] < RANKS[division.kind]}
        self._items[division.kind] = division.number
        return True

    def _accept_dotted(self, division: Division) -> bool:
        found = DOTTED_NUMBER.match(division.title)
        assert found is not None
        numbers = tuple(map(int, found.group(1).split(".")))
        before = self._dotted[: len(numbers)]
        if numbers[-1] != 1 and not (before[:-1] == numbers[:-1] and _continues(before[-1], numbers[-1])):
            return False
        self._dotted = numbers
        return True


def _continues(before: int, number: int) -> bool:
    return number == 1 or (0 < before < number <= before + _MAX_STEP)
