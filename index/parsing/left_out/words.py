"""The words of lines that are no part of a document's text, from words.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def left_out_words() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the words by kind and by language."""
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
