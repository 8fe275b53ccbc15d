"""Example questions made from the indexed documents: from the leads, figures, titles and openings of their passages."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from index.records import Document, Passage
from index.text.chinese import HAN, han_count
from ui.words import PageWords

MOST = 6  # as many as fit above the fold

# A figure that a text states: 万元地区生产总值用水量 | 较2020年下降 | 12%
_FIGURE = re.compile(
    rf"(?:^|[。；;，,、:：\n])(?P<subject>[{HAN}“”（）()]{{4,20}}?)"
    r"(?P<change>(?:[比较][\d年同期上末底]{2,8})?(?:累计|年均)?"
    r"(?:达到|达|增长|提高到|提高|下降到|下降|降低到|降低|控制在|稳定在|不低于|不少于|不超过))"
    r"(?:约|至)?\d[\d,.]*(?:%|％|个|万|亿|公里|平方|吨|人|家|岁)"
)
# What a text demands: 建立劳动关系 | 应当
_DUTY = re.compile(rf"(?:^|[。\n])(?P<subject>[{HAN}、]{{4,20}}?)(?:的)?[，,](?P<modal>应当|必须)")
_LEANS = re.compile(
    r"[前下上][款列述条]|[本该]法|[本该]条例|规定|依[照据法]|根据|为了|情形|[“”「」]"
)  # means little on its own

_NUMBER_OF_ITEM = re.compile(r"^\s*[（(][^（()）\n]{1,4}[)）]", re.MULTILINE)
_NUMBER_OF_ARTICLE = re.compile(r"^第[〇零一二三四五六七八九十百千\d]+[条條](?:之[一二三四五六七八九十]+)?\s*")
_CLAUSE = re.compile(r"[^\n。；;，,：:.!?！？]+")
_SHORTEST, _LONGEST = 4, 24  # characters of a phrase worth asking about; twice and three times as many in Latin script


def example_questions(documents: Sequence[Document], words: PageWords) -> tuple[str, ...]:
    """At most ``MOST`` questions that the documents speak to, spread over their chapters, without repetition.

    The same documents give the same questions; only a document without passages gives none.
    """
    chapters = _spread(_chapters(documents))
    rows = [list(_chapter_questions(chapter, words, turn)) for turn, chapter in enumerate(chapters)]
    in_turn = chain.from_iterable(zip_longest(*rows))  # the best of each chapter first
    return tuple(dict.fromkeys(question for question in in_turn if question))[:MOST]


def _chapters(documents: Sequence[Document]) -> list[list[Passage]]:
    """The passages by document and outermost division; those before the first heading only if there are no others."""
    chapters: dict[object, list[Passage]] = {}
    for document in documents:
        placed = [passage for passage in document.passages if passage.path] or document.passages
        for passage in placed:
            outermost = passage.path[0].key if passage.path else ()
            chapters.setdefault((document.id, outermost), []).append(passage)
    return list(chapters.values())


def _spread(chapters: list[list[Passage]]) -> list[list[Passage]]:
    """Up to ``MOST`` chapters at equal distances."""
    count = min(MOST, len(chapters))
    return [chapters[(2 * i + 1) * len(chapters) // (2 * count)] for i in range(count)]


def _chapter_questions(passages: Sequence[Passage], words: PageWords, turn: int) -> Iterator[str]:
    """A chapter's questions, best first: figures come first in every third chapter, leads in the others."""
    figures = (words.about_figure.format(**found) for found in _found(_FIGURE, passages))
    leads = (words.about_lead.format(text=_quoted(passage.lead)) for passage in passages if _fits(passage.lead))
    duties = (
        words.about_duty.format(**found) for found in _found(_DUTY, passages) if not _LEANS.search(found["subject"])
    )
    titles = (words.about_title.format(text=_quoted(title)) for title in _titles(passages))
    yield from chain(*((figures, leads) if turn % 3 == 1 else (leads, figures)), duties, titles)
    yield from (words.about_clause.format(text=_quoted(clause)) for clause in _clauses(passages))


def _quoted(phrase: str) -> str:
    """A phrase for use between double quotes: its own become single ones."""
    return phrase.translate(str.maketrans("“”", "‘’"))


def _found(pattern: re.Pattern[str], passages: Sequence[Passage]) -> Iterator[dict[str, str]]:
    return (found.groupdict() for passage in passages for found in pattern.finditer(_unnumbered(passage)))


def _titles(passages: Sequence[Passage]) -> Iterator[str]:
    """The innermost title over each passage: those further out promise everything and ask for nothing."""
    innermost = (next((d.title for d in reversed(passage.path) if d.title), "") for passage in passages)
    return (title for title in dict.fromkeys(innermost) if _fits(title))


def _clauses(passages: Sequence[Passage]) -> list[str]:
    """The first telling clause of each passage, and where there is none at all, the opening as far as it goes."""
    telling = filter(None, map(_telling_clause, passages))
    return list(telling) or [_unnumbered(passage)[:_LONGEST].strip("、“”") for passage in passages[:1]]


def _telling_clause(passage: Passage) -> str:
    clauses = (clause.strip() for clause in _CLAUSE.findall(_unnumbered(passage)))
    return next((clause for clause in clauses if _fits(clause) and not _LEANS.search(clause)), "")


def _unnumbered(passage: Passage) -> str:
    return _NUMBER_OF_ITEM.sub("", _NUMBER_OF_ARTICLE.sub("", passage.text)).strip()


def _fits(phrase: str) -> bool:
    if 2 * han_count(phrase) > len(phrase):
        return _SHORTEST <= len(phrase) <= _LONGEST
    return 2 * _SHORTEST <= len(phrase) <= 3 * _LONGEST
