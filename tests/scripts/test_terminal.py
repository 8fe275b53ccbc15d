"""Output on the terminal for records written by hand."""

from dataclasses import replace

import pytest

from index.citations import cite
from index.records import Citation, Division, Passage, Span
from retrieval.records import AbstentionReason, Answer, Hit
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


@pytest.mark.parametrize(
    ("confidence", "second", "verdict"),
    [
        (0.7, None, "Answer in the text (confidence 70%):"),
        (0.69, None, "Possible answer (confidence 69%):"),
        (0.7, 2, "Answers in the text (two places) (confidence 70%):"),
        (0.35, None, "Possible answer (confidence 35%):"),
        (0.34, None, "Probably not answered; the nearest sentence (confidence 34%):"),
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
        ("no detail", (), "The documents cover this topic, but not the detail in question."),
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
