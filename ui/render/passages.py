"""What cards, popups and the open text have in common: places, citations, marked text, what can be done with it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from index.citations import PATH_SEPARATOR, division_label, paragraph_label
from index.records import Citation, Division, Link, Passage, Span
from index.text.chinese import is_chinese
from ui.html.links import is_local, link
from ui.html.markup import EMPTY, Html, element, join
from ui.words import PageWords


class Highlights(NamedTuple):
    """What is told apart in a passage's text, spans in its order: sentences that answer, and words that match."""

    sentences: Sequence[Span] = ()
    terms: Sequence[Span] = ()


NO_HIGHLIGHTS = Highlights()


def text_language(text: str) -> str:
    """``zh`` where most of the letters are Chinese characters and none is kana, else empty: HTML's word for unknown."""
    return "zh" if is_chinese(text) else ""


def foreign(text: str, name: str = "span", **attributes: str) -> Html:
    """An element that says in which language the text of a document is."""
    return element(name, text, lang=text_language(text), **attributes)


def cited(citation: Citation, words: PageWords) -> str:
    """A citation in the language of the page."""
    return citation.en if words.language == "en" else citation.zh


def path_line(passage: Passage, words: PageWords) -> Html:
    """The path written out: 第十六章 推进绿色发展 › 第五节 全面提高资源利用效率 › 第3段."""
    levels = [level(division, words) for division in passage.path]
    if paragraph := paragraph_label(passage, words.language):
        levels.append(element("span", paragraph))
    if not levels:
        return EMPTY
    step = element("span", PATH_SEPARATOR, class_="zj-step")
    rest = chain.from_iterable((step, label) for label in levels[1:])
    return element("p", levels[0], *rest, class_="zj-path")


def level(division: Division, words: PageWords) -> Html:
    """One level of a path with its title."""
    label = division_label(division, words.language)
    title = division.title if division.number else ""  # an unnumbered level is named by its title alone
    return element("span", label, " ", foreign(title)) if title else foreign(label)


def source_line(citation: Citation, passage: Passage, words: PageWords) -> Html:
    """The citation, and where to look in the source."""
    where = words.page.format(page=passage.page) if passage.page else words.line.format(line=passage.line)
    parts = [where] + ([words.mended] if passage.repaired else [])
    notes = (element("span", part) for part in parts)
    return element("p", element("cite", cited(citation, words)), *notes, class_="zj-source")


def passage_text(passage: Passage, words: PageWords, marks: Highlights = NO_HIGHLIGHTS, *, name: str = "div") -> Html:
    """The passage, a ``<p>`` for each of its lines: sentences in ``<mark>``, words underlined, references as links."""
    drawn = (element("p", *_drawn(passage, line, marks, words)) for line in lines(passage.text))
    return element(name, *drawn, class_="zj-text", lang=text_language(passage.text))


def lines(text: str) -> Iterator[Span]:
    """The lines of a text that are not empty."""
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield Span(at, at + len(line.rstrip("\r\n")))
        at += len(line)


def _drawn(passage: Passage, line: Span, marks: Highlights, words: PageWords) -> Iterator[Html]:
    for part, marked in cut(line, marks.sentences):
        pieces = join(*_linked(passage, part, marks.terms, words))
        yield element("mark", pieces) if marked else pieces


def _linked(passage: Passage, span: Span, terms: Sequence[Span], words: PageWords) -> Iterator[Html]:
    targets = {at.span: at for at in passage.links}
    for part, inside in cut(span, [at.span for at in passage.links]):
        pieces = join(*_lettered(passage, part, terms))
        owner = next((targets[s] for s in targets if s.start <= part.start and part.end <= s.end), None)
        yield _reference(owner, pieces, words) if inside and owner else pieces


def _reference(reference: Link, pieces: Html, words: PageWords) -> Html:
    if not reference.targets:
        return element("span", pieces, class_="zj-nowhere", title=words.hit.refers_nowhere)
    target, peek = reference.targets[0], " ".join(reference.targets[:20])
    return element("a", pieces, href=link(p=target), class_="zj-ref", data_peek=peek)


def _lettered(passage: Passage, span: Span, terms: Sequence[Span]) -> Iterator[Html]:
    """A span with the lead in ``<b>`` and words that match in ``<u>``."""
    text = passage.text
    lead = Span(0, len(passage.lead) if passage.lead and text.startswith(passage.lead) else 0)
    for part, bold in cut(span, [lead]):
        pieces = join(*(element("u", text[a:b]) if met else join(text[a:b]) for (a, b), met in cut(part, terms)))
        yield element("b", pieces) if bold else pieces


def cut(span: Span, inside: Sequence[Span]) -> Iterable[tuple[Span, bool]]:
    """The span cut at the edges of those ``inside``, which are ordered: its pieces, and whether each lies inside."""
    pieces, at = [], span.start
    for start, end in inside:
        if end <= at or start >= span.end:
            continue
        low, high = max(at, start), min(span.end, end)
        pieces += [(Span(at, low), False), (Span(low, high), True)]
        at = high
    return [(piece, within) for piece, within in [*pieces, (Span(at, span.end), False)] if piece.start < piece.end]


class CopyTexts(NamedTuple):
    """What can be copied of a passage: the citation in each style, by name, and the address of the passage."""

    citations: dict[str, str]
    address: str


def actions(passage: Passage, copies: CopyTexts, words: PageWords, *, collects: bool = True) -> Html:
    """What can be done with a passage: open, related, copy, and collect unless it is shown as collected."""
    main, rest = words.language, words.hit
    links = (
        element("a", rest.open, href=link(p=passage.id), class_="zj-act", data_open=passage.id),
        element("a", rest.related, href=link(view="related", r=passage.id), class_="zj-act", data_related=passage.id),
    )
    return element(
        "div",
        *links,
        _copy(rest.copy, copies.citations.get(main, ""), class_="zj-act zj-copy-citation"),
        _forms(copies, words),
        _copy(rest.link, copies.address, **({"title": rest.link_here} if is_local(copies.address) else {})),
        _collect(passage, words) if collects else EMPTY,
        class_="zj-actions",
        role="group",
        aria_label=rest.actions,
    )


def _collect(passage: Passage, words: PageWords) -> Html:
    return element(
        "button", words.hit.collect, type="button", class_="zj-act", data_collect=passage.id, aria_pressed="false"
    )


def _forms(copies: CopyTexts, words: PageWords) -> Html:
    rest = words.hit
    names = {
        f"quotation_{words.language}": rest.style_quotation,
        "zh": rest.style_zh,
        "en": rest.style_en,
        "markdown": rest.style_markdown,
        "gbt7714": rest.style_gbt7714,
        "bibtex": rest.style_bibtex,
    }
    buttons = (
        _copy(names[style], text, data_style=style) for style, text in copies.citations.items() if style in names
    )
    return element(
        "details", element("summary", rest.copy_as, class_="zj-act"), element("div", *buttons), class_="zj-forms"
    )


def _copy(label: str, text: str, *, class_: str = "zj-act", **attributes: str) -> Html:
    return element("button", label, type="button", class_=class_, data_copy=text, **attributes)
