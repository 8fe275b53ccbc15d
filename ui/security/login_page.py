"""The page on which one signs in: a form that needs no script."""

from urllib.parse import urlencode

from ui.html.document import html_document
from ui.html.markup import EMPTY, Html, element, join
from ui.html.static_files import static
from ui.words import CHOICES, PageWords

SIGN_IN, SIGN_OUT = "/login", "/logout"
_STYLES = ("colours.css", "login.css")
PUBLIC_FILES = frozenset(static(name) for name in (*_STYLES, "icon.svg"))
"""Addresses of the files that are given to those who are not signed in."""

NEXT = "next"  # the field with what stood behind the question mark of the page that was asked for


def sign_in_link(target: str = "", language: str = "") -> str:
    """The address of the form; ``target`` is what stands behind the question mark of the page to go to then."""
    given = {NEXT: target, "language": language}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{SIGN_IN}?{query}" if query else SIGN_IN


def login_page(words: PageWords, *, said: str = "", name: str = "", target: str = "") -> str:
    """The form; ``said`` is what went wrong with it before."""
    door = words.access
    form = element(
        "form",
        element("p", said, role="alert") if said else EMPTY,
        _field(door.name, "name", "text", "username", name[:100]),
        _field(door.password, "password", "password", "current-password"),
        element("input", type="hidden", name=NEXT, value=target),
        element("button", door.sign_in, type="submit"),
        method="post",
        action=sign_in_link(language=words.language),
    )
    languages = (
        element("a", label, href=sign_in_link(target, code), lang=code)
        for label, code in CHOICES
        if code != words.language
    )
    body = element("main", element("h1", words.name), form, element("p", *languages, class_="other"))
    return _page(words, f"{words.name} · {door.sign_in}", body)


def moved_page(target: str, words: PageWords) -> str:
    """A page that leads on at once."""
    onward = element("meta", http_equiv="refresh", content=f"0;url={target}")
    return _page(words, words.name, element("main", element("a", words.name, href=target)), onward)


def _field(label: str, name: str, kind: str, autocomplete: str, value: str = "") -> Html:
    box = element(
        "input",
        type=kind,
        name=name,
        value=value,
        id=name,
        autocomplete=autocomplete,
        autocapitalize="none",
        spellcheck="false",
        required="",
    )
    return join(element("label", label, for_=name), box)


def _page(words: PageWords, title: str, body: Html, head: Html = EMPTY) -> str:
    return html_document(body, title=title, language=words.tag, styles=_STYLES, head=head)
