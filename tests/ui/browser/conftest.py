"""A visitor in Chromium: the page in a process of its own, what it asks of the network, what it complains about."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.programs import CHROMIUM

ROOT = Path(__file__).resolve().parents[3]
SERVE = """
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from ui.app.application import serve
serve(Standing(BigramSearcher((plan(), law()))), port=0, announce=lambda url: print(url, flush=True))
"""
FOLLOW = """
import sys
from pathlib import Path
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.live import LiveSearcher
from tests.fakes import HashingEncoder
from ui.app.application import serve
with LiveSearcher(Path(sys.argv[1]), lambda _: HashingEncoder(), out_of_domain=OutOfDomainVectors.embed) as live:
    serve(live, port=0, announce=lambda url: print(url, flush=True))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM.find():
                item.add_marker(pytest.mark.skip(reason=CHROMIUM.reason))


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


@pytest.fixture(scope="package")
def url() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Gone with the last test of this folder: playwright keeps an event loop running in this thread until then."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM.path(), args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


class Visit:
    """A visitor's page, with what it asked of the network and what it complained about."""

    def __init__(self, context: BrowserContext, url: str, query: str = "") -> None:
        self.url = url
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url + query)
        expect(self.page.locator("#zj-page")).to_be_visible()

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def ask(self, question: str) -> None:
        """Type a question and wait for what comes of it."""
        self.page.locator("#zj-question").fill(question)
        self.page.locator("#zj-question").press("Enter")
        expect(self.page.locator("#zj-answers .zj-asked")).to_contain_text(question)

    def is_too_wide(self) -> bool:
        """Whether the page would have to be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def left(self) -> list[str]:
        """The requests that left the machine."""
        return [u for u in self.requests if not u.startswith((self.url, "data:", "blob:"))]


@pytest.fixture
def visit(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visit from a Chinese browser, or with the options of the test's parameter; no visit leaves the machine."""
    options = {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}, **getattr(request, "param", {})}
    with browser.new_context(**options) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit = Visit(context, url)
        yield visit
        assert visit.complaints == []
        assert visit.requests
        assert visit.left() == []
