"""Addresses within the page: what stands behind the question mark says all that is shown."""

import re
from urllib.parse import urlencode

_BASE = re.compile(r"https?://[^\s<>\"'\\?#]{1,300}")


def link(base: str = "", **parameters: str) -> str:
    """An address of the page, relative without ``base``; empty parameters are left out."""
    return f"{base}?{urlencode({name: value for name, value in parameters.items() if value})}"


def checked_base(base: str) -> str:
    """The address under which a visitor sees the page, or nothing if it is none: it goes into what is copied."""
    return base if _BASE.fullmatch(base) else ""
