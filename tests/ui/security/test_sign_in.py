"""Signing in by the form, by HTTP Basic, through gradio_client and MCP; wrong passwords; what strangers see."""

import asyncio
import base64
import os
import re
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

import httpx
import pytest
from gradio_client import Client
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from index.errors import AccessError
from tests.ui.app.running import Reply, Site, served
from tests.ui.security.conftest import CHEAP, PASSWORDS, write_accounts
from ui.html.links import scan_address
from ui.html.static_files import static
from ui.security import authenticator
from ui.security.access import AccessOptions
from ui.security.authenticator import Authenticator, LoginResult
from ui.security.login_page import PUBLIC_FILES
from ui.security.passwords import hash_password

BROWSER = {"Accept": "text/html,*/*", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def sign_in(site: Site, name: str, password: str, target: str = "") -> Reply:
    form = urlencode({"name": name, "password": password, "next": target})
    return site.ask("/login", "POST", form, Content_Type="application/x-www-form-urlencoded", **BROWSER)


def cookie(reply: Reply) -> str:
    return (reply.headers["Set-Cookie"] or "").partition(";")[0]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/pulse", static("page.js"), "/assets/x.js", "/static/x.js", "/theme.css", "/config"),
        *("/gradio_api/info", "/mcp", "/no/such/thing"),
        scan_address("0" * 64, 1),
        *(static("login.css/../page.js"), static("%6cogin.css/x"), "/zhangju/login.css"),
    ],
)
def test_strangers_get_nothing(closed: Site, path: str) -> None:
    for headers in ({}, {"Cookie": f"zhangju-{closed.port}=x"}, {"Authorization": "Bearer x"}):
        reply = closed.ask(path, **headers)
        assert (reply.status, reply.body) == (401, "登录")
        assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    posted = closed.ask("/gradio_api/run/answer", "POST", '{"data": ["节能", [], "zh", ""]}')
    assert posted.status == 401


def test_a_browser_is_shown_the_form_and_comes_to_where_it_wanted(closed: Site) -> None:
    asked = closed.ask("/?q=a%26b&p=x%23y", **BROWSER)
    assert (asked.status, asked.headers["Location"]) == (303, "/login?next=q%3Da%2526b%26p%3Dx%2523y")
    form = closed.ask(asked.headers["Location"], **BROWSER, Accept_Language="en")
    assert form.status == 200
    assert '<form method="post"' in form.body
    assert "<script" not in form.body
    assert 'value="q=a%26b&amp;p=x%23y"' in form.body
    assert {closed.ask(path).status for path in PUBLIC_FILES} == {200}
    assert set(re.findall(r'<link[^>]* href="([^"]+)"', form.body)) == PUBLIC_FILES
    done = sign_in(closed, "anna", PASSWORDS["anna"], "q=a%26b&p=x%23y")
    assert (done.status, done.headers["Location"]) == (303, "/?q=a%26b&p=x%23y")
    flags = {flag.strip().lower() for flag in done.headers["Set-Cookie"].split(";")[1:]}
    assert {"httponly", "samesite=strict", "path=/", "max-age=604800"} == flags
    page = closed.ask("/?q=a", **BROWSER, Cookie=cookie(done))
    assert page.status == 200
    assert 'id="zj-page"' in page.body
    again = closed.ask("/login?next=q%3Da", **BROWSER, Cookie=cookie(done))
    assert (again.status, again.headers["Location"]) == (303, "/?q=a")


def test_a_link_from_elsewhere_finds_who_is_signed_in(closed: Site) -> None:
    """A strict cookie does not come with it: the answer is a page of our own that goes on, with the cookie."""
    reply = closed.ask("/?q=a&p=b", **BROWSER, Sec_Fetch_Site="cross-site")
    assert reply.status == 200
    assert 'http-equiv="refresh" content="0;url=/login?next=q%3Da%26p%3Db"' in reply.body


