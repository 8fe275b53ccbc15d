"""Pages of outlines, places and documents: all rows once, whatever the size of the pages."""

import pytest

from retrieval.schema import outline_json
from tests.collection import PLAN, searcher_of, snapshot_of
from tests.ui.app.running import Answering
from tests.ui.fakes import FIRST
from ui.app import paging
from ui.app.api import Api, Json
from ui.state.concurrency import ConcurrencyLimit

LAW = "某市办法\n第一章 总则\n第一条 甲。\n第二条 乙。\n第二章 附则\n第三条 丙。\n"
SEARCHER = searcher_of(snapshot_of(PLAN, LAW, LAW.replace("办法", "条例")))
API = Api(Answering(SEARCHER, FIRST), ConcurrencyLimit())


def outlines(limit: int) -> list[Json]:
    """All pages of the outline."""
    pages, start = [], 0
    while start is not None:
        pages.append(API.outline("", start, limit))
        start = pages[-1]["next"]
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_the_pages_of_an_outline_are_the_outline(limit: int) -> None:
    pages = outlines(limit)
    whole = [outline_json(document) for document in SEARCHER.documents]
    joined: dict[str, Json] = {}
    for page in pages:
        assert page["total"] == len(SEARCHER.passages)
        assert sum(len(one["passages"]) for one in page["documents"]) <= limit
        for one in page["documents"]:
            before = joined.setdefault(one["source"], {**one, "headings": [], "passages": []})
            before["headings"] = [*before["headings"], *one["headings"]]
            before["passages"] = [*before["passages"], *one["passages"]]
    assert list(joined.values()) == whole


def test_a_heading_comes_with_the_passage_below_it() -> None:
    (page,) = [page for page in outlines(1) if page["documents"][0]["passages"][0]["text"].startswith("第三条")][:1]
    assert [h["path"][-1]["kind"] for h in page["documents"][0]["headings"]] == ["章", "条"]


def test_a_page_ends_before_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_BYTES", 1000)
    pages = outlines(100)
    assert len(pages) > 2
    assert sum(len(one["passages"]) for page in pages for one in page["documents"]) == len(SEARCHER.passages)
    assert API.show("第一章")["next"]


def test_places_and_documents_have_pages() -> None:
    first, second = API.show("第一章", 0, 1), API.show("第一章", 1, 100)
    whole = API.show("第一章")
    assert [*first["passages"], *second["passages"]] == whole["passages"]
    assert (first["total"], first["next"], second["next"]) == (len(whole["passages"]), 1, None)
    assert [d["source"] for d in API.documents(1, 1)["documents"]] == ["1.txt"]
    assert API.documents(1, 1)["next"] == 2


@pytest.mark.parametrize(("start", "limit"), [(-5, -5), (10**9, 10**9), (0, 0)])
def test_any_numbers_are_taken(start: int, limit: int) -> None:
    assert API.outline("", start, limit)["total"] == len(SEARCHER.passages)
    assert API.show("第一章", start, limit)["total"]
    assert API.documents(start, limit)["total"] == 3
