"""Laws as the collections of many countries print them: numbers, notes, divisions and what follows the articles."""

import textwrap

import pytest

from index.citations import cite
from index.parsing.structure import read_document
from index.records import Document, Passage


def read(text: str, name: str = "x.txt") -> Document:
    document = read_document(textwrap.dedent(text).encode(), name)
    assert [part for part in document.left_out if part.reason == "unread"] == []
    return document


def cited(document: Document) -> list[tuple[str, str]]:
    """Return the short citation of each passage, and the beginning of its last line."""
    return [(cite(document.title, p).short_en, p.text.split("\n")[-1].strip()[:24]) for p in document.passages]


def paragraphs(passage: Passage) -> list[tuple[int, int]]:
    return [(part.number, part.sub) for part in passage.inner if part.kind == "款"]


def test_a_reference_with_its_number_first_ends_the_line_above_it() -> None:
    document = read(
        """\
        Kaivolaki
        1 luku Yleistä
        1 § Tämä laki koskee kaivoja.
        2 § Kaivo on syvä.
        3 § Kaivolla on vartija.
        2 luku Vartija
        1 § Vartija pitää luetteloa, jossa noudatetaan mitä säädetään kansista
        3 §.
        2 § Luettelo on julkinen.
        3 § Vartija saa palkan.
        """
    )
    assert [citation for citation, _ in cited(document)] == [
        *(f"ch. 1, art. {n}" for n in (1, 2, 3)),
        *(f"ch. 2, art. {n}" for n in (1, 2, 3)),
    ]
    assert document.passages[3].text.endswith("mitä säädetään kansista 3 §.")


def test_a_line_is_full_if_the_next_word_does_not_fit() -> None:
    document = read(
        """\
        Brunnengesetz
        Amt: Wasseramt der Stadt
        Stand: 3. Mai 2031
        § 1 Das Wasser der Brunnen gehört der Stadt, die es gern
        abgibt.

        § 2 Wer aus einem Brunnen schöpft, zahlt der
        Brunnenverwaltungsgesellschaft eine Gebühr, die nach der Menge
        berechnet wird.

        § 3 Die Gebühr wird jeden Monat durch die
        Brunnenverwaltungsgesellschaft erhoben und an die Stadt
        abgeführt. Sie verjährt nach drei Jahren.
        """
    )
    assert [p.text.count("\n") for p in document.passages] == [0] * len(document.passages)
    assert [citation for citation, _ in cited(document)] == ["para. 1", "para. 2", "art. 1", "art. 2", "art. 3"]


@pytest.mark.parametrize(
    ("number", "label"),
    [
        ("MADDE 2/A – ", "2/A"),
        ("MADDE 2/C- ", "2/C"),
        ("มาตรา 2/1  ", "2/1"),
        ("มาตรา 3[7]  ", "3"),
        ("Art. 3[12]. ", "3"),
    ],
)
def test_numbers_of_articles_with_a_letter_or_the_mark_of_a_note(number: str, label: str) -> None:
    word = number.split()[0]
    lines = ["ON WELLS", f"{word} 1 – Wells.", f"{word} 2 – Water.", f"{number}Buckets.", f"{word} 4 – Ropes."]
    found = cited(read("\n".join(lines)))
    assert found[2] == (f"art. {label}", f"{number}Buckets."[:24].strip())


def test_a_number_alone_is_a_reference_where_articles_have_their_text_behind_it() -> None:
    lines = [f"Pasal {n}  Sumur nomor {n} dibuka untuk umum setiap hari" for n in range(1, 9)]
    lines[4:4] = ["Siapa yang menutup sumur dikenai denda menurut ketentuan dalam", "Pasal 7"]
    document = read("\n".join(["TENTANG SUMUR", *lines]) + "\n")
    assert [p.path[-1].number for p in document.passages if p.path] == list(range(1, 9))
    assert document.passages[3].text.endswith("Pasal 7")


THAI = """\
พระราชบัญญัติ
บ่อน้ำ
มาตรา ๑  บ่อน้ำเป็นของเมือง
มาตรา ๒  ผู้ดูแลบ่อต้องมี
(๑) ถังน้ำ
(๒) เชือก
ผู้ดูแลบ่อได้ค่าจ้าง
บทเฉพาะกาล
มาตรา ๓  บ่อเก่าให้ใช้ต่อไป
ผู้รับสนองพระบรมราชโองการ
นายบ่อ
"""


