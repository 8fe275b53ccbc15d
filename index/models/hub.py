"""Gets a model from the Hugging Face hub, or from what was downloaded before, as a folder.

The hub's own settings hold: HF_HOME, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE, and
SENTENCE_TRANSFORMERS_HOME for the place of the files.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import ModelError

_SETTINGS = ("*.json", "*.txt", "*.model", "*.jinja")
_WEIGHTS = ("*.safetensors", "*.bin")  # in order of preference: a repository often holds both
_PASSED_OVER = ("onnx/", "openvino/", "coreml/")  # the same weights for other programs

_ANSWER_SECONDS = 8.0  # for the hub's first answer; huggingface_hub itself would wait for ever


def fetch(name: str, *, remedy: str, report: Callable[[str], None]) -> tuple[Path, str]:
    """The folder of a model on the hub and its commit; raises ModelError, ended by ``remedy``, where it cannot be had.

    What was downloaded before is used without asking the hub: an index and its questions stay with one revision, and
    nobody waits for a network that is not there.
    """
    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        with _without_bars():
            folder = _cached(repository) or _downloaded(repository, report)
    except ModelError as error:
        raise ModelError(f"{error}; {remedy}") from error.__cause__
    return folder, folder.name


def _cached(repository: str) -> Path | None:
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for weights in _WEIGHTS:
        try:
            folder = _snapshot(repository, weights, local_files_only=True)
        except LocalEntryNotFoundError:  # also where a download was broken off
            continue
        except HFValidationError as error:
            raise ModelError(f"{repository!r} is neither a folder nor a name that the model hub could have") from error
        if any((folder / settings).is_file() for settings in ("modules.json", "config.json")) and any(
            folder.rglob(weights)
        ):
            return folder
    return None


def _downloaded(repository: str, report: Callable[[str], None]) -> Path:
    from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        weights = _weights_there(repository)
        report(f"downloading the model {repository}, once")
        return _snapshot(repository, weights)
    except OfflineModeIsEnabled as error:
        raise ModelError(
            f"the model {repository} is not on this machine, and HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids to "
            "download it"
        ) from error
    except GatedRepoError as error:
        raise ModelError(
            f"the model {repository} is given only to those who accepted its terms on the hub's page and logged in "
            "with `hf auth login`"
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(f"{repository} is no folder here, and the hub has no model of that name") from error
    except _foreign_errors() as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ModelError(
            f"the model {repository} is not on this machine, and the hub could not be asked for it ({reason})"
        ) from error


def _weights_there(repository: str) -> str:
    """Asks the hub which files hold a model's weights, and so whether it has the model and answers at all."""
    from huggingface_hub import HfApi

    info = HfApi().model_info(repository, timeout=_ANSWER_SECONDS)
    names = [file.rfilename for file in info.siblings or ()]
    for weights in _WEIGHTS:
        if any(name.endswith(weights[1:]) and not name.startswith(_PASSED_OVER) for name in names):
            return weights
    raise ModelError(f"none of the {len(names)} files of {repository} is weights that can be read here (*.safetensors)")


def _snapshot(repository: str, weights: str, **options: Any) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            repository,
            cache_dir=os.environ.get("SENTENCE_TRANSFORMERS_HOME") or None,
            allow_patterns=[*_SETTINGS, weights],
            ignore_patterns=[f"{folder}*" for folder in _PASSED_OVER],
            **options,
        )
    )


def _foreign_errors() -> tuple[type[Exception], ...]:
    """What huggingface_hub lets through; which HTTP library that is depends on its release."""
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

    return (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError)


@contextmanager
def _without_bars() -> Iterator[None]:
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()
