"""Texts that were copied from pages and websites: lines of the pages, words broken at line ends, contents, menus."""

import textwrap

import pytest

from index.parsing.hyphens import BrokenWords
from index.parsing.structure import read_document
from index.records import Document


def read(text: str, name: str = "x.txt") -> Document:
    """Parse a text; check that nothing is lost, and that each passage is made of its pieces."""
    document = read_document(textwrap.dedent(text).encode(), name)
    assert [part for part in document.left_out if part.reason == "unread"] == []
    for passage in document.passages:
        source = "".join(document.source[start:end] for start, end in passage.pieces)
        assert source.split() == passage.text.split() or len(passage.pieces) > 1
        assert all(a == b for a, b in zip(source, passage.text, strict=True) if not a.isspace())
    return document


def left_out(document: Document, reason: str) -> list[str]:
    return [line for part in document.left_out if part.reason == reason for line in part.lines]


@pytest.mark.parametrize(
    "form", ["- {} -", "— {} —", "‒ {} ‒", "第 {} 页 共 3 页", "第{}页", "Seite {} von 3", "{} / 3"]
)
def test_page_numbers_are_left_out_and_the_sentence_goes_on(form: str) -> None:
    one, two, three = (form.format(n) for n in (1, 2, 3))
    document = read(
        f"""\
        灯塔管理规定
        第一条 为了保障船舶夜间航行安全，制定本规定。
        {one}
        第二条 灯塔看守人应当每日检查灯具，发现损坏的，立即报告港口管理机构并且挂出
        {two}
        红色信号旗。
        第三条 本规定自发布之日起施行。
        {three}
        """
    )
    assert [p.text for p in document.passages][1].endswith("并且挂出红色信号旗。")
    assert document.passages[-1].text == "第三条 本规定自发布之日起施行。"
    assert left_out(document, "running lines") == [one, two, three]


def test_numbers_that_do_not_count_pages_stay() -> None:
    document = read(
        """\
        灯塔管理规定
        第一条 灯塔分为两级，数量如下：
        2 / 14
        3 / 14
        第二条 编号为
        - 7 -
        的灯塔为一级。
        """
    )
    assert left_out(document, "running lines") == []


def test_headers_with_a_page_number_are_left_out_on_left_and_right_pages() -> None:
    document = read(
        """\
        ORDINANCE ON TOWER CLOCKS
        Article 1
        Winding
        Every tower clock shall be wound once a week, and the keeper shall enter
        12 EN Gazette of the Clockmakers' Guild 4.6.2031
        the hour of winding in a book.
        Article 2
        Striking
        1. The clock shall strike every hour.
        2. It shall not strike between ten in the evening and six in the morning.
        4.6.2031 EN Gazette of the Clockmakers' Guild 13
        3. On feast days it may strike.
        Article 3
        Repairs
        Repairs are paid by the parish. The parish may ask the town for a share
        that is not more than one half.
        14 EN Gazette of the Clockmakers' Guild 4.6.2031
        Article 4
        Entry into force
        This ordinance enters into force on the day of its publication.
        """
    )
    assert len(left_out(document, "running lines")) == 3
    assert "the keeper shall enter the hour of winding" in document.passages[0].text
    assert not any("Gazette" in p.text for p in document.passages)
    assert sum(part.kind == "款" for part in document.passages[1].inner) == 3


def test_a_footer_beside_page_numbers_is_left_out() -> None:
    footer = "Herausgegeben vom Verein der Glockenfreunde - www.glocken.example"
    document = read(
        f"""\
        {footer}
        - Seite 1 von 2 -
        Läuteordnung
        § 1 Geläutet wird am Morgen und am Abend.
        {footer}
        - Seite 2 von 2 -
        § 2 Bei Sturm wird nicht geläutet.
        """
    )
    assert document.title == "Läuteordnung"
    assert [p.text[:3] for p in document.passages] == ["§ 1", "§ 2"]
    assert left_out(document, "running lines") == [footer, "- Seite 1 von 2 -", "- Seite 2 von 2 -"]


def test_headings_that_count_on_are_no_running_headers() -> None:
    text = "Niederschrift\n" + "".join(
        f"Punkt {n} der Tagesordnung\nDer Vorsitzende berichtet.\nDie Versammlung berät.\nSie beschließt.\n"
        for n in range(1, 5)
    )
    assert left_out(read(text), "running lines") == []