def test_a_text_without_marks_at_the_ends_of_sentences_and_with_digits_of_its_own() -> None:
    document = read(THAI)
    assert document.title == "พระราชบัญญัติ บ่อน้ำ"
    assert [citation for citation, _ in cited(document)] == ["art. 1", "art. 2", "art. 3", "para. 1"]
    assert not any(p.path[-1].title for p in document.passages if p.path)
    assert [(part.kind, part.number) for part in document.passages[1].inner] == [
        ("款", 1),
        ("项", 1),
        ("项", 2),
        ("款", 2),
    ]
    assert [d.title for d in document.passages[2].path] == ["บทเฉพาะกาล", ""]


def test_divisions_of_several_words_are_within_each_other() -> None:
    document = read(
        """\
        Código de Pozos
        TÍTULO PRELIMINAR
        Artículo 1. Los pozos son públicos.
        LIBRO PRIMERO
        De los pozos
        TÍTULO I
        Del agua
        Artículo 2. El agua es limpia.
        TÍTULO II
        Del cubo
        Artículo 3. El cubo es de madera.
        LIBRO SEGUNDO
        De las multas
        TÍTULO I
        De su cuantía
        Artículo 4. La multa es de un euro.
        ANEXO I
        PARTE A
        Lista de cubos
        Cubos grandes.
        PARTE B
        Lista de cuerdas
        Cuerdas largas.
        """
    )
    assert [tuple(d.key[:2] for d in p.path if d.kind != "标题") for p in document.passages] == [
        (("条", 1),),
        (("编", 1), ("编", 1), ("条", 2)),
        (("编", 1), ("编", 2), ("条", 3)),
        (("编", 2), ("编", 1), ("条", 4)),
        (("附件", 1), ("篇", 1)),
        (("附件", 1), ("篇", 2)),
    ]
    assert document.passages[0].path[0].title == "TÍTULO PRELIMINAR"


@pytest.mark.parametrize(
    ("line", "citation"),
    [
        ("Articles 3 à 5 (abrogés)", "art. 3 à 5"),
        ("§§ 3 bis 5 (weggefallen)", "art. 3 bis 5"),
        ("Artículos 3 a 5. (Derogados)", "art. 3 a 5"),
        ("Articles 3 to 5 [repealed]", "art. 3 to 5"),
        ("Artikelen 3 t/m 5 [Vervallen]", "art. 3 t/m 5"),
    ],
)
def test_several_articles_that_were_repealed_are_a_passage(line: str, citation: str) -> None:
    word = "§" if line[0] == "§" else "Article"
    document = read(f"On wells\n{word} 1\nWells.\n{word} 2\nWater.\n\n{line}\n\n{word} 6\nRopes.\n")
    assert cited(document)[2] == (citation, line[:24].strip())
    assert len(document.passages) == 4


def test_a_sentence_about_several_articles_is_none() -> None:
    document = read("On wells\nArticle 1\nWells.\nArticle 2\nWater is ruled by\nArticles 3 to 5 of the code.\n")
    assert [citation for citation, _ in cited(document)] == ["art. 1", "art. 2"]


def test_an_annex_names_the_article_that_it_belongs_to() -> None:
    document = read(
        """\
        Règlement des puits
        Article 1
        Les puits sont propres.
        Article 2
        Les seaux sont en bois.

        Annexe I à l'article 1
        La corde a dix mètres.

        Annexe II à l'article 2
        Le seau a un couvercle.
        """
    )
    assert [citation for citation, _ in cited(document)] == ["art. 1", "art. 2", "annex 1, para. 1", "annex 2, para. 1"]
    assert document.passages[2].path[0].title == "à l'article 1"


def test_signs_directly_above_articles_with_a_word_are_headings() -> None:
    document = read(
        """\
        Puttenwet
        Hoofdstuk 1. Putten
        § 1.1. Algemeen
        Artikel 1
        Een put is diep.
        § 1.2. Emmers
        Artikel 2
        Een emmer is van hout.
        """
    )
    assert cited(document) == [("art. 1", "Een put is diep."), ("art. 2", "Een emmer is van hout.")]
    assert [(d.kind, d.label, d.title) for d in document.passages[1].path[:2]] == [
        ("章", "", "Putten"),
        ("目", "1.2", "Emmers"),
    ]


