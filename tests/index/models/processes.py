"""Helpers of the tests of model location: separate Python processes and error messages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import ModelError

ROOT = Path(__file__).resolve().parents[3]


def start(code: str, **environment: str) -> subprocess.Popen[str]:
    """Start a Python process that runs some code, with its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_DISABLE_TELEMETRY": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def sentence(raised: pytest.ExceptionInfo[ModelError]) -> str:
    """Return the message of an error after checking that it is one line."""
    message = str(raised.value)
    assert "\n" not in message
    return message
