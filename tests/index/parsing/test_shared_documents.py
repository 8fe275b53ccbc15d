"""Documents as they were found, in ../shared: small inputs of kinds that were read wrongly, and whole files."""

import importlib.util
import json
from collections import Counter
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from index.errors import DocumentError
from index.loaders import LOADERS
from index.parsing.structure import read_document
from index.records import Document
from retrieval.schema import outline_json

pytestmark = pytest.mark.shared


@pytest.fixture(scope="session")
def checker(shared_folder: Path) -> ModuleType:
    """The program that compares an outline with what is expected of it, on this parser."""
    path = shared_folder / "cases" / "check_cases.py"
    spec = importlib.util.spec_from_file_location("check_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def outline(command: list[str], **_: object) -> SimpleNamespace:
        path = Path(command[2])
        try:
            document = read_document(path.read_bytes(), path.name)
        except DocumentError as error:
            return SimpleNamespace(returncode=1, stdout="", stderr=str(error))
        return SimpleNamespace(returncode=0, stdout=json.dumps(outline_json(document)), stderr="")

    module.__dict__["subprocess"] = SimpleNamespace(run=outline)
    return module


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_each_case_is_read_as_expected(checker: ModuleType, shared_folder: Path) -> None:
    folders = sorted(path.parent for path in (shared_folder / "cases").glob("*/expected.json"))
    found = {folder.name: checker.check(str(folder), "") for folder in folders}
    assert len(found) >= 50
    assert {name: bad for name, bad in found.items() if bad} == {}


def read(folder: Path, name: str) -> Document:
    path = folder / "corpus" / "real" / name
    return read_document(path.read_bytes(), path.name)


def count(document: Document, kind: str) -> int:
    """Return the number of headings of a kind."""
    return sum(heading.path[-1].kind == kind for heading in document.headings)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("national-eleventh-plan.txt", {"篇": 14, "章": 48, "节": 142}),
        ("yunnan-tenth-plan.pdf", {"篇": 8, "章": 26}),
        ("grundgesetz.md", {"条": 200}),
        ("bdsg.md", {"条": 86}),
        ("code-civil-titre2.md", {"条": 74}),
        ("gdpr-eurlex.html", {"章": 11, "条": 99, "鉴于": 173}),
        ("SFS_2013_254.md", {"条": 87}),
        ("uruguay-ley-15903.md", {"条": 638}),
        ("中华人民共和国刑事诉讼法.pdf", {"条": 308}),
    ],
)
def test_whole_files_have_their_headings(shared_folder: Path, name: str, counts: dict[str, int]) -> None:
    document = read(shared_folder, name)
    assert {kind: count(document, kind) for kind in counts} == counts


def test_titles_of_whole_files(shared_folder: Path) -> None:
    assert read(shared_folder, "yunnan-tenth-plan.pdf").title == "云南省国民经济和社会发展第十个五年计划纲要"
    assert read(shared_folder, "gdpr-eurlex.html").title.startswith("REGULATION (EU) 2016/679 ")
    assert read(shared_folder, "Luat-de-dieu-2006-79-2006-QH11-15872.html").title.startswith("Luật đê điều 2006")


def test_vietnamese_laws_have_all_articles(shared_folder: Path) -> None:
    for name, last in (
        ("Luat-de-dieu-2006-79-2006-QH11-15872.html", 48),
        ("Luat-Dien-Luc-2004-28-2004-QH11-18056.html", 70),
    ):
        articles = [h.path[-1].number for h in read(shared_folder, name).headings if h.path[-1].kind == "条"]
        assert articles[:last] == list(range(1, last + 1))


def test_sections_of_a_code_are_found_by_number(shared_folder: Path) -> None:
    labels = [h.path[-1].label for h in read(shared_folder, "dc-code-1-6.html").headings if h.path[-1].kind == "条"]
    assert {"1-601.01", "1-603.01", "1-610.52a"} <= set(labels)
    assert max(Counter(labels).values()) == 1


def test_nothing_is_lost(shared_folder: Path) -> None:
    files = [path for path in (shared_folder / "corpus").rglob("*") if path.suffix in LOADERS]
    unread = {
        path.name: [
            part.lines for part in read_document(path.read_bytes(), path.name).left_out if part.reason == "unread"
        ]
        for path in files
    }
    assert len(unread) > 20
    assert {name: lines for name, lines in unread.items() if lines} == {}
