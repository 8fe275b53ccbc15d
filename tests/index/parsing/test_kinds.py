"""Documents as they really come: kinds of structure that lines alone do not show, each with a text of its own."""

import textwrap

import pytest

from index.citations import cite
from index.parsing.structure import read_document
from index.records import Document


def read(text: str, name: str = "x.txt") -> Document:
    document = read_document(textwrap.dedent(text).encode(), name)
    assert [part for part in document.left_out if part.reason == "unread"] == []
    return document


def cited(document: Document, *, english: bool = False) -> list[tuple[int, str]]:
    """Return the line and the short citation of each passage."""
    citations = [(p.line, cite(document.title, p)) for p in document.passages]
    return [(line, c.short_en if english else c.short_zh) for line, c in citations]


def test_short_items_are_passages() -> None:
    document = read(
        """\
        水厂工作要点
        一、扩建
        （一）东厂
        （二）西厂
        二、检修
        今年检修：
        1.水泵三台
        2.阀门九个
        """
    )
    assert cited(document) == [(3, "一、（一）第1段"), (4, "一、（二）第1段"), (6, "二、第1段")]
    assert document.passages[2].text == "今年检修：\n1.水泵三台\n2.阀门九个"


def test_a_title_may_start_with_words_that_continue_a_sentence() -> None:
    document = read(
        """\
        水务规划
        第一章总体思路
        一段。
        第二章和谐用水
        二段。
        第一节项目安排
        三段。
        第三章合并水厂
        第二章的任务由各厂完成
        四段。
        """
    )
    assert cited(document) == [
        (3, "第一章第1段"),
        (5, "第二章第1段"),
        (7, "第二章第一节第1段"),
        (9, "第三章第1段"),
        (10, "第三章第2段"),
    ]


def test_a_heading_and_its_text_on_one_line() -> None:
    document = read(
        "规划\n第一章　现状　　水源三处，供水充足。\n二段。　　　第二章  目标     管网达到九十公里\n"
        "第三章  任  务\n三段。\n"
    )
    assert cited(document) == [(2, "第一章第1段"), (3, "第一章第2段"), (3, "第二章第1段"), (5, "第三章第1段")]
    assert [h.path[-1].title for h in document.headings] == ["现状", "目标", "任  务"]
    assert document.passages[2].text == "管网达到九十公里"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("办法\n第一条　水费按月收。\n第三条所列用户免收。\n第二条　逾期加收。\n第三条　孤寡老人免收。\n", [1, 2, 3]),
        ("办法\n第一條　水費按月收。\n第二條　逾期加收。\n第五條所定用戶免收。\n", [1, 2]),
        ("조례\n제1조(목적) 물을 아낀다.\n제2조(요금) 요금은 매월 낸다.\n제9조 제2항의 요금은 면제한다.\n", [1, 2]),
        (
            "Ordnung\n§ 1 Wasser\nWer den Hahn nach\n§ 7 Absatz 2 nicht schließt, zahlt.\n§ 2 Eimer\nEr ist rot.\n",
            [1, 2],
        ),
        (
            "办法\n第一条为节水制定。\n第二条水费按月收。\n第九条规定的用户免收。\n第三条逾期加收。\n"
            "第四条自公布施行。\n",
            [1, 2, 3, 4],
        ),
    ],
)
def test_a_reference_at_the_start_of_a_line_is_no_article(text: str, numbers: list[int]) -> None:
    articles = [p.path[-1].number for p in read(text).passages if p.path and p.path[-1].kind == "条"]
    assert articles == numbers


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("Règlement\nArticle 1er\nUn.\nArticle 1-1\nDeux.\nArticle 1 ter\nTrois.\nArticle R. 4-2\nQuatre.\n",
         ["art. 1", "art. 1-1", "art. 1 ter", "art. R. 4-2"]),
        ("Gesetz\n§ 1\nEins.\n§ 1a\nZwei.\n§ 1 b\nDrei.\n", ["art. 1", "art. 1a", "art. 1 b"]),
        ("規則\n第 3 條\n一。\n第 3-2 條\n二。\n", ["art. 3", "art. 3-2"]),
        ("规则\n第三条\n一。\n第三条\n之一\n二。\n", ["art. 3", "art. 3-1"]),
        ("标准\n第3.1条 一。\n第3.2条 二。\n", ["art. 3.1", "art. 3.2"]),
        ("Lei\nArtigo 1.º\nUm.\nArtigo 1.º-A\nDois.\nArtigo 2-B\nTrês.\n", ["art. 1", "art. 1-A", "art. 2-B"]),
        ("นํ้า\nมาตรา ๑ ไหล\nมาตรา ๑/๑ ใส\n", ["art. 1", "art. ๑/๑"]),
        ("नियम\nधारा 1. जल।\nधारा 1क. नदी।\n", ["art. 1", "art. 1क"]),
        ("Kanun\nMADDE 1 – Bir.\nEK MADDE 1 – İki.\nMADDE 2 – Üç.\n", ["art. 1", "art. EK 1", "art. 2"]),
        ("Правила\nСтатья 1. Один.\nСтатья 1б. Два.\n", ["art. 1", "art. 1б"]),
        ("Code\n§ 4-101. Wells\nOne.\n§ 4-102.03. Pumps\nTwo.\n", ["art. 4-101", "art. 4-102.03"]),
    ],
)  # fmt: skip
def test_sub_numbers_are_articles_with_citations_of_their_own(text: str, citations: list[str]) -> None:
    assert [citation for _, citation in cited(read(text), english=True)] == citations


