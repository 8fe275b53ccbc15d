"""Downloads from a fake hub on this machine."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from index.errors import ModelError
from index.models import e5_folder, hub, packaged
from index.models.location import DEFAULT_MODEL, locate
from tests import packed
from tests.index.models.processes import sentence, start

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(BaseHTTPRequestHandler):
    """The parts of the hub that huggingface_hub uses: one model, with extra files for other programs."""

    folder: ClassVar[Path]
    requests: ClassVar[list[str]]

    def do_GET(self) -> None:
        type(self).requests.append(f"{self.command} {self.path}")
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
        """Suppress the log."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    folder = packed.write_folder(tmp_path)
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.bin").write_bytes(b"the same for another program")
    (folder / "pytorch_model.bin").write_bytes(b"the same once more")
    Hub.folder, Hub.requests = folder, []
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
from index.models.location import locate
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
    assert output.splitlines() == ["downloading the model someone/tiny (only once)", listed]
    Hub.requests.clear()
    assert fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served) == listed
    assert Hub.requests == []  # a cached model is used without a request
    assert fetch("someone/tiny", tmp_path / "home", HF_HUB_OFFLINE="1") == listed


def test_sentence_transformers_home_holds_the_files(tmp_path: Path, served: str) -> None:
    place = str(tmp_path / "place")
    fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served, SENTENCE_TRANSFORMERS_HOME=place)
    assert (tmp_path / "place" / "models--someone--tiny" / "snapshots" / COMMIT / "modules.json").is_file()


def test_an_interrupted_download_is_not_used_as_a_model(tmp_path: Path, served: str) -> None:
    fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served)
    snapshot = tmp_path / "home" / "hub" / "models--someone--tiny" / "snapshots" / COMMIT
    (snapshot / "modules.json").unlink()
    assert "is not on this machine" in fetch("someone/tiny", tmp_path / "home", HF_HUB_OFFLINE="1")
    assert fetch("someone/tiny", tmp_path / "home", HF_ENDPOINT=served).endswith(" ".join(WANTED))


@pytest.mark.parametrize("name", ["someone/else", "tiny"])
def test_a_model_that_the_hub_does_not_have(name: str, tmp_path: Path, served: str) -> None:
    output = fetch(name, tmp_path / "home", HF_ENDPOINT=served)
    assert "\n" not in output
    assert (
        f"{'sentence-transformers/' * ('/' not in name)}{name} is neither a local folder nor a model on the hub"
        in output
    )
    assert "check the spelling" in output


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({"HF_ENDPOINT": SERVED_NOWHERE}, "the hub could not be reached"),
        ({"HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids"),
        ({"TRANSFORMERS_OFFLINE": "1"}, "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids"),
        ({"HF_ENDPOINT": "http://no host"}, "the hub could not be reached"),
    ],
)
def test_a_missing_network_is_reported_at_once(environment: dict[str, str], found: str, tmp_path: Path) -> None:
    began = time.monotonic()
    output = fetch("someone/tiny", tmp_path / "home", **environment)
    assert time.monotonic() - began < 20  # mostly the start of Python on a busy machine
    assert "\n" not in output
    assert found in output
    assert "download the model on a machine with a network" in output


def test_a_hub_that_never_responds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(hub, "_TIMEOUT_SECONDS", 0.2)
        monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
        with pytest.raises(ModelError) as raised:
            locate("someone/tiny")
    assert "timed out" in sentence(raised)


def test_the_first_e5_models_receive_their_prompts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(hub, "fetch", lambda *_, **__: (tmp_path / "models--x" / "snapshots" / COMMIT, COMMIT))
    assert locate("intfloat/multilingual-e5-large").prompts == e5_folder.PROMPTS
    assert locate("BAAI/bge-m3").prompts == {}
    monkeypatch.setattr(packaged, "weights_file", lambda: None)  # as on Windows
    files = locate()
    assert (files.name, files.revision, files.prompts) == (DEFAULT_MODEL, COMMIT, e5_folder.PROMPTS)
    assert files.remedy == f"delete {tmp_path / 'models--x'}, and it is downloaded again"
