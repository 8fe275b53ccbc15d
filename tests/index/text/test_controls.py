"""Controls in texts of others: the expected lines are worked out by UAX 9."""

import re

import pytest

from index.citations import cite, path_text
from index.records import Division, Passage, Span
from index.references.titles import title_key
from index.text.controls import escaped, isolated

FSI, PDI, RLO, PDF, RLI = "\u2068", "\u2069", "\u202e", "\u202c", "\u2067"


def test_a_terminal_is_given_nothing_to_obey() -> None:
    every = "".join(map(chr, range(0x100)))
    shown = escaped(every)
    assert re.findall("[\x00-\x1f\x7f-\x9f]", shown) == ["\t", "\n"]
    assert escaped("\x1b]52;c;AA==\x07\x9b2J\x7f甲\u00e9") == r"\x1b]52;c;AA==\x07\x9b2J\x7f甲é"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("第一条", "第一条"),
        (f"a{RLO}b", f"{FSI}a{RLO}b{PDI}"),
        (f"a{RLO}b{PDF}", f"{FSI}a{RLO}b{PDF}{PDI}"),
        (f"a{PDI}{RLO}b", f"{FSI}{FSI}a{PDI}{RLO}b{PDI}"),  # would leave the isolate, then reverse what follows
        (f"a{RLI}b", f"{FSI}a{RLI}b{PDI}{PDI}"),  # would take the end of the isolate for its own
        (f"{RLI}a{PDI}", f"{FSI}{RLI}a{PDI}{PDI}"),
        (f"a\n{RLO}b\nc", f"a\n{FSI}{RLO}b{PDI}\nc"),
    ],
)
def test_formatting_ends_with_its_text(text: str, shown: str) -> None:
    assert isolated(text) == shown
    assert closes(isolated(text))


def closes(text: str) -> bool:
    """Return whether every line is one isolate that its last character ends."""
    for line in text.split("\n"):
        depth, depths = 0, []
        for character in line:
            depth += (character in f"\u2066{RLI}{FSI}") - (character == PDI)
            depths.append(depth)
        if any(c in line for c in f"{RLO}{RLI}{PDI}") and (depths[-1] != 0 or min(depths[:-1]) < 1):
            return False
    return True


def test_control_formatting_reaches_its_neighbours() -> None:
    assert not closes(f"a{RLO}b")
    assert not closes(f"{FSI}a{PDI}{RLO}b{PDI}")


def test_a_title_does_not_turn_its_citation_round() -> None:
    passage = Passage(
        id="p1",
        document="a.txt",
        path=(Division(kind="条", number=12, title=f"用水{RLO}"),),
        ordinal=0,
        text="甲。",
        pieces=(Span(0, 2),),
        line=1,
        lead="",
    )
    citation = cite(f"Plan{RLO}", passage)
    assert citation.en == f"{FSI}Plan{RLO}{PDI}, art. 12"
    assert citation.zh == f"《{FSI}Plan{RLO}{PDI}》第十二条"
    assert path_text(passage.path, "zh") == f"第十二条 {FSI}用水{RLO}{PDI}"
    assert title_key(f"{FSI}Plan{RLO}{PDI}") == title_key("Plan")
