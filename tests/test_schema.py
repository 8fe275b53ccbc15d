"""What the commands and the page's API print as JSON is what docs/schema.json describes, and no key more."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator, ValidationError

from index.storage import store
from retrieval.schema import answer_json
from tests.bench import write_bench
from tests.collection import PLAN, open_searcher, searcher_of, snapshot_of
from tests.fakes import HashingEncoder
from tests.index.loaders.small_law import LAW
from tests.scripts.test_cli import Run, indexed, run
from tests.ui.app.running import Answering
from tests.ui.fakes import FIRST
from ui.app.api import Api
from ui.state.concurrency import ConcurrencyLimit

__all__ = ["indexed", "run"]

SCHEMA = json.loads((Path(__file__).resolve().parents[1] / "docs" / "schema.json").read_text(encoding="utf-8"))
ASKED = "万元产值用水量下降12%"
Json = Any


def nodes(schema: Json) -> Iterator[dict[str, Json]]:
    """Every object within a schema."""
    if isinstance(schema, dict):
        yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from nodes(part)


def closed() -> Json:
    """The schema without room for further keys, but in definitions that others add keys to."""
    schema = deepcopy(SCHEMA)
    bases = {node["$ref"].rpartition("/")[2] for node in nodes(schema) if {"$ref", "properties"} <= node.keys()}
    open_to_more = [schema["$defs"][name] for name in bases]
    for node in nodes(schema):
        if node.get("type") == "object" and "properties" in node and all(node is not base for base in open_to_more):
            node["unevaluatedProperties"] = False
    return schema


CLOSED = closed()


def check(name: str, value: Json) -> None:
    """Raises ValidationError unless the value is as described, as JSON: what is a tuple becomes a list."""
    Draft202012Validator({**CLOSED, "$ref": f"#/$defs/{name}"}).validate(json.loads(json.dumps(value)))


class Desk(NamedTuple):
    """The command line in a folder with an index of the plan, and the folder."""

    run: Run
    folder: Path

    def json(self, *arguments: str, status: tuple[int, ...] = (0,)) -> Json:
        """What a command prints."""
        ended, out, err = self.run(*arguments, "--json")
        assert ended in status, err
        return json.loads(out)

    def write(self, name: str, text: str) -> str:
        """Write a file; returns its name."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


