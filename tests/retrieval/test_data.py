"""The word lists that come with the package, and the errors for malformed ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import InstallationError
from retrieval import data
from retrieval.answering.out_of_domain import out_of_domain_sentences
from retrieval.question import patterns


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that takes the place of the package's data files."""
    monkeypatch.setattr(data, "files", lambda _: tmp_path)
    for reader in (patterns.catalogue, patterns.compiled, out_of_domain_sentences):
        monkeypatch.setattr(reader.__module__ + "." + reader.__name__, reader.__wrapped__)
    return tmp_path


def test_the_patterns_of_all_languages_compile() -> None:
    catalogue = patterns.catalogue()
    assert len(catalogue.patterns) == 18
    assert set(catalogue.function_words) < set(catalogue.patterns)
    for language in catalogue.patterns:
        assert [kind for kind, _ in patterns.compiled(language)][:2] == ["money", "duration"]


def test_every_data_file_names_its_reader_and_its_licence() -> None:
    for path in Path(data.__file__).parent.glob("*.t*t"):
        head = path.read_text(encoding="utf-8").split("\n")[0]
        assert "read by retrieval/" in head, path
        assert "MIT licence" in head, path


PREFIXES = "prefixes = ['in']\n"
FRENCH = "[fr]\nfunction_words = 'le la'\n"
KINDS = ("money", "duration", "date", "number", "place", "name", "why", "list", "definition", "how", '"yes/no"')
PATTERNS = "".join(f"{kind} = ['a']\n" for kind in KINDS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("latin = [", "Invalid value"),
        ("latin = ['fr']\n" + FRENCH + PATTERNS, "'prefixes' is not a list of words"),
        (PREFIXES + "latin = ['fr', 'de']\n" + FRENCH + PATTERNS, "[de] has no function_words"),
        (PREFIXES + "latin = ['fr']\n" + FRENCH + PATTERNS.replace("why = ['a']", ""), "'why' is not a list"),
        (PREFIXES + "latin = ['fr']\n" + FRENCH + PATTERNS.replace("why = ['a']", "why = [3]"), "'why' is not a list"),
        (PREFIXES + "latin = ['fr']\n" + FRENCH + PATTERNS.replace("why = ['a']", "why = ['(']"), "[fr]: missing )"),
    ],
)
def test_malformed_patterns_are_named(folder: Path, content: str, reason: str) -> None:
    (folder / "question_patterns.toml").write_text(content, encoding="utf-8")
    with pytest.raises(InstallationError) as raised:
        patterns.compiled("fr")
    assert "question_patterns.toml" in str(raised.value)
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "can't decode"),
        (b"Tea is hot.\n", "line 1 belongs to none of the sections [topics], [talk]"),
        (b"[topics]\nTea is hot.\n[jokes]\nHa.\n[talk]\nHello.", "line 3 belongs to none"),
        (b"# nothing said\n[topics]\nTea is hot.\n[talk]\n", "one of the sections [topics], [talk] is empty"),
    ],
)
def test_malformed_sentences_are_named(folder: Path, content: bytes, reason: str) -> None:
    (folder / "out_of_domain_sentences.txt").write_bytes(content)
    with pytest.raises(InstallationError) as raised:
        out_of_domain_sentences.__wrapped__()
    assert reason in str(raised.value)
    assert "install zhangju again" in str(raised.value)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("read", [data.read_text, data.read_toml])
def test_a_missing_file_is_named(read: Callable[[str], object]) -> None:
    with pytest.raises(InstallationError, match=r"words\.toml of this installation cannot be used"):
        read("words.toml")
