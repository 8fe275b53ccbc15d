"""Structure of documents of many kinds, with paths worked out by hand."""

import textwrap

import pytest

from index.citations import cite
from index.parsing.structure import read_document


def cited(text: str, name: str = "x.txt", *, english: bool = False) -> list[tuple[int, str]]:
    document = read_document(textwrap.dedent(text).encode(), name)
    citations = [(p.line, cite(document.title, p)) for p in document.passages]
    return [(line, c.short_en if english else c.short_zh) for line, c in citations]


def test_the_outline_of_an_official_document() -> None:
    text = """\
        关于加强节水工作的意见
        各市人民政府：
        为了节水，现提出以下意见：
        一、总体要求
        （一）指导思想。坚持节约优先。
        （二）主要目标。到2025年，用水量下降12%。
        二、重点任务
        （一）农业节水
        1. 推广滴灌。推广水肥一体化。
        2. 改造渠系。
        （二）工业节水。具体包括：
        （1）改造设备；
        （2）回收废水。
        二、三产业融合发展不在此列。
        附件：1. 任务分工表
        附件1
        任务分工表的内容。
        """
    assert cited(text) == [
        (2, "第1段"),
        (3, "第2段"),
        (5, "一、（一）第1段"),
        (6, "一、（二）第1段"),
        (9, "二、（一）1.第1段"),
        (10, "二、（一）2.第1段"),
        (11, "二、（二）第1段"),
        (14, "二、（二）第2段"),
        (15, "二、（二）第3段"),
        (17, "附件1第1段"),
    ]
    document = read_document(textwrap.dedent(text).encode(), "x.txt")
    assert document.passages[2].path[-1].title == "指导思想"
    listed = document.passages[6]
    assert [(i.kind, i.number) for i in listed.inner] == [("款", 1), ("项", 1), ("项", 2)]
    assert cite("意见", listed, listed.inner[2].span).short_zh == "二、（二）第1段第（二）项"


def test_the_outline_of_a_taiwanese_plan() -> None:
    text = """\
        南山縣防洪計畫
        壹、計畫緣起
        一、河川淤積，歷年成災。
        二、經費有限，分期辦理。
        貳、實施內容
        一、堤防
        （一）東岸堤防加高一公尺。
        二、抽水站設於河口。
        參、經費
        經費由縣庫支應。
        """
    assert cited(text) == [
        (3, "壹、一、第1段"),
        (4, "壹、二、第1段"),
        (7, "貳、一、（一）第1段"),
        (8, "貳、二、第1段"),
        (10, "參、第1段"),
    ]
    assert cited(text, english=True)[3] == (8, "item 2, item 2, para. 1")


def test_a_table_of_contents_does_not_duplicate_divisions() -> None:
    text = """\
        某法
        目　录
        第一章　总则……1
        第一节 目的　　2
        第二章　附则 …… 12
        第一章　总则
        第一节 目的
        第一条　为了节水，制定本法。
        第二章　附则
        第二条　本法自公布之日起施行。
        """
    document = read_document(textwrap.dedent(text).encode(), "x.txt")
    assert [(h.line, h.path[-1].kind, h.path[-1].number) for h in document.headings] == [
        (6, "章", 1), (7, "节", 1), (8, "条", 1), (9, "章", 2), (10, "条", 2),
    ]  # fmt: skip
    assert document.remarks == ("line 2: a table of contents of 3 lines is left out",)


def test_entries_that_do_not_appear_again_are_no_table_of_contents() -> None:
    text = "某书\n目录\n第一章 甲\n一段。\n第二章 乙\n二段。\n"
    assert cited(text) == [(2, "第1段"), (4, "第一章第1段"), (6, "第二章第1段")]


