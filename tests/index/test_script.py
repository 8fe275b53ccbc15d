import pytest

from index.script import folded, is_chinese


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


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("推进节约用水。", True),
        ("發展PM2.5監測", True),
        ("Water use (用水) shall fall.", False),
        ("用水量は減少する。", False),
        ("용수량", False),
        ("12%", False),
        ("", False),
    ],
)
def test_a_text_of_mostly_chinese_characters_is_chinese(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese
