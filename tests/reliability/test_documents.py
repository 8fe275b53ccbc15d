"""Damaged and malicious documents: each is indexed or refused with a reason, without side effects."""

import io
import os
import random
import re
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from index.errors import DocumentError
from index.loaders import parts
from index.loaders.safe_xml import parse_xml
from index.parsing.process import DocumentReader
from index.parsing.structure import read_document
from index.parsing.worker import ProcessLimits
from index.records import Document, Span
from tests.index.loaders.bombs import bombs, disguised, entities, word
from tests.index.loaders.renderings import RENDERINGS
from tests.index.loaders.small_law import LAW
from tests.reliability.conftest import Times
from tests.reliability.figures import Figures

ENGLISH = """\
Water Rules
Chapter I General
Article 1
Wells shall be kept.
(a) Part of them;
(b) the rest.
Chapter II Ends
Article 2
Part Civil of these rules ends here.
"""
_BROKEN = ("made its reader fail", "took its reader down")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="these limits are those of Linux")


def originals() -> Mapping[str, bytes]:
    """Return intact documents of every format, and text in every encoding."""
    texts = {f"{encoding}.txt": LAW.encode(encoding) for encoding in ("gb18030", "utf-16", "utf-16-le")}
    return {**{name: make() for name, make in RENDERINGS.items()}, **texts, "english.txt": ENGLISH.encode()}


# --- mutations

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def _range(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data))
    return start, min(len(data), start + 1 + int(rng.expovariate(1 / 200)))


def flipped(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 8, 64))):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def truncated(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    return data[: rng.randrange(len(data))] if rng.random() < 0.7 else data[rng.randrange(len(data)) :]


def duplicated(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    start, end = _range(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 2, 50)) + data[end:]


def inserted(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 4, 100, 5000))) + data[at:]


