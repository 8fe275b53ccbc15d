"""Parser on small texts with a structure worked out by hand, and its properties."""

import textwrap
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentError
from index.parsing.structure import read_document
from index.records import Document, Passage


def read(text: str, name: str = "plan.txt") -> Document:
    return read_document(textwrap.dedent(text).encode(), name)


def place(passage: Passage) -> str:
    levels = [f"{d.kind}{d.number}{'-' + str(d.sub) if d.sub else ''}{'?' if d.inferred else ''}" for d in passage.path]
    return "/".join([*levels, str(passage.ordinal)])


def places(document: Document) -> list[str]:
    return [place(p) for p in document.passages]


PLAN = """\
    第三节提高服务水平
    第一段。
    第二段。

    专栏33建设旅游目的地
    第十六章 推进绿色发展
    章下的一段。
    第一节 节约用水
    用水量下降12%。
    第三篇 加强领导
    篇下的一段。
    第十七章 保障实施
    最后一段。
    来源:某日报
    """


def test_every_paragraph_of_a_plan_has_its_path() -> None:
    document = read(PLAN)
    assert [(p.line, place(p)) for p in document.passages] == [
        (2, "章15?/节3/1"),
        (3, "章15?/节3/2"),
        (5, "章15?/节3/专栏33/0"),
        (7, "章16/1"),
        (9, "章16/节1/1"),
        (11, "篇3/1"),
        (13, "篇3/章17/1"),
    ]
    assert document.passages[2].text == "专栏33建设旅游目的地"
    assert document.metadata == {"来源": "某日报"}
    assert document.title == "plan"
    assert document.remarks == ("line 1: the heading of chapter 15 is missing; inferred",)
    assert [(h.line, h.path[-1].title) for h in document.headings] == [
        (0, ""), (1, "提高服务水平"), (5, "建设旅游目的地"), (6, "推进绿色发展"),
        (8, "节约用水"), (10, "加强领导"), (12, "保障实施"),
    ]  # fmt: skip


@pytest.mark.parametrize("first", ["第一章 总则", "第三节 没有章的节"])
def test_nothing_is_inferred_without_evidence(first: str) -> None:
    document = read(f"{first}\n一段。\n第二节 另一节\n又一段。\n")
    assert not any(d.inferred for p in document.passages for d in p.path)


def test_a_word_broken_across_lines_is_joined() -> None:
    document = read("旅游业发展。旅游很好。旅游多样。\n上行旅\n游供给质量。扩大供给。\n没有句号的一段\n推进旅游。\n")
    assert [p.text for p in document.passages] == [
        "旅游业发展。旅游很好。旅游多样。",
        "上行旅游供给质量。扩大供给。",
        "没有句号的一段",  # 段推 is no word of this text
        "推进旅游。",
    ]
    mended = document.passages[1]
    assert mended.repaired
    assert mended.line == 2
    assert document.source[mended.start : mended.end] == "上行旅\n游供给质量。扩大供给。"
    assert "".join(document.source[s:e] for s, e in mended.pieces) == mended.text
    assert document.remarks == ("line 2: 2 lines joined to one paragraph",)


def test_a_line_that_ends_in_a_comma_is_continued() -> None:
    assert [p.text for p in read("坚持节约，\n保护资源。\nThe state,\nand its organs.\n").passages] == [
        "坚持节约，保护资源。",
        "The state, and its organs.",
    ]


def test_a_blank_line_ends_a_paragraph() -> None:
    assert len(read("旅游旅游旅游。\n上行旅\n\n游供给。\n").passages) == 3


LAW = """\
    # 某某法

    （2020年1月1日通过）

    ## 第一章 总则

    第一条 为了节约用水，制定本法。

    第二条 本法所称水，包括：
    　　（一）地表水；
    　　（二）地下水。

    第二条之一 依照本法第一条的规定办理。

    第三条的规定不适用于军队。

    ## 第二章 附则

    第一百零五条　本法自公布之日起施行。
    """


def test_an_article_is_one_passage_with_its_paragraphs() -> None:
    document = read(LAW, "law.md")
    assert document.title == "某某法"
    assert places(document) == ["1", "章1/条1/0", "章1/条2/0", "章1/条2-1/0", "章2/条105/0"]
    assert document.passages[2].text == "第二条 本法所称水，包括：\n　　（一）地表水；\n　　（二）地下水。"
    assert document.passages[3].text.endswith("第三条的规定不适用于军队。")  # a reference, not a heading
    for passage in document.passages:
        assert document.source[passage.start : passage.end] == passage.text


@pytest.mark.parametrize(
    "line",
    [
        "第三章规定的条件，应当符合。",
        "第三章的规定",
        "第三章、第四章和第五章",
        "第三节以上的内容参照执行",
        "第十六条第二款所称的人员，是指下列人员：",
        "第十六条规定的情形除外。",
        "第十六条至第二十条不适用。",
        "第一章" + "很长的一句话" * 12,
        "专栏33列出了重点项目，应当落实。",
    ],
)
def test_a_reference_in_running_text_is_not_a_heading(line: str) -> None:
    assert read(f"第一段。\n{line}\n").headings == ()


