"""Questions in words, places, and mixtures of both, generated from a small sample."""

from random import Random

from tests.collection import PLAN

LAW = """\
中华人民共和国样法
第一章 总则
第一条 为了节约用水：
（一）推广再生水；
（二）公布万元产值用水量。
节约用水人人有责。
第二条 本法所称用水，包括生产用水。
第二章 法律责任
第二十条 浪费用水的，处五万元以下罚款。
第二十一条 拒绝培训的，由县级人民政府责令改正。
"""
ENGLISH = """\
Harbour Act
Chapter 1 Scope
Article 1 Ships
This Act applies to ships that use a harbour.
Article 2 Boats
A boat of less than 12 metres is exempt.
Chapter 2 Duties
Article 3 Pilots
A pilot reports to the harbour master within 24 hours.
"""
TEXTS = (PLAN, LAW, ENGLISH)


def _split(text: str) -> list[str]:
    return text.replace("\n", "").split("|")


_PLACES = _split("""
第一章|第二章|第三章|第一章第二节|第二章第一节|第一章第一节第2段|专栏1|第一条|第二十条|第一条第二款|第一条第（二）项|
第二十条至第二十一条|第一章、第三章|《某省规划》第二章|样法第二十条|《样法》第一条第二款|样法21|第1章第2节|
某省规划第一章第一节第1段|第二章、第九章|
第九章|第九十九条|样法第九百条|刑法133-1|《刑法》第三条|第一条第九款
""")
_WORDS = _split("""
万元产值用水量下降多少|推广再生水|幼儿园占比|谁负责培训产业工人|浪费用水怎么处罚|建设港口的费用|节约用水|规划|就业工程|
高速铁路票价是多少元
""")
_FORMS = _split("""
{place}|{place}？|{words}？|{place}关于{words}|{place} {words}|请总结{place}的主要内容|{place}说了什么|
{words}在{place}怎么规定|根据{place}，{words}？
""")
_ENGLISH_PLACES = _split("""
chapter 1|ch. 2|Article 2|art. 3|article 3 of the Harbour Act|Harbour Act, art. 1|Harbour Act, ch. 1, art. 2|§2|
Kapitel 2|chapter 9|article 12 of the Banking Act
""")
_ENGLISH_WORDS = _split("""
when does a pilot report|which boats are exempt|how much should water use fall|ships|the price of tea
""")
_ENGLISH_FORMS = _split("""
{place}|{words}?|What does {place} say about {words}?|Summarize {place}|In {place}, {words}?|{words} {place}
""")


def mixed_questions(count: int, seed: int) -> list[str]:
    """Return different questions, always the same for a seed."""
    random = Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        is_english = random.random() < 0.3
        places, words, forms = (
            (_ENGLISH_PLACES, _ENGLISH_WORDS, _ENGLISH_FORMS) if is_english else (_PLACES, _WORDS, _FORMS)
        )
        question = random.choice(forms).format(place=random.choice(places), words=random.choice(words))
        found[question] = None
    return list(found)
