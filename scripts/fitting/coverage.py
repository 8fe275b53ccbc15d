"""Measure the threshold from which a passage speaks of a term by its meaning (retrieval/coverage/finder.py).

    python -m scripts.fitting.coverage DIRECTORY

DIRECTORY holds BEIR folders. What is asked of each, and which passages ought to be found by meaning alone: terms that
stand in several of its passages, drawn with a fixed seed (those that hold them); words of everyday English, and of
Chinese (those that hold the Chinese word); its questions (their answers); and words for what no plan, law or
encyclopedia of this kind need speak of (none). What else is found is not always wrong: a passage may speak of a thing
in other words. Prints a table for the constants as they are, then the sums for others.
"""

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from index.models.embedding_cache import CachedEncoder
from index.models.loading import load_encoder
from index.text.terms import term_runs
from retrieval.coverage import finder
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.evaluation.measures import open_collection
from retrieval.search import Searcher
from scripts.terminal import message

DRAWN = 150  # terms of a folder
QUESTIONS = 100  # of a folder
SEED = 20210314
LONGEST, FEWEST, MOST_SHARE = 4, 3, 0.06  # characters of a term; passages that hold it, and their share of all
SIDES = 3  # different characters that stand before a term, and behind it: else it is a part of a longer one
BOUND = 3.5  # how much likelier than by chance its parts stand side by side: the logarithm of the ratio
GRID = ((2.5, 0.03), (3.0, 0.0), (3.0, 0.03), (3.0, 0.06), (3.5, 0.03), (4.0, 0.0))

# Chinese words that mean one thing and are no part of many others, with their English.
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

T = TypeVar("T")
Flags = npt.NDArray[np.bool_]


class Case(NamedTuple):
    """A term that was asked of a folder: how near each passage is, and which hold it or answer it."""

    kind: str
    similarity: finder.TermSimilarity
    wanted: Flags  # (n,)


class Found(NamedTuple):
    """Sums over some cases."""

    terms: int
    wanted: int
    wanted_found: int
    others: int
    others_found: int

    def cells(self) -> list[str]:
        """The cells of a row: how many of those wanted were found, and how many others for a term."""
        share = f"{self.wanted_found / self.wanted:.0%}".replace("%", " %") if self.wanted else "-"
        all_found = self.wanted_found + self.others_found
        right = f"{self.wanted_found / all_found:.0%}".replace("%", " %") if self.wanted and all_found else "-"
        return [
            f"{self.terms:,}",
            f"{self.wanted:,}",
            share,
            f"{self.others_found / self.terms:.1f}",
            f"{self.others_found / self.others:.2%}".replace("%", " %"),
            right,
        ]


HEADER = ("", "terms", "wanted", "of them found", "others for a term", "of the others", "wanted of found")


def cases(collection: Collection, encoder: CachedEncoder) -> Iterator[Case]:
    """Ask everything that there is to ask of one collection."""
    searcher = open_collection(collection, encoder)
    random = np.random.default_rng(SEED)
    drawn = _drawn(terms_of([p.text for p in searcher.passages]), DRAWN, random)
    yield from _ask(searcher, "terms of the text", drawn, [_holding(searcher, t) for t in drawn])
    pairs = [tuple(pair.split(" ", 1)) for pair in WORDS.replace("\n", "|").split("|") if pair]
    held = [(zh, en, rows) for zh, en in pairs if (rows := _holding(searcher, zh)).sum() >= FEWEST]
    yield from _ask(searcher, "Chinese words", [zh for zh, _, _ in held], [rows for *_, rows in held])
    yield from _ask(searcher, "the same in English", [en for _, en, _ in held], [rows for *_, rows in held])
    asked = _drawn(collection.queries, QUESTIONS, random)
    answers = [_answering(collection, searcher, q.id) for q in asked]
    yield from _ask(searcher, "questions", [q.text for q in asked], answers)
    absent = [word for word in ELSEWHERE.replace("\n", "|").split("|") if word and not _holding(searcher, word).any()]
    yield from _ask(searcher, "words from elsewhere", absent, [np.zeros(len(searcher.passages), bool)] * len(absent))


def _drawn(some: Sequence[T], most: int, random: np.random.Generator) -> list[T]:
    return [some[i] for i in sorted(random.permutation(len(some))[:most])]


