"""The figures of the reliability tests, and the table for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

BEGIN, END = "<!-- figures: make torture writes between these marks -->", "<!-- end of figures -->"


@dataclass
class Figures:
    """The figures of one test: names and numbers, in order."""

    test: str
    seed: int
    passed: bool = False
    counted: dict[str, int | float | str] = field(default_factory=dict)

    def __call__(self, **counted: int | float | str) -> None:
        """Add figures: ``figures(rounds=300, torn=0)``; the keywords become labels."""
        self.counted.update(counted)


def write_figures(target: Path, found: Sequence[Figures]) -> None:
    """Write the rows of these tests into the table between the marks in ``target``; other rows stay."""
    before, rest = target.read_text(encoding="utf-8").split(BEGIN)
    table, behind = rest.split(END)
    rows = {line.split(" | ")[0]: line for line in table.splitlines() if line.startswith("| ")}
    for one in found:
        name = f"| {_words(one.test.removeprefix('test_'))}"
        rows[name] = f"{name} | {one.seed if one.passed else 'FAILED'} | {_counted(one)} |"
    rows.pop("| test", None)
    lines = ["| test | seed | counted |", "|---|---|---|", *rows.values()]
    target.write_text(f"{before}{BEGIN}\n{chr(10).join(lines)}\n{END}{behind}", encoding="utf-8")


def _counted(figures: Figures) -> str:
    return "; ".join(f"{_words(name)} {_number(value)}" for name, value in figures.counted.items())


def _number(value: int | float | str) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value) if isinstance(value, str) else f"{value:.3g}"


def _words(name: str) -> str:
    return name.replace("_", " ")
