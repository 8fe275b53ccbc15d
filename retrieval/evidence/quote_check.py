"""Quote check: whether the quotations of a table are still in the documents, or where they are now.

table = tables.read(Path("evidence.xlsx"))
checked = check(quotes(table), searcher.documents)      # .verdict: stands, moved, gone
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

from index.cells import cell_at, quoted_cell
from index.citations import cite
from index.errors import QuestionError
from index.records import Document, Passage, Span
from retrieval.tables.records import Row, Table, cell_text
from retrieval.tables.workbook import uncut

QuoteVerdict = Literal["stands", "moved", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Quotation of a table: a passage or an answer sentence, with its recorded place."""

    number: int  # line of the file, or row of the sheet
    question: str
    kind: Literal["passage", "answer"]
    text: str
    document: str  # the title
    document_id: str  # empty in tables without it
    span: Span  # of the document's source
    citation: str
    lead_ins: str = ""  # of an answer in an item of a list, each on a line
    line: int | None = None  # of a passage; None in tables without it
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentPlace:
    """Place of a text in the current documents; ``citation`` is empty if it is in no passage."""

    document: str
    line: int
    span: Span
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedQuote:
    """Quotation with its status, and its current place if it has moved."""

    quote: Quote
    verdict: QuoteVerdict
    now: CurrentPlace | None = None


def quotes(table: Table) -> list[Quote]:
    """Return all quotations of a table, in order. Raises QuestionError if it is no evidence table."""
    found = [quote for row, number in zip(table.rows, table.numbers, strict=True) for quote in _of_row(row, number)]
    if not {"question", "start", "start_1"} & set(table.columns) or "question" not in table.columns:
        raise QuestionError(
            "the table has no columns question, start and text; give one that zhangju batch has written"
        )
    return found


def hits(row: Row) -> Iterator[Row]:
    """Yield the hits of a row: the row itself, or those in numbered columns."""
    if "passage" in row or "text" in row:
        yield row
        return
    for rank in count(1):
        ending = f"_{rank}"
        if f"text{ending}" not in row:
            return
        yield {
            "question": row.get("question"),
            "rank": rank,
            **{name.removesuffix(ending): value for name, value in row.items() if name.endswith(ending)},
        }


def _of_row(row: Row, number: int) -> Iterator[Quote]:
    for hit in hits(row):
        if not cell_text(hit.get("text")):
            continue
        common: dict[str, Any] = {
            "number": number,
            "question": cell_text(hit.get("question")),
            "document": cell_text(hit.get("document")),
            "document_id": cell_text(hit.get("document_id")),
        }
        zh = cell_text(hit.get("citation_zh"))
        span = Span(_offset(hit, "start", number), _offset(hit, "end", number))
        line, page = (_offset(hit, name, number) if cell_text(hit.get(name)) else None for name in ("line", "page"))
        yield Quote(kind="passage", text=cell_text(hit["text"]), span=span, citation=zh, line=line, page=page, **common)
        if cell_text(hit.get("answer")) and cell_text(hit.get("answer_start")):
            span = Span(_offset(hit, "answer_start", number), _offset(hit, "answer_end", number))
            citation = cell_text(hit.get("answer_citation_zh")) or zh
            lead_ins, text = _parted(cell_text(hit["answer"]), span.end - span.start)
            yield Quote(kind="answer", text=text, lead_ins=lead_ins, span=span, citation=citation, **common)


def _parted(answer: str, length: int) -> tuple[str, str]:
    """Return the lead-ins of an answer and its sentence of some length, or its last line if that does not fit."""
    if len(answer) == length:
        return "", answer
    if len(answer) > length > 0 and answer[-length - 1] == "\n":
        return answer[: -length - 1], answer[-length:]
    lead_ins, _, text = answer.rpartition("\n")
    return lead_ins, text


def _offset(row: Row, name: str, number: int) -> int:
    value = cell_text(row.get(name))
    try:
        return int(float(value))
    except (ValueError, OverflowError) as error:
        raise QuestionError(f"line {number}: {name} is {value[:40]!r}, not a number; write the table again") from error


def check(wanted: Sequence[Quote], documents: Sequence[Document]) -> list[CheckedQuote]:
    """Return the status of each quotation, in order."""
    known: dict[Quote, CheckedQuote] = {}
    checked = []
    for quote in wanted:
        key = replace(quote, number=0, question="")
        if key not in known:
            known[key] = _checked(quote, documents)
        checked.append(CheckedQuote(quote=quote, verdict=known[key].verdict, now=known[key].now))
    return checked


