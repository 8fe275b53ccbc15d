"""Take the screenshots of the page for the README and docs/.

zhangju serve samples --port 7860 &
python -m scripts.benchmarks.screenshots http://127.0.0.1:7860/ docs
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scripts.benchmarks.common import chromium, parser, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_WATER_ZH = "?q=单位产值的用水量要降多少？"
_WATER_EN = "?q=By how much should water use per unit of output fall?"


class Screenshot(NamedTuple):
    """A screenshot: its file name, the query of the address, and the settings of the browser."""

    name: str
    query: str
    locale: str = "zh-CN"
    size: tuple[int, int] = (1440, 900)


SCREENSHOTS = (
    Screenshot("page-zh", _WATER_ZH),
    Screenshot("page-en", _WATER_EN, "en-US"),
    Screenshot("page-tablet", _WATER_EN, "en-US", (820, 1100)),
    Screenshot("page-unanswered", "?q=高速铁路的票价是多少？"),
    Screenshot("page-related", "?view=related&r="),
    Screenshot("page-map", "?view=map"),
    Screenshot("page-coverage", "?view=coverage&t=就业"),
    Screenshot("page-library", "?view=library"),
    Screenshot("page-batch", "?view=batch"),
)


def take(browser: "Browser", address: str, screenshot: Screenshot, folder: Path) -> None:
    """Open the address of a screenshot and save it."""
    width, height = screenshot.size
    page = browser.new_page(locale=screenshot.locale, viewport={"width": width, "height": height})
    query = screenshot.query
    if query.endswith("r="):
        query += _first_hit(page, address)
    page.goto(address + query)
    page.locator("#zj-answers > :not(.zj-welcome)").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{screenshot.name}.png")
    page.close()


def _first_hit(page: "Page", address: str) -> str:
    page.goto(address + _WATER_ZH)
    return page.locator("#zj-answers [data-passage]").first.get_attribute("data-passage") or ""


def main(arguments: Sequence[str]) -> None:
    """Save all screenshots."""
    options = parser(__doc__)
    options.add_argument("address", metavar="ADDRESS", help="of the page, with a slash at its end")
    options.add_argument("folder", type=Path, metavar="FOLDER", help="of the screenshots")
    given = options.parse_args(arguments)
    with chromium() as browser:
        for screenshot in SCREENSHOTS:
            take(browser, given.address, screenshot, given.folder)


if __name__ == "__main__":
    run(main)
