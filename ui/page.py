"""The Gradio page: what stands where, and which handler answers what."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr
from fastapi import FastAPI

from index.errors import ZhangjuError
from ui import server
from ui.examples import MOST, example_questions
from ui.handlers import Outcome, Searching, find, show, show_pending
from ui.markup import Html
from ui.render import render_documents, render_masthead
from ui.theme import stylesheet, theme
from ui.words import CHOICES, Language, preferred_language, words_for

log = logging.getLogger(__name__)

TITLE = "章句 Zhangju"

_NAME_THE_LANGUAGE = '(language) => { document.documentElement.lang = language === "en" ? "en" : "zh-CN"; }'


class Parts(NamedTuple):
    """The components that carry words, in the order in which events fill them."""

    masthead: gr.HTML
    switch: gr.Radio
    documents: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    prompt: gr.HTML
    examples: tuple[gr.Button, ...]

    def flat(self) -> list[Any]:
        """All of them, one after the other."""
        return [*self[:-1], *self.examples]


def build_page(searcher: Searching, *, language: Language = "zh") -> gr.Blocks:
    """The page over a searcher; ``language`` is for browsers that ask for neither Chinese nor English."""
    parts = _parts(searcher, language)
    result = _html("zj-result", "")
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        with gr.Row(elem_id="zj-top"):
            _put(parts.masthead, parts.switch)
        _put(parts.documents)
        with gr.Row(elem_id="zj-ask"):
            _put(parts.question, parts.ask)
        with gr.Row(elem_id="zj-examples"):
            _put(parts.prompt, *parts.examples)
        _put(result)
        _wire(page, searcher, parts, result, language)
    return page


def build_app(searcher: Searching, *, language: Language = "zh") -> FastAPI:
    """The page as a web application; every setting that Gradio would take from the environment is given here."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    page = build_page(searcher, language=language)
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
    searcher: Searching,
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
    server.run(build_app(searcher), listening, host, announce=announce, open_browser=open_browser)


def _parts(searcher: Searching, language: str) -> Parts:
    """The components in one language: to build the page with, and later to rename those that stand there."""
    words = words_for(language)
    texts = [*example_questions(searcher.documents, words), *[""] * MOST][:MOST]
    return Parts(
        masthead=_html("zj-masthead", render_masthead(words)),
        switch=gr.Radio(
            list(CHOICES), value=words.language, label=words.switch, container=False, elem_id="zj-switch", render=False
        ),
        documents=_html("zj-documents", render_documents(searcher.documents, words)),
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
        examples=tuple(
            gr.Button(text, size="sm", visible=bool(text), elem_classes="zj-example", render=False) for text in texts
        ),
    )


def _html(name: str, value: Html | str) -> gr.HTML:
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None, render=False)


def _put(*components: gr.components.Component) -> None:
    for component in components:
        component.render()  # type: ignore[no-untyped-call]


def _wire(page: gr.Blocks, searcher: Searching, parts: Parts, result: gr.HTML, language: Language) -> None:
    """Connect the events. A question first empties the result, then is looked up."""

    def answer(question: str, language: str) -> tuple[Outcome, Html]:
        found = find(searcher, question)
        return found, show(found, language)

    def rename(language: str, found: Outcome | None) -> list[Any]:
        return [*_parts(searcher, language).flat(), show(found, language)]

    def greet(request: gr.Request) -> list[Any]:
        return _parts(searcher, preferred_language(request.headers.get("accept-language", ""), language)).flat()

    outcome = gr.State(None)
    asked = [parts.question, parts.switch]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    empty: dict[str, Any] = {"fn": show_pending, "inputs": asked, "outputs": result, "queue": False, **quiet}
    starts = [gr.on([parts.question.submit, parts.ask.click], **empty)]
    for example in parts.examples:
        starts.append(example.click(str, example, parts.question, queue=False, **quiet).then(**empty))
    for start in starts:
        start.then(answer, asked, [outcome, result], concurrency_limit=1, **quiet)  # a searcher has one model
    parts.switch.input(rename, [parts.switch, outcome], [*parts.flat(), result], queue=False, **quiet)
    parts.switch.change(None, parts.switch, None, js=_NAME_THE_LANGUAGE, api_visibility="private")
    page.load(greet, None, parts.flat(), queue=False, **quiet)
