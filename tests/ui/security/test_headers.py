import pytest

from tests.ui.app.running import Site
from ui.html.static_files import static
from ui.security.headers import FIXED, POLICY

PATHS = ["/", "/pulse", static("page.js"), "/theme.css", "/config", "/no/such/thing", "/gradio_api/vibe-code"]


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


def test_nothing_that_stands_in_a_page_runs_and_nothing_is_taken_from_elsewhere() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert {word for value in rules.values() for word in value.split()} == {"'none'", "'self'"}


def test_what_may_be_kept(site: Site) -> None:
    module = site.ask(static("page.js"))
    assert module.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert site.ask(static("gone.js")).headers["Cache-Control"] == "no-store"
    assert site.ask("/").headers["Cache-Control"] == "no-store"
    answer = site.call("answer", "节能改造", [], "zh", "")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
