"""Load an encoder by the name of a model: its compiled form, or where that is not possible sentence-transformers."""

import os
from collections.abc import Callable

from index.models.compiled.encoder import load_compiled
from index.models.compiled.runtime import ENGINE_VARIABLE
from index.models.encoder import Encoder, load_reference
from index.models.integrity import check_files, check_files_daily, check_vector
from index.models.location import EMBEDDING, ModelRole, locate

REFERENCE = "torch"


def load_encoder(
    model: str | None = None,
    *,
    use: ModelRole = EMBEDDING,
    report: Callable[[str], None] = lambda _message: None,
    thorough: bool = False,
) -> Encoder:
    """Load a model found by `index.models.location.locate`; raise ModelError if it is missing or damaged.

    ``use`` determines the remedies in error messages: `INDEX_MODEL` for the model of an existing index. ``report``
    receives a message before a slow step: unpacking, downloading, converting. ``thorough`` compares all files with
    their digests; otherwise those of a compiled form are compared, and all of an uncompiled model once a day.
    ``ZHANGJU_ENGINE=torch`` disables the compiled form.
    """
    files = locate(model, role=use, report=report)
    if thorough:
        check_files(files)
    encoder = None if os.environ.get(ENGINE_VARIABLE) == REFERENCE else load_compiled(files, report=report)
    if encoder is None:
        check_files_daily(files)
    loaded = encoder or load_reference(files)
    check_vector(loaded, files)
    return loaded