@pytest.mark.parametrize("target", ["//elsewhere.example", "https://elsewhere.example", "\r\nSet-Cookie: a=b", "\\\\x"])
def test_nobody_is_sent_elsewhere(closed: Site, target: str) -> None:
    done = sign_in(closed, "anna", PASSWORDS["anna"], target)
    assert done.headers["Location"].startswith("/?")
    assert len(done.headers.get_all("Set-Cookie") or ()) == 1


def test_health_is_open_to_all_and_figures_are_not(closed: Site) -> None:
    assert closed.ask("/health").status == 200
    assert closed.ask("/metrics").status == 401
    assert closed.ask("/metrics", Authorization=basic("anna", PASSWORDS["anna"])).status == 200


def test_signing_out_ends_the_session(closed: Site) -> None:
    mine = cookie(sign_in(closed, "anna", PASSWORDS["anna"]))
    assert 'action="/logout"' in closed.ask("/", Cookie=mine).body
    assert closed.ask("/logout", Cookie=mine).status == 405
    assert closed.ask("/logout", "POST", Cookie=mine, Origin="https://elsewhere.example").status == 403
    assert closed.ask("/pulse", Cookie=mine).status == 200
    left = closed.ask("/logout", "POST", Cookie=mine)
    assert (left.status, left.headers["Location"]) == (303, "/login")
    assert closed.ask("/pulse", Cookie=mine).status == 401


def test_a_page_without_passwords_has_nothing_to_sign_out_of(site: Site) -> None:
    page = site.ask("/")
    assert (page.status, "logout" in page.body) == (200, False)


def test_wrong_passwords_and_unknown_names_are_told_apart_by_nobody(closed: Site) -> None:
    wrong, unknown = sign_in(closed, "anna", "guess number 1"), sign_in(closed, "nobody", "guess number 1")
    assert (wrong.status, unknown.status) == (401, 401)
    assert "用户名或密码错误" in wrong.body
    assert wrong.body.replace("anna", "NAME") == unknown.body.replace("nobody", "NAME")
    assert "Set-Cookie" not in wrong.headers
    assert "guess" not in wrong.body


def test_who_guesses_is_made_to_wait(closed: Site) -> None:
    replies = [sign_in(closed, "anna", f"guess number {i}") for i in range(6)]
    assert [reply.status for reply in replies] == [401] * 5 + [429]
    assert int(replies[-1].headers["Retry-After"]) == 1
    assert "1 秒" in replies[-1].body
    assert sign_in(closed, "anna", PASSWORDS["anna"]).status == 429
    assert closed.ask("/pulse", Authorization=basic("bob", "x")).status == 429


def test_programs_sign_in_with_every_request(closed: Site) -> None:
    for name, password in PASSWORDS.items():
        assert closed.call("answer", "节能", [], "zh", "", Authorization=basic(name, password)).status == 200
    for wrong in (basic("anna", "guess number 1"), "Basic !", "Basic YQ==", "Bearer x", "Basic", "basic "):
        reply = closed.ask("/pulse", Authorization=wrong)
        assert (reply.status, reply.headers["WWW-Authenticate"][:5]) == (401, "Basic")


def test_a_browsers_script_is_not_made_to_open_a_window(closed: Site) -> None:
    reply = closed.ask("/pulse", Sec_Fetch_Mode="cors", Sec_Fetch_Site="same-origin")
    assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, None)


def test_a_form_that_is_too_large_is_not_read(closed: Site) -> None:
    assert sign_in(closed, "anna", "x" * 20_000).status == 413
    assert sign_in(closed, "x" * 5_000, "x" * 5_000).status == 401


def test_gradio_client_comes_in_with_a_header(closed: Site) -> None:
    with pytest.raises(Exception, match=r"401|Could not"):
        Client(closed.url, verbose=False, analytics_enabled=False)
    headers = {"Authorization": basic("anna", PASSWORDS["anna"])}
    client = Client(closed.url, headers=headers, verbose=False, analytics_enabled=False)
    found = client.predict("用水量较2020年下降多少", api_name="/search")
    assert found["answered"]
    client.close()


