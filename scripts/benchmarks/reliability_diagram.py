"""A reliability diagram as SVG, confidence against accuracy, for light and dark pages."""

from collections.abc import Mapping
from html import escape

from retrieval.evaluation.measures import ConfidenceFigures
from retrieval.evaluation.statistics import Bin

SIDE = 280  # of a panel, in pixels
LEFT, TOP, BELOW, GAP = 56, 56, 52, 64
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

# The diagram has its own background: the colour scheme of the page and that of the reader may differ.
_STYLE = """\
<style>
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .ground { fill: #fff } .grid { stroke: #ddd } .even { stroke: #777; stroke-dasharray: 5 4 }
  .bin { fill: #1f6feb } .step { stroke: #1f6feb; fill: none; stroke-width: 1.5 } .count { font-size: 10px }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .ground { fill: #161b22 } .grid { stroke: #30363d } .even { stroke: #8b949e }
    .bin { fill: #58a6ff } .step { stroke: #58a6ff }
  }
</style>"""


def reliability(panels: Mapping[str, ConfidenceFigures]) -> str:
    """Return a diagram with a panel for each title, side by side.

    Each bin is a point at its mean confidence and its accuracy, with the number of its answers; on the dashed diagonal
    both are equal.
    """
    width = LEFT + len(panels) * (SIDE + GAP) - GAP + 24
    height = TOP + SIDE + BELOW
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img">',
        "<title>ConfidenceFigures against the share of first hits that are right</title>",
        _STYLE,
        f'<rect class="ground" width="{width}" height="{height}" rx="6"/>',
    ]
    for number, (title, found) in enumerate(panels.items()):
        lines += [f'<g transform="translate({LEFT + number * (SIDE + GAP)} {TOP})">', *_panel(title, found), "</g>"]
    return "\n".join([*lines, "</svg>"]) + "\n"


def _panel(title: str, found: ConfidenceFigures) -> list[str]:
    """Return the lines of a panel with its upper left corner at the origin."""
    path = " ".join(f"{_x(b.confidence)},{_y(b.right)}" for b in found.bins)
    return [
        _text(SIDE / 2, -30, f"{title}: {found.questions:,}"),
        *(line for tick in TICKS for line in _tick(tick)),
        f'<line class="even" x1="0" y1="{SIDE}" x2="{SIDE}" y2="0"/>',
        f'<polyline class="step" points="{path}"/>',
        *(line for one in found.bins for line in _point(one)),
        _text(SIDE / 2, SIDE + 40, "confidence"),
        f'<g transform="translate(-40 {SIDE / 2:g}) rotate(-90)">{_text(0, 0, "first hit right")}</g>',
    ]


def _tick(value: float) -> list[str]:
    """Return the grid lines of a value and their labels."""
    x, y = _x(value), _y(value)
    return [
        f'<line class="grid" x1="{x}" y1="0" x2="{x}" y2="{SIDE}"/>',
        f'<line class="grid" x1="0" y1="{y}" x2="{SIDE}" y2="{y}"/>',
        _text(float(x), SIDE + 18, f"{value:.1f}"),
        _text(-18, float(y) + 4, f"{value:.1f}"),
    ]


def _point(one: Bin) -> list[str]:
    """Return the point of a bin and its count, on the side away from the diagonal."""
    x, y = _x(one.confidence), _y(one.right)
    beside = -10 if one.right >= one.confidence else 18
    return [
        f'<circle class="bin" cx="{x}" cy="{y}" r="4"/>',
        _text(float(x), float(y) + beside, f"{one.count:,}", kind="count"),
    ]


def _text(x: float, y: float, words: str, *, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:g}" y="{y:g}" text-anchor="middle">{escape(words)}</text>'


def _x(value: float) -> str:
    return f"{value * SIDE:.1f}"


def _y(value: float) -> str:
    return f"{(1 - value) * SIDE:.1f}"