def test_words_broken_at_line_ends_are_joined() -> None:
    document = read(
        """\
        Verordnung über Windmühlen

        § 1 Der Müller hat die Flügel der Mühle bei Sturm festzustellen und die
        Segel einzuholen. Er hat die Feststellung der Flügel in das Mühlen-
        buch einzutragen und dieses auf Verlangen dem Bezirksmüller vor-
        zulegen, der das Mühlenbuch durchsieht und die Eintragungen bestä-
        tigt. Für Mühlen zwischen den Orten des Verbandes Ober- und Nieder-
        mahlheim sowie der Gemeinde Alt-
        Mahlheim gelten die Vorschriften über den Ein- und den Aus-
        gang des Getreides. Die Ein-
        und Ausfuhr von Mehl ist frei.
        """
    )
    text = document.passages[0].text
    for words in ("Mühlenbuch einzutragen", "vorzulegen", "bestätigt", "Alt-Mahlheim", "Ausgang", "Ein- und Ausfuhr"):
        assert words in text


def test_hyphens_of_compounds_stay() -> None:
    words = BrokenWords("a short-term loan; the register; non-profit and non-local bodies, 2031")
    assert words.joint("in the long-", "term plan") == (0, False)
    assert words.joint("in the regis-", "ter of") == (1, False)
    assert words.joint("of the non-", "compliant") == (0, False)
    assert words.joint("in the years 2031-", "2035") == (0, False)
    assert words.joint("a text -", "with a dash") is None
    assert words.joint("THE REGIS-", "TER") == (1, False)


def test_a_text_that_breaks_no_words_keeps_its_hyphens() -> None:
    lines = ["Das Verfahren muss wissenschaftlich anerkannt sein und darf nicht geändert werden."] * 60
    words = BrokenWords("\n".join([*lines, "ein chemisch-", "biologisches Verfahren"]))
    assert words.joint("ein chemisch-", "biologisches Verfahren") == (0, False)


WRAPPED = """\
    Fährordnung der Stadt Bruckau

    § 1 Überfahrt

    (1) Die Fähre verkehrt zwischen den beiden Ufern, und zwar spätestens ab
    1. April und bis zum letzten Tag des Monats Oktober. Die Stadt kann die
    Zeiten ändern, wenn der Wasserstand es erfordert, und macht dies durch
    einen Anschlag an der Anlegestelle bekannt.

    (2) Die Überfahrt kann versagt werden, wenn

    1.  der Fahrgast Gegenstände mit sich führt, die nach dem Urteil des
        Fährmanns andere gefährden,

    2.  er alkoholische Getränke zu sich genommen hat oder noch nicht
        6 Jahre alt und ohne Begleitung einer Person ist, die mindestens das
        18. Lebensjahr vollendet hat, oder

    3.  die Fähre besetzt ist.

    § 2 Entgelt

    Das Entgelt beträgt für Erwachsene fünf, für Kinder drei Taler; es ist
    2 Stunden lang auch für die Rückfahrt gültig, wenn der Fahrschein beim
    erneuten Betreten der Fähre vorgezeigt wird.
    """


def test_numbers_at_the_beginning_of_wrapped_lines_are_no_items() -> None:
    document = read(WRAPPED)
    assert "spätestens ab 1. April und" in document.passages[0].text
    assert "noch nicht 6 Jahre alt" in document.passages[0].text
    assert "mindestens das 18. Lebensjahr" in document.passages[0].text
    assert "es ist 2 Stunden lang" in document.passages[1].text
    assert [sum(part.kind == "款" for part in p.inner) for p in document.passages] == [2, 1]


def test_lines_below_the_text_of_an_item_continue_it() -> None:
    text = read(WRAPPED).passages[0].text
    assert "nach dem Urteil des Fährmanns andere gefährden," in text


CONTENTS = {
    "two lines": """\
        Fährgesetz
        Inhaltsübersicht
        Abschnitt 1 Allgemeines
        § 1 Zweck
        § 2 Begriffe
        Abschnitt 2 Schluss
        § 3 Inkrafttreten
        Abschnitt 1
        Allgemeines
        § 1
        Zweck
        Dieses Gesetz regelt die Fähren.
        § 2
        Begriffe
        Fähre ist ein Boot.
        Abschnitt 2
        Schluss
        § 3
        Inkrafttreten
        Es gilt ab morgen.
        """,
    "text behind the title": """\
        THE FERRIES ACT, 1931
        ARRANGEMENT OF SECTIONS
        SECTIONS
        1. Short title and extent.
        2. Meaning of ferry.
        3. Tolls on ferries.
        An Act to provide for ferries and for matters connected with them.
        1. Short title and extent.—This Act may be called the Ferries Act, 1931.
        2. Meaning of ferry.—In this Act, a ferry is a boat that crosses a river.
        3. Tolls on ferries.—The State may levy tolls.
        """,
}


