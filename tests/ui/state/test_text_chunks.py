import re

from index.records import Division, Document
from tests.ui.fakes import BigramSearcher, Standing, document, plan
from ui.handlers.ask import AskHandlers
from ui.state.outline import Outline
from ui.state.text_chunks import CHUNK, WHOLE, TextChunks


def long_text(articles: int) -> Document:
    """Chapters of five articles of a thousand characters each."""
    rows = []
    for i in range(articles):
        path = (Division(kind="章", number=i // 5 + 1, title="分则"), Division(kind="条", number=i + 1))
        rows.append((path, 0, "", f"第{i + 1}条".ljust(1000, "文")))
    return document("long.txt", "长法", rows)


def chunks_of(text: Document) -> TextChunks:
    return TextChunks(text, Outline(text, "n"))


def test_a_long_text_is_cut_into_full_chunks() -> None:
    text = chunks_of(long_text(200))
    assert [chunk.size for chunk in text.chunks] == [CHUNK] * 33 + [2000]
    assert [len(chunk.parts) for chunk in text.chunks] == [6] * 33 + [2]
    assert text.number_of("long.txt#1") == 0
    assert text.number_of("long.txt#7") == 1
    assert text.number_of("long.txt#200") == 33
    assert text.number_of("gone") == 0


def test_chunks_have_every_passage_and_heading_once() -> None:
    for text in (long_text(200), plan(), document("empty.txt", "空", [])):
        parts = [part for chunk in chunks_of(text).chunks for part in chunk.parts]
        assert [part.passage for part in parts if part.passage] == list(text.passages)
        names = [node.id for part in parts for node in part.headings]
        assert len(set(names)) == len(names)
    chapters = [node for chunk in chunks_of(long_text(200)).chunks for part in chunk.parts for node in part.headings]
    assert [node.division.number for node in chapters] == list(range(1, 41))


def test_a_short_text_is_sent_whole_and_a_long_one_near_a_passage() -> None:
    assert chunks_of(long_text(WHOLE // 1000)).near("long.txt#7") == set(range(20))
    long = chunks_of(long_text(200))
    assert not long.fits_at_once
    assert long.near("") == {0, 1}
    assert long.near("long.txt#7") == {0, 1, 2}
    assert long.near("long.txt#200") == {32, 33}


def test_further_chunks_are_loaded() -> None:
    ask = AskHandlers(Standing(BigramSearcher((long_text(200),))))
    first = ask.read_text("long.txt", "long.txt#100", "zh")["html"]
    assert len(re.findall('class="zj-chunk"', first)) == 34
    assert set(re.findall(r'class="zj-passage" data-passage="long.txt#(\d+)"', first)) == {
        str(n) for n in range(91, 109)
    }
    turned = ask.load_chunks("long.txt", [33, 99, -1, 0], "long.txt#7", "zh")["chunks"]
    assert list(turned) == ["0", "1", "2", "33"]
    assert 'data-passage="long.txt#200"' in turned["33"]
    assert len(ask.load_chunks("long.txt", list(range(34)), "", "zh")["chunks"]) == 12
    assert ask.load_chunks("gone.txt", [0], "", "zh")["problem"]
