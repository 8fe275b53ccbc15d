"""What a browser has collected, as it comes from there: every field is checked, for anyone may have written it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST = 200  # passages in a basket
NOTE = 1_000  # characters of a note

_LONGEST = {"passage": 300, "question": 2_000, "citation": 1_000, "text": 1_000, "note": NOTE}  # characters
_MARKED, _SENTENCE = 8, 4_000  # sentences of a passage, characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketItem:
    """A passage that was collected; ``citation``, ``text`` and ``marked`` are as the page showed them at that time.

    ``text`` is how the passage begins, ``marked`` the sentences that were marked, ``note`` the reader's own words.
    """

    passage: str
    question: str = ""
    citation: str = ""
    text: str = ""
    note: str = ""
    marked: tuple[str, ...] = field(default=())


def read_basket(given: object) -> tuple[BasketItem, ...]:
    """The items of a basket in their order, each passage once. Raises ValueError where it holds more than it may."""
    if not isinstance(given, list) or len(given) > MOST:
        raise ValueError(f"a basket is a list of at most {MOST} passages")
    items: dict[str, BasketItem] = {}
    for item in map(_item, given):
        items.setdefault(item.passage, item)
    return tuple(items.values())


def _item(given: Any) -> BasketItem:
    if not isinstance(given, Mapping):
        raise ValueError("a passage in a basket is an object")
    texts = {name: given.get(name, "") for name in _LONGEST}
    for name, text in texts.items():
        if not isinstance(text, str) or len(text) > _LONGEST[name]:
            raise ValueError(f"{name} is a text of at most {_LONGEST[name]} characters")
    marked = given.get("marked", [])
    if not isinstance(marked, list) or not all(isinstance(one, str) and len(one) <= _SENTENCE for one in marked):
        raise ValueError(f"marked is a list of texts of at most {_SENTENCE} characters")
    if not texts["passage"]:
        raise ValueError("a passage in a basket has an id")
    return BasketItem(**texts, marked=tuple(marked[:_MARKED]))
