from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.models.encoder import Encoder
from index.storage.snapshot import Snapshot
from retrieval.arrays import Mask
from retrieval.question.question_type import classify
from retrieval.ranking import fusion
from retrieval.ranking.fusion import FusionWeights
from retrieval.ranking.ranker import BOOST, MAX_CANDIDATES, MAX_COMPARED, EncodedQuery, Ranker, Ranking
from tests.collection import PLAN, snapshot_of
from tests.fakes import HashingEncoder, TokenlessEncoder

Values = npt.NDArray[np.float64]

NOTES = "节约用水人人有责。推广再生水。\n…… ……\n今天开会。明天也开会，后天休息。\n节约用水。\n"
QUESTIONS = ["万元产值用水量下降多少？", "推广再生水的岗位", "幼儿园", "水", "a", "……", "something else entirely"]
WORDS = ["节约", "用水", "用电", "推广", "再生", "能耗", "监测", "治理", "大气", "就业", "培训", "教育", "平台", "浓度"]


@cache
def small() -> Snapshot:
    """Two documents of few passages, one of which has no word."""
    return snapshot_of(PLAN, NOTES)


@cache
def large() -> Snapshot:
    """Many passages of one to three sentences, each of a few words; some of them are the same."""
    random = np.random.default_rng(7)

    def sentence() -> str:
        return "".join(random.choice(WORDS, size=random.integers(2, 7))) + "。"

    return snapshot_of("\n".join("".join(sentence() for _ in range(random.integers(1, 4))) for _ in range(400)) + "\n")


@cache
def ranker(which: str) -> Ranker:
    return Ranker({"small": small, "large": large}[which]())


def encoded(text: str, encoder: Encoder | None = None) -> EncodedQuery:
    vectors, tokens = (encoder or HashingEncoder()).encode_queries([text])
    return EncodedQuery(text, classify(text), vectors[0], tokens.of_text(0))


# a slow second opinion


def neighbour_cosines(snapshot: Snapshot, cosines: Values) -> list[float]:
    """The mean cosine of the two passages before and behind each in its document."""
    owners = [i for i, document in enumerate(snapshot.documents) for _ in document.passages]
    found = []
    for row, owner in enumerate(owners):
        near = [r for r in range(row - 2, row + 3) if r != row and 0 <= r < len(owners) and owners[r] == owner]
        found.append(float(np.mean([cosines[r] for r in near])) if near else 0.0)
    return found


def best_matches(snapshot: Snapshot, question: EncodedQuery) -> Values:
    """For each token of the question and each passage the best cosine of any token of its sentences, (l, n)."""
    found = np.zeros((len(question.tokens), len(snapshot.passages)))
    for row in range(len(snapshot.passages)):
        own = [snapshot.tokens.of_text(j) for j in np.flatnonzero(snapshot.sentences[:, 0] == row).tolist()]
        tokens = np.concatenate(own)
        for i, token in enumerate(question.tokens):
            found[i, row] = max((float(token @ other) for other in tokens), default=0.0)
    return found


def expected_scores(snapshot: Snapshot, question: EncodedQuery, weights: FusionWeights) -> Values:
    """Every passage's score, (n,), where all passages are compared."""
    matches = best_matches(snapshot, question)
    spreads = [max(own) - np.mean(own) for own in matches]
    shares = [s / sum(spreads) if sum(spreads) else 1 / len(spreads) for s in spreads]
    sentences = [float(v.astype(np.float32) @ question.vector) for v in snapshot.sentence_vectors]
    owners = snapshot.sentences[:, 0]
    bm25 = snapshot.lexical.scores(question.text).astype(np.float64)
    coverage = snapshot.lexical.idf_coverage(question.text)
    passages = (snapshot.passage_vectors @ question.vector).astype(np.float64)
    late_interaction = sum((share * own for share, own in zip(shares, matches, strict=True)), np.zeros(len(passages)))
    signals = {
        "late_interaction": late_interaction,
        "passage": passages,
        "sentence": [max(s for s, o in zip(sentences, owners, strict=True) if o == r) for r in range(len(passages))],
        "neighbours": neighbour_cosines(snapshot, passages),
        "lexical": (bm25 - bm25.mean()) / (bm25.std() + 1e-9) * coverage.max() ** 2,
    }
    found: Values = np.sum([weight * np.asarray(signals[name]) for name, weight in weights._asdict().items()], axis=0)
    return found


