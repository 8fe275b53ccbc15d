"""Example questions from the leads, figures, duties, titles and first clauses of the indexed passages."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from index.records import Document, Passage
from index.text.chinese import HAN, han_count
from ui.words import PageWords

MAX_QUESTIONS = 6  # as many as fit on the first screen

# A figure: 万元地区生产总值用水量 | 较2020年下降 | 12%
_FIGURE = re.compile(
    rf"(?:^|[。；;，,、:：\n])(?P<subject>[{HAN}“”（）()]{{4,20}}?)"
    r"(?P<change>(?:[比较][\d年同期上末底]{2,8})?(?:累计|年均)?"
    r"(?:达到|达|增长|提高到|提高|下降到|下降|降低到|降低|控制在|稳定在|不低于|不少于|不超过))"
    r"(?:约|至)?\d[\d,.]*(?:%|％|个|万|亿|公里|平方|吨|人|家|岁)"
)
# A duty: 建立劳动关系 | 应当
_DUTY = re.compile(rf"(?:^|[。\n])(?P<subject>[{HAN}、]{{4,20}}?)(?:的)?[，,](?P<modal>应当|必须)")
_DEPENDENT = re.compile(
    r"[前下上][款列述条]|[本该]法|[本该]条例|规定|依[照据法]|根据|为了|情形|[“”「」]"
)  # phrases that mean little on their own

_NUMBER_OF_ITEM = re.compile(r"^\s*[（(][^（()）\n]{1,4}[)）]", re.MULTILINE)
_NUMBER_OF_ARTICLE = re.compile(r"^第[〇零一二三四五六七八九十百千\d]+[条條](?:之[一二三四五六七八九十]+)?\s*")
_CLAUSE = re.compile(r"[^\n。；;，,：:.!?！？]+")
_SHORTEST, _LONGEST = 4, 24  # characters of a phrase worth asking about; twice and three times as many in Latin script


def example_questions(documents: Sequence[Document], words: PageWords) -> tuple[str, ...]:
    """Return at most ``MAX_QUESTIONS`` different questions, spread over the chapters of the documents.

    The same documents give the same questions; only documents without passages give none.
    """
    chapters = _spread(_chapters(documents))
    rows = [list(_chapter_questions(chapter, words, number)) for number, chapter in enumerate(chapters)]
    ordered = chain.from_iterable(zip_longest(*rows))  # the best of each chapter first
    return tuple(dict.fromkeys(question for question in ordered if question))[:MAX_QUESTIONS]


def _chapters(documents: Sequence[Document]) -> list[list[Passage]]:
    """Return passages by document and outermost division; those in no division only if there are no others."""
    chapters: dict[object, list[Passage]] = {}
    for document in documents:
        placed = [passage for passage in document.passages if passage.path] or document.passages
        for passage in placed:
            outermost = passage.path[0].key if passage.path else ()
            chapters.setdefault((document.id, outermost), []).append(passage)
    return list(chapters.values())


def _spread(chapters: list[list[Passage]]) -> list[list[Passage]]:
    """Return up to ``MAX_QUESTIONS`` chapters at equal distances."""
    count = min(MAX_QUESTIONS, len(chapters))
    return [chapters[(2 * i + 1) * len(chapters) // (2 * count)] for i in range(count)]


def _chapter_questions(passages: Sequence[Passage], words: PageWords, number: int) -> Iterator[str]:
    """Yield the questions of a chapter, best first: figures first in every third chapter, leads in the others."""
    figures = (words.about_figure.format(**found) for found in _found(_FIGURE, passages))
    leads = (
        words.about_lead.format(text=_quoted(passage.lead)) for passage in passages if _has_good_length(passage.lead)
    )
    duties = (
        words.about_duty.format(**found) for found in _found(_DUTY, passages) if not _DEPENDENT.search(found["subject"])
    )
    titles = (words.about_title.format(text=_quoted(title)) for title in _titles(passages))
    yield from chain(*((figures, leads) if number % 3 == 1 else (leads, figures)), duties, titles)
    yield from (words.about_clause.format(text=_quoted(clause)) for clause in _clauses(passages))


def _quoted(phrase: str) -> str:
    """Return a phrase for use between double quotes: its own become single quotes."""
    return phrase.translate(str.maketrans("“”", "‘’"))


def _found(pattern: re.Pattern[str], passages: Sequence[Passage]) -> Iterator[dict[str, str]]:
    return (found.groupdict() for passage in passages for found in pattern.finditer(_unnumbered(passage)))


def _titles(passages: Sequence[Passage]) -> Iterator[str]:
    """Yield the innermost title of each passage: outer titles are too general for a question."""
    innermost = (next((d.title for d in reversed(passage.path) if d.title), "") for passage in passages)
    return (title for title in dict.fromkeys(innermost) if _has_good_length(title))


def _clauses(passages: Sequence[Passage]) -> list[str]:
    """Return the first specific clause of each passage; if there is none, the beginning of the first passage."""
    specific = filter(None, map(_specific_clause, passages))
    return list(specific) or [_unnumbered(passage)[:_LONGEST].strip("、“”") for passage in passages[:1]]


def _specific_clause(passage: Passage) -> str:
    clauses = (clause.strip() for clause in _CLAUSE.findall(_unnumbered(passage)))
    return next((clause for clause in clauses if _has_good_length(clause) and not _DEPENDENT.search(clause)), "")


def _unnumbered(passage: Passage) -> str:
    return _NUMBER_OF_ITEM.sub("", _NUMBER_OF_ARTICLE.sub("", passage.text)).strip()


def _has_good_length(phrase: str) -> bool:
    if 2 * han_count(phrase) > len(phrase):
        return _SHORTEST <= len(phrase) <= _LONGEST
    return 2 * _SHORTEST <= len(phrase) <= 3 * _LONGEST
