from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event, Thread

import numpy as np
import pytest

from index.records import Citation, Division, Document, Link, Passage, Span
from retrieval.records import RelatedHit, RelatedPair
from retrieval.related.chapter_map import ChapterMap, MapChapter
from tests.ui.fakes import CULTURE, ENERGY, JOBS, BigramSearcher, Standing, document, law, plan
from tests.ui.render.test_render import COPIES, HOSTILE, TEMPLATE, Page
from ui.handlers.ask import AskHandlers
from ui.handlers.related import MAX_CHAPTERS, PAIRS, RelatedHandlers, by_kind, chapter_pair, strongest
from ui.html.links import link
from ui.html.markup import element
from ui.render.chapter_map import MapView, render_map, render_pair_passages, render_strongest, shades
from ui.render.passages import CitedPassage, chapter_label
from ui.render.related import opening, render_pairs, render_related, render_related_card, render_source
from ui.state.computation import Computation
from ui.state.concurrency import ConcurrencyLimit
from ui.words import EN, ZH, PageWords

BASE = "https://zhangju.example/"
SEARCHER = BigramSearcher((plan(), law()))

# What these views add to the template of the others.
OURS = TEMPLATE | {
    "a": TEMPLATE["a"] | {"aria-current", "aria-label", "tabindex", "title"},
    "caption": {"class"},
    "div": TEMPLATE["div"] | {"lang"},
    "h2": TEMPLATE["h2"] | {"tabindex"},
    "ol": TEMPLATE["ol"] | {"aria-label"},
    "p": TEMPLATE["p"] | {"lang", "role"},
    "section": TEMPLATE["section"] | {"aria-labelledby", "class"},
    "span": TEMPLATE["span"] | {"aria-hidden", "data-s"},
    "table": set(),
    "tbody": set(),
    "td": {"class", "data-s"},
    "th": {"class", "colspan", "scope", "title"},
    "thead": set(),
    "tr": set(),
}


def relations(searcher: BigramSearcher = SEARCHER, limit: ConcurrencyLimit | None = None) -> RelatedHandlers:
    return RelatedHandlers(AskHandlers(Standing(searcher), limit=limit))


# related passages


def test_corresponding_sentences_are_side_by_side() -> None:
    found = relations().related_passages("plan.txt#4", "zh", BASE)
    assert found["hits"] == ["plan.txt#2", "plan.txt#7"]
    assert found["source"] == "plan.txt#4"
    assert found["counts"] == {"zj-n0-0": 1, "zj-n0-5": 1}
    page = Page(found["html"])
    cards = [attributes["data-passage"] for tag, attributes in page.elements if tag == "article"]
    assert cards == ["plan.txt#4", "plan.txt#2", "plan.txt#7"]
    ours, theirs = (
        "深入推动高耗能行业节能改造,加强重点用能单位节能管理。",
        "活化历史文化资源,推动工业遗产节能改造后向公众开放。",
    )
    beside = page.text("ol")
    assert 0 <= beside.find(ours) < beside.find(theirs)
    assert page.text("u").startswith("节能改造" * 2)  # on either side
    assert "共同用语：节能改造" in page.text("p")
    assert page.text("h2") == "用语相同的 2"


def test_copy_texts_quote_the_corresponding_sentence() -> None:
    html = relations().related_passages("plan.txt#4", "en", BASE)["html"]
    assert "云溪市发展规划, ch. 1 (inferred), para. 2" in html
    assert "活化历史文化资源,推动工业遗产节能改造后向公众开放。\n&gt;\n&gt; —— [《云溪市发展规划》" in html
    assert link(BASE, p="plan.txt#2") in html
    assert link(view="related", r="plan.txt#2").replace("&", "&amp;") in html


def test_no_related_passages_is_a_message() -> None:
    for words in (ZH, EN):
        found = relations().related_passages("plan.txt#1", words.language, "")
        assert words.related.none in found["html"]
        assert found["hits"] == []
        assert "h2" not in {tag for tag, _ in Page(found["html"]).elements}


def test_an_unknown_passage_is_an_error_message() -> None:
    for name in ("gone", ""):
        told = relations().related_passages(name, "en", "")
        assert told["problem"]
        assert "there is no passage" in told["html"]


