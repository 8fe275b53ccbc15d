import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ModelError
from index.models import encoder
from retrieval.arrays import RowIndices, Scores
from retrieval.ranking.reranking import MAX_RERANKED, Reranker, load_reranker, reordered, reranked
from tests import packed

ROOT = Path(__file__).resolve().parents[3]


class BigramReranker:
    """Counts the bigrams of a passage that are in the question too."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, passages: Sequence[str]) -> Scores:
        """(n,), whole numbers."""
        self.read += passages
        return np.array([len(self._bigrams(question) & self._bigrams(p)) for p in passages], dtype=np.float32)

    @staticmethod
    def _bigrams(text: str) -> set[str]:
        return {text[i : i + 2] for i in range(len(text) - 1)}


def save_as_modules(folder: Path, kind: str, **settings: object) -> None:
    """The newer form, which says what kind of model it is and may hold prompts."""
    modules = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.Transformer"}]
    (folder / "modules.json").write_text(json.dumps(modules))
    packed.change(folder / "sentence_bert_config.json", transformer_task="sequence-classification")
    packed.change(folder / "config_sentence_transformers.json", model_type=kind, **settings)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return packed.write_cross_encoder(tmp_path)


# --- what any reranker keeps to


@pytest.fixture(params=["bigrams", "tiny"], scope="module")
def any_reranker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reranker:
    if request.param == "bigrams":
        return BigramReranker()
    return load_reranker(str(packed.write_cross_encoder(tmp_path_factory.mktemp("model"))))


QUESTION = "节约用水 by 2030"
PASSAGES = [
    "节约用水",
    "a plan to save 12% by 2030",
    "",
    "用水。" * 200,
    *(f"{i} 节约 {'用水' * i}" for i in range(9)),
    "a broken \udce9 surrogate",
    "nul \0 and bell \a",
]


def test_one_score_for_each_passage_in_their_order(any_reranker: Reranker) -> None:
    together = any_reranker.scores(QUESTION, PASSAGES)
    backwards = any_reranker.scores(QUESTION, PASSAGES[::-1])[::-1]
    alone = np.concatenate([any_reranker.scores(QUESTION, [passage]) for passage in PASSAGES])
    assert together.shape == (len(PASSAGES),)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, backwards, atol=1e-5)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert together[0] != together[1], "the scores say nothing of the passages"
    assert any_reranker.scores("a", PASSAGES)[0] != together[0], "the scores say nothing of the question"


def test_the_same_texts_give_the_same_bytes(any_reranker: Reranker) -> None:
    assert any_reranker.scores(QUESTION, PASSAGES).tobytes() == any_reranker.scores(QUESTION, PASSAGES).tobytes()


def test_no_passages(any_reranker: Reranker) -> None:
    scores = any_reranker.scores(QUESTION, [])
    assert scores.shape == (0,)
    assert scores.dtype == np.float32


# --- the new ranking


def rows(*values: int) -> RowIndices:
    return np.array(values, dtype=np.int64)


def floats(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        (floats(), [7, 3, 9, 1]),
        (floats(0, 1), [3, 7, 9, 1]),  # the two beyond keep their order behind
        (floats(-5, -1, -3, -2), [3, 1, 9, 7]),
        (floats(1, 2, 1, 2), [3, 1, 7, 9]),  # equal ones keep theirs
        (floats(0, 0, 0, 0), [7, 3, 9, 1]),
        (floats(np.nan, -np.inf, np.inf, -9), [9, 1, 3, 7]),
    ],
)
def test_reordered_by_hand(scores: Scores, wanted: list[int]) -> None:
    assert reordered(scores, rows(7, 3, 9, 1)).tolist() == wanted


@given(st.lists(st.integers(-3, 3), max_size=20), st.integers(0, 20))
def test_reordered_agrees_with_sorting(values: list[int], beyond: int) -> None:
    order = np.random.default_rng(0).permutation(len(values) + beyond)
    new = reordered(floats(*values), order).tolist()
    first = sorted(range(len(values)), key=lambda i: (-values[i], i))
    assert new == [*order[first].tolist(), *order[len(values) :].tolist()]


def test_the_first_are_read_and_those_that_share_more_come_first() -> None:
    texts = [
        "推广再生水",
        "节约用电",
        "节约用水",
        *(f"第{i}条" for i in range(MAX_RERANKED)),
        "节约用水很重要",
    ]
    reranker, order = BigramReranker(), np.arange(len(texts))
    new = reranked(reranker, "节约用水", order, texts.__getitem__).tolist()
    assert new[:4] == [2, 1, 0, 3]  # three bigrams in common, two, none, none
    assert new[3:] == order[3:].tolist()  # the last one shares three too, but was not read
    assert reranker.read == texts[:MAX_RERANKED]


def test_fewer_than_are_reranked() -> None:
    texts = ["用电", "节约用水"]
    assert reranked(BigramReranker(), "用水", rows(0, 1), texts.__getitem__).tolist() == [1, 0]
    assert reranked(BigramReranker(), "用水", rows(), texts.__getitem__).tolist() == []


# --- cross encoders


def logits(folder: Path, question: str, passages: Sequence[str]) -> list[float]:
    """Beside the real code: transformers alone, one pair at a time."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.inference_mode():
        read = [tokenizer([question], [p], truncation=True, max_length=64, return_tensors="pt") for p in passages]
        return [float(model(**one).logits) for one in read]


