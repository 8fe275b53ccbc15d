"""A citation that names nothing here: 刑法133-1 without a 刑法, 第二十五章 of a plan of twenty.

Only words that are nothing but a citation are looked at. What is asked in words is searched for, whatever places it
names.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from index.errors import UnknownPlaceError
from index.records import Document
from index.references.places import read_article_number, read_places
from index.references.titles import TitleIndex, document_names
from index.text.chinese import HAN
from index.text.numerals import NUMBER_PATTERN
from retrieval.question.reference import Reference, find_places

_LONGEST = 80  # characters of a citation that is looked at; a full title with its place has some 60
_KIND = (  # what the titles of laws and plans end in
    r"(?:法典|法|条例|规定|办法|解释|细则|规则|章程|决定|规划纲要|规划|纲要|方案|意见|通知|公约|协定|条约)"
)
_TITLE = re.compile(rf"[{HAN}A-Za-z0-9（）()·]{{1,40}}?{_KIND}")
_ASKING = re.compile(  # no title, but words around one
    r"什么|哪|谁|吗|呢|是否|有没有|怎|如何|多少|为何|请|根据|依据|按照|依照|按|关于|对于|违反|适用|的|和|与|及|在|把|被|对|看|查"
)
_OF_ARTICLES = re.compile(r"(?:(?<![方做说看想语用书手办无算疗合违执司])法|法典|条例)$")  # 刑法133, but no 方法3
_YEAR = re.compile(r"\s*(?:19|20)[0-9]{2}\s*")
_NUMBER_LAST = re.compile(rf"{NUMBER_PATTERN}\s?条?$")
_LATIN_TITLE = (
    r"(?:the\s+)?(?P<title>(?:[A-Z][\w’'-]*\s+(?:(?:of|and|on|for|the)\s+)*){0,8}"
    r"(?:Law|Act|Code|Plan|Regulations?|Directive|Constitution|Ordinance|Statute|Charter|Convention|Treaty))"
)
_BEFORE = re.compile(rf"{_LATIN_TITLE}\s*,?\s*(?P<place>\S.*)")  # Criminal Law, art. 133
_BEHIND = re.compile(rf"(?P<place>\S.*?),?\s+(?:of|in)\s+{_LATIN_TITLE}")  # article 133 of the Criminal Law


def missing(words: str, documents: Sequence[Document]) -> str:
    """What is not in the documents, if words are nothing but a citation that names nothing there; else empty.

    It is the title in 《》 where no document has it, and the words themselves where a document lacks the place.
    """
    words = words.strip().rstrip("?？。！! ")
    if len(words) > _LONGEST or "\n" in words or not (_NUMBER_LAST.search(words) or read_places(words)[0]):
        return ""
    title = next(_titles(words, documents), None)
    if title is None:
        return ""
    with suppress(UnknownPlaceError):
        if find_places(Reference.parse(words), words, documents):
            return ""
    try:
        known = not title or TitleIndex(documents).resolve(title)
    except UnknownPlaceError:  # it may be either of two: not missing
        return ""
    return words if known else f"《{title}》"


def _titles(words: str, documents: Sequence[Document]) -> Iterator[str]:
    """The title in words that are a citation, empty in a place alone; nothing for other words."""
    end = words.find("》") if words.startswith("《") else -1
    if end > 1:
        if _is_place(words[end + 1 :], behind_title=True):
            yield words[1:end]
        return
    if _is_place(words, behind_title=False):
        yield ""
    for name in (name for document in documents for name in document_names(document)):
        if words[: len(name)].casefold() == name.casefold() and _is_place(words[len(name) :], behind_title=True):
            yield name
    yield from _unknown_titles(words)


def _unknown_titles(words: str) -> Iterator[str]:
    """What may be the title of a law or a plan, with a place behind it or before it."""
    for found in _TITLE.finditer(words):
        title = words[: found.end()]
        counts = bool(_OF_ARTICLES.search(title))
        if not _ASKING.search(title) and _is_place(words[found.end() :], behind_title=counts):
            yield title
    for form in (_BEFORE, _BEHIND):
        named = form.fullmatch(words)
        if named and _is_place(named["place"], behind_title=form is _BEFORE):
            yield named["title"]


def _is_place(words: str, *, behind_title: bool) -> bool:
    """Whether words are a place and nothing else; behind the title of a law a number alone is an article."""
    places, left = read_places(words)
    return bool(places and not left) or (
        behind_title and not _YEAR.fullmatch(words) and bool(read_article_number(words))
    )
