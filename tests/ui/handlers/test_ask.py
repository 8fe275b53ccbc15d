import logging
from dataclasses import dataclass, replace
from html import unescape
from threading import Event, Thread

import pytest

from index.citations import cite
from index.errors import UnknownPlaceError
from index.storage.generations import Generation
from retrieval.question.plan import QuestionPlan
from retrieval.ranking.ranker import EncodedQuery
from retrieval.records import Answer
from retrieval.schema import answer_json
from tests.ui.fakes import FIRST, SECOND, BigramSearcher, Standing, law, plan
from tests.ui.render.test_render import Page
from ui.app.api import Api
from ui.app.application import page_handlers, program_handlers
from ui.handlers.ask import AskHandlers, pulse
from ui.handlers.copy_texts import copy_texts
from ui.handlers.frame import FrameHandlers
from ui.handlers.library import LibraryHandlers
from ui.html.links import checked_base, is_local, link, shared
from ui.state.concurrency import BusyError, ConcurrencyLimit
from ui.words import EN, ZH

SEARCHER = BigramSearcher((plan(), law()))
LIVE = Standing(SEARCHER)
BASE = "http://127.0.0.1:7860/"


def ask(live: Standing = LIVE) -> AskHandlers:
    return AskHandlers(live)


def key(live: Standing) -> str:
    return f"{live.generation.name} {live.generation.digest[:16]}"


def test_a_question_is_answered_with_counts_for_the_outline() -> None:
    found = ask().answer("  推动高耗能行业节能改造 \n", [], "zh", BASE)
    assert found["hits"][0] == "plan.txt#4"
    assert found["quoted"]
    assert len(found["hits"]) == 9
    assert "《云溪市发展规划》第二章第一节第1段" in found["html"]
    assert found["counts"] == {"zj-n0-0": 2, "zj-n0-1": 4, "zj-n0-2": 1, "zj-n0-3": 1, "zj-n0-4": 1, "zj-n0-5": 1,
                               "zj-n1-0": 1, "zj-n1-1": 1}  # fmt: skip
    assert link(BASE, q="推动高耗能行业节能改造", p="plan.txt#4") in unescape(found["html"])
    english = ask().answer("用水量下降多少", [], "en", "javascript:alert(1)")["html"]
    assert "云溪市发展规划, ch. 2, sec. 2, para. 1" in english
    assert "javascript" not in english


def test_only_the_documents_that_were_chosen_are_asked() -> None:
    assert set(ask().answer("节能改造", ["law.txt"], "zh", "")["hits"]) == {"law.txt#1", "law.txt#2"}


def test_a_place_leads_to_its_passages() -> None:
    found = ask().answer("第二条", [], "zh", "")
    assert found["place"] == "law.txt#2"
    assert "第二条：1 段" in found["html"]
    chapter = ask().answer("第二章", ["plan.txt"], "en", "")
    assert chapter["hits"] == [f"plan.txt#{n}" for n in (3, 4, 5, 6)]
    assert "place" not in ask().answer("第九章", [], "zh", "")


@dataclass(frozen=True)
class Repeating(BigramSearcher):
    """Finds that the first hit's words stand in the last passage, too."""

    def answer(self, plan: QuestionPlan, *, k: int = 5, encoded: EncodedQuery | None = None) -> Answer:
        found = super().answer(plan, k=k, encoded=encoded)
        same = (self.documents[-1].passages[-1],)
        return replace(found, hits=(replace(found.hits[0], same_text=same), *found.hits[1:]))


def test_passages_with_the_same_words_are_named_in_either_language() -> None:
    repeating = ask(Standing(Repeating((plan(), law()))))
    assert ZH.same_places(["《云溪市湿地保护条例》第二条"]) in repeating.answer("用水量下降多少", [], "zh", "")["html"]
    assert EN.same_places(["云溪市湿地保护条例, art. 2"]) in repeating.answer("用水量下降多少", [], "en", "")["html"]


@pytest.mark.parametrize("question", ["", "  \n\t", "　"])
def test_an_empty_question_is_not_searched(question: str) -> None:
    told = ask(Standing(BigramSearcher(()))).answer(question, [], "zh", "")  # asking would fail
    assert ZH.empty_question in told["html"]
    assert told["problem"]


