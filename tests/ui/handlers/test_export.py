import csv
import gc
import io
import json
import zipfile
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.package import Package
from markdown_it import MarkdownIt

from index.records import Passage, Span
from tests.ui.fakes import BigramSearcher, Standing, document, law, plan
from ui.handlers.ask import AskHandlers
from ui.handlers.downloads import file_name
from ui.handlers.export import ExportHandlers
from ui.memo.builder import marked_spans
from ui.memo.markdown import markdown
from ui.memo.records import Memo, Quotation
from ui.memo.word import _written, word
from ui.state import basket
from ui.state.basket import BasketItem, read_basket
from ui.words import EN, ZH

BASE = "https://zhangju.example/"
HERE = "http://127.0.0.1:7860/"  # leads nowhere for other readers
WATER = "用水量较2020年下降多少"
SENTENCE = "建立水资源刚性约束制度,万元地区生产总值用水量较2020年下降12%。"
NOW = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)
HOSTILE = "1. *a* [b](c) <b>x</b> `d` \\ | ~~e~~ # &amp; $f$\n- _g_ 12% \x00\x0b\ud800\uffff =HYPERLINK(1)\n===\n> h  i"


def export(live: Standing | None = None) -> ExportHandlers:
    return ExportHandlers(AskHandlers(live or Standing(BigramSearcher((plan(), law())))), now=lambda: NOW)


def data(file: dict[str, Any]) -> bytes:
    return b64decode(file["data"])


def memo(text: str = "甲。乙。\n丙。", **given: Any) -> Memo:
    quoted = Quotation(text=text, citation="《规划》第一章", **given)
    return Memo(language="zh", title="问？", exported=NOW, heading="出处", passages=(quoted,), open="打开")


