"""A model that sentence-transformers loads -> its compiled form. Run as a program of its own, which torch stays in.

    python -m index.models.compiled.convert REQUEST    REQUEST: the JSON of a `Request`

The folder of the request holds everything but the manifest afterwards. What cannot be converted ends with status 1 and
the reason as the last line of stderr.
"""

import json
import sys
import warnings
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.inference import import_openvino
from index.models.compiled import reader, word_table
from index.models.contextual_tokens import alignment_layer
from index.models.encoder import SentenceTransformerEncoder, load_reference
from index.models.location import ModelFiles
from index.models.packaged import file_sha256
from index.models.token_pooling import TokenPooling

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

MODEL = "model.xml"
PROBE = "节约用水, saving water, économie d'eau: 12 %"
_WEIGHTS = {".safetensors", ".bin"}


class NotConvertibleError(Exception):
    """A model with parts that have no compiled form here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to convert, and where to write it."""

    name: str
    revision: str
    source: str
    target: str
    prompts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that the compiled form needs to know of its model besides its files."""

    dimension: int
    max_tokens: int | None
    query_prompt: str
    passage_prompt: str
    step: int  # of padded_lengths
    prefix: list[int]
    suffix: list[int]
    pad: int
    special: list[int]
    query_skip: int  # tokens of the prompts
    passage_skip: int
    probe: list[int]  # ids of a text
    golden: list[float]  # its vector, by torch
    weights: dict[str, str]  # file: sha256

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Settings":
        """Raises KeyError and TypeError where a field is missing."""
        return cls(**{field.name: data[field.name] for field in fields(cls)})


def convert(request: Request) -> Settings:
    """Write the compiled form; raises NotConvertibleError, ModelError and OSError."""
    source, target = Path(request.source), Path(request.target)
    weights = {
        path.relative_to(source).as_posix(): file_sha256(path)
        for path in sorted(source.rglob("*"))
        if path.suffix in _WEIGHTS
    }
    files = ModelFiles(
        name=request.name, folder=source, revision=request.revision, remedy="get it again", prompts=request.prompts
    )
    reference = load_reference(files)
    model = reference.model.to("cpu")
    tokenizer = _tokenizer(model)
    _write_network(model, target / MODEL)
    words = model[0].auto_model.get_input_embeddings().weight.detach().numpy()
    word_table.write(words, target)
    reader.write(tokenizer, target)
    return _settings(reference, tokenizer, weights)


def _tokenizer(model: "SentenceTransformer") -> Any:
    """The model's `tokenizers.Tokenizer`, if nothing else is done to texts."""
    import torch

    transformer = model[0]
    if type(transformer).__name__ != "Transformer" or not hasattr(transformer, "auto_model"):
        raise NotConvertibleError(f"its first module is a {type(transformer).__name__}, not a Transformer")
    if type(transformer.auto_model.get_input_embeddings()) is not torch.nn.Embedding:
        raise NotConvertibleError("it has no table of word embeddings")
    tokenizer = model.tokenizer
    if not getattr(tokenizer, "is_fast", False):
        raise NotConvertibleError("its tokenizer has no fast form")
    if (tokenizer.padding_side, tokenizer.truncation_side) != ("right", "right") or tokenizer.pad_token_id is None:
        raise NotConvertibleError("its tokenizer pads or cuts on the left")
    return tokenizer.backend_tokenizer


def _write_network(model: "SentenceTransformer", path: Path) -> None:
    import torch

    class Network(torch.nn.Module):
        """Token embeddings -> pooled vector, token states, states for alignment."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer, self.rest = model[0].auto_model, torch.nn.ModuleList(list(model)[1:])

        def forward(self, inputs_embeds: "Tensor", attention_mask: "Tensor") -> tuple["Tensor", ...]:
            found = self.transformer(
                inputs_embeds=inputs_embeds, attention_mask=attention_mask, output_hidden_states=True
            )
            features = {"token_embeddings": found.last_hidden_state, "attention_mask": attention_mask}
            for module in self.rest:
                features = module(features)
            return features["sentence_embedding"], found.last_hidden_state, alignment_layer(found.hidden_states)

    openvino = import_openvino(converter=True)
    width = model[0].auto_model.get_input_embeddings().embedding_dim
    # Two texts, one padded: with a mask of ones only, some models would be traced without any mask.
    mask = torch.ones(2, 16, dtype=torch.int64)
    mask[1, 9:] = 0
    with torch.no_grad():
        network = openvino.convert_model(
            Network().eval(),
            example_input=(torch.randn(2, 16, width), mask),
            input=[("inputs_embeds", [-1, -1, width]), ("attention_mask", [-1, -1])],
        )
    openvino.save_model(network, path, compress_to_fp16=False)


def _settings(reference: SentenceTransformerEncoder, tokenizer: Any, weights: dict[str, str]) -> Settings:
    contract, own = reference.contract, reference.model.tokenizer
    plain = own("a", add_special_tokens=False)["input_ids"]
    prefix, suffix = reader.frame(own("a"), plain)
    queries, passages = (
        TokenPooling(own, prompt, dimension=contract.dimension, factor=1).skipped
        for prompt in (contract.query_prompt, contract.passage_prompt)
    )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    probe = tokenizer.encode(contract.passage_prompt + PROBE).ids[: contract.max_tokens]
    return Settings(
        dimension=contract.dimension,
        max_tokens=contract.max_tokens,
        query_prompt=contract.query_prompt,
        passage_prompt=contract.passage_prompt,
        step=reference.step,
        prefix=prefix,
        suffix=suffix,
        pad=own.pad_token_id,
        special=list(own.all_special_ids),
        query_skip=queries,
        passage_skip=passages,
        probe=probe,
        golden=_unit(reference, probe),
        weights=weights,
    )


def _unit(reference: SentenceTransformerEncoder, ids: list[int]) -> list[float]:
    import torch

    features = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids), dtype=torch.int64)}
    with torch.inference_mode():
        vector = reference.model(features)["sentence_embedding"][0].float().numpy()
    return [float(value) for value in vector / np.linalg.norm(vector).clip(1e-12)]


def main() -> int:
    """Convert what the argument says; print the settings as JSON on stdout."""
    warnings.simplefilter("ignore")
    try:
        settings = convert(Request(**json.loads(sys.argv[1])))
    except Exception as error:  # noqa: BLE001 whatever a foreign model or converter raises is a reason not to convert
        reason = str(error).strip() or type(error).__name__
        sys.stderr.write(f"\n{reason.splitlines()[0]}\n")
        return 1
    sys.stdout.write(json.dumps(asdict(settings)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
