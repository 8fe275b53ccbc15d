"""Acts whose sections have a number and no word, with or without a full stop, and what stands between them."""

from index.citations import cite
from index.parsing.structure import read_document
from index.records import Document

ACT = """\
Village Wells Act 2031

PART 1
WELLS

Opening

1 Meaning of "well"
(1) In this Act "well" means a shaft that gives water.
(2) A pond is not a well.

2 Upkeep
(1) The owner must keep a well covered.
(2) A person who fails to comply with subsection (1) pays ten pounds.

[F3 2A Frost
The owner must wrap the pump.]

F4 3 . . . . . . . . . . . .

Water

4 Sale of water
(1) Water may be sold by the bucket—
(a) in summer, and
(b) on Sundays.
(2) Section 2 applies to buckets.

PART 2
END

5 Name
This Act may be cited as the Village Wells Act 2031.

6 Extent
This Act extends to the village.

SCHEDULE 1
Section 4

BUCKETS

1 A bucket holds ten litres.
2 (1) A bucket has a handle.
7 Handles of Buckets
"""


def read(text: str, name: str = "x.txt") -> Document:
    document = read_document(text.encode(), name)
    assert [part for part in document.left_out if part.reason == "unread"] == []
    return document


def test_sections_with_bare_numbers_are_articles_of_an_act() -> None:
    act = read(ACT)
    assert [cite("", p).short_en for p in act.passages if p.path and p.path[-1].kind == "条"] == [
        "art. 1", "art. 2", "art. 2A", "art. 3", "art. 4", "art. 5", "art. 6",
    ]  # fmt: skip
    titles = ['Meaning of "well"', "Upkeep", "Frost", "", "Sale of water", "Name", "Extent"]
    assert [p.path[-1].title for p in act.passages if p.path and p.path[-1].kind == "条"] == titles
    sale = next(p for p in act.passages if "bucket—" in p.text)
    assert [(i.kind, i.number) for i in sale.inner] == [("款", 1), ("项", 1), ("项", 2), ("款", 2)]


def test_headings_between_sections_are_above_those_below_them() -> None:
    above = {p.path[-1].label or str(p.path[-1].number): p.path[1].title for p in read(ACT).passages if len(p.path) > 2}
    assert above == {"1": "Opening", "2": "Opening", "2A": "Opening", "3": "Opening", "4": "Water"}


def test_the_section_named_below_the_number_of_a_schedule_is_no_heading() -> None:
    schedule = [p for p in read(ACT).passages if p.path and p.path[-1].kind == "附件"]
    assert [p.text for p in schedule][:3] == ["Section 4", "BUCKETS", "1 A bucket holds ten litres."]
    assert {len(p.path) for p in schedule} == {1}


def test_numbers_without_a_full_stop_are_clauses_where_no_section_is_named_or_clauses_have_dots() -> None:
    words = ["Scope", "Terms", "Food", "Tools", "Rooms"]
    lines = [f"{n} {word}\nAll {word.lower()} is good." for n, word in enumerate(words, 1)]
    standard = read("\n".join(["Code of Kitchens", *lines, "This Code is good.", "See section 4."]))
    assert [p.path[-1].kind for p in standard.passages] == ["条"] * 5
    unnamed = read("\n".join(["Code of Kitchens", *lines, "This Code is good."]))
    assert {p.path[-1].kind for p in unnamed.passages} == {"标题"}
    dotted = read("\n".join(["Code of Kitchens", *lines, "5.1 Doors", "This Code is good.", "See section 4."]))
    assert not any(division.kind == "条" for p in dotted.passages for division in p.path)


def test_a_sentence_behind_the_number_of_an_item_is_a_text() -> None:
    rule = read(
        "Rules of the mill\n(1) The mill grinds at night.\nFine: one pound.\n(2) The wheel is greased.\nMonthly.\n"
    )
    assert [p.text for p in rule.passages][:2] == ["(1) The mill grinds at night.", "Fine: one pound."]
    assert [cite("", p).short_en for p in rule.passages] == [
        "item 1, para. 1", "item 1, para. 2", "item 2, para. 1", "item 2, para. 2",
    ]  # fmt: skip
    outline = read("Guide to the mill\n1. Purpose.\nThe guide is short.\n2. Wheels.\nThere are two.\n")
    assert [p.path[-1].title for p in outline.passages] == ["Purpose.", "Wheels."]


