"""Every word of the interface, in Chinese and in English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from retrieval.records import DOUBTFUL, SURE, Answer, Reason
from ui.words import access, basket, batch, coverage, errors, export, frame, hits, library, related
from ui.words.access import AccessWords
from ui.words.basket import BasketWords
from ui.words.batch import BatchWords
from ui.words.coverage import CoverageWords
from ui.words.errors import ErrorWords
from ui.words.export import ExportWords
from ui.words.frame import FrameWords
from ui.words.hits import HitWords
from ui.words.library import LibraryWords
from ui.words.related import RelatedWords

Language = Literal["zh", "en"]

_HYPHEN, _SPACE = "\u2011", "\u00a0"  # at which no line is broken
_MOST_NAMED = 5  # places with the same words: a closing formula stands in every law

CHOICES: tuple[tuple[str, Language], ...] = (("中文", "zh"), ("English", "en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
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
    answered_twice: str
    perhaps: str
    doubtful: str
    not_in_the_text: str
    not_in_these_documents: str
    nothing_similar: str
    no_detail: str
    talk: str
    no_such_place: str
    place: str  # a place that is not there, as it was written
    place_and_place: str  # what stands between two
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
    same_text: str
    place_then_place: str  # what stands between two citations
    more_places: str
    # the index
    generation: str
    built: str  # what stands behind a generation, where it is known
    updated: str
    not_opened: str
    reason: str
    older: str
    ask_again: str
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
    error: ErrorWords
    # by region
    access: AccessWords
    frame: FrameWords
    hit: HitWords
    export: ExportWords
    basket: BasketWords
    batch: BatchWords
    related: RelatedWords
    coverage: CoverageWords
    library: LibraryWords

    def sureness(self, confidence: float) -> str:
        """A confidence between 0 and 1 in words."""
        steps = ((0.9, self.very_sure), (0.7, self.rather_sure), (0.5, self.somewhat_sure))
        return next((word for least, word in steps if confidence >= least), self.unsure)

    def found_answer(self, confidence: float, *, twice: bool) -> str:
        """What stands over one or two sentences that answer."""
        if confidence < DOUBTFUL:
            return self.doubtful
        if confidence < SURE:
            return self.perhaps
        return self.answered_twice if twice else self.answered

    def no_answer(self, answer: Answer) -> str:
        """What stands over an answer that is none: a citation that names nothing is no question."""
        if answer.status == "too vague":
            return self.too_vague
        is_place = answer.reason == "no such place" and not answer.hits
        return self.not_in_these_documents if is_place else self.not_in_the_text

    def why_not(self, reason: Reason | None, nowhere: Sequence[str]) -> str:
        """Why the text does not answer, in a sentence; ``nowhere`` are places that are not there."""
        places = self.place_and_place.join(
            name if name.startswith("《") else self.place.format(name=name) for name in nowhere
        )
        sentences: dict[Reason | None, str] = {
            "nothing similar": self.nothing_similar,
            "no detail": self.no_detail,
            "talk": self.talk,
            "no such place": self.no_such_place.format(places=places),
        }
        return sentences.get(reason, "")

    def same_places(self, citations: Sequence[str]) -> str:
        """Where else the words of a passage stand, in a sentence that names the first few."""
        places = list(citations[:_MOST_NAMED])
        if more := len(citations) - len(places):
            places.append(self.more_places.format(count=more))
        return self.same_text.format(places=self.place_then_place.join(places))

    def index(self, generation: str, built: datetime | None) -> str:
        """A generation such as 000007, and when it was built, if that is known."""
        number = self.generation.format(number=generation.lstrip("0") or generation)
        time = f"{built:%Y-%m-%d %H:%M}".replace("-", _HYPHEN).replace(" ", _SPACE) if built else ""
        return number + (self.built.format(time=time) if built else "")


ZH = PageWords(
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
    ask="提问",
    examples="试着问",
    searching="正在查找……",
    asked="问：",
    answered="文件的回答",
    answered_twice="文件的回答，有两处",
    perhaps="可能的回答",
    doubtful="文件很可能没有直接回答，最接近的一句是",
    not_in_the_text="文件没有回答这个问题",
    not_in_these_documents="这些文件里没有这个出处",
    nothing_similar="里面没有与之相近的内容。",
    no_detail="里面谈到了这个话题，但没有说到所问的细节。",
    talk="这不像是对文件的提问。",
    no_such_place="所查的内容里没有{places}。",
    place="“{name}”",
    place_and_place="、",
    too_vague="请用一句话来提问：谁、什么事、哪一年、多少。",
    confidence="可信程度：{degree}",
    very_sure="高",
    rather_sure="较高",
    somewhat_sure="一般",
    unsure="低，请核对原文",
    found="出处与原文",
    nearest="意思最接近的段落",
    line="原文第 {line} 行",
    page="原文第 {page} 页",
    mended="原文在段中断行，此处已接合",
    same_text="同样的文字还见于：{places}",
    place_then_place="；",
    more_places="另有 {count} 处",
    generation="第 {number} 代",
    built="（{time} 建成）",
    updated="索引已更新，现在用的是{generation}：{documents} 份文件，{passages} 段。",
    not_opened="磁盘上的索引打不开，仍由{generation}回答。",
    reason="原因：",
    older="这个回答出自更新以前的索引。",
    ask_again="再问一次",
    empty_question="请先输入问题。",
    unusable="这个问题无法查询，请写得短一些、具体一些",
    failed="查询没有完成",
    unexpected="程序出了意外，查询没有完成。请再试一次；如果仍然不行，运行 zhangju serve 的窗口里有详细记录。",
    about_lead="关于“{text}”，文件怎么说？",
    about_title="“{text}”有哪些内容？",
    about_clause="“{text}”，文件怎么说？",
    about_figure="{subject}{change}多少？",
    about_duty="{subject}，{modal}怎么做？",
    error=errors.ZH,
    access=access.ZH,
    frame=frame.ZH,
    hit=hits.ZH,
    export=export.ZH,
    basket=basket.ZH,
    batch=batch.ZH,
    related=related.ZH,
    coverage=coverage.ZH,
    library=library.ZH,
)

EN = PageWords(
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
    answered_twice="The text answers, in two places",
    perhaps="Possible answer",
    doubtful="Probably not answered; the nearest sentence",
    not_in_the_text="The text does not answer this question",
    not_in_these_documents="Not in these documents",
    nothing_similar="It holds nothing similar.",
    no_detail="It speaks of the topic, but not of the detail that is asked for.",
    talk="What was typed does not look like a question about the text.",
    no_such_place="There is no {places} in what was searched.",
    place="“{name}”",
    place_and_place=", no ",
    too_vague="Please ask in words: who, what, which year, how much.",
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
    same_text="The same words also in: {places}",
    place_then_place="; ",
    more_places="{count} more",
    generation="generation {number}",
    built=" (built {time})",
    updated="The index was updated and is now {generation}. Documents: {documents}, passages: {passages}.",
    not_opened="The index on the disk cannot be opened; {generation} goes on answering.",
    reason="The reason:",
    older="This answer is from the index before the update.",
    ask_again="Ask again",
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
    error=errors.EN,
    access=access.EN,
    frame=frame.EN,
    hit=hits.EN,
    export=export.EN,
    basket=basket.EN,
    batch=batch.EN,
    related=related.EN,
    coverage=coverage.EN,
    library=library.EN,
)

WORDS: Mapping[str, PageWords] = {"zh": ZH, "en": EN}


def words_for(language: str) -> PageWords:
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