LANGUAGES = {
    "en": "WATER CODE\nTITLE I—GENERAL\nArticle One\nIt flows.\nARTICLE TWO\nIt is clear.\n",
    "de": "Wasserordnung\nErster Abschnitt\nAllgemeines\nArt 1\nEs fließt.\nArt 2\nEs ist klar.\n",
    "fr": "Code de l'eau\nTitre premier\nDispositions\nArticle premier\nElle coule.\nArt. 2. - Elle est claire.\n",
    "es": "Ley de aguas\nCAPÍTULO PRIMERO\nGeneral\nArtículo 1.- Fluye.\nArtículo 2º.- Es clara.\n",
    "pt": "Lei da água\nCAPÍTULO I\nGeral\nArtigo 1.º\n(Objeto)\nCorre.\nArt. 2º É clara.\n",
    "it": "Legge sulle acque\nCapo I\nGenerale\nArt. 1\nScorre.\nArticolo 2.\nÈ chiara.\n",
    "nl": "Waterwet\nHoofdstuk 1. Algemeen\nArtikel 1\nHet stroomt.\nArtikel 2. Kleur\nHet is helder.\n",
    "pl": "Ustawa\nRozdział 1\nOgólne\nArt. 1. Woda płynie.\nArt. 2. Jest czysta.\n",
    "ru": "Правила\nГлава первая\nОбщие\nСтатья 1. Вода течёт.\nСтатья 2. Она чистая.\n",
    "uk": "Правила\nРозділ I\nЗагальні\nСтаття 1. Вода тече.\nСтаття 2. Вона чиста.\n",
    "sv": "Vattenordning\n1 kap. Allmänt\n1 § Vattnet rinner.\n2 § Det är klart.\n",
    "tr": "Su Yönetmeliği\nBİRİNCİ BÖLÜM\nGenel\nMADDE 1 – (1) Su akar.\nMadde 2- Temizdir.\n",
    "vi": "Luật nước\nChương I\nCHUNG\nĐiều 1. Nước chảy.\nĐiều 2. Nước trong.\n",
    "id": "Peraturan air\nBAB I\nUMUM\nPasal 1\nAir mengalir.\nPasal 2\nAir jernih.\n",
    "ar": "لائحة الماء\nالباب الأول\nعام\nالمادة 1\nالماء يجري.\nمادة (2)\nالماء صاف.\n",
    "th": "ข้อบังคับน้ำ\nหมวด ๑\nทั่วไป\nมาตรา ๑ น้ำไหล\nมาตรา ๒ น้ำใส\n",
    "hi": "जल नियम\nअध्याय 1\nसामान्य\nधारा 1. जल बहता है।\nधारा 2. जल साफ है।\n",
    "ja": "水規則\n第一章　総則\n（目的）\n第一条　水は流れる。\n第二条　水は澄む。\n",
    "ko": "물 조례\n제1장 총칙\n제1조(목적) 물은 흐른다.\n제2조(색) 물은 맑다.\n",
    "zh-Hant": "水務規章\n第一章\n總則\n第一條\n（標的）\n水流。\n第二條（顏色）\n水清。\n",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_articles_of_many_languages(language: str) -> None:
    document = read(LANGUAGES[language])
    paths = [[(d.kind, d.number) for d in p.path][-2:] for p in document.passages]
    assert [path[-1] for path in paths] == [("条", 1), ("条", 2)]
    assert all(path[0][0] in ("编", "篇", "章", "节") and path[0][1] == 1 for path in paths)


def test_articles_that_start_again_are_cited_with_their_chapter() -> None:
    swedish = read("Torg\n1 kap. Tider\n1 § Det öppnar.\n2 kap. Böter\n1 § Den är tio.\n")
    assert [c for _, c in cited(swedish, english=True)] == ["ch. 1, art. 1", "ch. 2, art. 1"]
    annexed = read("决定\n第一条 一。\n第一章 甲\n第二条 二。\n附件1 办法\n第一条 三。\n")
    assert [c for _, c in cited(annexed)] == ["第一条", "第二条", "附件1第一条"]


def test_sections_of_an_article_are_below_it() -> None:
    document = read("CHARTER\nArticle. I.\nSection. 1.\nOne.\nSection. 2.\nTwo.\nArticle. II.\nSection. 1.\nThree.\n")
    assert [c for _, c in cited(document, english=True)] == [
        "art. 1",
        "art. 1, sec. 1, para. 1",
        "art. 1, sec. 2, para. 1",
        "art. 2",
        "art. 2, sec. 1, para. 1",
    ]


def test_captions_are_titles() -> None:
    document = read(
        """\
        Regulation on wells
        CHAPTER II
        Transfers of water to other districts or to museums of international standing
        Article 4
        Notification of the opening of a well to the authority that supervises wells
        1. Whoever opens a well shall tell it.
        2. It shall answer.
        """
    )
    (article,) = document.passages
    assert article.path[0].title == "Transfers of water to other districts or to museums of international standing"
    assert [(i.kind, i.number) for i in article.inner] == [("款", 1), ("款", 2)]
    wrapped = read(
        "Regulation\nArticle 4\nThe opening of a well is told to the authority of the\ndistrict.\n"
    ).passages[0]
    assert wrapped.path[-1].title == ""


def test_clauses_of_a_standard() -> None:
    document = read(
        "水桶\n1 范围\n本标准适用于水桶。\n2 术语\n桶是容器。\n3 要求\n3.1 容量\n十升。\n3.2 高度应为三十厘米。\n"
        "附录B\n（资料性）\n检验\n称重。\n附表2 尺寸\n三寸。\n"
    )
    assert document.title == "水桶"
    assert cited(document) == [
        (3, "1 范围第1段"),
        (5, "2 术语第1段"),
        (8, "3.1 容量第1段"),
        (9, "3.2"),
        (12, "附录B第1段"),
        (13, "附录B第2段"),
        (15, "附表2第1段"),
    ]


def test_a_clause_that_was_put_in_stands_behind_its_number() -> None:
    text = "Wells Act\n1 Title\nThe Act.\n2 Wells\nIt holds water.\n2A Register\nIt is kept.\n5G masts\n3 Fines\nTen.\n"
    assert [citation for _, citation in cited(read(text), english=True)] == [
        "1 Title, para. 1", "2 Wells, para. 1", "2A Register, para. 1", "2A Register, para. 2", "3 Fines, para. 1",
    ]  # fmt: skip


def test_clauses_of_a_contract() -> None:
    document = read(
        "Lease\n1. Term\n1.1 It runs a year.\n1.2 It renews.\n2. Rent\n2.1 It is ten.\n3. The keeper pays.\n"
    )
    assert [c for _, c in cited(document)] == ["1.1", "1.2", "2.1", "3."]


def test_recitals_are_passages() -> None:
    document = read(
        "REGULATION\nWhereas:\n(1) Water is scarce.\n(2)\nWells are deep.\nThey are old.\nArticle 1\nWells are kept.\n"
    )
    assert cited(document, english=True) == [
        (2, "para. 1"),
        (3, "recital 1"),
        (4, "recital 2"),
        (7, "art. 1"),
    ]
    assert document.passages[2].text == "(2) Wells are deep.\nThey are old."


def test_recitals_below_a_heading_are_passages() -> None:
    document = read("REGULATION\nRecitals\n1. Water is scarce.\n2. Wells are deep.\nArticle 1\nWells are kept.\n")
    assert [c for _, c in cited(document, english=True)] == ["recital 1", "recital 2", "art. 1"]


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("首页 > 公开\n某县水办法\n第一条 一。\n", "x.txt", "某县水办法"),
        ("某县政府文件\n某政〔2030〕3号\n某县政府关于水的通知\n各乡：\n一段。\n", "x.txt", "某县政府关于水的通知"),
        ("# 第一章 水\n\n一段。\n", "water.md", "water"),
        ("某县水库招标文件\n第一章 水\n一段。\n", "x.txt", "某县水库招标文件"),
        ("Loading...\nWater act\nArticle 1\nIt flows.\n", "x.txt", "Water act"),
    ],
)
def test_the_title_is_the_line_that_names_the_document(text: str, name: str, title: str) -> None:
    assert read(text, name).title == title


