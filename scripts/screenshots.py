"""Take the pictures of the page that stand in the README.

zhangju serve samples --port 7860 &
python -m scripts.screenshots http://127.0.0.1:7860/ docs
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from playwright.sync_api import Browser, sync_playwright

QUESTIONS = {"zh-CN": "单位产值的用水量要降多少？", "en-US": "By how much should water use per unit of output fall?"}


def picture(browser: Browser, address: str, locale: str, out: Path) -> None:
    """Ask the question of a language and save what is seen."""
    page = browser.new_page(locale=locale, viewport={"width": 1100, "height": 1000}, device_scale_factor=1)
    page.goto(address)
    page.locator("#zj-question textarea").fill(QUESTIONS[locale])
    page.locator("#zj-question textarea").press("Enter")
    page.locator("#zj-result mark").first.wait_for()
    page.locator("#zj-result details").first.locator("summary").click()
    page.screenshot(path=out)
    page.close()


def main(arguments: Sequence[str]) -> None:
    """Save page-zh.png and page-en.png."""
    if len(arguments) != 2:
        sys.exit(__doc__)
    chromium = which("chromium") or which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for locale in QUESTIONS:
            picture(browser, arguments[0], locale, Path(arguments[1]) / f"page-{locale[:2]}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
