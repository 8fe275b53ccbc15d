import json
from dataclasses import replace
from typing import Any

import pytest

from index.errors import ModelError
from index.models.contract import ModelContract, model_mismatch

CONTRACT = ModelContract(
    name="a/b",
    revision="1",
    dimension=384,
    max_tokens=512,
    precision="float32",
    query_prompt="query: ",
    passage_prompt="passage: ",
)


def test_contract_survives_json() -> None:
    assert ModelContract.from_json(json.loads(json.dumps(CONTRACT.to_json()))) == CONTRACT
    endless = replace(CONTRACT, max_tokens=None)
    assert ModelContract.from_json(json.loads(json.dumps(endless.to_json()))) == endless


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"dimension": "384"}, "dimension cannot be '384'"),
        ({"dimension": True}, "dimension cannot be True"),
        ({"dimension": 0}, "at least one dimension"),
        ({"name": None}, "name cannot be None"),
        ({"precision": 32}, "precision cannot be 32"),
        ({"colour": "red"}, "not colour, dimension"),
    ],
)
def test_contract_refuses_other_json(change: dict[str, object], found: str) -> None:
    with pytest.raises(ModelError, match=found):
        ModelContract.from_json({**CONTRACT.to_json(), **change})


def test_contract_refuses_a_missing_field() -> None:
    with pytest.raises(ModelError, match="build it again with: zhangju index SOURCE"):
        ModelContract.from_json({"name": "a/b"})


def test_equal_contracts_do_not_differ() -> None:
    assert CONTRACT.differences(CONTRACT) == ()


def test_engines_that_agree_can_be_asked_but_not_mixed() -> None:
    for precision in ("openvino float32", "openvino bfloat16"):
        other = replace(CONTRACT, precision=precision)
        assert model_mismatch(CONTRACT, other) is None
        assert model_mismatch(other, CONTRACT) is None
        assert CONTRACT.differences(other) == (f"its precision was 'float32', is '{precision}'",)
    assert model_mismatch(CONTRACT, replace(CONTRACT, precision="openvino int8")) is not None
    moved = replace(CONTRACT, precision="openvino float32", revision="2")
    assert model_mismatch(CONTRACT, moved) is not None


def test_differences_in_words() -> None:
    other = replace(
        CONTRACT, name="c/d", revision="2", dimension=768, max_tokens=None, passage_prompt="", precision="float16"
    )
    assert CONTRACT.differences(other) == (
        "the model was 'a/b', is 'c/d'",
        "its revision was '1', is '2'",
        "its dimension was 384, is 768",
        "its token limit was 512, is None",
        "its precision was 'float32', is 'float16'",
        "its passage prompt was 'passage: ', is ''",
    )


def test_a_folder_that_was_moved_is_the_same_model() -> None:
    assert replace(CONTRACT, name="/old").differences(replace(CONTRACT, name="/new")) == ()


def test_the_same_model_is_no_mismatch() -> None:
    assert model_mismatch(CONTRACT, CONTRACT) is None
    assert model_mismatch(replace(CONTRACT, name="/old"), replace(CONTRACT, name="/new")) is None


def test_a_mismatch_names_both_models_and_the_commands() -> None:
    error = model_mismatch(CONTRACT, replace(CONTRACT, name="/my models/c", revision="2", dimension=768))
    assert isinstance(error, ModelError)
    assert str(error) == (
        "the index was built with the model a/b, but the loaded model is /my models/c: the model was 'a/b', is "
        "'/my models/c'; its revision was '1', is '2'; its dimension was 384, is 768; build it again with: "
        "zhangju index SOURCE --index DIR --model '/my models/c', or use its own model: zhangju ask QUESTION "
        "--index DIR --model a/b"
    )


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"revision": "2"}, "its revision was '1', is '2'"),
        ({"dimension": 3}, "its dimension was 384, is 3"),
        ({"max_tokens": None}, "its token limit was 512, is None"),
        ({"precision": "bfloat16"}, "its precision was 'float32', is 'bfloat16'"),
        ({"query_prompt": "q"}, "its query prompt was 'query: ', is 'q'"),
        ({"passage_prompt": "p"}, "its passage prompt was 'passage: ', is 'p'"),
        ({"normalised": False}, "its normalisation of vectors was True, is False"),
        ({"name": "/moved", "precision": "float16"}, "its precision was 'float32', is 'float16'"),
    ],
)
def test_every_field_is_compared(change: dict[str, Any], found: str) -> None:
    message = str(model_mismatch(CONTRACT, replace(CONTRACT, **change)))
    name = change.get("name", "a/b")
    # There is no alternative: the index's own name leads to the same model.
    assert message.endswith(f": {found}; build it again with: zhangju index SOURCE --index DIR --model {name}")
    assert "\n" not in message
