"""The page in a real browser, served by a process of its own."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from index import store
from tests.collection import PLAN, snapshot_of
from ui.page import PULSE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30_000  # milliseconds in which a page has heard of another index; three seconds where nobody else is busy
SERVE = """
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from ui.page import serve
serve(Standing(BigramSearcher((plan(), law()))), port=0, announce=lambda url: print(url, flush=True))
"""

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")]


FOLLOW = """
import sys
from pathlib import Path
from retrieval.background import Background
from retrieval.live import LiveSearcher
from tests.fakes import HashingEncoder
from ui.page import serve
with LiveSearcher(Path(sys.argv[1]), lambda _: HashingEncoder(), background=Background.of) as live:
    serve(live, port=0, announce=lambda url: print(url, flush=True))
"""


@contextmanager
def serving(*arguments: str, program: str = SERVE) -> Iterator[str]:
    """The address of a page in a process of its own, which Ctrl-C must end in good order and without a word."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=30)
    assert address
    assert (process.returncode, messages) == (0, "")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


class Visit:
    """A visitor's page, with what it asked of the network and what it complained about."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url)
        expect(self.page.locator(".zj-example").first).to_be_visible()

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def ask(self, question: str) -> None:
        self.page.locator("#zj-question textarea").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#zj-result .zj-asked")).to_contain_text(question)
        expect(self.page.locator("#zj-result .zj-busy")).to_have_count(0)

    def is_too_wide(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.fixture
def visit(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visit from a Chinese browser, or with the options of the test's parameter; no visit leaves the machine."""
    options = {"locale": "zh-CN", **getattr(request, "param", {})}
    with browser.new_context(**options) as context:
        visit = Visit(context, url)
        yield visit
        assert visit.complaints == []
        assert visit.requests
        assert [u for u in visit.requests if not u.startswith((url, "data:", "blob:"))] == []


def test_ask_read_the_citation_unfold_and_switch(visit: Visit) -> None:
    page = visit.page
    visit.ask("推动高耗能行业节能改造")
    first = page.locator(".zj-hit").first
    expect(page.locator(".zj-verdict cite")).to_have_text("《云溪市发展规划》第二章第一节第1段")
    expect(first.locator("article > .zj-path")).to_have_text("第二章 推进绿色发展 › 第一节 节约能源 › 第1段")
    expect(first.locator("article > .zj-text mark")).to_have_text(
        "深入推动高耗能行业节能改造,加强重点用能单位节能管理。"
    )
    related = first.locator(".zj-related li").first
    expect(related).to_be_hidden()
    first.locator("summary").click()
    expect(related).to_be_visible()
    expect(related.locator("cite")).to_contain_text("《云溪市发展规划》第")

    page.get_by_text("English", exact=True).click()
    expect(page.locator(".zj-verdict cite")).to_have_text("云溪市发展规划, ch. 2, sec. 1, para. 1")
    expect(page.locator("#zj-go")).to_have_text("Ask")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#zj-question textarea")).to_have_value("推动高耗能行业节能改造")
    outside = page.locator("body").evaluate(WITHOUT_DOCUMENT_TEXT)
    assert re.findall(r"[\u3400-\u9fff]+", outside.replace("中文", "")) == []


# The words of the page alone: what comes from the document, or was typed, is marked as Chinese or quoted.
WITHOUT_DOCUMENT_TEXT = """body => {
    const copy = body.cloneNode(true);
    const foreign = "[lang=zh], .zj-asked, cite, dl, .zj-example, .zj-related .zj-document, textarea, script, style";
    copy.querySelectorAll(foreign).forEach(e => e.remove());
    return copy.textContent;
}"""


def test_an_example_is_asked_with_one_click(visit: Visit) -> None:
    example = visit.page.locator(".zj-example").nth(1)
    question = example.inner_text()
    example.click()
    expect(visit.page.locator("#zj-result .zj-asked")).to_contain_text(question)
    expect(visit.page.locator("#zj-question textarea")).to_have_value(question)
    expect(visit.page.locator(".zj-verdict blockquote")).to_contain_text("下降12%")


@pytest.mark.parametrize("visit", [{"locale": "en-GB"}], indirect=True)
def test_an_english_browser_is_met_in_english(visit: Visit) -> None:
    expect(visit.page.locator("#zj-go")).to_have_text("Ask")
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")


def test_enter_that_ends_a_composition_does_not_ask(visit: Visit) -> None:
    """Gradio listens to keypress, which browsers keep to themselves while an input method composes."""
    page = visit.page
    page.locator("#zj-question textarea").click()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "jie neng", "selectionStart": 8, "selectionEnd": 8})
    devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 13})
    page.wait_for_timeout(500)
    expect(page.locator("#zj-result .zj")).to_have_count(0)
    devtools.send("Input.insertText", {"text": "节能"})
    page.keyboard.press("Enter")
    expect(page.locator("#zj-result .zj-asked")).to_have_text("问：节能")


