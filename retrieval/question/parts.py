"""The single questions of a text that asks several."""

import re
from typing import NamedTuple

_END = re.compile(r"(?<=[?？؟])")
_MIN_LETTERS = 4  # letters, digits or characters of a question by itself
MAX_QUESTIONS = 4  # of one text; more are a list, for which there are batches

# Behind things that are asked for in common: "A和B分别由谁负责", "AとBはそれぞれ".
_EACH = re.compile("(は)?それぞれ|分别|各自|各(?=[占为是由需应有怎按])")
_AND = re.compile("以及|及び|[和与跟同及と、]")
_COUNT = re.compile("(?<=.)[二两三四五六七八九十]+[者个种类项方面地市县国]$")  # 甲、乙两者
_BEGIN = re.compile("[,，。；;：:!！]")
_OWNER = re.compile(".*的")
_ASKED = re.compile("(?<=.)的[^的]+$")


class SingleQuestion(NamedTuple):
    """A question of several; ``complete`` if it says itself what it is about, without those before it."""

    text: str
    complete: bool


def single_questions(text: str) -> tuple[SingleQuestion, ...]:
    """Return the questions of a text that asks several, none if it is one question or many.

    Each ends with a question mark, or asks for one of several things that are asked for in common ("A和B分别…").
    """
    asked = [part.strip() for part in _END.split(text)]
    asked = [part for part in asked if _END.search(part) and sum(c.isalnum() for c in part) >= _MIN_LETTERS]
    questions = tuple(one for part in asked or [text] for one in _by_thing(part))
    return questions if 2 <= len(questions) <= MAX_QUESTIONS else ()


def _by_thing(question: str) -> tuple[SingleQuestion, ...]:
    """Repeat a question for each of the things that it asks for in common."""
    each = _EACH.search(question)
    if each is None:
        return (SingleQuestion(question, False),)
    begin = max((m.end() for m in _BEGIN.finditer(question, 0, each.start())), default=0)
    things = [thing.strip() for thing in _AND.split(_COUNT.sub("", question[begin : each.start()]))]
    if not 2 <= len(things) <= MAX_QUESTIONS or not all(things):
        return (SingleQuestion(question, False),)
    # "辽宁的甲和乙": what 甲 belongs to is that of 乙, too
    owner = _OWNER.match(things[0])
    if owner and not any("的" in thing for thing in things[1:]):
        things[1:] = [owner.group() + thing for thing in things[1:]]
    # "甲和乙的期限": what is asked of 乙 is asked of 甲, too
    asked = _ASKED.search(things[-1])
    if asked and not any("的" in thing for thing in things[:-1]):
        things[:-1] = [thing + asked.group() for thing in things[:-1]]
    rest = (each.group(1) or "") + question[each.end() :]
    return tuple(SingleQuestion(question[:begin] + thing + rest, True) for thing in things)
