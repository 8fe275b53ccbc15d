from pathlib import Path

import pytest

from index.building.embedding import embed
from index.models.encoder import Encoder
from index.parsing.structure import read_document
from retrieval import tables
from retrieval.answering import verdict
from retrieval.evidence import answer_diff, evidence_rows
from retrieval.evidence.answer_diff import AnswerSentence, RecordedAnswer
from retrieval.evidence.question_files import Questions
from retrieval.search import Searcher
from tests.collection import PLAN, searcher_of, snapshot_of
from tests.fakes import HashingEncoder

SAMPLE = Path(__file__).parents[3] / "samples" / "liaoning-plan-digest.txt"


def said(text: str = "甲。", zh: str = "第1段", passage: str = "甲。乙。") -> AnswerSentence:
    return AnswerSentence(text=text, citation_zh=zh, citation_en=zh, passage=passage)


def recorded_answer(*answers: AnswerSentence, question: str = "？", status: str = "answered") -> RecordedAnswer:
    return RecordedAnswer(question=question, status=status, answers=answers)


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (recorded_answer(said()), None),
        (recorded_answer(status="not in the text"), "status"),
        (recorded_answer(said("丙。")), "words"),
        (recorded_answer(said("丙。", "第2段")), "passage"),
        (recorded_answer(said(zh="第2段")), "place"),
        (recorded_answer(said(passage="甲。丁。")), "around"),
        (recorded_answer(said(), said("戊。")), "second"),
    ],
)
def test_kinds_of_change(new: RecordedAnswer, kind: str | None) -> None:
    seen = answer_diff.compared([recorded_answer(said())], [new])
    assert [change.kind for change in seen.changed] == ([kind] if kind else [])
    assert seen.compared == 1


def test_questions_are_compared_turn_by_turn() -> None:
    old = [recorded_answer(said(), question=q) for q in ("a", "b", "a", "old")]
    new = [
        recorded_answer(said("丙。"), question="a"),
        recorded_answer(said(), question="a"),
        recorded_answer(question="new"),
        old[1],
    ]
    seen = answer_diff.compared(old, new)
    assert [(c.new.question, c.kind) for c in seen.changed] == [("a", "words")]
    assert (seen.added, seen.removed, seen.compared) == (("new",), ("old",), 3)


def recorded_answers(searcher: Searcher, asked: Questions) -> list[RecordedAnswer]:
    answers = searcher.ask_many(asked.questions, k=3)
    return [answer_diff.recorded_answer(evidence_rows.answer_rows(answer)) for answer in answers]


def asking(questions: list[str]) -> Questions:
    return Questions(questions=tuple(questions), columns=("question",), rows=tuple({"question": q} for q in questions))


def sample(encoder: Encoder, text: str) -> Searcher:
    return searcher_of(embed([read_document(text.encode(), SAMPLE.name)], encoder).snapshot, encoder)


def test_five_changed_paragraphs_of_the_sample_concern_exactly_their_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question for each of forty paragraphs, made of its first sentence; then five of them say something else."""
    monkeypatch.setattr(verdict, "ANSWERED", 0.0)  # the encoder of the test is not that of the model of confidence
    text = SAMPLE.read_text(encoding="utf-8")
    encoder = HashingEncoder(2048)
    before = sample(encoder, text)
    passages = [p for p in before.passages if len(p.text) > 30][::2][:40]
    openings = {p.id: p.text.split("。")[0][:40] for p in passages}
    asked = asking([f"{opening}，文件是怎么说的？" for opening in openings.values()])
    old = recorded_answers(before, asked)
    answered = [i for i, f in enumerate(old) if f.answers and f.answers[0].passage == passages[i].text]
    assert len(answered) >= 20
    chosen = answered[:: len(answered) // 5][:5]
    for i in chosen:
        sentence = old[i].answers[0].text
        text = text.replace(sentence, "本段已经修订，" + sentence, 1)
    new = recorded_answers(sample(encoder, text), asked)
    seen = answer_diff.compared(old, new)
    concerned = {
        i
        for i, f in enumerate(old)
        if any(answer.text in {old[c].answers[0].text for c in chosen} for answer in f.answers)
        or any(answer.passage in {passages[c].text for c in chosen} for answer in f.answers)
    }
    assert {c.new.question for c in seen.changed} == {asked.questions[i] for i in concerned}
    assert set(chosen) <= concerned


@pytest.mark.parametrize("form", tables.FORMATS)
@pytest.mark.parametrize("wide", [0, 3])
def test_findings_are_the_same_from_every_table(form: tables.Format, wide: int) -> None:
    searcher = searcher_of(snapshot_of(PLAN))
    asked = asking(["万元产值用水量下降12%", "……", "幼儿园占比", "幼儿园占比"])
    found = [evidence_rows.answer_rows(a) for a in searcher.ask_many(asked.questions, k=3)]
    wide = 0 if form == "md" else wide
    rows = evidence_rows.rows(found, asked, wide=wide)
    data = tables.encoded(form, evidence_rows.columns(asked, wide=wide), rows, {})
    held = answer_diff.recorded_answers(tables.read_bytes(data, f"t.{form}"))
    assert held == [answer_diff.recorded_answer(one) for one in found]
    assert answer_diff.compared(held, held).changed == ()
