"""What the import of Gradio leaves out."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

IMPORT = """
import sys
opened = []
sys.addaudithook(lambda event, given: event == "open" and opened.append(str(given[0])))
import {module}
print([name for name in opened if name.endswith(".pyi")] == [], "mcp" in sys.modules)
import inspect, gradio, ui.app.mcp
print(inspect.getfile(gradio.Textbox) == gradio.components.textbox.__file__, "mcp" in sys.modules)
"""


def _printed(module: str, code: str = IMPORT) -> str:
    code = code.format(module=module)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    ).stdout


def test_no_stub_files_are_made_and_mcp_comes_when_it_is_wanted() -> None:
    assert _printed("ui.app.application") == "True False\nTrue True\n"


def test_without_that_they_would_be() -> None:  # the control
    assert _printed("gradio") == "False True\nTrue True\n"


PANDAS = """
import sys, importlib.util
import {module}
print("pandas.core.frame" in sys.modules, importlib.util.find_spec("pandas").name)
import gradio.caching
frame = gradio.caching.pd.DataFrame
import pandas
print(frame is pandas.DataFrame, pandas.__name__)
"""


@pytest.mark.parametrize(("module", "early"), [("ui.app.application", False), ("gradio", True)])  # the control
def test_pandas_is_imported_when_it_is_wanted(module: str, early: bool) -> None:
    assert _printed(module, PANDAS) == f"{early} pandas\nTrue pandas\n"