@dataclass(frozen=True)
class Referring(BigramSearcher):
    """Its first related passage is named by the source, the second names it."""

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        first, second, *_ = super().related(reference, k=k)
        last = replace(first, kind="same subject", passage=self.documents[0].passages[5])
        return (last, replace(second, kind="referred to by"), replace(first, kind="refers to"))


def test_kinds_are_ordered_and_hits_ranked_across_them() -> None:
    found = relations(Referring((plan(), law()))).related_passages("plan.txt#4", "en", "")
    assert found["hits"] == ["plan.txt#2", "plan.txt#7", "plan.txt#6"]
    page = Page(found["html"])
    assert page.text("h2") == "Referred to by this passage 1Passages that refer to this one 1Same subject 1"
    ranks = [data for path, data in page.texts if path[-2:] == ("header", "span") and data.isdigit()]
    assert ranks == ["1", "2", "3"]


def test_hits_of_an_unknown_kind_come_last() -> None:
    hit = SEARCHER.related("plan.txt#4")[0]
    strange = replace(hit, kind="next year's")  # type: ignore[arg-type]
    assert by_kind([strange, hit]) == [("same terms", [hit]), ("next year's", [strange])]
    assert by_kind([]) == []


def test_the_whole_passage_is_folded_unless_it_is_shown() -> None:
    source = SEARCHER.one("plan.txt#4")
    hit = SEARCHER.related("plan.txt#4")[0]
    assert "zj-whole" in render_related_card(source, hit, COPIES, 1, ZH)
    whole = Span(0, len(hit.passage.text))
    assert "zj-whole" not in render_related_card(source, replace(hit, pairs=((hit.pairs[0][0], whole),)), COPIES, 1, ZH)


def test_a_long_source_shows_its_opening_and_unfolds() -> None:
    long = "甲" * 99 + "。" + "乙" * 99 + "。" + "丙" * 99 + "。"
    assert opening(long) == "甲" * 99 + "。"
    assert opening("丁" * 400) == "丁" * 150 + "……"
    passage = document("d", "规划", [((ENERGY,), 1, "", long)]).passages[0]
    side = CitedPassage(passage, "规划", Citation(zh="《规划》", en="Plan"), COPIES)
    page = Page(render_source(side, [Span(100, 200)], ZH))
    assert page.text("mark") == "乙" * 99 + "。"
    assert page.text().count("甲" * 99) == 2
    short = replace(passage, text=long[:200], pieces=(Span(0, 200),))
    assert Page(render_source(side._replace(passage=short), [], ZH)).text().count("甲" * 99) == 1


def test_overlapping_terms_are_underlined_once() -> None:
    source, hit = SEARCHER.one("plan.txt#4"), SEARCHER.related("plan.txt#4")[0]
    card = Page(render_related_card(source, replace(hit, terms=("节能", "节能改造", "改造")), COPIES, 1, ZH))
    assert card.text("u").startswith("节能改造节能节能改造")


# the map


def chart(strengths: Sequence[Sequence[float]], chapters: Sequence[MapChapter], **changes: object) -> MapView:
    found = ChapterMap(chapters=tuple(chapters), strengths=np.array(strengths, np.float32))
    shown = range(len(chapters))
    return replace(MapView(found=found, shown=shown, count=len(chapters)), **changes)  # type: ignore[arg-type]


def chapter(division: Division | None, *, of: str = "plan.txt", title: str = "规划", first: str = "p") -> MapChapter:
    return MapChapter(document=of, path=(division,) if division else (), title=title, first=first, size=1)


THREE = ([0, 0.25, 0.75], [0.25, 0, 0.5], [0.75, 0.5, 0])
NAMED = (chapter(CULTURE, first="p1"), chapter(ENERGY, first="p2"), chapter(JOBS, first="p3"))


def test_shades_range_from_the_weakest_to_the_strongest() -> None:
    tones = shades(np.array(THREE, np.float32))
    assert [tones[0, 1], tones[0, 2], tones[1, 2]] == [0, 9, 5]  # 0.5 is half way
    assert (tones == tones.T).all()
    assert not shades(np.array([[0, 0.3], [0.3, 0]], np.float32)).any()


