"""Neutralisation of csv cells that a spreadsheet would take for formulas; see OWASP, "CSV Injection".

A leading apostrophe makes a cell text. A text that already begins with one, and would be dangerous without it, gets
another, so that ``restored`` is the exact inverse.
"""

import re

# Tab and carriage return, and the signs that begin a formula, also in full-width and small forms, after spaces, quotes
# and invisible characters: spreadsheets and the programs before them may drop those.
_DANGEROUS = re.compile(r"[\s'\"‘’“”\u200b-\u200f\u2060\ufeff]*[\t\r=+\-@＝＋－＠\ufe62\ufe63\ufe66\ufe6b]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?[%‰]?")


def is_dangerous(text: str) -> bool:
    """Return whether a spreadsheet might compute a text; plain numbers such as -5 and +3% are no formulas."""
    return _DANGEROUS.match(text) is not None and _NUMBER.fullmatch(text) is None


def neutralised(text: str) -> str:
    """Return a text as it is safe in a csv."""
    return "'" + text if is_dangerous(text) else text


def restored(text: str) -> str:
    """Return the text that ``neutralised`` was given."""
    return text[1:] if text.startswith("'") and is_dangerous(text[1:]) else text
