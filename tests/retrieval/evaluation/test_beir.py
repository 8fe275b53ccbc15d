import json
from pathlib import Path

import pytest

from index.building.embedding import heading_text
from index.errors import DocumentError
from retrieval.evaluation.beir import Query, read_collection
from retrieval.question.plan import MAX_QUESTION_LENGTH
from tests.bench import CORPUS, QUERIES, write_bench, write_jsonl


def test_a_folder_is_read_as_it_stands(tmp_path: Path) -> None:
    found = read_collection(write_bench(tmp_path / "small"))
    assert found.name == "small"
    assert found.queries[2] == Query(id="q3", text="affordable flats", lang="en")
    assert found.qrels == {"q1": {"p1": 2, "p2": 1}, "q2": {"p3": 1}, "q3": {"p4": 1}}
    assert found.answers["q1"] == "下降 12%"
    assert [q.id for q in found.unanswerable] == ["u1", "u2"]
    assert found.remarks == ()


def test_the_corpus_becomes_one_document(tmp_path: Path) -> None:
    document = read_collection(write_bench(tmp_path / "small")).document
    assert [(p.id, p.text) for p in document.passages] == [(r["_id"], r["text"]) for r in CORPUS]
    assert all(document.source[p.start : p.end] == p.text for p in document.passages)
    lines = document.source.split("\n")
    assert all(lines[p.line - 1] == p.text.split("\n")[0] for p in document.passages)
    assert [heading_text(p) for p in document.passages] == ["第一章 节约用水\n", "第一章 节约用水\n", "", "Housing\n"]
    assert [p.ordinal for p in document.passages] == [1, 2, 1, 1]


def test_a_title_without_text_is_the_passage_and_what_is_empty_is_told(tmp_path: Path) -> None:
    corpus = [*CORPUS, {"_id": "t", "title": "Only a title", "text": " "}, {"_id": "e", "title": "", "text": ""}]
    found = read_collection(write_bench(tmp_path / "small", corpus=corpus))
    last = found.document.passages[-1]
    assert (last.id, last.text, last.path) == ("t", "Only a title", ())
    assert found.remarks == ("passages with neither title nor text, which cannot be found: 1 of 6 (the first: e)",)


def test_of_passages_with_one_id_the_last_counts_and_that_is_told(tmp_path: Path) -> None:
    found = read_collection(write_bench(tmp_path / "small", corpus=[*CORPUS, {"_id": "p2", "text": "Later."}]))
    assert [(p.id, p.text) for p in found.document.passages if p.id == "p2"] == [("p2", "Later.")]
    assert len(found.document.passages) == 4
    assert found.remarks == ("passages replaced by a later one with their id: 1 of 4 (the first: p2)",)


def test_what_counts_for_nothing_is_told(tmp_path: Path) -> None:
    folder = write_bench(tmp_path)
    long = {"_id": "long", "text": "问" * (MAX_QUESTION_LENGTH + 1)}
    write_jsonl(folder / "queries.jsonl", [*QUERIES, {"_id": 7, "text": " "}, long])
    with (folder / "qrels" / "test.tsv").open("a") as file:
        file.write("long\tp1\t0\r\n\n")
    found = read_collection(folder)
    assert [q.id for q in found.queries] == ["q1", "q2", "q3", "long"]
    assert len(found.queries[3].text) == MAX_QUESTION_LENGTH
    assert found.remarks == (
        "questions without a judgement, which are not asked: 1 of 5 (the first: 7)",
        "judged questions without a passage that answers, which count 0: 1 of 4 (the first: long)",
        "questions without words, which find nothing: 1 of 7 (the first: 7)",
        "questions cut after 2,000 characters: 1 of 7 (the first: long)",
    )


def test_numbers_are_ids_and_the_optional_files_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    write_jsonl(tmp_path / "corpus.jsonl", [{"_id": 1, "text": "a\u2028b", "title": None}])
    write_jsonl(tmp_path / "queries.jsonl", [{"_id": 2, "text": "?a"}])
    (tmp_path / "qrels" / "test.tsv").write_text("2\t1\t1\n")  # without a header
    found = read_collection(tmp_path)
    assert found.qrels == {"2": {"1": 1}}
    assert found.document.passages[0].text == "a\u2028b"
    assert (found.answers, found.unanswerable, found.queries[0].lang) == ({}, (), "")


