"""Safe parsing of XML: documents with a document type declaration, which entities need, are rejected."""

from xml.etree import ElementTree
from xml.parsers import expat

from index.loaders.limits import MAX_XML_TAGS

_CHUNK_BYTES = 4096
# OOXML allows the first two; the others encode all XML syntax in the same way
_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")
_OUT_OF_MEMORY = 1  # an error code of expat


class TooManyTagsError(ValueError):
    """A part has more tags than any document needs; as a tree they could exhaust the memory."""


def parse_xml(data: bytes) -> ElementTree.Element:
    """Return the root of an XML document. Raises ValueError with the reason if it cannot be read, or MemoryError."""
    try:
        return ElementTree.fromstring(check_xml(data))
    except (ElementTree.ParseError, LookupError) as error:
        if getattr(error, "code", 0) == _OUT_OF_MEMORY:
            raise MemoryError from error
        raise ValueError(str(error)) from error


def check_xml(data: bytes) -> bytes:
    """Return the bytes unchanged if another parser may read them. Raises ValueError with the reason if not."""
    _check_prolog(data)
    if (tags := data.count(b"<")) > MAX_XML_TAGS:
        raise TooManyTagsError(f"it holds {tags:,} tags, more than the {MAX_XML_TAGS:,} that are read")
    return data


def _check_prolog(data: bytes) -> None:
    """Parse up to the first tag. Raises ValueError for a document type declaration in any encoding."""
    prolog = _Prolog()
    parser = expat.ParserCreate()
    parser.XmlDeclHandler = prolog.on_declaration
    parser.StartDoctypeDeclHandler = prolog.on_document_type
    parser.StartElementHandler = prolog.on_first_tag
    try:
        for at in range(0, len(data), _CHUNK_BYTES):  # an exception in a handler stops expat only after a chunk
            parser.Parse(data[at : at + _CHUNK_BYTES], False)
            if prolog.is_over:
                return
    except (expat.ExpatError, LookupError) as error:
        raise ValueError(str(error)) from error


class _Prolog:
    """Handlers for everything before the first tag."""

    def __init__(self) -> None:
        self.is_over = False

    def on_declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        """Check the encoding of the XML declaration."""
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise ValueError(f"it declares the encoding {encoding}, where UTF-8 or UTF-16 is expected")

    def on_document_type(self, *_names: object) -> None:
        """Reject a document type: OOXML has none, and its entities could expand without limit."""
        if not self.is_over:
            raise ValueError("it declares a document type, whose entities could expand without limit")

    def on_first_tag(self, *_tag: object) -> None:
        """End the prolog."""
        self.is_over = True
