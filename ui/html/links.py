"""Addresses of the page as visitors see them, and of the pictures of scanned pages."""

import re
from urllib.parse import urlsplit

from retrieval.addresses import is_base, link

__all__ = ["SCAN_PATH", "checked_base", "is_local", "link", "scan_address", "shared"]

SCAN_PATH = "/scan/{digest}/{page}"

_LOCAL = re.compile(r"localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|::1", re.ASCII)


def scan_address(digest: str, page: int) -> str:
    """Return the address of the picture of a scanned page, by the digest of the document's file."""
    return SCAN_PATH.format(digest=digest, page=page)


def checked_base(base: str) -> str:
    """Return the address under which a visitor sees the page, or an empty string if it is invalid."""
    return base if is_base(base) else ""


def is_local(address: str) -> bool:
    """Return True if an address works only on this machine."""
    try:
        return bool(_LOCAL.fullmatch(urlsplit(address).hostname or ""))
    except ValueError:
        return False


def shared(base: str) -> str:
    """Return the address of the page if other readers can follow it, else an empty string."""
    return "" if is_local(base) else base