def assert_sound(ranking: Ranking, snapshot: Snapshot, question: EncodedQuery) -> None:
    """What any ranking keeps to."""
    rows, close = ranking.rows.tolist(), min(MAX_COMPARED, len(ranking.rows))
    assert len(set(rows)) == len(rows) == len(ranking.scores) <= MAX_CANDIDATES
    assert (np.diff(ranking.scores) <= 0).all()
    tied = np.flatnonzero(np.diff(ranking.scores[:close]) == 0)
    assert all(rows[i] < rows[i + 1] for i in tied)
    assert ranking.matches.shape == (len(question.tokens), close)
    assert {signal.shape for signal in ranking.signals} == {(close,)}
    assert ranking.weights.shape == (len(question.tokens),)
    for row, sentences, scores in zip(rows, ranking.sentence_rows, ranking.sentence_scores, strict=True):
        assert sentences.tolist() == np.flatnonzero(snapshot.sentences[:, 0] == row).tolist()
        assert scores.shape == sentences.shape
    floats = [ranking.scores, ranking.matches, ranking.weights, *ranking.signals]
    assert {array.dtype for array in floats} == {np.dtype(np.float32)}
    assert all(np.isfinite(array).all() for array in floats)


# all passages compared


@pytest.mark.parametrize("text", QUESTIONS)
def test_few_passages_are_ranked_as_by_brute_force(text: str) -> None:
    snapshot, question = small(), encoded(text)
    assert len(snapshot.passages) < MAX_COMPARED
    ranking = ranker("small").rank(question)
    assert_sound(ranking, snapshot, question)
    assert sorted(ranking.rows) == list(range(len(snapshot.passages)))
    expected = expected_scores(snapshot, question, fusion.WEIGHTS)
    np.testing.assert_allclose(ranking.scores, expected[ranking.rows], atol=1e-5)


def test_a_question_of_one_token_and_of_none() -> None:
    one, none = encoded("a"), encoded("……")
    assert (len(one.tokens), len(none.tokens)) == (1, 0)
    assert ranker("small").rank(one).weights.tolist() == [1]
    without = ranker("small").rank(none)
    assert without.weights.tolist() == []
    assert (without.signals.late_interaction == 0).all()
    assert (without.signals.lexical == 0).all()


def test_an_index_of_a_model_without_tokens() -> None:
    encoder = TokenlessEncoder()
    snapshot = snapshot_of(PLAN, NOTES, encoder=encoder)
    for text in QUESTIONS:
        question = encoded(text, encoder)
        ranking = Ranker(snapshot).rank(question)
        assert_sound(ranking, snapshot, question)
        expected = expected_scores(snapshot, question, fusion.WITHOUT_TOKENS)
        np.testing.assert_allclose(ranking.scores, expected[ranking.rows], atol=1e-5)


def test_one_passage() -> None:
    snapshot = snapshot_of("节约用水。推广再生水。\n")
    question = encoded("推广再生水")
    ranking = Ranker(snapshot).rank(question)
    assert_sound(ranking, snapshot, question)
    assert ranking.rows.tolist() == [0]
    assert ranking.sentence_scores[0].argmax() == 1


def test_a_sentence_is_known_by_its_vector_and_its_tokens() -> None:
    """By hand: the second sentence is the question, the first shares nothing with it."""
    ranking = Ranker(snapshot_of("今天开会。推广再生水。\n")).rank(encoded("推广再生水"))
    np.testing.assert_allclose(ranking.sentence_scores[0], [0, 1 + 2], atol=0.01)
    np.testing.assert_allclose(ranking.matches, np.ones((5, 1)), atol=0.01)
    assert ranking.signals.late_interaction[0] == pytest.approx(1, abs=0.01)
    assert ranking.signals.sentence[0] == pytest.approx(1, abs=0.01)


def test_the_sentences_of_a_passage() -> None:
    owned = [ranker("small").sentences_of(row).tolist() for row in range(len(small().passages))]
    assert [row for own in owned for row in own] == list(range(len(small().sentences)))


# boosted passages


@given(st.sampled_from(QUESTIONS), st.lists(st.booleans(), min_size=11, max_size=11))
def test_boosted_passages_gain_as_much_as_that(text: str, boosted: list[bool]) -> None:
    assert len(small().passages) == 11
    plain = ranker("small").rank(encoded(text))
    raised = ranker("small").rank(encoded(text), boosted=np.array(boosted))
    before = dict(zip(plain.rows.tolist(), plain.scores.tolist(), strict=True))
    for row, score in zip(raised.rows.tolist(), raised.scores.tolist(), strict=True):
        assert score == pytest.approx(before[row] + BOOST * boosted[row], abs=1e-5)
    assert_sound(raised, small(), encoded(text))


# passages that are let through


def masks(count: int) -> st.SearchStrategy[Mask]:
    """Some passages of all, few or many; at least one."""
    chosen = st.sets(st.integers(0, count - 1), min_size=1, max_size=count)
    return chosen.map(lambda rows: np.isin(np.arange(count), list(rows)))


