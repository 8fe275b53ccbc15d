"""Addresses of the page as its visitors see it."""

import re
from urllib.parse import urlsplit

from retrieval.addresses import is_base, link

__all__ = ["checked_base", "is_local", "link", "shared"]

_HERE = re.compile(
    r"localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|::1", re.ASCII
)  # names a machine for itself alone


def checked_base(base: str) -> str:
    """The address under which a visitor sees the page, or nothing if it is none: it goes into what is copied."""
    return base if is_base(base) else ""


def is_local(address: str) -> bool:
    """Whether an address leads to the page on this machine only: no other reader can follow it."""
    try:
        return bool(_HERE.fullmatch(urlsplit(address).hostname or ""))
    except ValueError:
        return False


def shared(base: str) -> str:
    """The address of the page for what others will read, empty where it is of this machine only."""
    return "" if is_local(base) else base
