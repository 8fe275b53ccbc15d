"""The figures of a run of the reliability tests, and the table they are written into."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

BEGIN, END = "<!-- figures: make torture writes between these marks -->", "<!-- end of figures -->"


@dataclass
class Figures:
    """What one test counted: words and numbers, in the order in which they were told."""

    test: str
    seed: int
    counted: dict[str, int | float | str] = field(default_factory=dict)

    def __call__(self, **counted: int | float | str) -> None:
        """Tell what was counted: ``figures(rounds=300, torn=0)``; keyword names become words."""
        self.counted.update(counted)


def write_figures(target: Path, found: Sequence[Figures], *, failed: int) -> None:
    """Replace what stands between the marks in ``target`` by a table; a run with failures says so."""
    text = target.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, behind = rest.split(END)
    target.write_text(f"{before}{BEGIN}\n{_table(found, failed)}\n{END}{behind}", encoding="utf-8")


def _table(found: Sequence[Figures], failed: int) -> str:
    rows = [f"| {_words(f.test.removeprefix('test_'))} | {_counted(f)} |" for f in found if f.counted]
    state = f"{failed} tests failed" if failed else "all tests passed"
    return "\n".join([f"ZHANGJU_SEED={found[0].seed}: {state}.", "", "| test | counted |", "|---|---|", *rows])


def _counted(figures: Figures) -> str:
    return "; ".join(f"{_words(name)} {_number(value)}" for name, value in figures.counted.items())


def _number(value: int | float | str) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value) if isinstance(value, str) else f"{value:.6g}"


def _words(name: str) -> str:
    return name.replace("_", " ")
