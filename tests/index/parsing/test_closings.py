"""Closings after the last article: place and date, signatures and notes are cited without it, and nothing is lost."""

from pathlib import Path

import pytest

from index.citations import cite
from index.parsing.structure import read_document
from index.records import Document

ARTICLES = """\
Water Regulation
Having regard to the wells,
Whereas:
(1) Wells are old.
Article 1
Subject
1. Wells are kept clean (1).
2. It is done at the expense of the town.
Article 2
Entry into force
This Regulation enters into force on 1 May.
"""
CLOSING = """\
Done at Springfield, 27 April 2016.
For the Council
The President
J. Doe
(1) OJ C 229, 31.7.2012, p. 90.
(2) Regulation 12 on wells.
Second paragraph of the note.
"""


def read(text: str, name: str = "law.txt") -> Document:
    return read_document(text.encode(), name)


def cited(document: Document) -> list[tuple[str, str]]:
    return [(cite("R", passage).short_en, passage.text) for passage in document.passages]


def test_closing_and_notes_are_passages_of_their_own() -> None:
    before = cited(read(ARTICLES))
    found = cited(read(ARTICLES + CLOSING))
    assert found[: len(before)] == before
    assert before[-1] == ("art. 2", "Article 2\nEntry into force\nThis Regulation enters into force on 1 May.")
    lines = CLOSING.strip().split("\n")
    assert (
        found[len(before) :]
        == [
            ("para. 2", "\n".join(lines[:4])),  # the first is before the recitals
            ("para. 3", lines[4]),
            ("para. 4", "\n".join(lines[5:])),
        ]
    )
    assert not read(ARTICLES + CLOSING).left_out


def test_what_is_all_the_text_of_an_article_is_no_closing() -> None:
    article = "Article 3\nAddressees\nThis Directive is addressed to the towns."
    text = f"{ARTICLES}{article}\n".replace("Regulation", "Directive")
    assert cited(read(text + CLOSING))[4:6] == [
        ("art. 3", article),
        ("para. 2", "\n".join(CLOSING.split("\n")[:4])),
    ]


def test_an_annex_after_the_closing_has_its_own_items() -> None:
    annex = "ANNEX I\nForms\n(1) First form.\n(2) Second form.\n"
    found = cited(read(ARTICLES + CLOSING.partition("(1)")[0] + annex))
    assert [each for each in found if "form." in each[1]] == cited(read(ARTICLES + annex))[-2:]


@pytest.mark.parametrize(
    "text",
    [
        ARTICLES.replace("(1).\n", "(1).\nDone at the request of the council, it is free.\n"),  # an article follows
        ARTICLES + "It is done at Springfield.\n(1) A note.\n",
        "Handbook\nDone at Springfield.\nWells are clean.\n",  # no article
        ARTICLES + "ANNEX I\nForms\nDone at … on …\nSignature\n",  # the form of an annex
        ARTICLES + f"Done at the {'long ' * 60} end.\n",
    ],
)
def test_other_lines_with_these_words_stay_where_they_are(text: str) -> None:
    other = cited(read(text.replace("one at", "ane at")))  # words that close nothing
    assert cited(read(text)) == [(place, passage.replace("ane at", "one at")) for place, passage in other]


@pytest.mark.parametrize(
    "words",
    [
        "Fait à Bruxelles, le 27 avril 2016.",
        "Geschehen zu Brüssel am 27. April 2016.",
        "Hecho en Bruselas.",
        "DONE at Vienna, this twenty-third day of May, one thousand nine hundred and sixty-nine.",
        "Kelt Brüsszelben.",
        "Sporządzono w Brukseli dnia 27 kwietnia 2016 r.",
        "Съставено в Брюксел на 27 април 2016 година.",
    ],
)
def test_closings_of_other_languages(words: str) -> None:
    assert cited(read(f"{ARTICLES}{words}\n"))[-1] == ("para. 2", words)


@pytest.mark.shared
def test_the_last_article_of_a_real_regulation(shared_folder: Path) -> None:
    document = read_document((shared_folder / "corpus/real/gdpr-eurlex.html").read_bytes(), "gdpr.html")
    last = next(passage for passage in document.passages if passage.path and passage.path[-1].key == ("条", 99, 0))
    assert last.text.endswith("It shall apply from 25 May 2018.")  # what follows is the final formula
    after = document.passages[document.passages.index(last) + 1 :]
    assert len(after) == 22  # the closing with its signatures, and 21 notes
    assert not any(passage.path for passage in after)
    assert after[0].text.split("\n")[:2] == [
        "This Regulation shall be binding in its entirety and directly applicable in all Member States.",
        "Done at Brussels, 27 April 2016.",
    ]
    assert after[-1].text.startswith("(21) Regulation (EC) No 1049/2001")
    assert [part.reason for part in document.left_out] == ["surroundings"]  # the head of the page


