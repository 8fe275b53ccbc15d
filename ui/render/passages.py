"""Passages as HTML: path, citation, highlighted text, action buttons."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

from index.citations import PATH_SEPARATOR, division_label, paragraph_label
from index.records import Citation, Division, Link, Passage, Path, Span, TableRow
from index.text.chinese import is_chinese
from retrieval.records import Hit
from ui.html.links import is_local, link
from ui.html.markup import EMPTY, Html, element, join
from ui.html.table_rows import are_one_table, render_rows, row_at
from ui.words import PageWords


class Highlights(NamedTuple):
    """Highlighted spans of a passage's text, in order: answering sentences, and matching words."""

    sentences: Sequence[Span] = ()
    terms: Sequence[Span] = ()


NO_HIGHLIGHTS = Highlights()


class HasPlace(Protocol):
    """A part of a document."""

    @property
    def document(self) -> str:
        """Id of the document."""

    @property
    def path(self) -> Path:
        """Path of the part."""


class CopyTexts(NamedTuple):
    """Texts that can be copied for a passage: citations by style, and the address."""

    citations: dict[str, str]
    address: str


class CitedPassage(NamedTuple):
    """A passage with the title of its document, its citation and its copy texts."""

    passage: Passage
    title: str
    citation: Citation
    copies: CopyTexts
    marked: Sequence[Span] = ()


def text_language(text: str) -> str:
    """Return ``zh`` if most letters are Chinese characters and none is kana, else an empty string (unknown in HTML)."""
    return "zh" if is_chinese(text) else ""


def document_text(text: str, name: str = "span", **attributes: str) -> Html:
    """Return an element with text of a document, which may be in another language than the page."""
    return element(name, text, lang=text_language(text), **attributes)


def citation_text(citation: Citation, words: PageWords) -> str:
    """Return a citation in the language of the page."""
    return citation.en if words.language == "en" else citation.zh


def path_line(passage: Passage, words: PageWords) -> Html:
    """Return the path of a passage: 第十六章 推进绿色发展 › 第五节 全面提高资源利用效率 › 第3段."""
    levels = [division_text(division, words) for division in passage.path]
    if paragraph := paragraph_label(passage, words.language):
        levels.append(element("span", paragraph))
    if not levels:
        return EMPTY
    step = element("span", PATH_SEPARATOR, class_="zj-step")
    rest = chain.from_iterable((step, label) for label in levels[1:])
    return element("p", levels[0], *rest, class_="zj-path")


def division_text(division: Division, words: PageWords) -> Html:
    """Return a division by its label and title; one without number has its title as label."""
    label = division_label(division, words.language)
    title = division.title if division.number else ""
    return element("span", label, " ", document_text(title)) if title else document_text(label)


def chapter_label(chapters: Sequence[HasPlace], number: int, words: PageWords) -> str:
    """Return the number of one of the chapters, after that of its part; a phrase for passages that are in none."""
    chapter = chapters[number]
    if chapter.path:
        return " ".join(division_label(division, words.language) for division in chapter.path)
    alone = sum(other.document == chapter.document for other in chapters) == 1
    return words.whole_document if alone else words.before_chapters


def chapter_name(chapters: Sequence[HasPlace], number: int, words: PageWords) -> Html:
    """Return the label and the title of one of the chapters; the title alone if it is the label."""
    chapter, label = chapters[number], chapter_label(chapters, number, words)
    title = chapter.path[-1].title if chapter.path and chapter.path[-1].number else ""
    return element("span", label, " ", document_text(title)) if title else document_text(label)


def source_line(citation: Citation, passage: Passage, words: PageWords) -> Html:
    """Return the citation, and the page or line in the source file."""
    cite = element("cite", citation_text(citation, words))
    notes = (words.source_position(passage), *words.passage_notes(passage))
    return element("p", cite, *(element("span", note) for note in notes), class_="zj-source")


def doubt_note(hit: Hit, words: PageWords) -> Html:
    """Return the note beside a quotation with characters recognised with doubt, nothing beside another."""
    return element("span", words.recognised) if hit.is_quoted_doubtfully else EMPTY


def passage_text(
    passage: Passage,
    words: PageWords,
    highlights: Highlights = NO_HIGHLIGHTS,
    *,
    in_text: bool = False,
) -> Html:
    """Return the text, a ``<p>`` for each line: sentences in ``<mark>``, terms in ``<u>``, references as links.

    Rows of tables are tables; ``in_text`` tells that the text above the passage is shown as well.
    """

    def fill(span: Span) -> Html:
        return join(*_marked(passage, span, highlights, words))

    parts: list[Span | list[TableRow]] = []
    for line in line_spans(passage.text):
        row = row_at(passage, line)
        if row is not None and parts and isinstance(parts[-1], list) and are_one_table(parts[-1][-1], row):
            parts[-1].append(row)
        else:
            parts.append(line if row is None else [row])
    blocks = (
        render_rows(passage, part, fill, words, in_text=in_text) if isinstance(part, list) else element("p", fill(part))
        for part in parts
    )
    return element("div", *blocks, class_="zj-text", lang=text_language(passage.text))


