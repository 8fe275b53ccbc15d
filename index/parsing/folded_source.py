"""A source text as it is read, and the document of it with the text and the offsets as written.

The parser sees the folded text (see ``index.text.folding``), so that an invisible character hides no heading.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from index.loaders.source import Line, SourceText, strip_blank
from index.records import Document, Passage, Span
from index.text.folding import FoldedText, folds

_MAX_LISTED = 10  # kinds of characters, and lines, that a remark names


def fold_source(source: SourceText, folded: FoldedText) -> SourceText:
    """Return a source whose text and lines are folded, with a remark on what was; lines of nothing else are dropped."""
    lines = tuple(_fold_lines(source, folded))
    remarks = (*source.remarks, _remark(source.text))
    spans = (Span(folded.position(start), folded.position(end)) for start, end in source.doubtful)
    doubtful = tuple(span for span in spans if span.start < span.end)
    return replace(source, text=folded.text, lines=lines, remarks=remarks, doubtful=doubtful)


def _fold_lines(source: SourceText, folded: FoldedText) -> Iterator[Line]:
    for line in source.lines:
        start, end = folded.position(line.start), folded.position(line.end)
        text = folded.text[start:end]
        shown = strip_blank(text)
        if shown:
            yield replace(line, text=shown, start=start + text.index(shown))


def _remark(text: str) -> str:
    """Return the remark on what is folded: the number, the characters, and the lines."""
    found = list(folds(text))
    codes = dict.fromkeys(f"U+{ord(match[0]):04X}" for match in found)
    lines: dict[int, None] = {}
    number, at = 1, 0
    for match in found:
        number, at = number + text.count("\n", at, match.start()), match.start()
        lines[number] = None
    return (
        f"line {next(iter(lines))}: {len(found):,} characters that cannot be seen, or look like others, are ignored or "
        f"read as those: {_listed(codes)} (lines {_listed(map(str, lines))})"
    )


def _listed(names: Iterable[str]) -> str:
    first = list(islice(names, _MAX_LISTED + 1))
    return ", ".join([*first[:_MAX_LISTED], *("…" for _ in first[_MAX_LISTED:])])


def restore_document(document: Document, source: str, folded: FoldedText) -> Document:
    """Return the document of a folded text with the text, the passages and their offsets as written in ``source``."""
    return replace(
        document, source=source, passages=tuple(_restore(passage, source, folded) for passage in document.passages)
    )


def _restore(passage: Passage, source: str, folded: FoldedText) -> Passage:
    pieces: list[Span] = []
    texts: list[str] = []
    offsets: list[int] = []  # in the new text, of every character of the folded one
    size = 0
    for old in passage.pieces:
        new = folded.original(old)
        offsets += (size + folded.at(at) - new.start for at in range(*old))
        last = passage.text[len(offsets) - 1]
        mark = last if last.isspace() else ""  # for a line break, which may be another space in the source
        pieces.append(new)
        texts.append(source[new.start : new.end - len(mark)] + mark)
        size += new.end - new.start
    text = "".join(texts)

    def restored(span: Span) -> Span:
        return Span(offsets[span.start], offsets[span.end - 1] + 1)

    return replace(
        passage,
        text=text,
        pieces=tuple(pieces),
        lead=text[slice(*restored(Span(0, len(passage.lead))))] if passage.lead else "",
        inner=tuple(replace(part, span=restored(part.span)) for part in passage.inner),
        doubtful=tuple(map(restored, passage.doubtful)),
    )