def test_what_is_typed_stays_text(visit: Visit) -> None:
    hostile = "<img src=x onerror=alert(1)>{{value}}${value}"
    visit.ask(hostile)
    expect(visit.page.locator(".zj-asked")).to_contain_text(hostile)
    expect(visit.page.locator(".zj img")).to_have_count(0)


def test_problems_are_told_in_words(visit: Visit) -> None:
    visit.page.locator("#zj-go").click()
    expect(visit.page.locator(".zj-problem")).to_have_text("请先输入问题。")
    visit.page.locator("#zj-question textarea").fill("很" * 201)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".zj-problem")).to_contain_text("shorten it to 200")
    visit.ask("高速铁路票价是多少元")
    expect(visit.page.locator(".zj-verdict")).to_contain_text("文件没有回答这个问题")
    expect(visit.page.locator(".zj-verdict .zj-why")).to_have_text("里面没有与之相近的内容。")
    expect(visit.page.locator(".zj-hit")).to_have_count(5)


@pytest.mark.parametrize(
    "visit",
    [{"viewport": {"width": 390, "height": 844}}, {"viewport": {"width": 320, "height": 568}, "locale": "en"}],
    indirect=True,
)
def test_a_narrow_window_needs_no_sideways_scrolling(visit: Visit) -> None:
    assert not visit.is_too_wide()
    visit.ask("推动高耗能行业节能改造")
    visit.page.locator(".zj-related summary").first.click()
    assert not visit.is_too_wide()


CONTRASTS = """() => {
    const channels = text => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = e => {
        for (; e; e = e.parentElement) {
            const colour = channels(getComputedStyle(e).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll(".gradio-container *")].filter(e => e.checkVisibility()
        && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
    return texts.map(e => {
        const [a, b] = [light(channels(getComputedStyle(e).color)), light(behind(e))];
        return [e.className || e.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
}"""


@pytest.mark.parametrize("visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
def test_every_text_stands_out_from_its_ground(visit: Visit) -> None:
    visit.ask("推动高耗能行业节能改造")
    visit.page.locator(".zj-related summary").first.click()
    contrasts = visit.page.evaluate(CONTRASTS)
    assert len(contrasts) > 30
    assert [found for found in contrasts if found[1] < 4.5] == []  # WCAG AA


def test_stopping_while_a_page_is_open_is_quiet(browser: Browser) -> None:
    with browser.new_context() as context, serving() as address:
        Visit(context, address).ask("节能改造")


# another index


def publish(directory: Path, text: str) -> str:
    """Make the index of a text the live generation, as a builder in another process does."""
    with store.building(directory):
        return store.publish(directory, snapshot_of(text))


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """An index and the page over it."""
    directory = tmp_path_factory.mktemp("索引")
    publish(directory, PLAN)
    with serving(str(directory), program=FOLLOW) as address:
        yield directory, address


QUESTION = "万元产值用水量下降多少？"


def test_an_open_page_follows_the_index(browser: Browser, followed: tuple[Path, str]) -> None:
    directory, address = followed
    with browser.new_context(locale="zh-CN") as context:
        visit = Visit(context, address)
        page, typing, told = visit.page, visit.page.locator("#zj-question textarea"), visit.page.locator("#zj-told")
        visit.ask(QUESTION)
        expect(page.locator(".zj-verdict blockquote")).to_contain_text("12%")
        expect(told).to_have_count(0)
        typing.fill("还没有写完的问")
        number = int(publish(directory, PLAN.replace("12%", "21%").replace("某省规划", "某省新规划")))
        expect(told).to_contain_text(f"索引已更新，现在用的是第 {number} 代", timeout=PATIENCE)
        expect(told).to_contain_text("1 份文件，7 段")
        expect(told).to_contain_text("这个回答出自更新以前的索引。")
        expect(page.locator("#zj-documents .zj-document")).to_have_text("某省新规划")
        expect(page.locator(".zj-verdict blockquote")).to_contain_text("12%")
        expect(typing).to_have_value("还没有写完的问")
        expect(typing).to_be_focused()
        page.get_by_text("English", exact=True).click()
        expect(told).to_contain_text("This answer is from the index before the update.")
        page.locator("#zj-again").click()
        expect(page.locator(".zj-verdict blockquote")).to_contain_text("21%")
        expect(page.locator("#zj-result .zj-asked")).to_contain_text(QUESTION)
        expect(typing).to_have_value("还没有写完的问")
        expect(told).to_have_count(0)
        assert visit.complaints == []


def test_an_index_that_cannot_be_opened_is_told_on_the_open_page(browser: Browser, followed: tuple[Path, str]) -> None:
    directory, address = followed
    with browser.new_context(locale="en-GB") as context:
        visit = Visit(context, address)
        (directory / store.CURRENT).rename(directory / "moved")
        told = visit.page.locator("#zj-told")
        expect(told).to_contain_text(f"The reason: there is no index in {directory}", timeout=PATIENCE)
        visit.ask(QUESTION)
        expect(visit.page.locator(".zj-verdict blockquote")).to_contain_text("%")
        expect(told).to_contain_text("goes on answering")
        (directory / "moved").rename(directory / store.CURRENT)
        expect(told).to_have_count(0, timeout=PATIENCE)
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
