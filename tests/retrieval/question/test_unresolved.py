"""Citations of what is not in a small plan (chapters 1 to 3) and a small law (articles 1 and 2)."""

from collections.abc import Sequence

import pytest

from index.records import Document
from retrieval.corpus import Corpus
from retrieval.question.plan import QuestionPlanner
from tests.ui.fakes import document, law, plan

DOCUMENTS = (plan(), law())


def missing(words: str, documents: Sequence[Document]) -> str:
    """Return what does not exist, if words are nothing but a citation."""
    found = QuestionPlanner(Corpus(documents)).plan(words)
    return "" if found.words or found.places else "".join(found.unresolved)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("刑法133-1", "《刑法》"),
        ("刑法第一百三十三条之一", "《刑法》"),
        ("《刑法》第三条", "《刑法》"),
        ("公务员法第五条", "《公务员法》"),
        ("Criminal Law art. 133", "《Criminal Law》"),
        ("article 5 of the Banking Act", "《Banking Act》"),
        ("ch. 25", "ch. 25"),
        ("第二十五章？", "第二十五章"),
        ("第二章第九节", "第二章第九节"),
        ("专栏9", "专栏9"),
        ("云溪市发展规划第九章", "云溪市发展规划第九章"),
        ("湿地保护条例第九条", "湿地保护条例第九条"),
        ("第二条第（九）项", "第二条第（九）项"),
    ],
)
def test_a_citation_of_what_is_not_there(words: str, name: str) -> None:
    assert missing(words, DOCUMENTS) == name


@pytest.mark.parametrize(
    "words",
    [
        *("第二章第一节", "ch. 3", "《云溪市发展规划》第二章", "云溪市湿地保护条例第二条"),
        *("第二章、第九章", "article 2 of the 湿地保护条例"),  # some of it is there
        *("刑法第五条是什么", "根据刑法第五条", "第二十五章关于就业怎么说", "What does chapter 25 say?", "第三条道路"),
        *("《刑法》", "刑法", "用水量下降12", "十四五规划 2035", "2035年", "方法3", "每人每天25条", "？"),
        *("第二十五章\n第二十六章", "第九章" * 40),
    ],
)
def test_what_is_there_and_what_is_asked_in_words_is_left_to_the_search(words: str) -> None:
    assert missing(words, DOCUMENTS) == ""


def test_a_title_of_either_of_two_documents_is_not_missing() -> None:
    rows = plan().passages[0]
    other = [
        document(name, title, ((rows.path, 1, "", "甲。"),)) for name, title in (("a", "甲市规划"), ("b", "乙市规划"))
    ]
    assert missing("《市规划》第九章", other) == ""
    assert missing("《甲市规划》第九章", other) == "《甲市规划》第九章"