def test_articles_above_sections_with_the_sign_are_headings() -> None:
    code = read(
        "TOWN CODE\nChapter 5\nWells\nARTICLE I\nGeneral\n§ 5-1. Purpose.\nIt is clean water.\n§ 5-2. Words.\n"
        "They are plain.\nARTICLE II\n[Added 1-2-2031]\n"
        "§ 5-3. Pumps.\nThey are wrapped.\nARTICLE III (Reserved)\nChapter 6\nPonds\n§ 6-1. Purpose.\nFish.\n"
    )
    assert [(cite("", p).short_en, [d.title for d in p.path[:-1]]) for p in code.passages] == [
        ("art. 5-1", ["Wells", "ARTICLE I General"]),
        ("art. 5-2", ["Wells", "ARTICLE I General"]),
        ("ch. 5, ARTICLE II, para. 1", ["Wells"]),
        ("art. 5-3", ["Wells", "ARTICLE II"]),
        ("ch. 5, ARTICLE III (Reserved)", ["Wells"]),
        ("art. 6-1", ["Ponds"]),
    ]


def test_a_single_article_may_have_paragraphs_with_the_sign_and_ordinal_numbers() -> None:
    law = read(
        "LEI DOS POÇOS\nArt. 1º O poço é público.\nArt. 2º A água é cara.\n§ 1º Há taxa.\n§ 2º É anual.\nArt. 3º Fim.\n"
    )
    assert [(p.path[-1].number, sum(i.kind == "款" for i in p.inner)) for p in law.passages] == [(1, 1), (2, 3), (3, 1)]


def test_sections_without_a_title_begin_with_their_text() -> None:
    act = read(
        "Keepers Act\n1 This Act may be cited as the Keepers Act.\n2 (1) In this Act, lamp means a light.\n"
        "(2) A boat is not a lamp.\n3 The town may appoint a keeper.\n4 The keeper lights the lamp.\n"
        "5 A person who contravenes section 4 pays.\n"
    )
    assert [(p.path[-1].number, sum(i.kind == "款" for i in p.inner)) for p in act.passages] == [
        (1, 1), (2, 2), (3, 1), (4, 1), (5, 1),
    ]  # fmt: skip


NOTED = """\
Lighthouses Act

Marginal note:Name
1 This Act is the Lighthouses Act.

Lamps

Marginal note:Meaning
2 (1) A lamp is a light on a tower.

Marginal note:Boats
(2) The light of a boat is no lamp.
2031, c. 2, s. 7

3 and 4 [Repealed, 2031, c. 2, s. 8]

Marginal note:Oil
5 A lamp burns oil.

Marginal note:Gas
5.1 A lamp may burn gas that
(a) is clean; and
(b) is dry.

Marginal note:Start
*6 This Act starts in May.

*[Note: Act in force May 1, 2031.]

SCHEDULE 1

1 North Tower
"""


def test_sections_with_labelled_marginal_notes_have_these_as_titles_and_numbers_with_a_point() -> None:
    act = read(NOTED)
    sections = [p for p in act.passages if p.path and p.path[-1].kind == "条"]
    assert [(cite("", p).short_en, p.path[-1].title) for p in sections] == [
        ("art. 1", "Name"), ("art. 2", "Meaning"), ("art. 3", ""), ("art. 5", "Oil"), ("art. 5.1", "Gas"),
        ("art. 6", "Start"),
    ]  # fmt: skip
    assert [sum(i.kind == "款" for i in p.inner) for p in sections] == [1, 2, 1, 1, 1, 1]
    lamps = sections[1]
    assert [lamps.text[slice(*i.span)] for i in lamps.inner] == [
        "(1) A lamp is a light on a tower.", "(2) The light of a boat is no lamp.\n2031, c. 2, s. 7",
    ]  # fmt: skip
    assert [p.path[0].title for p in sections[1:]] == ["Lamps"] * 5


