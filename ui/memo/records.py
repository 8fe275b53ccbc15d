"""Contents of a memo, as text that is ready to be written."""

from dataclasses import dataclass
from datetime import datetime

from index.records import Span
from ui.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Text of a document with its citation; ``marked`` are highlighted spans of ``text``.

    ``place`` is the path written out, ``source`` the page or line in the file, ``link`` the address of the passage in
    the page, empty if unknown. ``remarks`` stand below: the question that found it, a note of the reader. A passage
    that is no longer in the index has no ``source``, and a remark says so.
    """

    text: str
    citation: str
    marked: tuple[Span, ...] = ()
    place: str = ""
    source: str = ""
    link: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """Title, verdict with details, answering sentences, passages, closing lines on the source.

    ``verdict`` is empty for a basket; ``open`` is the text of links to the page.
    """

    language: Language
    title: str
    exported: datetime
    heading: str  # over the passages
    passages: tuple[Quotation, ...]
    open: str
    verdict: str = ""
    details: tuple[str, ...] = ()
    answers: tuple[Quotation, ...] = ()
    closing: tuple[str, ...] = ()