@pytest.fixture
def desk(indexed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("index.models.loading.load_encoder", lambda *_, **__: HashingEncoder())
    return Desk(indexed, tmp_path)


def api(*texts: str) -> Api:
    return Api(Answering(searcher_of(snapshot_of(*texts)), FIRST), ConcurrencyLimit())


def answers(desk: Desk) -> Iterator[Json]:
    for question in (ASKED, "第一章", "第九章的用水量下降多少？", "……", "你好"):
        yield desk.json("ask", question, status=(0, 3))
    yield api(PLAN, LAW).search(ASKED, k=3)


def foreign_answers(_: Desk) -> Iterator[Json]:
    """A question whose words the fake encoder knows in another script: a code of letters and digits."""
    searcher = searcher_of(snapshot_of("第一章 目标\n第一节 用水\n用水量 abc12 下降。推广再生水 xyz34。\n"))
    found = searcher.with_matches(searcher.ask("What does abc12 say of xyz34 ?"))
    assert any(hit.match_reason and hit.match_reason.matches for hit in found.hits)
    yield answer_json(found)


def places(desk: Desk) -> Iterator[Json]:
    yield desk.json("show", "第一章第一节")


def related(desk: Desk) -> Iterator[Json]:
    found = desk.json("related", "第一章第一节第1段")
    assert found["hits"]
    yield found
    yield api(PLAN).related("第一章第一节第1段", k=2)


def pairs(desk: Desk) -> Iterator[Json]:
    found = desk.json("related", "--all")
    assert found["pairs"]
    yield found


def coverage(desk: Desk) -> Iterator[Json]:
    found = desk.json("coverage", "再生水", "qqqq")
    assert found["terms"][0]["hits"]
    yield found


def outline(desk: Desk) -> Iterator[Json]:
    yield desk.json("outline")
    yield desk.json("outline", desk.write("law.txt", LAW))


def outlines(desk: Desk) -> Iterator[Json]:
    (desk.folder / "docs").mkdir()
    desk.write("docs/a.txt", PLAN)
    desk.write("docs/b.txt", LAW)
    yield desk.json("outline", "docs")


def place_pages(_: Desk) -> Iterator[Json]:
    yield api(LAW).show("第一条")
    yield api(PLAN).show("第一章", 1, 1)


def outline_pages(_: Desk) -> Iterator[Json]:
    yield api(PLAN, LAW).outline()
    yield api(PLAN, LAW).outline(limit=2)


def documents(_: Desk) -> Iterator[Json]:
    yield api(PLAN, LAW).documents()
    yield api(PLAN, LAW).documents(limit=1)


def batch(desk: Desk) -> Iterator[Json]:
    questions = desk.write("q.txt", f"{ASKED}\n幼儿园占比\n……\n")
    yield desk.json("batch", questions, "-o", "old.jsonl")
    desk.write("plan.txt", PLAN.replace("下降12%", "下降15%").replace("普惠性幼儿园占比超过80%。", "另一段。"))
    assert desk.run("index", "plan.txt")[0] == 0
    desk.write("q.txt", f"{ASKED}\n{ASKED.replace('12', '15')}\n幼儿园占比\n")
    found = desk.json("batch", questions, "-o", "new.xlsx", "--diff", "old.jsonl")
    assert found["changes"]["changed"]
    assert found["changes"]["added"]
    yield found


def evidence(desk: Desk) -> Iterator[Json]:
    desk.run("batch", desk.write("q.txt", f"{ASKED}\n……\n"), "-o", "table.jsonl", "--link-base", "http://127.0.0.1/")
    for line in (desk.folder / "table.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def about(desk: Desk) -> Iterator[Json]:
    desk.run("batch", desk.write("q.txt", ASKED), "-o", "table.csv")
    yield json.loads((desk.folder / "table.csv.about.json").read_text(encoding="utf-8"))


def checks(desk: Desk) -> Iterator[Json]:
    desk.run("batch", desk.write("q.txt", f"{ASKED}\n幼儿园占比\n"), "-o", "table.csv")
    yield desk.json("check", "table.csv")
    desk.write("plan.txt", PLAN.replace("第三章 教育", "又一段。\n第三章 教育").replace("下降12%", "下降15%"))
    assert desk.run("index", "plan.txt")[0] == 0
    found = desk.json("check", "table.csv", status=(1,))
    assert {problem["verdict"] for problem in found["problems"]} == {"moved", "gone"}
    yield found


def generations(desk: Desk) -> Iterator[Json]:
    yield desk.json("history")
    yield desk.json("verify")
    live = store.live_generation(desk.folder / ".zhangju").name
    (desk.folder / ".zhangju" / "generations" / live / "manifest.json").write_bytes(b"")
    found = desk.json("verify", status=(1,))
    assert "model" not in found["generations"][0]
    yield found


def doctor(desk: Desk) -> Iterator[Json]:
    yield desk.json("doctor", status=(0, 1))


def evaluation(desk: Desk) -> Iterator[Json]:
    write_bench(desk.folder / "small")
    assert desk.run("evaluate", "small", "--run", "one.trec")[0] == 0
    yield desk.json("evaluate", "small", "--compare", "one.trec")


OUTPUTS: list[tuple[str, Callable[[Desk], Iterator[Json]]]] = [
    ("answer", answers),
    ("answer", foreign_answers),
    ("places", places),
    ("related", related),
    ("related_pairs", pairs),
    ("coverage", coverage),
    ("outline", outline),
    ("outlines", outlines),
    ("place_page", place_pages),
    ("outline_page", outline_pages),
    ("documents", documents),
    ("batch", batch),
    ("evidence", evidence),
    ("about", about),
    ("check", checks),
    ("generations", generations),
    ("doctor", doctor),
    ("evaluation", evaluation),
]


@pytest.mark.parametrize(("name", "output"), OUTPUTS, ids=[output.__name__ for _, output in OUTPUTS])
def test_output_is_as_described(name: str, output: Callable[[Desk], Iterator[Json]], desk: Desk) -> None:
    found = list(output(desk))
    assert found
    for value in found:
        check(name, value)


def test_a_key_that_is_not_described_is_noticed(desk: Desk) -> None:
    answer = desk.json("ask", ASKED, status=(0, 3))
    for place in (answer, answer["hits"][0], answer["hits"][0]["citation"], answer["hits"][0]["path"][0]):
        place["further"] = 1
        with pytest.raises(ValidationError, match="further"):
            check("answer", answer)
        del place["further"]
        check("answer", answer)


def test_every_definition_is_part_of_an_output() -> None:
    waiting, seen = [name for name, _ in OUTPUTS], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [n["$ref"].rpartition("/")[2] for n in nodes(SCHEMA["$defs"][name]) if "$ref" in n]
    assert seen == set(SCHEMA["$defs"])


def test_every_key_is_promised_but_those_of_a_manifest() -> None:
    """So a key that is not printed any more is noticed, too."""
    Draft202012Validator.check_schema(SCHEMA)
    for name, definition in SCHEMA["$defs"].items():
        for node in nodes(definition):
            if node.get("type") == "object" and "properties" in node:
                assert name == "generation" or node["required"] == list(node["properties"]), name


def test_python_gives_the_same_as_the_command_line(desk: Desk) -> None:
    searcher = open_searcher(desk.folder / ".zhangju")
    found = answer_json(searcher.with_matches(searcher.ask(ASKED)))
    assert json.loads(json.dumps(found)) == desk.json("ask", ASKED, status=(0, 3))
