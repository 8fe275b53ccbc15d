"""The cell of a table's row that a question asks for: by the years and the names of columns that it states.

A year is matched exactly: where the table has no column of the year asked for, no cell is chosen, and the row answers
as a whole.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from index.cells import GROWTH, cell_at
from index.records import Passage, Span, TableCell, TableRow
from index.text.chinese import HAN, normalise_unicode, to_simplified
from index.text.scripts import in_other_script
from index.text.terms import extract_terms, is_cjk_character
from retrieval.arrays import Scores

_YEAR = re.compile(r"(?<![\d.,])((?:19|20)\d\d)(?![\d.,]?\d|\s*(?:元|人|吨|公里|米|个|户|%))")
_HAN_YEAR = re.compile(r"[一二][〇○零一二三四五六七八九]{3}(?=年)")
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_OTHER_WORDS = re.compile(f"[{HAN}]{{2,6}}")
_FIGURE = re.compile(r"[^\w]{0,2}\d")
_YEAR_WORDS = re.compile(rf"(?:{_YEAR.pattern}|{_HAN_YEAR.pattern})\s*年?")
_BRACKETS = re.compile(r"[（(\[【][^（()）\[\]【】]*[)）\]】]")
_TOTAL = re.compile(
    r"合\s*计|总\s*计|共\s*计|小\s*计|总额|总量|total|sum\b", re.IGNORECASE
)  # the head of a column of sums
_TOTAL_ASKED = re.compile(
    r"总共|一共|合计|总计|共计|共[有需计投]|总[额量投计]|\b(?:total|altogether|in all|overall)\b", re.IGNORECASE
)
_MIN_SHARE = 0.5  # of the terms of a row's name that a question in its script has to hold
# Difference of the scores of two rows for a question in another script: of 36 such questions on six tables four found
# the wrong row, all by less, and two of 19 the right one.
_MIN_GAP = 0.005
_MIN_NAMED, _MIN_LEAD = 0.6, 0.2  # the same for another row than the first found, and how much more it has to hold
_MIN_HEAD = 0.5  # the same for the head of a column


def years(text: str) -> frozenset[int]:
    """Return the years that a text names, in digits or in Chinese numerals."""
    plain = normalise_unicode("NFKC", text)
    found = [*_YEAR.findall(plain), *(word.translate(_HAN_DIGITS) for word in _HAN_YEAR.findall(plain))]
    return frozenset(map(int, found))


def choose(question: str, passage: Passage, context: str) -> Span | None:
    """Return the cell of a passage's table rows that a question asks for, None if it names none or several.

    ``context`` are words that hold for the whole table, such as the titles of its document and of its chapter.
    """
    rows = [row for row in passage.rows if row.cells and _names_row(question, passage, row)]
    found = [cell.span for row in rows if (cell := _cell(question, passage, row, f"{context} {row.caption}"))]
    return found[0] if len(found) == 1 else None


def named_row(question: str, passages: Sequence[Passage]) -> int:
    """Return which of the candidates, best first, is the row that a question names in the table of the first.

    It is the first itself unless another row of its table is of the year asked for, or is named better.
    """
    peers = [at for at, other in enumerate(passages) if _are_one_table(passages[0], other)]
    if 0 not in peers:  # a caption stands for its table
        peers = [at for at, other in enumerate(passages) if _is_caption(passages[0], other)]
    if not peers:
        return 0
    asked = years(question)
    of_year = [at for at in peers if asked and years(_name(passages[at])) == asked]
    if of_year:
        return 0 if 0 in of_year else of_year[0] if len(of_year) == 1 else 0
    if in_other_script(question, passages[peers[0]].text):
        return peers[0]
    shares = {at: label_share(question, passages[at], passages[at].rows[0]) for at in peers if _has_label(passages[at])}
    best = max(shares, key=lambda at: shares[at], default=0)
    clear = shares.get(best, 0.0) >= max(_MIN_NAMED, shares.get(0, 0.0) + _MIN_LEAD)
    return best if clear and list(shares.values()).count(shares[best]) == 1 else 0


def is_clear(question: str, passage: Passage, passages: Sequence[Passage], scores: Scores) -> bool:
    """Return whether the words of a question or the ranking tell a row from the others of its table.

    A question in another script cannot name the row, so the others have to score clearly less; ``scores``, (n,), begin
    with those of ``passages``, the candidates, best first.
    """
    if not in_other_script(question, passage.text):
        return True
    peers = [float(score) for other, score in zip(passages, scores, strict=False) if _are_one_table(passage, other)]
    return passage is passages[0] and (len(peers) < 2 or peers[0] - peers[1] >= _MIN_GAP)


def _are_one_table(passage: Passage, other: Passage) -> bool:
    if len(passage.rows) != 1 or len(other.rows) != 1 or passage.document != other.document:
        return False
    row, row_of_other = passage.rows[0], other.rows[0]
    columns = {column for cell in row.cells for column in cell.columns or (_text(passage, cell),)}
    same = {column for cell in row_of_other.cells for column in cell.columns or (_text(other, cell),)}
    return bool(row.caption == row_of_other.caption and passage.path == other.path and columns & same)


def _is_caption(passage: Passage, other: Passage) -> bool:
    """Return whether a passage is the caption of the table that another is a row of."""
    captions = {row.caption for row in other.rows if len(other.rows) == 1}
    place = passage.document, passage.path
    return (
        place == (other.document, other.path) and not passage.rows and passage.text.startswith(tuple(captions - {""}))
    )


def _text(passage: Passage, cell: TableCell) -> str:
    return passage.text[slice(*cell.span)]


def _has_label(passage: Passage) -> bool:
    return any(cell.role == "label" for cell in passage.rows[0].cells)


def _name(passage: Passage) -> str:
    return " ".join(_labels(passage, passage.rows[0]))


def _names_row(question: str, passage: Passage, row: TableRow) -> bool:
    """Return whether a question may mean a row: it holds most of its name, or is in another script."""
    if in_other_script(question, passage.text):
        return True
    return label_share(question, passage, row) >= _MIN_SHARE and not _is_replaced(row.label, question)


def _is_replaced(label: str, question: str) -> bool:
    """Return whether a question has other words in the middle of a row's name: 城镇登记失业率 for 城镇调查失业率."""
    name, asked = (to_simplified(_BRACKETS.sub("", text)) for text in (label, question))
    blocks = [b for b in SequenceMatcher(None, name, asked, autojunk=False).get_matching_blocks() if b.size > 1]
    between = ((name[a.a + a.size : b.a], asked[a.b + a.size : b.b]) for a, b in pairwise(blocks))
    return any(_OTHER_WORDS.fullmatch(ours) and _OTHER_WORDS.fullmatch(theirs) for ours, theirs in between)


