from collections.abc import Sequence

import numpy as np
import pytest

from index.errors import QuestionError, UnknownPlaceError
from index.models.encoder import Encoder
from index.records import Span
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.coverage import finder
from retrieval.coverage.finder import TermPattern, TermSimilarity, near_passages, out_of_domain_similarity
from retrieval.coverage.records import MAX_TERM_LENGTH, MAX_TERMS, Coverage, checked_terms
from retrieval.evidence.coverage_rows import COLUMNS, rows
from retrieval.question.question_type import QuestionType
from retrieval.ranking.ranker import EncodedQuery
from retrieval.schema import coverage_json
from retrieval.search import Searcher
from tests.collection import PLAN, searcher_of, snapshot_of
from tests.fakes import HashingEncoder, TokenlessEncoder

OTHER = """\
某市办法
第一章 总则
第一条 节约用水人人有责。推广再生水。
第二条 本办法所称用水，包括再生水。
第二章 附则
第三条 本办法自2030年1月1日起施行。
"""


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return searcher_of(snapshot_of(PLAN, OTHER))


def underlined(found: Coverage) -> list[list[str]]:
    return [[hit.passage.text[slice(*span)] for span in hit.spans] for hit in found.hits]


# what a term is


def test_terms_are_trimmed_and_count_once() -> None:
    assert checked_terms([" 就业 ", "数字\n经济", "就业", "数字 经济"]) == ("就业", "数字 经济")


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ([], "0 terms"),
        (["就业", " \u3000"], "empty"),
        (["……"], "neither letters nor digits"),
        (["词" * (MAX_TERM_LENGTH + 1)], "101 characters"),
        ([f"词{i}" for i in range(MAX_TERMS + 1)], "51 terms"),
        (["a\udc80"], "Unicode"),
    ],
)
def test_what_is_no_term_is_refused(searcher: Searcher, terms: Sequence[str], says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        searcher.coverage(terms)


@pytest.mark.parametrize(
    ("term", "text", "spans"),
    [
        ("就业", "促进就业。就业优先。", [(2, 4), (5, 7)]),
        ("就业", "失业就是大事业", []),
        ("萬元產值", "万元产值下降。", [(0, 4)]),
        ("万元产值", "萬元產值下降。", [(0, 4)]),
        ("gdp", "人均ＧＤＰ与GDP", [(2, 5), (6, 9)]),
        ("tax", "Syntax and taxes; a Tax.", [(20, 23)]),
        ("water use", "Water  use, water-use and water.", [(0, 10), (12, 21)]),
        ("5G网络", "建设5G网络和15G网络", [(2, 6)]),
        ("水", "水资源与用水", [(0, 1), (5, 6)]),
        ("a+b", "(a+b)", [(1, 4)]),
        ("café", "Cafe\u0301!", [(0, 5)]),
    ],
)
def test_where_a_term_stands(term: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert list(TermPattern(term).spans(text)) == [Span(*span) for span in spans]


# the threshold


def similarity(
    matches: Sequence[float], out_of_domain: float, other_script: Sequence[bool] | None = None
) -> TermSimilarity:
    values = np.array(matches, dtype=np.float32)
    other = np.array(other_script) if other_script else np.zeros(len(values), dtype=bool)
    return TermSimilarity(values, out_of_domain, other)


def test_scores_by_hand() -> None:
    """The middle is 0.5 and half of all lie within 0.1 of it: a standard deviation is 0.14826."""
    scores, near = near_passages(similarity([0.3, 0.4, 0.5, 0.6, 0.95], out_of_domain=0.9))
    np.testing.assert_allclose(scores, [-0.2 / 0.14826, -0.1 / 0.14826, 0, 0.1 / 0.14826, 0.45 / 0.14826], rtol=1e-5)
    assert near.tolist() == [False, False, False, False, True]


def test_what_is_as_near_as_out_of_domain_sentences_is_not_near() -> None:
    matches = [0.3, 0.4, 0.5, 0.6, 0.95]
    # in the same script by 0.03 at least
    assert not near_passages(similarity(matches, out_of_domain=0.93)).is_near.any()
    assert near_passages(similarity(matches, out_of_domain=0.94, other_script=[True] * 5)).is_near.tolist()[4]
    assert not near_passages(similarity(matches, out_of_domain=0.96, other_script=[True] * 5)).is_near.any()


def test_texts_that_are_all_alike_do_not_stand_out_by_a_hair() -> None:
    """The spread is taken for 0.005 at least: 0.014 are 2.8 of it, 0.016 are 3.2."""
    assert not near_passages(similarity([0.5, 0.5, 0.5, 0.514], out_of_domain=0)).is_near.any()
    assert near_passages(similarity([0.5, 0.5, 0.5, 0.516], out_of_domain=0)).is_near.tolist() == [False] * 3 + [True]


def test_texts_in_another_script_are_compared_among_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    matches, other_script = [0.8, 0.81, 0.82, 0.3, 0.31, 0.32, 0.45], [False] * 3 + [True] * 4
    known = similarity(matches, out_of_domain=0.4, other_script=other_script)
    assert not near_passages(known).is_near.any()  # too few passages of either script
    monkeypatch.setattr(finder, "_MIN_PASSAGES", 3)
    scores, near = near_passages(known)
    assert near.tolist() == [False] * 6 + [True]
    assert scores[1] == pytest.approx(0)
    assert scores[4] == pytest.approx((0.31 - 0.315) / (1.4826 * 0.01), rel=1e-3)  # middle 0.315, deviations .005-.135


def test_out_of_domain_sentences_by_hand() -> None:
    """Of two tokens the best cosines are 0.3 and 0; without tokens the three nearest of four sentences count."""
    vectors = np.array([[0.5, 0], [0.4, 0], [0.3, 0], [0.2, 0]], dtype=np.float32)
    tokens = np.array([[0.3, -0.2], [0.1, 0.0]], dtype=np.float32)
    out_of_domain = OutOfDomainVectors(vectors=vectors, tokens=tokens, talk=1)
    question = EncodedQuery("x", QuestionType("none"), np.array([1, 0], dtype=np.float32), np.eye(2, dtype=np.float32))
    assert out_of_domain_similarity(question, out_of_domain) == pytest.approx(0.15)
    mute = question._replace(tokens=np.empty((0, 2), dtype=np.float32))
    assert out_of_domain_similarity(mute, out_of_domain) == pytest.approx(0.4)


def test_how_near_passages_are_is_the_mean_of_the_best_of_each_token(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the fake encoder a token that a sentence has is met with 1, one that it has not with 0, or with 1 by chance.

    用水量 has three tokens, the word itself and two bigrams, and no passage has the word alone.
    """
    monkeypatch.setattr("retrieval.ranking.ranker._BLOCK", 2)
    questions = searcher.encode_questions(["用水量", "幼儿"])
    found = searcher._ranker.late_interaction(questions)
    expected = []
    for question in questions:
        best = []
        for row in range(len(searcher.passages)):
            ours = searcher._ranker.sentences_of(row).tolist()
            tokens = [searcher._ranker._tokens.of_text(sentence) for sentence in ours]
            best.append((question.tokens @ np.concatenate(tokens).T).max(axis=1).mean())
        expected.append(best)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    by_line = {p.text: m for p, m in zip(searcher.passages, found[0], strict=True)}
    assert by_line["节约用水。万元产值用水量下降12%。推广再生水。"] == pytest.approx(2 / 3, abs=1e-3)


# what is found


def test_every_passage_that_holds_the_words_in_the_order_of_the_text(searcher: Searcher) -> None:
    (found,) = searcher.coverage(["再生水"])
    worded = [hit for hit in found.hits if hit.spans]
    assert [hit.passage.text[:8] for hit in worded] == [
        "节约用水。万元产",
        "推广再生水的岗位",
        "第一条 节约用水",
        "第二条 本办法所",
    ]
    assert underlined(found) == [["再生水"] if hit.spans else [] for hit in found.hits]
    assert {hit.by for hit in worded} <= {"words", "both"}
    assert worded[0].citation.zh == "《某省规划》第一章第一节第1段"
    assert found.count_by_words == 4
    assert found.searched == len(searcher.passages)


def test_chapters_are_all_counted_those_without_any_too(searcher: Searcher) -> None:
    (found,) = searcher.coverage(["幼儿园"])
    named = [(c.document, c.path[0].title, c.of) for c in found.chapters]
    assert named == [
        ("0.txt", "绿色发展", 3),
        ("0.txt", "民生", 3),
        ("0.txt", "教育", 1),
        ("1.txt", "总则", 2),
        ("1.txt", "附则", 1),
    ]
    assert [c.found for c in found.chapters] == [0, 0, 1, 0, 0]
    (hit,) = found.hits
    assert (hit.chapter, hit.passage.text) == (2, "普惠性幼儿园占比超过80%。")
    assert found.chapters[2].first == hit.passage.id


@pytest.mark.parametrize("term", ["再生水", "用水", "就业", "2030年", "办法"])
def test_the_numbers_add_up(searcher: Searcher, term: str) -> None:
    (found,) = searcher.coverage([term])
    assert sum(c.found for c in found.chapters) == len(found.hits) > 0
    assert sum(c.of for c in found.chapters) == found.searched
    for number, chapter in enumerate(found.chapters):
        assert chapter.found == sum(hit.chapter == number for hit in found.hits)
    held = [p.id for p in searcher.passages if term in p.text]
    assert [hit.passage.id for hit in found.hits if hit.spans] == held


def with_out_of_domain(*sentences: str) -> Searcher:
    """Ten passages, of which the last holds 用水 and 产量, beside out-of-domain sentences of the test's own."""
    encoder = HashingEncoder(dimension=8192)  # so that no two bigrams share a direction

    def made(_: Encoder) -> OutOfDomainVectors:
        vectors, tokens = encoder.encode_passages(sentences)
        return OutOfDomainVectors(vectors=vectors, tokens=tokens.codes * tokens.scales[:, None], talk=1)

    others = "".join(f"第{i}件事另有安排。\n" for i in "一二三四五六七八九")
    snapshot = snapshot_of(f"规划\n第一章 甲\n{others}节约用水，提高产量。\n", encoder=encoder)
    return Searcher(snapshot, lambda: encoder, out_of_domain=made)


def test_without_the_words_by_meaning() -> None:
    """To the fake encoder 用水产量 is itself and three bigrams, two of which are in one passage: 2 of 4 tokens.

    The middle is 0, and the spread is taken for 0.005.
    """
    (found,) = with_out_of_domain("红烧肉要先焯水。").coverage(["用水产量"])
    (hit,) = found.hits
    assert (hit.passage.text, hit.by, hit.spans) == ("节约用水，提高产量。", "meaning", ())
    assert hit.score == pytest.approx(0.5 / 0.005, rel=1e-3)
    assert (found.count_by_words, [c.found for c in found.chapters]) == (0, [1])


def test_no_nearer_than_out_of_domain_sentences() -> None:
    (found,) = with_out_of_domain("今年产量高，用水多。").coverage(["用水产量"])
    assert found.hits == ()


def test_a_term_that_is_nowhere_gives_zero(searcher: Searcher) -> None:
    (found,) = searcher.coverage(["恐龙蛋化石"])
    assert found.hits == ()
    assert {c.found for c in found.chapters} == {0}


def test_a_heading_is_no_passage(searcher: Searcher) -> None:
    (found,) = searcher.coverage(["民生"])
    assert found.count_by_words == 0


def test_only_some_chapters_and_documents(searcher: Searcher) -> None:
    (found,) = searcher.coverage(["再生水"], titles=["某市办法"])
    assert (found.searched, found.count_by_words) == (3, 2)
    assert [c.document for c in found.chapters] == ["1.txt", "1.txt"]
    (found,) = searcher.coverage(["再生水"], chapters=["第二章"], titles=["某省规划"])
    assert [(c.path[0].title, c.found, c.of) for c in found.chapters] == [("民生", 1, 3)]
    assert found.hits[0].chapter == 0
    with pytest.raises(UnknownPlaceError):
        searcher.coverage(["再生水"], chapters=["第九章"])


def test_where_is_asked_does_not_change_what_is_near(searcher: Searcher) -> None:
    (everywhere,) = searcher.coverage(["用水量考核"])
    (there,) = searcher.coverage(["用水量考核"], titles=["某省规划"])
    assert [h.passage.id for h in there.hits] == [
        h.passage.id for h in everywhere.hits if h.passage.document == "0.txt"
    ]
    assert [h.score for h in there.hits] == [h.score for h in everywhere.hits if h.passage.document == "0.txt"]


def test_several_terms_are_what_each_is(searcher: Searcher) -> None:
    terms = ["再生水", "就业", "恐龙蛋化石"]
    assert searcher.coverage(terms) == tuple(searcher.coverage([term])[0] for term in terms)


def test_more_than_a_hundred_passages_all_count() -> None:
    text = "规划\n第一章 甲\n" + "".join(f"第{i}项推广再生水工程。\n" for i in range(250))
    (found,) = searcher_of(snapshot_of(text)).coverage(["再生水"])
    assert found.count_by_words == 250


def test_a_model_without_tokens() -> None:
    encoder = TokenlessEncoder()
    (found,) = searcher_of(snapshot_of(PLAN, encoder=encoder), encoder).coverage(["再生水"])
    assert found.count_by_words == 2


def test_an_empty_index() -> None:
    (found,) = searcher_of(snapshot_of(), HashingEncoder()).coverage(["就业"])
    assert (found.searched, found.hits, found.chapters) == (0, (), ())


# what others read


def test_json_and_rows(searcher: Searcher) -> None:
    found = searcher.coverage(["幼儿园", "恐龙蛋化石"])
    first, second = coverage_json(found)["terms"]
    assert (first["term"], first["found"], first["holding"], first["searched"]) == ("幼儿园", 1, 1, 10)
    assert [c["found"] for c in first["chapters"]] == [0, 0, 1, 0, 0]
    (hit,) = first["hits"]
    (span,) = hit["spans"]
    assert searcher.documents[0].source[slice(*span)] == "幼儿园"
    assert second["hits"] == []
    table = list(rows(found))
    assert set(table[0]) == set(COLUMNS)
    assert (table[0]["chapter"], table[0]["text"]) == ("第三章 教育", "普惠性幼儿园占比超过80%。")
    assert table[1] == {"term": "恐龙蛋化石", "by": "nothing"}
