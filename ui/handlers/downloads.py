"""Files that handlers return for the browser to save."""

import re
import unicodedata
from base64 import b64encode
from typing import Literal

from ui.handlers.error_handlers import HandlerResult

Suffix = Literal["csv", "docx", "md", "xlsx"]

MEDIA_TYPES: dict[Suffix, str] = {
    "csv": "text/csv;charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown;charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MAX_NAME = 60  # characters of a file name without its suffix
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')  # on at least one system


def download(title: str, suffix: Suffix, data: bytes) -> HandlerResult:
    """Return a file with its name, its media type and its bytes in base64."""
    return {
        "name": f"{file_name(title)}.{suffix}",
        "type": MEDIA_TYPES[suffix],
        "data": b64encode(data).decode("ascii"),
    }


def file_name(title: str) -> str:
    """Return a title as a file name that is valid on every system."""
    visible = "".join(c for c in _FORBIDDEN.sub(" ", title) if unicodedata.category(c)[0] != "C" or c.isspace())
    return " ".join(visible.split())[:_MAX_NAME].rstrip(" .")
