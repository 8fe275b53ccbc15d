"""The library over a real index, with an encoder that computes."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.types import Message

from index.building import uploads as files
from index.building.updates import UpdateProgress, UpdateRequest
from index.errors import StoreError
from index.models.embedding_cache import contract_digest
from index.models.encoder import Encodings, IncrementCallback
from index.models.shared_encoder import SharedEncoderLoader
from index.storage import store
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.live import LiveSearcher
from tests.collection import PLAN, build_index, write_plan
from tests.fakes import HashingEncoder
from tests.ui.app.running import served
from tests.ui.render.test_render import Page
from ui.handlers.ask import AskHandlers
from ui.handlers.library import LibraryHandlers
from ui.handlers.uploads import UploadEndpoint
from ui.render.library import render_job
from ui.security.body_limits import UPLOAD_PATH
from ui.state.audit import AuditLog
from ui.state.concurrency import VISITOR
from ui.state.index_jobs import IndexJob, IndexJobs, JobRunningError
from ui.words import EN, WORDS, ZH

LAW = "某市条例\n第一章 总则\n第一条 保护湿地。\n第二条 禁止排放污水。\n"
PATIENCE = 30.0


class Held(HashingEncoder):
    """Embeds when it is allowed to; questions never wait for that."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.entered = threading.Event(), threading.Event()
        self.go_on.set()

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self.entered.set()
        assert self.go_on.wait(PATIENCE)
        return super().encode_passages(texts, tokens=tokens, progress=progress)