def test_a_cell_shows_the_similarity_and_links_to_the_passages() -> None:
    page = Page(render_map(chart(THREE, NAMED, selected=(0, 2)), ZH))
    cells = [attributes for tag, attributes in page.elements if tag == "a" and "aria-label" in attributes]
    tones = [attributes["data-s"] for tag, attributes in page.elements if tag == "td" and attributes]
    assert [cell["href"] for cell in cells] == [
        link(view="map", a=str(a), b=str(b)) for a, b in ((1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2))
    ]
    assert tones == ["0", "9", "0", "5", "9", "5"]
    assert cells[1]["aria-label"] == "第一章（推定）与第三章：75%"
    assert [cell.get("aria-current", "") for cell in cells] == ["", "true", "", "", "", ""]
    assert "".join(data for path, data in page.texts if "td" in path) == "257525507550"
    heads = [attributes for tag, attributes in page.elements if tag == "th"]
    assert [head["scope"] for head in heads] == ["col"] * 4 + ["row"] * 3
    assert page.text("thead") == "章123"
    rows = [attributes["data-open"] for tag, attributes in page.elements if "data-open" in attributes]
    assert rows == ["p1", "p2", "p3"]
    assert "第二章 推进绿色发展" in page.text("tbody")


def test_several_documents_are_named() -> None:
    chapters = [*NAMED[:2], chapter(CULTURE, of="law.txt", title="条例")]
    page = Page(render_map(chart(THREE, chapters), EN))
    documents = [a["colspan"] for tag, a in page.elements if tag == "th" and a["scope"] == "rowgroup"]
    assert documents == ["4", "4"]
    labels = [a["aria-label"] for tag, a in page.elements if tag == "a" and "aria-label" in a]
    assert labels[1] == "规划 Chapter 1 (inferred) and 条例 Chapter 1 (inferred): 75%"
    listed = Page(render_strongest(chart(THREE, chapters), EN)).text("li")
    assert listed.startswith("规划 Chapter 1 (inferred) 繁荣文化 ↔ 条例 Chapter 1 (inferred) 繁荣文化 75%")
    assert listed.endswith("规划 Chapter 1 (inferred) 繁荣文化 ↔ Chapter 2 推进绿色发展 25%")


def test_columns_have_chapter_numbers_with_parts_if_numbers_repeat() -> None:
    one, two = Division(kind="编", number=1), Division(kind="编", number=2)
    first, later = replace(ENERGY, number=1), replace(ENERGY, number=8)
    paths = [(one,), (one, first), (two, first), (two, later)]
    chapters = [MapChapter(document="law.txt", path=path, title="法", first="p", size=1) for path in paths]
    head = Page(render_map(chart(np.zeros((4, 4)).tolist(), chapters), ZH)).text("thead")
    assert head == "章第一编1.12.18"


def test_passages_without_chapter_have_a_label() -> None:
    part = Division(kind="编", number=3)
    inside = MapChapter(document="plan.txt", path=(part, replace(ENERGY, number=1)), title="规划", first="p", size=1)
    preface = chapter(Division(kind="章", number=0, title="序言"))
    drawn = chart(np.zeros((4, 4)).tolist(), [chapter(None), inside, preface, chapter(None, of="x", title="附则")])
    assert [chapter_label(drawn.found.chapters, i, ZH) for i in range(4)] == [
        "各章之前",
        "第三编 第一章",
        "序言",
        "全文",
    ]
    assert Page(render_map(drawn, ZH)).text("thead") == "章各章1序言全文"


def test_the_chapters_in_the_closest_pairs_are_kept() -> None:
    found = chart(
        [[0, 0.1, 0.9, 0.2], [0.1, 0, 0.3, 0.8], [0.9, 0.3, 0, 0.1], [0.2, 0.8, 0.1, 0]], [*NAMED, NAMED[0]]
    ).found
    assert strongest(found, [0, 1, 2, 3], 4) == [0, 1, 2, 3]
    assert strongest(found, [0, 1, 2, 3], 2) == [0, 2]
    assert strongest(found, [0, 1, 3], 2) == [1, 3]