def test_a_table_of_contents_ends_where_the_text_begins() -> None:
    listed = read("规划\n目录\n第一章 水……1\n第二章 土……3\n第一章 水\n甲 2030 年。\n第二章 土\n乙。\n")
    assert [(part.reason, part.line, part.lines) for part in listed.left_out] == [
        ("contents", 2, ("目录", "第一章 水……1", "第二章 土……3"))
    ]
    assert [c for _, c in cited(listed)] == ["第一章第1段", "第二章第1段"]
    doubtful = read("规划\n目录\n一、水\n二、土\n第一章 水源\n甲 2030 年。\n")  # no entry comes again
    assert doubtful.left_out == ()
    assert [line for line, _ in cited(doubtful)] == [2, 3, 4, 6]


def test_a_document_of_contents_only_is_read() -> None:
    document = read("规划\n目录\n第一章 水……1\n第二章 土……3\n")
    assert document.left_out == ()
    assert [p.line for p in document.passages] == [2, 3, 4]


def test_a_number_without_end_is_read() -> None:
    for start in ("Article ", "第", "§ "):
        assert read(f"Water\n{start}{'1-' * 5_000}1\nIt flows.\n").passages


def test_wrapped_lines_are_joined_with_a_space_where_words_have_spaces() -> None:
    lines = [
        "Правила городского колодца устанавливают порядок пользования водой и",
        "обязанности сторожей, которые следят за чистотой колодца и за вёдрами,",
        "принадлежащими городу, а также за скамьями, поставленными для отдыха",
        "жителей.",
    ]
    document = read("Колодец\n" + "\n\n".join("\n".join(lines) for _ in range(4)) + "\n")
    assert len(document.passages) == 4
    assert "водой и обязанности" in document.passages[0].text


