"""Time the page as a visitor waits for it: its opening, answers from Enter to the painted hits, a long text.

    python -m scripts.benchmarks.time_page SOURCE QUESTIONS [LAW]

SOURCE is a document, QUESTIONS a BEIR folder or a queries.jsonl with questions about it; LAW is repeated, a part at a
time, until it has 1,000,000 characters, and opened at passages throughout. The page is served by a process of its own
and seen in Chromium, both on this machine. Prints milliseconds: median, quartiles, most.
"""

import json
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path
from shutil import which
from statistics import quantiles
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from index.errors import ZhangjuError
from index.parsing.structure import read_document
from index.records import Document
from index.storage.generations import Generation
from index.text.numerals import to_chinese
from scripts import terminal

ASKED, OPENED, VISITS, LONG = 30, 20, 9, 1_000_000

# From the key to the frame behind the one in which the hits are there, which is when they are on the screen.
_PAINTED = """question => new Promise(resolve => {
    let pressed = 0;
    const seen = new MutationObserver(() => {
        if (!pressed || !document.querySelector(".zj-asked")?.textContent.includes(question)) return;
        seen.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - pressed)));
    });
    seen.observe(document.querySelector("#zj-page"), {subtree: true, childList: true, attributes: true});
    addEventListener("keydown", () => { pressed = performance.now(); }, {once: true, capture: true});
    window.ready = true;
})"""
_FRAMES = """async () => {
    const full = document.querySelector("#zj-full"), times = [];
    for (let last = performance.now(), i = 0; i < 60; i++) {
        full.scrollTop += 700;
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - last);
        last = performance.now();
    }
    return times.slice(1);
}"""


class OnlyText:
    """What the page needs of an index whose text is read and of which nothing is asked."""

    def __init__(self, document: Document) -> None:
        self.documents = (document,)
        self.searcher = self
        self.generation = Generation("000001", "0" * 64)
        self.built, self.problem = None, ""

    def current(self) -> "OnlyText":
        """Itself."""
        return self


def long_document(law: Path) -> Document:
    """The text of a law, repeated as the parts of one, until it is long."""
    text, parts = law.read_text(encoding="utf-8"), list[str]()
    while sum(len(part) for part in parts) < LONG:
        parts.append(f"第{to_chinese(len(parts) + 1)}编 {law.stem}\n{text}\n")
    return read_document("".join(parts).encode(), f"{law.stem}.txt")


def serve_text(law: Path, told: "Queue[str]") -> None:
    """Serve a long text; what a process of its own does."""
    from ui.app.application import serve

    serve(OnlyText(long_document(law)), port=0, announce=told.put)  # type: ignore[arg-type]


def serve_index(source: Path, folder: str, told: "Queue[str]") -> None:
    """Index a document, load the model and serve; what a process of its own does."""
    from index.models.encoder import Encoder
    from retrieval.live import LiveSearcher
    from scripts.commands.indexing import LoadedOnce, bring_up_to_date
    from ui.app.application import serve

    encoder = LoadedOnce(None)
    bring_up_to_date([source], Path(folder), encoder)

    def load(_: str) -> Encoder:
        return encoder()

    with LiveSearcher(Path(folder), load) as live:
        serve(live, port=0, announce=told.put)


@contextmanager
def served(target: Callable[..., None], *arguments: object) -> Iterator[str]:
    """The address of a page in a process of its own."""
    spawning = multiprocessing.get_context("spawn")
    told: Queue[str] = spawning.Queue()
    process = spawning.Process(target=target, args=(*arguments, told), daemon=True)
    process.start()
    try:
        yield told.get(timeout=300)
    finally:
        process.terminate()
        process.join()


def questions_of(folder: Path) -> list[str]:
    """The first questions of a collection."""
    file = folder / "queries.jsonl" if folder.is_dir() else folder
    return [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines() if line][: ASKED + 1]


def opened(browser: Browser, url: str) -> float:
    """Milliseconds until a new visitor can type; nothing is in the browser's cache."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(url)
    page.locator("#zj-question").wait_for()
    took = float(page.evaluate("performance.now()"))
    page.context.close()
    return took


def answered(page: Page, question: str) -> float:
    """Milliseconds from Enter to the painted hits."""
    page.locator("#zj-question").fill(question)
    page.evaluate("window.ready = false")
    page.evaluate(f"window.painted = ({_PAINTED})({json.dumps(question)}); 0")
    page.wait_for_function("window.ready")
    page.locator("#zj-question").press("Enter")
    return float(page.evaluate("window.painted"))


def read_at(browser: Browser, url: str, passage: str) -> tuple[float, list[float]]:
    """Milliseconds until a link to a passage of a text shows it; those of frames while it is scrolled."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    page.locator("#zj-question").wait_for()
    page.evaluate("window.begun = performance.now()")
    page.evaluate(f"history.pushState(null, '', '?p={quote(passage)}'); dispatchEvent(new PopStateEvent('popstate'))")
    page.locator("#zj-full .zj-open").wait_for()
    took = float(page.evaluate("new Promise(r => requestAnimationFrame(() => r(performance.now() - window.begun)))"))
    frames = [float(t) for t in page.evaluate(_FRAMES)]
    page.context.close()
    return took, frames


def line(what: str, times: Sequence[float]) -> str:
    """A figure in milliseconds."""
    low, middle, high = quantiles(times, n=4)
    return f"{what:44}{middle:8.0f} ms  ({low:.0f} to {high:.0f}, most {max(times):.0f}; {len(times)} times)"


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    source, questions = Path(arguments[0]), questions_of(Path(arguments[1]))
    with sync_playwright() as playwright:
        chromium = which("chromium") or which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with tempfile.TemporaryDirectory() as folder, served(serve_index, source, folder) as url:
            opened(browser, url)
            print(
                line("the page, from a warm server, until it is usable", [opened(browser, url) for _ in range(VISITS)])
            )
            page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
            page.goto(url)
            times = [answered(page, question) for question in questions]
            print(line("from Enter to painted hits", times[1:]))
        if len(arguments) == 3:
            _time_long_text(browser, Path(arguments[2]))
        browser.close()


def _time_long_text(browser: Browser, law: Path) -> None:
    passages = long_document(law).passages
    with served(serve_text, law) as url:
        opened(browser, url)
        rows = [passages[i * len(passages) // OPENED] for i in range(OPENED)]
        found = [read_at(browser, url, passage.id) for passage in rows]
    print(line(f"a text of {len(passages):,} passages, opened at one", [took for took, _ in found]))
    print(line("a frame while it is scrolled", [t for _, frames in found for t in frames]))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ZhangjuError as problem:
        terminal.message(str(problem))
        sys.exit(1)
