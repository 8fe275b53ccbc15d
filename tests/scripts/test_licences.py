"""The list of licences is complete, and every package states one."""

from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import licences


def test_every_package_that_is_needed_is_listed_with_a_licence(capsys: pytest.CaptureFixture[str]) -> None:
    found = {package.name: package.licence for package in licences.licences()}
    direct = [Requirement(line) for line in requires("zhangju") or ()]
    needed = {canonicalize_name(r.name) for r in direct if r.marker is None or r.marker.evaluate({"extra": ""})}
    assert needed <= set(found)
    assert "anyio" in found  # of starlette, of gradio
    assert "pytest" not in found
    assert [name for name, licence in found.items() if licence == licences.UNKNOWN] == []
    licences.main()
    assert capsys.readouterr().out.count("\n") == len(found)


def test_a_licence_that_is_not_stated_is_seen() -> None:
    assert licences.licences("no-such-package") == []
