"""Load an encoder by the name of a model: its compiled form, or where that is not possible sentence-transformers."""

import os
from collections.abc import Callable

from index.models.compiled.encoder import load_compiled
from index.models.compiled.runtime import ENGINE_VARIABLE
from index.models.encoder import Encoder, load_reference
from index.models.location import EMBEDDING, ModelRole, locate

REFERENCE = "torch"


def load_encoder(
    model: str | None = None, *, use: ModelRole = EMBEDDING, report: Callable[[str], None] = lambda _message: None
) -> Encoder:
    """Load a model found by `index.models.location.locate`; raise ModelError if it is missing or does not load.

    ``use`` determines the remedies in error messages: `INDEX_MODEL` for the model of an existing index. ``report``
    receives a message before a slow step: unpacking, downloading, converting. ``ZHANGJU_ENGINE=torch`` disables the
    compiled form.
    """
    files = locate(model, role=use, report=report)
    if os.environ.get(ENGINE_VARIABLE) != REFERENCE and (compiled := load_compiled(files, report=report)):
        return compiled
    return load_reference(files)
