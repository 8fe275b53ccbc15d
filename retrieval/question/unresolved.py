"""Unresolved references: citations that name nothing in the corpus, such as 第二十五章 of a plan with twenty chapters.

Only words that are nothing but a citation are considered. A question in words is searched for, whatever places it
names.
"""

import re
from collections.abc import Iterator

from index.errors import UnknownPlaceError
from index.references.places import read_article_number, read_places
from index.references.titles import TitleIndex
from index.text.numerals import NUMBER_PATTERN
from retrieval.question.reference import YEAR, Resolved

_MAX_LENGTH = 80  # characters of a citation; a full title with its place has some 60
_KIND = (  # the last words of the titles of laws and plans
    r"(?:法典|法|条例|规定|办法|解释|细则|规则|章程|决定|规划纲要|规划|纲要|方案|意见|通知|公约|协定|条约)"
)
_TITLE = re.compile(rf"[\u3400-\u9fffA-Za-z0-9（）()·]{{1,40}}?{_KIND}")
_QUESTION_WORDS = re.compile(  # words around a title, not in it
    r"什么|哪|谁|吗|呢|是否|有没有|怎|如何|多少|为何|请|根据|依据|按照|依照|按|关于|对于|违反|适用|的|和|与|及|在|把|被|对|看|查"
)
_WITH_ARTICLES = re.compile(r"(?:(?<![方做说看想语用书手办无算疗合违执司])法|法典|条例)$")  # 刑法133, but no 方法3
_ENDS_IN_NUMBER = re.compile(rf"{NUMBER_PATTERN}\s?条?$")
_LATIN_TITLE = (
    r"(?:the\s+)?(?P<title>(?:[A-Z][\w’'-]*\s+(?:(?:of|and|on|for|the)\s+)*){0,8}"
    r"(?:Law|Act|Code|Plan|Regulations?|Directive|Constitution|Ordinance|Statute|Charter|Convention|Treaty))"
)
_BEFORE = re.compile(rf"{_LATIN_TITLE}\s*,?\s*(?P<place>\S.*)")  # Criminal Law, art. 133
_BEHIND = re.compile(rf"(?P<place>\S.*?),?\s+(?:of|in)\s+{_LATIN_TITLE}")  # article 133 of the Criminal Law


def ends_in_number(words: str) -> bool:
    """Return True if words may end in the number of an article, as in 刑法133-1."""
    return bool(_ENDS_IN_NUMBER.search(words))


def unresolved_reference(citation: str, resolved: Resolved, titles: TitleIndex) -> str:
    """Return what does not exist of a citation, as it was ``resolved`` in documents with some ``titles``, if anything.

    That is the title in 《》 if no document has it, and the citation if a document lacks the place. Words that are more
    than a citation are left to the search.
    """
    if resolved.places or len(citation) > _MAX_LENGTH or "\n" in citation:
        return ""
    if resolved.is_complete:
        return citation
    try:
        title = next(_titles(citation), "")
        return (citation if titles.resolve(title) else f"《{title}》") if title else ""
    except UnknownPlaceError:  # it may be either of two: it exists
        return ""


def _titles(words: str) -> Iterator[str]:
    """Yield what may be the title of a law or a plan in words that are a citation otherwise."""
    if words.startswith("《"):
        title, _, place = words[1:].partition("》")
        if title and _is_place(place, behind_title=True):
            yield title
        return
    for found in _TITLE.finditer(words):
        title = words[: found.end()]
        has_articles = bool(_WITH_ARTICLES.search(title))
        if not _QUESTION_WORDS.search(title) and _is_place(words[found.end() :], behind_title=has_articles):
            yield title
    for form in (_BEFORE, _BEHIND):
        named = form.fullmatch(words)
        if named and _is_place(named["place"], behind_title=form is _BEFORE):
            yield named["title"]


def _is_place(words: str, *, behind_title: bool) -> bool:
    """Return True if words are a place and nothing else; behind the title of a law a number alone is an article."""
    places, left = read_places(words)
    return bool(places and not left) or (
        behind_title and not YEAR.fullmatch(words) and bool(read_article_number(words))
    )