def label_share(question: str, passage: Passage, row: TableRow) -> float:
    """Return the share of the terms of a row's name, or of all its labels, that a question holds, from 0 to 1."""
    labels = _labels(passage, row)
    return max(
        _share(row.label, question),
        _share(" ".join(labels), question),
        _share(" ".join([row.group, *labels]), question),
    )


def _cell(question: str, passage: Passage, row: TableRow, context: str) -> TableCell | None:
    cells = [cell for cell in row.cells if cell_at(passage, cell.span)]
    label = " ".join([row.label, *_labels(passage, row)])
    asked = years(question)
    if of_row := years(label):  # a row for each year
        return _narrowed(cells, question, label) if asked and asked <= of_row else None
    if not asked:
        return _narrowed(cells, question, label) or _by_growth(cells, passage, question, label)
    known = years(context)
    for wanted in filter(None, dict.fromkeys((asked, asked - known))):  # a question may name the document with its year
        dated = [cell for cell in cells if wanted in map(years, cell.columns)]
        if len(wanted) > 1:  # the growth of a period has to be named, two years may be those of two columns
            named = [c for c in dated if _head_share(c, cells, question, label) >= _MIN_HEAD]
            dated = named or [cell for cell in dated if not _own_terms(cell, label)]
        if dated:
            return _dated(dated, cells, question, label) or _by_growth(dated, passage, question, label)
    of_columns = frozenset().union(*map(_years_of, cells))
    if not of_columns:
        if not asked <= known:
            return None
        return _narrowed(cells, question, label) or _by_growth(cells, passage, question, label)
    if len(asked) > 1 and asked <= of_columns:  # a period: its growth is in a column without years
        return _named(cells, question, label, 1.0)
    return None


