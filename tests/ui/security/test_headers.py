import base64
import hashlib
import re

import pytest

from tests.ui.app.running import Site
from ui.security.headers import FIXED, policy

PATHS = ["/", "/pulse", "/zhangju/room.js", "/theme.css", "/config", "/no/such/thing", "/gradio_api/vibe-code"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_them_errors_too(site: Site, path: str) -> None:
    reply = site.ask(path)
    for name, value in FIXED.items():
        assert reply.headers.get_all(name) == [value]
    assert len(reply.headers.get_all("Content-Security-Policy") or ()) == 1
    assert len(reply.headers.get_all("Cache-Control") or ()) == 1
    assert "Server" not in reply.headers
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize(("method", "body"), [("POST", '{"data": []}'), ("POST", "{"), ("DELETE", "")])
def test_so_have_answers_to_what_cannot_be_done(site: Site, method: str, body: str) -> None:
    reply = site.ask("/gradio_api/run/no_such_handler", method, body, Content_Type="application/json")
    assert reply.status >= 400
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_page_runs_the_scripts_that_stand_in_it_and_no_others(site: Site) -> None:
    page = site.ask("/", Accept_Encoding="br, gzip")
    assert "Content-Encoding" not in page.headers
    assert page.headers["Content-Length"] == str(len(page.body.encode()))
    inline = re.findall(r"<script(?: data-gradio-mode)?>(.*?)</script>", page.body, re.DOTALL)
    digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline}
    assert len(digests) >= 3
    scripts = re.search(r"script-src ([^;]+)", page.headers["Content-Security-Policy"])
    assert scripts
    assert set(scripts[1].split()) == {"'self'"} | {f"'sha256-{digest}'" for digest in digests}


def test_nothing_is_taken_from_elsewhere_and_no_text_becomes_a_script() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy().split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    for value in rules.values():
        assert set(value.split()) <= {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
    assert [name for name, value in rules.items() if "unsafe" in value] == ["style-src"]


def test_what_may_be_kept(site: Site) -> None:
    asset = re.search(r'src="\./(assets/[^"]+\.js)"', site.ask("/").body)
    assert asset
    assert site.ask(f"/{asset[1]}").headers["Cache-Control"] == "private, max-age=604800"
    module = site.ask("/zhangju/room.js")
    assert module.headers["Cache-Control"] == "private, no-cache"
    assert site.ask("/zhangju/room.js", If_None_Match=module.headers["ETag"]).status == 304
    answer = site.call("look_up", "节能改造", [], "zh", "")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
