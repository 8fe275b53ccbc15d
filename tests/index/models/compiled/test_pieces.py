"""The tokenizer that starts at once gives the ids of the whole one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.models.compiled import pieces, reader
from index.models.compiled.folder import folder_of, read
from index.models.compiled.reader import TextReader
from index.models.encoder import Encoder
from index.models.location import locate
from tests import packed

ODD = [
    *("", " ", "\t\n", "a" * 3000, "节" * 600, "▁▁a ▁b", "5～10 ~ 7", "ﬁ ＜mask＞ ＡＢ", "\ufffe\U0010ffff"),
    *("<s>a</s>", "a <mask> b", "<mask>", "a<pad>b<unk>用水", "  <mask>节约", "b</s><s>节约 a"),
    *("👍🏽 \u200b\u00ad zero", "ค" * 50, "a\0b"),
]


def assert_equal(lean: TextReader, whole: Tokenizer, texts: list[str]) -> None:
    for text, found, wanted in zip(texts, lean.read(texts), whole.encode_batch(texts), strict=True):
        assert found.ids.tolist() == wanted.ids, text
        assert [tuple(pair) for pair in found.offsets.tolist()] == wanted.offsets, text


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[TextReader, Tokenizer]:
    folder = tmp_path_factory.mktemp("tiny")
    whole = Tokenizer.from_file(str(packed.write_folder(folder) / "tokenizer.json"))
    reader.write(whole, folder)
    return TextReader(folder, prefix=[0], suffix=[2]), whole


def test_the_ids_of_odd_texts(tiny: tuple[TextReader, Tokenizer]) -> None:
    assert_equal(*tiny, ODD)
    for text in ODD:
        assert_equal(*tiny, [text])


@given(st.lists(st.text(alphabet="abmsk<>/ ▁节约用水5～~\n\u3000ＡB"), max_size=4))
def test_the_ids_of_any_text(tiny: tuple[TextReader, Tokenizer], texts: list[str]) -> None:
    assert_equal(*tiny, texts)


def test_without_the_lowest_score_unknown_letters_would_cost_otherwise(tmp_path: Path) -> None:
    # An unknown letter scores 10 below the lowest piece: "x" and it make 20 - 40, less than "xb"; without "low"
    # they would make 20 - 25.
    settings = _unigram([["<unk>", 0.0], ["x", 20.0], ["xb", -15.0], ["low", -30.0]])
    whole = Tokenizer.from_str(json.dumps(settings))
    assert pieces.write(settings, tmp_path)
    lean = TextReader(tmp_path, prefix=[], suffix=[])
    assert_equal(lean, whole, ["xb", "xbx"])
    slim = json.loads((tmp_path / pieces.SETTINGS).read_text())
    slim["model"]["kept"].remove(3)
    (tmp_path / pieces.SETTINGS).write_text(json.dumps(slim))
    lean = TextReader(tmp_path, prefix=[], suffix=[])
    with pytest.raises(AssertionError):
        assert_equal(lean, whole, ["xb"])


def _unigram(vocabulary: list[list[Any]]) -> dict[str, Any]:
    return {
        "version": "1.0",
        **dict.fromkeys(("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder")),
        "added_tokens": [],
        "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": False, "vocab": vocabulary},
    }


def test_other_kinds_of_tokenizers_are_kept_whole(tmp_path: Path) -> None:
    from tokenizers import models, pre_tokenizers

    whole = Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1, "b": 2}, unk_token="[UNK]"))
    whole.pre_tokenizer = pre_tokenizers.Whitespace()
    reader.write(whole, tmp_path)
    assert_equal(TextReader(tmp_path, prefix=[], suffix=[]), whole, ["a b c", ""])


def test_the_suffix_stays_where_a_text_is_cut() -> None:
    import numpy as np

    read_ = reader.Read(np.arange(6), np.zeros((6, 2), dtype=np.int64))
    lean = TextReader.__new__(TextReader)
    lean._prefix, lean._suffix = [0], [5]
    assert lean.cut(read_, 4).ids.tolist() == [0, 1, 2, 5]
    assert lean.cut(read_, 6) is read_
    assert lean.cut(read_, None) is read_


def texts_of(folder: Path) -> Iterator[str]:
    """Every line of every text, and every string of every JSON line."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".txt", ".md", ".html", ".jsonl", ".json", ".tsv", ".csv") or not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            yield from (v for v in row.values() if isinstance(v, str)) if isinstance(row, dict) else (line,)


@pytest.mark.model
@pytest.mark.shared
@pytest.mark.timeout(1800)  # eight million characters
def test_the_ids_of_every_shared_text(default_encoder: Encoder, shared_folder: Path) -> None:
    files = locate(default_encoder.contract.name)
    folder, whole = folder_of(files), Tokenizer.from_file(str(files.folder / "tokenizer.json"))
    settings = read(folder)
    lean = TextReader(folder, prefix=settings.prefix, suffix=settings.suffix)
    texts = list(dict.fromkeys(texts_of(shared_folder)))
    assert len(texts) > 10_000
    for start in range(0, len(texts), 1024):
        assert_equal(lean, whole, texts[start : start + 1024])
