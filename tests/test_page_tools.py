"""Tests of the versions that the checks of the page's scripts and styles are pinned to."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_tools_are_pinned_and_their_lock_names_no_registry() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert {f"node_modules/{name}" for name in wanted} <= set(packages)
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not [package["resolved"] for package in packages.values() if "resolved" in package]
