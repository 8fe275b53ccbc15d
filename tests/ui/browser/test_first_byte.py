"""The page before its script runs, and what it asks of the server."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.browser.conftest import Visit
from ui.app.application import PULSE
from ui.html.static_files import STATIC

HANDLER = re.compile(r"/gradio_api/run/\w+")


@pytest.fixture
def still(browser: Browser, url: str) -> Iterator[Page]:
    """The page in a browser that runs no scripts."""
    with browser.new_context(
        locale="zh-CN", viewport={"width": 1440, "height": 900}, java_script_enabled=False
    ) as context:
        page = context.new_page()
        page.goto(url)
        yield page


def test_box_outline_and_text_are_there_before_any_script(still: Page) -> None:
    expect(still.get_by_role("textbox", name="问题")).to_be_editable()
    expect(still.get_by_role("button", name="提问")).to_be_enabled()
    expect(still.locator("#zj-outline")).to_contain_text("第二章 推进绿色发展")
    expect(still.locator("#zj-full .zj-passage")).to_have_count(7)
    assert [one.inner_text() for one in still.locator("h1, h2:visible").all()][:2] == ["章句", "目录"]
    for landmark in (still.get_by_role("banner"), still.get_by_role("main"), still.get_by_role("search")):
        expect(landmark).to_have_count(1)


def test_what_is_typed_before_the_script_runs_is_not_lost(still: Page) -> None:
    still.locator("#zj-in summary").click()
    still.get_by_label("云溪市湿地保护条例").check()
    still.locator("#zj-question").fill("节能改造")
    still.locator("#zj-go").click()
    expect(still).to_have_url(re.compile(r"/\?q=%E8%8A%82%E8%83%BD%E6%94%B9%E9%80%A0&in=law.txt$"))
    expect(still.locator("#zj-question")).to_have_value("节能改造")


def test_nothing_of_gradios_front_end_is_asked_for(visit: Visit) -> None:
    visit.ask("用水量较2020年下降多少")
    visit.page.locator("#zj-views [data-view=library]").click()
    expect(visit.page.locator(".zj-library")).to_be_visible()
    paths = {urlsplit(address).path for address in visit.requests}
    assert {"/", f"{STATIC}/page.js", f"{STATIC}/page.css", "/gradio_api/run/answer"} <= paths
    others = {path for path in paths if not path.startswith(f"{STATIC}/") and not HANDLER.fullmatch(path)}
    assert others <= {"/", PULSE}


def test_opening_the_page_calls_no_handler_but_that_of_the_notices(visit: Visit) -> None:
    expect(visit.page.locator("#zj-question")).to_be_focused()
    called = {urlsplit(address).path for address in visit.requests if "/gradio_api/" in address}
    assert called <= {"/gradio_api/run/notices"}
