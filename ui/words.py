"""Every word of the interface, in Chinese and in English."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]

CHOICES: tuple[tuple[str, Language], ...] = (("中文", "zh"), ("English", "en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    language: Language
    tag: str  # the BCP 47 tag for lang attributes
    name: str
    motto: str
    switch: str
    # the documents
    documents: str
    passages: str
    remarks: str
    # the question
    question: str
    placeholder: str
    ask: str
    examples: str
    searching: str
    # the verdict
    asked: str
    answered: str
    perhaps: str
    not_in_the_text: str
    too_vague: str
    confidence: str
    very_sure: str
    rather_sure: str
    somewhat_sure: str
    unsure: str
    # the hits
    found: str
    nearest: str
    line: str
    page: str
    mended: str
    related: str
    no_related: str
    corresponds: str
    same_subject: str
    same_terms: str
    refers_to: str
    referred_to_by: str
    # what went wrong
    empty_question: str
    unusable: str
    failed: str
    unexpected: str
    # examples made from the documents
    about_lead: str
    about_title: str
    about_clause: str
    about_figure: str
    about_duty: str

    def sureness(self, confidence: float) -> str:
        """A confidence between 0 and 1 in words."""
        steps = ((0.9, self.very_sure), (0.7, self.rather_sure), (0.5, self.somewhat_sure))
        return next((word for least, word in steps if confidence >= least), self.unsure)

    def kind(self, kind: str) -> str:
        """How a related passage is related; a kind without a word of its own is shown as it is."""
        known = {
            "same subject": self.same_subject,
            "same terms": self.same_terms,
            "refers to": self.refers_to,
            "referred to by": self.referred_to_by,
        }
        return known.get(kind, kind)


ZH = Words(
    language="zh",
    tag="zh-CN",
    name="章句",
    motto="逐章逐句，言必有据。中文、英文都可以问。",
    switch="界面语言",
    documents="共 {count} 份文件",
    passages="{count} 段",
    remarks="读入时的说明",
    question="问题",
    placeholder="想从文件里查什么？",
    ask="查找",
    examples="试着问",
    searching="正在查找……",
    asked="问：",
    answered="文件的回答",
    perhaps="可能的回答",
    not_in_the_text="本文件没有回答这个问题",
    too_vague="这个问题太笼统，无法确定要找的是什么。请说得具体一些：谁、什么事、哪一年、多少。",
    confidence="把握：{degree}",
    very_sure="很大",
    rather_sure="较大",
    somewhat_sure="一般",
    unsure="不大，请核对原文",
    found="出处与原文",
    nearest="意思最接近的段落",
    line="原文第 {line} 行",
    page="原文第 {page} 页",
    mended="原文在段中断行，此处已接合",
    related="其他章节的相关段落（{count}）",
    no_related="其他章节没有相关段落。",
    corresponds="与本段这一句相应：",
    same_subject="同一主题",
    same_terms="用语相同",
    refers_to="本段提及",
    referred_to_by="提及本段",
    empty_question="请先输入问题。",
    unusable="这个问题没法查，请写得短一些、具体一些",
    failed="没有查成",
    unexpected="程序出了意外，这次没有查成。请再试一次；如果仍然不行，运行 zhangju serve 的窗口里有详细记录。",
    about_lead="关于“{text}”，文件怎么说？",
    about_title="“{text}”有哪些内容？",
    about_clause="“{text}”，文件怎么说？",
    about_figure="{subject}{change}多少？",
    about_duty="{subject}，{modal}怎么做？",
)

EN = Words(
    language="en",
    tag="en",
    name="Zhangju",
    motto="Chapter and verse for every answer. Ask in English or Chinese.",
    switch="Language",
    documents="{count} documents",
    passages="{count} passages",
    remarks="Notes from reading the file",
    question="Question",
    placeholder="What would you like to find?",
    ask="Ask",
    examples="Try asking",
    searching="Searching …",
    asked="Question: ",
    answered="The text answers",
    perhaps="Perhaps the answer",
    not_in_the_text="The text does not answer this question",
    too_vague="This question is too general to tell what is meant. "
    "Please be more specific: who, what, which year, how much.",
    confidence="Confidence: {degree}",
    very_sure="high",
    rather_sure="fairly high",
    somewhat_sure="moderate",
    unsure="low, please check the passage",
    found="Passages",
    nearest="Nearest passages",
    line="line {line} of the source",
    page="page {page} of the source",
    mended="broken across lines in the source, joined here",
    related="Related passages in other chapters ({count})",
    no_related="No related passages in other chapters.",
    corresponds="Corresponds to this sentence above: ",
    same_subject="same subject",
    same_terms="same terms",
    refers_to="referred to above",
    referred_to_by="refers to the passage above",
    empty_question="Please type a question first.",
    unusable="This question cannot be used; please make it shorter and more specific",
    failed="The search could not be done",
    unexpected="Something unexpected went wrong and there is no result. "
    "Please try again; if it happens again, the window that runs zhangju serve shows the details.",
    about_lead="What does the text say about “{text}”?",
    about_title="What does the text set out under “{text}”?",
    about_clause="What does the text say on “{text}”?",
    about_figure="What figure does the text give for “{subject}”?",
    about_duty="What does the text require where it says “{subject}”?",
)

WORDS: Mapping[str, Words] = {"zh": ZH, "en": EN}


def words_for(language: str) -> Words:
    """The catalogue of a language code; Chinese for any code that has none."""
    return WORDS.get(language, ZH)


def preferred_language(accept_language: str, default: Language = "zh") -> Language:
    """The first language of a browser's Accept-Language header that has a catalogue.

    Browsers send their languages best first, so the weights behind ``;q=`` add nothing.
    """
    for tag in re.findall(r"[A-Za-z]+", re.sub(r"[-;][^,]*", "", accept_language)):
        match tag.lower():
            case "zh":
                return "zh"
            case "en":
                return "en"
    return default
