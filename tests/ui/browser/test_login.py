"""Signing in and out as a visitor does, and markup as a browser reads it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.browser.conftest import Visit, serving
from tests.ui.handlers.payloads import HARMLESS, PAYLOADS, ROUNDS, Visitor
from tests.ui.security.conftest import PASSWORDS, write_accounts

BEHIND_A_DOOR = """
import sys
from pathlib import Path
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from ui.security.access import AccessOptions
from ui.app.application import serve
access = AccessOptions(accounts=Path(sys.argv[1]))
serve(Standing(BigramSearcher((plan(), law()))), port=0, access=access, announce=lambda url: print(url, flush=True))
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    users = write_accounts(tmp_path_factory.mktemp("accounts") / "users", **PASSWORDS)
    with serving(str(users), program=BEHIND_A_DOOR) as address:
        yield address


@pytest.mark.parametrize("script", [True, False])
def test_the_page_opens_to_the_right_password_alone(browser: Browser, address: str, script: bool) -> None:
    with browser.new_context(locale="zh-CN", java_script_enabled=script) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}?q=节能改造")
        expect(page.get_by_role("button", name="登录")).to_be_visible()
        page.get_by_label("用户名").fill("王芳")
        page.get_by_label("密码").fill("not the password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("用户名或密码错误。")
        expect(page.get_by_label("用户名")).to_have_value("王芳")
        page.get_by_role("link", name="English").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        page.get_by_label("Name").fill("王芳")
        page.get_by_label("Password").fill(PASSWORDS["王芳"])
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/\?q=%E8%8A%82"))
        assert all(url.startswith(address) or url == "data:," for url in asked)


def test_who_is_signed_in_asks_comes_back_by_links_and_leaves(browser: Browser, address: str) -> None:
    with browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(address)
        page.get_by_label("用户名").fill("anna")
        page.get_by_label("密码").fill(PASSWORDS["anna"])
        page.get_by_role("button", name="登录").click()
        expect(page.locator("#zj-page")).to_be_visible()
        visit = Visit(context, address)
        visit.ask("用水量较2020年下降多少")
        elsewhere = context.new_page()  # a page of another site, from which a link leads here
        elsewhere.route(
            "http://elsewhere.example/",
            lambda route: route.fulfill(
                body=f'<a href="{address}?q=节能改造">here</a>', content_type="text/html; charset=utf-8"
            ),
        )
        elsewhere.goto("http://elsewhere.example/")
        elsewhere.get_by_text("here").click()
        expect(elsewhere.locator("#zj-answers .zj-asked")).to_contain_text("节能改造")
        assert visit.complaints == []
        visit.page.get_by_role("button", name="退出登录").click()
        expect(visit.page.get_by_role("button", name="登录")).to_be_visible()
        page.locator("#zj-question").fill("节能")
        page.locator("#zj-question").press("Enter")
        expect(page.locator("#zj-notices")).to_contain_text("登录已过期")


# How often each element is there with which attributes, of each piece of HTML, as a browser reads it.
COUNT = """pieces => pieces.map(html => {
    const counts = {};
    const read = new DOMParser().parseFromString(html, "text/html");
    const walk = root => {
        for (const one of root.querySelectorAll("*:not(.zj-example)")) { // how many examples depends on their words
            const key = [one.namespaceURI, one.localName, ...[...one.attributes].map(a => a.name).sort()].join(" ");
            counts[key] = (counts[key] ?? 0) + 1;
            if (one.content) walk(one.content);
        }
    };
    walk(read);
    const bad = [...read.querySelectorAll("[href], [src], [action]")].filter(one => {
        const address = one.getAttribute("href") ?? one.getAttribute("src") ?? one.getAttribute("action");
        return !["http:", "https:"].includes(new URL(address, "https://own.example/").protocol);
    }).length;
    return [Object.entries(counts).sort().toString(), bad];
})"""


def test_a_browser_reads_no_more_elements_than_the_templates(visit: Visit) -> None:
    visitor = Visitor()
    for first in range(0, len(PAYLOADS), 40):
        some = [" ".join(PAYLOADS[at : at + 4]) for at in range(first, min(first + 40, len(PAYLOADS)), 4)]
        hostile, harmless = (
            ["\n".join(html for _, html in visitor.gather(text, ROUNDS[:1])) for text in texts]
            for texts in (some, [payload.translate(HARMLESS) for payload in some])
        )
        found, same = visit.page.evaluate(COUNT, hostile), visit.page.evaluate(COUNT, harmless)
        assert [p for p, a, b in zip(some, found, same, strict=True) if a != b or a[1]] == []
