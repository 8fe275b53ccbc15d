"""Compiled machine code of a model, kept between processes: half a second of each start.

    CACHE/compiled/<name>-<key>.<machine>/            what OpenVINO keeps, and SEAL: a digest of each file
    CACHE/compiled/<name>-<key>.<machine>.<pid>.part/ what a process is writing, or one that died was

``machine`` is a digest of the model's files, the precision, the number of threads, OpenVINO and the processor. It is a
help and no more: where it is damaged or cannot be written, the model is compiled again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.models import packaged

SEAL = "seal.json"
_KEY_LENGTH = 16


def compile_model(core: Any, model: Path, options: Mapping[str, object], digest: str) -> Any:
    """Compile a model for this processor, from what was kept of it if that is whole. Raises RuntimeError.

    ``digest`` is that of the model's files and of what compiles them.
    """
    kept = _place(core, model, options, digest)
    if _is_whole(kept):
        return core.compile_model(model, "CPU", {**options, **_caching(kept)})
    partial = kept.with_name(f"{kept.name}.{os.getpid()}.part")
    try:
        return _compiled_and_kept(core, model, options, partial, kept)
    except (OSError, RuntimeError):  # a full disk, a folder that may not be written, or nothing to do with it
        return core.compile_model(model, "CPU", dict(options))
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _place(core: Any, model: Path, options: Mapping[str, object], digest: str) -> Path:
    processor = core.get_property("CPU", "FULL_DEVICE_NAME")
    decides = json.dumps([digest, processor, sorted((name, str(value)) for name, value in options.items())])
    machine = hashlib.sha256(decides.encode()).hexdigest()[:_KEY_LENGTH]
    return model.parent.with_name(f"{model.parent.name}.{machine}")


def _caching(folder: Path) -> dict[str, str]:
    return {"CACHE_DIR": str(folder), "CACHE_MODE": "OPTIMIZE_SIZE"}  # without the weights, which are in the model


def _compiled_and_kept(core: Any, model: Path, options: Mapping[str, object], partial: Path, kept: Path) -> Any:
    for left in kept.parent.glob(f"{kept.name}.*.part"):
        shutil.rmtree(left, ignore_errors=True)
    partial.mkdir()
    compiled = core.compile_model(model, "CPU", {**options, **_caching(partial)})
    digests = {path.name: packaged.file_sha256(path) for path in partial.iterdir()}
    with (partial / SEAL).open("w", encoding="utf-8") as file:
        json.dump(digests, file)
        file.flush()
        os.fsync(file.fileno())
    shutil.rmtree(kept, ignore_errors=True)
    partial.rename(kept)
    return compiled


def _is_whole(folder: Path) -> bool:
    try:
        digests: dict[str, str] = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        found = {path.name: packaged.file_sha256(path) for path in folder.iterdir() if path.name != SEAL}
    except (OSError, ValueError):
        return False
    return bool(digests) and found == digests
