"""Four small documents: two plans, a law and an Act in English."""

from index.parsing.structure import read_document
from index.records import Passage
from retrieval.arrays import Mask
from retrieval.corpus import Corpus
from tests.collection import PLAN

OTHER = """\
某市规划
第二编 发展
第二章 创新
市章下段。
第一节 绿色工业
市节一段。
第二节 人才
市节二段。
专栏2 工程
第十六章 绿色生活
十六章段。
"""
LAW = """\
# 中华人民共和国样法
## 第一章 总则
第一条 甲：
（一）乙；
（二）丙。
第二条 丁。
## 第二章 处罚
第二十条 戊。
第二十一条 己。
"""
ENGLISH = """\
# Harbour Act
## Chapter 1 Scope
### Article 1 Ships
One.
### Article 2 Boats
Two.
## Chapter 2 Duties
### Article 3 Pilots
Three.
"""
DOCUMENTS = tuple(
    read_document(text.encode(), name)
    for text, name in ((PLAN, "plan.txt"), (OTHER, "city/other.txt"), (LAW, "law.md"), (ENGLISH, "harbour.md"))
)
CORPUS = Corpus(DOCUMENTS)


def chosen(mask: Mask | None) -> list[Passage]:
    """Return the passages of a mask."""
    assert mask is not None
    assert mask.shape == (len(CORPUS.passages),)
    return [passage for passage, inside in zip(CORPUS.passages, mask, strict=True) if inside]


def texts(mask: Mask | None) -> list[str]:
    """Return the first characters of their last lines."""
    return [passage.text.splitlines()[-1][:4] for passage in chosen(mask)]