@pytest.mark.parametrize(
    "below",
    [
        "Berlin, den 4. März 2031\nDer Bundespräsident\n",
        "Madrid, 4 de mayo de 2031.\nNOMBRE R.\n",
        "Por tanto,\nMando a todos que guarden esta ley.\n",
        "Lasten en bevelen dat deze wet wordt geplaatst.\n",
        "Luật này đã được Quốc hội thông qua ngày 14 tháng 6 năm 2031.\n",
        "Agar setiap orang mengetahuinya, memerintahkan pengundangan.\n",
        "Президент\nИ. ПРИМЕРОВ\n",
        "صدر في 4 مارس سنة 2031\n",
    ],
)
def test_who_enacts_and_signs_is_no_part_of_the_last_article(below: str) -> None:
    found = cited(read(ARTICLES + below))
    assert [place for place, _ in found[-2:]] == ["art. 2", "para. 2"]
    assert found[-1][1].startswith(below.partition("\n")[0][:20])


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("Övergångsbestämmelser", "Denna lag träder i kraft den 1 juli.\n"),
        ("Załącznik do ustawy z dnia 4 marca 2031 r.", "Jaja i miody.\n"),
        ("SCHEDULES", "Wells that are repealed.\n"),
        ("THE SCHEDULE", "Wells that are repealed.\n"),
        ("Anlage 1 (zu § 4)", "Der Deckel ist schwer.\n"),
        ("DISPOSICIÓN FINAL", "Entra en vigor mañana.\n"),
        ("جدول رقم (1)", "الموقع الكبير مائة جنيه.\n"),
    ],
)
def test_what_follows_the_articles_has_a_heading(heading: str, text: str) -> None:
    document = read(ARTICLES + f"{heading}\n{text}")
    assert document.headings[-1].path[-1].title in heading
    assert document.passages[-1].text == text.strip()
    assert [d.kind for d in document.passages[-1].path] != ["条"]


def test_a_caption_is_no_heading_of_what_follows_the_articles() -> None:
    document = read(ARTICLES + "Övergångsbestämmelser\nArticle 3\nWells stay open.\n")
    assert document.passages[-1].path[-1].key[:2] == ("条", 3)


CHINESE = "某镇水井办法\n第一条　水井归村。\n第二条　井盖应当盖好。\n"


def test_an_annex_or_a_note_of_the_editors_is_no_part_of_the_last_chinese_article() -> None:
    def places(below: str) -> list[str]:
        return [cite("R", passage).short_zh for passage in read(CHINESE + below).passages]

    assert places("附件：\n水井名单\n1.东井。\n2.西井。\n") == [
        "第一条",
        "第二条",
        "附件第1段",
        "附件1.第1段",
        "附件2.第1段",
    ]
    assert places("附件：\n1.水井名单\n2.价目\n") == ["第一条", "第二条", "第1段"]
    assert places("附件：水井名单\n") == ["第一条", "第二条", "第1段"]
    assert places("注：以公报文本为准。\n") == ["第一条", "第二条", "第1段"]
    assert places("附件由镇政府编制。\n") == ["第一条", "第二条"]


@pytest.mark.parametrize("source", ["資料來源：某市法規查詢系統", "资料来源：某市政府公报", "出典：某県例規集"])
def test_where_a_law_was_copied_from_is_no_paragraph_of_its_last_article(source: str) -> None:
    law = "池塘保護自治條例\n第 1 條\n池塘應予保護。\n第 2 條\n本自治條例自公布日施行。\n"
    assert cited(read(f"{law}\n{source}\n")) == [*cited(read(law)), ("para. 1", source)]


def test_the_source_of_a_table_in_the_last_article_stays_in_it() -> None:
    law = "第一条 收费从低。\n第二条 收费如下：\n\n| 项目 | 元 |\n|---|---|\n| 甲 | 5 |\n\n资料来源：某市统计局\n"
    assert "资料来源" in next(text for cite, text in cited(read(law, "law.md")) if cite == "art. 2")