@pytest.mark.parametrize("text", CONTENTS.values(), ids=CONTENTS.keys())
def test_contents_whose_entries_come_again_in_another_form_are_left_out(text: str) -> None:
    document = read(text)
    numbers = [p.path[-1].number for p in document.passages if p.path]
    assert numbers == [1, 2, 3]
    assert len(left_out(document, "contents")) >= 5


def test_contents_in_the_first_section_of_an_act_are_left_out_but_not_their_introduction() -> None:
    document = read(
        """\
        # Ferry Act

        SECTION 1. SHORT TITLE; TABLE OF CONTENTS.

        (a) This Act may be cited as the Ferry Act.

        (b) The table of contents for this Act is as follows:

        Sec. 1. Short title; table of contents.
        Sec. 2. Life rafts.
        Sec. 3. Crew.

        SEC. 2. LIFE RAFTS.

        Each ferry shall carry rafts.

        SEC. 3. CREW.

        The crew shall be trained.
        """,
        "x.md",
    )
    assert any("as follows:" in p.text for p in document.passages)
    assert left_out(document, "contents")[1:] == ["Sec. 2. Life rafts.", "Sec. 3. Crew."]
    assert [p.path[-1].number for p in document.passages] == [1, 1, 2, 3]


def test_the_preamble_below_a_table_of_contents_is_text() -> None:
    document = read(
        """\
        Kites Act 2031
        CONTENTS
        Licences
        1 Need for a licence
        2 Fees for a licence
        An Act to make provision about kites.
        Be it enacted as follows:—
        Licences
        1 Need for a licence
        A person must not fly a kite without a licence.
        2 Fees for a licence
        The fee is one pound.
        """
    )
    assert [p.text for p in document.passages][:2] == [
        "An Act to make provision about kites.",
        "Be it enacted as follows:—",
    ]


def test_lines_of_a_website_at_both_ends_are_left_out() -> None:
    document = read(
        """\
        首页 | 要闻 | 公开 | 服务
        当前位置：首页 > 公开 > 规章
        候鸟保护办法
        【字体：大 中 小】 打印
        第一条 为了保护候鸟，制定本办法。
        第二条 观鸟塔分为大、中、小三种。
        第三条 本办法自发布之日起施行。
        上一篇：湿地保护办法
        下一页
        【打印本页】【关闭窗口】
        主办：某市人民政府
        版权所有 某市人民政府 某ICP备00000001号
        """
    )
    assert document.title == "候鸟保护办法"
    assert [p.line for p in document.passages] == [5, 6, 7]
    assert len(left_out(document, "surroundings")) == 8


FOOT = """\
责任编辑：王某
微信扫一扫分享本页
相关文章
一图读懂湿地保护
湿地保护专题
网页纠错 打印本页
某ICP备00000001号
"""


def test_who_edits_a_page_and_the_titles_of_others_are_left_out_at_its_foot() -> None:
    text = "湿地保护办法\n第一条 为了保护湿地，制定本办法。\n第二条 本办法自发布之日起施行。\n"
    document = read(text + FOOT)
    assert [p.text for p in document.passages] == text.splitlines()[1:]
    assert left_out(document, "surroundings") == FOOT.splitlines()


def test_a_heading_of_further_reading_is_text_where_no_website_is() -> None:
    assert left_out(read("养蜂手册\n养蜂先看花期。\n推荐阅读\n蜜源植物图鉴\n"), "surroundings") == []


def test_words_of_websites_within_a_text_stay() -> None:
    document = read(
        """\
        网站建设方案
        一、页面
        页面下方设置下列按钮：
        打印
        关闭
        按钮的颜色由设计单位确定。
        二、主办单位
        主办：市信息中心
        """
    )
    assert left_out(document, "surroundings") == []


def test_a_number_with_the_word_of_a_part_behind_it_is_a_reference() -> None:
    document = read(
        """\
        Mühlengesetz
        § 1 Zweck
        Dieses Gesetz regelt Mühlen.
        § 2 Begriffe
        Mühle ist ein Bauwerk
        1. mit Flügeln oder
        2. mit einem Rad nach
        § 3 Absatz 2 dieses Gesetzes.
        § 3 Räder
        Räder sind aus Holz.
        """
    )
    assert [p.path[-1].number for p in document.passages] == [1, 2, 3]
    assert "§ 3 Absatz 2" in document.passages[1].text
