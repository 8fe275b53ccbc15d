"""The Gradio page: what stands where, and which handler answers what."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from index.errors import ZhangjuError
from index.pointer import Generation
from ui import server
from ui.examples import MOST, example_questions
from ui.handlers import Live, Outcome, Serving, begin, find, notes, pulse, show
from ui.markup import Html
from ui.render import render_documents, render_masthead
from ui.theme import stylesheet, theme
from ui.words import CHOICES, Language, preferred_language, words_for

log = logging.getLogger(__name__)

TITLE = "章句 Zhangju"
PULSE = "/pulse"  # what open pages look at to learn of another index
EVERY = 3  # seconds between two looks, which are a kilobyte each

_NAME_THE_LANGUAGE = '(language) => { document.documentElement.lang = language === "en" ? "en" : "zh-CN"; }'
# Asked without Gradio, which shows an alarm for each call that fails and later loads the page again: it may well fail,
# as the program can be stopped while a page is open, and what was typed shall stay.
_LOOK = f"""async (seen) => {{
    if (document.hidden) return seen;
    try {{
        const reply = await fetch("{PULSE}", {{cache: "no-store"}});
        return reply.ok ? await reply.text() : seen;
    }} catch {{ return seen; }}
}}"""
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_AT_ONCE: dict[str, Any] = {"queue": False, **_QUIET}
_SEARCH: dict[str, Any] = {"concurrency_limit": 1, "concurrency_id": "search", **_QUIET}  # there is one model


class Parts(NamedTuple):
    """The components that carry words, in the order in which events fill them."""

    masthead: gr.HTML
    switch: gr.Radio
    question: gr.Textbox
    ask: gr.Button
    prompt: gr.HTML
    documents: gr.HTML
    examples: tuple[gr.Button, ...]

    def flat(self) -> list[Any]:
        """All of them, one after the other."""
        return [*self[:-1], *self.examples]

    def of_the_index(self) -> list[Any]:
        """Those that tell what is in the index."""
        return [self.documents, *self.examples]


class Spots(NamedTuple):
    """What is filled while the page is used, in the order in which events fill it."""

    outcome: gr.State  # an Outcome, or None before the first question
    result: gr.HTML
    known: gr.State  # the Generation that the visitor knows of, or None where the program was started again
    told: gr.Row  # what is told of the index: a notice, and beside it the button that asks again
    notice: gr.HTML
    again: gr.Button


def build_page(live: Live, *, language: Language = "zh") -> gr.Blocks:
    """The page over what answers; ``language`` is for browsers that ask for neither Chinese nor English."""
    parts = _parts(live.current(), language)
    notice, again, result = _html("zj-notice"), _again(language, visible=False), _html("zj-result")
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        with gr.Row(elem_id="zj-top"):
            _put(parts.masthead, parts.switch)
        _put(parts.documents)
        with gr.Row(elem_id="zj-ask"):
            _put(parts.question, parts.ask)
        with gr.Row(elem_id="zj-examples"):
            _put(parts.prompt, *parts.examples)
        with gr.Row(elem_id="zj-told", visible=False) as told:
            _put(notice, again)
        _put(result)
        spots = Spots(gr.State(None), result, gr.State(None), told, notice, again)
        _wire(page, _Events(live, language), parts, spots)
    return page


def build_app(live: Live, *, language: Language = "zh") -> FastAPI:
    """The page as a web application; every setting that Gradio would take from the environment is given here."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(PULSE)
    async def look() -> PlainTextResponse:
        return PlainTextResponse(pulse(live.current()))

    page = build_page(live, language=language)
    page.vibe_mode = False  # GRADIO_VIBE_MODE would add an editor that writes files
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path="",
        theme=theme(),
        css=stylesheet(),
        footer_links=[],
        allowed_paths=[],
        max_file_size=1,  # nothing is uploaded here
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
    )
    return app


def serve(
    live: Live,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], None] = log.info,
) -> None:
    """Serve the page until Ctrl-C; ``announce`` gets its address as soon as it listens. Port 0 is any free one.

    Raises ``ZhangjuError`` where the host and port cannot be had.
    """
    try:
        listening = server.listen(host, port)
    except OSError as error:
        raise ZhangjuError(server.why_not(host, port, error)) from error
    server.run(build_app(live), listening, host, announce=announce, open_browser=open_browser)


