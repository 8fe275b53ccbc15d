"""The whole line with the default model: files in, citations out, as people run it."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from index.models.encoder import Encoder
from index.storage import store
from index.text.numerals import to_chinese
from index.text.sentences import sentence_spans
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.evidence.batch import Batch, BatchOptions
from retrieval.evidence.question_files import read_questions
from retrieval.records import AbstentionReason
from retrieval.schema import answer_json
from retrieval.search import Searcher
from scripts.commands import batch
from tests.conftest import SAMPLE, indexed
from tests.programs import CHROMIUM

ROOT = Path(__file__).resolve().parents[1]
ZHANGJU = [sys.executable, "-m", "scripts.cli"]

pytestmark = pytest.mark.model


def outline(path: Path) -> dict[str, Any]:
    """What the command prints, as a process of its own."""
    command = [*ZHANGJU, "outline", str(path), "--json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    data: dict[str, Any] = json.loads(ended.stdout)
    return data


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory, default_encoder: Encoder, shared_folder: Path) -> Path:
    """An index of the real plan."""
    source = shared_folder / "corpus" / "liaoning-plan.txt"
    return indexed(source, tmp_path_factory.mktemp("plan") / "index", default_encoder)


@pytest.fixture(scope="session")
def plan_searcher(plan: Path, default_encoder: Encoder, out_of_domain: OutOfDomainVectors) -> Searcher:
    """The same for the real plan."""
    return Searcher(store.open_snapshot(plan), lambda: default_encoder, out_of_domain=lambda _: out_of_domain)


@pytest.mark.parametrize(
    "question", ["万元地区生产总值用水量要降多少？", "By how much should water use per unit of GDP fall?"]
)
def test_the_sample_answers_with_a_citation(sample_searcher: Searcher, question: str) -> None:
    data = answer_json(sample_searcher.ask(question))
    first = data["hits"][0]
    assert "12%" in data["answer"]["text"]
    assert [(d["kind"], d["number"]) for d in first["path"]] == [("章", 16), ("节", 5)]
    source = SAMPLE.read_text(encoding="utf-8")
    assert source[data["answer"]["start"] : data["answer"]["end"]] == data["answer"]["text"]
    assert source.split("\n")[first["line"] - 1] == first["text"]


@pytest.mark.parametrize(
    ("question", "chapter", "section", "says"),
    [
        ("石油储备怎样完善？", 19, 4, "商业储备要完善"),
        ("哪几处矿坑要综合治理？", 16, 4, "抚顺西露天矿"),
        ("普惠性幼儿园占比要超过多少？", 18, 3, "80%"),
        ("Which open-pit mines are to be restored?", 16, 4, "矿山"),
    ],
)
def test_the_sample_answers_with_the_right_passage(
    sample_searcher: Searcher, question: str, chapter: int, section: int, says: str
) -> None:
    found = sample_searcher.ask(question)
    first = found.hits[0]
    assert found.answered
    assert [(d.kind, d.number) for d in first.passage.path] == [("章", chapter), ("节", section)]
    assert says in first.passage.text[slice(*first.best)]


@pytest.mark.parametrize(
    ("question", "reasons"),
    [
        ("这道菜要放几勺盐？", ("nothing similar", "talk")),
        ("How long do I boil eggs?", ("nothing similar", "talk")),
        ("你好", ("talk",)),
        ("Hello there!", ("nothing similar", "talk")),
        ("职业院校要招多少名教师？", ("no detail",)),
        ("沈阳机场每年运送多少旅客？", ("no detail",)),
        ("第九十章关于石油储备说了什么？", ("no such place",)),
    ],
)
def test_the_sample_says_why_it_does_not_answer(
    sample_searcher: Searcher, question: str, reasons: tuple[AbstentionReason, ...]
) -> None:
    data = answer_json(sample_searcher.ask(question))
    assert (data["answered"], data["answer"], data["also"]) == (False, None, [])
    assert data["reason"] in reasons
    assert data["hits"]


def test_a_batch_of_questions_gives_the_same_bytes_twice(
    sample: Path, sample_searcher: Searcher, tmp_path: Path
) -> None:
    (tmp_path / "q.csv").write_text("nr,question\n1,用水量要降多少？\n2,幼儿园占比？\n3,……\n", encoding="utf-8")
    asked = read_questions(tmp_path / "q.csv")
    model, generation = sample_searcher.contract, store.live_generation(sample)
    wanted = Batch(asked=asked, options=BatchOptions(k=2), generation=generation, model=model)
    tables = []
    for name in ("a.csv", "b.csv"):
        batch.run(wanted, sample_searcher, tmp_path / name)
        tables.append((tmp_path / name).read_bytes())
    assert tables[0] == tables[1]
    rows = list(csv.DictReader(tables[0].decode().splitlines()))
    assert [(r["nr"], r["rank"]) for r in rows] == [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2"), ("3", "")]
    assert "80%" in rows[2]["text"]


@pytest.mark.shared
def test_the_plan_answers_in_chinese_and_in_english(plan_searcher: Searcher) -> None:
    data = answer_json(plan_searcher.ask("万元地区生产总值用水量要下降多少?"))
    first = data["hits"][0]
    assert first["line"] == 45
    assert first["citation"]["zh"] == "《liaoning-plan》第十六章第五节第3段"
    assert "12%" in data["answer"]["text"]
    english = plan_searcher.ask("By how much must water use per 10,000 yuan of GDP fall?")
    assert 45 in [hit.passage.line for hit in english.hits[:3]]


@pytest.mark.shared
def test_related_provisions_of_the_plan_stand_in_other_chapters(plan_searcher: Searcher) -> None:
    hits = plan_searcher.related("第十六章第二节第2段")
    assert len(hits) == 10
    assert all(hit.passage.path[0].number != 16 for hit in hits)


@pytest.mark.shared
def test_the_outline_of_the_plan_is_exact(shared_folder: Path) -> None:
    """Against the test collection, whose titles were written by hand, without inferred levels and parts."""
    plan = shared_folder / "corpus" / "liaoning-plan.txt"
    read = outline(plan)
    passages = read["passages"]
    boxes = [p["path"][-1]["number"] for p in passages if p["path"][-1]["kind"] == "专栏"]
    assert boxes == list(range(33, 48))
    assert len(passages) - len(boxes) == 161
    assert read["metadata"] == {"来源": "辽宁日报"}
    corpus = [json.loads(line) for line in (shared_folder / "bench/plan/corpus.jsonl").read_text("utf-8").splitlines()]
    for passage, wanted in zip(passages, corpus, strict=True):
        mended = passage["text"].startswith("上行旅游供给质量。")  # the collection has its second line only
        assert f"L{passage['line'] + mended}" == wanted["_id"]
        assert passage["text"].removeprefix("上行旅" if mended else "") == wanted["text"]
        assert _title(passage["path"]) == wanted["title"].replace(" ", "")
    before = [p["path"] for p in passages if p["line"] < 18]
    assert all(path[0] == _inferred(15) for path in before)
    assert {p["line"] for p in passages if p["path"][0]["kind"] == "篇"} == {
        p["line"] for p in passages if p["line"] > 200
    }
    source = plan.read_text(encoding="utf-8")
    assert all(source[p["start"] : p["end"]] == p["text"] for p in passages if not p["repaired"])
    assert [p["line"] for p in passages if p["repaired"]] == [13]


def _inferred(chapter: int) -> dict[str, Any]:
    return {"kind": "章", "number": chapter, "sub": 0, "label": "", "title": "", "inferred": True}


def _title(path: list[dict[str, Any]]) -> str:
    levels = [d for d in path if d["kind"] in ("章", "节") and not d["inferred"]] or path
    return "".join(f"第{to_chinese(d['number'])}{d['kind']}{d['title']}" for d in levels).replace(" ", "")


def test_the_sample_retells_the_plan_without_its_sentences() -> None:
    read = outline(SAMPLE)
    body = [p for p in read["passages"] if p["path"][-1]["kind"] != "专栏"]
    assert len(body) >= 110
    text = SAMPLE.read_text(encoding="utf-8")
    assert all(figure in text for figure in ("12%", "33%", "65%", "80%", "2020年", "2025年", "2035年"))
    assert "转述" in read["document"]
    assert "全文为准" in read["metadata"]["说明"]


@pytest.mark.shared
def test_the_sample_shares_divisions_but_no_sentence_with_the_plan(shared_folder: Path) -> None:
    plan = shared_folder / "corpus" / "liaoning-plan.txt"
    ours, theirs = outline(SAMPLE), outline(plan)
    keys = [[[(d["kind"], d["number"]) for d in h["path"]] for h in read["headings"]] for read in (ours, theirs)]
    assert keys[0] == keys[1]
    sentences = [_sentences(read) for read in (ours, theirs)]
    assert not sentences[0] & sentences[1]


def _sentences(read: dict[str, Any]) -> set[str]:
    texts = [p["text"].replace(",", "，") for p in read["passages"] if p["path"][-1]["kind"] != "专栏"]
    return {text[start:end] for text in texts for start, end in sentence_spans(text)}


@pytest.fixture(scope="session")
def served(sample: Path) -> Iterator[str]:
    """The address of the page over the sample, served by a process of its own."""
    environment = {**os.environ, "GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SHARE": "True"}  # change nothing
    command = [*ZHANGJU, "serve", "--index", str(sample), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stderr is not None
        lines = []
        for line in server.stderr:
            lines.append(line)
            if "http://127.0.0.1:" in line:
                yield "http://127.0.0.1:" + line.split("http://127.0.0.1:")[1].split()[0]
                break
        else:
            pytest.fail("".join(lines))
        server.terminate()


@pytest.mark.browser
def test_a_question_in_the_browser_is_answered_with_a_citation(served: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM.path(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="zh-CN", viewport={"width": 1100, "height": 900})
        requests: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(served)
        page.locator("#zj-question").fill("万元地区生产总值用水量要降多少？")
        page.locator("#zj-question").press("Enter")
        page.get_by_text("第十六章第五节").first.wait_for(timeout=30_000)
        assert "12%" in page.locator(".zj-hit mark").first.inner_text()
        page.locator(".zj-hit [data-open]").first.click()
        assert "12%" in page.locator("#zj-full .zj-open mark").first.inner_text()
        browser.close()
    assert not errors
    assert all(url.startswith((served, "data:", "blob:")) for url in requests)
