"""Nine laws, compared with the results of simple patterns on their Markdown."""

import re
from pathlib import Path

import pytest

from index.parsing.structure import read_document
from index.records import Passage
from index.text.numerals import parse_number

pytestmark = pytest.mark.shared

Place = tuple[int, int, list[tuple[str, int]]]  # article, 之, and the 编 章 节 above it

HEADING = re.compile(r"(#+)\s+(?:第([一二三四五六七八九十百]+)(编|章|节))?")
ARTICLE = re.compile(r"第([一二三四五六七八九十百千零]+)条(?:之([一二三四五六七八九十]+))?\s")


def expected(text: str) -> list[Place]:
    """Return the articles in order, each with the headings above it by Markdown depth."""
    places: list[Place] = []
    above: dict[int, tuple[str, int] | None] = {}
    for line in text.split("\n"):
        if heading := HEADING.match(line):
            depth = len(heading[1])
            above = {d: kind for d, kind in above.items() if d < depth}
            above[depth] = (heading[3], parse_number(heading[2])) if heading[2] else None
        elif article := ARTICLE.match(line):
            places.append(
                (
                    parse_number(article[1]),
                    parse_number(article[2]) if article[2] else 0,
                    [k for k in above.values() if k],
                )
            )
    return places


def place(article: Passage) -> Place:
    above = [(d.kind, d.number) for d in article.path if d.kind in ("编", "章", "节")]
    return article.path[-1].number, article.path[-1].sub, above


def articles(text: str, name: str) -> list[Passage]:
    document = read_document(text.encode(), name)
    assert all(document.source[p.start : p.end] == p.text for p in document.passages if not p.repaired)
    return [p for p in document.passages if p.path and p.path[-1].kind == "条"]


@pytest.mark.parametrize("form", ["md", "txt"])
def test_every_article_is_one_passage_with_its_path(shared_folder: Path, form: str) -> None:
    total = 0
    for path in sorted((shared_folder / "corpus" / "laws").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        read = articles(text if form == "md" else re.sub(r"^#+\s+", "", text, flags=re.MULTILINE), f"x.{form}")
        assert [place(p) for p in read] == expected(text), path.name
        total += len(read)
    assert total == 1215


def test_paragraphs_and_items_are_counted_as_the_law_counts_them(shared_folder: Path) -> None:
    """Counted by hand in the source."""
    laws = shared_folder / "corpus" / "laws"
    criminal = {p.path[-1].key[1:]: p for p in articles((laws / "刑法.md").read_text(encoding="utf-8"), "x.md")}
    for article, counts in {
        (34, 0): (2, 3),
        (17, 0): (5, 0),
        (133, 1): (3, 4),
        (67, 0): (3, 0),
        (95, 0): (1, 3),
    }.items():
        inner = criminal[article].inner
        assert tuple(sum(i.kind == kind for i in inner) for kind in ("款", "项")) == counts, article
