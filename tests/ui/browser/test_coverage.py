"""The view of coverage: asked, looked through by chapter, carried away."""

import re
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.browser.conftest import Visit
from tests.ui.browser.test_ask import CONTRASTS

BARS = ["1/2", "1/4", "1/1", "0/1", "0/1"]


def ask(visit: Visit, terms: str) -> None:
    page = visit.page
    page.locator("#zj-views [data-view=coverage]").click()
    expect(page.locator("#zj-cover-terms")).to_be_focused()
    page.locator("#zj-cover-terms").fill(terms)
    page.locator("#zj-cover-terms").press("Enter")
    expect(page.locator(".zj-bars").first).to_be_visible()


def test_bars_lead_to_the_passages_of_a_chapter_and_back(visit: Visit) -> None:
    page = visit.page
    ask(visit, "节能改造")
    expect(page).to_have_url(re.compile(r"view=coverage&t="))
    expect(page.locator(".zj-bar-count")).to_have_text(BARS)
    lengths = page.locator(".zj-bar progress").evaluate_all("all => all.map(one => one.position)")
    assert lengths == [1, 1, 1, 0, 0]
    expect(page.locator(".zj-hit")).to_have_count(3)
    expect(page.locator(".zj-hit u")).to_have_text(["节能改造"] * 3)
    page.get_by_role("link", name="第二章 推进绿色发展 1/4").click()
    expect(page.locator("#zj-cover-chosen")).to_be_focused()
    expect(page.locator(".zj-hit")).to_have_count(1)
    expect(page.locator("a.zj-bar[aria-current]")).to_have_count(1)
    page.go_back()
    expect(page.locator(".zj-hit")).to_have_count(3)
    expect(page.locator("#zj-cover-terms")).to_have_value("节能改造")
    page.locator(".zj-hit [data-open]").nth(1).click()
    expect(page.locator("#zj-full .zj-open u")).to_have_text("节能改造")
    expect(page.locator(".zj-bar-count")).to_have_text(BARS)


def test_a_pasted_link_opens_the_same_and_the_language_can_be_changed(visit: Visit, browser: Browser) -> None:
    ask(visit, "节能改造；恐龙")
    visit.page.locator("a.zj-bar").last.click()
    expect(visit.page.locator("#zj-cover-chosen")).to_have_text("第三章的段落（1）")
    with browser.new_context(locale="en-GB") as context:
        other = Visit(context, visit.page.url)
        expect(other.page.locator("#zj-cover-chosen")).to_have_text("Passages in Chapter 3 (1)")
        expect(other.page.locator(".zj-coverage .zj-verdict-title").last).to_have_text("“恐龙” was not found.")
        assert other.complaints == []


def test_the_table_is_downloaded_and_problems_are_told(visit: Visit) -> None:
    page = visit.page
    ask(visit, "节能改造")
    with page.expect_download() as waiting:
        page.locator("#zj-cover-table").click()
    assert waiting.value.suggested_filename == "词语分布 节能改造.csv"
    assert "plan.txt#4" in Path(waiting.value.path()).read_text("utf-8-sig")
    page.locator("#zj-cover-terms").fill("……")
    page.locator("#zj-cover button[type=submit]").click()
    expect(page.locator("#zj-answers .zj-problem")).to_contain_text("neither letters nor digits")
    expect(page.locator("#zj-cover-terms")).to_have_value("……")


EVERYWHERE = [
    {"viewport": viewport, "locale": locale, "color_scheme": scheme}
    for viewport, (locale, scheme) in product(
        ({"width": 1440, "height": 900}, {"width": 390, "height": 844}), (("zh-CN", "light"), ("en-GB", "dark"))
    )
]


@pytest.mark.parametrize("visit", EVERYWHERE, indirect=True)
def test_every_width_and_light(visit: Visit) -> None:
    ask(visit, "节能改造、湿地")
    expect(visit.page.locator(".zj-bars")).to_have_count(2)
    assert not visit.is_too_wide()
    assert [found for found in visit.page.evaluate(CONTRASTS) if found[1] < 4.5] == []
