"""XML without entities: a document type declaration is refused before anything behind it is read."""

from xml.etree import ElementTree
from xml.parsers import expat

from index.loaders.limits import MAX_XML_TAGS

_CHUNK = 4096
# OOXML has the first two; the others agree with them in every mark that XML is made of
_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")
_NO_MEMORY = 1  # expat's number for it

Element = ElementTree.Element


def parse_xml(data: bytes) -> Element:
    """The root of an XML document. Raises ValueError with the reason why it cannot be read, or MemoryError."""
    try:
        return ElementTree.fromstring(check_xml(data))
    except (ElementTree.ParseError, LookupError) as error:
        if getattr(error, "code", 0) == _NO_MEMORY:
            raise MemoryError from error
        raise ValueError(str(error)) from error


def check_xml(data: bytes) -> bytes:
    """The same bytes, if another parser may read them. Raises ValueError with the reason why not."""
    _check_prolog(data)
    if (tags := data.count(b"<")) > MAX_XML_TAGS:
        raise ValueError(f"it holds {tags:,} tags, more than the {MAX_XML_TAGS:,} that are read")
    return data


def _check_prolog(data: bytes) -> None:
    """Read up to the first tag. Raises ValueError for a document type, which is what entities need, in any encoding."""
    prolog = _Prolog()
    parser = expat.ParserCreate()
    parser.XmlDeclHandler = prolog.declared
    parser.StartDoctypeDeclHandler = prolog.doctype
    parser.StartElementHandler = prolog.start
    try:
        for at in range(0, len(data), _CHUNK):  # an exception does not stop expat within a piece
            parser.Parse(data[at : at + _CHUNK], False)
            if prolog.over:
                return
    except (expat.ExpatError, LookupError) as error:
        raise ValueError(str(error)) from error


class _Prolog:
    """What expat meets before the first tag; ``over`` once that was seen."""

    def __init__(self) -> None:
        self.over = False

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """The XML declaration."""
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise ValueError(f"it declares the encoding {encoding}, where UTF-8 or UTF-16 is due")

    def doctype(self, *_names: object) -> None:
        """A document type. OOXML knows none; whoever declares one wants entities expanded."""
        if not self.over:
            raise ValueError("it declares a document type, which could hold entities without end")

    def start(self, *_tag: object) -> None:
        """The first tag."""
        self.over = True
