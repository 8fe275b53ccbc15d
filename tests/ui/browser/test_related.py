"""Related passages beside the one they belong to, and the map of chapters."""

import re

import pytest
from playwright.sync_api import expect

from tests.ui.browser.conftest import Visit
from tests.ui.browser.test_ask import CONTRASTS, EVERYWHERE, WATER, WITHOUT_DOCUMENT_TEXT

RELATED = "?view=related&r=plan.txt%234"
OURS = "深入推动高耗能行业节能改造,加强重点用能单位节能管理。"
THEIRS = "活化历史文化资源,推动工业遗产节能改造后向公众开放。"


def test_from_an_answer_to_related_passages_into_the_text_and_all_the_way_back(visit: Visit) -> None:
    page, at = visit.page, visit.page.locator("#zj-at")
    visit.ask("推动高耗能行业节能改造")
    page.locator(".zj-hit [data-related]").first.click()
    expect(page).to_have_url(re.compile(re.escape(RELATED)))
    expect(page.locator(".zj-of article")).to_contain_text("持续推进节能降耗")
    expect(page.locator("#zj-full .zj-open mark")).to_have_text(["持续推进节能降耗。", OURS])
    row = page.locator(".zj-sides > li").first.locator(".zj-side")
    left, right = row.nth(0).bounding_box(), row.nth(1).bounding_box()
    assert left
    assert right
    assert (left["y"], right["x"] > left["x"] + left["width"]) == (right["y"], True)
    page.locator(".zj-hit [data-open]").first.click()
    expect(page.locator("#zj-full .zj-open mark")).to_have_text(THEIRS)
    expect(at).to_have_text("第 1 处，共 2 处")
    page.locator("#zj-next").click()
    expect(at).to_have_text("第 2 处，共 2 处")
    page.go_back()
    expect(at).to_have_text("第 1 处，共 2 处")
    page.go_back()
    expect(page).to_have_url(re.compile(re.escape(RELATED) + "$"))
    page.go_back()
    expect(page.locator("#zj-answers .zj-asked")).to_contain_text("推动高耗能行业节能改造")
    page.go_forward()
    expect(page.locator(".zj-of article")).to_contain_text("持续推进节能降耗")


def test_related_passages_by_key_and_from_the_text(visit: Visit) -> None:
    page = visit.page
    visit.ask(WATER)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator(".zj-of")).to_contain_text("其他章节和文件中没有相关的段落")
    page.locator("#zj-full [data-passage='plan.txt#4']").hover()
    page.locator("#zj-full .zj-toolbar [href*=related]").click()
    expect(page.locator("#zj-answers h2")).to_have_text("用语相同的 2")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator(".zj-of article")).to_contain_text("发展文化旅游")
    expect(page.locator("#zj-views [aria-current]")).to_have_count(0)


def test_a_cell_of_the_map_opens_its_pairs(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="章节关联").click()
    cell = page.get_by_role("link", name="云溪市发展规划 第二章与云溪市发展规划 第三章：10%")
    cell.click()
    expect(page).to_have_url(re.compile(r"\?view=map&a=2&b=3$"))
    title = page.locator("#zj-between")
    expect(title).to_have_text("云溪市发展规划 第二章 推进绿色发展 ↔ 第三章 稳定就业")
    expect(title).to_be_focused()
    expect(title).to_be_in_viewport()
    expect(page.locator(".zj-map [aria-current]")).to_have_text("10")
    first, second = (page.locator(".zj-pair").nth(1).locator("article").nth(i) for i in (0, 1))
    for i in range(2):  # what corresponds stands level
        left, right = (side.locator(".zj-side").nth(i).bounding_box() for side in (first, second))
        assert left
        assert right
        assert left["y"] == right["y"]
    second.locator("[data-open]").click()
    expect(page.locator("#zj-full .zj-open")).to_contain_text("促进充分就业")
    expect(page.locator("#zj-at")).to_contain_text("第 2 处")
    page.go_back()
    page.go_back()
    expect(title).to_have_count(0)
    page.locator(".zj-map tbody th a").nth(2).click()
    expect(page.locator("#zj-full .zj-open")).to_contain_text("促进充分就业")
    expect(page.locator(".zj-map")).to_be_visible()


def test_the_map_by_keyboard_and_of_chosen_documents(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("link", name="章节关联").click()
    page.locator(".zj-map-box").focus()
    tabbed = 0
    while page.evaluate("document.activeElement.closest('td') === null"):
        page.keyboard.press("Tab")
        assert (tabbed := tabbed + 1) <= 6  # past the names of the five chapters, to the one cell that is reached
    for key, href in (
        ("ArrowRight", "?view=map&a=1&b=3"),
        ("ArrowDown", "?view=map&a=2&b=3"),
        ("ArrowLeft", "?view=map&a=2&b=1"),  # over the empty one
        ("End", "?view=map&a=2&b=5"),
        ("ArrowRight", "?view=map&a=2&b=5"),
        ("Home", "?view=map&a=2&b=1"),
    ):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('href')") == href
    page.keyboard.press("Enter")
    expect(page.locator("#zj-between")).to_be_focused()
    page.locator("#zj-in summary").click()
    page.get_by_role("checkbox", name="云溪市湿地保护条例").check()
    expect(page.locator(".zj-map tbody th")).to_have_text(["第一章 总则", "第二章 保护与利用"])
    expect(page).to_have_url(re.compile("in=law.txt"))
    expect(page.locator("#zj-between")).to_have_count(0)  # it was of a chapter that is not among the chosen


@pytest.mark.parametrize("visit", EVERYWHERE[::3], indirect=True)  # every width, language and light at least once
def test_every_width_language_and_light(visit: Visit) -> None:
    page = visit.page
    for query, seen in ((RELATED, ".zj-sides"), ("?view=map", ".zj-map"), ("?view=map&a=2&b=3", ".zj-pair")):
        page.goto(visit.url + query)
        expect(page.locator(seen).first).to_be_visible()
        assert not visit.is_too_wide()
        assert [found for found in page.evaluate(CONTRASTS) if found[1] < 4.5] == []
        if page.locator("html").get_attribute("lang") == "en":
            said = page.locator("#zj-answers").evaluate(WITHOUT_DOCUMENT_TEXT)
            assert re.findall(r"[\u3400-\u9fff]+", said) == []


def test_what_does_not_fit_is_scrolled_within_its_box(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(visit.url + "?view=map")
    table = page.locator(".zj-map table")
    expect(table).to_be_visible()
    table.evaluate("table => { table.style.minWidth = '900px'; }")  # as wide as that of twenty chapters
    assert not visit.is_too_wide()
    assert page.evaluate("document.querySelector('.zj-map-box').scrollWidth") >= 900
    page.locator(".zj-map-box").evaluate("box => { box.scrollLeft = 300; }")
    expect(page.locator(".zj-map tbody th a").first).to_be_in_viewport()


def test_on_a_narrow_window_going_back_shows_what_was_there(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(visit.url + RELATED)
    page.locator(".zj-hit [data-open]").first.click()
    expect(page.locator("#zj-full .zj-open")).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".zj-of")).to_be_visible()
