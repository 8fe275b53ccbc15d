"""HTML that is safe by construction: whatever is not an element already is escaped."""

from html import escape
from typing import Final


class Html(str):
    """A piece of HTML that needs no escaping; only ``element`` and ``join`` make one."""

    __slots__ = ()


EMPTY: Final = Html("")
_VOID = frozenset({"br", "input", "meta", "link"})  # elements without an end tag


def element(name: str, /, *children: str, **attributes: str) -> Html:
    """``<name ...>children</name>``; plain strings are escaped, ``class_`` is written class and ``data_x`` data-x."""
    written = (f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    opened = f"<{name}{''.join(written)}>"
    return Html(opened if name in _VOID else f"{opened}{join(*children)}</{name}>")


def join(*children: str) -> Html:
    """Children one after the other, plain strings escaped."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))
