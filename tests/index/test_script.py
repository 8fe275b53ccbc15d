import pytest

from index.script import folded


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("為保障人民權益，制定本法。", "为保障人民权益，制定本法。"),
        ("幹部乾燥", "干部干燥"),
        ("显著提高12%", "显著提高12%"),
        ("国会は、法律を定める。國", "国会は、法律を定める。國"),
        ("plain ASCII", "plain ASCII"),
        ("", ""),
    ],
)
def test_traditional_characters_become_simplified_ones(text: str, simplified: str) -> None:
    assert folded(text) == simplified
