"""Captions in a line of their own above an article belong to it if the document regularly has them."""

import pytest

from index.parsing.structure import read_document
from index.records import Document

TURKISH = """\
SU KANUNU
BİRİNCİ BÖLÜM
Genel Hükümler
Amaç
MADDE 1- Bu Kanunun amacı suyu korumaktır.
Kapsam
MADDE 2- (1) Bu Kanun bütün suları kapsar.
(2) Denizler kapsam dışındadır.
İKİNCİ BÖLÜM
Kuyular
Kuyu açma
MADDE 3- Kuyu açmak izne tabidir.
Geçiş hükmü
GEÇİCİ MADDE 1- Eski kuyular bildirilir.
"""
AUSTRIAN = """\
Wassergesetz
1. Abschnitt
Allgemeines
Zweck
§ 1. Dieses Gesetz schützt das Wasser.
Geltungsbereich
§ 2.
Es gilt für alle Brunnen.
Begriffsbestimmungen
§ 3. Brunnen sind gegrabene Löcher.
"""
SWEDISH = """\
Vattenlag (2010:5)
Inledande bestämmelse
1 § Denna lag skyddar vattnet.
Tillstånd
2 § Brunnar grävs med tillstånd.
3 § Tillstånd ges av kommunen.
Vissa undantag
4 § Havet omfattas inte.
"""


def read(text: str) -> Document:
    return read_document(text.encode(), "x.txt")


@pytest.mark.parametrize(
    ("text", "captions"),
    [
        (TURKISH, ["Amaç", "Kapsam", "Kuyu açma", "Geçiş hükmü"]),
        (AUSTRIAN, ["Zweck", "Geltungsbereich", "Begriffsbestimmungen"]),
        (SWEDISH, ["Inledande bestämmelse", "Tillstånd", "", "Vissa undantag"]),
    ],
)
def test_a_caption_belongs_to_the_article_below_it(text: str, captions: list[str]) -> None:
    document = read(text)
    assert [p.path[-1].title for p in document.passages] == captions
    assert [p.text.partition("\n")[0] for p in document.passages if p.path[-1].title] == list(filter(None, captions))
    inner = [[p.text[slice(*i.span)] for i in p.inner if i.kind == "款"] for p in document.passages]
    assert not any("§" in text or "MADDE" in text for texts in inner for text in texts)
    assert not any(caption in texts for caption in filter(None, captions) for texts in inner)


def test_paragraphs_are_counted_without_the_caption() -> None:
    scope = read(TURKISH).passages[1]
    assert [(i.kind, i.number) for i in scope.inner] == [("款", 1), ("款", 2)]
    assert scope.text[slice(*scope.inner[0].span)] == "(1) Bu Kanun bütün suları kapsar."


def test_a_chapter_keeps_its_own_title() -> None:
    assert [p.path[0].title for p in read(TURKISH).passages] == ["Genel Hükümler"] * 2 + ["Kuyular"] * 2


def test_the_caption_of_a_japanese_article_is_its_title() -> None:
    [first, second] = read(
        "水道法\n（目的）\n第一条　この法律は水を守る。\n（定義）\n第二条　水とは水をいう。\n"
    ).passages
    assert [first.path[-1].title, second.path[-1].title] == ["目的", "定義"]
    assert first.text == "（目的）\n第一条　この法律は水を守る。"


def test_items_that_end_in_a_comma_are_not_joined() -> None:
    [first, _] = read(
        "SU KANUNU\nMADDE 1- Su:\na) içilen suyu,\nb) kuyu suyunu,\nifade eder.\nMADDE 2- Son.\n"
    ).passages
    assert first.text.split("\n")[:2] == ["MADDE 1- Su:", "a) içilen suyu,"]


@pytest.mark.parametrize(
    "text",
    [
        "Gesetz\n§ 1. Eins.\nOhne Punkt\n§ 2. Zwei.\n§ 3. Drei.\n§ 4. Vier.\n",  # once is not regularly
        "Gesetz\n§ 1. Frei sind:\nWasser\nErde\n§ 2. Nicht:\nFeuer\nLuft\n§ 3. Teuer:\nGold\nSilber\n§ 4. Aus.\n",
        "Gesetz\n§ 1. Eins,\nerstens\n§ 2. Zwei,\nzweitens\n§ 3. Drei,\ndrittens\n§ 4. Vier.\n",
    ],
)
def test_the_last_words_of_an_article_are_no_caption_of_the_next_one(text: str) -> None:
    assert [p.path[-1].title for p in read(text).passages] == [""] * 4


def test_titles_below_the_numbers_of_all_articles() -> None:
    macao = read(
        "水法\n第一條\n標的\n本法律訂定用水制度。\n第二條\n定義\n水是飲用的水。\n第三條\n生效\n本法律自公佈翌日生效。\n"
    )
    assert [p.path[-1].title for p in macao.passages] == ["標的", "定義", "生效"]
    assert [len(p.inner) for p in macao.passages] == [1, 1, 1]
    once = read("水法\n第一條\n標的\n本法律訂定用水制度。\n第二條\n水是飲用的水。\n第三條\n本法律自公佈翌日生效。\n")
    assert [p.path[-1].title for p in once.passages] == [""] * 3


def test_headings_of_the_format_below_the_numbers_of_all_articles() -> None:
    rows = [f"## Article {n}\n\n### Scope {n}\n\n1\\. One.\n\n2\\. Two.\n" for n in (1, 2, 3)]
    titled = read_document("\n".join(["# Rules\n", *rows]).encode(), "x.md")
    assert [p.path[-1].title for p in titled.passages] == ["Scope 1", "Scope 2", "Scope 3"]
    assert [[i.kind for i in p.inner] for p in titled.passages] == [["款", "款"]] * 3
    assert "\\" not in titled.passages[0].text
    divided = read_document("\n".join(["# Rules\n", *rows, "### More\n\nThree."]).encode(), "x.md")
    assert [p.path[-1].title for p in divided.passages][-1] == "More"
