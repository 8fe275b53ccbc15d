"""Addresses within the page: what stands behind the question mark says all that is shown."""

import re
from urllib.parse import urlencode, urlsplit

_HERE = re.compile(
    r"localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|::1", re.ASCII
)  # names a machine for itself alone
_BASE = re.compile(r"https?://[^\s<>\"'\\?#]{1,300}")


def link(base: str = "", **parameters: str) -> str:
    """An address of the page, relative without ``base``; empty parameters are left out."""
    return f"{base}?{urlencode({name: value for name, value in parameters.items() if value})}"


def checked_base(base: str) -> str:
    """The address under which a visitor sees the page, or nothing if it is none: it goes into what is copied."""
    return base if _BASE.fullmatch(base) else ""


def is_local(address: str) -> bool:
    """Whether an address leads to the page on this machine only: no other reader can follow it."""
    try:
        return bool(_HERE.fullmatch(urlsplit(address).hostname or ""))
    except ValueError:
        return False


def shared(base: str) -> str:
    """The address of the page for what others will read, empty where it is of this machine only."""
    return "" if is_local(base) else base