def test_short_lines_of_one_width_are_not_joined() -> None:
    lines = ["小麦产量一万吨", "水果产量两万吨", "新修水渠三十里", "植树造林四千亩", "新增床位五百张"] * 2
    document = read("规划\n第一章 目标\n" + "\n".join(lines) + "\n")
    assert len(document.passages) == 10


def test_a_supplement_is_no_part_of_the_last_article() -> None:
    document = read("조례\n제1조(벌금) 만 원이다.\n부칙 <제7호, 2030. 1. 1.>\n공포한 날부터 시행한다.\n")
    assert [p.path[-1].kind for p in document.passages] == ["条", "标题"]


def test_a_lost_line_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from index.parsing import structure

    monkeypatch.setattr(structure, "group_paragraphs", lambda lines, _: [[line] for line in lines[:-1]])
    document = read_document("规划\n一段。\n二段。\n".encode(), "x.txt")
    assert [(part.reason, part.line, part.lines) for part in document.left_out] == [("unread", 3, ("二段。",))]
    assert document.remarks == ("line 3: not read, an error of this program; please report the file: 二段。",)


def test_articles_that_are_numbered_within_their_chapters() -> None:
    document = read(
        "Verordening\nHoofdstuk 1. Algemeen\nArtikel 1:1 Begrippen\nEen.\nHoofdstuk 2. Orde\n"
        "Artikel 2:1 Samenscholing\nTwee.\nArtikel 2:10 Voorwerpen\nDrie.\nArtikel 2:10a Terrassen\nVier.\n"
        "Artikel 2:11 Uitwegen\nVijf.\n"
    )
    found = [f"art. {number}" for number in ("1:1", "2:1", "2:10", "2:10a", "2:11")]
    assert [c for _, c in cited(document, english=True)] == found


