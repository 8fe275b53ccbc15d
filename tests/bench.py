"""A small BEIR folder, for tests of evaluation."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CORPUS = [
    {"_id": "p1", "title": "第一章 节约用水", "text": "万元产值用水量下降12%。推广再生水。\n第二行在这里。"},
    {"_id": "p2", "title": "第一章 节约用水", "text": "建设能耗监测平台。"},
    {"_id": "p3", "title": "", "text": "普惠性幼儿园占比超过80%。"},
    {"_id": "p4", "title": "Housing", "text": "Affordable flats for young families."},
]
QUERIES = [
    {"_id": "q1", "text": "万元产值用水量下降多少", "lang": "zh"},
    {"_id": "q2", "text": "普惠性幼儿园占比", "lang": "zh"},
    {"_id": "q3", "text": "affordable flats", "lang": "en"},
]
QRELS = [("q1", "p1", 2), ("q1", "p2", 1), ("q2", "p3", 1), ("q3", "p4", 1)]
ANSWERS = [{"id": "q1", "answer": "下降 12%"}, {"id": "q2", "answer": "超过90%"}]
UNANSWERABLE = [{"id": "u1", "question": "qqqq zzzz", "lang": "en"}, {"id": "u2", "question": "……", "lang": "zh"}]


def write_jsonl(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """An object a line."""
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


def write_bench(folder: Path, *, corpus: Iterable[Mapping[str, Any]] = CORPUS) -> Path:
    """Write the folder and return it."""
    (folder / "qrels").mkdir(parents=True)
    write_jsonl(folder / "corpus.jsonl", corpus)
    write_jsonl(folder / "queries.jsonl", QUERIES)
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in QRELS)]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_jsonl(folder / "answers.jsonl", ANSWERS)
    write_jsonl(folder / "unanswerable.jsonl", UNANSWERABLE)
    return folder
