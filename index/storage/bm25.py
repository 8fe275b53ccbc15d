"""BM25: passages found by the words and characters that they share with a question.

Source of the formulas: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009. Headings
and bodies are two weighed fields (its section 3.6): their term frequencies, and their lengths, are added up, each
times the weight of its field, before anything else is done with them.

    score(query, passage) = sum over the query's terms of idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean))
    idf = ln(1 + (n - df + 0.5) / (df + 0.5))       n passages, df of them with the term; never negative

The idf of a single Chinese, Japanese or Korean character is multiplied by CHARACTER_WEIGHT wherever it is used.

What a term adds to a passage's score does not depend on the question. It is computed when the index is built.
"""

import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from index.records import Span
from index.text.chinese import HAN, KANA, normalise_unicode, to_simplified

K1 = 1.2  # how slowly a repeated term saturates; the usual value, measured: nothing from 0.6 to 2.0 is clearly better
B = 0.75  # how much a long passage is held against it, 0 to 1; the usual value, less is worse on long articles
HEADING_WEIGHT = 0.5  # of a term in a heading, 1 in a body; measured: no more helps, many passages share a heading
CHARACTER_WEIGHT = 0.5  # of a single Chinese, Japanese or Korean character; measured: 0 is worse, 0.5 to 1 are alike

TERMS = 1  # version of ``terms``; raise it with every change, an index and a question must be cut the same way
ARRAYS = {  # name: dtype; each has one axis. n passages, v terms, p pairs of a term and a passage that contains it
    "lexical_header": np.int64,  # (2,): TERMS, n
    "lexical_vocabulary": np.uint8,  # the terms in UTF-8, sorted by code point, one after the other
    "lexical_offsets": np.int64,  # (v + 1,): where each term begins in the vocabulary, and its end
    "lexical_pointers": np.int64,  # (v + 1,): where the pairs of each term begin, and their end
    "lexical_rows": np.int32,  # (p,): rows of the passages, ascending within a term
    "lexical_scores": np.float32,  # (p,): what the term adds to the passage's score, >= 0
}
_MOST = np.iinfo(np.int32).max  # passages, for their rows to fit

LexicalScores = npt.NDArray[np.float32]  # (n,)
Arrays = dict[str, npt.NDArray[Any]]