def test_the_items_below_the_title_of_a_box_belong_to_it() -> None:
    document = read(
        "规划\n第一节 港区\n整治航道。\n专栏3 工程\n1.白沙：新建泊位。\n2.石埠：改造堆场。\n第二节 码头\n撤并。\n"
    )
    assert [c for _, c in cited(document)] == [
        *("第一节第1段", "第一节专栏3", "第一节专栏3，1.第1段", "第一节专栏3，2.第1段", "第二节第1段"),
    ]


def test_a_line_that_a_word_in_lower_case_continues_is_joined() -> None:
    law = read(
        "Закон про воду\n\nСтаття 1. Сфера дії\n\nЦей Закон регулює відносини у сфері охорони сільських криниць та\n"
        "інших джерел.\n\nСтаття 2. Мета\n\nВода:\nкриниці\nджерела\n"
    )
    assert [sum(i.kind == "款" for i in p.inner) for p in law.passages] == [1, 1]


BRAZILIAN = """\
LEI Nº 15.000, DE 4 DE MARÇO DE 2031

Dispõe sobre os poços.

Art. 1º Os poços são públicos.

§ 1º O uso é livre.

§ 2º A limpeza cabe ao usuário.

Art. 2º São deveres do usuário:

I - fechar o poço;

II - pagar a taxa.

Parágrafo único. A taxa é anual.

Art. 3º A multa é de dez reais.

§ 1º A multa dobra na reincidência.

Art. 4º Esta Lei entra em vigor hoje.
"""


def test_the_sign_of_a_section_is_that_of_a_paragraph_where_each_article_counts_them_anew() -> None:
    law = read(BRAZILIAN)
    assert [p.path[-1].number for p in law.passages if p.path] == [1, 2, 3, 4]
    assert [sum(i.kind == "款" for i in p.inner) for p in law.passages if p.path] == [3, 2, 2, 1]
    assert [(i.kind, i.number) for i in law.passages[-3].inner] == [("款", 1), ("项", 1), ("项", 2), ("款", 2)]


def test_sections_of_an_act_that_amends_others_are_articles() -> None:
    act = read("Mantelgesetz\nArtikel 1\nBrunnengesetz\n§ 1 Zweck\nEr ist gut.\n§ 2 Ort\nEr ist hier.\n"
               "Artikel 2\nTeichgesetz\n§ 1 Zweck\nEr ist besser.\n§ 2 Ort\nEr ist dort.\n")  # fmt: skip
    assert [h.path[-1].title for h in act.headings][-2:] == ["Zweck", "Ort"]


def test_numbers_that_go_on_below_the_next_heading_are_an_outline() -> None:
    text = (
        "Market Ordinance\nPart 1\nGeneral\n1. Title\nIt is short.\n2. Words\nThey are plain.\n"
        "Part 2\nStalls\n3. Letting\nStalls are let.\n"
    )
    assert [p.path[-1].key[:2] for p in read(text).passages] == [("1.", 1), ("1.", 2), ("1.", 3)]


def test_a_reference_at_the_beginning_of_a_line_goes_on_with_the_sentence() -> None:
    law = read(
        "Regulation on wells\nArticle 1\nTerms\n1. Wells are:\n(a)\nopen, in accordance with\nArticle 5(2).\n"
        "2. Ponds are not.\nArticle 2\nForce\nIt is in force.\n"
    )
    assert [(i.kind, i.number) for i in law.passages[0].inner] == [("款", 1), ("项", 1), ("款", 2)]
    assert "with Article 5(2)" in law.passages[0].text


def test_a_number_below_a_line_that_breaks_off_is_that_of_a_reference() -> None:
    law = read(
        "Brunnengesetz\n§ 1 Zweck\nDas Gesetz dient der Pflege aller Brunnen, soweit nicht der Abschnitt über die\n"
        "§ 2 Absatz 1 genannten Quellen etwas anderes bestimmt.\n§ 2 Quellen\nQuellen sind rein.\n"
    )
    assert [p.path[-1].title for p in law.passages] == ["Zweck", "Quellen"]


