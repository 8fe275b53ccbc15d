"""Writes the default model as the folder that sentence-transformers loads: weights, tokenizer, settings, prompts."""

import json
from pathlib import Path
from typing import Any

from index.models import e5_weights
from index.models.e5_weights import PackedModel

PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}

_MODULES = (  # name of its folder, class
    ("", "sentence_transformers.base.modules.Transformer"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.Pooling"),
    ("2_Normalize", "sentence_transformers.base.modules.Normalize"),
)


def write(packed: PackedModel, folder: Path) -> None:
    """Fills an empty folder; every problem with the disk is an OSError."""
    _write_weights(packed, folder / "model.safetensors")
    # Not `Tokenizer.save`, which raises a bare Exception when the disk is full.
    tokenizer = e5_weights.tokenizer(packed.pieces).to_str(pretty=False)
    (folder / "tokenizer.json").write_text(tokenizer, encoding="utf-8")
    settings = {
        "config.json": _bert(packed),
        "tokenizer_config.json": _tokenizer(packed),
        "sentence_bert_config.json": _transformer(packed),
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {"embedding_dimension": packed.header.hidden, "pooling_mode": "mean"},
        "2_Normalize/config.json": {},
        "modules.json": [{"idx": i, "name": str(i), "path": p, "type": t} for i, (p, t) in enumerate(_MODULES)],
    }
    for name, content in settings.items():
        (folder / name).parent.mkdir(exist_ok=True)
        write_json(folder / name, content)


def write_json(path: Path, content: object) -> None:
    """Writes a small file that people may want to read."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_weights(packed: PackedModel, path: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(e5_weights.state_dict(packed), path, metadata={"format": "pt"})
    except SafetensorError as error:  # a full disk, for one
        raise OSError(str(error)) from error
    path.chmod(0o644)  # safetensors writes for the owner only, but a cache may be shared


def _bert(packed: PackedModel) -> dict[str, Any]:
    header = packed.header
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_size": header.hidden,
        "num_hidden_layers": header.layers,
        "num_attention_heads": header.heads,
        "intermediate_size": header.feed_forward,
        "vocab_size": header.vocabulary,
        "max_position_embeddings": header.positions,
        "type_vocab_size": header.token_types,
        "layer_norm_eps": float(f"{header.epsilon:.6g}"),  # 1e-12, which float32 holds as 9.99999996e-13
        "hidden_act": "gelu",  # the exact one, as in e5.c
        "pad_token_id": packed.pieces.pad,
    }


def _tokenizer(packed: PackedModel) -> dict[str, Any]:
    pieces = packed.pieces
    bos, eos, pad, unk = (pieces.texts[i] for i in (pieces.bos, pieces.eos, pieces.pad, pieces.unk))
    return {
        # Loads tokenizer.json as it stands; XLMRobertaTokenizer would build one of its own from the vocabulary.
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


def _transformer(packed: PackedModel) -> dict[str, Any]:
    return {
        "max_seq_length": packed.header.positions,
        "do_lower_case": False,
        "model_args": {"add_pooling_layer": False},  # of BERT, for next-sentence prediction: not in the packed weights
    }
