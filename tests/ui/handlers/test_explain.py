from index.records import Passage, Span
from retrieval.records import WordMatch
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from tests.ui.render.test_render import HOSTILE, Page
from ui.handlers.ask import AskHandlers
from ui.handlers.explain import ExplainHandler, to_explain
from ui.render.word_alignment import render_matching_words
from ui.state.concurrency import ConcurrencyLimit
from ui.words import EN, ZH

LIVE = Standing(BigramSearcher((plan(), law())))
ASK = AskHandlers(LIVE)
WATER = plan().passages[4]
ASKED = "How much less water?"


def explainer(limit: ConcurrencyLimit | None = None) -> ExplainHandler:
    return ExplainHandler(LIVE, limit or ASK.limit, ASK.lookup)


def test_hits_in_another_language_are_explained() -> None:
    found = ASK.answer(ASKED, [], "en", "")
    assert [name for name, _, _ in found["explain"]] == found["hits"]
    passages = {p.id: p for document in LIVE.searcher.documents for p in document.passages}
    assert all(0 <= start < end <= len(passages[name].text) for name, start, end in found["explain"])
    assert ASK.answer("用水量下降多少", [], "en", "")["explain"] == []
    assert to_explain(LIVE.searcher.ask(ASKED, k=3)) == found["explain"][:3]


def test_matching_words_are_returned_by_passage() -> None:
    start = WATER.text.index("用水")
    told = explainer().explain(f"  {ASKED} ", [[WATER.id, 0, 8], ["plan.txt#1", 0, 8]], "en")
    page = Page(told["because"].pop(WATER.id))
    assert page.text() == f"{EN.hit.matching}water → 用水".strip()
    assert page.elements[-1] == ("span", {"class": "zj-match", "data-match": f"0 {start} {start + 2}"})
    assert told == {"because": {}}  # nothing of the other passage


def test_invalid_sentences_are_an_error_message() -> None:
    for sentence in (["gone", 0, 3], [WATER.id, "0", 3], [WATER.id], []):
        told = explainer().explain(ASKED, [sentence], "en")  # type: ignore[list-item]
        assert told["problem"]
        assert "ask again" in told["html"]


def test_a_full_queue_is_an_error_message() -> None:
    limit = ConcurrencyLimit(waiting=0, wait=0.01)
    with limit.hold():
        assert explainer(limit).explain(ASKED, [[WATER.id, 0, 8]], "zh")["problem"]


def passage(text: str) -> Passage:
    return Passage(id="p", document="d", path=(), ordinal=1, text=text, pieces=(Span(0, len(text)),), line=1)


def match(question: tuple[int, int], found: tuple[int, int], strength: float = 0.5) -> WordMatch:
    return WordMatch(question=Span(*question), passage=Span(*found), strength=strength)


def test_pairs_have_positions_in_lines_as_shown() -> None:
    # The second line that is drawn begins behind a blank one; 𠮷 is two units long in a browser.
    shown = passage("前言。\n\n𠮷水用水。")
    html = render_matching_words("water", shown, [match((0, 5), (7, 9))], ZH)
    assert shown.text[7:9] == "用水"
    assert dict(Page(html).elements[-1][1])["data-match"] == "1 3 5"


def test_equal_and_repeated_words_are_left_out() -> None:
    shown = passage("GDP 用水和用水")
    same = [match((0, 3), (0, 3)), match((4, 9), (4, 6)), match((4, 9), (7, 9))]
    assert Page(render_matching_words("gdp water", shown, same, EN)).text() == f"{EN.hit.matching}water → 用水".strip()
    assert render_matching_words("gdp", shown, same[:1], EN) == ""
    assert render_matching_words("gdp", shown, [], EN) == ""


def test_no_more_than_six_pairs() -> None:
    shown = passage("甲乙丙丁戊己庚辛")
    html = render_matching_words("abcdefgh", shown, [match((i, i + 1), (i, i + 1)) for i in range(8)], EN)
    assert html.count("data-match") == 6
    assert html.count(EN.hit.pair_and_pair) == 5


def test_matching_words_stay_text() -> None:
    shown = passage(HOSTILE)
    page = Page(render_matching_words(HOSTILE, shown, [match((0, 20), (0, len(HOSTILE)))], EN))
    assert {tag for tag, _ in page.elements} == {"span"}
    assert HOSTILE in page.text()