def test_books_divisions_annexes_and_headings_without_a_number() -> None:
    text = """\
        某法典
        序　言
        序言的话。
        第一编 总则
        第一分编 通则
        第一章 规定
        第一条 甲。
        附 则
        第二条 乙。
        附件一
        清单：
        1. 甲物；
        2. 乙物。
        """
    assert cited(text) == [
        (3, "序言第1段"), (7, "第一条"), (9, "第二条"), (11, "附件1第1段"),
    ]  # fmt: skip
    document = read_document(textwrap.dedent(text).encode(), "x.txt")
    assert [d.kind for d in document.passages[1].path] == ["编", "分编", "章", "条"]
    assert [d.title for d in document.passages[2].path] == ["附则", ""]


def test_markdown_headings_close_each_other_by_their_depth() -> None:
    text = """\
        # 某法
        ## 第一编 总则
        ### 第一章 规定
        第一条 甲。
        ## 附则
        第二条 乙。
        """
    document = read_document(textwrap.dedent(text).encode(), "x.md")
    assert [[d.kind for d in p.path] for p in document.passages] == [["编", "章", "条"], ["标题", "条"]]


def test_an_english_act() -> None:
    text = """\
        Water Act 2020
        Contents
        Part 1 General
        Section 1 Purpose
        Part 1 General
        Section 1 Purpose
        The purpose of this Act is to save water.
        Section 2 Definitions
        In this Act:
        (a) water means fresh water;
        (b) user means a person.
        Section 3 of this Act does not apply to wells.
        Schedule 1 Fees
        The fee is 10.
        """
    assert cited(text, english=True) == [
        (7, "pt. 1, sec. 1, para. 1"),
        (9, "pt. 1, sec. 2, para. 1"),
        (12, "pt. 1, sec. 2, para. 2"),
        (14, "annex 1, para. 1"),
    ]


def test_a_european_regulation_numbers_its_paragraphs() -> None:
    text = """\
        REGULATION
        CHAPTER I
        General provisions
        Article 1
        Subject matter
        This Regulation lays down rules.
        Article 2 Scope
        1. This Regulation applies to all.
        2. It does not apply to:
        (a) wells;
        (b) rain.
        """
    document = read_document(textwrap.dedent(text).encode(), "x.txt")
    first, second = document.passages
    assert [d.title for d in first.path] == ["General provisions", "Subject matter"]
    assert [(i.kind, i.number) for i in first.inner] == [("款", 1)]
    assert [(i.kind, i.number) for i in second.inner] == [("款", 1), ("款", 2), ("项", 1), ("项", 2)]
    assert cite("R", second, second.inner[3].span).en == "R, art. 2(2)(2)"


def test_japanese_and_korean_laws() -> None:
    japanese = (
        "水道法\n第一章　総則\n（目的）\n第一条　水を守る。\n２　国は、努める。\n一　水\n二　雨\n第二条　用語。\n"
    )
    assert cited(japanese) == [(3, "第一条"), (8, "第二条")]
    first = read_document(japanese.encode(), "x.txt").passages[0]
    assert [(i.kind, i.number) for i in first.inner] == [("款", 1), ("款", 2), ("项", 1), ("项", 2)]
    korean = "물관리법\n제1장 총칙\n제1조(정의) ① 물이란:\n1. 강물\n② 사람.\n제1조의2(적용) 모두에게.\n"
    document = read_document(korean.encode(), "x.txt")
    assert [p.path[-1].key for p in document.passages] == [("条", 1, 0), ("条", 1, 2)]
    assert [(i.kind, i.number) for i in document.passages[0].inner] == [("款", 1), ("项", 1), ("款", 2)]


def test_dotted_headings() -> None:
    text = "1.1 背景情况\n正文段落。\n1.1.1 更细的\n正文段落二。\n1.2 目标\n3.5 亿元的投资\n"
    assert cited(text) == [
        (2, "1.1 背景情况第1段"), (4, "1.1.1 更细的第1段"), (6, "1.2 目标第1段"),
    ]  # fmt: skip