def test_rows_of_places_are_no_articles() -> None:
    rows = "".join(f"<tr><td>Article {n}</td><td>Article {n + 1}(2)</td></tr>" for n in (1, 2, 3))
    articles = "<p>Article 1</p><p>Wells.</p><p>Article 2</p><p>Ropes.</p>"
    html = f"<p>Well rules</p>{articles}<h2>Annex</h2><table>{rows}</table>"
    document = read_document(html.encode(), "x.html")
    assert [p.path[-1].number for p in document.passages if p.path and p.path[-1].kind == "条"] == [1, 2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Art. 5\n1. One.\n1a. Put in.\n2. Two.\nMore of it.", [(1, 0), (1, 1), (2, 0)]),
        ("§ 5\n(1) Eins.\n(1a) Eingefügt.\n(2) Zwei.\nSchluss.", [(1, 0), (1, 1), (2, 0)]),
        ("Art. 5\n1. Uno.\n1-bis. Aggiunto.\n2. Due.", [(1, 0), (1, 2), (2, 0)]),
        ("Art. 5\n((1. Uno.\n2. Due.))", [(1, 0), (2, 0)]),
        ("Статья 5\n(введена законом 7-З)\n1. Один.\n1.1. Два.\n(в ред. закона 8)\n2. Три.", [(1, 0), (1, 1), (2, 0)]),
        ("Article 5\n(a) One.\n(a-1) Put in.\n(b) Two.", [(1, 0), (1, 1), (2, 0)]),
        ("Article 5\n(1) One.\n(1A) Put in.\n(2) Two.", [(1, 0), (1, 1), (2, 0)]),
        ("Article 5\nModifié par Loi 12 du 3 mai 2031\nUn puits.\nUn seau.", [(1, 0), (2, 0)]),
        ("Artículo 5\nUn pozo.\nSe modifica por el art. 2 de la Ley 3/2031.", [(1, 0)]),
        ("MADDE 5\n(Ek: 3/5/2031-77/2 md.)\n(1) Kuyu.\n(2) Kova.", [(1, 0), (2, 0)]),
        ("MADDE 5\n(Mülga: 3/5/2031-77/2 md.)", [(1, 0)]),
        ("Article 5\nA single paragraph.\n1. One.\n2. Two.\nThe end.", [(1, 0), (2, 0)]),
    ],
)  # fmt: skip
def test_paragraphs_of_articles(text: str, found: list[tuple[int, int]]) -> None:
    document = read(f"On wells\n{text}\n")
    assert paragraphs(document.passages[-1]) == found


def test_a_paragraph_that_was_put_in_has_a_citation_of_its_own() -> None:
    passage = read("Brunnengesetz\n§ 5\n(1) Eins.\n(1a) Eingefügt.\n(2) Zwei.\n").passages[-1]
    citation = cite("B", passage, next(part.span for part in passage.inner if part.sub))
    assert (citation.short_zh, citation.short_en) == ("第五条第一款之一", "art. 5(1-1)")


@pytest.mark.parametrize(
    "words",
    [
        "LIST OF THE AMENDMENTS OF THIS ACT",
        "77 SAYILI KANUNU DEĞİŞTİREN KANUNLAR",
        "This Regulation shall be binding in its entirety and directly applicable.",
        "Diese Verordnung ist in allen ihren Teilen verbindlich.",
    ],
)
def test_what_follows_the_last_article_is_no_part_of_it(words: str) -> None:
    document = read(f"On wells\nArticle 1\nWells.\nArticle 2\nRopes are long.\n\n{words}\n2031 to 2033\n")
    assert [text for _, text in cited(document)] == ["Wells.", "Ropes are long.", "2031 to 2033"]
    assert not document.passages[-1].path


def test_notes_at_the_foot_of_the_last_page_and_an_annex_below_them() -> None:
    document = read(
        """\
        O studniach
        Art. 1. Studnie są głębokie zgodnie z dyrektywą1).
        Art. 2. Wiadra są drewniane.

        1)
            Ustawa wdraża dyrektywę o studniach.

        Załącznik do ustawy
        Lista studni.
        """
    )
    assert cited(document)[-3:] == [
        ("art. 2", "Art. 2. Wiadra są drewni"),
        ("para. 1", "Ustawa wdraża dyrektywę "),
        ("Załącznik do ustawy, para. 1", "Lista studni."),
    ]


