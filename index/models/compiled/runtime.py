"""A transformer compiled by OpenVINO."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.inference import import_openvino
from index.models.compiled import compilation

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

ENGINE_VARIABLE = "ZHANGJU_ENGINE"
FLOAT32, BFLOAT16 = "float32", "bfloat16"
_HINTS = {FLOAT32: "f32", BFLOAT16: "bf16"}


class States(NamedTuple):
    """Outputs for a batch of b texts, w tokens wide; the arrays are valid until the next batch."""

    pooled: Floats  # (b, d)
    tokens: Floats  # (b, w, h), the last layer
    middle: Floats  # (b, w, h), the layer that words are aligned by


def precision() -> str:
    """Return bfloat16 where the processor computes in it, else float32; ``ZHANGJU_ENGINE`` forces one of them."""
    forced = os.environ.get(ENGINE_VARIABLE, "")
    if forced in _HINTS:
        return forced
    capabilities = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return BFLOAT16 if "BF16" in capabilities else FLOAT32


class Transformer:
    """A compiled transformer with its pooling: vectors of tokens in, `States` out.

    On a processor a text's states are the same bytes whatever the batch, for batches of one width, and whatever the
    number of threads. Not safe for two threads at once.
    """

    def __init__(self, model: Path, precision: str, digest: str) -> None:
        """Compile a model file. Raises RuntimeError.

        ``digest`` is that of its folder, OpenVINO's version included: it names what is kept of the compilation.
        """
        options: dict[str, object] = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,  # pinned threads of two programs wait for each other
        }
        if threads := os.environ.get("OMP_NUM_THREADS", ""):
            options["INFERENCE_NUM_THREADS"] = int(threads)
        compiled = compilation.compile_model(import_openvino().Core(), model, options, digest)
        self._request = compiled.create_infer_request()

    def __call__(self, embeddings: Floats, mask: Ints) -> States:
        """Compute the states of (b, w, h) token embeddings; ``mask`` (b, w) is 0 for padding."""
        self._request.infer([embeddings, mask], share_inputs=True)
        return States(*(self._request.get_output_tensor(i).data for i in range(len(States._fields))))
