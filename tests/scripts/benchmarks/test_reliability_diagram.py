from xml.etree import ElementTree

from retrieval.evaluation.measures import ConfidenceFigures
from retrieval.evaluation.statistics import Bin
from scripts.benchmarks.reliability_diagram import SIDE, reliability

SVG = "{http://www.w3.org/2000/svg}"
LOW = Bin(low=0.2, high=0.3, count=8, confidence=0.25, right=0.125)
HIGH = Bin(low=0.5, high=0.6, count=1234, confidence=0.5, right=0.75)


def confidence(*bins: Bin) -> ConfidenceFigures:
    return ConfidenceFigures(
        questions=sum(b.count for b in bins), auroc=None, brier=0.25, calibration_error=0.1, bins=tuple(bins)
    )


def test_points_stand_where_their_bins_are() -> None:
    assert SIDE == 280
    root = ElementTree.fromstring(reliability({"one": confidence(LOW, HIGH)}))
    points = [(c.get("cx"), c.get("cy")) for c in root.iter(f"{SVG}circle")]
    assert points == [("70.0", "245.0"), ("140.0", "70.0")]  # from the left and from above
    (line,) = root.iter(f"{SVG}polyline")
    assert line.get("points") == "70.0,245.0 140.0,70.0"
    counts = {t.text: t.get("y") for t in root.iter(f"{SVG}text") if t.get("class") == "count"}
    assert counts == {"8": "263", "1,234": "60"}  # below a point under the diagonal, above one over it


def test_panels_stand_side_by_side_with_their_titles() -> None:
    text = reliability({"same & script": confidence(LOW), "another": confidence(HIGH)})
    root = ElementTree.fromstring(text)
    places = [g.get("transform") or "" for g in root.findall(f"{SVG}g")]
    assert [place.split("(")[1].split()[0] for place in places] == ["56", "400"]
    assert {"same & script: 8", "another: 1,234"} <= {t.text for t in root.iter(f"{SVG}text")}
    assert "prefers-color-scheme: dark" in text
