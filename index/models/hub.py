"""Model downloads from the Hugging Face hub, served from the local cache where possible.

The hub's own settings apply: HF_HOME, HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE, and
SENTENCE_TRANSFORMERS_HOME for the location of the files.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import ModelError

_SETTINGS = ("*.json", "*.txt", "*.model", "*.jinja")
_WEIGHTS = ("*.safetensors", "*.bin")  # in order of preference: a repository often holds both
_IGNORED = ("onnx/", "openvino/", "coreml/")  # the same weights in other formats

_TIMEOUT_SECONDS = 8.0  # for the hub's first response; huggingface_hub itself would wait without limit


def fetch(repository: str, *, remedy: str, report: Callable[[str], None]) -> tuple[Path, str]:
    """Return the local folder and the commit of a hub model; raise ModelError, ending in ``remedy``, if unavailable.

    A cached model is used without contacting the hub: an index and its questions then use the same revision, and
    nothing waits for a missing network.
    """
    try:
        with _without_progress_bars():
            folder = _cached(repository) or _downloaded(repository, report)
    except ModelError as error:
        raise ModelError(f"{error}; {remedy}") from error.__cause__
    return folder, folder.name


def _cached(repository: str) -> Path | None:
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for weights in _WEIGHTS:
        try:
            folder = _snapshot(repository, weights, local_files_only=True)
        except LocalEntryNotFoundError:  # also after an interrupted download
            continue
        except HFValidationError as error:
            raise ModelError(f"{repository!r} is neither a folder nor a valid name of a hub model") from error
        if any((folder / settings).is_file() for settings in ("modules.json", "config.json")) and any(
            folder.rglob(weights)
        ):
            return folder
    return None


def _downloaded(repository: str, report: Callable[[str], None]) -> Path:
    from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        weights = _available_weights(repository)
        report(f"downloading the model {repository} (only once)")
        return _snapshot(repository, weights)
    except OfflineModeIsEnabled as error:
        raise ModelError(
            f"the model {repository} is not on this machine, and HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids "
            "downloads"
        ) from error
    except GatedRepoError as error:
        raise ModelError(
            f"the model {repository} is available only after accepting its terms on the hub's page and logging in "
            "with `hf auth login`"
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(f"{repository} is neither a local folder nor a model on the hub") from error
    except _hub_errors() as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise ModelError(
            f"the model {repository} is not on this machine, and the hub could not be reached ({reason})"
        ) from error


def _available_weights(repository: str) -> str:
    """Ask the hub for the pattern of a model's weight files; this also checks that the hub responds and has it."""
    from huggingface_hub import HfApi

    info = HfApi().model_info(repository, timeout=_TIMEOUT_SECONDS)
    names = [file.rfilename for file in info.siblings or ()]
    for weights in _WEIGHTS:
        if any(name.endswith(weights[1:]) and not name.startswith(_IGNORED) for name in names):
            return weights
    raise ModelError(f"none of the {len(names)} files of {repository} holds readable weights (*.safetensors)")


def _snapshot(repository: str, weights: str, **options: Any) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            repository,
            cache_dir=os.environ.get("SENTENCE_TRANSFORMERS_HOME") or None,
            allow_patterns=[*_SETTINGS, weights],
            ignore_patterns=[f"{folder}*" for folder in _IGNORED],
            **options,
        )
    )


def _hub_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that huggingface_hub lets through; its HTTP library depends on its release."""
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

    return (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError)


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()
