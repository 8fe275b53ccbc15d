"""Texts that try to become markup, what comes of them in every handler of the page, and what they are compared with."""

import csv
import inspect
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from itertools import product
from typing import Any

from index.records import Division, Document, Heading, Link, Passage, Span
from tests.ui.fakes import BigramSearcher, Standing, document
from ui.app.api import Api
from ui.app.application import Handler, page_handlers, program_handlers
from ui.handlers.ask import AskHandlers
from ui.handlers.error_handlers import HandlerResult
from ui.handlers.frame import FrameHandlers
from ui.handlers.library import LibraryHandlers
from ui.html.markup import Html

BREAKING = (
    "",
    '"',
    "'",
    ">",
    '">',
    "'>",
    "</p>",
    "</mark>",
    "-->",
    "]]>",
    "</textarea>",
    "</title>",
    "</script>",
    "`",
    "\0",
)
VECTORS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><a xlink:href=javascript:alert(1)><text>x",
    "<math><mtext><style><img src onerror=alert(1)>",
    "<math href=javascript:alert(1)>x",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<template><b id=zj-question>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<form action=//evil.example><button>x",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<style>@import '//evil.example'</style>",
    "<object data=//evil.example>",
    "<video><source onerror=alert(1)>",
    "<select><option><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<xmp><plaintext>",
    "<!-- <img src=x onerror=alert(1)>",
    "<![CDATA[<b>x</b>]]>",
    "<?xml version='1.0'?><b>x",
    "</",
    "<b",
    "<IMG/SRC=x/OnErRoR=alert(1)//",
    " onmouseover=alert(1) x=",
    " style=background:url(//evil.example) x=",
    " autofocus onfocus=alert(1) tabindex=0 x=",
    " data-copy=x data-open=y data-ask=z id=zj-go ",
)
OTHERS = (
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "&quot;&gt;&lt;b&gt;",
    "&NewLine;&Tab;&colon;&lpar;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)",
    "＜script＞alert(1)＜/script＞",
    "‹img src=x onerror=alert(1)›",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "<\ufeffimg src=x onerror=alert(1)>",
    "\u202e<b>gnirts</b>\u202c",
    "<ſcript>alert(1)</ſcript>",
    "<img\x0bsrc=x\x0conerror=alert(1)>",
    "<img src=x\x00onerror=alert(1)>",
    "<b>\u2028<i>\u2029</i>",
    "{{7*7}}",
    "${alert(1)}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% raw %}<b>x",
    "[[x]]((y))",
    "{0} {name} {question}",
    "%s %(name)s",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/x",
    "\\\\evil.example\\x",
    'https://evil.example/" onclick="alert(1)',
    '?q="><b>&p=<i>#<u>',
    "=cmd|' /C calc'!A0",
    "\x1b[31m<b>",
    "😀<b>\U000e0041</b>",
    "<b>" * 20,
    "'\"" * 20,
)
PAYLOADS = tuple(dict.fromkeys([*(a + b for a, b in product(BREAKING, VECTORS)), *OTHERS]))

# Each sign becomes one of mathematics; letters and what ends sentences or lines stay, so that the form stays the same.
_SIGNS = "<>&\"'`=/\\{}$()[]:#%@*+^|~-"
HARMLESS = str.maketrans({sign: chr(0x2200 + i) for i, sign in enumerate(_SIGNS)})


ROUNDS = ((True, "en"), (False, "zh"))  # whether what is asked for is there, and the language of the page


def library(text: str) -> tuple[Document, ...]:
    """Two documents with the text in everything that a file may bring along."""
    other = (Division(kind="章", number=1, title=text),)
    return (_holding(f"{text}.txt", text), document(f"other {text}.txt", text, [(other, 1, text, f"{text}。")]))


