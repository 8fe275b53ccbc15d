"""The page's own scripts and style sheets, and their addresses."""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Final

FOLDER: Final = Path(str(files("ui").joinpath("static")))


def _digest() -> str:
    """Return 16 hexadecimal digits that change with any of the files."""
    hashed = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        hashed.update(path.name.encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()[:16]


STATIC: Final = f"/zhangju/{_digest()}"
"""Address of the folder; browsers keep the files for good, since other contents have another address."""

SCRIPTS: Final = tuple(sorted(path.name for path in FOLDER.glob("*.js")))


def static(name: str) -> str:
    """Return the address of a file."""
    return f"{STATIC}/{name}"
