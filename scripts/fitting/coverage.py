"""Measure the threshold of coverage by meaning (retrieval/coverage/finder.py).

    python -m scripts.fitting.coverage DIRECTORY

DIRECTORY contains BEIR folders. Each is searched by meaning alone for terms that occur in several of its passages,
drawn with a fixed seed (relevant: the passages with the term); common English words, and Chinese ones (the passages
with the Chinese word); its questions (their answers); and words that no plan, law or encyclopedia of this kind needs to
mention (none). Other passages found are not always wrong: they may mention the subject in other words. Prints a table
for the current constants, then the sums for other ones.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.models.encoder import Encoder
from index.text.terms import term_runs
from retrieval.coverage import finder
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.evaluation.measures import open_collection
from retrieval.search import Searcher
from scripts.benchmarks.common import beir_folders, cached_encoder, draw, markdown_table, parser, run

TERMS = 150  # of a folder
QUESTIONS = 100  # of a folder
SEED = 20210314
MAX_LENGTH = 4  # characters of a term
MIN_PASSAGES, MAX_SHARE = 3, 0.06  # passages that contain a term, and their share of all
MIN_NEIGHBOURS = 3  # different characters before a term, and after it: otherwise it is part of a longer one
MIN_PMI = 3.5  # pointwise mutual information of the two parts of a term, at any split
GRID = ((2.5, 0.03), (3.0, 0.0), (3.0, 0.03), (3.0, 0.06), (3.5, 0.03), (4.0, 0.0))

# Unambiguous Chinese words that are rarely part of others, with their English translation.
WORDS = """
就业 employment|教育 education|医疗 medical care|农业 agriculture|土地 land|能源 energy|森林 forests|海洋 the sea
交通 transport|铁路 railways|港口 ports|旅游 tourism|文化 culture|体育 sports|儿童 children|妇女 women|住房 housing
食品 food|环境 environment|污染 pollution|垃圾 waste|人才 talent|金融 finance|银行 banks|贸易 trade|投资 investment
犯罪 crime|法院 courts|选举 elections|大学 universities|音乐 music|电影 films|历史 history|战争 war|宗教 religion
植物 plants|动物 animals|疾病 diseases|死亡 death|婚姻 marriage|数据 data|汽车 cars|建筑 buildings|地震 earthquakes
气候 climate|货币 currency|保险 insurance|科技 science and technology
"""
ELSEWHERE = """
披萨|吉他|口红|比特币|寿司|奥特曼|骆驼|红烧肉|pizza|guitar|lipstick|bitcoin|sushi|wizards|camels|denim jeans
chess openings|quantum entanglement|bullfighting|asdfgh qwerty
"""

RelevantRows = npt.NDArray[np.bool_]  # (n,)


class CoverageCase(NamedTuple):
    """A term searched in a folder: its similarity to all passages, and the relevant ones."""

    kind: str
    similarity: finder.TermSimilarity
    relevant: RelevantRows


class CoverageTotals(NamedTuple):
    """Sums over some cases: terms, relevant and other passages, and how many of both were found."""

    terms: int
    relevant: int
    relevant_found: int
    others: int
    others_found: int

    def cells(self) -> list[str]:
        """Return the cells of a row: recall, other passages found per term and in all, precision."""
        found = self.relevant_found + self.others_found
        return [
            f"{self.terms:,}",
            f"{self.relevant:,}",
            _percent(self.relevant_found, self.relevant, "0%"),
            f"{self.others_found / self.terms:.1f}",
            _percent(self.others_found, self.others, "2%"),
            _percent(self.relevant_found, found, "0%") if self.relevant else "-",
        ]


def _percent(part: int, whole: int, form: str) -> str:
    return f"{part / whole:.{form}}".replace("%", " %") if whole else "-"


HEADER = ("", "terms", "wanted", "of them found", "others for a term", "of the others", "wanted of found")


def cases(collection: Collection, encoder: Encoder) -> Iterator[CoverageCase]:
    """Search all kinds of terms in one collection."""
    searcher = open_collection(collection, encoder)
    rng = np.random.default_rng(SEED)
    terms = draw(frequent_terms([p.text for p in searcher.passages]), TERMS, rng)
    yield from _search(searcher, "terms of the text", terms, [_containing(searcher, t) for t in terms])
    pairs = [tuple(pair.split(" ", 1)) for pair in WORDS.replace("\n", "|").split("|") if pair]
    present = [(zh, en, rows) for zh, en in pairs if (rows := _containing(searcher, zh)).sum() >= MIN_PASSAGES]
    yield from _search(searcher, "Chinese words", [zh for zh, _, _ in present], [rows for *_, rows in present])
    yield from _search(searcher, "the same in English", [en for _, en, _ in present], [rows for *_, rows in present])
    queries = draw(collection.queries, QUESTIONS, rng)
    answers = [np.array([collection.qrels[q.id].get(p.id, 0) > 0 for p in searcher.passages]) for q in queries]
    yield from _search(searcher, "questions", [q.text for q in queries], answers)
    words = [word for word in ELSEWHERE.replace("\n", "|").split("|") if word]
    absent = [word for word in words if not _containing(searcher, word).any()]
    none = np.zeros(len(searcher.passages), bool)
    yield from _search(searcher, "words from elsewhere", absent, [none] * len(absent))


def _containing(searcher: Searcher, term: str) -> RelevantRows:
    pattern = finder.TermPattern(term)
    return np.array([bool(pattern.spans(p.text)) for p in searcher.passages])


def _search(
    searcher: Searcher, kind: str, texts: Sequence[str], relevant: Sequence[RelevantRows]
) -> Iterator[CoverageCase]:
    for similarity, rows in zip(searcher.term_similarities(texts), relevant, strict=True):
        yield CoverageCase(kind, similarity, rows)


def frequent_terms(texts: Sequence[str]) -> list[str]:
    """Return strings of characters that behave like words: frequent, cohesive, and with varying neighbours."""
    counts: Counter[str] = Counter()
    holders, before, after = (defaultdict[str, set[object]](set) for _ in range(3))
    for number, text in enumerate(texts):
        for letters in (term_run.text for term_run in term_runs(text) if not term_run.is_word):
            for size, at in product(range(1, MAX_LENGTH + 1), range(len(letters))):
                part, end = letters[at : at + size], at + size
                if len(part) == size:
                    counts[part] += 1
                    holders[part].add(number)
                    before[part].add(letters[at - 1] if at else ("edge", len(before[part])))
                    after[part].add(letters[end] if end < len(letters) else ("edge", len(after[part])))
    total = sum(count for part, count in counts.items() if len(part) == 1)
    most = max(MIN_PASSAGES, MAX_SHARE * len(texts))
    return sorted(
        part
        for part, passages in holders.items()
        if len(part) > 1
        and MIN_PASSAGES <= len(passages) <= most
        and min(len(before[part]), len(after[part])) >= MIN_NEIGHBOURS
        and _least_pmi(part, counts, total) >= MIN_PMI
    )


def _least_pmi(term: str, counts: Counter[str], total: int) -> float:
    """Return the least pointwise mutual information of the two parts of a string, over all splits."""
    splits = ((term[:at], term[at:]) for at in range(1, len(term)))
    return min(math.log(counts[term] * total / (counts[a] * counts[b])) for a, b in splits)


def total(some: Sequence[CoverageCase], near: Callable[[CoverageCase], RelevantRows]) -> CoverageTotals:
    """Return the sums over some cases, with the passages that ``near`` finds."""
    rows = [(near(case), case.relevant) for case in some]
    return CoverageTotals(
        terms=len(some),
        relevant=sum(int(relevant.sum()) for _, relevant in rows),
        relevant_found=sum(int((found & relevant).sum()) for found, relevant in rows),
        others=sum(int((~relevant).sum()) for _, relevant in rows),
        others_found=sum(int((found & ~relevant).sum()) for found, relevant in rows),
    )


def with_current_constants(case: CoverageCase) -> RelevantRows:
    """Return the passages found with the constants of retrieval/coverage/finder.py."""
    return finder.near_passages(case.similarity).is_near


def with_constants(threshold: float, margin: float) -> Callable[[CoverageCase], RelevantRows]:
    """Return a function that finds passages with other constants."""

    def near(case: CoverageCase) -> RelevantRows:
        scores = finder.near_passages(case.similarity).z_scores
        found: RelevantRows = scores >= threshold
        return found & (case.similarity.passages >= case.similarity.out_of_domain + margin)

    return near


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    options = parser(__doc__)
    options.add_argument("directory", type=Path, metavar="DIRECTORY")
    encoder = cached_encoder()
    known: list[CoverageCase] = []
    rows = []
    for folder in beir_folders(options.parse_args(arguments).directory):
        own = list(cases(read_collection(folder), encoder))
        known += own
        for kind in dict.fromkeys(case.kind for case in own):
            totals = total([case for case in own if case.kind == kind], with_current_constants)
            rows.append([f"{folder.name}, {kind}", *totals.cells()])
    for other_script, (threshold, margin) in product((False, True), GRID):
        some = [c for c in known if c.similarity.other_script.any() == other_script and c.relevant.any()]
        if some:
            totals = total(some, with_constants(threshold, margin))
            script = "another script" if other_script else "the same script"
            rows.append([f"{script}, {threshold:g}, {margin:g}", *totals.cells()])
    print(markdown_table(HEADER, rows))


if __name__ == "__main__":
    run(main)
