import re
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from ui.words import CHOICES, EN, WORDS, ZH, preferred_language, words_for

UI = Path(__file__).resolve().parents[3] / "ui"


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _flat(words: Any, above: str = "") -> dict[str, str]:
    """Every word by the path of its names."""
    found: dict[str, str] = {}
    for field in fields(words):
        value, name = getattr(words, field.name), f"{above}{field.name}"
        if is_dataclass(value):
            found |= _flat(value, f"{name}.")
        elif isinstance(value, dict):
            found |= {f"{name}[{key}]": text for key, text in value.items()}
        else:
            found[name] = value
    return found


@pytest.mark.parametrize("name", _flat(ZH))
def test_both_languages_have_the_same_blanks(name: str) -> None:
    chinese, english = _flat(ZH)[name], _flat(EN)[name]
    assert chinese.strip()
    assert english.strip()
    if name not in ("about_figure", "about_duty"):  # English quotes the subject alone
        assert _blanks(chinese) == _blanks(english)
    assert _blanks(english) <= _blanks(chinese)


def test_every_word_is_used() -> None:
    """A word that nobody says is a word that somebody has to translate."""
    code = "".join(p.read_text(encoding="utf-8") for p in UI.rglob("*.py"))
    fields = {name.partition("[")[0].split(".")[-1] for name in _flat(ZH)}
    assert [field for field in sorted(fields) if not re.search(rf"\.{field}\b", code)] == []


def test_languages_have_their_words() -> None:
    assert words_for("en") is EN
    assert words_for("zh") is ZH
    assert words_for("fr") is ZH
    assert {code for _, code in CHOICES} == set(WORDS)
    assert all(words.language == code for code, words in WORDS.items())


@pytest.mark.parametrize(
    ("confidence", "word"), [(1, "高"), (0.9, "高"), (0.89, "较高"), (0.7, "较高"), (0.5, "中等"), (0.2, "低")]
)
def test_confidence_is_graded(confidence: float, word: str) -> None:
    assert ZH.sureness(confidence).startswith(word)


def test_a_generation_is_named_by_its_number_and_time() -> None:
    built = datetime(2026, 3, 5, 14, 7)
    assert ZH.index("000012", built) == "版本 12（2026\u201103\u201105\u00a014:07 生成）"
    assert EN.index("000012", built) == "generation 12 (built 2026\u201103\u201105\u00a014:07)"
    assert EN.index("000100", None) == "generation 100"
    assert ZH.index("000000", None) == "版本 000000"


def test_every_kind_of_relation_has_words() -> None:
    kinds = {"refers to", "referred to by", "same terms", "same subject"}
    for words in (ZH, EN):
        assert set(words.related.headings) == set(words.related.relations) == kinds


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("de-DE,de;q=0.9,en;q=0.7", "en"),
        ("zh-Hant-TW", "zh"),
        ("fr", "zh"),
        ("ben,zen", "zh"),
        ("*", "zh"),
        ("", "zh"),
        (";;,,--<script>", "zh"),
    ],
)
def test_language_of_a_browser(header: str, language: str) -> None:
    assert preferred_language(header) == language