def test_so_do_programs_of_the_model_context_protocol(closed: Site) -> None:
    async def asked(headers: dict[str, str]) -> str:
        async with (
            httpx.AsyncClient(headers=headers) as program,
            streamable_http_client(f"{closed.url}mcp", http_client=program) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            found = await session.call_tool("search", {"question": "用水量较2020年下降多少"})
            return str(found.content)

    assert "12%" in asyncio.run(asked({"Authorization": basic("anna", PASSWORDS["anna"])}))
    with pytest.raises(ExceptionGroup):
        asyncio.run(asked({}))


def test_who_is_taken_out_of_the_file_is_out(tmp_path: Path) -> None:
    path = write_accounts(tmp_path / "users", anna="correct horse", bob="battery staple")
    with served(AccessOptions(accounts=path)) as site:
        mine = cookie(sign_in(site, "bob", "battery staple"))
        assert site.ask("/pulse", Cookie=mine).status == 200
        assert site.ask("/pulse", Authorization=basic("bob", "battery staple")).status == 200
        write_accounts(path, anna="correct horse")
        assert site.ask("/pulse", Cookie=mine).status == 401
        assert site.ask("/pulse", Authorization=basic("bob", "battery staple")).status == 401
        write_accounts(path, anna="correct horse", bob="another staple")
        assert site.ask("/pulse", Cookie=mine).status == 401
        assert site.ask("/pulse", Authorization=basic("bob", "another staple")).status == 200


def test_behind_a_proxy_with_https_the_cookie_is_for_https_and_visitors_are_told_apart(tmp_path: Path) -> None:
    path = write_accounts(tmp_path / "users", **PASSWORDS)
    with served(AccessOptions(accounts=path, names=("zhangju.example",), proxy="127.0.0.1")) as site:

        def guess(name: str, visitor: str) -> Reply:
            form = urlencode({"name": name, "password": PASSWORDS.get(name, "")})
            sent = {"Host": "zhangju.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": visitor}
            return site.ask("/login", "POST", form, **sent)

        assert "Secure" in guess("anna", "192.0.2.1").headers["Set-Cookie"]
        assert [guess(f"nobody {i}", "192.0.2.1").status for i in range(6)] == [401] * 5 + [429]
        assert guess("anna", "192.0.2.1").status == 429
        assert guess("anna", "192.0.2.2").status == 303


def test_a_file_that_others_can_read_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_accounts(tmp_path / "users", **PASSWORDS)
    if os.name == "posix":
        path.chmod(0o644)
        with served(AccessOptions(accounts=path)):
            pass
        assert re.search(r"other users of this machine can read .*chmod 600", caplog.text)


@pytest.mark.parametrize(
    ("access", "fine"),
    [
        (AccessOptions(), True),
        (AccessOptions(host="::1"), True),
        (AccessOptions(host="0.0.0.0"), False),
        (AccessOptions(host="192.0.2.7"), False),
        (AccessOptions(host="0.0.0.0", open_to_all=True), True),
        (AccessOptions(names=("zhangju.example",)), False),
        (AccessOptions(proxy="127.0.0.1"), False),
    ],
)
def test_where_strangers_could_come_in_somebody_has_to_say_so(access: AccessOptions, fine: bool) -> None:
    if fine:
        access.check()
    else:
        with pytest.raises(AccessError, match=r"--auth-file FILE, made with zhangju password NAME --auth-file FILE"):
            access.check()


@pytest.mark.parametrize("proxy", ["*", "proxy.example", "0.0.0.0/0", "127.0.0.1,192.0.2.7"])
def test_a_proxy_that_is_no_address_is_refused(proxy: str) -> None:
    """Whoever is believed to be the proxy can claim any address and name."""
    with pytest.raises(AccessError, match="is no IP address; give that of the reverse proxy"):
        AccessOptions(proxy=proxy, open_to_all=True).check()
    AccessOptions(proxy="2001:db8::1", open_to_all=True).check()


def test_guesses_from_elsewhere_do_not_hold_back_the_owner() -> None:
    hashes = {"anna": hash_password("correct horse", CHEAP)}

    async def attempts() -> list[str]:
        checks = Authenticator(lambda: hashes)
        owner, stranger = "192.0.2.1", "198.51.100.{}"
        names = [(await checks.check("anna", "correct horse", owner)).name]
        hashes["anna"] = hash_password("battery staple", CHEAP)  # nothing that is remembered fits
        for number in range(12):
            await checks.check("anna", f"guess {number}", stranger.format(number))
        held_back = await checks.check("anna", "battery staple", stranger.format(99))
        assert held_back.wait > 0  # the control: elsewhere the name has to wait
        return [*names, (await checks.check("anna", "battery staple", owner)).name]

    assert asyncio.run(attempts()) == ["anna", "anna"]


def test_a_file_that_cannot_be_used_is_seen_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "users").write_text("anna:correct horse\n")
    with pytest.raises(AccessError, match="perhaps the password itself"):
        AccessOptions(accounts=tmp_path / "users").check()


