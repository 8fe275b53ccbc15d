"""The frame of the page: masthead, box, regions, outline, help."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from index.citations import division_label
from index.records import Document
from ui.html.document import html_document
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.html.static_files import SCRIPTS, static
from ui.render.passages import document_text
from ui.render.remarks import render_metadata, render_remarks
from ui.security.login_page import SESSIONS, SIGN_OUT
from ui.state.outline import Outline, OutlineNode
from ui.words import CHOICES, PageWords

_IN_FULL = 3  # as many documents have their outline open
_STYLES = (
    "colours.css",
    "base.css",
    "page.css",
    "cards.css",
    "text.css",
    "panels.css",
    "library.css",
    "basket.css",
    "batch.css",
    "related.css",
    "coverage.css",
)
_KEYS = ("/", "j", "k", "Enter", "o", "r", "y", "?", "Esc")


class Contents(NamedTuple):
    """What a frame is filled with; ``region`` is shown in narrow windows, ``text`` is the open one."""

    documents: Sequence[Document]
    outlines: Mapping[str, Outline]
    examples: Sequence[str] = ()
    text: Html = EMPTY
    question: str = ""
    region: str = "answers"


def render_document(frame: Html, words: PageWords) -> str:
    """Return the HTML document of the page; a browser fetches all its scripts at once."""
    preloads = (element("link", rel="modulepreload", href=static(name)) for name in SCRIPTS)
    head = join(
        element("link", rel="stylesheet", media="print", href=static("print.css")),
        *preloads,
        element("script", type="module", src=static("page.js")),
    )
    return html_document(frame, title=words.name, language=words.tag, styles=_STYLES, head=head)


def render_frame(contents: Contents, words: PageWords, *, state: Mapping[str, str], can_leave: bool = False) -> Html:
    """Return the whole page but what is asked for later: answers and notices.

    ``state`` becomes data attributes that the script reads; ``can_leave`` adds the way to sign out.
    """
    documents, frame = contents.documents, words.frame
    return element(
        "div",
        element("a", frame.skip, href="#zj-answers", class_="zj-skip"),
        _masthead(words, can_leave=can_leave),
        _box(contents, words),
        element("div", id="zj-notices", role="status"),
        _tabs(contents.region, words),
        element(
            "div",
            element("nav", _contents(documents, contents.outlines, words), id="zj-outline", aria_label=frame.contents),
            element("main", welcome(words), id="zj-answers", tabindex="-1", aria_label=frame.answers),
            element("section", _reader(documents, contents.text, words), id="zj-text", aria_label=frame.text),
            id="zj-regions",
        ),
        _help(words),
        element("div", id="zj-toast", role="status", aria_live="polite"),
        class_="zj",
        id="zj-page",
        lang=words.tag,
        data_language=words.language,
        data_region=contents.region,
        **{f"data_{name}": value for name, value in state.items()},
    )


def welcome(words: PageWords) -> Html:
    """What stands in place of answers before the first question."""
    hints = element("ul", *(element("li", hint) for hint in _hints(words)))
    meanings = element("details", element("summary", words.frame.meanings), _meanings(words))
    return element("div", element("p", words.frame.welcome), hints, meanings, class_="zj-welcome")


def _masthead(words: PageWords, *, can_leave: bool) -> Html:
    frame = words.frame
    views = (("map", frame.map), ("coverage", frame.coverage), ("library", frame.library), ("batch", frame.batch))
    entries = [element("a", name, href=link(view=view), data_view=view) for view, name in views]
    count = element("span", "", id="zj-basket-count")
    entries.append(element("a", frame.basket, " ", count, href=link(view="basket"), data_view="basket"))
    entries.append(element("button", frame.help, type="button", id="zj-help-button"))
    return element(
        "header",
        element("h1", element("a", words.name, href="?")),
        element("p", words.motto, class_="zj-motto"),
        element("nav", *entries, id="zj-views", aria_label=frame.views),
        element("div", *_languages(words), id="zj-switch", role="group", aria_label=words.switch),
        _sign_out(words) if can_leave else EMPTY,
        id="zj-top",
    )


def _sign_out(words: PageWords) -> Html:
    sessions = element("a", words.access.sessions, href=SESSIONS)
    button = element("button", words.access.sign_out)
    return element("form", sessions, button, method="post", action=SIGN_OUT, id="zj-sign-out")


def _languages(words: PageWords) -> Iterator[Html]:
    for name, code in CHOICES:
        pressed = "true" if code == words.language else "false"
        yield element("button", name, type="button", data_language=code, aria_pressed=pressed, lang=code)


def _box(contents: Contents, words: PageWords) -> Html:
    label = element("label", words.question, for_="zj-question", class_="zj-visually-hidden")
    box = element(
        "textarea",
        contents.question,
        id="zj-question",
        name="q",
        rows="1",
        placeholder=words.placeholder,
        autocomplete="off",
        enterkeyhint="search",
        spellcheck="false",
    )
    form = element(
        "form", label, box, element("button", words.ask, type="submit", id="zj-go"), id="zj-ask", role="search"
    )
    buttons = (element("button", text, type="button", class_="zj-example", data_ask=text) for text in contents.examples)
    tried = element("div", element("span", words.examples, class_="zj-label"), *buttons, id="zj-examples")
    recent = element("div", id="zj-recent", data_label=words.frame.recent, data_forget=words.frame.forget)
    return element("div", form, _choice(contents.documents, words), tried, recent, id="zj-box")


def _choice(documents: Sequence[Document], words: PageWords) -> Html:
    """Which documents are asked: checkboxes, none of them ticked for all; not shown while there is one document."""
    boxes = (
        element(
            "label",
            element("input", type="checkbox", name="in", value=document.id, form="zj-ask"),
            " ",
            document_text(document.title),
        )
        for document in documents
    )
    chosen = element("span", words.frame.all_documents, id="zj-chosen")
    summary = element("summary", words.frame.ask_in, chosen)
    hidden = {"hidden": ""} if len(documents) < 2 else {}
    return element("details", summary, element("div", *boxes), id="zj-in", data_all=words.frame.all_documents, **hidden)


def _tabs(shown: str, words: PageWords) -> Html:
    tabs = (("outline", words.frame.outline), ("answers", words.frame.answers), ("text", words.frame.text))
    buttons = (
        element(
            "button",
            name,
            type="button",
            role="tab",
            data_region=region,
            aria_controls=f"zj-{region}",
            aria_selected="true" if region == shown else "false",
        )
        for region, name in tabs
    )
    return element("div", *buttons, id="zj-tabs", role="tablist")


def _contents(documents: Sequence[Document], outlines: Mapping[str, Outline], words: PageWords) -> Html:
    heading = element("h2", words.frame.outline)
    trees = (_tree(document, outlines[document.id], len(documents) <= _IN_FULL, words) for document in documents)
    return join(heading, *trees)


def _tree(document: Document, outline: Outline, is_open: bool, words: PageWords) -> Html:
    title = element(
        "summary",
        document_text(document.title),
        " ",
        element("span", words.passages.format(count=f"{len(document.passages):,}"), class_="zj-count"),
    )
    tree = _branch(outline.roots, words)
    opened = {"open": ""} if is_open else {}
    return element(
        "details",
        title,
        render_metadata(document, words),
        render_remarks(document, words),
        tree,
        class_="zj-tree",
        data_document=document.id,
        **opened,
    )


def _branch(nodes: Sequence[OutlineNode], words: PageWords) -> Html:
    """The nodes as nested lists. Deep trees are cut by what a text can hold: its headings have nine levels at most."""
    return element("ul", *(_node(node, words) for node in nodes)) if nodes else EMPTY


def _node(node: OutlineNode, words: PageWords) -> Html:
    division = node.division
    label = element("span", division_label(division, words.language), class_="zj-label")
    title = document_text(division.title) if division.number and division.title else EMPTY
    count = element("span", class_="zj-hits-here", data_node=node.id)
    where = link(p=node.first) if node.first else "#"
    name = element("a", label, " ", title, href=where, data_open=node.first, data_heading=node.id)
    if not node.children:
        return element("li", name, count)
    opened = {} if len(node.path) > 1 else {"open": ""}
    summary = element("summary", name, count, title=words.frame.fold)
    return element("li", element("details", summary, _branch(node.children, words), **opened))


def _reader(documents: Sequence[Document], text: Html, words: PageWords) -> Html:
    hit = words.hit
    step = (
        element("button", hit.previous_hit, type="button", id="zj-previous", disabled=""),
        element("span", "", id="zj-at"),
        element("button", hit.next_hit, type="button", id="zj-next", disabled=""),
    )
    options = [element("option", hit.choose_document, value="")]
    options += [element("option", document.title, value=document.id) for document in documents]
    choice = element("select", *options, id="zj-document", aria_label=hit.choose_document)
    bar = element("div", choice, element("div", *step, id="zj-steps"), id="zj-text-bar")
    heading = element("h2", words.frame.text, class_="zj-visually-hidden")
    return join(heading, bar, element("div", text, id="zj-full", tabindex="0"))


def _help(words: PageWords) -> Html:
    frame = words.frame
    said = (
        frame.key_box,
        frame.key_next,
        frame.key_previous,
        frame.key_open,
        frame.key_outline,
        frame.key_related,
        frame.key_copy,
        frame.key_help,
        frame.key_leave,
    )
    rows = (
        element("div", element("dt", element("kbd", key)), element("dd", what))
        for key, what in zip(_KEYS, said, strict=True)
    )
    return element(
        "dialog",
        element("h2", frame.how, id="zj-help-title"),
        element("ul", *(element("li", hint) for hint in _hints(words))),
        element("h3", frame.meanings),
        _meanings(words),
        element("h3", frame.keys),
        element("dl", *rows),
        element("form", element("button", frame.close), method="dialog"),
        id="zj-help",
        aria_labelledby="zj-help-title",
    )


def _meanings(words: PageWords) -> Html:
    """What the signs and the views of the page mean, in a sentence each."""
    frame = words.frame
    said = (frame.mean_sure, frame.mean_inferred, frame.mean_marks, frame.mean_map, frame.mean_coverage)
    return element("ul", *(element("li", one) for one in said), class_="zj-meanings")


def _hints(words: PageWords) -> tuple[str, ...]:
    """What the page can do, in a sentence each."""
    frame = words.frame
    return frame.how_ask, frame.how_place, frame.how_cite, frame.how_check
