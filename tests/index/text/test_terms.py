import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.terms import extract_terms, term_runs


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("用水量", ["用水", "水量", "用", "水", "量"]),
        ("水", ["水"]),
        ("节水。水价", ["节水", "节", "水", "水价", "水", "价"]),
        ("2025年末", ["2025", "年末", "年", "末"]),
        ("Water, water!", ["water", "water"]),
        ("5G基站", ["5g", "基站", "基", "站"]),
        ("PM2.5 fell 3.5", ["pm2.5", "fell", "3.5"]),
        ("12% 12 % １２％ 3‰", ["12%", "12%", "12%", "3‰"]),
        ("1,000 １，０００ 1000", ["1000", "1000", "1000"]),
        ("1,234,567.8% 1,000km", ["1234567.8%", "1000", "km"]),
        ("12,13 1,0000", ["12", "13", "1", "0000"]),
        ("COVID-19疫 COVID19", ["covid19", "疫", "covid19"]),
        ("mid-2025 2020-2025", ["mid", "2025", "2020", "2025"]),
        ("The city's cities", ["the", "city", "cities"]),
        ("snake_case l'eau", ["snake", "case", "l", "eau"]),
        ("。，! _ -", []),
        ("", []),
    ],
)
def test_terms_of_a_text(written: str, expected: list[str]) -> None:
    assert extract_terms(written) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("國家發展", "国家发展"),
        ("ＧＤＰ", "gdp"),
        ("Café NAÏVE", "cafe naive"),
        ("Straße", "STRASSE"),
        ("Ấn", "an"),
        ("Αθήνας", "ΑΘΗΝΑΣ"),
        ("ｶﾞｽ", "ガス"),
        ("cafe\u0301", "café"),
        ("co\u00adoperate", "cooperate"),
        ("العَرَبِيَّة", "العربية"),
        ("٢٠٢٥", "2025"),
        ("東京", "东京"),
    ],
)
def test_texts_that_read_alike_have_equal_terms(one: str, other: str) -> None:
    assert extract_terms(one) == extract_terms(other) != []


@pytest.mark.parametrize("word", ["हिन्दी", "किताबें", "йод", "ภาษาไทย", "שלום", "ø"])
def test_words_of_other_scripts_are_whole(word: str) -> None:
    assert extract_terms(f"{word}, {word}") == [word, word]


def test_words_without_spaces_of_korean_and_japanese_are_bigrams() -> None:
    assert extract_terms("한국어 문장") == ["한국", "국어", "한", "국", "어", "문장", "문", "장"]
    assert extract_terms("コーヒーを")[:4] == ["コー", "ーヒ", "ヒー", "ーを"]


def test_kana_do_not_prevent_folding() -> None:
    assert extract_terms("東京で")[:2] == ["东京", "京で"]


def test_a_lone_surrogate_is_ignored() -> None:
    assert extract_terms("用水\ud800") == extract_terms("用水")


@given(st.text())
def test_terms_contain_only_letters_digits_marks_points_and_per_cent(written: str) -> None:
    assert not any(c.isspace() or c in ",-_。，" for term in extract_terms(written) for c in term)
    assert "" not in extract_terms(written)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("推广再生水。", [("推广再生水", "推广再生水")]),
        ("節約用水12％", [("节约用水", "節約用水"), ("12%", "12％")]),
        (
            "COVID-19, 1,000 caf\u0065\u0301s",
            [("covid-19", "COVID-19"), ("1,000", "1,000"), ("cafes", "caf\u0065\u0301s")],
        ),
        ("ﬁne ＧＤＰ", [("fine", "ﬁne"), ("gdp", "ＧＤＰ")]),
        ("水\u00ad资源", [("水资源", "水\u00ad资源")]),
        ("", []),
    ],
)
def test_runs_have_the_spans_of_the_original_text(text: str, found: list[tuple[str, str]]) -> None:
    assert [(run.text, text[slice(*run.span(0, len(run.text)))]) for run in term_runs(text)] == found


@given(st.text(max_size=60))
def test_the_terms_of_runs_are_terms(text: str) -> None:
    """Runs give all terms but single characters; some letters outside of ASCII fold differently in context."""
    found = [term for run in term_runs(text) for term in run.terms()]
    spans = [run.span(0, len(run.text)) for run in term_runs(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
    if text.isascii():
        assert found == extract_terms(text)
