"""``zhangju doctor``: checks of the installation on this machine, with remedies.

A check must not fail because of the problem that it looks for, so it imports what it examines itself.
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
from index.text.controls import escaped
from scripts import terminal
from scripts.commands.options import DEFAULT_INDEX, IndexOption, JsonOption, ModelOption

CheckStatus = Literal["works", "warning", "broken"]

_MIN_DISK = 2_000_000_000  # bytes, for an installation with its model
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox", "microsoft-edge")
_QUESTION = "What does the text say?"
_MARKS = {"works": "ok", "warning": "! ", "broken": "NO"}
_COLOURS = {"works": "green", "warning": "yellow", "broken": "red"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check: its status, what was found, and the remedy unless it works."""

    name: str
    state: CheckStatus
    found: str
    remedy: str = ""


def run_checks(index: Path, model: str | None) -> Iterator[CheckResult]:
    """Run all checks one after the other, the quick ones first."""
    yield check_python()
    yield check_packages()
    yield check_disk(index)
    yield check_browser()
    yield check_fonts()
    yield _guarded("index", lambda: check_index(index))
    yield _guarded("model", lambda: check_model(index, model))


def check_python() -> CheckResult:
    """Check the version of the interpreter."""
    from packaging.specifiers import SpecifierSet

    found = f"{platform.python_version()} at {sys.executable}"
    required = _required_python()
    if not SpecifierSet(required).contains(platform.python_version(), prereleases=True):
        return CheckResult("python", "broken", found, f"install Python {required}")
    return CheckResult("python", "works", found)


def _required_python() -> str:
    try:
        return importlib.metadata.metadata("zhangju")["Requires-Python"] or ""
    except importlib.metadata.PackageNotFoundError:
        return ""


def check_packages() -> CheckResult:
    """Check that all required packages are installed in suitable versions."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    try:
        requirements = [Requirement(line) for line in importlib.metadata.requires("zhangju") or ()]
    except importlib.metadata.PackageNotFoundError:
        return CheckResult("packages", "broken", "zhangju itself is not installed", "run: pip install -e .")
    installed: dict[str, str] = {
        canonicalize_name(d.name): d.version for d in importlib.metadata.distributions() if d.name
    }
    required = [r for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
    problems = []
    for requirement in required:
        version = installed.get(canonicalize_name(requirement.name))
        if version is None:
            problems.append(f"{requirement.name} is missing")
        elif not requirement.specifier.contains(version, prereleases=True):
            problems.append(f"{requirement.name} is {version}, required is {requirement.specifier}")
    if problems:
        return CheckResult("packages", "broken", "; ".join(problems), "run: pip install .")
    return CheckResult("packages", "works", f"{len(required)} as required; torch {installed.get('torch', '')}")


def check_disk(index: Path) -> CheckResult:
    """Check the free space for the index and for the model."""
    from index.models.packaged import cache_folder

    problems = []
    for purpose, folder in (("index", index.absolute()), ("cache", cache_folder())):
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(existing).free
        if not os.access(existing, os.W_OK):
            problems.append(f"{existing}, for the {purpose}, is not writable")
        elif free < _MIN_DISK:
            problems.append(f"{free / 1e9:.1f} GB are free at {existing}, for the {purpose}")
    if problems:
        remedy = "free some space, or choose other folders with --index and $ZHANGJU_CACHE"
        return CheckResult("disk", "warning", "; ".join(problems), remedy)
    return CheckResult("disk", "works", f"space for the index at {index} and the cache at {cache_folder()}")


def check_browser() -> CheckResult:
    """Check for a browser on this machine; a server needs none."""
    import webbrowser

    found = next(filter(None, map(shutil.which, _BROWSERS)), "")
    if not found:
        try:
            found = webbrowser.get().__class__.__name__
        except webbrowser.Error:
            remedy = "open the page from another machine, or install a browser (Debian: apt-get install chromium)"
            return CheckResult("browser", "warning", "none on this machine", remedy)
    return CheckResult("browser", "works", found)


def check_fonts() -> CheckResult:
    """Check for a font with Chinese characters; Windows and macOS come with one."""
    if sys.platform in ("win32", "darwin"):
        return CheckResult("fonts", "works", "those of the system")
    if (command := shutil.which("fc-list")) is None:
        remedy = "if characters appear as boxes: apt-get install fontconfig fonts-noto-cjk"
        return CheckResult("fonts", "warning", "unknown, there is no fc-list", remedy)
    listed = subprocess.run([command, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
    families = sorted({re.split(r"[,\n]", line)[0].strip() for line in listed.splitlines() if line.strip()})
    if not families:
        remedy = "install one (Debian: apt-get install fonts-noto-cjk)"
        return CheckResult("fonts", "warning", "none with Chinese characters", remedy)
    return CheckResult("fonts", "works", f"{len(families)} with Chinese characters, for example {families[0]}")


def check_index(index: Path) -> CheckResult:
    """Check that there is an index and that it opens. Raises StoreError if it does not."""
    if not index.exists():
        remedy = f"build it with: zhangju index SOURCE --index {index}"
        return CheckResult("index", "warning", f"there is none at {index}", remedy)
    from index.storage import store

    generation, snapshot = store.open_live(index)
    found = (
        f"{index}, generation {generation.name}, documents: {len(snapshot.documents)}, "
        f"passages: {len(snapshot.passages)}, model {snapshot.contract.name}"
    )
    return CheckResult("index", "works", found)


def check_model(index: Path, model: str | None) -> CheckResult:
    """Check that the model, that of the index if there is one, is intact and embeds a question.

    Raises ModelError if not.
    """
    from index.models.loading import load_encoder
    from index.storage import store

    name = model
    if name is None and index.exists():
        name = store.contract_of(index, store.live_generation(index)).name
    encoder = load_encoder(name, thorough=True)
    dimension = encoder.encode_queries([_QUESTION]).vectors.shape[1]
    return CheckResult("model", "works", f"{encoder.contract.name} embeds a question, {dimension} dimensions")


def _guarded(name: str, check: Callable[[], CheckResult]) -> CheckResult:
    """Run a check; our own errors contain their remedy, and errors of a broken package are reported."""
    try:
        return check()
    except ZhangjuError as error:
        return CheckResult(name, "broken", str(error))
    except (ImportError, OSError, RuntimeError) as error:
        found = f"{type(error).__name__}: {str(error).strip() or 'no details'}"
        return CheckResult(name, "broken", found, "install again with: make clean run")


def doctor_command(index: IndexOption = DEFAULT_INDEX, as_json: JsonOption = False, model: ModelOption = None) -> None:
    """Check the installation and suggest remedies.

    Checks Python, packages, disk, browser, fonts, index and model. Exits with 1 if a required part does not work.
    """
    results = []
    for result in run_checks(index, model):
        results.append(result)
        if not as_json:
            _print(result)
    if as_json:
        terminal.print_json({"findings": [_record(result) for result in results]})
    if any(result.state == "broken" for result in results):
        raise typer.Exit(1)


def _record(result: CheckResult) -> dict[str, Any]:
    return asdict(result) | {"remedy": result.remedy or None}


def _print(result: CheckResult) -> None:
    mark = typer.style(_MARKS[result.state], fg=_COLOURS[result.state], bold=True)
    typer.echo(f"{mark}  {result.name:<9} {escaped(result.found)}")
    if result.remedy:
        terminal.echo(f"{'':13} {result.remedy}")
