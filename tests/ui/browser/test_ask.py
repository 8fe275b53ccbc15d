"""The box, the answers, the address, the keyboard, the languages, the widths."""

import re
from contextlib import suppress
from itertools import product

import pypdfium2
import pytest
from playwright.sync_api import Browser, Error, Route, expect

from tests.ui.browser.conftest import Visit, serving

WATER = "用水量较2020年下降多少"
SENTENCE = "建立水资源刚性约束制度,万元地区生产总值用水量较2020年下降12%。"


def test_an_answer_with_its_sentence_its_place_and_the_text_beside_it(visit: Visit) -> None:
    page = visit.page
    visit.ask(WATER)
    expect(page.locator(".zj-verdict blockquote")).to_have_text(SENTENCE)
    expect(page.locator(".zj-verdict cite")).to_have_text("《云溪市发展规划》第二章第二节第1段")
    first = page.locator(".zj-hit").first
    expect(first.locator(".zj-path")).to_have_text("第二章 推进绿色发展 › 第二节 节约用水 › 第1段")
    expect(first.locator(".zj-text mark")).to_have_text(SENTENCE)
    opened = page.locator("#zj-full .zj-open")
    expect(opened.locator("mark")).to_have_text(SENTENCE)
    expect(opened).to_be_in_viewport()
    expect(page.locator("#zj-full .zj-passage")).to_have_count(7)
    expect(page.locator("#zj-at")).to_have_text("第 1 处，共 9 处")
    expect(page.locator("#zj-outline [data-node]").filter(has_text=re.compile(r"\d"))).not_to_have_count(0)


def test_next_and_previous_hit_and_the_way_back(visit: Visit) -> None:
    page = visit.page
    visit.ask(WATER)
    expect(page.locator("#zj-full .zj-open")).to_be_visible()
    page.locator("#zj-next").click()
    expect(page.locator("#zj-at")).to_have_text("第 2 处，共 9 处")
    expect(page).to_have_url(re.compile(r"[?&]p="))
    page.locator(".zj-hit [data-open]").nth(2).click()
    expect(page.locator("#zj-at")).to_have_text("第 3 处，共 9 处")
    page.go_back()
    expect(page.locator("#zj-at")).to_have_text("第 2 处，共 9 处")
    page.locator("#zj-previous").click()
    expect(page.locator("#zj-at")).to_have_text("第 1 处，共 9 处")
    visit.ask("发展文化旅游")
    page.go_back()
    expect(page.locator("#zj-answers .zj-asked")).to_contain_text(WATER)
    expect(page.locator("#zj-question")).to_have_value(WATER)


def test_what_comes_late_does_not_take_the_place_of_what_is_gone_back_to(visit: Visit) -> None:
    page, held = visit.page, list[Route]()
    visit.ask(WATER)
    page.route("**/run/library", lambda route: held.append(route))
    page.locator("#zj-views [data-view=library]").click()
    expect(page).to_have_url(re.compile("view=library"))
    page.wait_for_timeout(200)  # the request is on its way
    assert held
    page.go_back()
    with suppress(Error):  # it may have been called back
        held[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator("#zj-answers .zj-asked")).to_contain_text(WATER)


def test_a_pasted_link_opens_the_same_view(visit: Visit, browser: Browser) -> None:
    page = visit.page
    visit.ask(WATER)
    page.locator(".zj-hit [data-open]").nth(1).click()
    expect(page.locator("#zj-at")).to_have_text("第 2 处，共 9 处")
    mark = page.locator("#zj-full .zj-open").inner_text()
    with browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        other = Visit(context, page.url)
        expect(other.page.locator("#zj-answers .zj-asked")).to_contain_text(WATER)
        expect(other.page.locator("#zj-at")).to_have_text("第 2 处，共 9 处")
        assert other.page.locator("#zj-full .zj-open").inner_text() == mark
        assert other.complaints == []


def test_a_citation_goes_to_its_place(visit: Visit) -> None:
    for typed in ("第二章第二节", "ch. 2 sec. 2"):
        visit.page.locator("#zj-question").fill(typed)
        visit.page.locator("#zj-question").press("Enter")
        expect(visit.page.locator(".zj-place")).to_contain_text(typed)
        expect(visit.page.locator("#zj-full .zj-open")).to_contain_text("提高用水效率")


