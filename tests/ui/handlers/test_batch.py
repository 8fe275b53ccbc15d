import csv
import io
from base64 import b64decode, b64encode
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
from openpyxl import load_workbook

from retrieval.evidence.batch import BLOCK
from retrieval.evidence.evidence_rows import COLUMNS
from tests.ui.fakes import SECOND, BigramSearcher, Standing, law, plan
from ui.handlers.ask import AskHandlers
from ui.handlers.batch import MAX_FILE_KB, QUESTIONS, BatchHandlers
from ui.render.batch import render_rows
from ui.state.batch_jobs import BatchJob, BatchJobs, UnknownBatchError
from ui.state.concurrency import ConcurrencyLimit
from ui.words import EN, ZH

WATER = "用水量较2020年下降多少"
SENTENCE = "建立水资源刚性约束制度,万元地区生产总值用水量较2020年下降12%。"
LIST = f"编号,问题\n007,{WATER}\n=1+1,高速铁路票价是多少元\n,水\n"
BASE = "http://127.0.0.1:7860/"


def live() -> Standing:
    return Standing(BigramSearcher((plan(), law())))


def sent(
    batch: BatchHandlers, text: str, name: str = "问题.csv", k: int = 3, documents: tuple[str, ...] = ()
) -> dict[str, Any]:
    return batch.start(name, b64encode(text.encode()).decode(), list(documents), k, "zh")


def rows(file: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b64decode(file["data"]).decode("utf-8-sig"), newline="")))


def test_a_list_is_answered_in_blocks_and_becomes_a_table() -> None:
    batch = BatchHandlers(AskHandlers(live()))
    begun = sent(batch, LIST)
    assert begun["total"] == 3
    shown = batch.view(begun["job"], "zh")
    assert not shown["ended"]
    assert "已完成 0 / 3 个问题" in shown["html"]
    found = batch.next_block(begun["job"], "zh")
    assert (found["first"], found["done"], found["total"]) == (0, 3, 3)
    assert found["summary"] == ("已回答 1 个，可能已回答 0 个，只有相关内容 0 个，未回答 1 个，不是完整的问题 1 个。")
    assert SENTENCE in found["rows"]
    assert "《云溪市发展规划》第二章第二节第1段" in found["rows"]
    assert batch.view(begun["job"], "zh")["ended"]
    file = batch.download(begun["job"], "csv", False, "zh", BASE)
    assert file["name"] == "问题 的回答.csv"
    table = rows(file)
    assert list(table[0]) == ["编号", "问题", *COLUMNS]
    assert [row["编号"] for row in table] == ["007"] * 3 + ["'=1+1"] * 3 + [""]
    assert (table[0]["answer"], table[1]["answer"], table[3]["status"]) == (SENTENCE, "", "not in the text")
    assert table[0]["link"].startswith(BASE)
    wide = rows(batch.download(begun["job"], "csv", True, "zh", ""))
    assert len(wide) == 3
    assert wide[0]["text_1"] == plan().passages[4].text


def test_rows_without_a_question_are_shown_and_counted() -> None:
    batch = BatchHandlers(AskHandlers(live()))
    job = sent(batch, f"编号,问题\n一、用水,\n1,{WATER}\n,\n2,水\n")["job"]
    found = batch.next_block(job, "zh")
    assert (found["done"], found["rows"].count(f'<span class="zj-kind">{ZH.batch.empty}</span>')) == (4, 2)
    assert found["summary"].startswith("已回答 1 个，")
    assert found["summary"].endswith("不是完整的问题 1 个。另有空行 2 行。")
    table = rows(batch.download(job, "csv", True, "zh", ""))
    assert [(row["编号"], row["status"]) for row in table] == [
        ("一、用水", "empty"), ("1", "answered"), ("", "empty"), ("2", "too vague"),
    ]  # fmt: skip


def test_a_row_shows_the_confidence() -> None:
    batch = BatchHandlers(AskHandlers(live()))
    sure = {"原文的回答": 0.75, "可能的回答": 0.4}
    for title, confidence in sure.items():
        found = replace(live().current().searcher.ask(WATER), confidence=confidence)
        row = render_rows([found], 0, ZH)
        assert f'<span class="zj-kind">{title}</span>' in row
        assert f"可信度：{ZH.sureness(confidence)}" in row
    related = replace(found, status="related", reason="no detail", missing="money")
    row = render_rows([related], 0, ZH)
    assert '<span class="zj-kind">相关内容，请核对</span>' in row
    assert "可信度" not in row
    job = sent(batch, f"{WATER}\n第二章", "q.txt")["job"]
    rows = batch.next_block(job, "zh")["rows"]
    assert '<span class="zj-kind">5 段</span>' in rows  # chapter 2 of the plan has 4, that of the law 1
    assert rows in batch.view(job, "zh")["html"]  # seen again


