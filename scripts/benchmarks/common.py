"""Helpers of benchmarks and fits: command line, BEIR folders, times, tables, and the page in a browser."""

import subprocess
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, NoReturn, TypeVar

import numpy as np

from index.building.embedding import embed
from index.errors import DocumentError, ZhangjuError
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.records import Document
from index.storage.snapshot import Snapshot
from retrieval.evaluation.beir import CORPUS
from scripts import terminal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

T = TypeVar("T")


def parser(description: str | None) -> ArgumentParser:
    """Return an argument parser with a module's docstring as its description."""
    return ArgumentParser(description=description, formatter_class=RawDescriptionHelpFormatter)


def run(main: Callable[[Sequence[str]], int | None]) -> NoReturn:
    """Run a main function on the command line's arguments; a ZhangjuError is printed and exits with 1."""
    try:
        sys.exit(main(sys.argv[1:]))
    except ZhangjuError as error:
        terminal.message(str(error))
        sys.exit(1)


def beir_folders(directory: Path) -> list[Path]:
    """Return the BEIR folders in a directory, sorted by name. Raises DocumentError if there is none."""
    folders = sorted(path.parent for path in directory.glob(f"*/{CORPUS}"))
    if not folders:
        raise DocumentError(f"{directory} contains no BEIR folders, which have a {CORPUS}")
    return folders


def cached_encoder() -> CachedEncoder:
    """Load the default model with its cache of embeddings."""
    return CachedEncoder(load_encoder(), report=terminal.message)


def embed_with_progress(documents: Sequence[Document], encoder: Encoder) -> Snapshot:
    """Embed documents with the cache of embeddings and a progress bar."""
    with terminal.progress("embedding", "texts") as advance:
        return embed(documents, CachedEncoder(encoder, report=terminal.message), progress=advance).snapshot


def draw(items: Sequence[T], most: int, rng: np.random.Generator) -> list[T]:
    """Return at most ``most`` random items in their order."""
    return [items[i] for i in sorted(rng.permutation(len(items))[:most])]


def seconds(work: Callable[[], object]) -> float:
    """Return the time that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table with numbers aligned right, or an empty string without rows."""
    lines = [header, ["---", *("---:" for _ in header[1:])], *rows] if rows else []
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


@contextmanager
def served(*command: str) -> Iterator[tuple[str, int]]:
    """Run a Python module that serves the page; yield the page's address and the process id."""
    with subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            lines = list[str]()
            for line in process.stderr:
                lines.append(line)
                if "http://127.0.0.1:" in line:
                    yield "http://127.0.0.1:" + line.split("http://127.0.0.1:")[1].split()[0], process.pid
                    return
            raise ZhangjuError("the page was not served: " + " ".join("".join(lines).split()))
        finally:
            process.terminate()


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start an installed Chromium, or the one of Playwright."""
    from playwright.sync_api import sync_playwright

    installed = which("chromium") or which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