def _dated(dated: Sequence[TableCell], cells: Sequence[TableCell], question: str, label: str) -> TableCell | None:
    """Return the cell of the year asked for, unless the question names a column without a year: growth up to 2025."""
    unnamed = max(_head_share(cell, cells, question, label) for cell in dated) < _MIN_HEAD
    if unnamed and (named := _named(cells, question, label, 1.0)):
        return named
    return _narrowed(dated, question, label)


def _named(cells: Sequence[TableCell], question: str, label: str, share: float) -> TableCell | None:
    """Return the only cell in a column without a year of whose head the question holds a share."""
    found = [c for c in cells if not _years_of(c) and _head_share(c, cells, question, label) >= share]
    return found[0] if len(found) == 1 else None


def _narrowed(cells: Sequence[TableCell], question: str, label: str) -> TableCell | None:
    """Return the only cell, or the one whose column the question names best, or that has nothing but a year."""
    if len(cells) == 1:
        return cells[0]
    shares = [_head_share(cell, cells, question, label) for cell in cells]
    if cells and max(shares) >= _MIN_HEAD:
        best = [cell for cell, share in zip(cells, shares, strict=True) if share == max(shares)]
    elif _TOTAL_ASKED.search(question):
        best = [cell for cell in cells if _TOTAL.search(" ".join(cell.columns))]
    else:
        best = [cell for cell in cells if _years_of(cell) and not _own_terms(cell, "")] if _same_years(cells) else []
    return best[0] if len(best) == 1 else None


def _by_growth(cells: Sequence[TableCell], passage: Passage, question: str, label: str) -> TableCell | None:
    """Return the only cell with a growth if the question asks for one, else the only figure beside a growth."""
    figures = [cell for cell in cells if _FIGURE.match(_text(passage, cell))]
    growth = [cell for cell in figures if GROWTH.search(" ".join(cell.columns))]
    asked = {word.lower() for word in GROWTH.findall(question)} - {word.lower() for word in GROWTH.findall(label)}
    found = growth if asked else [cell for cell in figures if cell not in growth] if growth else []
    return found[0] if len(found) == 1 and _same_years(cells) else None


def _same_years(cells: Sequence[TableCell]) -> bool:
    return len(set(map(_years_of, cells))) == 1


def _years_of(cell: TableCell) -> frozenset[int]:
    return years(" ".join(cell.columns))


def _own_terms(cell: TableCell, label: str) -> set[str]:
    """Return the terms of the head of a column, without years and without those in the name of the row."""
    words = _YEAR_WORDS.sub(" ", _BRACKETS.sub(" ", " ".join(cell.columns)))
    return set(_terms(words)) - set(_terms(label))


def _head_share(cell: TableCell, cells: Sequence[TableCell], question: str, label: str) -> float:
    """Return the share of the terms of a column's head that a question holds, from 0 to 1.

    Terms of several of the columns to choose from tell nothing. Of pairs of characters, the single ones count half.
    """
    own = _own_terms(cell, label)
    others = [_own_terms(other, label) for other in cells if other.columns != cell.columns]
    own = own.difference(*others) or own
    if not own:
        return 0.0
    single = {c for term in own for c in term if is_cjk_character(c)}
    asked = set(extract_terms(question))
    share = len(own & asked) / len(own)
    return share if not single or share == 1 else (share + len(single & asked) / len(single)) / 2


def _labels(passage: Passage, row: TableRow) -> list[str]:
    return [_text(passage, cell) for cell in row.cells if cell.role == "label"]


def _share(words: str, question: str) -> float:
    """Return the share of the terms of some words, without those in brackets, that a question holds."""
    wanted = set(_terms(_BRACKETS.sub(" ", words)) or _terms(words))
    return len(wanted & set(_terms(question))) / len(wanted) if wanted else 0.0


def _terms(text: str) -> list[str]:
    """Return the words of a text and its pairs of Chinese characters, single ones if there is nothing else."""
    found = extract_terms(to_simplified(text))
    return [term for term in found if not is_cjk_character(term)] or found
