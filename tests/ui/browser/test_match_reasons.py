"""Why a passage was found, for a question in another language."""

import pytest
from playwright.sync_api import Route, expect

from tests.ui.browser.conftest import Visit

QUESTION = "How much less water?"
HIGHLIGHTED = "name => [...CSS.highlights.get(name)].map(range => range.toString())"
WATER = "article[data-passage='plan.txt#5']"


@pytest.mark.parametrize("visit", [{"locale": "en-GB"}], indirect=True)
def test_words_that_meet_are_told_and_pointed_at(visit: Visit) -> None:
    page = visit.page
    visit.ask(QUESTION)
    pair = page.locator(f"{WATER} .zj-because .zj-match")
    expect(pair).to_have_text("water → 用水")
    pair.hover()
    assert page.evaluate(HIGHLIGHTED, "zj-match") == page.evaluate(HIGHLIGHTED, "zj-match-active") == ["用水"]
    page.locator("#zj-question").hover()
    assert page.evaluate(HIGHLIGHTED, "zj-match-active") == []


@pytest.mark.parametrize("visit", [{"locale": "en-GB"}], indirect=True)
def test_hits_are_painted_before_they_are_explained_and_an_answer_that_is_left_is_not(visit: Visit) -> None:
    page = visit.page
    held: list[Route] = []
    page.route("**/run/explain", lambda route: held.append(route))
    visit.ask(QUESTION)
    expect(page.locator(WATER)).to_be_visible()
    page.wait_for_timeout(200)
    assert len(held) == 1
    assert page.locator(".zj-match").count() == 0
    visit.ask("用水量下降多少")
    expect(page.locator(f"{WATER} .zj-text u, {WATER} mark").first).to_be_visible()
    assert page.locator(".zj-match").count() == 0
    assert len(held) == 1  # a question in the text's own language needs none
    held[0].abort()
    page.unroute("**/run/explain")