def swapped(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    a, b, c = sorted(rng.randrange(len(data)) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def zeroed(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    start, end = _range(rng, data)
    return data[:start] + bytes(end - start) + data[end:]


def flooded(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    at = rng.randrange(len(data))
    atom = rng.choice(
        (b"<", b"(", b"# ", b"- ", b"|", b"\n", b"\xff", "第".encode(), "一、".encode(), b"&", b"[", b" ")
    )
    return data[:at] + atom * rng.choice((10, 1000, 20_000)) + data[at:]


def spliced(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def renumbered(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    """Return the bytes with one number changed: sizes, offsets, lengths, heading numbers."""
    places = list(re.finditer(rb"\d+", data))
    if not places:
        return flipped(rng, data, _other)
    found = rng.choice(places)
    number = rng.choice((b"0", b"-1", b"65536", b"4294967295", b"99999999999999999999", b"1e999", b"00"))
    return data[: found.start()] + number + data[found.end() :]


MUTATIONS: tuple[Mutation, ...] = (
    flipped, truncated, duplicated, inserted, swapped, zeroed, flooded, spliced, renumbered,
)  # fmt: skip


_ARCHIVES = (".docx", ".odt", ".epub", ".ofd", ".xlsx", ".pptx")
_XML_PARTS = (".xml", ".rels", ".opf", ".xhtml")


def repacked(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Return an archive with one part mutated before it was packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice([n for n in old.namelist() if n.endswith(_XML_PARTS) and "theme" not in n])
        if rng.random() < 0.5 and "word/document.xml" in old.namelist():
            chosen = "word/document.xml"
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, rng.choice((*MUTATIONS, shuffled))(rng, part, other) if name == chosen else part)
    return target.getvalue()


def shuffled(rng: random.Random, data: bytes, _other: bytes) -> bytes:
    """Return well-formed XML with its tags and values exchanged."""
    words = list(set(re.findall(rb"(?<=<)(?:\w+:)?\w+|(?<=\")\d+(?=\")", data))) or [b"p"]
    one, other = rng.choice(words), rng.choice(words)
    return re.sub(rb"\b" + re.escape(one) + rb"\b", other, data)


def mutated(rng: random.Random, known: Mapping[str, bytes]) -> tuple[str, bytes]:
    name = rng.choice(sorted(known))
    data, other = known[name], known[rng.choice(sorted(known))]
    if name.endswith(_ARCHIVES) and rng.random() < 0.7:
        return name, repacked(rng, data, other)
    for _ in range(rng.choice((1, 1, 1, 3))):
        data = rng.choice(MUTATIONS)(rng, data, other) or b"\n"
    return name, data


# --- what must hold

_LINE_END = re.compile("[\n\v\f\x1c-\x1e\x85\u2028\u2029]")  # a mended break is shown as a space


def outcome(reader: DocumentReader, data: bytes, name: str) -> str:
    """Return the outcome of a file: "read", or the reason for its refusal."""
    try:
        document = reader.read(data, name)
    except DocumentError as error:
        message = str(error)
        assert name in message
        assert message.isprintable()
        return message
    check(document)
    return "read"


def check(document: Document) -> None:
    """Check that each passage is in the source at its offsets."""
    assert document.passages
    for passage in document.passages:
        pieces = "".join(document.source[start:end] for start, end in passage.pieces)
        assert _LINE_END.sub(" ", pieces) == _LINE_END.sub(" ", passage.text)
        if not passage.repaired:
            assert document.source[passage.start : passage.end] == passage.text


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail if a process, or a file in the working or temporary folder, is left."""
    folders = [tmp_path / "working", tmp_path / "temporary"]
    for folder in folders:
        folder.mkdir()
    monkeypatch.chdir(folders[0])
    monkeypatch.setenv("TMPDIR", str(folders[1]))
    with unchanged(folders):
        yield


@contextmanager
def unchanged(folders: Sequence[Path]) -> Iterator[None]:
    """Fail if a process, or a file in one of some empty folders, is left."""
    before = children()
    yield
    assert [path for folder in folders for path in folder.iterdir()] == []
    assert children() == before


def children() -> set[int]:
    """Return the running child processes; none if the system does not list them."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parent = stat.read_text().rpartition(")")[2].split()[1]
            found |= {int(stat.parent.name)} if int(parent) == os.getpid() else set()
    return found


# --- the tests


def test_the_check_notices_a_passage_that_stands_elsewhere() -> None:
    """Control of the check of offsets."""
    document = read_document(LAW.encode(), "law.txt")
    check(document)
    first, *others = document.passages
    (start, end), *pieces = first.pieces
    wrong = (
        replace(first, pieces=(Span(start + 1, end + 1), *pieces)),
        replace(first, pieces=(Span(start - 1, end - 1), *pieces)),
        replace(first, text=first.text[:-1] + "多"),
    )
    for passage in wrong:
        with pytest.raises(AssertionError):
            check(replace(document, passages=(passage, *others)))
    with pytest.raises(AssertionError):
        check(replace(document, passages=()))


@LINUX
def test_what_is_left_is_noticed(tmp_path: Path) -> None:
    """Control of the check for leftovers: a file, and a process."""
    with unchanged([tmp_path]):
        pass
    with pytest.raises(AssertionError, match="left"), unchanged([tmp_path]):
        (tmp_path / "left").touch()
    (tmp_path / "left").unlink()
    with DocumentReader() as reader, pytest.raises(AssertionError), unchanged([tmp_path]):
        reader.read(LAW.encode(), "law.txt")


@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("nothing_left")
def test_mutated_documents_are_indexed_or_refused(times: Times, seed: int, figures: Figures) -> None:
    rng, known = random.Random(seed), originals()
    found: Counter[str] = Counter()
    with DocumentReader() as reader:
        for at in range(times(100, 10_000)):
            name, data = mutated(rng, known)
            result = outcome(reader, data, name)
            assert _BROKEN[0] not in result, f"mutation {at} of seed {seed}: {result}"
            ending = name.rpartition(".")[2]
            found["read" if result == "read" else "down" if _BROKEN[1] in result else "refused"] += 1
            found[ending] += 1
    assert found["read"]
    assert found["refused"]
    endings = {key: found[key] for key in sorted({name.rpartition(".")[2] for name in known})}
    figures(indexed=found["read"], refused=found["refused"], readers_taken_down=found["down"], **endings)


def test_no_document_unpacks_to_more_than_the_ceiling_however_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    data = word(b"<w:p><w:r><w:t>text</w:t></w:r></w:p>" + b" " * 50_000)
    assert read_document(data, "a.docx").passages  # the control: its share is not too much
    monkeypatch.setattr(parts, "MAX_UNPACKED_BYTES", 50_000)
    with pytest.raises(DocumentError, match=r"a\.docx unpacks to more than 50,000 bytes"):
        read_document(data, "a.docx")


@pytest.fixture(scope="module")
def explosive() -> Mapping[str, tuple[bytes, str]]:
    return bombs()


@pytest.mark.usefixtures("nothing_left")
def test_bombs_are_refused_with_the_reason(
    explosive: Mapping[str, tuple[bytes, str]], times: Times, figures: Figures
) -> None:
    slowest = 0.0
    with DocumentReader(ProcessLimits(least_seconds=times(1, 20), seconds_per_mb=0)) as reader:
        reader.read(LAW.encode(), "law.txt")
        for name, (data, reason) in explosive.items():
            begun = time.monotonic()
            assert re.search(reason, outcome(reader, data, name)), name
            slowest = max(slowest, time.monotonic() - begun)
            assert reader.read(LAW.encode(), "law.txt").passages
    figures(bombs=len(explosive), slowest_seconds=round(slowest, 1))


@LINUX
def test_a_document_of_millions_of_tags_is_refused_within_a_second_of_processor_time(
    explosive: Mapping[str, tuple[bytes, str]],
) -> None:
    data, _ = explosive["tags.docx"]
    with DocumentReader(ProcessLimits(memory=256_000_000, least_seconds=1, seconds_per_mb=0)) as reader:
        assert "holds 8,000,004 tags" in outcome(reader, data, "tags.docx")


_TREE = """
import resource, sys, xml.etree.ElementTree, zipfile
parser = xml.etree.ElementTree.XMLPullParser()
parser.feed(zipfile.ZipFile(sys.argv[1]).read("word/document.xml")[:32_000_000])
print(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@LINUX
def test_the_same_bombs_take_more_than_the_limit_where_there_is_none(
    explosive: Mapping[str, tuple[bytes, str]], tmp_path: Path, times: Times, figures: Figures
) -> None:
    """Control: these are bombs, and the tag count and the memory limit stop them."""
    path = tmp_path / "tags.docx"
    path.write_bytes(explosive["tags.docx"][0])
    done = subprocess.run([sys.executable, "-c", _TREE, path], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 512_000_000
    figures(bytes_of_the_tree=int(done.stdout))
    if not times(0, 1):
        return
    with DocumentReader(ProcessLimits(memory=None)) as reader:
        data = explosive["attributes.docx"][0]
        assert "holds no text" in outcome(reader, data, "attributes.docx")
        held = peak(reader.process_id)
    assert held > 512_000_000
    figures(bytes_of_the_attributes=held)


def peak(process: int | None) -> int:
    """Return the peak memory of a process in bytes."""
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def test_entities_without_a_check_expand() -> None:
    """Control: without the check of the prolog, a parser expands the entities."""
    part = zipfile.ZipFile(io.BytesIO(entities("<!ENTITY a 'ha'>", "&a;"))).read("word/document.xml")
    assert "".join(ElementTree.fromstring(part).itertext()) == "ha"
    with pytest.raises(ValueError, match="document type"):
        parse_xml(part)


@pytest.mark.usefixtures("nothing_left")
def test_wrong_endings_are_refused_with_what_the_file_is(figures: Figures) -> None:
    files = disguised()
    with DocumentReader() as reader:
        for name, (data, reason) in files.items():
            assert reason in outcome(reader, data, name), name
    figures(files=len(files))