def line_spans(text: str) -> Iterator[Span]:
    """Yield the lines of a text that are not blank."""
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield Span(at, at + len(line.rstrip("\r\n")))
        at += len(line)


def split_span(span: Span, inside: Sequence[Span]) -> Iterable[tuple[Span, bool]]:
    """Split a span at the edges of ordered spans; each piece comes with True if it lies inside one of them."""
    pieces, at = [], span.start
    for start, end in inside:
        if end <= at or start >= span.end:
            continue
        low, high = max(at, start), min(span.end, end)
        pieces += [(Span(at, low), False), (Span(low, high), True)]
        at = high
    return [(piece, within) for piece, within in [*pieces, (Span(at, span.end), False)] if piece.start < piece.end]


def underlined(text: str, span: Span, terms: Sequence[Span]) -> Iterator[str]:
    """Yield the pieces of a span of a text, those inside ``terms`` in ``<u>``."""
    for piece, inside in split_span(span, terms):
        part = text[piece.start : piece.end]
        yield element("u", part) if inside else part


def _marked(passage: Passage, line: Span, highlights: Highlights, words: PageWords) -> Iterator[Html]:
    for part, inside in split_span(line, highlights.sentences):
        pieces = join(*_linked(passage, part, highlights.terms, words))
        yield element("mark", pieces) if inside else pieces


def _linked(passage: Passage, span: Span, terms: Sequence[Span], words: PageWords) -> Iterator[Html]:
    for part, inside in split_span(span, [reference.span for reference in passage.links]):
        pieces = join(*_lettered(passage, part, terms))
        containing = (r for r in passage.links if r.span.start <= part.start and part.end <= r.span.end)
        reference = next(containing, None) if inside else None
        yield _reference(reference, pieces, words) if reference else pieces


def _reference(reference: Link, pieces: Html, words: PageWords) -> Html:
    if not reference.targets:
        return element("span", pieces, class_="zj-unresolved", title=words.hit.refers_nowhere)
    target, targets = reference.targets[0], " ".join(reference.targets[:20])
    return element("a", pieces, href=link(p=target), class_="zj-ref", data_preview=targets)


def _lettered(passage: Passage, span: Span, terms: Sequence[Span]) -> Iterator[Html]:
    """Yield pieces of a span, the lead in ``<b>``."""
    text = passage.text
    lead = Span(0, len(passage.lead) if passage.lead and text.startswith(passage.lead) else 0)
    for part, bold in split_span(span, [lead]):
        pieces = join(*underlined(text, part, terms))
        yield element("b", pieces) if bold else pieces


def actions(passage: Passage, copies: CopyTexts, words: PageWords, *, collects: bool = True) -> Html:
    """Return the actions on a passage: open, related, copy, link; collect only with ``collects``."""
    hit = words.hit
    return element(
        "div",
        element("a", hit.open, href=link(p=passage.id), class_="zj-act", data_open=passage.id),
        element("a", hit.related, href=link(view="related", r=passage.id), class_="zj-act", data_related=passage.id),
        _copy_button(hit.copy, copies.citations.get(words.language, ""), class_="zj-act zj-copy-citation"),
        _styles(copies, words),
        _copy_button(hit.link, copies.address, title=hit.link_here if is_local(copies.address) else False),
        _collect_button(passage, words) if collects else EMPTY,
        class_="zj-actions",
        role="group",
        aria_label=hit.actions,
    )


def _collect_button(passage: Passage, words: PageWords) -> Html:
    return element(
        "button", words.hit.collect, type="button", class_="zj-act", data_collect=passage.id, aria_pressed="false"
    )


def _styles(copies: CopyTexts, words: PageWords) -> Html:
    names = {
        style.replace("quotation", f"quotation_{words.language}"): name for style, name in words.hit.styles.items()
    }
    buttons = (
        _copy_button(names[style], text, data_style=style) for style, text in copies.citations.items() if style in names
    )
    summary = element("summary", words.hit.copy_as, class_="zj-act")
    return element("details", summary, element("div", *buttons), class_="zj-forms")


def _copy_button(label: str, text: str, *, class_: str = "zj-act", **attributes: str | bool) -> Html:
    return element("button", label, type="button", class_=class_, data_copy=text, **attributes)
