"""The default model as a sentence-transformers folder: weights, tokenizer, settings and prompts."""

import json
from pathlib import Path
from typing import Any

from index.models import e5_weights
from index.models.e5_weights import PackedModel

PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}

_MODULES = (  # subfolder, class
    ("", "sentence_transformers.base.modules.Transformer"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.Pooling"),
    ("2_Normalize", "sentence_transformers.base.modules.Normalize"),
)


def write(packed: PackedModel, folder: Path) -> None:
    """Write the model into an empty folder. Raises OSError for every disk problem."""
    _write_weights(packed, folder / "model.safetensors")
    # Not `Tokenizer.save`, which raises a bare Exception when the disk is full.
    tokenizer = e5_weights.build_tokenizer(packed.vocabulary).to_str(pretty=False)
    (folder / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
    settings = {
        "config.json": _bert_config(packed),
        "tokenizer_config.json": _tokenizer_config(packed),
        "sentence_bert_config.json": _transformer_config(packed),
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {"embedding_dimension": packed.header.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "modules.json": [{"idx": i, "name": str(i), "path": p, "type": t} for i, (p, t) in enumerate(_MODULES)],
    }
    for name, content in settings.items():
        (folder / name).parent.mkdir(exist_ok=True)
        write_json(folder / name, content)


def write_json(path: Path, content: object) -> None:
    """Write a small JSON file in an indented, readable form."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_weights(packed: PackedModel, path: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(e5_weights.state_dict(packed), path, metadata={"format": "pt"})
    except SafetensorError as error:  # for example a full disk
        raise OSError(str(error)) from error
    path.chmod(0o644)  # safetensors restricts the file to its owner, but a cache may be shared


def _bert_config(packed: PackedModel) -> dict[str, Any]:
    header = packed.header
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_size": header.hidden,
        "num_hidden_layers": header.layers,
        "num_attention_heads": header.heads,
        "intermediate_size": header.feed_forward,
        "vocab_size": header.vocabulary_size,
        "max_position_embeddings": header.positions,
        "type_vocab_size": header.token_types,
        "layer_norm_eps": float(f"{header.epsilon:.6g}"),  # 1e-12, which float32 holds as 9.99999996e-13
        "hidden_act": "gelu",  # the exact variant, as in e5.c
        "pad_token_id": packed.vocabulary.pad,
    }


def _tokenizer_config(packed: PackedModel) -> dict[str, Any]:
    pieces = packed.vocabulary
    bos, eos, pad, unk = (pieces.texts[i] for i in (pieces.bos, pieces.eos, pieces.pad, pieces.unk))
    return {
        # Loads tokenizer.json unchanged; XLMRobertaTokenizer would rebuild the tokenizer from the vocabulary.
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": packed.header.positions,
        "model_input_names": ["input_ids", "attention_mask"],
        "bos_token": bos,
        "cls_token": bos,
        "eos_token": eos,
        "sep_token": eos,
        "pad_token": pad,
        "unk_token": unk,
        "mask_token": "<mask>",
    }


def _transformer_config(packed: PackedModel) -> dict[str, Any]:
    return {
        "max_seq_length": packed.header.positions,
        "do_lower_case": False,
        "model_args": {"add_pooling_layer": False},  # BERT's next-sentence head, which the packed weights lack
    }
