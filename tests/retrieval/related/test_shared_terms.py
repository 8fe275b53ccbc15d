from collections.abc import Sequence

import pytest

from index.errors import TimeLimitError
from index.storage.bm25 import LexicalIndex
from retrieval.deadline import time_limit
from retrieval.related import shared_terms as shared_terms_module
from retrieval.related.shared_terms import shared_terms

EVERYDAY = ["加强管理。", "加强建设，推进发展。", "深入调研，推进改革。", "企业发展。", "产业开放。"]


def terms(ours: str, theirs: str, others: Sequence[str] = EVERYDAY) -> list[str]:
    texts = [ours, theirs, *others]
    found = shared_terms(ours, theirs, LexicalIndex.build([""] * len(texts), texts))
    for term in found:
        mine, other = ours[slice(*term.ours)], theirs[slice(*term.theirs)]
        assert mine.casefold() == other.casefold()
    return [ours[slice(*term.ours)] for term in found]


def test_a_word_that_few_have_is_shared() -> None:
    assert terms("制定碳达峰方案。", "今年起碳达峰。") == ["碳达峰"]


def test_a_phrase_is_one_term() -> None:
    assert terms("落实大气污染联防联控。", "建立大气污染联防联控机制。") == ["大气污染联防联控"]


def test_what_many_have_is_no_term() -> None:
    assert terms("加强水利。", "加强电力。") == []


def test_a_pair_across_two_words_is_no_term() -> None:
    # 业开 stands in 企业开展 and in 产业开放, where 企业 and 开放 are words of more passages.
    assert terms("企业开展活动。", "产业开放以来。") == []
    # 入推 is rarer than 深入 and 推进, which everybody has.
    assert terms("深入推进水利。", "深入推进电力。", [*EVERYDAY, "深入田间。", "深入人心。", "深入研究。"]) == []


def test_a_character_of_the_neighbouring_word_is_cut_off() -> None:
    others = [*EVERYDAY, "增强体质。", "增强实力。"]
    assert terms("增强生态意识。", "加强生态补偿。", others) == ["生态"]


@pytest.mark.parametrize(("ours", "theirs"), [("耕地的保护者。", "森林的保护者。"), ("保护者和水。", "保护者和电。")])
def test_what_joins_two_words_is_cut_off(ours: str, theirs: str) -> None:
    assert terms(ours, theirs) == ["保护者"]


def test_numbers_of_articles_are_no_terms() -> None:
    assert terms("依照第二百三十四条处理。", "违反第二百三十四条规定。") == []


def test_words_are_shared_whole_and_side_by_side() -> None:
    others = ["the plan of the city", "the law of the land", "the sea and the sky", "a plan of the year"]
    assert terms("the Carbon peak of 2030", "a carbon peak of the year", others) == ["Carbon peak of"]
    assert terms("in 2030 it is", "by 2030 we are", others) == []


def test_traditional_characters_are_the_same_and_shown_as_written() -> None:
    texts = ["發展碳達峰經濟。", "今年起碳达峰。", *EVERYDAY]
    (term,) = shared_terms(texts[0], texts[1], LexicalIndex.build([""] * len(texts), texts))
    assert (texts[0][slice(*term.ours)], texts[1][slice(*term.theirs)]) == ("碳達峰", "碳达峰")


def test_the_most_telling_come_first_and_none_is_part_of_another() -> None:
    others = [*EVERYDAY, "森林很大。", *["休息。"] * 12]  # three of twenty still are few
    assert terms("森林与草原。湿地草原。", "湿地草原。森林。", others) == ["湿地草原", "森林"]


def test_no_more_are_named_than_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_terms_module, "MAX_TERMS", 1)
    assert len(terms("森林、草原。", "草原、森林。")) == 1


def test_a_quotation_is_no_term() -> None:
    long = "坚持以人民为中心的发展思想不动摇不折腾不懈怠"
    assert terms(f"{long}。", f"{long}！") == []


def test_nothing_is_shared_with_nothing() -> None:
    assert terms("节约用水。", "……") == []
    assert terms("abc", "def") == []


def test_of_long_passages_the_beginnings_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_terms_module, "MAX_COMPARED", 6)
    assert terms("森林、湿地、草原。", "湿地、森林、草原。") == ["森林", "湿地"]


def test_passages_with_too_much_in_common_are_stopped_in_time() -> None:
    with time_limit(0.1), pytest.raises(TimeLimitError):
        terms("节能。" * 1300, "节能。" * 1300)