def test_subsections_and_dated_supplements_of_a_japanese_law() -> None:
    document = read(
        """\
        井戸法
        　　　第一章　井戸
        　　　　第一節　管理
        　　　　　第一款　町の井戸
        第一条　井戸は、深いものとする。
        　　　　　第二款　村の井戸
        第二条　桶は、木のものとする。
        附　則
        第一条　この法律は、公布の日から施行する。
        附　則　（令和三年五月一日法律第九号）　抄
        第一条　この法律は、令和四年四月一日から施行する。
        附　則　（令和五年五月一日法律第八号）　抄
        第一条　この法律は、令和六年四月一日から施行する。
        """
    )
    assert [p.path[2].title for p in document.passages[:2]] == ["町の井戸", "村の井戸"]
    assert len({citation for citation, _ in cited(document)}) == 5


def test_a_korean_table_without_a_number() -> None:
    document = read("우물법\n제1조(목적) 우물을 지킨다.\n제2조(두레박) 나무로 한다.\n[별표] 과태료\n우물 훼손: 3만원\n")
    assert cited(document)[-1] == ("[별표] 과태료, para. 1", "우물 훼손: 3만원")


def test_long_titles_begin_with_the_kind_of_the_law() -> None:
    title = (
        "Gesetz über die Erhaltung der öffentlichen Brunnen und den Schutz ihrer Nutzer in Stadt und Land (BrunnenG)"
    )
    document = read(
        f"{title}\n\nBrG\n\n§ 1 Zweck\n\nDieses Gesetz schützt die Brunnen.\n\n§ 2 Ort\n\nEs gilt überall.\n"
    )
    assert document.title == title


@pytest.mark.parametrize(
    "line",
    [
        "본문으로 바로가기",
        "Aller au contenu principal",
        "3.2.2031 | EN | Official Journal of the European Union | L 4/1",
    ],
)
def test_lines_above_the_title_that_belong_to_the_collection(line: str) -> None:
    document = read(f"{line}\nLaw on wells\nArticle 1\nWells are deep.\nArticle 2\nRopes are long.\n")
    assert document.title == "Law on wells"
    assert [part.lines for part in document.left_out if part.reason == "surroundings"] == [(line,)]


def test_links_below_a_brazilian_title() -> None:
    document = read("LEI Nº 77, DE 3 DE MAIO DE 2031\nMensagem de veto\nArt. 1º Os poços.\nArt. 2º Os baldes.\n")
    assert document.title == "LEI Nº 77, DE 3 DE MAIO DE 2031"


def test_page_heads_with_the_number_of_pages() -> None:
    pages = [
        f"©Kancelaria Studni      s. {n}/3\n2031-05-03\nArt. {n}. Studnia {n} jest głęboka.\nJest w mieście.\n"
        for n in (1, 2, 3)
    ]
    document = read("\n".join(pages))
    assert not any("Kancelaria" in p.text for p in document.passages)


def test_a_full_line_ends_no_paragraph_in_a_text_that_indents() -> None:
    sentences = "各镇应当每年检修水井更换井绳清洗水桶登记用水数量并且把结果报告县里；各村应当照此办理。"
    first, second = sentences[:34], sentences[34:]
    assert first[-1] == "；"
    paragraph = "各镇应当每年检修水井更换井绳清洗水桶登记用水数量并且把结果报告县里存"
    others = "".join(f"　　{paragraph[:34]}\n{paragraph[34:]}查办第{n}号。\n" for n in range(1, 10))
    document = read(f"水井办法\n{others}　　{first}\n{second}\n")
    assert document.passages[-1].text == sentences


