"""A document of one long line, whatever it repeats, is read in linear time."""

import time
from collections.abc import Callable
from itertools import chain

import pytest

from index.parsing.structure import read_document
from index.references.links import link_documents
from index.references.mentions import find_mentions
from index.references.titles import TitleIndex
from index.text.terms import extract_terms
from retrieval.answering.answer_form import form_score
from retrieval.answering.answer_sentences import first_duplicates
from retrieval.question.patterns import QuestionKind
from retrieval.question.question_type import NUMERIC_KINDS, QuestionType
from tests.reliability.conftest import Times
from tests.reliability.figures import Figures
from tests.reliability.hostile import ATOMS
from tests.reliability.test_queries import Check

KINDS: tuple[QuestionKind, ...] = (*NUMERIC_KINDS, "place", "name", "why", "list", "definition")
SECONDS_A_CHARACTER = 20e-6  # several times the slowest reading
# Quadratic code once took 4 s for 10,000 digits and 7 s for 80,000 marks.
WORST = (
    "1",
    "一",
    "十",
    "1,234,",
    "\u0316\u0301",
    "\u0345",
    "ﾞ\u0301",
    "第一条",
    "（一）",
    "()",
    "(a)第一条",
    "前款",
    "a",
    " ",
    "；a",
)
NO_TITLES = TitleIndex(())


def readings(text: str) -> dict[str, Callable[[], object]]:
    """Return the functions applied to the text of a document when it is indexed and searched."""
    found: dict[str, Callable[[], object]] = {
        "mentions": lambda: find_mentions(text, NO_TITLES, ()),
        "terms": lambda: extract_terms(text),
        "duplicates": lambda: first_duplicates([text]),
    }
    return found | {f"form of a {kind}": (lambda kind=kind: form_score(QuestionType(kind), text)) for kind in KINDS}


def line(atom: str, length: int) -> str:
    """Return a line that repeats ``atom``, with a different end."""
    return (atom * (length // len(atom) + 1))[:length] + "第一条2345x"


@pytest.mark.timeout(3600)
def test_each_reading_of_a_long_line_takes_its_time_once(times: Times, figures: Figures) -> None:
    longest, others = times(20_000, 1_000_000), times(0, 50_000)
    lines = [(atom, longest) for atom in WORST]
    lines += [(atom, others) for atom in chain.from_iterable(ATOMS.values()) if others]
    check = Check(limit=2.0 + longest * SECONDS_A_CHARACTER)
    for atom, length in lines:
        for name, read in readings(line(atom, length).encode("utf-8", "replace").decode()).items():
            check(f"{name} in {length:,} characters of {atom!r}", read)
    figures(lines=len(lines), longest_in_characters=longest)
    figures(slowest_s=round(check.slowest, 2), slowest=check.slowest_kind)


@pytest.mark.parametrize("atom", ["第一条", "()", "(a)", "本法", "\u0316\u0301"])
def test_the_links_of_a_long_article_are_found(atom: str) -> None:
    text = f"山泉条例\n第一条 取水{atom * (30_000 // len(atom))}。\n第二条 依照第一条取水。\n"
    start = time.process_time()
    (document,) = link_documents([read_document(text.encode(), "law.txt")])
    assert time.process_time() - start < 10
    assert [link.targets for link in document.passages[-1].links] == [(document.passages[0].id,)]


def test_control_a_reading_in_quadratic_time_is_noticed() -> None:
    text = line("1", 100_000)

    def quadratic() -> None:
        for at in range(len(text)):
            text[at:].lstrip("1")

    with pytest.raises(pytest.fail.Exception, match="of the processor"):
        Check(limit=0.5)("a line of digits", quadratic)