def _holding(searcher: Searcher, term: str) -> Flags:
    pattern = finder.TermPattern(term)
    return np.array([bool(pattern.spans(p.text)) for p in searcher.passages])


def _answering(collection: Collection, searcher: Searcher, query: str) -> Flags:
    return np.array([collection.qrels[query].get(p.id, 0) > 0 for p in searcher.passages])


def _ask(searcher: Searcher, kind: str, texts: Sequence[str], wanted: Sequence[Flags]) -> Iterator[Case]:
    for similarity, rows in zip(searcher.term_similarities(texts), wanted, strict=True):
        yield Case(kind, similarity, rows)


def terms_of(texts: Sequence[str]) -> list[str]:
    """Strings of characters that behave like words: they stand in several texts, hold together, and stand apart."""
    counts: Counter[str] = Counter()
    holders, before, behind = (defaultdict[str, set[object]](set) for _ in range(3))
    for number, text in enumerate(texts):
        for run in (run.text for run in term_runs(text) if not run.is_word):
            for size, at in product(range(1, LONGEST + 1), range(len(run))):
                part = run[at : at + size]
                if len(part) == size:
                    counts[part] += 1
                    holders[part].add(number)
                    before[part].add(run[at - 1] if at else ("edge", len(before[part])))
                    behind[part].add(run[at + size] if at + size < len(run) else ("edge", len(behind[part])))
    total = sum(count for part, count in counts.items() if len(part) == 1)
    most = max(FEWEST, MOST_SHARE * len(texts))
    return sorted(
        part
        for part, holding in holders.items()
        if len(part) > 1
        and FEWEST <= len(holding) <= most
        and min(len(before[part]), len(behind[part])) >= SIDES
        and _bound(part, counts, total) >= BOUND
    )


def _bound(part: str, counts: Counter[str], total: int) -> float:
    """How much likelier than by chance the two parts of a string stand side by side, wherever it is cut."""
    cuts = ((part[:at], part[at:]) for at in range(1, len(part)))
    return min(math.log(counts[part] * total / (counts[a] * counts[b])) for a, b in cuts)


def summed(some: Sequence[Case], near: Callable[[Case], Flags]) -> Found:
    """What is found of some cases."""
    flags = [(near(case), case.wanted) for case in some]
    return Found(
        terms=len(some),
        wanted=sum(int(wanted.sum()) for _, wanted in flags),
        wanted_found=sum(int((found & wanted).sum()) for found, wanted in flags),
        others=sum(int((~wanted).sum()) for _, wanted in flags),
        others_found=sum(int((found & ~wanted).sum()) for found, wanted in flags),
    )


def as_it_is(case: Case) -> Flags:
    """What is found with the constants of retrieval/coverage/finder.py."""
    return finder.near_passages(case.similarity).is_near


def otherwise(threshold: float, margin: float) -> Callable[[Case], Flags]:
    """What would be found with others."""

    def near(case: Case) -> Flags:
        scores = finder.near_passages(case.similarity).z_scores
        found: Flags = (scores >= threshold) & (case.similarity.passages >= case.similarity.out_of_domain + margin)
        return found

    return near


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(map(_row, [HEADER, ["---", *("---:" for _ in HEADER[1:])], *rows]))


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    if len(arguments) != 1:
        sys.exit(__doc__)
    encoder = CachedEncoder(load_encoder(), report=message)
    known: list[Case] = []
    rows = []
    for folder in sorted(p.parent for p in Path(arguments[0]).glob("*/queries.jsonl")):
        own = list(cases(read_collection(folder), encoder))
        known += own
        for kind in dict.fromkeys(case.kind for case in own):
            found = summed([case for case in own if case.kind == kind], as_it_is)
            rows.append([f"{folder.name}, {kind}", *found.cells()])
    print(_table(rows))
    for alien, (threshold, margin) in product((False, True), GRID):
        some = [case for case in known if case.similarity.other_script.any() == alien and case.wanted.any()]
        if some:
            found = summed(some, otherwise(threshold, margin))
            script = "another script" if alien else "the same script"
            print(_row([f"{script}, {threshold:g}, {margin:g}", *found.cells()]))


if __name__ == "__main__":
    main(sys.argv[1:])
