"""The form of an answer: whether a sentence contains the kind of thing that a question asks for.

All results are estimates from words and forms. A kind without a form of its own (how, yes/no) fits every sentence.
"""

import re

from index.text.chinese import HAN, to_simplified
from retrieval import data
from retrieval.question.patterns import QuestionKind
from retrieval.question.quantities import Measure, Quantity, quantities
from retrieval.question.question_type import QuestionType

_FILE = "answer_forms.toml"
_CONTENT = data.read_toml(_FILE)


def _pattern(key: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    alternatives = "|".join(data.words(_FILE, _CONTENT, key))
    return re.compile(alternatives.replace("<Han>", f"[{HAN}]"), flags)


_ORDINAL, _DATE, _DURATION = (_pattern(key, re.IGNORECASE) for key in ("ordinal", "date", "duration"))
_MOMENT = _pattern("moment")
_FORMS: dict[QuestionKind, tuple[re.Pattern[str], re.Pattern[str]]] = {  # strong form, weak form; capitals count
    "name": (_pattern("name"), _pattern("role")),
    "place": (_pattern("site"), _pattern("place")),
}
_MARKERS: dict[QuestionKind, re.Pattern[str]] = {
    kind: _pattern(kind, re.IGNORECASE) for kind in ("why", "list", "definition")
}


def form_score(wanted: QuestionType, text: str) -> float:
    """Return how surely a sentence contains what is asked for: 1 for a strong form, less for a weak one, 0 for none.

    A number: 1 with the measure asked for, or with any if none is; .5 without a unit, or for money as a share or a
    multiple of a sum; .25 with another measure. A date: 1 for a year if a year is asked for, else for any calendar
    date; .5 for "before", "if" and the like, or a period ("within 72 hours"). Names and places: 1 for a name; .5 for
    roles ("the chairman") and relative places. A list, a cause or a definition without a marker: .5.
    """
    text = to_simplified(text)
    if wanted.kind in ("number", "money", "duration"):
        return _number_score(wanted, text)
    if wanted.kind == "date":
        return _date_score(wanted, text)
    if wanted.kind in _FORMS:
        strong, weak = _FORMS[wanted.kind]
        return 1.0 if strong.search(text) else 0.5 if weak.search(text) else 0.0
    if wanted.kind in _MARKERS:
        return 1.0 if _MARKERS[wanted.kind].search(text) else 0.5
    return 1.0


def _number_score(wanted: QuestionType, text: str) -> float:
    if wanted.kind == "duration" and _DURATION.search(text):
        return 1.0
    if wanted.measures == {"order"}:
        return 1.0 if _ORDINAL.search(text) else 0.0
    return max((_quantity_score(quantity, wanted.measures) for quantity in quantities(text)), default=0.0)


def _quantity_score(quantity: Quantity, measures: frozenset[Measure]) -> float:
    """Return how well a quantity fits the measures asked for; a time is rarely the number of something else."""
    if quantity.measure in ("date", "term", "order"):
        return 0.0
    if quantity.measure in measures:
        return 1.0
    if not measures:
        return 0.5 if quantity.measure == "time" else 1.0
    part_of_a_sum = "money" in measures and quantity.measure in ("percent", "times")  # a fine of twice the price
    return 0.5 if part_of_a_sum or quantity.measure == "bare" else 0.25


def _date_score(wanted: QuestionType, text: str) -> float:
    dates = [quantity for quantity in quantities(text) if quantity.measure == "date"]
    if any(date.has_year for date in dates):
        return 1.0
    if dates or _DATE.search(text):
        return 0.5 if wanted.measures else 1.0
    has_time = any(quantity.measure == "time" for quantity in quantities(text))  # "within 72 hours", to how soon
    return 0.5 if _MOMENT.search(text) or (has_time and not wanted.measures) else 0.0