def test_a_row_says_what_a_scan_leaves_in_doubt() -> None:
    found = live().current().searcher.ask(WATER)
    first = found.hits[0]
    doubtful = replace(first, passage=replace(first.passage, doubtful=(first.best,)))
    assert ZH.recognised in render_rows([replace(found, hits=(doubtful, *found.hits[1:]))], 0, ZH)
    assert ZH.recognised not in render_rows([found], 0, ZH)


def test_workbooks_and_reports_can_be_downloaded() -> None:
    batch = BatchHandlers(AskHandlers(live()))
    job = sent(batch, WATER, "q.txt")["job"]
    batch.next_block(job, "en")
    file = batch.download(job, "xlsx", False, "en", BASE)
    sheet = load_workbook(io.BytesIO(b64decode(file["data"]))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert sheet["F2"].value == SENTENCE
    assert SENTENCE in b64decode(batch.download(job, "md", True, "en", BASE)["data"]).decode()
    assert EN.export.nothing in batch.download(job, "exe", False, "en", "")["html"]


def test_a_paused_batch_has_the_table_of_its_answers() -> None:
    batch = BatchHandlers(AskHandlers(live()))
    job = sent(batch, "\n".join(f"{WATER}{n}" for n in range(BLOCK + 2)), "q.txt")["job"]
    assert EN.export.nothing in batch.download(job, "csv", False, "en", "")["html"]
    assert batch.next_block(job, "zh")["done"] == BLOCK
    assert len(rows(batch.download(job, "csv", True, "zh", ""))) == BLOCK
    last = batch.next_block(job, "zh")
    assert (last["first"], last["done"]) == (BLOCK, BLOCK + 2)
    assert last["rows"].count("<tr") == 2
    assert batch.next_block(job, "zh")["rows"] == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("q.txt", "", ZH.batch.nothing),
        ("q.txt", " \n", ZH.batch.nothing),
        ("q.exe", WATER, "questions are read from .txt, .csv, .jsonl, .xlsx"),
        ("q.csv", "甲,乙\n1,2\n", "no column called question"),
        ("q.csv", f"问题,text\n{WATER},x\n", "rename them"),
        ("q.txt", "很" * 2001, "line 1"),
        ("q.txt", "问\n" * (QUESTIONS + 1), f"共有 {QUESTIONS + 1:,} 个问题"),
        ("q.txt", "x" * (MAX_FILE_KB * 1000 + 9), f"最多 {MAX_FILE_KB} KB"),
        ("q.xlsx", "no workbook", "q.xlsx"),
    ],
)
def test_an_invalid_list_is_refused_with_the_reason(name: str, text: str, said: str) -> None:
    told = sent(BatchHandlers(AskHandlers(live())), text, name)
    assert told["problem"]
    assert said in told["html"]


def test_invalid_base64_and_unknown_batches_are_error_messages() -> None:
    batch = BatchHandlers(AskHandlers(live()))
    assert ZH.batch.unreadable in batch.start("q.txt", "*", [], 5, "zh")["html"]
    assert "gone.txt" in sent(batch, WATER, "q.txt", documents=("gone.txt",))["html"]
    for told in (batch.next_block("x", "en"), batch.download("x", "csv", False, "en", ""), batch.view("x", "en")):
        assert "This batch no longer exists" in told["html"]
    assert "zj-batch-form" in batch.view("x", "en")["html"]


def test_a_table_is_of_one_generation() -> None:
    standing = live()
    batch = BatchHandlers(AskHandlers(standing))
    job = sent(batch, "\n".join([WATER] * (BLOCK + 1)), "q.txt")["job"]
    batch.next_block(job, "zh")
    standing.generation = SECOND
    assert ZH.batch.changed in batch.next_block(job, "zh")["html"]
    assert len(rows(batch.download(job, "csv", True, "zh", ""))) == BLOCK


def test_a_busy_batch_tries_again() -> None:
    limit, inside, leave = ConcurrencyLimit(waiting=0, wait=0.05), Event(), Event()

    def stay() -> None:
        with limit.hold():
            inside.set()
            leave.wait(10)

    batch = BatchHandlers(AskHandlers(live(), limit=limit))
    job = sent(batch, WATER, "q.txt")["job"]
    thread = Thread(target=stay)
    thread.start()
    assert inside.wait(10)
    assert batch.next_block(job, "zh") == {"again": True}
    leave.set()
    thread.join()
    assert batch.next_block(job, "zh")["done"] == 1


def test_old_batches_are_dropped() -> None:
    standing, jobs = live(), BatchJobs(kept=2)
    batch = BatchHandlers(AskHandlers(standing), jobs)
    first, second = (sent(batch, WATER, "q.txt")["job"] for _ in range(2))
    assert isinstance(jobs.get(first), BatchJob)  # looked at, and so the later of the two
    sent(batch, WATER, "q.txt")
    assert jobs.get(first).total == 1
    with pytest.raises(UnknownBatchError):
        jobs.get(second)
    assert replace(jobs.get(first)).id == first