def test_citations_and_links_are_copied(visit: Visit, browser: Browser) -> None:
    page = visit.page
    visit.ask(WATER)
    first = page.locator(".zj-hit").first
    first.locator(".zj-copy-citation").click()
    expect(page.locator("#zj-toast")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "《云溪市发展规划》第二章第二节第1段"
    for style, begins in (("en", "云溪市发展规划, ch. 2"), ("markdown", "> 建立水资源"), ("bibtex", "@misc{")):
        first.locator(".zj-forms summary").click()
        first.locator(f"[data-style={style}]").click()
        assert page.evaluate("navigator.clipboard.readText()").startswith(begins)
    first.get_by_text("复制链接").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(visit.url)
    with browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}) as context:
        other = Visit(context, link)
        expect(other.page.locator("#zj-full .zj-open mark")).to_have_text(SENTENCE)


def test_an_example_is_asked_with_one_click_and_remembered(visit: Visit) -> None:
    page = visit.page
    example = page.locator("#zj-examples .zj-example").nth(1)
    question = example.inner_text()
    example.click()
    expect(page.locator("#zj-answers .zj-asked")).to_contain_text(question)
    expect(page.locator("#zj-recent .zj-example")).to_have_text([question])
    page.reload()
    page.locator("#zj-recent .zj-example").click()
    expect(page.locator("#zj-answers .zj-asked")).to_contain_text(question)
    page.get_by_text("清除记录").click()
    expect(page.locator("#zj-recent .zj-example")).to_have_count(0)


def test_only_chosen_documents_are_asked(visit: Visit) -> None:
    page = visit.page
    page.locator("#zj-in summary").click()
    page.get_by_label("云溪市湿地保护条例").check()
    visit.ask("节能改造")
    expect(page.locator(".zj-hit .zj-document")).to_have_text(["云溪市湿地保护条例"] * 2)
    expect(page).to_have_url(re.compile("in=law.txt"))
    page.get_by_label("云溪市湿地保护条例").uncheck()
    expect(page.locator(".zj-hit")).to_have_count(9)


def test_enter_that_ends_a_composition_does_not_ask(visit: Visit) -> None:
    page = visit.page
    page.locator("#zj-question").click()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": "jie neng", "selectionStart": 8, "selectionEnd": 8})
    devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 13})
    page.wait_for_timeout(300)
    expect(page.locator(".zj-asked")).to_have_count(0)
    devtools.send("Input.insertText", {"text": "节能"})
    page.keyboard.press("Enter")
    expect(page.locator(".zj-asked")).to_have_text("问题：节能")


