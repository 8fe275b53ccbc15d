import pytest

from index.parsing.item_marks import marks_in_series, parse_item_mark
from index.parsing.items import parse_inner_divisions


def parts(text: str) -> list[tuple[str, int, int, str]]:
    return [(p.kind, p.number, p.sub, text[p.span.start : p.span.end]) for p in parse_inner_divisions(text)]


def test_paragraphs_and_items_are_counted_as_the_law_counts_them() -> None:
    text = "第二条 下列行为：\n　　（一）甲；\n（二）乙：\n1. 丙；\n2．丁。\n（二）之一 戊。\n第二款的话。"
    assert parts(text) == [
        ("款", 1, 0, "下列行为：\n　　（一）甲；\n（二）乙：\n1. 丙；\n2．丁。\n（二）之一 戊。"),
        ("项", 1, 0, "（一）甲；"),
        ("项", 2, 0, "（二）乙：\n1. 丙；\n2．丁。"),
        ("目", 1, 0, "1. 丙；"),
        ("目", 2, 0, "2．丁。"),
        ("项", 2, 1, "（二）之一 戊。"),
        ("款", 2, 0, "第二款的话。"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第一百三十三条之一【危险驾驶罪】在道路上驾驶。", [("款", 1, 0, "在道路上驾驶。")]),
        ("第五条\n条文另起一行。", [("款", 1, 0, "条文另起一行。")]),
        ("第五条", []),
        ("第五条 分为：\n一、甲。\n二、乙。\n五、六月间的话。", [
            ("款", 1, 0, "分为：\n一、甲。\n二、乙。"), ("项", 1, 0, "一、甲。"),
            ("项", 2, 0, "二、乙。"), ("款", 2, 0, "五、六月间的话。"),
        ]),
        ("没有条号的一段：\n（一）甲。", [("款", 1, 0, "没有条号的一段：\n（一）甲。"), ("项", 1, 0, "（一）甲。")]),
        ("Article 5. Text.\n(a) one;\n(b) two.", [
            ("款", 1, 0, "Text.\n(a) one;\n(b) two."), ("项", 1, 0, "(a) one;"), ("项", 2, 0, "(b) two."),
        ]),
        ("Điều 3.\n1. Chủ bến phải có:\na) Một;\nb) Hai;\nc) Ba;\nd) Bốn;\nđ) Năm;\ne) Sáu.\n2. Giấy phép.", [
            ("款", 1, 0, "1. Chủ bến phải có:\na) Một;\nb) Hai;\nc) Ba;\nd) Bốn;\nđ) Năm;\ne) Sáu."),
            ("项", 1, 0, "a) Một;"), ("项", 2, 0, "b) Hai;"), ("项", 3, 0, "c) Ba;"), ("项", 4, 0, "d) Bốn;"),
            ("项", 5, 0, "đ) Năm;"), ("项", 6, 0, "e) Sáu."),
            ("款", 2, 0, "2. Giấy phép."),
        ]),
        ("Article 4\nIt covers:\n(a) one:\n(i) x;\n(ii) y;\n(h) two;\n(i) three.", [
            ("款", 1, 0, "It covers:\n(a) one:\n(i) x;\n(ii) y;\n(h) two;\n(i) three."),
            ("项", 1, 0, "(a) one:\n(i) x;\n(ii) y;"), ("目", 1, 0, "(i) x;"), ("目", 2, 0, "(ii) y;"),
            ("项", 8, 0, "(h) two;"), ("项", 9, 0, "(i) three."),
        ]),
        ("第二条　次の者をいう。\n一　町民等\nイ　住所を有する者\nロ　勤務する者\n二　市", [
            ("款", 1, 0, "次の者をいう。\n一　町民等\nイ　住所を有する者\nロ　勤務する者\n二　市"),
            ("项", 1, 0, "一　町民等\nイ　住所を有する者\nロ　勤務する者"), ("目", 1, 0, "イ　住所を有する者"),
            ("目", 2, 0, "ロ　勤務する者"), ("项", 2, 0, "二　市"),
        ]),
        ("Art. 5. Words:\na. one,\nb. two.\ne.g. this.", [
            ("款", 1, 0, "Words:\na. one,\nb. two.\ne.g. this."), ("项", 1, 0, "a. one,"), ("项", 2, 0, "b. two."),
        ]),
        ("§ 5\n(1) Wer\n1. gräbt oder\n2. schöpft,\nzahlt.\n(2) Wer trinkt, zahlt nicht.", [
            ("款", 1, 0, "(1) Wer\n1. gräbt oder\n2. schöpft,\nzahlt."), ("项", 1, 0, "1. gräbt oder"),
            ("项", 2, 0, "2. schöpft,"), ("款", 2, 0, "(2) Wer trinkt, zahlt nicht."),
        ]),
        ("제3조 우물을 판다.\n물을 긷는다.\n[본조신설 2015. 3. 3.]", [
            ("款", 1, 0, "우물을 판다."), ("款", 2, 0, "물을 긷는다.\n[본조신설 2015. 3. 3.]"),
        ]),
        ("§ 5 (a) One.\n(1) x;\n(2) y.\n(b) Two.", [
            ("款", 1, 0, "(a) One.\n(1) x;\n(2) y."), ("项", 1, 0, "(1) x;"), ("项", 2, 0, "(2) y."),
            ("款", 2, 0, "(b) Two."),
        ]),
        ("Art. 6. Words:\n1) one,\n1a) more,\n2) two.", [
            ("款", 1, 0, "Words:\n1) one,\n1a) more,\n2) two."), ("项", 1, 0, "1) one,"), ("项", 1, 1, "1a) more,"),
            ("项", 2, 0, "2) two."),
        ]),
        ("第三條　左列免稅：\n一、甲。\n子、丙；\n丑、丁。\n二、乙。\n甲、乙雙方的話。", [
            ("款", 1, 0, "左列免稅：\n一、甲。\n子、丙；\n丑、丁。\n二、乙。"),
            ("项", 1, 0, "一、甲。\n子、丙；\n丑、丁。"),
            ("目", 1, 0, "子、丙；"), ("目", 2, 0, "丑、丁。"), ("项", 2, 0, "二、乙。"),
            ("款", 2, 0, "甲、乙雙方的話。"),
        ]),
        ("第三条 分为：\n甲、一级。\n乙、二级。", [
            ("款", 1, 0, "分为：\n甲、一级。\n乙、二级。"), ("项", 1, 0, "甲、一级。"), ("项", 2, 0, "乙、二级。"),
        ]),
        ("第三条 分为：\n甲、只有一句。", [("款", 1, 0, "分为："), ("款", 2, 0, "甲、只有一句。")]),
        ("第四條　如下：\n一、稅：\n（一）甲：\n1、丙。\n2、丁。\n（二）乙。", [
            ("款", 1, 0, "如下：\n一、稅：\n（一）甲：\n1、丙。\n2、丁。\n（二）乙。"),
            ("项", 1, 0, "一、稅：\n（一）甲：\n1、丙。\n2、丁。\n（二）乙。"),
            ("目", 1, 0, "（一）甲：\n1、丙。\n2、丁。"),
            ("目", 1, 1, "1、丙。"), ("目", 1, 2, "2、丁。"), ("目", 2, 0, "（二）乙。"),
        ]),
    ],
)  # fmt: skip
def test_articles_of_other_forms(text: str, found: list[tuple[str, int, int, str]]) -> None:
    assert parts(text) == found


