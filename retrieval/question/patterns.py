r"""Question patterns of each language, read from retrieval/data/question_patterns.toml.

A question is matched in lower case, one clause a line, so that ``^`` is the start of a clause and ``$`` its end.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args

from retrieval import data

QuestionKind = Literal[
    "money", "duration", "date", "number", "place", "name", "why", "list", "definition", "how", "yes/no", "none"
]

_FILE = "question_patterns.toml"
_KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)[:-1]  # the most specific first; "none" has no pattern
_UNSPACED = ("zh", "ja", "ko", "th")  # question words stand inside of longer strings
_WHOLE_WORDS = r"(?<![\w\u0900-\u0963])(?:{})(?![\w\u0900-\u0963])"
_GAP = r"(?:\S+ ){0,4}?"  # "~" in a pattern: up to four words


class Catalogue(NamedTuple):
    """Content of the file, by language.

    ``prefixes`` is a pattern of the words that may precede the question word of a clause. ``function_words`` are those
    of the languages in Latin letters, in the order in which these languages are tried.
    """

    prefixes: str
    function_words: Mapping[str, frozenset[str]]
    patterns: Mapping[str, Mapping[QuestionKind, str]]


@cache
def catalogue() -> Catalogue:
    """Return the content of the file. Raises InstallationError if it is malformed."""
    content = data.read_toml(_FILE)
    prefixes, latin = (data.words(_FILE, content, key) for key in ("prefixes", "latin"))
    languages = {key: table for key, table in content.items() if isinstance(table, dict)}
    return Catalogue(
        prefixes="|".join(prefixes),
        function_words={language: _function_words(languages.get(language), language) for language in latin},
        patterns={
            language: {kind: "|".join(data.words(_FILE, table, kind)) for kind in _KINDS}
            for language, table in languages.items()
        },
    )


def _function_words(table: Any, language: str) -> frozenset[str]:
    found = table.get("function_words") if isinstance(table, dict) else None
    if not isinstance(found, str):
        raise data.malformed(_FILE, f"[{language}] has no function_words")
    return frozenset(found.split())


@cache
def compiled(language: str) -> tuple[tuple[QuestionKind, re.Pattern[str]], ...]:
    """Return the patterns of a language, the most specific kind first. Raises InstallationError."""
    form = "(?:{})" if language in _UNSPACED else _WHOLE_WORDS
    try:
        return tuple(
            (kind, re.compile(form.format(pattern.replace("~", _GAP)), re.MULTILINE))
            for kind, pattern in catalogue().patterns[language].items()
        )
    except (KeyError, re.error) as error:
        raise data.malformed(_FILE, f"[{language}]: {error}") from error