def test_a_document_without_structure_is_numbered_paragraphs() -> None:
    document = read("今天开会。\n明天休息。\n\nThird paragraph.\n", "notes.txt")
    assert places(document) == ["1", "2", "3"]
    assert document.title == "notes"


def test_title_and_metadata_are_separated_from_the_text() -> None:
    document = read("某某规划纲要\n说明：供试用。\n第一章 总则\n一段。\n")
    assert document.title == "某某规划纲要"
    assert document.metadata == {"说明": "供试用。"}
    assert places(document) == ["章1/1"]


def test_leads_are_titles_only_if_many_paragraphs_have_one() -> None:
    plan = read("开展达峰行动。制定方案。\n推进转型。淘汰落后。\n坚持绿色,从源头上转变。\n")
    assert [p.lead for p in plan.passages] == ["开展达峰行动", "推进转型", ""]
    prose = read("他来了。天黑了,很冷。\n" + "一段很长的话,没有标题。\n" * 5)
    assert [p.lead for p in prose.passages] == [""] * 6


def test_ids_are_stable_and_differ_for_equal_texts() -> None:
    before = read("第一章 甲\n一段。\n同样。\n第二章 乙\n同样。\n")
    after = read("第一章 甲\n一段改了。\n同样。\n第二章 乙\n同样。\n")
    assert [p.id for p in before.passages][1:] == [p.id for p in after.passages][1:]
    assert before.passages[0].id != after.passages[0].id
    twice = read("第一章 甲\n同样。\n第一章 甲\n同样。\n")
    assert len({p.id for p in twice.passages}) == 2


def test_headings_with_nothing_below_are_passages() -> None:
    document = read("第一章 总则\n第二章 附则\n")
    assert [(p.text, p.path[-1].number) for p in document.passages] == [("第一章 总则", 1), ("第二章 附则", 2)]


MARKED = """第一章 总则|第二节水|第三条 内容。|第三条之一 内容|第二条|专栏3 工程|来源:某报|# 题|## 附则|第一篇 上|
一、甲乙|二、丙。丁|（一）具体如下：|（二）戊；|1. 己|2. 庚。|（1）辛；|①壬|1.1 癸|
1.2 子|目录|第一章 总则……3|附件一|附则|序 言|
Article 1|Article 2 Scope|CHAPTER I|Duties|(a) one;|(b) two.|（目的）|
第一条　水を守る。|
２　国は|제1조(정의) ① 물|第一章|旅游旅游旅游|上行旅|游供给，"""
lines = st.one_of(
    st.sampled_from([*MARKED.replace("\n", "").split("|"), ""]),
    st.text(alphabet="水利工程旅游，。；：（）12%a \u3000", max_size=30),
)


@given(st.lists(lines, max_size=25), st.sampled_from(["x.txt", "x.md"]))
def test_passages_cover_all_text_in_order_with_correct_positions(parts: list[str], name: str) -> None:
    try:
        document = read_document("\n".join(parts).encode(), name)
    except DocumentError:
        return
    at = 0
    for passage in document.passages:
        assert at <= passage.start < passage.end
        at = passage.end
        whole = "".join(document.source[s:e] for s, e in passage.pieces)
        assert whole.split() == passage.text.split()
        assert document.source[: passage.start].count("\n") + 1 == passage.line
        if not passage.repaired:
            assert document.source[passage.start : passage.end] == passage.text
        for part in passage.inner:
            assert 0 <= part.span.start < part.span.end <= len(passage.text)
    assert len({p.id for p in document.passages}) == len(document.passages)
    assert document == read_document("\n".join(parts).encode(), name)


@given(st.lists(lines, max_size=25), st.sampled_from(["x.txt", "x.md"]))
def test_no_line_is_lost(parts: list[str], name: str) -> None:
    try:
        document = read_document("\n".join(parts).encode(), name)
    except DocumentError:
        return
    assert all(part.reason == "contents" for part in document.left_out)
    left_out = {"".join(line.split()) for part in document.left_out for line in part.lines}
    held = {n for p in document.passages for n in range(p.line, document.source.count("\n", 0, p.end) + 2)}
    held |= {h.line for h in document.headings}
    titles = {
        "".join(t.split()).strip("（）")
        for t in (document.title, *(d.title for h in document.headings for d in h.path))
    }
    for number, line in enumerate(document.source.split("\n"), 1):
        words = "".join((line.strip("# ") if name == "x.md" else line).split())
        said = (
            words in left_out
            or words.strip("（）") in titles
            or any(words.endswith("".join(v.split())) for v in document.metadata.values())
        )
        assert not words or number in held or said or line.strip() == "#"


@given(st.text())
def test_no_text_raises_anything_but_document_error(text: str) -> None:
    with suppress(DocumentError):
        read_document(text.encode("utf-8", "ignore"), "x.txt")
