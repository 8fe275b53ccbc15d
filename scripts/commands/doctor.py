"""``zhangju doctor``: what works on this machine, what does not, and what to do about it.

Nothing here may fail for want of what it looks for: whatever is examined is imported inside the examination.
"""

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import typer

from index.errors import ZhangjuError
from scripts.commands.options import DEFAULT_INDEX, IndexOption, JsonOption, ModelOption

State = Literal["works", "warning", "broken"]

_LEAST_DISK = 2_000_000_000  # bytes: an installation with its model
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox", "microsoft-edge")
_ASKED = "What does the text say?"
_MARKS = {"works": "ok", "warning": "! ", "broken": "NO"}
_COLOURS = {"works": "green", "warning": "yellow", "broken": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was examined: what was found, and what to do unless it works."""

    name: str
    state: State
    found: str
    remedy: str = ""


def examine(index: Path, model: str | None) -> Iterator[Finding]:
    """Everything, one after the other, the quick things first."""
    yield python()
    yield packages()
    yield disk(index)
    yield browser()
    yield fonts()
    yield _guarded("index", lambda: index_found(index))
    yield _guarded("model", lambda: model_found(index, model))


def python() -> Finding:
    """Whether the interpreter is one that the program runs on."""
    from packaging.specifiers import SpecifierSet

    found = f"{platform.python_version()} at {sys.executable}"
    wanted = _required_python()
    if not SpecifierSet(wanted).contains(platform.python_version(), prereleases=True):
        return Finding(name="python", state="broken", found=found, remedy=f"install Python {wanted}")
    return Finding(name="python", state="works", found=found)


def _required_python() -> str:
    try:
        return importlib.metadata.metadata("zhangju")["Requires-Python"] or ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def packages() -> Finding:
    """Whether what the program needs is there, in a version that it takes."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    try:
        wanted = [Requirement(line) for line in importlib.metadata.requires("zhangju") or ()]
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            name="packages", state="broken", found="zhangju itself is not installed", remedy="run: pip install -e ."
        )
    there: dict[str, str] = {canonicalize_name(d.name): d.version for d in importlib.metadata.distributions() if d.name}
    wrong = []
    needed = [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    for requirement in needed:
        version = there.get(canonicalize_name(requirement.name))
        if version is None:
            wrong.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement.name} is {version}, wanted is {requirement.specifier}")
    if wrong:
        return Finding(name="packages", state="broken", found="; ".join(wrong), remedy="run: pip install .")
    torch = there.get("torch", "")
    return Finding(name="packages", state="works", found=f"{len(needed)} as wanted; torch {torch}")


def disk(index: Path) -> Finding:
    """Whether there is room where the index and the model go."""
    from index.models.packaged import cache_folder

    tight = []
    for what, folder in (("index", index.absolute()), ("cache", cache_folder())):
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(there).free
        if not os.access(there, os.W_OK):
            tight.append(f"{there}, for the {what}, cannot be written to")
        elif free < _LEAST_DISK:
            tight.append(f"{free / 1e9:.1f} GB are free at {there}, for the {what}")
    if tight:
        return Finding(
            name="disk",
            state="warning",
            found="; ".join(tight),
            remedy="make room, or choose other places with --index and $ZHANGJU_CACHE",
        )
    return Finding(name="disk", state="works", found=f"room for the index at {index} and the cache at {cache_folder()}")


def browser() -> Finding:
    """Whether the page can be opened on this machine; a server needs no browser."""
    import webbrowser

    found = next(filter(None, map(shutil.which, _BROWSERS)), "")
    if not found:
        try:
            found = webbrowser.get().__class__.__name__
        except webbrowser.Error:
            remedy = "open the page from another machine, or install a browser (Debian: apt-get install chromium)"
            return Finding(name="browser", state="warning", found="none on this machine", remedy=remedy)
    return Finding(name="browser", state="works", found=found)


def fonts() -> Finding:
    """Whether Chinese characters can be shown; Windows and macOS bring their own fonts."""
    if sys.platform in ("win32", "darwin"):
        return Finding(name="fonts", state="works", found="those of the system")
    if (command := shutil.which("fc-list")) is None:
        remedy = "if characters show as boxes: apt-get install fontconfig fonts-noto-cjk"
        return Finding(name="fonts", state="warning", found="cannot tell, there is no fc-list", remedy=remedy)
    listed = subprocess.run([command, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
    families = sorted({re.split(r"[,\n]", line)[0].strip() for line in listed.splitlines() if line.strip()})
    if not families:
        remedy = "install one (Debian: apt-get install fonts-noto-cjk)"
        return Finding(name="fonts", state="warning", found="none with Chinese characters", remedy=remedy)
    return Finding(name="fonts", state="works", found=f"{len(families)} with Chinese characters, {families[0]} for one")


def index_found(index: Path) -> Finding:
    """Whether there is an index, and it opens. Raises StoreError where it does not."""
    if not index.exists():
        remedy = f"build it with: zhangju index SOURCE --index {index}"
        return Finding(name="index", state="warning", found=f"there is none at {index}", remedy=remedy)
    from index.storage import store

    generation, snapshot = store.open_live(index)
    found = (
        f"{index}, generation {generation.name}, documents: {len(snapshot.documents)}, "
        f"passages: {len(snapshot.passages)}, model {snapshot.contract.name}"
    )
    return Finding(name="index", state="works", found=found)


def model_found(index: Path, model: str | None) -> Finding:
    """Whether the model loads and embeds, that of the index if there is one. Raises ModelError where it does not."""
    from index.models.loading import load_encoder
    from index.storage import store

    name = model
    if name is None and index.exists():
        name = store.contract_of(index, store.live_generation(index)).name
    encoder = load_encoder(name)
    dimension = encoder.encode_queries([_ASKED]).vectors.shape[1]
    return Finding(
        name="model", state="works", found=f"{encoder.contract.name} embeds a question, {dimension} dimensions"
    )


def _guarded(name: str, look: Callable[[], Finding]) -> Finding:
    """What is found; what goes wrong on purpose says its remedy itself, and what a broken package raises is told."""
    try:
        return look()
    except ZhangjuError as error:
        return Finding(name=name, state="broken", found=str(error))
    except (ImportError, OSError, RuntimeError) as error:
        found = f"{type(error).__name__}: {str(error).strip() or 'no more is known'}"
        return Finding(name=name, state="broken", found=found, remedy="install again with: make clean run")


def doctor_command(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False, model: ModelOption = None) -> None:
    """Say what works on this machine, what does not, and what to do.

    Looks at Python, packages, disk, browser, fonts, index and model. Ends with 1 if something that is needed does not
    work.
    """
    import json

    findings = []
    for finding in examine(index, model):
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        typer.echo(json.dumps({"findings": [_record(f) for f in findings]}, ensure_ascii=False, indent=2))
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


def _record(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {"remedy": finding.remedy or None}


def _print(finding: Finding) -> None:
    mark = typer.style(_MARKS[finding.state], fg=_COLOURS[finding.state], bold=True)
    typer.echo(f"{mark}  {finding.name:<9} {finding.found}")
    if finding.remedy:
        typer.echo(f"{'':13} {finding.remedy}")
