"""Addresses of the page: the query string states everything that is shown."""

import re
from urllib.parse import urlencode

_BASE = re.compile(r"https?://[^\s<>\"'\\?#]{1,300}")


def link(base: str = "", **parameters: str) -> str:
    """Return an address of the page, relative without ``base``; empty parameters are omitted."""
    return f"{base}?{urlencode({name: value for name, value in parameters.items() if value})}"


def is_base(address: str) -> bool:
    """Return whether an address can be that of the page, without parameters."""
    return bool(_BASE.fullmatch(address))