@pytest.mark.parametrize(
    "marks",
    [
        [f"{c})" for c in "αβγδε"] + ["στ)", "ζ)", "η)", "θ)", "ι)", "ια)", "ιβ)", "ιγ)"],
        [f"({c})" for c in "אבגדהוזחטי"] + ["(יא)", "(יב)", "(יג)", "(יד)", "(טו)", "(טז)", "(יז)"],
        [f"{c}-" for c in "أبجدهوزحطي"],
        [f"{c})" for c in "абвгдежз"],
        [f"{c})" for c in "абвгґдеєжз"],
        [f"{c}." for c in "가나다라마"],
        [f"{c}\u3000"[:1] + "\u3000" for c in "イロハニホヘト"],
        ["aa)", "bb)", "cc)"],
        ["i)", "ii)", "iii)", "iv)", "v)", "vi)"],
        ["1)", "2)", "3)"],
        [f"{c}." for c in "abcdefghijk"],
    ],
)
def test_marks_are_counted(marks: list[str]) -> None:
    found = list(marks_in_series([parse_item_mark(f"{mark} text") for mark in marks]))
    assert [mark and mark.number for mark in found] == list(range(1, len(marks) + 1))
    assert len({mark.style for mark in found if mark}) == 1


@pytest.mark.parametrize("line", ["και) text", "do. text", "e.g. text", "abc) text", "a text", "А. Петров"[1:]])
def test_words_are_no_marks(line: str) -> None:
    assert parse_item_mark(line) is None
