"""Selection of the main text of a web page; menus, footers and other surroundings are left out."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from index.loaders.source import strip_blank

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_NEVER_TEXT = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template iframe svg canvas object embed audio video select button input textarea "
        "datalist head title nav footer aside dialog rp rt",
    )
)
_NEVER_SHOWN = ("script", "style", "noscript", "template", "svg", "head", "title")
_ROLES = ("navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_SURROUNDING_NAME = re.compile(
    r"(?:^|[-_])(?:nav|navbar|navigation|menu|topmenu|crumbs?|breadcrumbs?|footer|foot|sidebar|copyright|share|related"
    r"|comments?|toolbar|pagination|pager|banner|qrcode|bdsharebuttonbox)(?:$|[-_\d])",
    re.IGNORECASE,
)
_CONTAINERS = ("div", "section", "td", "table", "tbody", "tr", "center", "form", "main", "article", "body", "html")
# shares of the page's text outside links
_MAX_SURROUNDING = 0.3  # a larger element is main text, whatever its name
_MIN_MAIN = 0.5  # a smaller <main> or <article> is not trusted
_MIN_CONTAINER = 0.9  # the text outside a larger container is left out
_MAX_LINKED = 0.7  # share of an element's text in links; above it the element is a menu or a list of pages
_MIN_LINKS = 3

TreeEvent = tuple[Literal["start", "end", "text"], "Tag | str"]


def walk(root: "Tag") -> Iterator[TreeEvent]:
    """Yield starts and ends of tags and the text between them. Not recursive: unclosed tags nest without limit."""
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
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):  # not a comment
            yield "text", str(child)


class MainText(NamedTuple):
    """The element with a page's text, the page's heading if it is outside that element, and the lines around it."""

    main: "Tag"
    title: str
    surroundings: tuple[str, ...]


def select_main_text(soup: "BeautifulSoup") -> MainText:
    """Return the text of a page. Removes menus and everything else that is not text from ``soup``."""
    surroundings: list[str] = []
    for tag in soup.find_all(_is_never_text):
        surroundings += [] if tag.name in _NEVER_SHOWN else _lines(tag)
        tag.extract()
    sizes = _TextSizes(soup)
    for tag in soup.find_all(True):
        if sizes.is_surrounding(tag):
            surroundings += _lines(tag)
            tag.extract()
    sizes = _TextSizes(soup)
    main = _main(soup, sizes)
    surroundings += _lines(soup, outside=main)
    headings = [h for h in soup.find_all("h1") if strip_blank(h.get_text())]
    if len(headings) == 1 and not any(parent is main for parent in headings[0].parents) and headings[0] is not main:
        return MainText(main, " ".join(headings[0].get_text().split()), tuple(dict.fromkeys(surroundings)))
    return MainText(main, "", tuple(dict.fromkeys(surroundings)))


def _lines(root: "Tag", outside: "Tag | None" = None) -> list[str]:
    """Return the texts in an element that are not blank, without those in another element."""
    found: list[str] = []
    inside = 0  # of the other element
    for event, item in walk(root):
        inside += (event == "start") * (item is outside) - (event == "end") * (item is outside)
        if event == "text" and not inside and (text := " ".join(str(item).split())):
            found.append(text)
    return found


def _is_never_text(tag: "Tag") -> bool:
    return (
        tag.name in _NEVER_TEXT
        or (tag.name == "header" and tag.find_parent(["article", "main"]) is None and tag.find("h1") is None)
        or "hidden" in tag.attrs
        or tag.get("aria-hidden") == "true"
        or tag.get("role") in _ROLES
        or bool(_HIDDEN.search(str(tag.get("style", ""))))
    )


class _TextSizes:
    """Number of characters, of characters in links, and of links in each element of a page."""

    def __init__(self, soup: "BeautifulSoup") -> None:
        self._found: dict[int, tuple[int, int, int]] = {}
        open_: list[list[int]] = []
        for event, item in walk(soup):
            if event == "start":
                open_.append([0, 0, 0])
            elif event == "text":
                open_[-1][0] += len("".join(str(item).split()))
            else:
                size, linked, links = open_.pop()
                if item.name == "a" and item.get("href"):  # type: ignore[union-attr]
                    linked, links = size, 1
                self._found[id(item)] = size, linked, links
                if open_:
                    open_[-1][:] = [a + b for a, b in zip(open_[-1], (size, linked, links), strict=True)]
        self.total = self.unlinked(soup)

    def unlinked(self, tag: "Tag") -> int:
        """Return the number of characters outside links."""
        size, linked, _ = self._found.get(id(tag), (0, 0, 0))
        return size - linked

    def is_surrounding(self, tag: "Tag") -> bool:
        """Return whether an element surrounds the text: a menu, a form, a list of links, or named as such."""
        size, linked, links = self._found.get(id(tag), (0, 0, 0))
        if size - linked > _MAX_SURROUNDING * self.total:
            return False
        names = [tag.get("id"), *(tag.get("class") or [])]
        return (
            tag.name in ("form", "menu")
            or any(_SURROUNDING_NAME.search(str(name)) for name in names if name)
            or (tag.name in ("ul", "ol", "div", "table") and links >= _MIN_LINKS and linked > _MAX_LINKED * size)
        )


def _main(soup: "BeautifulSoup", sizes: _TextSizes) -> "Tag":
    candidates = soup.find_all(lambda tag: tag.name in ("main", "article") or tag.get("role") == "main")
    best = max(candidates, key=sizes.unlinked, default=None)
    if best is not None and sizes.unlinked(best) >= _MIN_MAIN * sizes.total:
        return best
    at: Tag = soup
    while True:
        containers = at.find_all(_CONTAINERS, recursive=False)
        large = [tag for tag in containers if sizes.unlinked(tag) >= _MIN_CONTAINER * sizes.total]
        if not large or not sizes.total:
            return at
        at = large[0]
