"""Many questions from a file or a list, and the table of their answers."""

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, Route, expect

from tests.ui.browser.conftest import Visit

WATER = "用水量较2020年下降多少"
SENTENCE = "建立水资源刚性约束制度,万元地区生产总值用水量较2020年下降12%。"


def begin(page: Page, file: FilePayload) -> None:
    page.locator("#zj-views [data-view=batch]").click()
    page.locator("#zj-batch-form input[type=file]").set_input_files(file)
    expect(page.locator("#zj-batch-file")).to_have_text(file["name"])
    page.get_by_role("button", name="开始").click()


def test_a_file_becomes_a_table_that_can_be_saved(visit: Visit) -> None:
    page = visit.page
    lines = "".join(f"{n},{WATER}{'吗' * (n % 3)}\n" for n in range(20))
    begin(page, {"name": "清单.csv", "mimeType": "text/csv", "buffer": f"编号,问题\n{lines}".encode()})
    expect(page.locator(".zj-batch-done")).to_have_text("已完成 20 / 20 个问题")
    expect(page.locator(".zj-batch tbody tr")).to_have_count(20)
    expect(page.locator(".zj-batch-go")).to_be_hidden()
    expect(page.locator(".zj-batch-summary")).to_contain_text("未回答 0 个，不是完整的问题 0 个")
    with page.expect_download() as download:
        page.locator("[data-table=csv]").click()
    assert download.value.suggested_filename == "清单 的回答.csv"
    table = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_bytes().decode("utf-8-sig"))))
    assert len(table) == 100
    assert [table[0][name] for name in ("编号", "answer")] == ["0", SENTENCE]
    with page.expect_download() as download:
        page.locator("[data-table=xlsx]").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
    page.locator(".zj-batch tbody a").first.click()
    expect(page.locator("#zj-answers .zj-asked")).to_contain_text(WATER)
    expect(page.locator("#zj-full .zj-open")).to_contain_text("12%")
    page.go_back()
    expect(page.locator(".zj-batch tbody tr")).to_have_count(20)
    assert not visit.is_too_wide()


def test_a_batch_is_stopped_and_goes_on(visit: Visit) -> None:
    page = visit.page

    def slowly(route: Route) -> None:
        page.wait_for_timeout(150)
        route.continue_()

    page.route("**/run/batch_next", slowly)
    page.locator("#zj-views [data-view=batch]").click()
    page.locator("#zj-batch-form textarea").fill("\n".join([WATER] * 64))
    page.get_by_role("button", name="开始").click()
    expect(page.locator(".zj-batch-left")).to_contain_text("预计还需")
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name="继续")).to_be_visible()
    page.wait_for_timeout(600)
    stopped = page.locator(".zj-batch-done").inner_text()
    assert stopped != "已完成 64 / 64 个问题"
    page.reload()
    expect(page.locator(".zj-batch-done")).to_have_text(stopped)
    page.unroute("**/run/batch_next")
    page.get_by_role("button", name="继续").click()
    expect(page.locator(".zj-batch-done")).to_have_text("已完成 64 / 64 个问题")
    expect(page.locator(".zj-batch tbody tr")).to_have_count(64)


def test_a_batch_goes_on_beside_other_views(visit: Visit) -> None:
    page = visit.page
    begin(page, {"name": "q.txt", "mimeType": "text/plain", "buffer": "\n".join([WATER] * 40).encode()})
    expect(page).to_have_url(re.compile("job="))
    where = page.url
    visit.ask(WATER)
    page.goto(where)
    expect(page.locator(".zj-batch-job")).to_be_visible()
    if page.get_by_role("button", name="继续").is_visible():  # it was loaded anew before it had ended
        page.get_by_role("button", name="继续").click()
    expect(page.locator(".zj-batch tbody tr")).to_have_count(40)


def test_rows_answered_while_the_view_loads_are_shown(visit: Visit) -> None:
    page = visit.page

    def late(route: Route) -> None:
        answer = route.fetch()
        page.wait_for_timeout(600)  # blocks are answered in the meantime
        route.fulfill(response=answer)

    page.route(re.compile(r"/call/batch(/|$)"), late)
    begin(page, {"name": "q.txt", "mimeType": "text/plain", "buffer": "\n".join([WATER] * 90).encode()})
    expect(page.locator(".zj-batch-done")).to_have_text("已完成 90 / 90 个问题", timeout=30_000)
    expect(page.locator(".zj-batch tbody tr")).to_have_count(90)


def test_what_cannot_be_asked_is_told(visit: Visit) -> None:
    page = visit.page
    page.locator("#zj-views [data-view=batch]").click()
    told = page.locator(".zj-batch-notices")
    page.get_by_role("button", name="开始").click()
    expect(told).to_contain_text("请先选择文件")
    for name, size, words in (("a.pdf", 9, "questions are read from"), ("a.txt", 700_001, "最多 700 KB")):
        file: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": b"x" * size}
        page.locator("#zj-batch-form input[type=file]").set_input_files(file)
        page.get_by_role("button", name="开始").click()
        expect(told).to_contain_text(words)
    page.goto(f"{visit.url}?view=batch&job=gone")
    expect(page.locator(".zj-panel .zj-problem")).to_contain_text("找不到这一批提问")
    expect(page.locator("#zj-batch-form")).to_be_visible()
