"""The picture of the scanned page that a passage was recognised from, beside its text."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, expect

from index.building.reading import page_pictures
from index.models.packaged import CACHE_VARIABLE
from tests.ui.browser.conftest import Visit, serving
from ui.html.links import scan_address

SCANNED = """
from dataclasses import replace
from tests.ui.fakes import BigramSearcher, Standing, plan
from ui.app.application import serve
document = replace(plan(), passages=tuple(replace(passage, page=2) for passage in plan().passages))
serve(Standing(BigramSearcher((document,))), port=0, announce=lambda url: print(url, flush=True))
"""


def test_a_reader_compares_a_passage_with_its_page(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    page_picture = tmp_path / "page.jpg"
    paper = Image.new("RGB", (800, 1130), "white")
    ImageDraw.Draw(paper).text((80, 80), "a scanned page", fill="black")
    paper.save(page_picture)
    page_pictures("0" * 64).write(2, page_picture.read_bytes())
    with serving(program=SCANNED) as address, browser.new_context(locale="zh-CN") as context:
        visit = Visit(context, address)
        page = visit.page
        passage = page.locator("#zj-full .zj-passage").nth(1)
        passage.hover()
        button = passage.get_by_role("button", name="扫描原页（第 2 页）")
        expect(button).to_have_attribute("aria-expanded", "false")
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
        picture = passage.locator(".zj-scan img")
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("naturalWidth", 800)
        expect(passage.locator(".zj-scan")).to_have_attribute("href", scan_address("0" * 64, 2))
        button.click()
        expect(picture).to_have_count(0)
        assert visit.complaints == []
        assert visit.left() == []


def test_without_a_picture_none_is_offered(visit: Visit) -> None:
    passage = visit.page.locator("#zj-full .zj-passage").nth(1)
    passage.hover()
    expect(passage.locator("[name=collect]")).to_be_visible()
    expect(passage.locator("[name=scan]")).to_be_hidden()
