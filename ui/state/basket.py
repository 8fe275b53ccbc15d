"""Baskets of passages as browsers send them: every field is validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_PASSAGES = 200
MAX_NOTE = 1_000  # characters

_MAX_LENGTHS = {"passage": 300, "question": 2_000, "citation": 1_000, "text": 1_000, "note": MAX_NOTE}  # characters
_MAX_MARKED, _MAX_SENTENCE = 8, 4_000  # sentences of a passage, characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketItem:
    """A collected passage; ``citation``, ``text`` and ``marked`` are as the page showed them at that time.

    ``text`` is the beginning of the passage, ``marked`` are the highlighted sentences, ``note`` is the reader's own.
    """

    passage: str
    question: str = ""
    citation: str = ""
    text: str = ""
    note: str = ""
    marked: tuple[str, ...] = ()


def read_basket(given: object) -> tuple[BasketItem, ...]:
    """Return the items of a basket in their order, each passage once. Raises ValueError for an invalid basket."""
    if not isinstance(given, list) or len(given) > MAX_PASSAGES:
        raise ValueError(f"a basket is a list of at most {MAX_PASSAGES} passages")
    items: dict[str, BasketItem] = {}
    for item in map(_item, given):
        items.setdefault(item.passage, item)
    return tuple(items.values())


def _item(given: Any) -> BasketItem:
    if not isinstance(given, Mapping):
        raise ValueError("a passage in a basket is an object")
    texts = {name: given.get(name, "") for name in _MAX_LENGTHS}
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > _MAX_LENGTHS[name]:
            raise ValueError(f"{name} is a text of at most {_MAX_LENGTHS[name]} characters")
    marked = given.get("marked", [])
    if not isinstance(marked, list) or not all(isinstance(one, str) and len(one) <= _MAX_SENTENCE for one in marked):
        raise ValueError(f"marked is a list of texts of at most {_MAX_SENTENCE} characters")
    if not texts["passage"]:
        raise ValueError("a passage in a basket has an id")
    return BasketItem(**texts, marked=tuple(marked[:_MAX_MARKED]))