def _checked(quote: Quote, documents: Sequence[Document]) -> CheckedQuote:
    """Look up the recorded place, then search all documents, the recorded one first.

    A text that stands at its offsets, but not where its citation, line or page says, has moved.
    """
    recorded = [d for d in documents if quote.document_id in ("", d.id) and quote.document in ("", d.title)]
    for document in recorded:
        if _is_unchanged(document, quote):
            now = _other_place(document, quote)
            return CheckedQuote(quote=quote, verdict="moved" if now else "stands", now=now)
    first = [d.id for d in recorded]
    order = sorted(documents, key=lambda d: d.id not in first)
    now = next((found for document in order if (found := _find(document, quote))), None)
    return CheckedQuote(quote=quote, verdict="moved" if now else "gone", now=now)


def _is_unchanged(document: Document, quote: Quote) -> bool:
    start, end = quote.span
    containing = [p for p in document.passages if p.start <= start and end <= p.end]
    if any(quote.span == _source_span(p, cell) for p in containing for cell in _cells(p, quote.text)):
        return True
    if quote.lead_ins and not any(_is_introduced(p, quote) for p in containing):
        return False
    if _same(document.source[max(start, 0) : max(end, 0)], quote.text):
        return True
    # a paragraph that is broken across lines in the source is quoted without the breaks
    return any(_same(_between(document, p, quote.span), quote.text) for p in containing)


def _cells(passage: Passage, quoted: str) -> Iterator[Span]:
    """Yield the cells of a passage's tables that are quoted so, with caption, row and column."""
    for row in passage.rows:
        for cell in row.cells:
            if cell_at(passage, cell.span) and quoted_cell(passage, row, cell) == quoted:
                yield cell.span


def _source_span(passage: Passage, span: Span) -> Span:
    spans = passage.source_spans(span)
    return Span(spans[0].start, spans[-1].end)


def _is_introduced(passage: Passage, quote: Quote) -> bool:
    """Return whether a passage contains the lead-ins of a quotation."""
    return all(lead_in in passage.text for lead_in in quote.lead_ins.split("\n"))


def _other_place(document: Document, quote: Quote) -> CurrentPlace | None:
    """Return the place of a text at its recorded offsets if the table cites another; None if it cites this."""
    wanted, _ = uncut(quote.text)
    start, end = quote.span
    for passage in document.passages:
        for cell in _cells(passage, quote.text):
            if quote.span == _source_span(passage, cell):
                is_cited = quote.citation in ("", cite(document.title, passage, cell).zh)
                return None if is_cited else _place_of(document, passage, cell)
    holding = [p for p in document.passages if p.start <= start and end <= p.end and wanted in p.text]
    for passage in holding:
        cited = quote.citation in ("", *_citations(document, passage, wanted))
        if cited and quote.line in (None, passage.line) and quote.page in (None, passage.page):
            return None
    return _place_in(document, holding[0], wanted) if holding else None


def _citations(document: Document, passage: Passage, text: str) -> list[str]:
    """Return the citations of a passage, of its 款, 项 and 目, and of every occurrence of a text in it."""
    found = (Span(*match.span()) for match in re.finditer(re.escape(text), passage.text))
    return [cite(document.title, passage, span).zh for span in (None, *(part.span for part in passage.inner), *found)]


def _same(source: str, quoted: str) -> bool:
    """Return whether they are equal, or the quotation is the source as far as a spreadsheet cell holds it."""
    text, was_cut = uncut(quoted)
    return source.startswith(text) if was_cut else source == text


def _between(document: Document, passage: Passage, span: Span) -> str:
    pieces = ((max(start, span.start), min(end, span.end)) for start, end in passage.pieces)
    return "".join(document.source[start:end] for start, end in pieces if start < end)


def _find(document: Document, quote: Quote) -> CurrentPlace | None:
    """Return the first place of a quotation in a document, whole passages before parts of them."""
    wanted, _ = uncut(quote.text)
    for passage in document.passages:
        for cell in _cells(passage, wanted):
            return _place_of(document, passage, cell)
    for passage in (*(p for p in document.passages if p.text == wanted), *document.passages):
        if wanted in passage.text and _is_introduced(passage, quote):
            return _place_in(document, passage, wanted)
    at = document.source.find(wanted)
    if at < 0 or quote.lead_ins:
        return None
    line = document.source.count("\n", 0, at) + 1
    return CurrentPlace(document=document.title, line=line, span=Span(at, at + len(wanted)), citation="")


def _place_in(document: Document, passage: Passage, text: str) -> CurrentPlace:
    """Return the place of the first occurrence of a text in a passage."""
    return _place_of(document, passage, Span(at := passage.text.index(text), at + len(text)))


def _place_of(document: Document, passage: Passage, inside: Span) -> CurrentPlace:
    """Return the place of a span of a passage's text."""
    span = _source_span(passage, inside)
    line = document.source.count("\n", 0, span.start) + 1
    whole = inside == Span(0, len(passage.text))
    citation = cite(document.title, passage, None if whole else inside)
    return CurrentPlace(document=document.title, line=line, span=span, citation=citation.zh)