def test_many_chapters_are_narrowed_with_a_note() -> None:
    rows = [((Division(kind="章", number=n),), 1, "", f"推动第{n}项改造。") for n in range(1, MAX_CHAPTERS + 6)]
    many = relations(BigramSearcher((document("many.txt", "长文", rows), plan())))
    page = Page(many.chapter_map("", "", [], "zh", "")["html"])
    assert ZH.related.narrowed.format(count=MAX_CHAPTERS + 8, shown=MAX_CHAPTERS) in page.text()
    assert sum(tag == "td" for tag, _ in page.elements) == MAX_CHAPTERS**2
    few = Page(many.chapter_map("", "", ["plan.txt"], "zh", "")["html"])
    assert sum(tag == "td" for tag, _ in few.elements) == 9
    hrefs = [a["href"] for tag, a in few.elements if tag == "a" and "aria-label" in a]
    assert hrefs[0] == link(
        view="map", a=str(MAX_CHAPTERS + 6), b=str(MAX_CHAPTERS + 7)
    )  # numbers do not depend on the choice


@pytest.mark.parametrize(
    ("first", "second", "cell"),
    [("1", "3", (0, 2)), ("3", "1", (2, 0)), ("2", "2", None), ("0", "1", None), ("1", "4", None), ("", "", None),
     ("1", "", None), ("-1", "2", None), ("²", "1", None), ("x", "1", None), ("1", "9" * 5000, None)],
)  # fmt: skip
def test_chapters_of_an_address(first: str, second: str, cell: tuple[int, int] | None) -> None:
    assert chapter_pair(first, second, count=3) == cell


def test_a_cell_opens_the_pairs_of_its_chapters() -> None:
    found = relations().chapter_map("3", "2", [], "zh", BASE)
    assert found["chosen"]
    assert found["hits"][:2] == ["plan.txt#6", "plan.txt#7"]  # 绿色 is all that the short one has: 1 of 10
    page = Page(found["html"])
    assert page.text("h2").endswith("云溪市发展规划 第二章 推进绿色发展 ↔ 第三章 稳定就业")
    pairs = SEARCHER.related_pairs(between=(1, 2), k=99)
    assert f"相关的段落有 {len(pairs)} 对" in page.text("p")
    cards = [a["data-passage"] for tag, a in page.elements if tag == "article"]
    assert cards == [passage.id for pair in pairs for passage in (pair.source, pair.other)]
    for pair in pairs:
        for ours, theirs in pair.pairs:
            assert pair.source.text[slice(*ours)] in page.text("article")
            assert pair.other.text[slice(*theirs)] in page.text("article")
    current = [a["href"] for _, a in page.elements if a.get("aria-current")]
    assert current == [link(view="map", a="3", b="2")]


def test_of_many_pairs_the_closest_are_listed() -> None:
    rows = [((CULTURE,), n, "", "推动节能改造。") for n in (1, 2)]
    rows += [((ENERGY,), n, "", "加快节能改造。") for n in range(1, PAIRS)]
    many = relations(BigramSearcher((document("many.txt", "长文", rows),)))
    page = Page(many.chapter_map("1", "2", [], "en", "")["html"])
    assert f"These are the {PAIRS} closest pairs" in page.text()
    assert sum(tag == "article" for tag, _ in page.elements) == 2 * PAIRS


def test_chapters_without_pairs_and_addresses_without_chapters() -> None:
    assert "这两章中没有相关的段落。" in relations().chapter_map("3", "4", [], "zh", "")["html"]
    for a, b in (("7", "1"), ("1", "1"), ("x", ""), ("", "2")):
        told = relations().chapter_map(a, b, [], "en", "")
        assert EN.related.no_cell in told["html"]
        assert "<table>" in told["html"]
    for named, documents in ((("", ""), []), (("1", "2"), ["law.txt"])):  # none, and two that are not among the chosen
        told = relations().chapter_map(*named, documents, "en", "")
        assert EN.related.no_cell not in told["html"]
        assert EN.related.strongest in told["html"]
        assert "hits" not in told


def test_one_chapter_has_no_map() -> None:
    lonely = relations(BigramSearcher((document("d", "规划", [((ENERGY,), 1, "", "甲乙。")]),)))
    assert ZH.related.too_few in lonely.chapter_map("", "", [], "zh", "")["html"]
    assert ZH.related.too_few in relations().chapter_map("", "", ["gone"], "zh", "")["html"]


