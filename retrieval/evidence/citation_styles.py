"""A passage's citation in the forms that memos, papers and bibliographies want; what is not known is left out.

GB/T 7714-2015 describes a document by author, title with type mark, issuer, date and place in the text; plans, laws and
notices have no mark of their own there and are Z, other documents. BibTeX's ``@misc`` takes the same fields. Where the
source has pages, these two and the quotations name the page behind the place: 第十六章第五节第3段, 第7页.
"""

import re
from collections.abc import Mapping

from index.records import Citation, Document, Passage
from index.text.chinese import is_chinese

STYLES = ("quotation_zh", "quotation_en", "zh", "en", "markdown", "gbt7714", "bibtex")

_AUTHOR = ("发布机构", "发文机关", "作者", "Author", "author")  # keys of metadata, the likelier first
_ISSUER = ("来源", "Source", "source")
_DATE = ("发布日期", "成文日期", "发布时间", "Date", "date")
_DAY = re.compile(r"(?P<year>(?:1[89]|20)\d\d)\s*(?:[-./年]\s*(?P<month>\d{1,2}))?(?:\s*[-./月]\s*(?P<day>\d{1,2}))?")
_SINGLE = str.maketrans('“”„«»＂"', "‘’‚‹›''")
_STRAIGHT = re.compile(r'["＂]([^"＂]*)["＂]')  # a pair that does not say which end it is
_TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {sign: f"\\{sign}" for sign in "&%$#_"}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&$])")
_MARKDOWN_FIRST = re.compile(r"^(?:(\d+)(?=[.)](?:\s|$))|(?=[-+=]))")  # of a line: a list, the line below a heading


def cited(
    style: str, *, document: Document, passage: Passage, citation: Citation, quote: str = "", link: str = ""
) -> str:
    """The citation of a passage in one of ``STYLES``.

    ``citation`` names the passage or a sentence of it; ``quote`` are the words cited, which quotations and Markdown
    take, and ``link`` is the address where they are read, for Markdown. Raises ValueError for another style.
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
    raise ValueError(f"{style!r} is no style of citation; there are {', '.join(STYLES)}")


def markdown_text(text: str) -> str:
    """A text as it stands in Markdown: what would be a mark is escaped, lines become one."""
    return markdown_line(" ".join(text.split()))


def markdown_line(text: str, *, begins: bool = True) -> str:
    """A piece of a line as it stands in Markdown, its spaces kept; ``begins`` says whether the line begins with it."""
    escaped = _MARKDOWN.sub(r"\\\1", text)
    return _MARKDOWN_FIRST.sub(r"\1\\", escaped) if begins else escaped


def _markdown(citation: Citation, quote: str, link: str) -> str:
    """The words as a block quote, and beneath them the citation, as a link if there is one."""
    lines = [f"> {markdown_text(line)}" for line in quote.splitlines() if line.strip()]
    named = markdown_text(citation.zh)
    source = f"[{named}](<{link}>)" if link else named
    return "\n".join([*lines, ">", f"> —— {source}"] if lines else [source])


def _inside_quotes(text: str) -> str:
    """A text as it stands between double quotes: in one line, its own double quotes single."""
    joint = "" if is_chinese(text) else " "
    line = joint.join(" ".join(one.split()) for one in text.splitlines() if one.strip())
    return _STRAIGHT.sub(r"‘\1’", line).translate(_SINGLE)


def _gbt7714(document: Document, passage: Passage, citation: Citation) -> str:
    """作者. 题名[Z]. 来源, 日期: 第十六章第五节第2段, 第7页."""
    author, issuer = _fact(document.metadata, _AUTHOR), _fact(document.metadata, _ISSUER)
    issued = ", ".join(filter(None, [issuer, _date(document.metadata)]))
    described = ". ".join(filter(None, [author, f"{document.title}[Z]", issued]))
    place = ", ".join(filter(None, [citation.short_zh, f"第{passage.page}页" if passage.page else ""]))
    return f"{described}: {place}." if place else f"{described}."


def _bibtex(document: Document, passage: Passage, citation: Citation) -> str:
    date = _date(document.metadata)
    fields = {
        "author": f"{{{_tex(author)}}}" if (author := _fact(document.metadata, _AUTHOR)) else "",
        "title": f"{{{_tex(document.title)}}}",
        "howpublished": _tex(_fact(document.metadata, _ISSUER)),
        "year": date[:4],
        "note": _tex(citation.short_zh),
        "pages": str(passage.page) if passage.page else "",
    }
    listed = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{zhangju-{passage.id},\n{listed}}}"


def _fact(metadata: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((metadata[key].strip() for key in keys if metadata.get(key, "").strip()), "")


def _date(metadata: Mapping[str, str]) -> str:
    """The date as GB/T 7408 writes it, as far as it is known: 2021-03-30."""
    found = _DAY.search(_fact(metadata, _DATE))
    if not found:
        return ""
    parts = [found["year"], *(f"{int(found[name]):02d}" for name in ("month", "day") if found[name])]
    return "-".join(parts)


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in " ".join(text.split()))