@given(st.sampled_from(QUESTIONS), masks(11))
def test_no_other_passage_is_let_through(text: str, among: Mask) -> None:
    ranking = ranker("small").rank(encoded(text), among=among)
    assert_sound(ranking, small(), encoded(text))
    assert sorted(ranking.rows.tolist()) == np.flatnonzero(among).tolist()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join), masks(400), masks(400))
def test_no_other_of_many_passages_is_let_through(text: str, among: Mask, boosted: Mask) -> None:
    question = encoded(text)
    ranking = ranker("large").rank(question, among=among, boosted=boosted)
    assert_sound(ranking, large(), question)
    assert among[ranking.rows].all()
    assert len(ranking.rows) == min(among.sum(), MAX_CANDIDATES)
    owners = [set(large().sentences[rows, 0].tolist()) for rows in ranking.sentence_rows]
    assert all(own == {row} for own, row in zip(owners, ranking.rows.tolist(), strict=True))


def test_words_and_sentences_of_other_passages_do_not_lead_to_them() -> None:
    """The passages that share all words and the very sentence are those that are not let through."""
    rows = np.array(["节约用水人人有责" in p.text for p in small().passages])
    assert rows.sum() == 1
    ranking = ranker("small").rank(encoded("节约用水人人有责"), among=~rows)
    assert np.flatnonzero(rows)[0] not in ranking.rows
    assert ranker("small").rank(encoded("节约用水人人有责")).rows[0] == np.flatnonzero(rows)[0]


# more passages than are compared


@pytest.mark.parametrize("text", ["推广再生用水", "教育", "治理大气浓度监测", "qq"])
def test_many_passages(text: str) -> None:
    question = encoded(text)
    ranking = ranker("large").rank(question)
    assert_sound(ranking, large(), question)
    assert len(ranking.rows) == MAX_CANDIDATES > MAX_COMPARED
    first = ranker("large").rank(question, among=np.isin(np.arange(400), ranking.rows[:MAX_COMPARED]))
    assert first.rows.tolist() == ranking.rows[:MAX_COMPARED].tolist()  # those compared token by token are the first
    np.testing.assert_allclose(first.scores, ranking.scores[:MAX_COMPARED], atol=1e-5)


def test_more_than_are_compared_and_fewer_than_are_ranked() -> None:
    among = np.arange(400) < MAX_COMPARED + 5
    ranking = ranker("large").rank(encoded("推广再生用水"), among=among)
    assert_sound(ranking, large(), encoded("推广再生用水"))
    assert len(ranking.rows) == MAX_COMPARED + 5


# another order


def test_candidates_move_with_all_that_is_known_of_them_and_scores_stay() -> None:
    ranking = ranker("large").rank(encoded("推广再生用水"))
    order = np.arange(MAX_CANDIDATES)
    order[:4] = [2, 0, 3, 1]
    moved = ranking.reordered(order)
    assert moved.rows[:4].tolist() == ranking.rows[[2, 0, 3, 1]].tolist()
    assert moved.rows[4:].tolist() == ranking.rows[4:].tolist()
    assert moved.scores.tolist() == ranking.scores.tolist()
    np.testing.assert_array_equal(moved.matches[:, :4], ranking.matches[:, [2, 0, 3, 1]])
    assert moved.matches.shape == ranking.matches.shape
    for name, signal in moved.signals._asdict().items():
        assert signal[:4].tolist() == getattr(ranking.signals, name)[[2, 0, 3, 1]].tolist()
    assert moved.sentence_rows[0].tolist() == ranking.sentence_rows[2].tolist()
    assert moved.sentence_scores[1].tolist() == ranking.sentence_scores[0].tolist()
    back = moved.reordered(np.argsort(order))
    assert back.rows.tolist() == ranking.rows.tolist()
    np.testing.assert_array_equal(back.matches, ranking.matches)


@pytest.mark.parametrize("which", ["small", "large"])
@pytest.mark.parametrize("tokens", [1, 7])
def test_tokens_that_are_compared_block_by_block(which: str, tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [ranker(which).rank(encoded(question)) for question in QUESTIONS]
    monkeypatch.setattr("retrieval.ranking.ranker._COMPARED_TOKENS", tokens)
    for question, expected in zip(QUESTIONS, whole, strict=True):
        found = ranker(which).rank(encoded(question))
        np.testing.assert_array_equal(found.rows, expected.rows)
        np.testing.assert_allclose(found.matches, expected.matches, atol=1e-6)
        np.testing.assert_allclose(found.reverse, expected.reverse, atol=1e-6)
