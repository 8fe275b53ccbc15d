"""Take the pictures of the page that stand in the README and in docs/.

zhangju serve samples --port 7860 &
python -m scripts.benchmarks.screenshots http://127.0.0.1:7860/ docs
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

_WATER = {"zh-CN": "单位产值的用水量要降多少？", "en-US": "By how much should water use per unit of output fall?"}


class State(NamedTuple):
    """A picture: its name, the browser it is seen in, and the address without its beginning."""

    name: str
    query: str
    locale: str = "zh-CN"
    size: tuple[int, int] = (1440, 900)
    scheme: str = "light"


def _states() -> tuple[State, ...]:
    zh, en = (f"?q={question}" for question in _WATER.values())
    return (
        State("page-zh", zh),
        State("page-en", en, "en-US"),
        State("page-dark", zh, scheme="dark"),
        State("page-narrow", zh, size=(390, 844)),
        State("page-tablet", en, "en-US", (820, 1100)),
        State("page-unanswered", "?q=高速铁路的票价是多少？"),
        State("page-related", "?view=related&r="),
        State("page-map", "?view=map"),
        State("page-coverage", "?view=coverage&t=就业"),
        State("page-library", "?view=library"),
        State("page-batch", "?view=batch"),
    )


def picture(browser: Browser, address: str, state: State, folder: Path) -> None:
    """Go to the address of a state and save what is seen."""
    width, height = state.size
    page = browser.new_page(
        locale=state.locale,
        viewport={"width": width, "height": height},
        color_scheme="dark" if state.scheme == "dark" else "light",
    )
    query = state.query
    if query.endswith("r="):
        query += _first_hit(page, address)
    page.goto(address + query)
    page.locator("#zj-answers > :not(.zj-welcome)").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{state.name}.png")
    page.close()


def _first_hit(page: Page, address: str) -> str:
    page.goto(f"{address}?q={_WATER['zh-CN']}")
    return page.locator("#zj-answers [data-passage]").first.get_attribute("data-passage") or ""


def main(arguments: Sequence[str]) -> None:
    """Save a picture of every state."""
    if len(arguments) != 2:
        sys.exit(__doc__)
    chromium = which("chromium") or which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for state in _states():
            picture(browser, arguments[0], state, Path(arguments[1]))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
