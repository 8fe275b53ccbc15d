"""Whatever the environment says to Gradio, the page is the same."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import gradio
import pytest

from ui.security.gradio_environment import forget_gradio

ROOT = Path(__file__).resolve().parents[3]
SOURCES = Path(gradio.__file__).parent
KNOWN = {"GRADIO_SERVER_NAME", "GRADIO_SHARE", "GRADIO_ALLOWED_PATHS", "GRADIO_ROOT_PATH", "GRADIO_VIBE_MODE"}
# What is another each time: the port, an id and what was measured, and what is computed of these.
_CHANCE = r":{port}\b|sha256-[^']+|'content-length', '\d+'|\"(app_id|duration|average_duration)\":[\d.e-]+"
LOOK = """
import json
from tests.ui.app.running import served
paths = ["/", "/config", "/theme.css", "/gradio_api/info", "/gradio_api/file=/etc/hostname", "/gradio_api/mcp/",
         "/gradio_api/vibe-code", "/gradio_api/profiling/summary", "/gradio_api/runs", "/monitoring", "/no/such/thing"]
with served() as site:
    listening = [s.getsockname() for running in site.running.servers for s in running.sockets]
    replies = [site.ask(path) for path in paths] + [site.call("answer", "节能", [], "zh", "")]
    replies.append(site.ask("/config", Origin="null"))
    said = [[r.status, sorted((k, v) for k, v in r.headers.items() if k != "date"), r.body] for r in replies]
print(json.dumps([site.port, [host for host, port in listening], said]))
"""


def _variables() -> set[str]:
    """Every name that the installed Gradio may read."""
    sources = (path.read_text(encoding="utf-8", errors="replace") for path in SOURCES.rglob("*.py"))
    return {name.rstrip("_") for source in sources for name in re.findall(r"\bGRADIO_[A-Z_]+", source)}


def _hostile(name: str) -> str:
    if name.endswith("PATHS"):
        return "/"
    if name.endswith(("NAME", "HOST", "ADDRESS")):
        return "0.0.0.0"
    if name.endswith("ROOT_PATH"):
        return "https://elsewhere.example"
    return "1" if name.endswith(("PORT", "PORTS", "MODE", "INTERVAL", "LIMIT")) else "True"


def _seen(**environment: str) -> list[Any]:
    """Where it listens, and what it answers, but for what is another each time."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GRADIO_")}
    told = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=True
    )
    assert told.stderr == ""
    port, hosts, replies = json.loads(told.stdout)
    chance = re.compile(_CHANCE.format(port=port))
    return [hosts, [[status, chance.sub("", f"{headers}"), chance.sub("", body)] for status, headers, body in replies]]


def test_hostile_variables_change_nothing(tmp_path: Path) -> None:
    names = _variables()
    assert names >= KNOWN
    hostile = {name: _hostile(name) for name in names} | {"GRADIO_TEMP_DIR": str(tmp_path)}
    away = "http://127.0.0.1:9"
    hostile |= {"SYSTEM": "spaces", "SPACE_ID": "a/b", "HTTP_PROXY": away, "http_proxy": away, "ALL_PROXY": away}
    quiet = _seen()
    assert _seen(**hostile) == quiet
    assert quiet[0] == ["127.0.0.1"]
    assert list(tmp_path.iterdir()) == []


def test_they_are_gone_for_what_is_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SHARE", "True")
    monkeypatch.setenv("SPACE_ID", "a/b")
    monkeypatch.setenv("ZHANGJU_INDEX", "kept")
    forget_gradio()
    assert not {"GRADIO_SHARE", "SPACE_ID"} & set(os.environ)
    assert os.environ["ZHANGJU_INDEX"] == "kept"
