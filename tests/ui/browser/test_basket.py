"""The basket, and the files that the page hands out."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.browser.conftest import Visit

WATER = "用水量较2020年下降多少"
SENTENCE = "建立水资源刚性约束制度,万元地区生产总值用水量较2020年下降12%。"


def saved(page: Page, form: str) -> tuple[str, bytes]:
    """The name and the bytes of what a button exports."""
    with page.expect_download() as download:
        page.locator(f"[data-export={form}]").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def collect(visit: Visit, count: int) -> None:
    visit.ask(WATER)
    for number in range(count):
        visit.page.locator(".zj-hit [data-collect]").nth(number).click()
    expect(visit.page.locator("#zj-basket-count")).to_have_text(str(count))


def test_an_answer_is_exported_in_three_forms(visit: Visit) -> None:
    visit.ask(WATER)
    name, markdown = saved(visit.page, "markdown")
    assert name == f"章句 {WATER}.md"
    assert f"<mark>{SENTENCE}</mark>" in markdown.decode()
    assert visit.url not in markdown.decode()  # it leads nowhere for other readers
    name, word = saved(visit.page, "word")
    assert name.endswith(".docx")
    with zipfile.ZipFile(io.BytesIO(word)) as package:
        assert "《云溪市发展规划》第二章第二节第1段" in package.read("word/footnotes.xml").decode()
    name, table = saved(visit.page, "csv")
    rows = csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    assert next(rows)["answer"] == SENTENCE
    expect(visit.page.locator("#zj-toast")).to_have_text(f"已导出：{name}")


def test_passages_are_collected_ordered_annotated_and_taken_out(visit: Visit) -> None:
    page = visit.page
    collect(visit, 3)
    page.locator("#zj-views [data-view=basket]").click()
    cards = page.locator(".zj-basket > li")
    expect(cards).to_have_count(3)
    expect(cards.first.locator("mark")).to_have_text(SENTENCE)
    first = cards.first.get_attribute("data-item")
    cards.first.locator("[data-move=down]").focus()
    page.keyboard.press("Enter")
    expect(cards.nth(1)).to_have_attribute("data-item", first or "")
    expect(cards.nth(1).locator("[data-move=down]")).to_be_focused()
    expect(cards.nth(1).locator(".zj-rank")).to_have_text("2")
    assert [button.is_visible() for button in cards.last.locator("[data-move]").all()] == [True, False, True]
    cards.nth(1).locator("textarea").fill("要引用的一段")
    cards.nth(2).locator("[data-move=out]").click()
    page.reload()
    expect(cards).to_have_count(2)
    expect(cards.nth(1).locator("textarea")).to_have_value("要引用的一段")
    _, markdown = saved(page, "markdown")
    assert "批注：要引用的一段" in markdown.decode()
    page.locator("#zj-clear").click()
    page.get_by_role("button", name="取消").click()
    expect(cards).to_have_count(2)
    page.locator("#zj-clear").click()
    page.get_by_role("button", name="清空", exact=True).click()
    expect(page.locator(".zj-panel")).to_contain_text("摘录为空")
    expect(page.locator("#zj-basket-count")).to_have_text("")


def test_taking_a_passage_out_is_said(visit: Visit) -> None:
    collect(visit, 1)
    visit.page.locator(".zj-hit [data-collect]").first.click()
    expect(visit.page.locator("#zj-basket-count")).to_have_text("")
    expect(visit.page.locator("#zj-toast")).to_have_text("已移除")


def test_what_the_index_does_not_hold_any_more_is_named(visit: Visit) -> None:
    page = visit.page
    collect(visit, 1)
    kept = json.loads(page.evaluate("localStorage.getItem('zj-basket')"))
    assert (kept[0]["citation"], kept[0]["marked"]) == ("《云溪市发展规划》第二章第二节第1段", [SENTENCE])
    page.evaluate("items => localStorage.setItem('zj-basket', items)", json.dumps([{**kept[0], "passage": "gone"}]))
    page.goto(f"{visit.url}?view=basket")
    expect(page.locator(".zj-gone cite")).to_have_text("《云溪市发展规划》第二章第二节第1段")
    expect(page.locator(".zj-gone")).to_contain_text("索引中已没有这一段")
    expect(page.locator(".zj-gone .zj-text")).to_contain_text(SENTENCE)


@pytest.mark.parametrize("kept", ["{", '"text"', "7", '[null, 3, {"passage": 5}]', '{"passage": "p"}'])
def test_a_damaged_basket_does_not_break_the_page(visit: Visit, kept: str) -> None:
    page = visit.page
    page.evaluate("kept => { for (const key of ['basket', 'recent']) localStorage.setItem(`zj-${key}`, kept); }", kept)
    page.goto(f"{visit.url}?view=basket")
    expect(page.locator(".zj-panel")).to_contain_text("摘录为空")
    collect(visit, 1)
    page.go_back()
    expect(page.locator(".zj-basket > li")).to_have_count(1)


def test_a_basket_beyond_its_limits_is_told_and_can_be_emptied(visit: Visit) -> None:
    page = visit.page
    page.evaluate("""() => localStorage.setItem("zj-basket",
        JSON.stringify(Array.from({ length: 201 }, (_, n) => ({ passage: `p${n}` }))))""")
    page.goto(f"{visit.url}?view=basket")
    expect(page.locator(".zj-problem")).to_contain_text("最多 200 段")
    page.locator("#zj-clear").click()
    page.get_by_role("button", name="清空", exact=True).click()
    expect(page.locator(".zj-panel")).to_contain_text("摘录为空")


def test_what_is_collected_in_the_open_text_appears_in_the_basket_at_once(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.url}?view=basket&p=plan.txt%235")
    page.locator("#zj-full .zj-open").hover()
    page.locator("#zj-full .zj-toolbar [name=collect]").click()
    expect(page.locator(".zj-basket > li")).to_have_count(1)
    expect(page.locator(".zj-basket cite")).to_have_text("《云溪市发展规划》第二章第二节第1段")


PRINTED = "e => e.checkVisibility()"


def test_printing_leaves_out_what_is_only_for_the_screen(visit: Visit) -> None:
    page = visit.page
    collect(visit, 1)
    page.locator("#zj-views [data-view=basket]").click()
    expect(page.locator(".zj-basket > li")).to_have_count(1)
    page.emulate_media(media="print")
    for hidden in (".zj-export", ".zj-moves", "#zj-clear", "#zj-box", "#zj-text"):
        assert not page.locator(hidden).first.evaluate(PRINTED), hidden
    assert page.locator(".zj-basket mark").evaluate(PRINTED)
