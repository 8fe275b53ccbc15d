"""HTML elements on top of markupsafe: strings that are not ``Html`` are escaped, their text directions isolated."""

from typing import Final

from markupsafe import Markup as Html
from markupsafe import escape

from index.text.controls import isolated

__all__ = ["EMPTY", "Html", "element", "join"]

EMPTY: Final = Html()
_VOID = frozenset({"br", "col", "input", "meta", "link"})  # elements without an end tag


def element(name: str, /, *children: str, **attributes: str | bool) -> Html:
    """Return ``<name ...>children</name>``.

    ``class_`` is written class and ``data_x`` data-x. An attribute that is True has no value, one that is False is left
    out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{"" if value is True else escape(str(value))}"'
        for key, value in attributes.items()
        if value is not False
    )
    return Html(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: str) -> Html:
    """Return children one after the other."""
    return EMPTY.join(child if isinstance(child, Html) else isolated(child) for child in children)
