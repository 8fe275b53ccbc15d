"""What a memo holds, in words ready to be written; the modules beside this one write it."""

from dataclasses import dataclass
from datetime import datetime

from index.records import Span
from ui.words import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """Words of a document with their citation; ``marked`` are the spans of ``text`` that stand out.

    ``place`` is where it stands, written out, ``source`` where in the file, ``link`` the address of the passage in the
    page, empty where none is known. ``remarks`` stand below: the question that found it, a note of the reader. A
    passage that is no longer in the index has no ``source``, and a remark says so.
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
    """A title, what is said of it, the sentences that answer, the passages, and where all of it is from.

    ``verdict`` is empty for a basket; ``said`` are further sentences on it. ``open`` are the words of a link.
    """

    language: Language
    title: str
    exported: datetime
    heading: str  # over the passages
    passages: tuple[Quotation, ...]
    open: str
    verdict: str = ""
    said: tuple[str, ...] = ()
    answers: tuple[Quotation, ...] = ()
    closing: tuple[str, ...] = ()
