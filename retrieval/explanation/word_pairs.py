"""The matches of a question and a passage as pairs of words, for those who show them."""

from collections.abc import Iterable

from retrieval.records import Match


def different(question: str, text: str, matches: Iterable[Match]) -> dict[tuple[str, str], Match]:
    """The matches of which the two words are not the same, by the words, each pair once, in their order."""
    found: dict[tuple[str, str], Match] = {}
    for match in matches:
        asked, met = question[slice(*match.question)], text[slice(*match.passage)]
        if asked.casefold() != met.casefold():
            found.setdefault((asked, met), match)
    return found