def notes(file: bytes) -> dict[int, str]:
    """The text of each footnote that is no separator, by its id."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        root = parse_xml(package.read("word/footnotes.xml"))
    return {
        int(note.get(qn("w:id"))): "".join(t.text or "" for t in note.iter(qn("w:t"))).strip()
        for note in root
        if note.get(qn("w:type")) is None
    }


def test_a_markdown_answer_written_out_by_hand() -> None:
    file = export().export_answer(WATER, ["plan.txt"], "markdown", "zh", BASE)
    assert (file["name"], file["type"]) == (f"章句 {WATER}.md", "text/markdown;charset=utf-8")
    text = data(file).decode()
    assert text.startswith(
        f"# {WATER}\n\n**原文的回答**\n\n> {SENTENCE}\n>\n> —— [《云溪市发展规划》第二章第二节第1段](<{BASE}?q="
    )
    assert "\n\n### 1. 第二章 推进绿色发展 › 第二节 节约用水 › 第1段\n\n> 提高用水效率。<mark>建立" in text
    assert "</mark>推广再生水利用。\n>\n> —— " in text
    assert "版本 1" in text
    assert text.endswith("模型：bigrams。\n")
    assert text.count("### ") == 7


@pytest.mark.parametrize(("in_doubt", "times"), [((), 0), ((SENTENCE,), 2), (("提高用水效率。",), 1)])
def test_what_a_scan_leaves_in_doubt_is_said_below_the_answer_and_the_passage(
    in_doubt: tuple[str, ...], times: int
) -> None:
    def doubted(found: Passage) -> Passage:
        spans = (Span(at, at + len(part)) for part in in_doubt if (at := found.text.find(part)) >= 0)
        return replace(found, doubtful=tuple(spans))

    source = plan()
    source = replace(source, passages=tuple(map(doubted, source.passages)))
    handlers = export(Standing(BigramSearcher((source,))))
    assert data(handlers.export_answer(WATER, [], "markdown", "zh", "")).decode().count(ZH.recognised) == times
    opened = docx.Document(io.BytesIO(data(handlers.export_answer(WATER, [], "word", "zh", ""))))
    said = [at for at, paragraph in enumerate(opened.paragraphs) if paragraph.text == ZH.recognised]
    assert len(said) == times
    assert times < 2 or opened.paragraphs[said[0] - 1].text == SENTENCE
    table = data(handlers.export_answer(WATER, [], "csv", "zh", "")).decode("utf-8-sig")
    assert table.count("recognised, check") == min(times, 1)


def test_an_unanswered_question_has_its_reason_in_english() -> None:
    text = data(export().export_answer("高速铁路票价是多少元", [], "markdown", "en", "")).decode()
    assert f"**{EN.not_in_the_text}**\n\n{EN.nothing_similar}\n\n## {EN.nearest}" in text
    assert "](<" not in text  # no address is known


def test_document_text_is_escaped_in_markdown() -> None:
    text = HOSTILE.replace("\x00", "").replace("\ud800", "")  # Markdown itself replaces what is no character
    for marked in ((), (Span(0, 9),), (Span(3, 40),)):
        html = MarkdownIt("commonmark").render(markdown(memo(text, marked=marked)))
        assert html.count("<li>") == html.count("<em>") == html.count("<code>") == html.count("<h1>") - 1 == 0
        seen = html.replace("<mark>", "").replace("</mark>", "")
        assert "1. *a* [b](c) &lt;b&gt;x&lt;/b&gt; `d` \\ | ~~e~~ # &amp;amp; $f$</p>" in seen
        assert "<p>- _g_ 12%" in seen
        assert "<p>===</p>" in seen
        assert "<p>&gt; h  i</p>" in seen


def test_local_links_are_not_exported() -> None:
    text = data(export().export_answer(WATER, ["plan.txt"], "markdown", "zh", HERE)).decode()
    assert "《云溪市发展规划》第二章第二节第1段" in text
    assert "127.0.0.1" not in text
    with zipfile.ZipFile(io.BytesIO(data(export().export_answer(WATER, ["plan.txt"], "word", "zh", HERE)))) as package:
        assert not any(b"127.0.0.1" in package.read(name) for name in package.namelist())
    table = data(export().export_answer(WATER, ["plan.txt"], "csv", "zh", HERE)).decode("utf-8-sig")
    assert HERE in table  # a table is worked with, often where it was made


def test_the_citations_are_footnotes_of_the_word_document() -> None:
    file = data(export().export_answer(WATER, ["plan.txt"], "word", "zh", BASE))
    opened = docx.Document(io.BytesIO(file))
    assert [p.text for p in opened.paragraphs if p.style and p.style.name == "Heading 1"] == [WATER]
    body = opened.element.body
    referred = [int(r.get(qn("w:id"))) for r in body.iter(qn("w:footnoteReference"))]
    assert referred == list(range(1, 9))  # one sentence and seven passages
    said = notes(file)
    assert list(said) == referred
    assert said[1] == "《云溪市发展规划》第二章第二节第1段  在章句中打开"
    assert said[2] == "《云溪市发展规划》第二章第二节第1段 · 原文第 9 行  在章句中打开"
    shaded = [run.text for p in opened.paragraphs for run in p.runs if run._r.find(".//" + qn("w:shd")) is not None]
    assert shaded[0] == SENTENCE
    assert opened.styles["Normal"].element.find(".//" + qn("w:rFonts")).get(qn("w:eastAsia")) == "SimSun"


def test_footnote_parts_are_consistent() -> None:
    file = word(memo(link=BASE))
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        types = package.read("[Content_Types].xml").decode()
        settings = package.read("word/settings.xml").decode()
        links = package.read("word/_rels/footnotes.xml.rels").decode()
        separators = package.read("word/footnotes.xml").decode()
    assert 'PartName="/word/footnotes.xml"' in types
    assert settings.index("<w:footnotePr>") < settings.index("<w:compat>")
    assert f'Target="{BASE}"' in links
    assert separators.index('w:type="separator" w:id="-1"') < separators.index('w:id="1"')
    opened = docx.Document(io.BytesIO(file))
    assert [r.reltype for r in opened.part.rels.values()].count(RELATIONSHIP_TYPE.FOOTNOTES) == 1
    ids = [style.style_id for style in opened.styles]
    assert {"FootnoteText", "FootnoteReference"} <= set(ids)


def test_word_documents_are_reproducible_and_replace_invalid_characters() -> None:
    hostile = replace(memo(HOSTILE, remarks=(HOSTILE,)), title=HOSTILE, verdict=HOSTILE, closing=(HOSTILE,))
    first = word(hostile)
    assert first == word(hostile)
    opened = docx.Document(io.BytesIO(first))
    text = "\n".join(p.text for p in opened.paragraphs)
    assert "1. *a* [b](c) <b>x</b> `d` \\ | ~~e~~ # &amp; $f$" in text
    assert "12% \ufffd\ufffd\ufffd\ufffd =HYPERLINK(1)" in text


def test_a_csv_answer_opens_in_a_spreadsheet() -> None:
    file = data(export().export_answer(WATER, ["plan.txt"], "csv", "zh", BASE))
    assert file.startswith(b"\xef\xbb\xbfquestion,status,confidence,rank,")
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5", "6", "7"]
    assert rows[0]["answer"] == SENTENCE
    assert rows[1]["answer"] == ""
    assert (rows[0]["passage"], rows[0]["status"]) == ("plan.txt#5", "answered")
    assert rows[0]["link"].startswith(BASE)


def test_formulas_are_text_in_a_csv() -> None:
    bad = document("bad.txt", "=cmd", [((), 1, "", "=HYPERLINK(1)，用水")])
    file = data(export(Standing(BigramSearcher((bad,)))).export_answer("=HYPERLINK 用水", [], "csv", "zh", ""))
    cells = [cell for row in csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith("=")] == []
    assert "'=HYPERLINK(1)，用水" in cells


def test_the_passages_of_a_place_are_exported() -> None:
    text = data(export().export_answer("第二章", ["plan.txt"], "markdown", "zh", BASE)).decode()
    assert text.startswith("# 第二章\n\n**第二章：4 段**")
    rows = data(export().export_answer("第二章", ["plan.txt"], "csv", "zh", BASE)).decode("utf-8-sig").splitlines()
    assert len(rows) == 5


def test_an_invalid_export_is_an_error_message() -> None:
    for question, form in (("", "word"), (" ", "csv"), (WATER, "pdf")):
        assert ZH.export.nothing in export().export_answer(question, [], form, "zh", "")["html"]
    assert ZH.unusable in export().export_answer("很" * 201, [], "word", "zh", "")["html"]
    assert EN.export.nothing in export().export_basket([], "word", "en", "")["html"]


# the basket

THERE = {
    "passage": "plan.txt#5",
    "question": WATER,
    "citation": "《旧》",
    "marked": [SENTENCE, "不在其中"],
    "note": "要用<b>",
}
GONE = {"passage": "gone", "citation": "《旧规划》第九章", "text": "从前的文字。"}


def test_the_basket_shows_passages_and_names_missing_ones() -> None:
    shown = export().basket([GONE, THERE], "zh", BASE)
    html = shown["html"]
    assert shown["hits"] == ["plan.txt#5"]
    assert html.index("《旧规划》第九章") < html.index("《云溪市发展规划》第二章第二节第1段")
    assert f"<mark>{SENTENCE}</mark>" in html
    assert "从前的文字。" in html
    assert ZH.basket.gone in html
    assert "要用&lt;b&gt;" in html
    assert "data-collect" not in html
    assert EN.basket.empty in export().basket([], "en", BASE)["html"]


def test_the_basket_is_exported_in_its_order_with_notes() -> None:
    text = data(export().export_basket([GONE, THERE], "markdown", "zh", BASE)).decode()
    assert text.startswith("# 摘录（2 段）")
    assert text.index("### 1. 《旧规划》第九章") < text.index("### 2. 第二章 推进绿色发展")
    assert ZH.export.gone in text
    assert "批注：要用\\<b\\>" in text
    assert f"<mark>{SENTENCE}</mark>" in text
    file = data(export().export_basket([GONE, THERE], "word", "zh", BASE))
    assert notes(file)[1] == "《旧规划》第九章"
    rows = list(
        csv.DictReader(io.StringIO(data(export().export_basket([GONE, THERE], "csv", "zh", "")).decode("utf-8-sig")))
    )
    assert [row["passage"] for row in rows] == ["gone", "plan.txt#5"]
    assert (rows[0]["status"], rows[0]["citation_zh"], rows[0]["start"]) == (ZH.basket.gone, "《旧规划》第九章", "")
    assert (rows[1]["note"], rows[1]["answer"]) == ("要用<b>", SENTENCE)


@pytest.mark.parametrize(
    "given",
    [
        None,
        {"passage": "p"},
        ["p"],
        [{}],
        [{"passage": 3}],
        [{"passage": "p", "note": "x" * (basket.MAX_NOTE + 1)}],
        [{"passage": "p", "marked": "x"}],
        [{"passage": "p", "marked": [None]}],
        [{"passage": str(n)} for n in range(basket.MAX_PASSAGES + 1)],
    ],
)
def test_an_invalid_basket_is_refused_with_the_limits(given: Any) -> None:
    with pytest.raises(ValueError, match=r"a basket|at most|has an id"):
        read_basket(given)
    said = ZH.basket.unusable.format(most=basket.MAX_PASSAGES, note=f"{basket.MAX_NOTE:,}")
    assert said in export().basket(given, "zh", "")["html"]
    assert said in export().export_basket(given, "word", "zh", "")["html"]


def test_a_basket_has_each_passage_once() -> None:
    read = read_basket(json.loads('[{"passage":"a","note":"1"},{"passage":"b","x":0},{"passage":"a","note":"2"}]'))
    assert read == (BasketItem(passage="a", note="1"), BasketItem(passage="b"))


def test_highlighted_sentences_are_located_in_the_current_text() -> None:
    item = BasketItem(passage="p", marked=("丙。", "甲。", "丁", ""))
    assert marked_spans("甲。乙。丙。", item) == (Span(0, 2), Span(4, 6))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j"),
        ("x\x00\u202e\u200by.", "xy"),
        ("很" * 90, "很" * 60),
        ("第\n一", "第 一"),
    ],
)
def test_file_names_are_valid_on_every_system(title: str, name: str) -> None:
    assert file_name(title) == name


def test_text_that_reverses_its_direction_ends_with_its_run() -> None:
    reversing = "\u202e甲。乙。"
    note = replace(memo(reversing, marked=(Span(1, 3),)), title=reversing)
    document = docx.Document(io.BytesIO(word(note)))
    runs = [run.text for paragraph in document.paragraphs for run in paragraph.runs if "\u202e" in run.text]
    assert runs == ["\u2068\u202e甲。乙。\u2069", "\u2068\u202e\u2069"]


def test_a_document_is_freed_as_soon_as_it_is_written() -> None:
    """Its parts refer to each other, and the collector looks for them only after millions of other objects."""

    def packages() -> int:
        return sum(issubclass(type(one), Package) for one in gc.get_objects())  # isinstance asks lazy objects

    gc.collect()
    gc.disable()
    try:
        before = packages()
        _written(memo())
        assert packages() == before + 1  # the control
        word(memo())
        assert packages() == before
    finally:
        gc.enable()
