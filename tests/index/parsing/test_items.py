import pytest

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
    ],
)  # fmt: skip
def test_articles_of_other_forms(text: str, found: list[tuple[str, int, int, str]]) -> None:
    assert parts(text) == found