def test_a_problem_that_the_reader_can_mend_is_shown_in_its_words() -> None:
    told = ask().answer("很" * 201, [], "zh", "")
    assert "the question has 201 characters; shorten it to 200" in told["html"]
    assert ZH.unusable in told["html"]
    told = ask().read_text("gone.txt", "", "zh")["html"]
    assert f'<p class="zj-verdict-title">{ZH.error.place}</p><p>原因： <span lang="en">there is no document' in told
    assert "there is no passage" in ask().preview(["gone"], "en")["html"]
    assert "there is no passage" in ask().preview([], "en")["html"]


def test_an_unforeseen_problem_is_logged_and_shown_calmly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        told = ask().answer("crash", [], "zh", "")
    assert "a bug" in caplog.text
    assert ZH.unexpected in told["html"]
    assert "a bug" not in told["html"]


def test_a_text_holds_every_heading_and_passage_in_order() -> None:
    read = ask().read_text("plan.txt", "", "zh")
    page = Page(read["html"])
    passages = [a["data-passage"] for tag, a in page.elements if tag == "div" and "data-cite" in a]
    assert passages == [p.id for p in plan().passages]
    text = page.text()
    assert all(p.text in text for p in plan().passages)
    assert text.index("第一节 节约能源") < text.index("持续推进节能降耗") < text.index("第二节 节约用水")
    assert text.count("绿色发展重点工程") == 1  # the title of a box is not said twice
    assert read["title"] == "云溪市发展规划"


def test_a_reference_is_looked_at_in_its_own_document() -> None:
    seen = ask().preview(["gone", "law.txt#2", "law.txt#1"], "en")
    assert seen["document"] == "law.txt"
    assert "云溪市湿地保护条例, art. 2" in seen["html"]
    assert EN.hit.also_named.format(count=1) in seen["html"]


# what is told of the index

NEXT = replace(LIVE, searcher=BigramSearcher((plan(),)), generation=SECOND)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_told_while_nothing_has_changed(language: str) -> None:
    assert ask().notices(key(LIVE), "", language) == {"html": "", "generation": key(LIVE)}
    assert ask().notices(key(LIVE), key(LIVE), language)["html"] == ""


def test_another_index_is_told_with_what_is_in_it() -> None:
    assert (
        "版本 2（2026\u201103\u201105\u00a014:07 生成）：1 份文件，7 段。"
        in ask(NEXT).notices(key(LIVE), "", "zh")["html"]
    )
    english = ask(NEXT).notices(key(LIVE), "", "en")["html"]
    assert "generation 2 (built 2026\u201103\u201105\u00a014:07). Documents: 1, passages: 7." in english
    assert EN.older not in english


def test_an_answer_from_an_older_index_is_called_that() -> None:
    assert ZH.older in ask(NEXT).notices(key(NEXT), key(LIVE), "zh")["html"]
    assert EN.older not in ask(NEXT).notices(key(NEXT), key(NEXT), "en")["html"]


def test_an_index_that_cannot_be_opened_is_told_with_the_reason() -> None:
    stuck = replace(LIVE, problem="<b>tokens.npy</b> is damaged")
    for language, start in (
        ("zh", "磁盘上的索引无法打开，仍使用版本 1"),
        ("en", "cannot be opened; generation 1 remains"),
    ):
        notice = ask(stuck).notices(key(stuck), "", language)["html"]
        assert start in notice
        assert '<span lang="en">&lt;b&gt;tokens.npy&lt;/b&gt; is damaged</span>' in notice


def test_the_pulse_changes_with_all_that_is_told() -> None:
    same_name = replace(LIVE, generation=Generation("000001", "c" * 64))
    states = [LIVE, NEXT, same_name, replace(LIVE, problem="damaged"), replace(NEXT, problem="damaged")]
    assert len({pulse(state) for state in states}) == len(states)
    assert pulse(replace(LIVE)) == pulse(LIVE)


@dataclass(frozen=True)
class Overtaken(BigramSearcher):
    """Has another index come while it looks a question up."""

    live: Standing

    def answer(self, plan: QuestionPlan, *, k: int = 5, encoded: EncodedQuery | None = None) -> Answer:
        self.live.generation = SECOND
        return super().answer(plan, k=k, encoded=encoded)


