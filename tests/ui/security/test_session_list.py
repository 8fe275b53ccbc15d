"""The list of one's sessions, ending some of them, and what the audit log says of signing in."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from retrieval.question.plan import QuestionPlan
from tests.ui.app.running import Reply, Site, served
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from tests.ui.security.conftest import PASSWORDS, write_accounts
from tests.ui.security.test_sign_in import basic, cookie, sign_in
from ui.security.access import AccessOptions
from ui.security.sessions import OTHERS, Sessions
from ui.state.audit import AuditLog
from ui.state.concurrency import VISITOR

FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def listed(site: Site, who: str) -> str:
    """The page with the sessions."""
    reply = site.ask("/sessions", Cookie=who, Accept_Language="en")
    assert reply.status == 200
    return reply.body


def end(site: Site, who: str, which: str) -> Reply:
    """Send the form of a button."""
    return site.ask("/sessions", "POST", f"end={which}", Cookie=who, **FORM)


def test_one_sees_and_ends_ones_own_sessions_and_no_others(closed: Site) -> None:
    here, there, other = (cookie(sign_in(closed, name, PASSWORDS[name])) for name in ("anna", "anna", "王芳"))
    page = listed(closed, here)
    assert page.count("<li class") == 2
    assert page.count("this one") == 1
    (away,) = re.findall(r'name="end" value="([0-9a-f]{16})"', page)
    assert end(closed, other, away).status == 303
    assert closed.ask("/", Cookie=there).status == 200  # a stranger's id ends nothing
    assert end(closed, here, away).status == 303
    assert closed.ask("/", Cookie=there).status == 401
    assert closed.ask("/", Cookie=here).status == 200
    assert listed(closed, other).count("<li class") == 1


def test_all_others_are_ended_at_once(closed: Site) -> None:
    here, *others = (cookie(sign_in(closed, "anna", PASSWORDS["anna"])) for _ in range(3))
    end(closed, here, OTHERS)
    assert [closed.ask("/", Cookie=who).status for who in (here, *others)] == [200, 401, 401]


def test_the_list_is_for_those_who_are_signed_in_and_is_linked(closed: Site) -> None:
    assert closed.ask("/sessions").status == 401
    assert end(closed, "", OTHERS).status == 401
    page = closed.ask("/", Cookie=cookie(sign_in(closed, "anna", PASSWORDS["anna"]))).body
    assert 'href="/sessions"' in page


def test_what_a_browser_calls_itself_stays_text(closed: Site) -> None:
    reply = closed.ask(
        "/login",
        "POST",
        f"name=anna&password={PASSWORDS['anna'].replace(' ', '+')}",
        User_Agent="<script>alert(1)</script>",
        **FORM,
    )
    assert "&lt;script&gt;" in listed(closed, cookie(reply))
    assert "<script>" not in listed(closed, cookie(reply))


def test_sessions_of_an_old_password_are_not_listed() -> None:
    now = [0.0]
    sessions = Sessions(clock=lambda: now[0])
    sessions.begin("anna", "old", agent="a")
    now[0] = 60.0
    token = sessions.begin("anna", "new", agent="b" * 1000)
    (only,) = sessions.listed("anna", "new", token)
    assert (only.started, only.is_own, len(only.agent)) == (0.0, True, 300)
    assert sessions.revoke("anna", "no such") == 0
    assert sessions.revoke("anna", OTHERS, token) == 1


@pytest.fixture
def audited(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def test_sign_ins_are_recorded_but_neither_requests_nor_passwords(tmp_path: Path, audited: Path) -> None:
    accounts = write_accounts(tmp_path / "users", **PASSWORDS)
    with served(AccessOptions(accounts=accounts, audit=AuditLog(audited))) as site:
        who = cookie(sign_in(site, "anna", PASSWORDS["anna"]))
        sign_in(site, "anna", "a wrong one")
        sign_in(site, "my password by mistake", "x")
        for _ in range(3):
            site.ask("/", Authorization=basic("王芳", PASSWORDS["王芳"]))
            site.call("search", "谁知道", Cookie=who)
        other = cookie(sign_in(site, "anna", PASSWORDS["anna"]))
        end(site, other, OTHERS)
        site.ask("/logout", "POST", Cookie=other)
    events = [json.loads(line) for line in audited.read_text(encoding="utf-8").splitlines()]
    assert [(one["event"], one.get("who", "")) for one in events] == [
        ("signed in", "anna"),
        ("sign-in refused", "anna"),
        ("sign-in refused", ""),
        ("signed in", "王芳"),
        ("signed in", "anna"),
        ("sessions ended", "anna"),
        ("signed out", "anna"),
    ]
    assert {one["address"] for one in events} == {"127.0.0.1"}
    assert "mistake" not in audited.read_text(encoding="utf-8")


def test_turns_are_those_of_accounts_and_else_of_addresses(tmp_path: Path) -> None:
    seen: list[str] = []

    class Noting(BigramSearcher):
        def plan(self, question: str, *, titles: Sequence[str] = ()) -> QuestionPlan:
            seen.append(VISITOR.get())
            return super().plan(question, titles=titles)

    live = Standing(Noting((plan(), law())))
    with served(AccessOptions(accounts=write_accounts(tmp_path / "users", **PASSWORDS)), live=live) as site:
        who = cookie(sign_in(site, "anna", PASSWORDS["anna"]))
        site.call("search", "节能", Cookie=who)
        site.call("search", "节能", Authorization=basic("王芳", PASSWORDS["王芳"]))
    with served(live=live) as site:
        site.call("answer", "节能", [], "zh", "")
    assert seen == ["anna", "王芳", "127.0.0.1"]