def test_the_keyboard(visit: Visit) -> None:
    page = visit.page
    visit.ask(WATER)
    expect(page.locator("#zj-answers")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".zj-hit article").first).to_be_focused()
    page.keyboard.press("j")
    second = page.locator(".zj-hit article").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("y")
    assert page.evaluate("navigator.clipboard.readText()") == second.locator("cite").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#zj-at")).to_have_text("第 2 处，共 9 处")
    page.keyboard.press("o")
    assert page.evaluate("document.querySelector('#zj-outline').contains(document.activeElement)")
    page.keyboard.press("?")
    expect(page.locator("#zj-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#zj-help")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#zj-question")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#zj-question")).to_have_value("j")


def test_what_is_typed_while_an_answer_loads_is_kept(visit: Visit) -> None:
    page = visit.page

    def slowly(route: Route) -> None:
        page.keyboard.type("和节能")
        route.continue_()

    page.route("**/run/answer", slowly)
    visit.ask(WATER)
    expect(page.locator("#zj-question")).to_be_focused()
    page.keyboard.type("改造")
    expect(page.locator("#zj-question")).to_have_value(f"{WATER}和节能改造")


def test_the_mark_of_an_answer_goes_with_it(visit: Visit) -> None:
    page = visit.page
    opened, rank = page.locator("#zj-full .zj-open, #zj-full mark"), page.locator("#zj-at")
    for leave in ("高速铁路票价是多少元", "library"):
        visit.ask(WATER)
        expect(opened).to_have_count(2)
        expect(rank).to_have_text("第 1 处，共 9 处")
        if leave == "library":
            page.locator("#zj-views [data-view=library]").click()
            expect(page.locator(".zj-library")).to_be_visible()
            expect(page.locator("#zj-next")).to_be_disabled()
        else:
            visit.ask(leave)
        expect(opened).to_have_count(0)
        expect(rank).to_have_text("")
        expect(page.locator("#zj-full .zj-passage")).to_have_count(7)


# The words of the page alone: what comes from the document, or was typed, is marked as Chinese or quoted.
WITHOUT_DOCUMENT_TEXT = """body => {
    const copy = body.cloneNode(true);
    const foreign = "[lang=zh], #zj-help, .zj-asked, cite, .zj-example, .zj-facts, option, textarea, script, style";
    copy.querySelectorAll(foreign).forEach(e => e.remove());
    return copy.textContent;
}"""


@pytest.mark.parametrize("visit", [{"locale": "en-GB"}], indirect=True)
def test_an_english_browser_is_met_in_english_and_can_switch(visit: Visit) -> None:
    page = visit.page
    expect(page.locator("#zj-go")).to_have_text("Ask")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    visit.ask(WATER)
    expect(page.locator(".zj-verdict cite")).to_have_text("云溪市发展规划, ch. 2, sec. 2, para. 1")
    outside = page.locator("body").evaluate(WITHOUT_DOCUMENT_TEXT)
    assert re.findall(r"[\u3400-\u9fff]+", outside.replace("中文", "").replace("章句", "")) == []
    page.get_by_text("中文", exact=True).click()
    expect(page.locator(".zj-verdict cite")).to_have_text("《云溪市发展规划》第二章第二节第1段")
    expect(page.locator("#zj-question")).to_have_value(WATER)
    page.reload()
    expect(page.locator("#zj-go")).to_have_text("提问")


def test_what_is_typed_stays_text(visit: Visit) -> None:
    hostile = "<img src=x onerror=alert(1)>{{value}}${value}"
    visit.ask(hostile)
    expect(visit.page.locator(".zj-asked")).to_contain_text(hostile)
    expect(visit.page.locator(".zj img")).to_have_count(0)
    expect(visit.page.locator("#zj-recent .zj-example")).to_have_text(hostile)


def test_problems_are_told_in_words(visit: Visit) -> None:
    page = visit.page
    page.locator("#zj-go").click()
    expect(page.locator(".zj-problem")).to_have_text("请先输入问题。")
    page.locator("#zj-question").fill("很" * 201)
    page.keyboard.press("Enter")
    expect(page.locator(".zj-problem")).to_contain_text("shorten it to 200")
    visit.ask("高速铁路票价是多少元")
    expect(page.locator(".zj-verdict")).to_contain_text("原文没有回答这个问题")
    expect(page.locator(".zj-verdict .zj-why")).to_have_text("文件中没有相近的内容。")
    expect(page.locator("#zj-answers h2")).to_have_text("最相近的段落")


WIDTHS = ({"width": 1440, "height": 900}, {"width": 820, "height": 1100}, {"width": 390, "height": 844})
EVERYWHERE = [
    {"viewport": viewport, "locale": locale, "color_scheme": scheme}
    for viewport, locale, scheme in product(WIDTHS, ("zh-CN", "en-GB"), ("light", "dark"))
]

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
    const texts = [...document.querySelectorAll("#zj-page *")].filter(e => e.checkVisibility()
        && !e.matches(":disabled, option") && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
    return texts.map(e => {
        const [a, b] = [light(channels(getComputedStyle(e).color)), light(behind(e))];
        return [e.className || e.tagName, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    });
}"""


@pytest.mark.parametrize("visit", EVERYWHERE, indirect=True)
def test_every_width_language_and_light(visit: Visit) -> None:
    """Nothing is cut off, every text stands out from its ground (WCAG AA), and all regions can be reached."""
    page = visit.page
    assert not visit.is_too_wide()
    visit.ask(WATER)
    expect(page.locator(".zj-verdict blockquote")).to_be_in_viewport()
    narrow = page.locator("#zj-tabs").is_visible()
    assert narrow == (page.viewport_size is not None and page.viewport_size["width"] < 1100)
    for region in ("outline", "text", "answers"):
        if narrow:
            page.locator(f"#zj-tabs [data-region={region}]").click()
        expect(page.locator(f"#zj-{region}")).to_be_visible()
        assert not visit.is_too_wide()
        contrasts = page.evaluate(CONTRASTS)
        assert [found for found in contrasts if found[1] < 4.5] == []
    if narrow:
        page.locator(".zj-hit [data-open]").first.click()
        expect(page.locator("#zj-full .zj-open")).to_be_in_viewport()


NARROW = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB"}
LOW = {"viewport": {"width": 720, "height": 450}}  # a small window enlarged to 200 %


@pytest.mark.parametrize("visit", [NARROW, LOW], indirect=True)
def test_a_small_window_shows_one_region_and_all_views(visit: Visit) -> None:
    page = visit.page
    tabs = {name: page.locator(f"#zj-tabs [data-region={name}]") for name in ("outline", "answers", "text")}
    answers = tabs["answers"].inner_text()
    tabs["text"].click()
    expect(page.locator("#zj-full .zj-passage").first).to_be_visible()
    visit.ask(WATER)
    expect(page.locator(".zj-verdict blockquote")).to_be_visible()
    tabs["text"].click()
    expect(page.locator("#zj-full .zj-open mark")).to_have_text(SENTENCE)
    expect(page.locator("#zj-full .zj-open mark")).to_be_in_viewport()
    width = page.viewport_size["width"] if page.viewport_size else 0
    for entry in [*page.locator("#zj-views > *").all(), page.locator("#zj-switch")]:
        box = entry.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    switch, title = (page.locator(part).bounding_box() for part in ("#zj-switch", "#zj-top h1"))
    assert switch and title  # noqa: PT018 (mypy has to see both)
    assert switch["x"] > width / 2
    assert switch["y"] < title["y"] + title["height"]
    library = page.locator("#zj-views [data-view=library]")
    library.click()
    expect(tabs["answers"]).to_have_text(library.inner_text())
    visit.ask(WATER)
    expect(tabs["answers"]).to_have_text(answers)


@pytest.mark.parametrize("visit", [LOW], indirect=True)
def test_a_low_window_scrolls_its_head_away(visit: Visit) -> None:
    page = visit.page
    visit.ask(WATER)
    page.mouse.move(360, 400)
    page.mouse.wheel(0, 20_000)
    expect(page.locator("#zj-box")).not_to_be_in_viewport()
    expect(page.locator(".zj-hit cite").last).to_be_in_viewport()
    expect(page.locator("#zj-tabs")).to_be_in_viewport()
    page.locator("#zj-tabs [data-region=text]").click()
    expect(page.locator("#zj-full .zj-open mark")).to_be_in_viewport()
    expect(page.locator("#zj-box")).not_to_be_in_viewport()


@pytest.mark.parametrize("visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
def test_a_ticked_box_differs_from_an_empty_one(visit: Visit) -> None:
    page = visit.page
    page.locator("#zj-in summary").click()
    boxes = page.locator("#zj-in input")
    boxes.first.check()
    colours = "(e, part) => [getComputedStyle(e).backgroundColor, getComputedStyle(e, part).borderBottomColor]"
    ticked, tick = boxes.first.evaluate(colours, "::before")
    empty, edge = boxes.last.evaluate(colours, None)
    assert contrast(ticked, empty) >= 3  # WCAG 1.4.11
    assert contrast(ticked, tick) >= 3
    assert contrast(empty, edge) >= 3


def contrast(one: str, other: str) -> float:
    """The ratio of two colours as a browser writes them, by WCAG."""

    def light(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return sum(v * share for v, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("visit", [{"color_scheme": "dark"}], indirect=True)
def test_an_answer_is_printed_to_its_last_passage(visit: Visit) -> None:
    page = visit.page
    visit.ask(WATER)
    last = page.locator(".zj-hit").last
    text, place = last.locator(".zj-text").inner_text(), last.locator("cite").inner_text()
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as paper:
        assert len(paper) > 1
        pages = [sheet.get_textpage().get_text_range() for sheet in paper]
    printed = "".join("".join(pages).split())
    assert "".join(text.split()) in printed
    assert "".join(place.split()) in printed
    assert "复制出处" not in printed
    page.emulate_media(media="print")
    ink = last.locator(".zj-text").evaluate("e => getComputedStyle(e).color")
    assert contrast(ink, "rgb(255, 255, 255)") > 7


def test_the_open_text_is_printed_where_nothing_was_asked(visit: Visit) -> None:
    page = visit.page
    expect(page.locator("#zj-full .zj-passage")).to_have_count(7)
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as paper:
        printed = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert "".join(page.locator("#zj-full .zj-text").last.inner_text().split()) in "".join(printed.split())
    assert page.locator(".zj-welcome").inner_text().split("\n")[0] not in printed


def test_stopping_while_a_page_is_open_is_quiet(browser: Browser) -> None:
    with browser.new_context(locale="zh-CN") as context, serving() as address:
        Visit(context, address).ask("节能改造")
