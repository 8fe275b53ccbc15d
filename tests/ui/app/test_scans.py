"""Pictures of scanned pages are given with the text that was recognised from them, and nothing else."""

import io
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest
from PIL import Image

from index.building.reading import page_pictures
from index.models.packaged import CACHE_VARIABLE
from index.storage.generations import Generation
from tests.ui.app.running import Answering, Site, served
from tests.ui.fakes import BigramSearcher, plan
from ui.handlers.ask import AskHandlers
from ui.html.links import scan_address

DIGEST, OTHER = "a" * 64, "b" * 64
PLAN = plan()
SCANNED = replace(
    PLAN, sha256=DIGEST, passages=tuple(replace(passage, page=n) for n, passage in enumerate(PLAN.passages, 1))
)
LIVE = Answering(BigramSearcher((SCANNED,)), Generation("000001", "0" * 64))


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of page 2 of a document of the index and of another one."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    for digest in (DIGEST, OTHER):
        page_pictures(digest).write(2, jpeg())


@pytest.fixture
def site() -> Iterator[Site]:
    with served(live=LIVE) as running:
        yield running


def test_a_passage_has_the_address_of_its_page_if_there_is_a_picture() -> None:
    html = AskHandlers(LIVE).read_text("plan.txt", "", "zh")["html"]
    assert html.count("data-scan") == 1
    assert 'data-passage="plan.txt#2"' in html
    assert f'data-scan="{scan_address(DIGEST, 2)}" data-page="2"' in html


def test_the_picture_is_given_as_one(site: Site) -> None:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", scan_address(DIGEST, 2))
    reply = connection.getresponse()
    assert (reply.status, reply.read()) == (200, jpeg())
    assert reply.headers["Content-Type"] == "image/jpeg"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"
    connection.close()


@pytest.mark.parametrize(
    "path",
    [
        scan_address(DIGEST, 3),  # without a picture
        scan_address(OTHER, 2),  # of no document here
        f"/scan/{DIGEST}/2.jpg",
        f"/scan/{DIGEST}/-2",
        f"/scan/{DIGEST}/%D9%A2",  # an Arabic two
        f"/scan/{DIGEST}/9999999",
        f"/scan/{DIGEST}/..%2f{OTHER}%2f2",
        f"/scan/..%2fpictures%2f{DIGEST}/2",
        "/scan/%00/2",
    ],
)
def test_nothing_else_is_given(site: Site, path: str) -> None:
    assert site.ask(path).status == 404