INDIAN = """\
THE WELLS ACT, 1958
ACT NO. 61 OF 1958
An Act to provide for wells.
CHAPTER I
PRELIMINARY
1. Short title.—(1) This Act may be called the Wells Act, 1958.
(2) It extends to the whole country.
2. Definitions.—In this Act,—
(a) “well” means a hole with water;
(b) “pond” means one without walls.
CHAPTER II
LICENCES
3. Licences.—No person shall dig a well without a licence.
3A. Temporary licences.—A licence may be given for a day.
4. Inspectors.—(1) There are inspectors.
5. [Repealed.]—Rep. by the Repealing Act, 1974.
6. Rules.—Rules may be made.
THE FIRST SCHEDULE
(See section 6)
1. For a well: two coins.
2. For a pond: one coin.
"""


def test_sections_of_an_act_without_a_word_for_them() -> None:
    act = read(INDIAN)
    sections = [p for p in act.passages if p.path and p.path[-1].kind == "条"]
    assert [p.path[-1].key[1:] for p in sections] == [(1, 0), (2, 0), (3, 0), (3, 1), (4, 0), (5, 0), (6, 0)]
    assert cite("A", sections[3]).short_en == "art. 3A"
    assert [(i.kind, i.number) for i in sections[0].inner] == [("款", 1), ("款", 2)]
    assert [(i.kind, i.number) for i in sections[1].inner] == [("款", 1), ("项", 1), ("项", 2)]
    assert act.passages[-1].path[0].kind == "附件"


def test_titles_on_lines_of_their_own_below_the_numbers_of_sections() -> None:
    text = "Chapter 990\nStalls Ordinance\nPart 1\nGeneral\n" + "".join(
        f"{n}. {title}\n(1) In this Ordinance it is so.\n(2) It is not otherwise.\n"
        for n, title in enumerate(("Title", "Words", "Letting", "(Repealed)", "Rent"), 1)
    )
    law = read(text)
    assert law.title == "Stalls Ordinance"
    assert [p.path[-1].title for p in law.passages] == ["Title", "Words", "Letting", "(Repealed)", "Rent"]
    assert all([i.kind for i in p.inner] == ["款", "款"] for p in law.passages)


def test_a_report_with_numbered_headings_has_no_sections_of_an_act() -> None:
    text = "Report\n" + "".join(f"{n}. Wells of {n}\nThey are deep.\n" for n in range(1, 8))
    assert {p.path[-1].kind for p in read(text).passages} == {"1."}


def test_mexican_articles_and_transitory_provisions() -> None:
    law = read(
        "LEY DE POZOS\nArtículo 1o.- Los pozos son:\nI. Hondos;\nII. Limpios.\n(Reformado, P.O. 17 de mayo de 2013)\n"
        "Artículo 2o.- Se cuidan.\nArtículo 2o. Bis.- Se pintan.\nArtículo 3o.- Se cierran.\n"
        "TRANSITORIOS\nPRIMERO.- Entra en vigor hoy.\nDado en el Salón, a 3 de mayo.\n"
    )
    articles = [p for p in law.passages if p.path and p.path[-1].kind == "条"]
    assert [p.path[-1].key[1:] for p in articles] == [(1, 0), (2, 0), (2, 2), (3, 0)]
    assert [(i.kind, i.number) for i in articles[0].inner] == [("款", 1), ("项", 1), ("项", 2)]
    assert law.passages[-1].path[-1].title == "TRANSITORIOS"


def test_a_japanese_law_with_a_supplement_a_table_and_a_form() -> None:
    law = read(
        "井戸法\n目次\n　第一章　総則（第一条・第二条）\n　附則\n　第一章　総則\n（目的）\n第一条　井戸を守る。\n"
        "（定義）\n第二条　井戸とは穴をいう。\n　附　則　抄\n第一条　この法律は、公布の日から施行する。\n"
        "別表第一（第二条関係）\n深い井戸\n様式第二号（第二条関係）\n届出書\n"
    )
    assert law.left_out[0].reason == "contents"
    headings = [(h.path[-1].kind, h.path[-1].number, h.path[-1].title) for h in law.headings]
    assert headings[0][:2] == ("章", 1)
    assert headings[-3:] == [("条", 1, ""), ("附表", 1, "第二条関係"), ("附件", 2, "第二条関係")]
    assert ("标题", 0, "附則 抄") in headings


