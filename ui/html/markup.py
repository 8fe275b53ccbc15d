"""HTML elements on top of markupsafe: strings that are not ``Html`` are escaped, their text directions isolated."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from markupsafe import Markup as Html
from markupsafe import escape

from index.text.controls import isolated

__all__ = ["EMPTY", "Html", "element", "join"]

EMPTY: Final = Html()
_SPECIAL = re.compile("[&<>'\"]")
_VOID = frozenset({"br", "col", "input", "meta", "link"})  # elements without an end tag


def element(name: str, /, *children: str, **attributes: str | bool) -> Html:
    """Return ``<name ...>children</name>``.

    ``class_`` is written class and ``data_x`` data-x. An attribute that is True has no value, one that is False is left
    out.
    """
    written = "".join(
        [
            f'{_attribute(key)}="{"" if value is True else _escaped(value)}"'
            for key, value in attributes.items()
            if value is not False
        ]
    )
    return Html(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{_joined(children)}</{name}>")


def join(*children: str) -> Html:
    """Return children one after the other."""
    return Html(_joined(children))


def _joined(children: Iterable[str]) -> str:
    return "".join([child if isinstance(child, Html) else _escaped(isolated(child)) for child in children])


@cache
def _attribute(key: str) -> str:
    return f" {key.rstrip('_').replace('_', '-')}"


def _escaped(text: str | bool) -> str:
    """Return the text escaped, as a plain string: most strings have nothing to escape."""
    text = str(text)
    return str(escape(text)) if _SPECIAL.search(text) else text
