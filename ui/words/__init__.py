"""Words of the page, in Chinese and in English."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from index.citations import Language
from index.records import Passage
from retrieval.records import HIGH_CONFIDENCE, AbstentionReason, Answer
from ui.words import records
from ui.words.records import (
    AccessWords,
    BasketWords,
    BatchWords,
    CoverageWords,
    ErrorWords,
    ExportWords,
    FrameWords,
    HitWords,
    LibraryWords,
    RelatedWords,
)

__all__ = ["CHOICES", "EN", "WORDS", "ZH", "Language", "PageWords", "preferred_language", "words_for"]

_HYPHEN, _SPACE = "\u2011", "\u00a0"  # no line breaks at these
_MAX_NAMED = 5  # places with the same text: a closing formula stands in every law

CHOICES: tuple[tuple[str, Language], ...] = (("中文", "zh"), ("English", "en"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """Words of one language; names in braces are filled in by ``str.format``."""

    language: Language
    tag: str
    name: str
    motto: str
    switch: str
    passages: str
    remarks: str
    left_out: str
    contents: str
    running_lines: str
    surroundings: str
    turned: str
    illegible: str
    unread: str
    more_lines: str
    whole_document: str
    before_chapters: str
    line: str
    page: str
    joined_lines: str
    recognised: str
    question: str
    placeholder: str
    ask: str
    examples: str
    searching: str
    asked: str
    answered: str
    answered_twice: str
    perhaps: str
    related_only: str
    not_in_the_text: str
    not_in_these_documents: str
    nothing_similar: str
    no_detail: str
    lacks: str
    differs: str
    not_a_question: str
    no_such_place: str
    place: str
    place_and_place: str
    too_vague: str
    confidence: str
    very_sure: str
    rather_sure: str
    somewhat_sure: str
    unsure: str
    found: str
    nearest: str
    same_text: str
    place_then_place: str
    more_places: str
    generation: str
    built: str
    updated: str
    not_opened: str
    reason: str
    older: str
    ask_again: str
    empty_question: str
    unusable: str
    failed: str
    unexpected: str
    about_lead: str
    about_title: str
    about_clause: str
    about_figure: str
    about_duty: str
    error: ErrorWords
    access: AccessWords
    frame: FrameWords
    hit: HitWords
    export: ExportWords
    basket: BasketWords
    batch: BatchWords
    related: RelatedWords
    coverage: CoverageWords
    library: LibraryWords

    def source_position(self, passage: Passage) -> str:
        """Return the page of a passage in its source file, else the line."""
        return self.page.format(page=passage.page) if passage.page else self.line.format(line=passage.line)

    def passage_notes(self, passage: Passage) -> tuple[str, ...]:
        """Return what differs from the source in a passage: joined lines, characters recognised with doubt."""
        joined = (self.joined_lines,) if passage.repaired else ()
        return (*joined, self.recognised) if passage.doubtful else joined

    def sureness(self, confidence: float) -> str:
        """Return a confidence between 0 and 1 in words."""
        steps = ((0.9, self.very_sure), (0.7, self.rather_sure), (0.5, self.somewhat_sure))
        return next((word for least, word in steps if confidence >= least), self.unsure)

    def confidence_text(self, answer: Answer) -> str:
        """Return the confidence of an answer as a phrase."""
        return self.confidence.format(degree=self.sureness(answer.confidence))

    def verdict(self, answer: Answer) -> str:
        """Return the title of an answer, over the sentences that are quoted or the reason why there are none."""
        match answer.status:
            case "answered" if answer.confidence < HIGH_CONFIDENCE:
                return self.perhaps
            case "answered":
                return self.answered_twice if len(answer.answering) > 1 else self.answered
            case "related":
                return self.related_only
            case "too vague":
                return self.too_vague
        is_place = answer.reason == "no such place" and not answer.hits
        return self.not_in_these_documents if is_place else self.not_in_the_text

    def explanation(self, answer: Answer) -> str:
        """Return why the text does not answer, and in what the quoted sentence differs from the question."""
        return ("" if self.language == "zh" else " ").join(
            [
                *filter(None, [self._why_not(answer)]),
                *(self.differs.format(asked=one.asked, found=one.found) for one in answer.differences),
            ]
        )

    def _why_not(self, answer: Answer) -> str:
        places = self.place_and_place.join(
            name if name.startswith("《") else self.place.format(name=name) for name in answer.unresolved
        )
        lacks = self.lacks.format(detail=self.hit.details[answer.missing]) if answer.missing else ""
        sentences: dict[AbstentionReason | None, str] = {
            "nothing similar": self.nothing_similar,
            "no detail": lacks or self.no_detail,
            "talk": self.not_a_question,
            "no such place": self.no_such_place.format(places=places),
        }
        return sentences.get(answer.reason, "")

    def same_places(self, citations: Sequence[str]) -> str:
        """Return the first citations of passages with the same text, as a sentence."""
        places = list(citations[:_MAX_NAMED])
        if more := len(citations) - len(places):
            places.append(self.more_places.format(count=more))
        return self.same_text.format(places=self.place_then_place.join(places))

    def index(self, generation: str, built: datetime | None) -> str:
        """Return a generation such as 000007 as a phrase, with the time of its build if known."""
        number = self.generation.format(number=generation.lstrip("0") or generation)
        time = f"{built:%Y-%m-%d %H:%M}".replace("-", _HYPHEN).replace(" ", _SPACE) if built else ""
        return number + (self.built.format(time=time) if built else "")


def _load(language: Language) -> PageWords:
    """Read the words of a language. Raises TypeError naming the keys that are missing or unknown."""
    text = files("ui.words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    for section, table in found.items():
        if isinstance(table, dict):
            found[section] = getattr(records, f"{section.title()}Words")(**table)
    return PageWords(**found)


ZH, EN = _load("zh"), _load("en")
WORDS: Mapping[str, PageWords] = {"zh": ZH, "en": EN}


def words_for(language: str) -> PageWords:
    """Return the words of a language code; the Chinese words for an unknown code."""
    return WORDS.get(language, ZH)


def preferred_language(accept_language: str) -> Language:
    """Return the first supported language of an Accept-Language header, Chinese without one.

    Browsers send their languages best first, so the weights after ``;q=`` add nothing.
    """
    for tag in re.findall(r"[A-Za-z]+", re.sub(r"[-;][^,]*", "", accept_language)):
        match tag.lower():
            case "zh":
                return "zh"
            case "en":
                return "en"
    return "zh"