def test_a_schedule_below_sections_with_marginal_notes_has_none_of_them() -> None:
    act = read(NOTED + "\nMarginal note:West\n7 West Tower\n")
    assert {cite("", p).short_en for p in act.passages if "Tower" in p.text} == {"annex 1, para. 1", "annex 1, para. 3"}


def test_parts_below_the_title_of_a_schedule_are_within_it() -> None:
    act = read(
        "Ponds Act\nPart 1\nGeneral\n1. Name\nThis Act is the Ponds Act.\n2. Ponds\nA pond is wet.\n3. Frogs\n"
        "A frog is free.\nPart 2\nFines\n4. Fines\nA fine is a pound.\n5. Fish\nA fish is food.\nSchedule\n[s. 4]\n"
        "Ponds\n\nPart 1\nNorth\nThe mill pond.\nPart 2\nSouth\nThe duck pond.\n"
    )
    assert [[d.title for d in p.path[1:]] for p in act.passages[-2:]] == [["North"], ["South"]]
    assert [p.path[0].title for p in act.passages[:-2]][:5] == ["General"] * 3 + ["Fines"] * 2


def test_a_title_may_follow_the_number_of_a_section_without_a_space() -> None:
    act = read(
        "Lamps Act 2031\n\n1Lamps\n\n(1)In this Act a lamp is a light.\n\n(2)A candle is none.\n\n2Duty\n\n"
        "It must be lit.\n\n2ASnow\n\nIt is wiped.\n\n3Fines\n\nSection 2 is enforced.\n\n"
        "4Extent\n\nAll.\n\n5End\n\nSoon.\n"
    )
    assert [(cite("", p).short_en, p.path[-1].title) for p in act.passages] == [
        ("art. 1", "Lamps"), ("art. 2", "Duty"), ("art. 2A", "Snow"), ("art. 3", "Fines"), ("art. 4", "Extent"),
        ("art. 5", "End"),
    ]  # fmt: skip
    assert [sum(i.kind == "款" for i in p.inner) for p in act.passages] == [2, 1, 1, 1, 1, 1]


def test_sections_with_a_dash_behind_the_number_have_their_notes_above_as_titles() -> None:
    act = read(
        "Ferry Act 2031\n\nShort title.\n1.—This Act may be cited as the Ferry Act 2031.\n\n"
        "Ferries.\n2.—(1) A ferry is a boat.\n(2) A raft is a ferry.\n\nFees.\n3.—A fee is paid.\n\n"
        "Fines.\n4.—(1) A person who swims pays.\n(2) Children are free.\n\nEnd.\n5.—The Act ends in 2040.\n"
    )
    assert [(cite("", p).short_en, p.path[-1].title) for p in act.passages] == [
        ("art. 1", "Short title"), ("art. 2", "Ferries"), ("art. 3", "Fees"), ("art. 4", "Fines"), ("art. 5", "End"),
    ]  # fmt: skip
    assert act.passages[1].text == "Ferries.\n2.—(1) A ferry is a boat.\n(2) A raft is a ferry."
    assert [sum(i.kind == "款" for i in p.inner) for p in act.passages] == [1, 2, 1, 2, 1]


def test_an_arrangement_of_sections_is_left_out_though_the_numbers_stand_below_the_titles_further_down() -> None:
    titles = ["Short title", "Ferries", "Fees", "Fines", "Extent"]
    arrangement = "".join(f"{number}. {title}.\n" for number, title in enumerate(titles, 1))
    sections = "".join(f"\n{title}.\n{n}.—This Act says {title.lower()}.\n" for n, title in enumerate(titles, 1))
    act = read(f"Ferry Act 2031\n\nARRANGEMENT OF SECTIONS\n\nSection\n{arrangement}\nAn Act on ferries.\n{sections}")
    assert [part.lines[2:] for part in act.left_out] == [tuple(arrangement.strip().split("\n"))]
    assert [p.path[-1].title for p in act.passages if p.path] == titles
