"""The words on the cards of passages, and around the open text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HitWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    by_both: str
    by_meaning: str
    by_words: str
    meets: str  # before pairs of words
    pair: str
    pair_and_pair: str
    actions: str
    copy: str
    copy_as: str
    style_quotation: str
    style_zh: str
    style_en: str
    style_markdown: str
    style_gbt7714: str
    style_bibtex: str
    link: str
    link_here: str  # of an address that leads nowhere from other machines
    related: str
    open: str
    collect: str
    collected: str
    refers_nowhere: str
    also_named: str
    next_hit: str
    previous_hit: str
    hit_of: str
    choose_document: str
    reading: str
    inferred: str


ZH = HitWords(
    by_both="意思相近，用词也相同",
    by_meaning="意思相近",
    by_words="用词相同",
    meets="对应：",
    pair="{question} → {passage}",
    pair_and_pair="；",
    actions="对这一段",
    copy="复制出处",
    copy_as="其他格式",
    style_quotation="引文和出处",
    style_zh="中文",
    style_en="英文",
    style_markdown="Markdown",
    style_gbt7714="GB/T 7714",
    style_bibtex="BibTeX",
    link="复制链接",
    link_here="这个链接只在这台电脑上有效",
    related="相关段落",
    open="在原文中打开",
    collect="加入摘录",
    collected="已在摘录",
    refers_nowhere="所指的内容不在索引里",
    also_named="另指 {count} 处",
    next_hit="下一处",
    previous_hit="上一处",
    hit_of="第 {rank} 处，共 {count} 处",
    choose_document="打开文件",
    reading="正在打开原文……",
    inferred="原文没有这一级标题，由上下文推定",
)

EN = HitWords(
    by_both="similar in meaning and wording",
    by_meaning="similar in meaning",
    by_words="the same words",
    meets="Words that meet: ",
    pair="{question} → {passage}",
    pair_and_pair="; ",
    actions="With this passage",
    copy="Copy citation",
    copy_as="Other forms",
    style_quotation="Quotation with citation",
    style_zh="Chinese",
    style_en="English",
    style_markdown="Markdown",
    style_gbt7714="GB/T 7714",
    style_bibtex="BibTeX",
    link="Copy link",
    link_here="This link works on this machine only",
    related="Related",
    open="Open in text",
    collect="Add to basket",
    collected="In the basket",
    refers_nowhere="what it refers to is not in the index",
    also_named="and {count} more places",
    next_hit="Next",
    previous_hit="Previous",
    hit_of="{rank} of {count}",
    choose_document="Open a document",
    reading="Opening the text …",
    inferred="the text has no such heading; inferred from what follows",
)
