"""Programs outside Python that some tests need, and the line about the tests that were skipped without them."""

import shutil
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import pytest


class Program(NamedTuple):
    """A program with the names of its executable, the preferred one first."""

    name: str
    executables: tuple[str, ...]

    def find(self) -> str | None:
        """Return the path of the executable, or None where the program is not installed."""
        return next(filter(None, map(shutil.which, self.executables)), None)

    @property
    def reason(self) -> str:
        return f"needs {self.name}"

    def path(self) -> str:
        """Return the path of the executable, or skip the test."""
        found = self.find()
        if found is None:
            pytest.skip(self.reason)
        return found


CHROMIUM = Program("Chromium", ("chromium", "chromium-browser", "google-chrome", "chrome"))
LIBREOFFICE = Program("LibreOffice", ("soffice",))
WRITER = Program("LibreOffice Writer", ("lowriter",))  # a package of its own
INSTALLABLE = {program.reason for program in (CHROMIUM, LIBREOFFICE, WRITER)}  # by .ci/install


def skipped_line(reports: Iterable[pytest.TestReport]) -> str:
    """Return what was skipped and the command that would run it, in one line; empty if nothing was skipped."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ") for report in reports if isinstance(report.longrepr, tuple)
    )
    if not reasons:
        return ""
    counts = ", ".join(f"{count} ({reason})" for reason, count in reasons.most_common())
    remedy = "; `make test-all` installs what is missing and runs them" if INSTALLABLE & set(reasons) else ""
    return f"Tests skipped: {counts}{remedy}."
