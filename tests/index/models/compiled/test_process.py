"""What a process that asks with a compiled model imports, and what it sends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.models.encoder import Encoder
from index.models.packaged import cache_folder

ROOT = Path(__file__).resolve().parents[4]

ASK_AND_INDEX = """
import socket, sys
def refused(*_):
    raise AssertionError("something was to be sent")
socket.socket.connect = refused
socket.getaddrinfo = refused
from pathlib import Path
from index.building.build import build
from index.building.sources import collect
from index.models.location import locate
from index.models.loading import load_encoder
from retrieval.search import Searcher
source, folder = Path(sys.argv[1]), Path(sys.argv[2])
build(collect([source]).files, folder, model=locate, load=load_encoder)
assert Searcher.open(folder).ask("用水量要下降多少？").hits
unwanted = "torch", "transformers", "sentence_transformers", "openvino_telemetry"
print([name for name in unwanted if sys.modules.get(name)])
import threading
print([thread.name for thread in threading.enumerate()])
"""


@pytest.mark.model
def test_neither_torch_nor_telemetry_is_imported_to_index_and_ask(default_encoder: Encoder, tmp_path: Path) -> None:
    assert default_encoder.contract.precision.startswith("openvino")
    source = tmp_path / "law.txt"
    source.write_text("第一条 用水量下降百分之十二。\n第二条 推广再生水。\n", encoding="utf-8")
    process = subprocess.run(
        [sys.executable, "-c", ASK_AND_INDEX, str(source), str(tmp_path / "index")],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path), "ZHANGJU_CACHE": str(cache_folder())},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert process.stdout == "[]\n['MainThread']\n", process.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("law.txt", "index")] == []


CONVERTER = """
import sys
from index.inference import import_openvino
openvino = import_openvino(converter={converter})
print(sys.modules.get("openvino_telemetry"), "openvino.tools.ovc" in sys.modules, openvino.__name__)
"""


@pytest.mark.parametrize("converter", [False, True])
def test_telemetry_stays_out(converter: bool, tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", CONVERTER.format(converter=converter)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout == f"None {converter} openvino\n"
    assert list(tmp_path.iterdir()) == []  # it keeps an id of the user in the home folder


def test_without_that_it_would_come_in(tmp_path: Path) -> None:  # the control; a proxy that is not there keeps it in
    code = "import openvino, sys; print(sys.modules['openvino_telemetry'].__name__)"
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "CI": "true",
        "no_proxy": "",
        "https_proxy": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "openvino_telemetry\n"
