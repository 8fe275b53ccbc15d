"""Output on the terminal for records written by hand."""

import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from index.citations import cite
from index.records import Citation, Division, Document, Heading, Passage, Span
from retrieval.records import AbstentionReason, Answer, Detail, Difference, Hit
from scripts import terminal

TITLE = "某省规划"


def passage(number: int, text: str) -> Passage:
    return Passage(
        id=f"p{number}",
        document="plan.txt",
        path=(Division(kind="章", number=number, title="绿色发展"),),
        ordinal=1,
        text=text,
        pieces=(Span(0, len(text)),),
        line=number,
        lead="",
    )


def cited(found: Passage) -> Citation:
    return cite(TITLE, found)


def hit(rank: int, text: str, best: Span, *, same_text: tuple[Passage, ...] = ()) -> Hit:
    found = passage(rank, text)
    return Hit(
        rank=rank,
        score=1.5,
        passage=found,
        document_title=TITLE,
        citation=cited(found),
        best=best,
        marked=(best,),
        sentence_citation=cite(TITLE, found, best),
        same_text=same_text,
    )


HITS = (hit(1, "节约用水。用水量\n下降12%。", Span(5, 15)), hit(2, "节约用电。", Span(0, 5)))


def shown(answer: Answer, capsys: pytest.CaptureFixture[str]) -> str:
    terminal.print_answer(answer, cited)
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_the_answer_comes_first_then_the_passages(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(question="？", status="answered", confidence=0.93, hits=HITS)
    assert shown(answer, capsys) == (
        "Answer in the text (confidence 93%):\n"
        "\n"
        "   用水量 下降12%。\n"
        "   《某省规划》第一章第1段\n"
        "\n"
        "Passages:\n"
        "\n"
        "1. 《某省规划》第一章第1段  某省规划, ch. 1, para. 1\n"
        "   第一章 绿色发展  line 1  p1  score 1.500\n"
        "   节约用水。【用水量\n"
        "   下降12%。】\n"
        "\n"
        "2. 《某省规划》第二章第1段  某省规划, ch. 2, para. 1\n"
        "   第二章 绿色发展  line 2  p2  score 1.500\n"
        "   【节约用电。】\n"
    )


def test_what_a_scan_leaves_in_doubt_is_said_below_the_quotation_and_the_passage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    doubtful = replace(HITS[0], passage=replace(HITS[0].passage, doubtful=(Span(6, 9),)))
    answer = Answer(question="？", status="answered", confidence=0.93, hits=(doubtful, HITS[1]))
    note = "   recognised from a scan, please check\n"
    assert f"   《某省规划》第一章第1段\n{note}\nPassages:" in (out := shown(answer, capsys))
    assert f"   下降12%。】\n{note}\n2. " in out
    assert out.count(note) == 2
    elsewhere = replace(doubtful, passage=replace(doubtful.passage, doubtful=(Span(0, 3),)))  # not in the quotation
    assert shown(replace(answer, hits=(elsewhere,)), capsys).count(note) == 1
    assert note not in shown(replace(answer, hits=HITS), capsys)  # the control


@pytest.mark.parametrize(
    ("confidence", "second", "verdict"),
    [
        (0.7, None, "Answer in the text (confidence 70%):"),
        (0.69, None, "Possible answer (confidence 69%):"),
        (0.7, 2, "Answers in the text (two places) (confidence 70%):"),
        (0.35, None, "Possible answer (confidence 35%):"),
    ],
)
def test_the_verdict_says_how_sure_it_is(
    confidence: float, second: int | None, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shown(Answer(question="？", status="answered", confidence=confidence, hits=HITS, second=second), capsys)
    assert out.startswith(verdict + "\n\n   用水量 下降12%。\n")
    first, _, _ = out.partition("Passages:")
    assert first.endswith("   节约用电。\n   《某省规划》第二章第1段\n\n") == (second == 2)


@pytest.mark.parametrize(
    ("reason", "unresolved", "says"),
    [
        ("nothing similar", (), "The documents contain nothing similar."),
        ("talk", (), "This does not look like a question about the documents."),
        ("no such place", ("第九章", "art. 77"), "There is no “第九章”, no “art. 77” in the searched documents."),
    ],
)
def test_why_the_text_does_not_answer(
    reason: AbstentionReason, unresolved: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(question="？", status="not in the text", confidence=0.02, hits=HITS, reason=reason)
    out = shown(replace(answer, unresolved=unresolved), capsys)
    assert out.startswith(f"The text does not answer this question. {says}\n\nNearest passages:\n\n1. ")
    assert "2%" not in out.replace("12%", "")


@pytest.mark.parametrize(
    ("missing", "differences", "says"),
    [
        (None, (), "it is uncertain whether it answers the question."),
        ("money", (), "it does not state an amount of money."),
        (
            None,
            (Difference("year", "2030年", "2025年"),),
            "answers the question. The question says “2030年”, the text says “2025年”.",
        ),
    ],
)
def test_a_related_sentence_is_quoted_and_what_it_lacks_is_said(
    missing: Detail | None, differences: tuple[Difference, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Answer(question="？", status="related", confidence=0.3, hits=HITS, reason="no detail")
    out = shown(replace(answer, missing=missing, differences=differences), capsys)
    verdict, _, rest = out.partition("\n")
    assert verdict.startswith("Related, please check. This is the nearest sentence; ")
    assert verdict.endswith(says)
    assert rest.startswith("\n   用水量 下降12%。\n   《某省规划》第一章第1段\n\nNearest passages:\n")
    assert "30%" not in out


def test_each_of_several_questions_has_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    first = Answer(question="降多少？", status="answered", confidence=0.8, hits=HITS[:1])
    second = Answer(
        question="谁管？", status="related", confidence=0.2, hits=HITS[1:], reason="no detail", missing="name"
    )
    both = Answer(question="降多少？谁管？", status="answered", confidence=0.5, hits=HITS, parts=(first, second))
    assert shown(both, capsys).startswith(
        "降多少？\n"
        "Answer in the text (confidence 80%):\n"
        "\n"
        "   用水量 下降12%。\n"
        "   《某省规划》第一章第1段\n"
        "\n"
        "谁管？\n"
        "Related, please check. This is the nearest sentence; it does not state a body or a person.\n"
        "\n"
        "   节约用电。\n"
        "   《某省规划》第二章第1段\n"
        "\n"
        "Passages:\n"
    )


def test_an_answer_says_in_what_it_differs(capsys: pytest.CaptureFixture[str]) -> None:
    different = (Difference("value", "20%", "12%"),)
    out = shown(Answer(question="？", status="answered", confidence=0.8, hits=HITS, differences=different), capsys)
    assert out.startswith("Answer in the text (confidence 80%): The question says “20%”, the text says “12%”.\n")


def test_too_vague_a_question_has_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(Answer(question="……", status="too vague", confidence=0, hits=()), capsys)
    assert out == "Please ask in a sentence: who, what, which year, how much.\n"


def test_a_place_is_listed_with_the_number_of_its_passages(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(question="第一章", status="answered", confidence=1, hits=HITS[:1], place_size=3)
    out = shown(answer, capsys)
    assert out.startswith("第一章, passages: 3\nOnly the first 1 are listed; all of them are in the text.\n\n1. ")
    assert "confidence" not in out
    assert shown(replace(answer, place_size=1), capsys).startswith("第一章, passages: 1\n\n1. ")


def test_passages_with_the_same_words_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    others = tuple(passage(number, "节约用电。") for number in range(3, 10))
    answer = Answer(question="？", status="answered", confidence=1, hits=(replace(HITS[1], same_text=others[:1]),))
    assert "\n   Same text also in: 《某省规划》第三章第1段\n" in shown(answer, capsys)
    answer = replace(answer, hits=(replace(HITS[1], same_text=others),))
    assert "《某省规划》第七章第1段; 2 more\n" in shown(answer, capsys)


def test_two_marked_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    both = replace(HITS[0], marked=(Span(0, 5), Span(5, 15)))
    out = shown(Answer(question="？", status="answered", confidence=1, hits=(both,)), capsys)
    assert "   【节约用水。】【用水量\n   下降12%。】\n" in out


HOSTILE = "\x1b]52;c;AA==\x07\x1b[2J\x9b2J\u202e甲"  # writes to the clipboard, clears the screen, reverses the line


def document() -> Document:
    text = HOSTILE
    return Document(
        id=f"{HOSTILE}.txt",
        title=HOSTILE,
        source=text,
        passages=(passage(1, text),),
        headings=(Heading(path=(Division(kind="章", number=1, title=HOSTILE),), line=1),),
        remarks=(HOSTILE,),
        metadata={HOSTILE: HOSTILE},
        sha256="",
    )


def test_nothing_out_of_a_document_reaches_the_terminal_raw(capsys: pytest.CaptureFixture[str]) -> None:
    found = hit(1, HOSTILE, Span(0, len(HOSTILE)))
    found = replace(found, citation=cite(HOSTILE, found.passage), same_text=(found.passage,))
    terminal.print_outlines([document()])
    terminal.print_answer(
        Answer(question=HOSTILE, status="answered", confidence=0.9, hits=(found,)), lambda p: cite(HOSTILE, p)
    )
    terminal.print_passage(found.citation, found.passage, HOSTILE, [found.best])
    terminal.print_json({HOSTILE: HOSTILE})
    terminal.message(HOSTILE)
    out, err = capsys.readouterr()
    log = terminal.LogFormatter().format(logging.LogRecord("a", logging.ERROR, "", 1, HOSTILE, None, None))
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f]", out + err + log) == []
    assert r"\x1b]52;c;AA==\x07" in out
    assert json.loads(out[out.index("{") :]) == {HOSTILE: HOSTILE}
    for line in out.splitlines():  # what is reversed ends before anything else begins
        assert line.count("\u202e") <= line.count("\u2069")


def test_only_this_module_prints() -> None:
    """Other modules would print controls; a style of their own is made of texts without any."""
    root = Path(terminal.__file__).parent
    printing = {
        path.name: found
        for path in [root / "cli.py", *(root / "commands").glob("*.py")]
        if (found := re.findall(r"^.*(?:typer\.s?echo|\bprint)\(.*$", path.read_text(encoding="utf-8"), re.MULTILINE))
    }
    assert set(printing) == {"doctor.py", "evaluate.py", "related.py"}
    assert "escaped(result.found)" in "".join(printing["doctor.py"])
    assert ".decode(), nl=False" in "".join(printing["related.py"])  # a table for another program
    assert printing["evaluate.py"] == ["    Console().print(table)"]
