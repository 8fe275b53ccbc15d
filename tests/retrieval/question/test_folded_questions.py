"""Questions and texts with invisible characters and look-alikes are read and searched as if without them."""

import numpy as np
import pytest

from index.building.embedding import passage_texts
from index.parsing.structure import read_document
from index.references.links import link_documents
from retrieval.search import Searcher
from tests.collection import searcher_of, snapshot_of

ARTICLES = "某市办法\n第一条 节约用水人人有责。\n第二条 依照第一条推广再生水。\n第三条 本办法自公布之日起施行。\n"
HIDDEN = ARTICLES.replace("依照第一条推广再生水", "依照第\u200b一条推广再\u00ad生⽔")


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return searcher_of(snapshot_of(HIDDEN))


def test_a_reference_in_a_text_is_found_with_its_span_as_written() -> None:
    (document,) = link_documents([read_document(HIDDEN.encode(), "law.txt")])
    (link,) = document.passages[1].links
    assert document.passages[1].text[slice(*link.span)] == "第\u200b一条"
    assert link.targets == (document.passages[0].id,)


def test_a_text_is_embedded_as_read() -> None:
    plain, hidden = (read_document(text.encode(), "law.txt") for text in (ARTICLES, HIDDEN))
    assert np.array_equal(passage_texts(plain.passages).keys, passage_texts(hidden.passages).keys)


@pytest.mark.parametrize("words", ["第\u200b二条", "第⼆条", "\ufeff第二\ufe0f条？"])
def test_a_question_goes_to_the_place_that_it_names(searcher: Searcher, words: str) -> None:
    plan = searcher.plan(words)
    assert [place.passage.path[-1].number for place in plan.places] == [2]
    assert plan.question == words.strip()
    assert searcher.show(words.rstrip("？"))[0].passage.path[-1].number == 2


@pytest.mark.parametrize("question", ["推广再生水了吗", "推\u200b广再生⽔了吗"])
def test_words_are_found_however_they_are_written(searcher: Searcher, question: str) -> None:
    answer = searcher.ask(question)
    assert answer.question == question
    assert answer.hits[0].passage.path[-1].number == 2
    assert answer.hits[0].score == searcher.ask("推广再生水了吗").hits[0].score


def test_a_question_of_ignored_characters_alone_is_vague(searcher: Searcher) -> None:
    plan = searcher.plan("\u3164\u00ad")
    assert (plan.words, plan.places) == ("", ())
