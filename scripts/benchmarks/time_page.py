"""Time the page as visitors experience it: opening it, answers from Enter to the painted hits, a long text.

    python -m scripts.benchmarks.time_page SOURCE QUESTIONS [LAW]

SOURCE is a document, QUESTIONS a BEIR folder or a queries.jsonl with questions about it; LAW is repeated, as the parts
of a longer law, until it has 1,000,000 characters, and opened at passages throughout. The page is served by a separate
process and displayed in Chromium, both on this machine. Prints milliseconds: median, quartiles, maximum.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING
from urllib.parse import quote

from index.parsing.structure import read_document
from index.records import Document
from index.storage.generations import Generation
from index.text.numerals import to_chinese
from scripts import terminal
from scripts.benchmarks.common import chromium, parser, run, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ASKED, OPENED, VISITS, LONG = 30, 20, 9, 1_000_000

# From the key press to the frame after the one in which the hits appear: then they are on the screen.
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


class TextOnlyIndex:
    """The parts of a live index that the page needs to show a text without answering questions."""

    def __init__(self, document: Document) -> None:
        self.documents = (document,)
        self.searcher = self
        self.generation = Generation("000001", "0" * 64)
        self.built, self.problem = None, ""

    def current(self) -> "TextOnlyIndex":
        """Return the index itself, as its only version."""
        return self


def long_document(law: Path) -> Document:
    """Parse the text of a law, repeated as the parts of a longer one."""
    text, parts = law.read_text(encoding="utf-8"), list[str]()
    while sum(len(part) for part in parts) < LONG:
        parts.append(f"第{to_chinese(len(parts) + 1)}编 {law.stem}\n{text}\n")
    return read_document("".join(parts).encode(), f"{law.stem}.txt")


def serve_text(law: Path) -> None:
    """Serve a long text, in a separate process."""
    from ui.app.application import serve

    serve(TextOnlyIndex(long_document(law)), port=0, announce=terminal.message)  # type: ignore[arg-type]


def read_questions(path: Path) -> list[str]:
    """Return the first questions of a collection."""
    file = path / "queries.jsonl" if path.is_dir() else path
    return [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines() if line][: ASKED + 1]


def time_opening(browser: "Browser", url: str) -> float:
    """Return the milliseconds until a new visitor, with an empty cache, can type."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(url)
    page.locator("#zj-question").wait_for()
    took = float(page.evaluate("performance.now()"))
    page.context.close()
    return took


def time_answer(page: "Page", question: str) -> float:
    """Return the milliseconds from Enter to the painted hits."""
    page.locator("#zj-question").fill(question)
    page.evaluate("window.ready = false")
    page.evaluate(f"window.painted = ({_PAINTED})({json.dumps(question)}); 0")
    page.wait_for_function("window.ready")
    page.locator("#zj-question").press("Enter")
    return float(page.evaluate("window.painted"))


def time_reading(browser: "Browser", url: str, passage: str) -> tuple[float, list[float]]:
    """Return the milliseconds until a link to a passage shows it, and those of each frame while scrolling."""
    page = _new_page(browser, url)
    page.locator("#zj-question").wait_for()
    page.evaluate("window.begun = performance.now()")
    page.evaluate(f"history.pushState(null, '', '?p={quote(passage)}'); dispatchEvent(new PopStateEvent('popstate'))")
    page.locator("#zj-full .zj-open").wait_for()
    took = float(page.evaluate("new Promise(r => requestAnimationFrame(() => r(performance.now() - window.begun)))"))
    frames = [float(t) for t in page.evaluate(_FRAMES)]
    page.context.close()
    return took, frames


def _new_page(browser: "Browser", url: str) -> "Page":
    page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    return page


def figure(label: str, times: Sequence[float]) -> str:
    """Return a line with the median, the quartiles and the maximum of times in milliseconds."""
    low, middle, high = quantiles(times, n=4)
    return f"{label:44}{middle:8.0f} ms  ({low:.0f} to {high:.0f}, most {max(times):.0f}; {len(times)} times)"


def _time_page(browser: "Browser", source: Path, questions: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = "scripts.cli", "serve", str(source), "--index", folder, "--port", "0"
        with served(*command) as (url, _):
            time_opening(browser, url)
            visits = [time_opening(browser, url) for _ in range(VISITS)]
            print(figure("the page, from a warm server, until it is usable", visits))
            page = _new_page(browser, url)
            times = [time_answer(page, question) for question in read_questions(questions)]
            print(figure("from Enter to painted hits", times[1:]))


def _time_long_text(browser: "Browser", law: Path) -> None:
    passages = long_document(law).passages
    with served("scripts.benchmarks.time_page", "--serve", str(law)) as (url, _):
        time_opening(browser, url)
        opened = [passages[i * len(passages) // OPENED] for i in range(OPENED)]
        times = [time_reading(browser, url, passage.id) for passage in opened]
    print(figure(f"a text of {len(passages):,} passages, opened at one", [took for took, _ in times]))
    print(figure("a frame while it is scrolled", [t for _, frames in times for t in frames]))


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    if len(arguments) == 2 and arguments[0] == "--serve":
        serve_text(Path(arguments[1]))
        return
    options = parser(__doc__)
    options.add_argument("source", type=Path, metavar="SOURCE")
    options.add_argument("questions", type=Path, metavar="QUESTIONS")
    options.add_argument("law", type=Path, nargs="?", metavar="LAW")
    given = options.parse_args(arguments)
    with chromium() as browser:
        _time_page(browser, given.source, given.questions)
        if given.law:
            _time_long_text(browser, given.law)


if __name__ == "__main__":
    run(main)