def test_many_at_once_are_heard_no_more_than_one_after_the_other() -> None:
    hashes = {"anna": hash_password("correct horse", CHEAP)}

    async def storm() -> list[LoginResult]:
        guarding = Authenticator(lambda: hashes)
        return await asyncio.gather(*(guarding.check("anna", f"guess {i}", "192.0.2.1") for i in range(50)))

    outcomes = asyncio.run(storm())
    assert sum(not outcome.wait and not outcome.is_overloaded for outcome in outcomes) == 5


def test_what_is_remembered_of_a_program_cannot_be_guessed_either() -> None:
    hashes = {"anna": hash_password("correct horse", CHEAP)}

    async def run() -> tuple[LoginResult, LoginResult, list[LoginResult], LoginResult, LoginResult]:
        guarding = Authenticator(lambda: hashes)
        first = await guarding.check("anna", "correct horse", "192.0.2.1")
        guessed = [await guarding.check("anna", f"guess {i}", "192.0.2.2") for i in range(6)]
        there = await guarding.check("anna", "correct horse", "192.0.2.2")
        again = await guarding.check("anna", "correct horse", "192.0.2.1")
        elsewhere = await guarding.check("anna", "correct horse", "192.0.2.3")
        return first, there, guessed, again, elsewhere

    first, there, guessed, again, elsewhere = asyncio.run(run())
    assert first.name == "anna"
    assert [bool(outcome.wait) for outcome in guessed] == [False] * 5 + [True]
    assert there.wait > 0
    assert elsewhere.wait > 0
    assert again.name == "anna"  # whom it was remembered of is not shut out by others


def test_more_than_can_be_checked_are_told_so() -> None:
    hashes = {"anna": hash_password("correct horse", CHEAP)}

    async def crowd() -> list[LoginResult]:
        guarding = Authenticator(lambda: hashes)
        return await asyncio.gather(*(guarding.check(f"name {i}", "guess", f"192.0.2.{i}") for i in range(100)))

    outcomes = asyncio.run(crowd())
    assert sum(outcome.is_overloaded for outcome in outcomes) == 100 - authenticator._CHECKS - authenticator._QUEUE


def test_unknown_names_take_as_long_as_known_ones() -> None:
    hashes = {"anna": hash_password("correct horse")}

    async def timed(name: str) -> float:
        guarding = Authenticator(lambda: hashes)
        await guarding.check("warm", "up", "192.0.2.9")
        began = perf_counter()
        await guarding.check(name, "guess number 1", "192.0.2.1")
        return perf_counter() - began

    known, unknown = (min(asyncio.run(timed(name)) for _ in range(2)) for name in ("anna", "nobody"))
    assert 0.3 < known / unknown < 3