def test_books_parts_and_titles_of_a_code() -> None:
    document = read(
        """\
        Kodeks studzienny
        KSIĘGA PIERWSZA
        STUDNIE
        TYTUŁ I
        WODA
        DZIAŁ I
        Wiadra
        Art. 1. § 1. Wiadra są drewniane.
        § 2. Wiadra są głębokie.
        Art. 2. § 1. Studnie są czyste.
        § 1a. Liny są mocne.
        TYTUŁ II
        KARY
        Art. 3. Kara jest mała.
        KSIĘGA DRUGA
        INNE
        TYTUŁ I
        RESZTA
        Art. 4. Reszta.
        """
    )
    assert [p.path[-1].number for p in document.passages] == [1, 2, 3, 4]
    assert [[d.title for d in p.path[:-1]] for p in document.passages] == [
        ["STUDNIE", "WODA", "Wiadra"],
        ["STUDNIE", "WODA", "Wiadra"],
        ["STUDNIE", "KARY"],
        ["INNE", "RESZTA"],
    ]
    assert [paragraphs(p) for p in document.passages[:2]] == [[(1, 0), (2, 0)], [(1, 0), (1, 1)]]
    assert not document.remarks


def test_the_title_below_a_division_without_a_number() -> None:
    document = read(
        "Ley de Pozos\nTÍTULO PRELIMINAR\nObjeto\nArtículo 1. Los pozos.\nTÍTULO I\nAgua\nArtículo 2. El agua.\n"
    )
    assert [p.path[0].title for p in document.passages] == ["TÍTULO PRELIMINAR Objeto", "Agua"]


def test_levels_of_a_format_decide_which_divisions_are_within_others() -> None:
    document = read("# Wells\n## Book 1\n## Part 1\nWells.\n## Part 2\nRopes.\n", "x.md")
    assert [len(p.path) for p in document.passages if p.text in ("Wells.", "Ropes.")] == [1, 1]


@pytest.mark.parametrize(
    ("heading", "number"), [("II. Fejezet", 2), ("IV. Abschnitt", 4), ("III. Hauptstück", 3), ("2. Abschnitt", 2)]
)
def test_roman_numbers_in_front_of_their_word(heading: str, number: int) -> None:
    division = read(f"Brunnen\n{heading}\nWasser\n§ 1 Es ist klar.\n§ 2 Es ist tief.\n").passages[0].path[0]
    assert (division.number, division.title) == (number, "Wasser")


def test_a_number_put_in_stands_below_its_number() -> None:
    passage = read("On wells\nArticle 5\n5.1. One.\n5.2. Two.\n").passages[-1]
    assert all(part.sub == 0 for part in passage.inner)


def test_a_sentence_in_capitals_belongs_to_the_last_article() -> None:
    document = read("On wells\nArticle 1\nWells.\nArticle 2\nRopes.\n\nTHE TOWN SHALL NOT BE LIABLE FOR ROPES.\n")
    assert len(document.passages) == 2


def test_a_paragraph_that_a_line_begins_with_is_no_subsection() -> None:
    document = read("水井办法\n第一条 水井应当清洁，处罚依照前条\n第二款　处理\n第二条 本办法自公布之日起施行。\n")
    assert [p.path for p in document.passages] == [p.path[-1:] for p in document.passages]


def test_a_number_alone_is_compared_with_those_of_its_word() -> None:
    sections = "".join(f"§ {n}. Die {n}. Weide wird geschlossen.\n" for n in range(1, 8))
    document = read_document(
        f"Weidegesetz\n{sections}Artikel II\nÜbergangsrecht\nAlte Weiden bleiben.\n".encode(), "x.txt"
    )
    assert document.passages[-1].text == "Artikel II\nÜbergangsrecht\nAlte Weiden bleiben."


def test_footnote_marks_behind_numbers_are_no_part_of_them() -> None:
    document = read(
        "Weggesetz\nArt. 1 Wege\nWege sind offen.\nArt. 2⁴ Zäune\nZäune sind niedrig.\nArt. 2a⁵\nTore sind breit.\n"
    )
    assert [cite for cite, _ in cited(document)] == ["art. 1", "art. 2", "art. 2a"]


def test_a_reference_at_the_beginning_of_a_line_is_no_section_that_stands_elsewhere() -> None:
    document = read(
        """\
        Weidegesetz
        § 1. Weiden sind offen.
        § 2. Die Umwandlung einer Weide in eine andere Nutzung bedarf der Genehmigung nach
        § 3. Dies gilt nicht für Zäune.
        § 3. Die Genehmigung erteilt der Ort.
        § 4. Das Gesetz gilt ab heute.
        """
    )
    assert [cite for cite, _ in cited(document)] == ["art. 1", "art. 2", "art. 3", "art. 4"]
    assert "Dies gilt nicht" in document.passages[1].text
