"""Which part of a web page is its text: what to leave out, and where the rest stands."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from index.loaders.source import strip_blank

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_NEVER = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template iframe svg canvas object embed audio video select button input textarea "
        "datalist head title nav footer aside dialog rp rt",
    )
)
_ROLES = ("navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_AROUND = re.compile(
    r"(?:^|[-_])(?:nav|navbar|navigation|menu|topmenu|crumbs?|breadcrumbs?|footer|foot|sidebar|copyright|share|related"
    r"|comments?|toolbar|pagination|pager|banner|qrcode|bdsharebuttonbox)(?:$|[-_\d])",
    re.IGNORECASE,
)
_CONTAINERS = ("div", "section", "td", "table", "tbody", "tr", "center", "form", "main", "article", "body", "html")
_MOST_AROUND = 0.3  # share of the page's text above which a part is the text, whatever it is called
_LEAST_MAIN = 0.5  # share of the page's text that <main> or <article> must hold to be believed
_LEAST_INNER = 0.9  # share of the page's text that a container must hold for all outside it to be left out
_LINKED = 0.7  # share of links above which a part is a menu or a list of other pages
_LEAST_LINKS = 3

TreeEvent = tuple[Literal["start", "end", "text"], "Tag | str"]


def walk(root: "Tag") -> Iterator[TreeEvent]:
    """Beginnings and ends of tags and the text between them; no recursion, as unclosed tags nest without limit."""
    from bs4 import Tag
    from bs4.element import NavigableString, PreformattedString

    yield "start", root
    stack = [(root, iter(root.contents))]
    while stack:
        tag, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "end", tag
        elif isinstance(child, Tag):
            yield "start", child
            stack.append((child, iter(child.contents)))
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):  # comments and the like
            yield "text", str(child)


def select_main_text(soup: "BeautifulSoup") -> tuple["Tag", str]:
    """The part of a page that holds its text, and the page's heading if that stands outside of it, else nothing.

    Takes everything out of the page that is never text.
    """
    for tag in soup.find_all(_is_never):
        tag.extract()
    sizes = _Sizes(soup)
    for tag in soup.find_all(True):
        if sizes.is_around(tag):
            tag.extract()
    sizes = _Sizes(soup)
    main = _main(soup, sizes)
    headings = [h for h in soup.find_all("h1") if strip_blank(h.get_text())]
    if len(headings) == 1 and not any(parent is main for parent in headings[0].parents) and headings[0] is not main:
        return main, " ".join(headings[0].get_text().split())
    return main, ""


def _is_never(tag: "Tag") -> bool:
    return (
        tag.name in _NEVER
        or (tag.name == "header" and tag.find_parent(["article", "main"]) is None and tag.find("h1") is None)
        or "hidden" in tag.attrs
        or tag.get("aria-hidden") == "true"
        or tag.get("role") in _ROLES
        or bool(_HIDDEN.search(str(tag.get("style", ""))))
    )


class _Sizes:
    """How many characters of text and how many of them in links each part of a page holds."""

    def __init__(self, soup: "BeautifulSoup") -> None:
        self._found: dict[int, tuple[int, int, int]] = {}  # characters, linked ones, links
        open_: list[list[int]] = []
        for what, item in walk(soup):
            if what == "start":
                open_.append([0, 0, 0])
            elif what == "text":
                open_[-1][0] += len("".join(str(item).split()))
            else:
                size, linked, links = open_.pop()
                if item.name == "a" and item.get("href"):  # type: ignore[union-attr]
                    linked, links = size, 1
                self._found[id(item)] = size, linked, links
                if open_:
                    open_[-1][:] = [a + b for a, b in zip(open_[-1], (size, linked, links), strict=True)]
        self.all = self.own(soup)

    def own(self, tag: "Tag") -> int:
        """Characters that are not in links."""
        size, linked, _ = self._found.get(id(tag), (0, 0, 0))
        return size - linked

    def is_around(self, tag: "Tag") -> bool:
        """Whether a part surrounds the text: a menu, a form, a list of links, or what its name says it is."""
        size, linked, links = self._found.get(id(tag), (0, 0, 0))
        if size - linked > _MOST_AROUND * self.all:
            return False
        names = [tag.get("id"), *(tag.get("class") or [])]
        return (
            tag.name in ("form", "menu")
            or any(_AROUND.search(str(name)) for name in names if name)
            or (tag.name in ("ul", "ol", "div", "table") and links >= _LEAST_LINKS and linked > _LINKED * size)
        )


def _main(soup: "BeautifulSoup", sizes: _Sizes) -> "Tag":
    candidates = soup.find_all(lambda tag: tag.name in ("main", "article") or tag.get("role") == "main")
    best = max(candidates, key=sizes.own, default=None)
    if best is not None and sizes.own(best) >= _LEAST_MAIN * sizes.all:
        return best
    at: Tag = soup
    while True:
        inner = [tag for tag in at.find_all(_CONTAINERS, recursive=False) if sizes.own(tag) >= _LEAST_INNER * sizes.all]
        if not inner or not sizes.all:
            return at
        at = inner[0]
