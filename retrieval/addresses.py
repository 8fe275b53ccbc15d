"""Addresses of the page: what stands behind the question mark says all that is shown."""

import re
from urllib.parse import urlencode

_BASE = re.compile(r"https?://[^\s<>\"'\\?#]{1,300}")


def link(base: str = "", **parameters: str) -> str:
    """An address of the page, relative without ``base``; empty parameters are left out."""
    return f"{base}?{urlencode({name: value for name, value in parameters.items() if value})}"


def is_base(address: str) -> bool:
    """Whether it can be the address under which somebody sees the page, without parameters."""
    return bool(_BASE.fullmatch(address))
