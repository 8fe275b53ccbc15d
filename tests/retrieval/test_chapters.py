import numpy as np

from index.parsing.structure import read_document
from index.records import Document
from retrieval.chapters import ChapterUnits
from tests.collection import PLAN

LAW = "某市办法\n第一条 节约用水。\n第二条 节约用电。\n"
OPENED = "某省规划\n为了发展，制定本规划。\n第一章 绿色\n节约用水。\n第二章 民生\n促进就业。\n专栏1 就业工程\n"


def documents(*texts: str) -> tuple[Document, ...]:
    return tuple(read_document(text.encode(), f"{i}.txt") for i, text in enumerate(texts))


def shown(units: ChapterUnits) -> list[tuple[str, list[int], int, int, bool]]:
    return [(u.document.id, [d.number for d in u.path], u.first, u.size, u.undivided) for u in units.units]


def test_chapters_and_undivided_documents_are_units() -> None:
    units = ChapterUnits(documents(PLAN, LAW))
    assert shown(units) == [
        ("0.txt", [1], 0, 3, False),
        ("0.txt", [2], 3, 3, False),
        ("0.txt", [3], 6, 1, False),
        ("1.txt", [], 7, 2, True),
    ]
    assert units.unit_of.tolist() == [0, 0, 0, 1, 1, 1, 2, 3, 3]
    assert units.rows(1).tolist() == [3, 4, 5]


def test_what_stands_before_the_first_chapter_is_a_unit_of_its_own() -> None:
    assert shown(ChapterUnits(documents(OPENED)))[0] == ("0.txt", [], 0, 1, False)


def test_recitals_are_no_chapters() -> None:
    text = "REGULATION ON WELLS\nWhereas:\n" + "".join(f"({n}) Wells hold water.\n" for n in range(1, 5))
    text += (
        "CHAPTER I\nGeneral\nArticle 1\nScope\nIt applies to wells.\nCHAPTER II\nFines\nArticle 2\nFines\nTen coins.\n"
    )
    (regulation,) = documents(text)
    assert sum(p.path[0].kind == "鉴于" for p in regulation.passages if p.path) == 4
    assert [(path, size) for _, path, _, size, _ in shown(ChapterUnits((regulation,)))] == [([], 5), ([1], 1), ([2], 1)]


def test_another_chapter_is_elsewhere_and_in_an_undivided_document_every_other_passage() -> None:
    units = ChapterUnits(documents(PLAN, LAW))
    assert np.flatnonzero(units.in_other_units(4)).tolist() == [0, 1, 2, 6, 7, 8]
    assert np.flatnonzero(~units.in_other_units(7)).tolist() == [7]


def test_one_chapter_alone_is_not_a_division() -> None:
    units = ChapterUnits(documents("某省规划\n第一章 绿色\n节约用水。\n节约用电。\n"))
    assert shown(units) == [("0.txt", [], 0, 2, True)]
    assert units.in_other_units(0).tolist() == [False, True]


def test_titles_of_boxes_belong_to_nothing() -> None:
    units = ChapterUnits(documents(OPENED))
    assert units.is_set_apart.tolist() == [False, False, False, True]
    assert units.in_other_units(1).tolist() == [True, False, True, True]
    assert units.comparable(1).tolist() == [True, False, True, False]


def test_footnotes_belong_to_nothing() -> None:
    text = "# Wells\n\n## Water\n\nWells hold water.[^1]\n\n## Notes\n\n[^1]: See the map of wells.\n"
    units = ChapterUnits((read_document(text.encode(), "wells.md"),))
    assert units.is_set_apart.tolist() == [False, True]


def test_no_documents_have_no_units() -> None:
    assert (len(ChapterUnits(())), ChapterUnits(()).unit_of.tolist()) == (0, [])