# Han with 々〇, kana with ー, Bopomofo, Hangul
_CJK = (
    f"\u3005-\u3007{HAN}"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\U0001b000-\U0001b16f"
    "\u3105-\u312f\u31a0-\u31bf\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"
)
_CHARACTER = re.compile(f"[{_CJK}]")
_NOT_KANA = re.compile(f"[^{KANA}]+")
# soft hyphens, joiners, marks of direction, tatweel, variation selectors: nothing that is read or typed
_UNSEEN = re.compile(
    "[\u00ad\u034f\u0640\u061c\u180e\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
# accents behind Latin and Greek letters; vowel points of Hebrew and Arabic, which are written or left out
_ACCENTS = re.compile("(?<=[a-zα-ω])[\u0300-\u036f]+|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u064b-\u0652\u0670]+")
_LETTER = re.compile("(?s:.)[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]*")  # with the marks behind it
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_JOINTS = str.maketrans("", "", ",-‐ ")


def terms(text: str) -> list[str]:
    """The terms of a text, with repetitions, in order from run to run.

    Width, case, traditional characters and the accents of Latin and Greek letters are folded. A run of Chinese,
    Japanese or Korean gives its bigrams, then its single characters. All other scripts give whole words, which is too
    coarse for those that leave no space between words, such as Thai. Nothing is stemmed, no word is left out. Numbers
    are whole, with decimals and per cent sign and without separators of thousands, and digits stay with the Latin
    letters they are written with: 5g, pm2.5, 12%, 1000 (from 1,000), covid19 (from COVID-19).
    """
    found: list[str] = []
    for match in _token().finditer(_to_simplified(text)):
        run, word = match.groups()
        if run is None:
            found.append(word.translate(_JOINTS))
            continue
        found += [*map(str.__add__, run, run[1:]), *run]
    return found


@lru_cache(maxsize=64)
def _asked_terms(query: str) -> tuple[str, ...]:
    """The terms of a question, which several measures ask for one after the other."""
    return tuple(terms(query))


class TermRun(NamedTuple):
    """A word or number of a text, or characters that stand together, folded; where each character of it is written."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    is_word: bool

    def span(self, first: int, last: int) -> Span:
        """Where the characters from ``first`` up to but not ``last`` are written."""
        return Span(self.starts[first], self.ends[last - 1])

    def terms(self) -> list[str]:
        """A word as a term, or the bigrams, of which the i-th begins with the i-th character."""
        if self.is_word:
            return [self.text.translate(_JOINTS)]
        return list(map(str.__add__, self.text, self.text[1:]))


def term_runs(text: str) -> Iterator[TermRun]:
    """What the words and bigrams among the terms of a text are cut from, in its order."""
    plain, starts, ends = _folded_in_place(text)
    for match in _token().finditer(plain):
        at = slice(*match.span(match.lastindex or 0))
        yield TermRun(plain[at], starts[at], ends[at], match.lastindex == 2)


class _Letters(dict[int, str]):
    """What each character is folded to, as ``str.translate`` wants it, and which are not folded one to one."""

    def __init__(self) -> None:
        self.odd: set[str] = set()

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded_letter = self[code] = _to_simplified(letter)
        if len(folded_letter) != 1 or unicodedata.category(letter) in ("Mn", "Cs"):
            self.odd.add(letter)
        return folded_letter


_LETTERS = _Letters()


def _folded_in_place(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """The folded text, and where each of its characters begins and ends in the text."""
    plain = text.translate(_LETTERS)
    if _LETTERS.odd.isdisjoint(text):
        return plain, range(len(text)), range(1, len(text) + 1)
    found = [(letter, match) for match in _LETTER.finditer(text) for letter in _to_simplified(match.group())]
    starts, ends = [match.start() for _, match in found], [match.end() for _, match in found]
    return "".join(letter for letter, _ in found), starts, ends


def _importance(term: str) -> float:
    return CHARACTER_WEIGHT if len(term) == 1 and _CHARACTER.match(term) else 1.0


def _to_simplified(text: str) -> str:
    if text.isascii():
        return text.lower()
    text = text.encode("utf-8", "replace").decode()  # half a surrogate pair, from a terminal, is no character
    text = normalise_unicode("NFKC", _UNSEEN.sub("", text))
    # a piece without kana at a time: a kana anywhere would keep ``folded`` from all the rest, and the same word would
    # be another one in a question that happens to have none
    text = _NOT_KANA.sub(lambda piece: to_simplified(piece.group()), text).casefold()
    text = _ACCENTS.sub("", normalise_unicode("NFD", text))
    text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), text)
    return normalise_unicode("NFKC", text)


@cache
def _token() -> re.Pattern[str]:
    """A run of Chinese, Japanese or Korean in the first group, or a word or number in the second."""
    # re knows no class for the marks that belong to words of Devanagari, Thai and others, such as vowel signs
    marks = "".join(c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.category(c)[0] == "M")
    letter = rf"[^\W_{_CJK}]"
    word = rf"{letter}+(?:[{marks}]+{letter}*)*"
    number = r"\d{1,3}(?:,\d{3})+(?!\d)"  # 1,000
    code = rf"(?<=[a-z])[-‐]\d{{1,3}}(?!{letter})"  # the -19 of COVID-19, but not the -2025 of mid-2025
    tail = r"(?:(?<=\d)\.\d+)*(?:(?<=\d) ?[%‰])?"
    return re.compile(rf"([{_CJK}]+)|((?:{number}|{word}(?:{code})?){tail})(?:['’]s(?!{letter}))?")


# terms -> scores


@dataclass(frozen=True, slots=True, eq=False)
class LexicalIndex:
    """The passages that contain each term, with what it adds to their scores; make one with ``build``."""

    term_ids: Mapping[str, int]  # of the terms, sorted; v of them
    posting_starts: npt.NDArray[np.int64]  # (v + 1,)
    posting_rows: npt.NDArray[np.int32]  # (p,)
    posting_scores: npt.NDArray[np.float32]  # (p,), to the passage's score by the term
    passage_count: int

    @classmethod
    def build(
        cls,
        headings: Sequence[str],
        bodies: Sequence[str],
        *,
        heading_weight: float = HEADING_WEIGHT,
        k1: float = K1,
        b: float = B,
    ) -> Self:
        """An index of n passages, each a heading text (it may be empty) and a body.

        Raises ValueError for headings and bodies of different numbers, and for a weight or k1 below 0 or a b outside
        of 0 to 1.
        """
        if len(headings) != len(bodies):
            raise ValueError(f"{len(headings)} headings do not fit {len(bodies)} bodies")
        if not (0 <= heading_weight < math.inf and 0 <= k1 < math.inf and 0 <= b <= 1):
            raise ValueError(f"heading_weight {heading_weight} and k1 {k1} must be 0 or more, b {b} from 0 to 1")
        counted = _counted(headings, bodies, heading_weight)
        vocabulary, pointers, rows, tf = _inverted(counted)
        lengths = np.array(counted.lengths)
        mean = lengths.mean() if lengths.any() else 1.0
        idf = _idf(np.diff(pointers), len(bodies)) * [_importance(term) for term in vocabulary]
        scores = idf.repeat(np.diff(pointers)) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * lengths[rows] / mean))
        numbers = {term: number for number, term in enumerate(vocabulary)}
        return cls(numbers, pointers, rows, scores.astype(np.float32), len(bodies))

    def __len__(self) -> int:
        """Number of passages."""
        return self.passage_count

    def scores(self, query: str) -> LexicalScores:
        """BM25 of every passage, 0 for one that shares no term; a term that the query repeats counts each time."""
        scores = np.zeros(self.passage_count, dtype=np.float32)
        for term, count in Counter(_asked_terms(query)).items():
            pairs = self._pairs(term)
            scores[self.posting_rows[pairs]] += self.posting_scores[pairs] * np.float32(count)
        return scores

    def idf_weights(self, query: str) -> dict[str, float]:
        """The idf of each distinct term of the query, in order; highest for terms that occur nowhere."""
        found = list(dict.fromkeys(_asked_terms(query)))
        pairs = [self._pairs(term) for term in found]
        idf = _idf(np.array([p.stop - p.start for p in pairs], dtype=np.int64), self.passage_count)
        return {term: value * _importance(term) for term, value in zip(found, idf.tolist(), strict=True)}

    def similarity(self, text: str) -> LexicalScores:
        """BM25 of every passage for a text of their kind: each term counts once more by its idf.

        So the idf of both texts counts, as in the cosine of two tf-idf vectors, and a long text is not found by what
        it has in common with every other.
        """
        counts = Counter(term for term in terms(text) if term in self.term_ids)
        numbers = np.array([self.term_ids[term] for term in counts], dtype=np.int64)
        first = self.posting_starts[numbers]
        sizes = self.posting_starts[numbers + 1] - first
        weights = _idf(sizes, self.passage_count) * [_importance(term) * count for term, count in counts.items()]
        behind = np.cumsum(sizes) - sizes
        pairs = np.repeat(first - behind, sizes) + np.arange(sizes.sum())
        added = self.posting_scores[pairs] * np.repeat(weights, sizes)
        return np.bincount(self.posting_rows[pairs], weights=added, minlength=self.passage_count).astype(np.float32)

    def idf_coverage(self, query: str) -> LexicalScores:
        """The share, 0 to 1, of the idf of the query's distinct terms that each passage contains; 0 without terms."""
        weights = self.idf_weights(query)
        covered = np.zeros(self.passage_count, dtype=np.float64)
        for term, idf in weights.items():
            covered[self.posting_rows[self._pairs(term)]] += idf
        return np.minimum(covered / (sum(weights.values()) or 1.0), 1.0).astype(np.float32)

    def document_frequency(self, term: str) -> int:
        """How many passages have a term, in their headings or bodies."""
        pairs = self._pairs(term)
        return int(pairs.stop) - int(pairs.start)

    def rows_with_all(self, text: str) -> npt.NDArray[np.int64]:
        """The rows, ascending, of the passages that have all terms of a text; none for a text without terms."""
        found: npt.NDArray[np.int64] | None = None
        for term in sorted(set(terms(text)), key=self.document_frequency):
            rows = self.posting_rows[self._pairs(term)].astype(np.int64)
            found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
        return np.empty(0, dtype=np.int64) if found is None else found

    def _pairs(self, term: str) -> slice:
        number = self.term_ids.get(term)
        return (
            slice(0, 0)
            if number is None
            else slice(int(self.posting_starts[number]), int(self.posting_starts[number + 1]))
        )

    def arrays(self) -> Arrays:
        """All of the index, by the names in ARRAYS; the same texts give the same bytes."""
        encoded = [term.encode() for term in self.term_ids]
        parts: tuple[npt.NDArray[Any], ...] = (
            np.array([TERMS, self.passage_count]),
            np.frombuffer(b"".join(encoded), dtype=np.uint8),
            np.cumsum([0, *map(len, encoded)]),
            self.posting_starts,
            self.posting_rows,
            self.posting_scores,
        )
        return {name: part.astype(dtype) for (name, dtype), part in zip(ARRAYS.items(), parts, strict=True)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The index that ``arrays`` gave. Raises ValueError for arrays that do not fit together."""
        header, vocabulary, offsets, pointers, rows, added = _typed(arrays)
        if header.shape != (2,) or header[0] != TERMS or not 0 <= header[1] <= _MOST:
            raise ValueError(
                f"lexical_header is {header.tolist()[:3]}, wanted version {TERMS} and up to {_MOST} passages"
            )
        passages = int(header[1])
        _check_steps("lexical_offsets", offsets, len(vocabulary))
        _check_steps("lexical_pointers", pointers, len(rows))
        if len(offsets) != len(pointers) or len(rows) != len(added):
            raise ValueError(f"{len(offsets)} offsets, {len(pointers)} pointers; {len(rows)} rows, {len(added)} scores")
        _check_rows(rows, pointers, passages)
        if not (np.isfinite(added) & (added >= 0)).all():
            raise ValueError("lexical_scores holds a score that is not a number from 0 up")
        return cls(_numbered(vocabulary.tobytes(), offsets.tolist()), pointers, rows, added, passages)


class _Counted(NamedTuple):
    """What the passages contain, passage by passage."""

    numbers: dict[str, int]  # of the terms, in the order of their appearance
    terms: "array[int]"  # (p,) their numbers
    tf: "array[float]"  # (p,)
    sizes: "array[int]"  # (n,) how many of p belong to each passage
    lengths: "array[float]"  # (n,) weighed


def _counted(headings: Sequence[str], bodies: Sequence[str], weight: float) -> _Counted:
    counted = _Counted({}, array("q"), array("d"), array("q"), array("d"))
    for heading, body in zip(headings, bodies, strict=True):
        tf, length = _weighed(heading, body, weight)
        counted.terms.extend(counted.numbers.setdefault(term, len(counted.numbers)) for term in tf)
        counted.tf.extend(tf.values())
        counted.sizes.append(len(tf))
        counted.lengths.append(length)
    return counted


def _weighed(heading: str, body: str, weight: float) -> tuple[dict[str, float], float]:
    """The weighed frequency of each term of one passage, and its weighed length."""
    tf: dict[str, float] = {}
    length = 0.0
    for text, share in ((heading, weight), (body, 1.0)):
        counts = Counter(terms(text) if share else ())
        length += share * counts.total()
        for term, count in counts.items():
            tf[term] = tf.get(term, 0.0) + share * count
    return tf, length


def _inverted(counted: _Counted) -> tuple[list[str], npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """The sorted vocabulary, the pointers (v + 1,), the rows (p,) and their frequencies (p,)."""
    vocabulary = sorted(counted.numbers)
    ranks = np.empty(len(vocabulary), dtype=np.int64)
    ranks[[counted.numbers[term] for term in vocabulary]] = np.arange(len(vocabulary))
    ranked = ranks[np.array(counted.terms)]
    order = np.argsort(ranked, kind="stable")  # the rows of a term stay ascending
    rows = np.repeat(np.arange(len(counted.sizes), dtype=np.int32), np.array(counted.sizes))
    pointers = np.concatenate([[0], np.cumsum(np.bincount(ranked, minlength=len(vocabulary)))])
    return vocabulary, pointers, rows[order], np.array(counted.tf)[order]


def _idf(frequencies: npt.NDArray[np.int64], passages: int) -> npt.NDArray[np.float64]:
    """Lucene's idf, which is never negative: ln(1 + (n - df + 0.5) / (df + 0.5)) for document frequencies df."""
    idf: npt.NDArray[np.float64] = np.log1p((passages - frequencies + 0.5) / (frequencies + 0.5))
    return idf


# reading


def _typed(arrays: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """The arrays in the order of ARRAYS, each there, with one axis and its dtype."""
    for name, dtype in ARRAYS.items():
        if name not in arrays:
            raise ValueError(f"{name} is missing")
        found = arrays[name]
        if found.dtype != dtype or found.ndim != 1:
            raise ValueError(f"{name} is {found.dtype} with {found.ndim} axes, wanted {np.dtype(dtype)} with 1")
    return [arrays[name] for name in ARRAYS]


def _check_steps(name: str, steps: npt.NDArray[np.int64], end: int) -> None:
    if not len(steps) or steps[0] != 0 or steps[-1] != end or (steps[1:] <= steps[:-1]).any():
        raise ValueError(f"{name} does not ascend from 0 to {end}")


def _check_rows(rows: npt.NDArray[np.int32], pointers: npt.NDArray[np.int64], passages: int) -> None:
    ascending = rows[1:] > rows[:-1]
    ascending[pointers[1:-1] - 1] = True  # where the next term begins
    if not ascending.all() or (rows < 0).any() or (rows >= passages).any():
        raise ValueError(f"lexical_rows does not ascend within each term, or leaves the {passages} passages")


def _numbered(vocabulary: bytes, offsets: Sequence[int]) -> dict[str, int]:
    try:
        found = [vocabulary[start:end].decode() for start, end in pairwise(offsets)]
    except UnicodeDecodeError as error:
        raise ValueError(f"lexical_vocabulary is not UTF-8: {error}") from error
    if any(left >= right for left, right in pairwise(found)):
        raise ValueError("lexical_vocabulary is not sorted, or has a term twice")
    return {term: number for number, term in enumerate(found)}
