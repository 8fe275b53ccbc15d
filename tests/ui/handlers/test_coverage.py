"""The view of coverage: the handlers over the small plan and law, and what they show."""

import base64
import csv
import io
import re
from dataclasses import replace

import pytest

from index.records import Division
from retrieval.coverage.records import MAX_TERMS
from tests.ui.fakes import BigramSearcher, Standing, document, law, plan
from ui.handlers import coverage
from ui.handlers.ask import AskHandlers
from ui.handlers.coverage import LISTED, CoverageHandlers, split_terms
from ui.handlers.error_handlers import HandlerResult
from ui.words import ZH

BASE = "http://127.0.0.1:7860/"


@pytest.fixture
def cover() -> CoverageHandlers:
    return CoverageHandlers(AskHandlers(Standing(BigramSearcher((plan(), law())))))


def asked(cover: CoverageHandlers, terms: str, documents: list[str] | None = None, chapter: str = "") -> HandlerResult:
    return cover.coverage(terms, documents or [], chapter, "zh", BASE)


def bars(html: str) -> list[tuple[str, str]]:
    """The name of each chapter drawn and what stands behind its bar."""
    names = re.findall(r'class="zj-bar-name">(.*?)</span><progress', html)
    counts = re.findall(r'class="zj-bar-count">(.*?)</span>', html)
    return list(zip((re.sub("<.*?>", "", name) for name in names), counts, strict=True))


@pytest.mark.parametrize(
    "text", ["就业、节能改造", "就业；节能改造", "就业, 节能改造", "就业;;节能改造\n", "\n就业\n节能改造"]
)
def test_terms_are_separated_by_lines_or_punctuation(text: str) -> None:
    assert split_terms(text) == ["就业", "节能改造"]


def test_an_english_phrase_is_one_term() -> None:
    assert split_terms("science and technology; water") == ["science and technology", "water"]


@pytest.mark.parametrize("nothing", ["", " \n", "、；"])
def test_no_terms_give_the_empty_form(cover: CoverageHandlers, nothing: str) -> None:
    shown = asked(cover, nothing)
    assert set(shown) == {"html"}
    assert 'id="zj-cover-terms"' in shown["html"]
    assert "zj-bars" not in shown["html"]


def test_each_chapter_has_a_bar_in_the_order_of_the_text(cover: CoverageHandlers) -> None:
    shown = asked(cover, "节能改造")
    assert bars(shown["html"]) == [
        ("第一章（推定） 繁荣文化", "1/2"),
        ("第二章 推进绿色发展", "1/4"),
        ("第三章 稳定就业", "1/1"),
        ("第一章 总则", "0/1"),
        ("第二章 保护与利用", "0/1"),
    ]
    assert shown["html"].count('<a href="?view=coverage&amp;t=') == 3  # chapters without any lead nowhere
    assert shown["hits"] == ["plan.txt#2", "plan.txt#4", "plan.txt#7"]
    assert "“节能改造”见于 3 段，分布在 3 章。" in shown["html"]
    assert "检索了 2 份文件的 9 段。" in shown["html"]
    assert "不能证明" in shown["html"]
    assert shown["html"].count("<u>节能改造</u>") == 3
    assert sorted(shown["counts"].values()) == [1, 1, 1, 1]  # three chapters and a section


def test_only_the_selected_documents_are_searched(cover: CoverageHandlers) -> None:
    shown = asked(cover, "湿地", ["law.txt"])
    assert bars(shown["html"]) == [("第一章 总则", "1/1"), ("第二章 保护与利用", "1/1")]
    assert "检索了这份文件的 2 段。" in shown["html"]


def test_an_absent_term_has_no_passages(cover: CoverageHandlers) -> None:
    shown = asked(cover, "恐龙")
    assert "未找到“恐龙”。" in shown["html"]
    assert [count for _, count in bars(shown["html"])] == ["0/2", "0/4", "0/1", "0/1", "0/1"]
    assert (shown["hits"], shown["counts"]) == ([], {})
    assert "zj-cover-passages" not in shown["html"]