def test_the_map_is_computed_beside_the_questions_and_once() -> None:
    go_on, computed = Event(), []

    class Slow(BigramSearcher):
        def chapter_map(self) -> ChapterMap:
            computed.append(1)
            assert go_on.wait(10)
            return super().chapter_map()

    limit = ConcurrencyLimit(waiting=0, wait=0.05)
    handlers = relations(Slow(SEARCHER.documents), limit=limit)
    handlers._maps = Computation(wait=0.05)
    for _ in range(2):
        waiting = handlers.chapter_map("", "", [], "zh", "")
        assert waiting["again"]
        assert ZH.related.map_computed in waiting["html"]
        with limit.hold():  # nobody else waits
            pass
    go_on.set()
    handlers._maps._wait = 10
    assert "again" not in handlers.chapter_map("", "", [], "zh", "")
    assert computed == [1]


def test_a_map_that_failed_is_computed_again() -> None:
    class Failing(BigramSearcher):
        def chapter_map(self) -> ChapterMap:
            raise RuntimeError

    failing = relations(Failing(SEARCHER.documents))
    assert ZH.unexpected in failing.chapter_map("", "", [], "zh", "")["html"]
    assert failing._maps._future is None


def test_both_views_respect_the_concurrency_limit() -> None:
    limit, inside, leave = ConcurrencyLimit(waiting=0, wait=0.05), Event(), Event()

    def stay() -> None:
        with limit.hold():
            inside.set()
            leave.wait(10)

    thread = Thread(target=stay)
    thread.start()
    assert inside.wait(10)
    busy = relations(limit=limit)
    told = [busy.related_passages("plan.txt#4", "zh", ""), busy.chapter_map("1", "2", [], "zh", "")]
    leave.set()
    thread.join()
    assert all(ZH.frame.busy in one["html"] for one in told)


# what stands in the texts stays text


def hostile(name: str) -> tuple[Document, Passage]:
    path = (Division(kind="章", number=1, title=HOSTILE), Division(kind="章", number=0, title=HOSTILE))
    made = document(HOSTILE + name, HOSTILE, [(path, 1, HOSTILE[:9], HOSTILE + "。" + HOSTILE)])
    passage = replace(made.passages[0], links=(Link(span=Span(4, 9), targets=(HOSTILE,)),))
    return replace(made, passages=(passage,)), passage


@pytest.mark.parametrize("words", [ZH, EN])
def test_nothing_in_the_texts_becomes_html(words: PageWords) -> None:
    citation = Citation(zh=HOSTILE, en=HOSTILE)
    copies = COPIES._replace(citations={"zh": HOSTILE, "bibtex": HOSTILE}, address=HOSTILE)
    (_, source), (_, other) = hostile("a"), hostile("b")
    pairs, terms = ((Span(3, 60), Span(0, 40)), (Span(0, 9), Span(2, 5))), (HOSTILE, "<script>")
    hit = RelatedHit(
        rank=1, score=1.0, kind=HOSTILE, passage=other, document_title=HOSTILE, citation=citation,  # type: ignore[arg-type]
        terms=terms, pairs=pairs,
    )  # fmt: skip
    pair = RelatedPair(
        rank=1, score=1.0, kind=HOSTILE, source=source, other=other, source_citation=citation,  # type: ignore[arg-type]
        citation=citation, pairs=pairs, terms=terms,
    )  # fmt: skip
    ours, theirs = (CitedPassage(passage, HOSTILE, citation, copies) for passage in (source, other))
    chapters = [
        MapChapter(document=p.document, path=p.path[:depth], title=HOSTILE, first=HOSTILE, size=1)
        for p in (source, other)
        for depth in (0, 1, 2)
    ]
    drawn = chart(np.full((6, 6), 0.5).tolist(), chapters, count=7, selected=(0, 1))
    listed = render_pairs([(pair, ours, theirs)], words)
    pages = [
        render_related(
            render_source(ours, [Span(3, 60)], words),
            [(HOSTILE, [render_related_card(source, hit, copies, 1, words)])],
            words,
        ),
        render_map(drawn, words),
        render_strongest(drawn, words),
        render_pair_passages(drawn, (0, 4), listed, words, listed=1, more=True),
    ]
    for html in pages:
        for tag, attributes in Page(html).elements:
            assert attributes.keys() <= OURS[tag], (tag, attributes)
    assert Page(pages[0]).text("article").count(HOSTILE) >= 4
    assert Page(pages[3]).text("section").count(HOSTILE) >= 4
    assert Page(element("p", HOSTILE)).text() == HOSTILE
