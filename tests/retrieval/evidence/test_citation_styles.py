from dataclasses import replace

import pytest

from index.citations import cite
from index.records import Citation
from retrieval.evidence.citation_styles import STYLES, cited, markdown_text
from tests.ui.fakes import document, plan

PLAN = plan()
SAVING = PLAN.passages[3]


def said(style: str, citation: Citation | None = None, quote: str = "", link: str = "", **metadata: str) -> str:
    known = replace(PLAN, metadata=metadata)
    named = citation or cite(PLAN.title, SAVING)
    return cited(style, document=known, passage=SAVING, citation=named, quote=quote, link=link)


def test_the_plain_citations() -> None:
    assert said("zh") == "《云溪市发展规划》第二章第一节第1段"
    assert said("en") == "云溪市发展规划, ch. 2, sec. 1, para. 1"


def test_markdown_quotes_the_words_above_the_citation_with_its_link() -> None:
    assert said("markdown", quote="节能*改造*。\n第二行", link="http://127.0.0.1:7860/?p=x") == (
        "> 节能\\*改造\\*。\n> 第二行\n>\n> —— [《云溪市发展规划》第二章第一节第1段](<http://127.0.0.1:7860/?p=x>)"
    )
    assert said("markdown") == "《云溪市发展规划》第二章第一节第1段"


def test_gbt7714_describes_what_is_known_and_nothing_else() -> None:
    assert said("gbt7714") == "云溪市发展规划[Z]: 第二章第一节第1段."
    known = said("gbt7714", 发布机构="云溪市人民政府", 来源="云溪日报", 成文日期="2021年3月30日")
    assert known == "云溪市人民政府. 云溪市发展规划[Z]. 云溪日报, 2021-03-30: 第二章第一节第1段."
    assert said("gbt7714", 发布日期="去年") == "云溪市发展规划[Z]: 第二章第一节第1段."
    bare = replace(PLAN, metadata={})
    whole = cited("gbt7714", document=bare, passage=SAVING, citation=Citation(zh="《x》", en="x"))
    assert whole == "云溪市发展规划[Z]."


def test_bibtex_has_a_key_of_its_own_and_only_known_fields() -> None:
    entry = cited(
        "bibtex",
        document=document("plan.txt", "100% {of} A_B & C\\D", (), 成文日期="2021-3", Author="Office ~ 1"),
        passage=SAVING,
        citation=cite("x", SAVING),
    )
    assert entry == (
        "@misc{zhangju-plan.txt#4,\n"
        "  author = {{Office \\textasciitilde{} 1}},\n"
        "  title = {{100\\% \\{of\\} A\\_B \\& C\\textbackslash{}D}},\n"
        "  year = {2021},\n"
        "  note = {第二章第一节第1段},\n"
        "}"
    )


def test_an_unknown_style_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"'apa' is no citation style; choose one of quotation_zh, quotation_en, zh, en, markdown"
    ):
        said("apa")
    assert all(said(style) for style in STYLES)


def paged(style: str, quote: str = "") -> str:
    passage = replace(SAVING, page=7)
    known = replace(PLAN, metadata={})
    return cited(style, document=known, passage=passage, citation=cite(PLAN.title, passage), quote=quote)


def test_the_page_stands_behind_the_place_where_the_source_has_pages() -> None:
    assert paged("gbt7714") == "云溪市发展规划[Z]: 第二章第一节第1段, 第7页."
    assert "  note = {第二章第一节第1段},\n  pages = {7},\n}" in paged("bibtex")
    assert paged("zh") == said("zh")
    assert paged("en") == said("en")
    whole = cited(
        "gbt7714",
        document=replace(PLAN, metadata={}),
        passage=replace(SAVING, page=7),
        citation=Citation(zh="《x》", en="x"),
    )
    assert whole == "云溪市发展规划[Z]: 第7页."


def test_a_quotation_with_its_citation_for_a_memo() -> None:
    assert said("quotation_zh", quote="节能降耗。") == "“节能降耗。”（《云溪市发展规划》第二章第一节第1段）"
    assert said("quotation_en", quote="Save energy.") == "“Save energy.” (云溪市发展规划, ch. 2, sec. 1, para. 1)"
    assert paged("quotation_zh", "节能。") == "“节能。”（《云溪市发展规划》第二章第一节第1段，第7页）"
    assert paged("quotation_en", "x") == "“x” (云溪市发展规划, ch. 2, sec. 1, para. 1, p. 7)"


@pytest.mark.parametrize(
    ("quote", "inside"),
    [
        ("推进“双碳”工作。", "推进‘双碳’工作。"),
        ('推进"双碳"和"双控"。', "推进‘双碳’和‘双控’。"),
        ("禁止：\n（一）开垦；\n（二）排污。", "禁止：（一）开垦；（二）排污。"),
        ('the "green"\n plan', "the ‘green’ plan"),
        ('5" of snow', "5' of snow"),
    ],
)
def test_double_quotes_inside_a_quotation_are_single_and_lines_are_one(quote: str, inside: str) -> None:
    assert said("quotation_zh", quote=quote).startswith(f"“{inside}”（")


def test_markdown_keeps_text_text() -> None:
    assert markdown_text("[a](b) <i>\n# c | d") == r"\[a\](b) \<i\> \# c \| d"