def test_a_question_is_asked_of_one_index_alone() -> None:
    live = Standing(SEARCHER)
    live.searcher = Overtaken((plan(), law()), live)
    assert ask(live).answer("用水量下降多少", [], "zh", "")["generation"] == f"{FIRST.name} {FIRST.digest[:16]}"
    assert live.generation == SECOND


# more visitors than can be served


def test_the_gate_lets_one_through_and_turns_away_whom_it_cannot_serve() -> None:
    limit, inside, leave = ConcurrencyLimit(waiting=0, wait=0.05), Event(), Event()

    def stay() -> None:
        with limit.hold():
            inside.set()
            leave.wait(10)

    thread = Thread(target=stay)
    thread.start()
    assert inside.wait(10)
    with pytest.raises(BusyError, match="ask again in a few seconds"), limit.hold():
        pytest.fail("two were let through")
    told = AskHandlers(LIVE, limit=limit).answer("节能", [], "zh", "")
    leave.set()
    thread.join()
    assert ZH.frame.busy in told["html"]
    with limit.hold():
        pass


# other programs


def test_programs_get_what_the_command_line_prints() -> None:
    api = Api(LIVE, ConcurrencyLimit())
    assert api.search("用水量下降多少", 3) == answer_json(SEARCHER.ask("用水量下降多少", k=3))
    assert len(api.search("用水量下降多少", -7)["hits"]) == 1
    assert api.show("第二条")["passages"][0]["passage"] == "law.txt#2"
    assert [hit["kind"] for hit in api.related("plan.txt#4")["hits"]] == ["same terms", "same terms"]
    assert [d["source"] for d in api.outline()["documents"]] == ["plan.txt", "law.txt"]
    assert [d["source"] for d in api.outline("云溪市湿地保护条例")["documents"]] == ["law.txt"]
    assert api.documents()["documents"][0] == {"source": "plan.txt", "document": "云溪市发展规划", "passages": 7}
    with pytest.raises(UnknownPlaceError, match=r"there is no document 'x'; there are: plan\.txt, law\.txt"):
        api.outline("x")


def test_every_handler_has_its_name_and_says_what_it_does() -> None:
    programs = program_handlers(Api(LIVE, ConcurrencyLimit()))
    pages = page_handlers(ask(), FrameHandlers(ask()), LibraryHandlers(LIVE, ask().lookup, None))
    assert set(programs) == {"search", "show", "related", "outline", "documents"}
    assert {"load_frame", "answer", "read_text", "load_chunks", "preview", "notices"} <= set(pages)
    assert all("\n" in (handler.__doc__ or "") for handler in (*programs.values(), *pages.values()))


def test_addresses() -> None:
    assert link(q="a b&c", p="", view="map") == "?q=a+b%26c&view=map"
    assert link(BASE, p="x") == "http://127.0.0.1:7860/?p=x"
    assert checked_base(BASE) == BASE
    for bad in ("", "javascript:1", "http://a b/", 'http://a/"', "http://a/?q=1", "http://" + "a" * 400):
        assert checked_base(bad) == ""


@pytest.mark.parametrize(
    ("address", "local"),
    [
        *(("http://127.0.0.1:7860/", True), ("http://localhost/?p=x", True), ("http://[::1]:7860/", True)),
        *(("http://127.0.0.5/", True), ("http://zhangju.localhost/", True), ("http://LOCALHOST:1/", True)),
        *(("https://zhangju.example/", False), ("http://192.168.1.5:7860/", False), ("?p=x", False)),
        *(("http://localhost.example/", False), ("http://127.0.0.1.example/", False), ("http://[bad/", False)),
    ],
)
def test_an_address_of_this_machine_alone_is_not_for_others(address: str, local: bool) -> None:
    assert is_local(address) is local
    assert shared(address) == ("" if local else address)
    base = address.partition("?")[0]
    passage = plan().passages[0]
    copies = copy_texts(plan(), passage, cite(plan().title, passage), base=base)
    assert copies.address == f"{base}?p=plan.txt%231"
    assert (copies.address in copies.citations["markdown"]) is not local
