import json
from html import unescape

import pytest

from tests.ui.fakes import BigramSearcher, Standing, law, plan
from tests.ui.render.test_render import Page
from tests.ui.state.test_text_chunks import long_text
from ui.handlers.ask import AskHandlers
from ui.handlers.frame import FrameHandlers
from ui.html.links import link
from ui.html.static_files import FOLDER, SCRIPTS, STATIC
from ui.words import EN, ZH, PageWords

LIVE = Standing(BigramSearcher((plan(), law())))


def frame(live: Standing = LIVE) -> FrameHandlers:
    return FrameHandlers(AskHandlers(live))


def passages(html: str) -> list[str]:
    """Ids of the passages of the open text, in order."""
    return [found["data-passage"] for tag, found in Page(html).elements if tag == "div" and "data-cite" in found]


@pytest.mark.parametrize(
    ("languages", "words"), [("de,en-GB", EN), ("zh-TW,en", ZH), ("fr", ZH), ("", ZH), ("en,zh-CN", EN)]
)
def test_the_frame_comes_in_the_language_of_the_browser(languages: str, words: PageWords) -> None:
    entered = frame().load_frame(languages)
    root = Page(entered["html"]).elements[0][1]
    assert (root["lang"], root["data-language"]) == (words.tag, words.language)
    assert words.placeholder in entered["html"]
    assert json.loads(root["data-words"])["copied"] == words.frame.copied
    assert root["data-generation"] == entered["generation"] == LIVE.generation.key


def test_the_outline_holds_every_division_and_leads_to_its_first_passage() -> None:
    page = Page(frame().load_frame("zh")["html"])
    text = page.text("nav")
    assert "第二章 推进绿色发展" in text
    assert "第一节 节约能源" in text
    assert "云溪市湿地保护条例 2 段" in text
    opened = [attributes for _, attributes in page.elements if attributes.get("data-open") == "plan.txt#4"]
    assert opened[0]["href"] == link(p="plan.txt#4")


def test_the_text_of_the_passage_or_document_that_is_asked_for_is_open() -> None:
    everything = {one.id: [passage.id for passage in one.passages] for one in (plan(), law())}
    for passage, document, name in (
        ("", "", "plan.txt"),
        ("law.txt#2", "", "law.txt"),
        ("law.txt#2", "plan.txt", "law.txt"),
        ("", "law.txt", "law.txt"),
        ("gone", "", "plan.txt"),
        ("", "gone", "plan.txt"),
    ):
        assert passages(frame().load_frame("zh", passage, document)["html"]) == everything[name]
    assert passages(frame(Standing(BigramSearcher(()))).load_frame("zh")["html"]) == []


def test_of_a_long_text_only_what_stands_around_the_passage_is_there() -> None:
    long = frame(Standing(BigramSearcher((long_text(200),))))
    assert passages(long.load_frame("zh")["html"]) == [f"long.txt#{n}" for n in range(1, 13)]
    assert passages(long.load_frame("zh", "long.txt#100")["html"]) == [f"long.txt#{n}" for n in range(91, 109)]


def test_a_narrow_window_begins_with_the_text_where_a_passage_is_asked_for() -> None:
    for passage, region in (("", "answers"), ("law.txt#2", "text")):
        page = Page(frame().load_frame("zh", passage)["html"])
        chosen = [found["data-region"] for _, found in page.elements if found.get("aria-selected") == "true"]
        assert (page.elements[0][1]["data-region"], chosen) == (region, [region])


def test_the_document_has_the_frame_its_styles_and_its_scripts_and_nothing_that_runs_by_itself() -> None:
    html = frame().page("en", question="</textarea><b>")
    page = Page(html)
    assert html.startswith('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">')
    assert unescape(html[html.index('name="q"') :]).count("</textarea><b>") == 1
    linked = [found["href"] for tag, found in page.elements if tag == "link"]
    scripts = [found for tag, found in page.elements if tag == "script"]
    assert scripts == [{"type": "module", "src": f"{STATIC}/page.js"}]
    assert {f"{STATIC}/{name}" for name in SCRIPTS} <= set(linked)
    assert all((FOLDER / address.removeprefix(f"{STATIC}/")).is_file() for address in linked)
    styles = {address.rpartition("/")[2] for address in linked if address.endswith(".css")}
    assert styles == {path.name for path in FOLDER.glob("*.css")} - {"login.css"}
    assert not [name for _, found in page.elements for name in found if name == "style" or name.startswith("on")]
