import pytest

from retrieval.answering.constraints import differences, missing_detail
from retrieval.question.question_type import classify
from retrieval.records import Detail


@pytest.mark.parametrize(
    ("question", "sentence", "missing"),
    [
        ("罚款多少钱？", "处二万元以上五万元以下的罚款。", None),
        ("罚款多少钱？", "责令限期改正。", "money"),
        ("多长时间内答复？", "应当在十五日内答复。", None),
        ("多长时间内答复？", "应当及时答复。", "duration"),
        ("How many members does it have?", "It has nine members.", None),
        ("How many members does it have?", "Members are elected.", "number"),
        ("什么时候施行？", "自2021年1月1日起施行。", None),
        ("什么时候施行？", "由国务院规定。", "date"),
        ("How soon must they be told?", "They are told within 72 hours.", None),
        ("육아휴직은 며칠인가요?", "20일의 휴가를 주어야 한다.", None),
        ("罰金はいくらですか", "五十万円以下の罰金に処する。", None),
        ("벌금은 얼마인가요?", "3천만원 이하의 벌금에 처한다.", None),
        ("为什么要节水？", "为了保护水资源，制定本法。", None),
        ("为什么要节水？", "用水量下降12%。", "why"),
        ("怎样节水？", "推广再生水。", None),  # a way has no form of its own
        ("节水", "推广再生水。", None),
    ],
)
def test_the_detail_that_a_sentence_lacks(question: str, sentence: str, missing: Detail | None) -> None:
    assert missing_detail(classify(question), sentence) == missing


def difference(question: str, sentence: str, around: str = "") -> list[tuple[str, str, str]]:
    found = differences(question, classify(question), sentence, around + sentence)
    return [(one.kind, one.asked, one.found) for one in found]


def test_a_year_that_the_text_does_not_name() -> None:
    assert difference("2030年森林覆盖率多少？", "到2025年达到42%。") == [("year", "2030年", "2025年")]
    assert difference("2025年森林覆盖率多少？", "到二〇二五年达到42%。") == []
    assert difference("2030年森林覆盖率多少？", "森林覆盖率达到42%。") == []  # no year at all: a law holds for any
    assert difference("2030年覆盖率多少？", "比2025年高2%。", around="2030年的目标。") == []  # named before
    assert difference("Is it done by 2030?", "By 2025 it is done.") == [("year", "2030", "2025")]


@pytest.mark.parametrize(
    ("question", "sentence", "found"),
    [
        ("用水量下降20%是真的吗？", "用水量下降12%。", [("value", "20%", "12%")]),
        ("用水量下降百分之十二对吗？", "用水量下降12%。", []),
        ("用水量下降２０％，对吗？", "用水量下降百分之十二。", [("value", "20%", "百分之十二")]),
        ("投资3.5亿元，是吗？", "投资35000万元。", []),
        ("Is it true that it costs $2 million?", "It costs $3 million.", [("value", "$2 million", "$3 million")]),
        ("Is it 1,000 km long?", "It is 1000 km long.", []),
        ("四分之一的人会用，对吗？", "占25%。", []),
        ("下降了两成，是吗？", "下降20%。", []),
        ("占三分之一，对吗？", "占三分之二。", [("value", "三分之一", "三分之二")]),
        ("Is it 5 percent?", "It is 5%.", []),
        ("面积是1公顷，对吗？", "面积15亩。", []),  # of different units nothing is said
        ("Kostet es 1000 Euro?", "Es kostet 1.000 Euro.", []),
        ("用水量下降20%是真的吗？", "一类下降12%，二类下降15%。", []),  # which of them, nobody knows
        ("罚20%的款要怎么交？", "罚款12%。", []),  # stated by nobody
        ("十三岁的人要负责吗？", "满十四周岁的人负责。", []),  # a circumstance
    ],
)
def test_a_value_that_the_text_has_otherwise(question: str, sentence: str, found: list[tuple[str, str, str]]) -> None:
    assert difference(question, sentence) == found
