"""List the packages that Zhangju needs, with their versions and licences: ``python -m scripts.licences``."""

from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import terminal

ROOT = "zhangju"
EXTRAS = ("", "ocr")  # what `make run` installs
UNKNOWN = "not stated"
_CLASSIFIER = "License :: "
_MAX_LENGTH = 60  # characters; some packages give the whole text of their licence


class Licence(NamedTuple):
    """A package with the licence that its metadata states."""

    name: str
    version: str
    licence: str


def licences(root: str = ROOT) -> list[Licence]:
    """Return the installed packages that ``root`` needs, directly or not, sorted by name."""
    found: dict[str, Licence] = {}
    waiting = [root]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:  # needed on other systems only
            continue
        found[name] = Licence(name, package.version, _licence(package))
        waiting += _needed(package)
    return sorted(package for name, package in found.items() if name != canonicalize_name(root))


def _needed(package: Distribution) -> Iterator[str]:
    for line in package.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": each}) for each in EXTRAS):
            yield requirement.name


def _licence(package: Distribution) -> str:
    """Return the licence as SPDX, by its classifiers, or as it is written."""
    metadata = package.metadata
    classifiers = [text.rsplit(" :: ", 1)[-1] for text in metadata.get_all("Classifier") or () if _CLASSIFIER in text]
    written = {name: metadata[name].strip() for name in ("License-Expression", "License") if name in metadata}
    stated = written.get("License-Expression") or ", ".join(classifiers) or written.get("License", "").split("\n")[0]
    return terminal.shorten(stated, _MAX_LENGTH) or UNKNOWN


def main() -> None:
    """Print the list."""
    for package in licences():
        terminal.echo(f"{package.name:<28} {package.version:<16} {package.licence}")


if __name__ == "__main__":
    main()