def test_the_words_that_adopt_an_act_are_no_part_of_the_last_recital() -> None:
    law = read(
        "Directive on wells\nWhereas:\n(1) Wells are old.\nHAVE ADOPTED THIS DIRECTIVE:\nArticle 1\nAim\nClean wells.\n"
    )
    assert [p.text for p in law.passages][1:3] == ["(1) Wells are old.", "HAVE ADOPTED THIS DIRECTIVE:"]


def test_the_number_and_the_title_of_a_chapter_as_two_headings_of_a_format() -> None:
    text = (
        "# Directive on wells\n\n## CHAPTER I\n\n## GENERAL\n\n### Article 1\n\nClean wells.\n\n"
        "## CHAPTER II\n\n## END\n\n### Article 2\n\nDone.\n"
    )
    law = read_document(text.encode(), "d.md")
    assert [[d.title for d in p.path if d.kind == "章"] for p in law.passages] == [["GENERAL"], ["END"]]


def test_items_go_on_below_the_next_item_above_them() -> None:
    text = "某实施意见\n" + "".join(
        f"{head}\n（{a}）{a}事。办好。\n具体如下。\n（{b}）{b}事。办好。\n具体如下。\n"
        for head, a, b in (("一、总体要求", "一", "二"), ("二、重点任务", "三", "四"), ("三、保障措施", "五", "六"))
    )
    law = read(text)
    assert [p.path[-1].number for p in law.passages if p.text.startswith("（")] == [1, 2, 3, 4, 5, 6]
    assert [p.path[0].number for p in law.passages if p.text.startswith("（")] == [1, 1, 2, 2, 3, 3]


def test_a_text_that_indents_its_paragraphs_goes_on_where_a_line_is_not_indented() -> None:
    text = "某条例\n" + "".join(
        f"\n　　第{n}条　主管部门应当每五年\n组织一次普查。\n　　普查结果应当公布。\n" for n in "一二三四五"
    )
    law = read(text)
    assert [sum(i.kind == "款" for i in p.inner) for p in law.passages] == [2] * 5
    assert "每五年组织一次普查" in law.passages[0].text


def test_the_words_of_headings_rank_them_whatever_level_a_converter_gives_them() -> None:
    text = (
        "# 某规划\n\n## 第一章 水\n\n## 第一节 井\n\n井深。\n\n# 第二节 池\n\n池浅。\n\n"
        "#### 第二章 电\n\n## 第一节 线\n\n线长。\n"
    )
    places = [[d.number for d in p.path] for p in read_document(text.encode(), "a.md").passages]
    assert places == [[1, 1], [1, 2], [2, 1]]


def test_an_outline_is_not_below_the_preface() -> None:
    law = read("某白皮书\n前言\n水很重要。\n一、历史\n（一）古代\n古有井。\n二、现状\n今有渠。\n结束语\n水长流。\n")
    assert [[d.title for d in p.path][:1] for p in law.passages] == [["前言"], ["历史"], ["现状"], ["结束语"]]


def test_a_term_below_its_number_in_a_standard() -> None:
    law = read(
        "茶缸\n1 范围\n适用于茶缸。\n2 规范性引用文件\n没有引用文件。\n3 术语和定义\n3.1\n爆瓷\n瓷层剥落的现象。\n"
        "3.2\n泛沸\n气孔密集的缺陷。\n4 要求\n4.1 容量\n容量应当准确。\n"
    )
    assert [p.path[-1].title for p in law.passages[2:4]] == ["3.1 爆瓷", "3.2 泛沸"]
    assert [p.text for p in law.passages[2:4]] == ["瓷层剥落的现象。", "气孔密集的缺陷。"]
    assert not law.left_out


def test_titles_behind_chinese_numbers_of_articles() -> None:
    text = "某章程\n" + "".join(
        f"第{n}条 {title}\n事情如此。\n还有别的。\n" for n, title in (("一", "入社"), ("二", "退社"), ("三", "理事会"))
    )
    law = read(text)
    assert [p.path[-1].title for p in law.passages] == ["入社", "退社", "理事会"]
    assert [sum(i.kind == "款" for i in p.inner) for p in law.passages] == [2, 2, 2]
