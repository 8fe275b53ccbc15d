"""Pages that were recognised once are not recognised again: a stopped run goes on where it was."""

import hashlib
import io
import json
import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from index.building.reading import document_reader, page_pictures
from index.loaders import load
from index.loaders.pdf import recognition
from index.loaders.pdf.recognised_pages import PAGES, RecognisedPages, decode, encode
from index.loaders.pdf.recognised_rows import RecognisedPage
from index.loaders.pdf.recognition import RecognisedLine
from index.models.packaged import CACHE_VARIABLE
from index.parsing.process import DocumentReader
from index.parsing.recognition_cache import PagePictures, RecognitionCache
from tests.index.loaders.pdf.scanned import Draw, covered, picture, rules, scan, written
from tests.index.loaders.pdf.test_scans import RECOGNISER, line

LINE = RecognisedLine(
    "第一条 水", ((0.1, 2.0), (100.0, 2.0), (100.0, 22.0), (0.0, 22.0)), (0.1, 0.3, 0.5, 0.9), (0.7,) * 4
)
PAGE = RecognisedPage(7, (LINE,), 1000, 2.5, 3)

JPEG = b"\xff\xd8\xff\xe0 a picture"


# --- pages as bytes


def test_a_page_is_the_same_after_it_was_written() -> None:
    assert decode(encode(PAGE), 7) == PAGE
    assert decode(encode(replace(PAGE, lines=())), 7).lines == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["lines"][0].update(text=""),
        lambda record: record["lines"][0]["places"].pop(),
        lambda record: record["lines"][0]["scores"].append(1),
        lambda record: record["lines"][0]["corners"].pop(),
        lambda record: record["lines"].append(None),
        lambda record: record.update(scale=0),
        lambda record: record.pop("height"),
    ],
)
def test_a_damaged_page_is_unknown(change: Callable[[dict[str, object]], None]) -> None:
    record = json.loads(zlib.decompress(encode(PAGE)))
    pages = RecognisedPages()
    pages.use({7: zlib.compress(json.dumps(record).encode())})
    assert pages.find(7) == PAGE  # the control
    change(record)
    for data in (zlib.compress(json.dumps(record).encode()), b"", encode(PAGE)[:-5]):
        pages.use({7: data})
        assert pages.find(7) is None


# --- the folder


def test_a_file_has_its_own_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = RecognitionCache(tmp_path, b"file")
    cache.write(3, b"three")
    assert RecognitionCache(tmp_path, b"file").read([1, 3]) == {3: b"three"}
    assert RecognitionCache(tmp_path, b"other file").read([3]) == {}
    monkeypatch.setattr(recognition, "version", lambda: "another")
    assert RecognitionCache(tmp_path, b"file").read([3]) == {}


def test_damaged_pages_are_not_given_and_are_replaced(tmp_path: Path) -> None:
    cache = RecognitionCache(tmp_path, b"file")
    cache.write(3, b"three")
    [stored] = [path for path in tmp_path.rglob("*") if path.is_file()]  # nothing beside it is left
    for damaged in (b"", stored.read_bytes()[:-1], b"three"):
        stored.write_bytes(damaged)
        assert cache.read([3]) == {}
    cache.write(3, b"again")
    assert cache.read([3]) == {3: b"again"}


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = RecognitionCache(tmp_path / "file", b"data")
    cache.write(3, b"three")
    assert cache.read([3]) == {}


# --- readings


@pytest.fixture
def taken() -> Iterator[dict[int, bytes]]:
    """The pages that the loader hands on; they are known to the next reading."""
    found: dict[int, bytes] = {}
    PAGES.use(found, found.__setitem__)
    yield found
    PAGES.use({})