class Desk:
    """An index of the plan, what answers from it, and the library over both."""

    def __init__(self, directory: Path, sources: Path, live: LiveSearcher, encoder: Held, *, editable: bool) -> None:
        self.directory, self.live, self.encoder = directory, live, encoder
        models = SharedEncoderLoader(lambda _: encoder)
        self.index_jobs = IndexJobs(
            directory,
            models,
            live,
            sources=[sources],
            editable=editable,
            audit=AuditLog(directory.parent / "audit.jsonl"),
        )
        self.uploads = UploadEndpoint(self.index_jobs, most=10_000)
        self.library = LibraryHandlers(live, AskHandlers(live).lookup, self.index_jobs, self.uploads)

    def send(self, name: str, data: bytes, language: str = "zh", **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and answer of an upload, in pieces of 1,000 bytes."""
        sent = {"content-type": "application/octet-stream", "content-length": str(len(data)), **headers}
        pieces = [data[at : at + 1000] for at in range(0, len(data), 1000)] or [b""]
        return asyncio.run(self._sent(name, language, pieces, {k: v for k, v in sent.items() if v}))

    async def _sent(
        self, name: str, language: str, pieces: list[bytes], headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        async def receive() -> Message:
            if not pieces:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(_message: Message) -> None:
            raise AssertionError

        scope = {
            "type": "http",
            "method": "POST",
            "path": UPLOAD_PATH,
            "query_string": urlencode({"name": name, "language": language}, errors="replace").encode(),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
        answer = await self.uploads.receive(Request(scope, receive, send))
        return answer.status_code, json.loads(bytes(answer.body) or b"{}")

    def add(self, *named: tuple[str, bytes]) -> dict[str, Any]:
        tokens = [self.send(name, data)[1]["token"] for name, data in named]
        return self.library.add(tokens, "zh")

    def ended(self) -> IndexJob:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if (work := self.index_jobs.current) is not None and not work.is_running:
                return work
            time.sleep(0.01)
        raise AssertionError(self.index_jobs.current)

    def ids(self) -> list[str]:
        return [document.id for document in self.live.current().searcher.documents]


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    directory, sources = tmp_path / "index", tmp_path / "docs"
    sources.mkdir()
    build_index(write_plan(sources), directory)
    encoder = Held()
    live = LiveSearcher(
        directory, SharedEncoderLoader(lambda _: encoder), out_of_domain=OutOfDomainVectors.embed, poll_seconds=0.02
    )
    with live:
        made = Desk(directory, sources, live, encoder, editable=getattr(request, "param", True))
        yield made
        encoder.go_on.set()
        made.index_jobs.close()


READ_ONLY = pytest.mark.parametrize("desk", [False], indirect=True)


def test_the_view_shows_the_documents_and_the_index(desk: Desk) -> None:
    shown = Page(desk.library.view("zh")["html"])
    text = shown.text()
    for said in ("文件库", "某省规划", "plan.txt", "3 章", "7 段", "建立索引时读入", "版本 1", "hashing", "float32"):
        assert said in text, said
    assert {"?in=plan.txt", "?d=plan.txt"} <= {a.get("href") for _, a in shown.elements}
    assert [a["data-remove"] for _, a in shown.elements if "data-remove" in a] == ["plan.txt"]
    assert any(a.get("type") == "file" and "multiple" in a for _, a in shown.elements)
    assert "Documents: 1, passages: 7" in Page(desk.library.view("en")["html"]).text()


def test_changes_are_recorded_with_who_made_them(desk: Desk) -> None:
    token = desk.send("law.txt", LAW.encode())[1]["token"]
    desk.encoder.go_on.set()
    copy_context().run(lambda: [VISITOR.set("anna"), desk.library.add([token], "zh")])
    desk.ended()
    path, end = desk.directory.parent / "audit.jsonl", time.monotonic() + PATIENCE
    while len(lines := path.read_text(encoding="utf-8").splitlines()) < 2:
        assert time.monotonic() < end
    events = [json.loads(line) for line in lines]
    assert [(one["event"], one["who"], one["documents"]) for one in events] == [
        ("add begins", "anna", ["law.txt"]),
        ("add done", "anna", ["law.txt"]),
    ]


def test_the_log_tells_of_a_damaged_file_of_embeddings(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    left = store.partial_embeddings(desk.directory) / f"{contract_digest(desk.encoder.contract)}.sqlite"
    left.write_bytes(b"no database" * 100)
    desk.add(("law.txt", LAW.encode()))
    assert desk.ended().state == "done"
    assert "is damaged: it was renamed" in caplog.text


@READ_ONLY
def test_a_read_only_library_cannot_be_changed(desk: Desk) -> None:
    shown = Page(desk.library.view("zh")["html"])
    assert ZH.library.read_only in shown.text()
    assert not any(name in ("form", "button", "input") for name, _ in shown.elements)
    assert "?in=plan.txt" in {a.get("href") for _, a in shown.elements}
    assert desk.send("law.txt", LAW.encode())[0] == 403
    for asked in (
        desk.library.rebuild("zh"),
        desk.library.add(["x"], "zh"),
        LibraryHandlers(desk.live, AskHandlers(desk.live).lookup, None).rebuild("zh"),
    ):
        assert asked["problem"]
    assert desk.index_jobs.current is None


def test_an_upload_is_added_reported_and_searched(desk: Desk) -> None:
    live = desk.live.current().generation
    begun = desk.add(("某市条例.txt", LAW.encode()))
    assert begun["busy"]
    assert "添加 某市条例.txt" in Page(begun["html"]).text()
    work = desk.ended()
    assert (work.state, work.changed and work.changed.added) == ("done", ("某市条例.txt",))
    assert desk.live.current().generation != live  # it answers before it is told
    assert desk.live.current().searcher.ask("排放污水", k=1).hits[0].passage.document == "某市条例.txt"
    told = desk.library.job_status("en")
    assert (told["busy"], told["step"]) == (False, "")
    assert "Added: 某市条例.txt" in Page(told["html"]).text()
    listed = Page(desk.library.view("zh")["html"]).text()
    assert "上传 " not in listed.split("某市条例.txt")[0]
    assert " 上传" in listed


def test_unreadable_files_are_reported_one_by_one(desk: Desk) -> None:
    desk.add(("picture.txt", b"\x89PNG\r\n\x1a\n" + b"x" * 100), ("blank.txt", b" \n "), ("某市条例.txt", LAW.encode()))
    desk.ended()
    text = Page(desk.library.job_status("zh")["html"]).text()
    assert "已添加：某市条例.txt" in text
    assert "读取失败：picture.txt" in text
    assert "picture.txt is a picture (PNG) by its content" in text
    assert "读取失败：blank.txt" in text
    assert [one.file.id for one in files.library_files(desk.directory)] == ["某市条例.txt"]


def test_a_running_job_blocks_other_jobs_but_no_questions(desk: Desk) -> None:
    token = desk.send("second.txt", LAW.encode())[1]["token"]
    desk.encoder.go_on.clear()
    desk.encoder.entered.clear()
    desk.add(("law.txt", LAW.encode()))
    assert desk.encoder.entered.wait(PATIENCE)
    going = desk.library.job_status("zh")
    assert going["busy"]
    assert going["step"]
    assert "<progress" in going["html"]
    assert desk.library.view("zh")["busy"]  # a page that is loaded now shows it, too
    for asked in (desk.library.add([token], "zh"), desk.library.rebuild("zh")):
        assert asked["problem"]
        assert ZH.library.busy in asked["html"]
    assert desk.send("third.txt", LAW.encode())[0] == 409
    with pytest.raises(JobRunningError):
        desk.index_jobs.start(UpdateRequest(rebuild=True), "rebuild")
    desk.encoder.go_on.set()
    assert desk.ended().state == "done"
    assert desk.ids() == ["plan.txt", "law.txt"]
    assert desk.library.add([token], "zh")["problem"]  # it was not kept


def test_documents_are_removed_except_the_last(desk: Desk) -> None:
    refused = desk.library.remove("plan.txt", "en")
    assert EN.library.last_one in refused["html"]
    assert desk.library.remove("<b>", "en")["problem"]
    desk.add(("law.txt", LAW.encode()))
    desk.ended()
    assert desk.library.remove("plan.txt", "zh")["busy"]
    assert desk.ended().state == "done"
    assert "已移除：plan.txt" in Page(desk.library.job_status("zh")["html"]).text()
    assert desk.ids() == ["law.txt"]


def test_a_rebuild_reads_the_sources_again(desk: Desk, tmp_path: Path) -> None:
    write_plan(tmp_path / "docs", PLAN.replace("12%", "21%"))
    assert desk.library.rebuild("zh")["busy"]
    work = desk.ended()
    assert work.changed
    assert (work.changed.reread, work.changed.report.reused) == (("plan.txt",), 0)
    assert "21%" in desk.live.current().searcher.documents[0].source
    assert "重新读取 1 份文件" in Page(desk.library.job_status("zh")["html"]).text()


def test_a_build_by_another_process_is_named(desk: Desk) -> None:
    with store.build_lock(desk.directory):
        desk.add(("law.txt", LAW.encode()))
        work = desk.ended()
    assert isinstance(work.error, StoreError)
    text = Page(desk.library.job_status("zh")["html"]).text()
    assert "另一个进程" in text
    assert "正在建立这个索引" in text


def test_a_failure_has_a_title_and_its_reason(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "docs" / "plan.txt").unlink()
    desk.library.rebuild("zh")
    assert desk.ended().state == "failed"
    shown = desk.library.job_status("zh")["html"]
    assert ZH.library.failed in shown
    assert '<span lang="en">' in shown
    assert "no documents" in shown


def test_a_bug_is_logged_and_reported_without_details(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("a detail")

    monkeypatch.setattr("ui.state.index_jobs.apply_update", fail)
    desk.library.rebuild("zh")
    assert desk.ended().state == "failed"
    shown = desk.library.job_status("zh")["html"]
    assert ZH.unexpected in shown
    assert "a detail" not in shown
    assert "a detail" in caplog.text
    caplog.clear()


def test_a_build_stops_with_the_program_and_keeps_its_uploads(desk: Desk) -> None:
    desk.encoder.go_on.clear()
    desk.encoder.entered.clear()
    desk.add(("law.txt", LAW.encode()))
    assert desk.encoder.entered.wait(PATIENCE)
    closing = threading.Thread(target=desk.index_jobs.close)
    closing.start()
    desk.encoder.go_on.set()
    closing.join(PATIENCE)
    work = desk.index_jobs.current
    assert work
    assert (work.state, work.error) == ("failed", None)
    assert ZH.library.stopped in render_job(work, (), ZH)
    assert [one.file.id for one in files.library_files(desk.directory)] == ["law.txt"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "data", "headers", "status"),
    [
        ("a.png", b"x", {}, 415),
        ("", b"x", {}, 415),
        ("a.txt", b"", {}, 400),
        ("a.txt", b"x" * 10_001, {}, 413),
        ("a.txt", b"x" * 10_001, {"content-length": ""}, 413),
        ("a.txt", b"x" * 10_001, {"content-length": "5"}, 413),
        ("a.txt", b"x", {"content-type": "text/plain"}, 415),
    ],
)
def test_invalid_uploads_are_refused(
    desk: Desk, name: str, data: bytes, headers: dict[str, str], status: int, language: str
) -> None:
    answered, said = desk.send(name, data, language, **headers)
    assert (answered, said["problem"]) == (status, True)
    expected = WORDS[language].library
    if status == 413:
        assert expected.too_large(name, 10_001, 10_000) in Page(said["html"]).text()
    if status == 400:
        assert expected.empty_file.format(name="a.txt") in Page(said["html"]).text()
    folder = desk.directory / files.LIBRARY / files.INCOMING
    assert not folder.exists() or list(folder.iterdir()) == []


def test_waiting_uploads_are_limited(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.handlers.uploads.MAX_WAITING", 2)
    tokens = [desk.send(f"{i}.txt", LAW.encode())[1]["token"] for i in range(2)]
    assert desk.send("more.txt", LAW.encode())[0] == 429
    taken = desk.uploads.take([*tokens, *tokens, "unknown"])
    assert [upload.name for upload in taken] == ["0.txt", "1.txt"]
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    status, said = desk.send("large.txt", b"x" * 101)
    assert (status, ZH.library.full in said["html"]) == (507, True)


def test_forgotten_uploads_make_room(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.handlers.uploads.MAX_WAITING", 2)
    tokens = [desk.send(f"{i}.txt", LAW.encode())[1]["token"] for i in range(2)]
    assert desk.send("more.txt", LAW.encode())[0] == 429
    monkeypatch.setattr("ui.handlers.uploads._FORGOTTEN_SECONDS", 0.0)
    status, said = desk.send("more.txt", LAW.encode())
    assert status == 200
    assert [upload.name for upload in desk.uploads.take([*tokens, said["token"]])] == ["more.txt"]


def test_an_interrupted_upload_leaves_nothing(desk: Desk) -> None:
    status, _ = asyncio.run(desk._sent("a.txt", "zh", [], {"content-type": "application/octet-stream"}))
    assert status == 400
    assert list((desk.directory / files.LIBRARY / files.INCOMING).iterdir()) == []
    assert desk.send("a.txt", LAW.encode())[0] == 200  # its bytes are not promised to it any more


def test_over_http(desk: Desk) -> None:
    with served(index_jobs=desk.index_jobs) as site:
        connection = HTTPConnection("127.0.0.1", site.port, timeout=30)
        connection.request(
            "POST",
            f"{UPLOAD_PATH}?name=law.txt&language=en",
            LAW.encode(),
            {"Content-Type": "application/octet-stream"},
        )
        answer = json.loads(connection.getresponse().read())
        connection.close()
        assert answer["name"] == "law.txt"
        begun = json.loads(site.call("library_add", [answer["token"]], "en").body)["data"][0]
        assert begun["busy"]
        assert desk.ended().state == "done"
        assert site.ask(UPLOAD_PATH).status in (404, 405)
    assert desk.ids() == ["plan.txt", "law.txt"]


def test_every_stage_has_its_text() -> None:
    steps = [
        UpdateProgress("reading", 0, 2, "<i>.txt"),
        UpdateProgress("linking"),
        UpdateProgress("embedding", 1234, 5678),
        UpdateProgress("writing"),
    ]
    said = []
    for stage in steps:
        html = render_job(IndexJob(kind="add", names=("<i>.txt",), stage=stage), (), ZH)
        assert "<i>" not in html
        said.append(Page(html).text())
    assert "第 1 份，共 2 份" in said[0]
    assert "1,234 / 5,678" in said[2]
    assert len(set(said)) == 4
