"""Citation styles for memos, papers and bibliographies; unknown fields are omitted.

GB/T 7714-2015 describes a document by author, title with type mark, issuer, date and place in the text; plans, laws and
notices have no mark of their own and are Z, other documents. BibTeX's ``@misc`` takes the same fields. If the source
has pages, these two and the quotations name the page after the place: 第十六章第五节第3段, 第7页.
"""

import re
from collections.abc import Mapping

from index.records import Citation, Document, Passage
from index.text.chinese import is_chinese

STYLES = ("quotation_zh", "quotation_en", "zh", "en", "markdown", "gbt7714", "bibtex")

_AUTHOR = ("发布机构", "发文机关", "作者", "Author", "author")  # keys of metadata, in this order
_ISSUER = ("来源", "Source", "source")
_DATE = ("发布日期", "成文日期", "发布时间", "Date", "date")
_DAY = re.compile(r"(?P<year>(?:1[89]|20)\d\d)\s*(?:[-./年]\s*(?P<month>\d{1,2}))?(?:\s*[-./月]\s*(?P<day>\d{1,2}))?")
_SINGLE = str.maketrans('“”„«»＂"', "‘’‚‹›''")
_STRAIGHT = re.compile(r'["＂]([^"＂]*)["＂]')  # a pair without left and right forms
_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {sign: f"\\{sign}" for sign in "&%$#_"}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&$])")
_MARKDOWN_START = re.compile(r"^(?:(\d+)(?=[.)](?:\s|$))|(?=[-+=]))")  # of a line: a list, the line below a heading


def cited(
    style: str, *, document: Document, passage: Passage, citation: Citation, quote: str = "", link: str = ""
) -> str:
    """Return the citation of a passage in one of ``STYLES``.

    ``citation`` names the passage or a sentence of it; ``quote`` are the words cited, for quotations and Markdown, and
    ``link`` is the address where they can be read, for Markdown. Raises ValueError for another style.
    """
    match style:
        case "quotation_zh":
            return f"“{_inside_quotes(quote)}”（{citation.zh}{f'，第{passage.page}页' if passage.page else ''}）"
        case "quotation_en":
            return f"“{_inside_quotes(quote)}” ({citation.en}{f', p. {passage.page}' if passage.page else ''})"
        case "zh":
            return citation.zh
        case "en":
            return citation.en
        case "markdown":
            return _markdown(citation, quote, link)
        case "gbt7714":
            return _gbt7714(document, passage, citation)
        case "bibtex":
            return _bibtex(document, passage, citation)
    raise ValueError(f"{style!r} is no citation style; choose one of {', '.join(STYLES)}")


def markdown_text(text: str) -> str:
    """Return a text escaped for Markdown, its lines joined."""
    return markdown_line(" ".join(text.split()))


def markdown_line(text: str, *, begins: bool = True) -> str:
    """Return a part of a line escaped for Markdown, its spaces kept; ``begins`` if the line begins with it."""
    escaped = _MARKDOWN.sub(r"\\\1", text)
    return _MARKDOWN_START.sub(r"\1\\", escaped) if begins else escaped


def _markdown(citation: Citation, quote: str, link: str) -> str:
    """Return the words as a block quote, followed by the citation, as a link if there is one."""
    lines = [f"> {markdown_text(line)}" for line in quote.splitlines() if line.strip()]
    named = markdown_text(citation.zh)
    source = f"[{named}](<{link}>)" if link else named
    return "\n".join([*lines, ">", f"> —— {source}"] if lines else [source])


def _inside_quotes(text: str) -> str:
    """Return a text for use between double quotes: in one line, its own double quotes made single."""
    joint = "" if is_chinese(text) else " "
    line = joint.join(" ".join(one.split()) for one in text.splitlines() if one.strip())
    return _STRAIGHT.sub(r"‘\1’", line).translate(_SINGLE)


def _gbt7714(document: Document, passage: Passage, citation: Citation) -> str:
    """Return 作者. 题名[Z]. 来源, 日期: 第十六章第五节第2段, 第7页."""
    author, issuer = _metadata(document.metadata, _AUTHOR), _metadata(document.metadata, _ISSUER)
    issued = ", ".join(filter(None, [issuer, _date(document.metadata)]))
    described = ". ".join(filter(None, [author, f"{document.title}[Z]", issued]))
    place = ", ".join(filter(None, [citation.short_zh, f"第{passage.page}页" if passage.page else ""]))
    return f"{described}: {place}." if place else f"{described}."


def _bibtex(document: Document, passage: Passage, citation: Citation) -> str:
    date = _date(document.metadata)
    fields = {
        "author": f"{{{_tex(author)}}}" if (author := _metadata(document.metadata, _AUTHOR)) else "",
        "title": f"{{{_tex(document.title)}}}",
        "howpublished": _tex(_metadata(document.metadata, _ISSUER)),
        "year": date[:4],
        "note": _tex(citation.short_zh),
        "pages": str(passage.page) if passage.page else "",
    }
    listed = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{zhangju-{passage.id},\n{listed}}}"


def _metadata(metadata: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((metadata[key].strip() for key in keys if metadata.get(key, "").strip()), "")


def _date(metadata: Mapping[str, str]) -> str:
    """Return the date in the form of GB/T 7408, as far as it is known: 2021-03-30."""
    found = _DAY.search(_metadata(metadata, _DATE))
    if not found:
        return ""
    parts = [found["year"], *(f"{int(found[name]):02d}" for name in ("month", "day") if found[name])]
    return "-".join(parts)


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in " ".join(text.split()))