def test_a_title_on_the_line_below_its_number() -> None:
    document = read_document("第一章\n总　则\n第一条 甲。\n第二章\n其他规定\n第二条 乙。\n".encode(), "x.txt")
    assert [h.path[-1].title for h in document.headings] == ["总 则", "", "其他规定", ""]


def test_hard_wrapped_lines_are_joined_to_paragraphs() -> None:
    paragraphs = [f"第{n}件事情是要节约用水，推广再生水，" * 6 + "最后建成节水型社会。" for n in "一二三四"]
    wrapped = "\n".join(
        "　　" + p[:28] + "\n" + "\n".join(p[i : i + 30] for i in range(28, len(p), 30)) for p in paragraphs
    )
    document = read_document(wrapped.encode(), "x.txt")
    assert [p.text for p in document.passages] == paragraphs
    assert all(p.repaired for p in document.passages)
    for passage in document.passages:
        assert "".join(document.source[s:e] for s, e in passage.pieces) == passage.text


def test_a_hard_wrapped_article_keeps_its_paragraphs() -> None:
    first = "第一条　" + "为了加强水资源的节约和保护，促进可持续利用，" * 4 + "制定本法。"
    second = "本法所称水资源，" * 10 + "包括地表水和地下水。"
    lines = [("　　" if i == 0 else "") + p[i : i + 30] for p in (first, second) * 3 for i in range(0, len(p), 30)]
    document = read_document("\n".join(lines).encode(), "x.txt")
    assert len(document.passages) == 3
    article = document.passages[0]
    assert article.text == f"{first}\n　　{second}"
    assert [article.text[s:e] for s, e in (i.span for i in article.inner)] == [first.removeprefix("第一条　"), second]


@pytest.mark.parametrize(
    ("lines", "remark"),
    [
        ("第一章 甲\n文。\n第三章 丙\n文。", "line 3: 第三章 follows 第一章"),
        ("第一章 甲\n文。\n第一章 甲\n文。", ""),
        ("第一条 甲。\n第二条 乙。\n第二条 丙。", "line 3: 第二条 follows 第二条"),
        ("第一条 甲。\n第二条 乙。\n第一条 丙。", "line 3: 第一条 follows 第二条"),
        ("第一条 甲。\n第一条之一 乙。\n第二条 丙。", ""),
        ("第一章 甲\n第一节 一\n文。\n第二章 乙\n第一节 一\n文。", ""),
        ("第一篇 上\n第一章 甲\n文。\n第二篇 下\n第二章 乙\n文。", ""),
    ],
)
def test_numbers_that_skip_or_repeat_are_remarked(lines: str, remark: str) -> None:
    document = read_document(lines.encode(), "x.txt")
    if remark:
        assert remark in document.remarks
    else:
        assert not [r for r in document.remarks if "follows" in r and "第一章" not in r]


def test_lines_of_unequal_width_are_not_wrapped_text() -> None:
    history = [
        f"{year}年1月1日 第{n}届全国人民代表大会常务委员会{'关于修改的决定' * n}通过"
        for n, year in enumerate(range(1990, 2000), 1)
    ]
    text = "\n".join(["某法", *history, "第一条 为了节水，制定本法。", "第二款的话。"])
    assert len(cited(text)) == 11
    article = read_document(text.encode(), "x.txt").passages[-1]
    assert [i.kind for i in article.inner] == ["款", "款"]


def test_articles_without_a_space_after_their_number() -> None:
    text = """\
        某法
        第五十四条自然人可以登记。
        第五十五条所有权人负责。
        第五十六条第三人负责。
        第五十七条中介人负责。
        第五十六条所称的人。
        """
    assert [place for _, place in cited(text)] == ["第五十四条", "第五十五条", "第五十六条", "第五十七条"]
    assert cited("某法\n第二条 甲。\n第一条之二　乙。\n第二十条修改为：\n") == [(2, "第二条"), (3, "第一条之二")]
