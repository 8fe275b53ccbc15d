import pytest
from starlette.datastructures import Headers

from tests.ui.app.running import Site, served
from ui.html.static_files import static
from ui.security.access import AccessOptions
from ui.security.hosts import AllowedHosts, host_name, is_cross_site

OWN, ELSEWHERE = "http://127.0.0.1:7860", "https://elsewhere.example"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:7860", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("zhangju.example.", "zhangju.example"),
        ("[::1]:7860", "::1"),
        ("", ""),
        ("127.0.0.1:7860/", ""),
        ("user@127.0.0.1", ""),
        ("127.0.0.1:x", ""),
        ("[::1", ""),
        ("a b", ""),
        ("127.0.0.1\n", ""),
    ],
)
def test_the_name_in_a_host(host: str, name: str) -> None:
    assert host_name(host) == name


def test_on_loopback_only_loopback_names_and_those_that_were_given() -> None:
    names = AllowedHosts.of("127.0.0.1", ["Zhangju.Example:443"])
    assert all(names.allows(name) for name in ("127.0.0.1", "localhost", "::1", "zhangju.example"))
    assert not any(names.allows(name) for name in ("rebound.example", "192.0.2.7", "127.0.0.1.example", "", "0.0.0.0"))


def test_listening_for_others_every_bare_address_is_one_and_no_other_name() -> None:
    names = AllowedHosts.of("0.0.0.0", ["zhangju.example"])
    assert all(names.allows(name) for name in ("192.0.2.7", "2001:db8::1", "localhost", "zhangju.example"))
    assert not any(names.allows(name) for name in ("rebound.example", "192.0.2.7.nip.example", ""))
    assert AllowedHosts.of("my-server").allows("my-server")


def test_what_is_private() -> None:
    assert AllowedHosts.of("localhost").is_private
    assert AllowedHosts.of("127.0.0.1", ["localhost:8080"]).is_private
    assert not AllowedHosts.of("0.0.0.0").is_private
    assert not AllowedHosts.of("127.0.0.1", ["zhangju.example"]).is_private


NAVIGATION = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    ("method", "headers", "foreign"),
    [
        ("GET", {}, False),
        ("POST", {}, False),  # a program
        ("POST", {"origin": OWN}, False),
        ("POST", {"origin": OWN, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, False),
        ("POST", {"origin": "https://zhangju.example"}, False),  # given, before a proxy that changes the host
        ("POST", {"origin": "https://other.example:8443"}, False),  # given with its port
        ("POST", {"origin": "https://zhangju.example:8443"}, True),  # another program there
        ("POST", {"origin": "https://other.example:8444"}, True),
        ("POST", {"origin": ELSEWHERE}, True),
        ("GET", {"origin": ELSEWHERE}, True),
        ("POST", {"origin": "null"}, True),
        ("POST", {"origin": ""}, True),
        ("POST", {"origin": "http://127.0.0.1:7861"}, True),
        ("POST", {"origin": "http://localhost:7860"}, True),
        ("POST", {"origin": "http://127.0.0.1:7860.elsewhere.example"}, True),
        ("POST", {"origin": "ftp://127.0.0.1:7860"}, True),
        ("POST", {"origin": "http://[::1"}, True),
        ("GET", {"sec-fetch-site": "none", **NAVIGATION}, False),
        ("GET", {"sec-fetch-site": "cross-site", **NAVIGATION}, False),  # a link that was followed
        ("POST", {"sec-fetch-site": "cross-site", **NAVIGATION}, True),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, True),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, True),
        ("GET", {"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}, True),
    ],
)
def test_what_another_page_sent(method: str, headers: dict[str, str], foreign: bool) -> None:
    names = AllowedHosts.of("127.0.0.1", ["zhangju.example", "Other.example:8443"])
    assert is_cross_site(Headers({"host": "127.0.0.1:7860", **headers}), method, names) == foreign


def test_two_origins_are_not_one_of_them() -> None:
    raw = [(b"host", b"127.0.0.1:7860"), (b"origin", OWN.encode()), (b"origin", ELSEWHERE.encode())]
    assert is_cross_site(Headers(raw=raw), "POST", AllowedHosts())


@pytest.mark.parametrize("path", ["/", "/pulse", static("page.js"), "/config", "/login", "/no/such/thing"])
def test_a_name_that_someone_else_points_here_is_not_answered(site: Site, path: str) -> None:
    assert site.ask(path, Host=f"rebound.example:{site.port}").status == 400
    reply = site.ask(path, Host="rebound.example", Accept_Language="en")
    assert "--allow-host rebound.example" in reply.body
    assert site.send("GET", path, {}).status == 400
    assert site.ask("/pulse", Host=f"localhost:{site.port}").status == 200
    assert site.ask("/pulse", Host=f"[::1]:{site.port}").status == 200


def test_a_page_elsewhere_can_ask_nothing(site: Site) -> None:
    assert site.call("answer", "节能", [], "zh", "").status == 200
    assert site.call("answer", "节能", [], "zh", "", Origin=f"http://127.0.0.1:{site.port}").status == 200
    for origin in (ELSEWHERE, "null", f"http://localhost:{site.port}"):
        reply = site.call("answer", "节能", [], "zh", "", Origin=origin)
        assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (403, None)
    asked_before = {"Origin": ELSEWHERE, "Access_Control_Request_Method": "POST"}
    assert site.ask("/gradio_api/run/answer", "OPTIONS", **asked_before).status == 403
    assert site.ask("/pulse", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors").status == 403


def test_behind_a_proxy_the_page_has_its_name() -> None:
    with served(AccessOptions(names=("zhangju.example",), proxy="127.0.0.1", open_to_all=True)) as site:
        sent = {"Host": "zhangju.example", "X_Forwarded_Proto": "https", "X_Forwarded_Host": "elsewhere.example"}
        page, config = site.ask("/", **sent).body, site.ask("/config", **sent).body
        assert '"root":"https://zhangju.example"' in config  # where gradio_client sends its calls
        assert "elsewhere" not in page + config
        own, other = "https://zhangju.example", "https://elsewhere.example"
        assert site.call("answer", "节能", [], "zh", "", **sent, Origin=own).status == 200
        assert site.call("answer", "节能", [], "zh", "", **sent, Origin=other).status == 403


def test_without_a_proxy_nobody_says_where_the_page_is(site: Site) -> None:
    sent = {"X_Forwarded_Host": "elsewhere.example", "X_Forwarded_Proto": "https"}
    page, config = site.ask("/", **sent).body, site.ask("/config", **sent).body
    assert "elsewhere" not in page + config
    assert f'"root":"http://127.0.0.1:{site.port}"' in config
