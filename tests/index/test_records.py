import pytest

from index.records import Division, Passage, Span


def test_a_span_of_joined_lines_maps_to_both_sides_of_the_break() -> None:
    # source: "xx上行旅\n游供给yy", text 上行旅游供给
    mended = Passage(
        id="x", document="d", path=(), ordinal=1, text="上行旅游供给", pieces=(Span(2, 5), Span(6, 9)), line=1
    )
    assert mended.source_spans(Span(0, 2)) == (Span(2, 4),)
    assert mended.source_spans(Span(2, 4)) == (Span(4, 5), Span(6, 7))
    assert mended.source_spans(Span(3, 6)) == (Span(6, 9),)
    assert (mended.start, mended.end, mended.repaired) == (2, 9, True)


def test_pieces_that_do_not_add_up_are_rejected() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Passage(id="x", document="d", path=(), ordinal=1, text="三个字", pieces=(Span(0, 2),), line=1)


@pytest.mark.parametrize("wrong", [{"kind": "", "number": 1}, {"kind": "章", "number": -1}])
def test_invalid_divisions_are_rejected(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="needs a kind"):
        Division(**wrong)  # type: ignore[arg-type]