def _holding(name: str, text: str) -> Document:
    one, two = (Division(kind="章", number=n, title=text) for n in (1, 2))
    said = f"{text}很长的一段话，里面写着{text}。此外再无别的。"
    rows = [((one,), 1, text, said), ((two,), 1, "", f"再说一遍{text}。\n{text}")]
    made = document(name, text, rows, **{text: text})
    target = made.passages[1].id
    linked = replace(
        made.passages[0],
        links=(
            Link(span=Span(0, len(text)), targets=(target, f"gone {text}")),
            Link(span=Span(len(text), len(text) + 2)),
        ),
    )
    empty = Heading(path=(Division(kind="章", number=3, title=text),), line=9)
    return replace(made, passages=(linked, made.passages[1]), headings=(empty,), remarks=(text,))


class Visitor:
    """Calls every handler that is registered, with a text wherever a text can be given."""

    def __init__(self) -> None:
        self._live = Standing(BigramSearcher(library("text")))
        ask = AskHandlers(self._live)
        frame, library_handlers = FrameHandlers(ask, can_leave=True), LibraryHandlers(self._live, ask.lookup, None)
        programs = program_handlers(Api(self._live, ask.limit))
        self.handlers: dict[str, Handler] = programs | page_handlers(ask, frame, library_handlers)

    def gather(self, text: str, rounds: Sequence[tuple[bool, str]] = ROUNDS) -> Iterator[tuple[str, Html]]:
        """The name of each handler with each piece of HTML that it gives, for what is there and for what is not."""
        documents = library(text)
        self._live.searcher, self._live.problem = BigramSearcher(documents), text
        for known, language in rounds:
            job = ""
            for name, handler in self.handlers.items():
                given = _arguments(text, documents[0].passages[0], known=known, language=language, job=job)
                wanted = inspect.signature(handler).parameters
                shown = self._call(handler, {one: given[one] for one in wanted})
                job = shown.get("job", job) if known else job
                yield from ((name, piece) for piece in pieces(shown))

    def _call(self, handler: Callable[..., HandlerResult], given: Mapping[str, Any]) -> HandlerResult:
        try:
            return handler(**given)
        except Exception as error:  # noqa: BLE001 (a program gets its words, and no HTML)
            return {"error": str(error)}


def _arguments(text: str, passage: Passage, *, known: bool, language: str, job: str) -> dict[str, Any]:
    """What each parameter is given; a handler with a parameter of another name needs a line here."""
    there = passage.id if known else text
    table = StringIO()
    csv.writer(table).writerows((("问题", "备注"), ("很长的一段话里写着什么", text)))
    noted = {"question": text, "citation": text, "text": text, "note": text, "marked": [text]}
    return {
        "question": text,
        "terms": text if known else "",
        "reference": there,
        "passage": there,
        "passages": [there, text],
        "document": passage.document if known else text,
        "documents": [],
        "language": language,
        "languages": language,
        "base": "https://own.example/" if known else text,
        "known": text,
        "shown": text,
        "name": f"{text}x.csv",
        "data": b64encode(table.getvalue().encode()).decode() if known else text,
        "job": job or text,
        "tokens": [text],
        "items": [{"passage": there, **noted}, {"passage": f"gone {text}", **noted}],
        "form": "csv" if known else text,
        "wide": False,
        "k": 5,
        "start": 0,
        "limit": 10,
        "chapter": "",
        "first": "1" if known else text,
        "second": "2" if known else text,
        "chunks": [0, 1],
        "sentences": [[there, 0, len(text) + 3]],
    }


def pieces(shown: object) -> Iterator[Html]:
    """All HTML in what a handler gives, however deep it lies."""
    if isinstance(shown, Html):
        yield shown
    elif isinstance(shown, Mapping):
        assert isinstance(shown.get("html", Html()), Html)
        for value in shown.values():
            yield from pieces(value)
    elif isinstance(shown, list | tuple):
        for value in shown:
            yield from pieces(value)


class Form(HTMLParser):
    """How often each element is there with which attributes, all texts, and the addresses."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[tuple[str, ...]] = Counter()
        self.others: list[str] = []  # comments and the like, which no template has
        self.texts: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if ("class", "zj-example") not in attrs:  # how many examples there are depends on their words
            self.elements[tag, *sorted(name for name, _ in attrs)] += 1
        self.texts += [value or "" for _, value in attrs]
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)