def test_a_page_is_recognised_once(taken: dict[int, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def recognise(_picture: object) -> tuple[list[RecognisedLine], int]:
        asked.append(len(asked) + 1)
        if len(asked) == 3:
            raise KeyboardInterrupt
        text = "水山川林"[len(asked) - 1] * 10 + "。"
        return [line(text, 100, 100, 220, 22)], 0

    monkeypatch.setattr(recognition, "is_installed", lambda: True)
    monkeypatch.setattr(recognition, "recognise", recognise)
    data = written(*[covered(picture(rules, 50))] * 3)
    with pytest.raises(KeyboardInterrupt):
        load(data, "x.pdf")
    assert (sorted(taken), len(asked)) == ([1, 2], 3)
    read = [text.text for text in load(data, "x.pdf").lines]
    assert (sorted(taken), len(asked)) == ([1, 2, 3], 4)
    assert read == ["".join(10 * character + "。" for character in "水山林")]
    assert [text.text for text in load(data, "x.pdf").lines] == read
    assert len(asked) == 4


def article(number: str) -> Draw:
    words = {"1": "All wells of the town are clean.", "2": "Springs are protected.", "3": "Rivers are free to use."}

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 12)
        canvas.drawString(40, 500 - 60 * int(number), f"Article {number} {words[number]}")

    return draw


class Interrupted(RecognitionCache):
    """A cache whose run ends when the second page is there."""

    def write(self, page: int, data: bytes) -> None:
        super().write(page, data)
        if page == 2:
            raise KeyboardInterrupt


@RECOGNISER
def test_a_stopped_reading_goes_on_with_the_next_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = scan(*map(picture, map(article, "123")))

    def stored() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    with monkeypatch.context() as patch, DocumentReader(recognised=tmp_path) as reader:
        patch.setattr("index.parsing.process.RecognitionCache", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            reader.read(data, "x.pdf")
        assert reader.process_id is None
    before = stored()
    assert sorted(before) == ["1", "1.jpg", "2"]
    with DocumentReader(recognised=tmp_path) as reader:
        found = reader.read(data, "x.pdf")
    after = stored()
    assert sorted(after) == ["1", "1.jpg", "2", "2.jpg", "3", "3.jpg"]
    assert {name: after[name] for name in before} == before  # they were not made again
    with DocumentReader() as reader:  # the control: all of it anew
        assert reader.read(data, "x.pdf") == found


@RECOGNISER
def test_known_pages_are_read_without_the_recogniser(tmp_path: Path) -> None:
    data = scan(picture(rules))
    cache = RecognitionCache(tmp_path, data)
    cache.write(1, encode(RecognisedPage(1, (line("水井有水。", 100, 100, 100, 22),), 1000, 2.0)))
    with DocumentReader(recognised=tmp_path) as reader:
        assert [passage.text for passage in reader.read(data, "x.pdf").passages] == ["水井有水。"]
        cache.write(1, b"no page")
        assert [passage.page for passage in reader.read(data, "x.pdf").passages] == [1, 1]  # recognised
    assert decode(cache.read([1])[1], 1).lines[0].text == "Water Rules"


# --- pictures of pages


def test_pictures_of_a_file_are_found_by_its_digest(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"file").hexdigest()
    RecognitionCache(tmp_path, b"file").pictures.write(3, JPEG)
    pictures = PagePictures(tmp_path, digest)
    assert (set(pictures.pages()), pictures.read(3), pictures.read(4)) == ({3}, JPEG, None)
    assert PagePictures(tmp_path, "0" * 64).pages() == frozenset()


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", JPEG + bytes(2_000_000)])
def test_what_is_no_picture_or_too_large_is_not_kept(tmp_path: Path, data: bytes) -> None:
    pictures = PagePictures(tmp_path, "0" * 64)
    pictures.write(3, data)
    assert pictures.pages() == frozenset()
    (tmp_path / "pictures").write_bytes(b"")  # no folder can be made here
    pictures.write(3, JPEG)
    assert (pictures.pages(), pictures.read(3)) == (frozenset(), None)


def test_the_picture_of_a_page_stands_as_it_was_read(taken: dict[int, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "is_installed", lambda: True)
    texts = iter(["水井有水，水清。", "山上有林。"])
    monkeypatch.setattr(recognition, "recognise", lambda _: ([line(next(texts), 100, 100, 160, 22)], 1))
    drawn: dict[int, bytes] = {}
    data = written(*[covered(picture(rules, 50))] * 2)
    for _ in range(2):  # recognised, then known
        PAGES.use(taken, taken.__setitem__, pictured={2}, receive_picture=drawn.__setitem__)
        load(data, "x.pdf")
        [(number, found)] = drawn.items()
        shown = Image.open(io.BytesIO(found))
        upright = pypdfium2.PdfDocument(data)[1].get_size()
        assert (number, shown.format) == (2, "JPEG")
        assert shown.size == tuple(math.ceil(points * 120 / 72) for points in reversed(upright))
        drawn.clear()


@RECOGNISER
def test_pictures_are_made_once_and_again_if_they_are_lost(tmp_path: Path) -> None:
    data = scan(picture(rules))
    pictures = RecognitionCache(tmp_path, data).pictures
    with DocumentReader(recognised=tmp_path) as reader:
        reader.read(data, "x.pdf")
        first = pictures.read(1)
        assert first is not None
        pictures.write(1, JPEG)
        reader.read(data, "x.pdf")
        assert pictures.read(1) == JPEG
        [path] = tmp_path.rglob("*.jpg")
        path.unlink()
        reader.read(data, "x.pdf")
        assert pictures.read(1) == first


def test_readers_of_indexes_keep_their_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert document_reader()._recognised == tmp_path / "recognised"
    PagePictures(tmp_path / "recognised", "0" * 64).write(3, JPEG)
    assert page_pictures("0" * 64).read(3) == JPEG