def _parts(serving: Serving, language: str) -> Parts:
    """The components in one language: to build the page with, and later to rename those that stand there."""
    words = words_for(language)
    documents = serving.searcher.documents
    texts = [*example_questions(documents, words), *[""] * MOST][:MOST]
    return Parts(
        masthead=_html("zj-masthead", render_masthead(words)),
        switch=gr.Radio(
            list(CHOICES), value=words.language, label=words.switch, container=False, elem_id="zj-switch", render=False
        ),
        question=gr.Textbox(
            label=words.question,
            placeholder=words.placeholder,
            lines=1,
            max_lines=4,
            autofocus=True,
            container=False,
            elem_id="zj-question",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="search"),
            render=False,
        ),
        ask=gr.Button(words.ask, variant="primary", elem_id="zj-go", render=False),
        prompt=_html("zj-prompt", Html(words.examples)),
        documents=_html("zj-documents", render_documents(documents, words)),
        examples=tuple(
            gr.Button(text, size="sm", visible=bool(text), elem_classes="zj-example", render=False) for text in texts
        ),
    )


def _html(name: str, value: Html | str = "") -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None, render=False)


def _again(language: str, *, visible: bool) -> gr.Button:
    return gr.Button(words_for(language).ask_again, size="sm", visible=visible, elem_id="zj-again", render=False)


def _put(*components: gr.components.Component) -> None:
    for component in components:
        component.render()  # type: ignore[no-untyped-call]


class _Events:
    """What Gradio calls: values of components in, what fills others out."""

    def __init__(self, live: Live, language: Language) -> None:
        self._live = live
        self._language = language

    def start(self, question: str, language: str, known: Generation | None) -> list[Any]:
        """All spots."""
        started = begin(question)
        return [started, show(started, language), known, *self._told(self._live.current(), known, started, language)]

    def answer(self, question: str, language: str) -> list[Any]:
        """All spots. Another index may have come while the question was looked up."""
        found = find(self._live.current(), question)
        told = self._told(self._live.current(), found.generation, found, language)
        return [found, show(found, language), found.generation, *told]

    def again(self, language: str, shown: Outcome | None, known: Generation | None) -> Iterator[list[Any]]:
        """All spots, twice, for the question whose answer is shown; what is typed stays."""
        question = shown.question if shown else ""
        yield self.start(question, language, known)
        yield self.answer(question, language)

    def rename(self, language: str, shown: Outcome | None, known: Generation | None) -> list[Any]:
        """All parts, the result, and what is told."""
        serving = self._live.current()
        return [*_parts(serving, language).flat(), show(shown, language), *self._told(serving, known, shown, language)]

    def greet(self, request: gr.Request) -> list[Any]:
        """All parts, the generation, and what is told."""
        serving = self._live.current()
        language = preferred_language(request.headers.get("accept-language", ""), self._language)
        told = self._told(serving, serving.generation, None, language)
        return [*_parts(serving, language).flat(), serving.generation, *told]

    def refresh(self, language: str, shown: Outcome | None, known: Generation | None) -> list[Any]:
        """The parts that tell of the index, and what is told."""
        serving = self._live.current()
        return [*_parts(serving, language).of_the_index(), *self._told(serving, known, shown, language)]

    def _told(self, serving: Serving, known: Generation | None, shown: Outcome | None, language: str) -> list[Any]:
        """The last three spots."""
        said = notes(serving, known, shown, language)
        return [gr.Row(visible=bool(said.notice)), said.notice, _again(language, visible=said.is_older)]


def _wire(page: gr.Blocks, events: _Events, parts: Parts, spots: Spots) -> None:
    """Connect what visitors do. A question first empties the result, then is looked up."""
    asked = [parts.question, parts.switch]
    shown = [parts.switch, spots.outcome, spots.known]
    empty: dict[str, Any] = {"fn": events.start, "inputs": [*asked, spots.known], "outputs": list(spots)}
    starts = [gr.on([parts.question.submit, parts.ask.click], **empty, **_AT_ONCE)]
    for example in parts.examples:
        starts.append(example.click(str, example, parts.question, **_AT_ONCE).then(**empty, **_AT_ONCE))
    for started in starts:
        started.then(events.answer, asked, list(spots), **_SEARCH)
    spots.again.click(events.again, shown, list(spots), **_SEARCH)
    parts.switch.input(events.rename, shown, [*parts.flat(), spots.result, *spots[3:]], **_AT_ONCE)
    parts.switch.change(None, parts.switch, None, js=_NAME_THE_LANGUAGE, api_visibility="private")
    page.load(events.greet, None, [*parts.flat(), *spots[2:]], **_AT_ONCE)
    # The open page looks whether there is something new to tell of the index, and only then asks what.
    seen = gr.Textbox(visible="hidden", container=False, elem_id="zj-seen")
    gr.Timer(EVERY).tick(None, seen, seen, js=_LOOK, **_QUIET)
    seen.change(events.refresh, shown, [*parts.of_the_index(), *spots[3:]], **_AT_ONCE)
