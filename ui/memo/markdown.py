"""Memos as Markdown, with text of documents escaped."""

from collections.abc import Iterator

from index.records import Span
from retrieval.evidence.citation_styles import markdown_line, markdown_text
from ui.memo.records import Memo, Quotation
from ui.render.passages import line_spans, split_span


def markdown(memo: Memo) -> str:
    """Return a memo; sentences are marked by ``<mark>``, as ``**`` beside Chinese punctuation does not make bold."""
    return "\n\n".join(_blocks(memo)) + "\n"


def _blocks(memo: Memo) -> Iterator[str]:
    yield f"# {markdown_text(memo.title)}"
    if memo.verdict:
        yield f"**{markdown_text(memo.verdict)}**"
    for answer in memo.answers:
        yield _quote(answer)
        yield from map(markdown_text, answer.remarks)
    yield from map(markdown_text, memo.details)
    if memo.passages:
        yield f"## {markdown_text(memo.heading)}"
    for number, passage in enumerate(memo.passages, 1):
        yield f"### {number}. {markdown_text(passage.place or passage.citation)}"
        yield _quote(passage)
        yield from map(markdown_text, passage.remarks)
    yield "---"
    yield from map(markdown_text, memo.closing)


def _quote(passage: Quotation) -> str:
    """Return the text as a block quote, a paragraph for each line, with the citation below."""
    citation = markdown_text(passage.citation)
    linked = f"[{citation}](<{passage.link}>)" if passage.link else citation
    source = " · ".join(filter(None, [f"—— {linked}", markdown_text(passage.source)]))
    paragraphs = [f"> {_marked(passage, line)}" for line in line_spans(passage.text)]
    return "\n>\n".join([*paragraphs, f"> {source}"])


def _marked(passage: Quotation, line: Span) -> str:
    written = ""
    for part, inside in split_span(line, passage.marked):
        text = passage.text[part.start : part.end]
        piece = markdown_line(text if written else text.lstrip(" \t"), begins=not written and not inside)
        written += f"<mark>{piece}</mark>" if inside else piece
    return written
