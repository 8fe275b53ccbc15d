"""A memo as Markdown that shows the words of the document as they are, whatever signs they hold."""

from collections.abc import Iterator

from index.records import Span
from retrieval.evidence.citation_styles import markdown_line, markdown_text
from ui.memo.records import Memo, Quotation
from ui.render.passages import cut, lines


def markdown(memo: Memo) -> str:
    """The memo; sentences are marked by ``<mark>``, as ``**`` beside Chinese punctuation stays two asterisks."""
    return "\n\n".join(_blocks(memo)) + "\n"


def _blocks(memo: Memo) -> Iterator[str]:
    yield f"# {markdown_text(memo.title)}"
    if memo.verdict:
        yield f"**{markdown_text(memo.verdict)}**"
    yield from (_quoted(answer) for answer in memo.answers)
    yield from map(markdown_text, memo.said)
    if memo.passages:
        yield f"## {markdown_text(memo.heading)}"
    for number, passage in enumerate(memo.passages, 1):
        yield f"### {number}. {markdown_text(passage.place or passage.citation)}"
        yield _quoted(passage)
        yield from map(markdown_text, passage.remarks)
    yield "---"
    yield from map(markdown_text, memo.closing)


def _quoted(passage: Quotation) -> str:
    """The words as a block quote, a paragraph for each of their lines, and beneath them the citation."""
    named = markdown_text(passage.citation)
    source = f"[{named}](<{passage.link}>)" if passage.link else named
    beneath = " · ".join(filter(None, [f"—— {source}", markdown_text(passage.source)]))
    paragraphs = [f"> {_marked(passage, line)}" for line in lines(passage.text)]
    return "\n>\n".join([*paragraphs, f"> {beneath}"])


def _marked(passage: Quotation, line: Span) -> str:
    written = ""
    for part, within in cut(line, passage.marked):
        words = passage.text[part.start : part.end]
        piece = markdown_line(words if written else words.lstrip(" \t"), begins=not written and not within)
        written += f"<mark>{piece}</mark>" if within else piece
    return written
