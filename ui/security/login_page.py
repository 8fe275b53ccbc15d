"""The page on which one signs in: a form that needs no script."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from ui.html.document import html_document
from ui.html.markup import EMPTY, Html, element, join
from ui.html.static_files import static
from ui.security.sessions import OTHERS, ListedSession
from ui.words import CHOICES, PageWords

SIGN_IN, SIGN_OUT, SESSIONS = "/login", "/logout", "/sessions"
END = "end"  # the field with the session to end
_BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari", "curl/": "curl"}
_SYSTEMS = ("Windows", "iPhone", "iPad", "Android", "Mac OS", "Linux")
_STYLES = ("colours.css", "login.css")
PUBLIC_FILES = frozenset(static(name) for name in (*_STYLES, "icon.svg"))
"""Addresses of the files that are given to those who are not signed in."""

NEXT = "next"  # the field with the query string of the page that was asked for


def sign_in_link(target: str = "", language: str = "") -> str:
    """Return the URL of the sign-in form; ``target`` is the query string to return to."""
    given = {NEXT: target, "language": language}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{SIGN_IN}?{query}" if query else SIGN_IN


def login_page(words: PageWords, *, said: str = "", name: str = "", target: str = "") -> str:
    """Return the sign-in form; ``said`` is the error of the last attempt."""
    access = words.access
    form = element(
        "form",
        element("p", said, role="alert") if said else EMPTY,
        _field(access.name, "name", "text", "username", name[:100]),
        _field(access.password, "password", "password", "current-password"),
        element("input", type="hidden", name=NEXT, value=target),
        element("button", access.sign_in, type="submit"),
        method="post",
        action=sign_in_link(language=words.language),
    )
    languages = (
        element("a", label, href=sign_in_link(target, code), lang=code)
        for label, code in CHOICES
        if code != words.language
    )
    body = element("main", element("h1", words.name), form, element("p", *languages, class_="other"))
    return _page(words, f"{words.name} · {access.sign_in}", body)


def sessions_page(words: PageWords, name: str, sessions: Sequence[ListedSession]) -> str:
    """The sessions of a user, each with a button that ends it."""
    access = words.access
    rows = [element("li", *_session(one, words), class_="own" if one.is_own else "") for one in sessions]
    others = _end_button(OTHERS, access.end_others) if any(not one.is_own for one in sessions) else EMPTY
    back = element("p", element("a", access.back, href="/"), class_="other")
    heading = element("h1", access.sessions_of.format(name=name))
    return _page(
        words, f"{words.name} · {access.sessions}", element("main", heading, element("ul", *rows), others, back)
    )


def _session(one: ListedSession, words: PageWords) -> Iterator[Html]:
    access = words.access
    yield element("strong", _device(one.agent) or access.unknown_device)
    yield element("span", one.address)
    yield element(
        "span", access.session_times.format(started=_ago(one.started, words), used=_ago(one.last_used, words))
    )
    yield element("em", access.this_session) if one.is_own else _end_button(one.id, access.end_session)


def _end_button(wanted: str, label: str) -> Html:
    field = element("input", type="hidden", name=END, value=wanted)
    return element("form", field, element("button", label), method="post", action=SESSIONS)


def _device(agent: str) -> str:
    """Return browser and system in words: Firefox, Windows."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in agent), agent[:40])
    return ", ".join(filter(None, [browser, next((system for system in _SYSTEMS if system in agent), "")]))


def _ago(seconds: float, words: PageWords) -> str:
    minutes = int(seconds // 60)
    if not minutes:
        return words.access.just_now
    if minutes < 60:
        return words.access.minutes.format(count=minutes)
    return words.access.hours.format(count=minutes // 60)


def moved_page(target: str, words: PageWords) -> str:
    """Return a page that redirects at once."""
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