BROKEN = {
    "not JSON": ("corpus.jsonl", '{"_id": "x"', "corpus.jsonl, line 5: not JSON"),
    "nested without end": ("corpus.jsonl", "[" * 100_000, "line 5: not JSON"),
    "not an object": ("corpus.jsonl", "[1]", "line 5: not an object"),
    "no id": ("corpus.jsonl", '{"text": "x"}', "line 5: no '_id'; it has text"),
    "empty id": ("corpus.jsonl", '{"_id": " ", "text": "x"}', "line 5: '_id' is empty"),
    "no text": ("corpus.jsonl", '{"_id": "x"}', "line 5: no 'text'"),
    "text is a number": ("corpus.jsonl", '{"_id": "x", "text": 3}', "'text' is 3; a string was wanted"),
    "id is true": ("corpus.jsonl", '{"_id": true, "text": "x"}', "'_id' is True"),
    "no Unicode": ("corpus.jsonl", '{"_id": "x", "text": "\\ud800"}', "not valid Unicode"),
    "lang is a list": ("queries.jsonl", '{"_id": "q9", "text": "x", "lang": []}', "'lang' is []"),
    "question twice": ("queries.jsonl", '{"_id": "q1", "text": "x"}', "line 4: the id 'q1' occurs twice"),
    "two columns": ("qrels/test.tsv", "q1\tp3", "line 6: 2 columns"),
    "unknown question": ("qrels/test.tsv", "q9\tp1\t1", "line 6: the question 'q9' is not in queries.jsonl"),
    "unknown passage": ("qrels/test.tsv", "q1\tp9\t1", "line 6: the passage 'p9' is not in corpus.jsonl"),
    "grade in words": ("qrels/test.tsv", "q1\tp3\tgood", "line 6: the grade 'good' is not a whole number"),
    "half a grade": ("qrels/test.tsv", "q1\tp3\t0.5", "the grade '0.5'"),
    "grade below 0": ("qrels/test.tsv", "q1\tp3\t-1", "the grade '-1'"),
    "graded twice": ("qrels/test.tsv", "q1\tp1\t1", "line 6: p1 was already graded for q1"),
    "answer to nothing": ("answers.jsonl", '{"id": "q9", "answer": "x"}', "the id 'q9' is not in queries.jsonl"),
    "answer without words": ("answers.jsonl", '{"id": "q3", "answer": ""}', "line 3: 'answer' is empty"),
    "answerable, too": ("unanswerable.jsonl", '{"id": "q1", "question": "x"}', "the id 'q1' is in queries.jsonl, too"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_line_is_named(tmp_path: Path, name: str) -> None:
    file, line, says = BROKEN[name]
    folder = write_bench(tmp_path)
    with (folder / file).open("a", encoding="utf-8") as handle:
        handle.write(line + "\n")
    with pytest.raises(DocumentError) as raised:
        read_collection(folder)
    assert says in str(raised.value)
    assert str(folder / file) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("file", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_missing_and_empty_files_are_named(tmp_path: Path, file: str) -> None:
    folder = write_bench(tmp_path)
    (folder / file).write_text("\n")
    with pytest.raises(DocumentError, match=f"{file} (is empty|contains no)"):
        read_collection(folder)
    (folder / file).unlink()
    with pytest.raises(DocumentError, match=f"cannot read .*{file} .*No such file"):
        read_collection(folder)


def test_what_is_no_folder_no_text_or_has_no_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="is not a folder"):
        read_collection(tmp_path / "nowhere")
    folder = write_bench(tmp_path)
    write_jsonl(folder / "corpus.jsonl", [{"_id": r["_id"], "text": ""} for r in CORPUS])
    with pytest.raises(DocumentError, match="contains no text"):
        read_collection(folder)
    (folder / "queries.jsonl").write_bytes(json.dumps(QUERIES[0]).encode() + b"\n\xff")
    with pytest.raises(DocumentError, match="line 2: not UTF-8"):
        read_collection(folder)


def test_a_first_line_with_a_mistake_is_not_taken_for_a_header(tmp_path: Path) -> None:
    folder = write_bench(tmp_path)
    for line, says in (("q1\tp1\tgood\n", "the grade 'good'"), ("q9\tp1\t1\n", "the question 'q9'")):
        (folder / "qrels" / "test.tsv").write_text(line)
        with pytest.raises(DocumentError, match=f"line 1: {says}"):
            read_collection(folder)
