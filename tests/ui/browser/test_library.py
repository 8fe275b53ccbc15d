"""Adding a document, watching it come, asking it and removing it; and files that are none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.collection import build_index, write_plan
from tests.ui.browser.conftest import Visit, serving

LIBRARY = """
import sys, time
from pathlib import Path
from index.models.shared_encoder import SharedEncoderLoader
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.live import LiveSearcher
from tests.fakes import HashingEncoder
from ui.app.application import serve
from ui.state.index_jobs import IndexJobs

class Unhurried(HashingEncoder):
    def encode_passages(self, texts, **options):
        time.sleep(0.5)  # so that somebody can watch
        return super().encode_passages(texts, **options)

directory = Path(sys.argv[1])
models = SharedEncoderLoader(lambda _: Unhurried())
with LiveSearcher(directory, models, out_of_domain=OutOfDomainVectors.embed, poll_seconds=0.1) as live:
    index_jobs = IndexJobs(directory, models, live)
    serve(live, port=0, announce=lambda url: print(url, flush=True), index_jobs=index_jobs)
"""
LAW = "某市湿地条例\n第一条 保护湿地。\n第二条 禁止向湿地排放污水。\n"
PATIENCE = 30_000


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("文件库")
    build_index(write_plan(folder), folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def library(directory: Path) -> Iterator[str]:
    with serving(str(directory), program=LIBRARY) as address:
        yield address


def test_a_document_is_added_asked_and_removed(browser: Browser, library: str, tmp_path: Path) -> None:
    law, picture = tmp_path / "湿地条例.txt", tmp_path / "扫描.txt"
    law.write_text(LAW, encoding="utf-8")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        visit = Visit(context, library)
        page, work = visit.page, visit.page.locator("#zj-work")
        expect(page.locator("#zj-in")).to_be_hidden()
        page.locator("#zj-views [data-view=library]").click()
        expect(page.locator(".zj-documents > li")).to_have_count(1)
        expect(page.locator("#zj-views [data-view=library]")).to_have_attribute("aria-current", "page")
        page.locator("#zj-add input").set_input_files([law, picture])
        expect(work.locator("progress")).to_be_visible()
        expect(work).to_contain_text("添加 湿地条例.txt、扫描.txt")
        expect(page.locator("#zj-add input")).to_be_disabled()
        page.reload()
        expect(work.locator("progress")).to_be_visible()
        expect(work).to_contain_text("已添加：湿地条例.txt", timeout=PATIENCE)
        expect(work).to_contain_text("读取失败：扫描.txt")
        expect(work.locator("[lang=en]")).to_contain_text("a picture (PNG) by its content")
        expect(page.locator(".zj-documents > li")).to_have_count(2)
        expect(page.locator("#zj-outline .zj-tree")).to_have_count(2, timeout=PATIENCE)
        expect(page.locator("#zj-notices")).to_be_hidden(timeout=PATIENCE)
        mine = page.locator(".zj-documents > li", has_text="湿地条例.txt")
        mine.get_by_text("打开原文").click()
        expect(page.locator("#zj-full")).to_contain_text("禁止向湿地排放污水")
        expect(page.locator(".zj-library")).to_be_visible()
        mine.get_by_text("仅检索这份").click()
        expect(page).to_have_url(re.compile(r"[?&]in="))
        expect(page.locator("#zj-chosen")).to_have_text("某市湿地条例")
        visit.ask("万元产值用水量")
        expect(page.locator(".zj-hit").first).to_be_visible()
        expect(page.locator(".zj-document", has_text="某省规划")).to_have_count(0)
        page.locator("#zj-views [data-view=library]").click()
        mine.get_by_text("移除", exact=True).click()
        expect(mine).to_contain_text("上传的文件也一并删除")
        mine.get_by_text("确认移除").click()
        expect(work).to_contain_text("已移除：湿地条例.txt", timeout=PATIENCE)
        expect(page.locator(".zj-documents > li")).to_have_count(1)
        page.locator(".zj-documents").get_by_text("移除", exact=True).click()
        page.get_by_text("确认移除").click()
        expect(work).to_contain_text("这是最后一份文件")
        assert visit.complaints == []
        assert visit.left() == []


@pytest.mark.parametrize("width", [390, 1440])
def test_files_that_are_none_are_refused_in_words_before_they_are_sent(
    browser: Browser, library: str, tmp_path: Path, width: int
) -> None:
    names = ("scan.png", "empty.txt")
    (tmp_path / names[0]).write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / names[1]).write_bytes(b"")
    with browser.new_context(locale="en-GB", viewport={"width": width, "height": 844}, color_scheme="dark") as context:
        visit = Visit(context, library, "?view=library")
        visit.page.locator("#zj-add input").set_input_files([tmp_path / name for name in names])
        told = visit.page.locator("#zj-work .zj-problem")
        expect(told).to_have_count(2)
        expect(told.first).to_contain_text("“scan.png” is not a supported file. Supported: .csv, .doc, .docx, ")
        expect(told.last).to_contain_text("“empty.txt” is empty")
        assert not visit.is_too_wide()
        visit.page.keyboard.press("Escape")
        visit.page.locator("#zj-add input").focus()
        expect(visit.page.locator("#zj-add input")).to_be_focused()  # reached by keyboard, though unseen
        assert not any("/library/files" in url for url in visit.requests)
        assert visit.complaints == []
