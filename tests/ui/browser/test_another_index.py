"""An open page while the index is built anew, is damaged, or the page is not looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from index.storage import store
from tests.collection import PLAN, snapshot_of
from tests.ui.browser.conftest import FOLLOW, Visit, serving
from ui.app.application import PULSE

PATIENCE = 30_000  # milliseconds in which a page has heard of another index; three seconds where nobody else is busy
EVERY = 5_000  # milliseconds between two looks of a page, as in page.js
NOTICES = "**/run/notices"
QUESTION = "万元产值用水量下降多少？"


def publish(directory: Path, text: str) -> str:
    """Make the index of a text the live generation, as a builder in another process does."""
    with store.build_lock(directory):
        return store.publish(directory, snapshot_of(text))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """An index and the page over it."""
    directory = tmp_path_factory.mktemp("索引")
    publish(directory, PLAN)
    with serving(str(directory), program=FOLLOW) as address:
        yield directory, address


def test_an_open_page_follows_the_index(browser: Browser, followed: tuple[Path, str]) -> None:
    directory, address = followed
    with browser.new_context(locale="zh-CN") as context:
        visit = Visit(context, address)
        page, typing, told = visit.page, visit.page.locator("#zj-question"), visit.page.locator("#zj-notices")
        visit.ask(QUESTION)
        expect(page.locator(".zj-verdict blockquote")).to_contain_text("12%")
        expect(told).to_be_hidden()
        typing.fill("还没有写完的问")
        number = int(publish(directory, PLAN.replace("12%", "21%").replace("某省规划", "某省新规划")))
        expect(told).to_contain_text(f"索引已更新为版本 {number}", timeout=PATIENCE)
        expect(told).to_contain_text("1 份文件，7 段")
        expect(told).to_contain_text("这个回答来自更新前的索引。")
        expect(page.locator("#zj-outline .zj-tree > summary")).to_contain_text("某省新规划")
        expect(page.locator(".zj-verdict blockquote")).to_contain_text("12%")
        expect(typing).to_have_value("还没有写完的问")
        expect(typing).to_be_focused()
        page.locator("#zj-again").click()
        expect(page.locator(".zj-verdict blockquote")).to_contain_text("21%")
        expect(page.locator("#zj-answers .zj-asked")).to_contain_text(QUESTION)
        expect(typing).to_have_value("还没有写完的问")
        expect(told).to_be_hidden()
        assert visit.complaints == []


@contextmanager
def without_index(directory: Path, told: Locator) -> Iterator[None]:
    """Inside, the directory has no index and the page says so; afterwards the same one is there again."""
    (directory / store.CURRENT).rename(directory / "moved")
    try:
        expect(told).to_contain_text(f"Reason: there is no index in {directory}", timeout=PATIENCE)
        yield
    finally:
        (directory / "moved").rename(directory / store.CURRENT)


def test_an_index_that_cannot_be_opened_is_told_on_the_open_page(browser: Browser, followed: tuple[Path, str]) -> None:
    directory, address = followed
    with browser.new_context(locale="en-GB") as context:
        visit = Visit(context, address)
        told = visit.page.locator("#zj-notices")
        with without_index(directory, told):
            visit.ask(QUESTION)
            expect(visit.page.locator(".zj-verdict blockquote")).to_contain_text("%")
            expect(told).to_contain_text("remains in use")
        expect(told).to_be_hidden(timeout=PATIENCE)
        assert visit.complaints == []


def test_an_update_that_failed_is_tried_again(browser: Browser, followed: tuple[Path, str]) -> None:
    directory, address = followed
    with browser.new_context(locale="en-GB") as context:
        visit = Visit(context, address)
        told = visit.page.locator("#zj-notices")
        visit.page.wait_for_timeout(1_000)  # what a page asks at its beginning has arrived
        visit.page.route(NOTICES, lambda route: route.fulfill(status=503), times=1)
        with without_index(directory, told):
            assert "503" in "".join(visit.complaints)
        expect(told).to_be_hidden(timeout=PATIENCE)


def test_a_late_update_does_not_undo_a_newer_one(browser: Browser, followed: tuple[Path, str]) -> None:
    directory, address = followed
    held: list[Route] = []
    with browser.new_context(locale="en-GB") as context:
        visit = Visit(context, address)
        told = visit.page.locator("#zj-notices")
        with without_index(directory, told):
            visit.page.route(NOTICES, lambda route: held.append(route), times=1)
            visit.ask(QUESTION)  # an answer brings an update; its reply, which has the notice, is held back
            while not held:
                visit.page.wait_for_timeout(50)
            late = held[0].fetch()
        visit.page.wait_for_timeout(EVERY + 2_000)  # the page has looked again
        held[0].fulfill(response=late)
        visit.page.wait_for_timeout(1_000)
        expect(told).to_be_hidden(timeout=PATIENCE)
        assert visit.complaints == []


def test_a_page_that_waits_asks_for_little(visit: Visit) -> None:
    visit.page.wait_for_timeout(3_500)  # until it has looked and found what it knows
    visit.requests.clear()
    visit.page.wait_for_timeout(4_000)
    assert 1 <= len(visit.requests) <= 2
    assert all(url.endswith(PULSE) for url in visit.requests)


def test_a_page_that_nobody_sees_asks_for_nothing(visit: Visit) -> None:
    visit.page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    visit.page.wait_for_timeout(1_000)  # what was asked before has arrived
    visit.requests.clear()
    visit.page.wait_for_timeout(4_000)
    assert visit.requests == []
    with visit.page.expect_request(f"**{PULSE}", timeout=PATIENCE):
        visit.page.evaluate("delete document.hidden")