def test_a_selected_chapter_shows_its_passages_alone(cover: CoverageHandlers) -> None:
    shown = asked(cover, "湿地；节能改造", chapter="2.3")
    assert shown["hits"] == ["plan.txt#7"]
    assert shown["chosen"]
    assert "第三章的段落（1）" in shown["html"]
    assert shown["html"].count('aria-current="true"') == 1
    assert shown["html"].count("zj-cover-passages") == 1
    assert len(bars(shown["html"])) == 10


@pytest.mark.parametrize("chapter", ["9.1", "1.9", "0.1", "1.0", "1", "x", "1.1.1", "-1.1"])
def test_an_unknown_chapter_is_reported(cover: CoverageHandlers, chapter: str) -> None:
    shown = asked(cover, "节能改造", chapter=chapter)
    assert "地址中的这一章不存在" in shown["html"]
    assert not shown["chosen"]
    assert len(shown["hits"]) == 3


def test_an_invalid_term_is_reported_and_stays_in_the_box(cover: CoverageHandlers) -> None:
    shown = asked(cover, "就业；……")
    assert shown["problem"]
    assert "neither letters nor digits" in shown["html"]
    assert ">就业；……</textarea>" in shown["html"]


def test_input_stays_text(cover: CoverageHandlers) -> None:
    hostile = '</textarea><img src=x onerror="alert(1)">'
    shown = asked(cover, hostile)
    assert "<img" not in shown["html"]
    assert "&lt;img" in shown["html"]


def test_long_lists_are_cut_with_a_note() -> None:
    one = plan()
    copies = tuple(replace(one.passages[3], id=f"p{i}") for i in range(LISTED + 5))
    many = CoverageHandlers(AskHandlers(Standing(BigramSearcher((replace(one, passages=copies),)))))
    shown = asked(many, "节能改造")
    assert len(shown["hits"]) == LISTED
    assert "以下是前 60 段，共 65 段" in shown["html"]
    assert bars(shown["html"]) == [("第二章 推进绿色发展", "65/65")]
    assert len(asked(many, "节能改造", chapter="1.1")["hits"]) == LISTED + 5


def test_coverage_in_english(cover: CoverageHandlers) -> None:
    shown = cover.coverage("就业", [], "", "en", BASE)
    assert "“就业” was found in 1 passage in 1 chapter." in shown["html"]
    assert "Searched: 9 passages of 2 documents." in shown["html"]
    assert "does not prove" in shown["html"]


def test_the_table_holds_all_passages(cover: CoverageHandlers) -> None:
    made = cover.coverage_table("节能改造；恐龙", [], "zh")
    assert made["name"] == "词语分布 节能改造 恐龙.csv"
    text = base64.b64decode(made["data"]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["term"], row["passage"], row["chapter"]) for row in rows] == [
        ("节能改造", "plan.txt#2", "第一章（推定） 繁荣文化"),
        ("节能改造", "plan.txt#4", "第二章 推进绿色发展"),
        ("节能改造", "plan.txt#7", "第三章 稳定就业"),
        ("恐龙", "", ""),
    ]
    assert cover.coverage_table("", [], "zh")["problem"]
    assert cover.coverage_table("……", [], "zh")["problem"]


def test_a_table_of_more_passages_than_it_takes_is_refused(
    cover: CoverageHandlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "MAX_ROWS", 3)
    assert "data" in cover.coverage_table("节能改造", [], "zh")  # three passages
    monkeypatch.setattr(coverage, "MAX_ROWS", 2)
    refused = cover.coverage_table("节能改造", [], "zh")
    assert refused["problem"]
    assert ZH.coverage.too_many.format(count="3", most="2") in refused["html"]


def test_the_bars_of_many_terms_are_as_few_as_those_of_one() -> None:
    chapters = [
        ((Division(kind="章", number=i, title=f"名{i}"),), 1, "", "".join(f"能{j}。" for j in range(MAX_TERMS)))
        for i in range(1, 401)
    ]
    cover = CoverageHandlers(AskHandlers(Standing(BigramSearcher((document("long.txt", "长", chapters),)))))
    one, many = asked(cover, "能1"), asked(cover, "、".join(f"能{j}" for j in range(MAX_TERMS)))
    assert len(bars(one["html"])) == 300
    assert len(bars(many["html"])) == MAX_TERMS * 40
    assert ZH.coverage.more_bars.format(count="360") in many["html"]
