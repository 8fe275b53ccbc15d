import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("节约用水。用水量下降12%。建设节水型社会。", ["节约用水。", "用水量下降12%。", "建设节水型社会。"]),
        ("他说：“好的。就走吧。”然后离开了。", ["他说：“好的。就走吧。”", "然后离开了。"]),
        ("依照《关于甲。乙的规定》第三条办理。另行公布。", ["依照《关于甲。乙的规定》第三条办理。", "另行公布。"]),
        ("（一）甲和乙两方；\n（二）丙和丁两方。", ["（一）甲和乙两方；", "（二）丙和丁两方。"]),
        ("PM2.5 fell to 3.5. It rose again.", ["PM2.5 fell to 3.5.", "It rose again."]),
        (
            "Die Regel gilt ab dem 1. Oktober. Sie endet am 31. Dezember 2030. Art. IV bleibt.",
            ["Die Regel gilt ab dem 1. Oktober.", "Sie endet am 31. Dezember 2030.", "Art. IV bleibt."],
        ),
        ("Dr. J. Wells of the U.S. Survey digs. He rests.", ["Dr. J. Wells of the U.S. Survey digs.", "He rests."]),
        ("It was built in 12. The end.", ["It was built in 12.", "The end."]),
        ("好。今天的天气很好。", ["好。今天的天气很好。"]),
        ("今天的天气很好。好。", ["今天的天气很好。好。"]),
        ("没有句号的一段", ["没有句号的一段"]),
        ("。。。", ["。。。"]),
        (
            "甲は、水の取得（以下「取水」という。）を届け出る。夜は休む。",
            ["甲は、水の取得（以下「取水」という。）を届け出る。", "夜は休む。"],
        ),
        ("一　水番（井戸を守る者を含む。）　見回りの目的", ["一　水番（井戸を守る者を含む。）　見回りの目的"]),
        ("取水应当登记。（救火除外。）登记以后发证。", ["取水应当登记。", "（救火除外。）", "登记以后发证。"]),
        ("取水应当登记（救火除外。）\n登记以后发证。", ["取水应当登记（救火除外。）", "登记以后发证。"]),
        ("（一个没有关上的括号。第二句话在这里。", ["（一个没有关上的括号。", "第二句话在这里。"]),
    ],
)
def test_sentences_are_split_at_punctuation(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_white_space_has_no_sentences() -> None:
    assert sentence_spans(" \n\u3000") == ()


def test_the_number_of_a_paragraph_is_in_no_sentence() -> None:
    assert split("Fares\n1. A cart pays three coins.\n2. A horse pays two. It waits.\na. Dogs travel free.") == [
        "Fares",
        "A cart pays three coins.",
        "A horse pays two.",
        "It waits.",
        "Dogs travel free.",
    ]
    assert split("节水办法\n1. 推广滴灌设备。\n2. 改造老旧渠系。") == ["节水办法", "推广滴灌设备。", "改造老旧渠系。"]
    assert split("It cost 2. It was cheap.") == ["It cost 2.", "It was cheap."]


@given(st.text(alphabet="甲乙丙。；！？，“”（）《》a1. \n…"))
def test_sentences_cover_all_text_in_order(text: str) -> None:
    spans = sentence_spans(text)
    ends = [0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), len(text)]
    between = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    assert all(re.fullmatch(r"(?:\s*(?:[0-9]{1,3}|a)\.)?\s*", piece) for piece in between)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(start < end for start, end in spans)