def test_scores_are_the_models_logits(tiny: Path) -> None:
    passages = [passage for passage in PASSAGES if "\udce9" not in passage]
    wanted = logits(tiny, QUESTION, passages)
    np.testing.assert_allclose(load_reranker(str(tiny)).scores(QUESTION, passages), wanted, atol=1e-5)
    assert np.ptp(wanted) > 0.1
    save_as_modules(tiny, "CrossEncoder", activation_fn="torch.nn.modules.activation.Sigmoid")
    np.testing.assert_allclose(load_reranker(str(tiny)).scores(QUESTION, passages), wanted, atol=1e-5)


def test_large_scores_do_not_become_equal(tiny: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(tiny / "model.safetensors")
    weights["classifier.bias"] += 40
    save_file(weights, tiny / "model.safetensors", metadata={"format": "pt"})
    scores = load_reranker(str(tiny)).scores(QUESTION, PASSAGES[:2])
    assert scores.min() > 20
    assert scores[0] != scores[1]


def test_the_prompt_is_the_models_own(tiny: Path) -> None:
    plain = load_reranker(str(tiny)).scores("ab: 节约", PASSAGES[:2])
    save_as_modules(tiny, "CrossEncoder", prompts={"rank": "ab: "}, default_prompt_name="rank")
    np.testing.assert_allclose(load_reranker(str(tiny)).scores("节约", PASSAGES[:2]), plain, atol=1e-5)


def test_a_long_passage_is_read_as_far_as_the_model_reads(tiny: Path) -> None:
    long, loaded = "用水。" * 200, load_reranker(str(tiny))
    scores = loaded.scores("节约", [long, f"{long}节约", f"节约{long}"])
    assert scores[0] == pytest.approx(scores[1], abs=1e-6)
    assert scores[0] != pytest.approx(scores[2], abs=1e-4)
    packed.change(tiny / "tokenizer_config.json", model_max_length=8)
    two = ["用水用水", "用水用水用水"]  # <s> ▁ 用 </s> </s> ▁ 用 </s> is all of them that eight tokens hold
    assert np.ptp(load_reranker(str(tiny)).scores("用", two)) < 1e-6
    assert np.ptp(loaded.scores("用", two)) > 1e-4


def test_batches_hold_pairs_of_like_length(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, sizes = load_reranker(str(tiny)), list[int]()
    predict = loaded._model.predict

    def counted(pairs: list[tuple[str, str]], **options: object) -> object:
        sizes.append(len(pairs))
        return predict(pairs, **options)

    monkeypatch.setattr(loaded._model, "predict", counted)
    monkeypatch.setattr(encoder, "_BATCH_TOKENS", 64)
    loaded.scores("a", ["", *["用水" * 100] * 3, "a"])  # cut to 64 tokens each; the others are 6 and 7
    assert sorted(sizes) == [1, 1, 1, 2]


def test_texts_are_cleaned(tiny: Path) -> None:
    plain, dressed = load_reranker(str(tiny)).scores(QUESTION, ["节约用水", "\ufeff 节约用水 \n"])
    assert plain == pytest.approx(dressed, abs=1e-5)  # the two rows of a batch may differ in the last digits


# --- models that are refused


def lose(folder: Path, part: str) -> None:
    from safetensors.numpy import load_file, save_file

    kept = {name: v for name, v in load_file(folder / "model.safetensors").items() if part not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})


def refusal(model: str) -> str:
    with pytest.raises(ModelError) as raised:
        load_reranker(model)
    message = str(raised.value)
    assert "\n" not in message
    assert "--model" not in message
    return message


def test_embedding_models_are_refused(tmp_path: Path) -> None:
    folder = packed.write_folder(tmp_path)
    message = refusal(str(folder))
    assert f"{folder} is no cross encoder but a SentenceTransformer" in message
    assert "name a cross encoder such as BAAI/bge-reranker-v2-m3, or leave --reranker out" in message
    (folder / "modules.json").unlink()
    assert "is no cross encoder but a BertModel" in refusal(str(folder))


@pytest.mark.parametrize("kind", ["SparseEncoder", "SentenceTransformer"])
def test_the_settings_of_a_folder_are_believed(tiny: Path, kind: str) -> None:
    save_as_modules(tiny, kind)
    assert f"is no cross encoder but a {kind}" in refusal(str(tiny))


def test_language_models_are_refused(tiny: Path) -> None:
    packed.change(tiny / "config.json", architectures=["Qwen2ForCausalLM"])
    assert "is no cross encoder but a Qwen2ForCausalLM" in refusal(str(tiny))


@pytest.mark.parametrize("architectures", [["BertForSequenceClassification"], None])
def test_a_head_that_would_be_made_up_is_refused(tiny: Path, architectures: list[str] | None) -> None:
    lose(tiny, "classifier")
    packed.change(tiny / "config.json", architectures=architectures)
    message = refusal(str(tiny))
    assert "2 of its weights are missing, classifier." in message
    assert "copy it again from its source, or leave --reranker out to search without one" in message


def test_a_pooler_that_would_be_made_up_is_refused(tiny: Path) -> None:
    lose(tiny, "pooler")
    assert "2 of its weights are missing, bert.pooler." in refusal(str(tiny))


def test_a_model_with_several_labels_is_refused(tmp_path: Path) -> None:
    folder = packed.write_cross_encoder(tmp_path, labels=3)
    assert f"{folder} gives 3 scores for a passage" in refusal(str(folder))


def truncate(folder: Path) -> None:
    os.truncate(folder / "model.safetensors", 10_000)


def garble_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def garble_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0", "model": 7}')


def foreign_code(folder: Path) -> None:
    save_as_modules(folder, "CrossEncoder")
    modules = [{"idx": 0, "name": "0", "path": "", "type": "their_own_code.Model"}]
    (folder / "modules.json").write_text(json.dumps(modules))


@pytest.mark.parametrize("damage", [truncate, garble_config, garble_tokenizer, foreign_code])
def test_a_damaged_folder_is_one_sentence(
    tiny: Path, damage: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    damage(tiny)
    message = refusal(str(tiny))
    assert f"{tiny} does not load as a cross encoder" in message
    assert "copy it again" in message
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", "the reranker has no name"),
        ("  ", "the reranker has no name"),
        ("./nothing", "./nothing does not exist"),
        ("tests", "contains no model"),
        ("pyproject.toml", "pyproject.toml is a file"),
        ("two words", "neither a folder nor a valid name of a hub model"),
    ],
)
def test_a_name_that_is_no_model(name: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    message = refusal(name)
    assert found in message
    assert "leave --reranker out to search without one" in message


@pytest.mark.parametrize(
    ("name", "found"),
    [("ms-marco-MiniLM-L6-v2", "cross-encoder/ms-marco-MiniLM-L6-v2"), ("someone/tiny", "someone/tiny")],
)
def test_a_model_that_is_not_on_this_machine(name: str, found: str, tmp_path: Path) -> None:
    output = run(REFUSED, name, HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path))
    assert output.startswith(f"the model {found} is not on this machine, and HF_HUB_OFFLINE")
    assert "pass its folder with --reranker, or leave --reranker out" in output


# --- in a process of its own


def run(code: str, *arguments: str, **environment: str) -> str:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_")) and k != "CI"}
    process = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "default", "-c", code, *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.stderr == ""
    return process.stdout


REFUSED = """
import sys
from index.errors import ModelError
from retrieval.ranking.reranking import load_reranker
try:
    load_reranker(sys.argv[1])
except ModelError as error:
    print(error)
print("torch" in sys.modules)
"""

QUIET = """
import sys
from retrieval.ranking.reranking import load_reranker
print("torch" in sys.modules)
print(len(load_reranker(sys.argv[1]).scores("节约用水", ["", "a" * 1000])))
"""


def test_the_libraries_keep_quiet_and_are_imported_late(tiny: Path) -> None:
    assert run(QUIET, str(tiny)) == "False\n2\n"


def test_another_kind_of_model_is_refused_before_torch_is_imported(tmp_path: Path) -> None:
    assert run(REFUSED, str(packed.write_folder(tmp_path))).endswith("\nFalse\n")
