"""A small plan and an index of it, for tests that need something to ask."""

from pathlib import Path

from index.building.build import BuildReport, build
from index.building.embedding import embed
from index.building.sources import collect
from index.models.encoder import Encoder
from index.parsing.structure import read_document
from index.storage import store
from index.storage.snapshot import Snapshot
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.search import Searcher
from tests.fakes import HashingEncoder

PLAN = """\
某省规划
第一章 绿色发展
第一节 节约资源
节约用水。万元产值用水量下降12%。推广再生水。
节约用电。推广节能电机。建设能耗监测平台。
第二节 治理污染
治理大气。细颗粒物浓度继续下降。
第二章 民生
第一节 就业
促进就业。培训产业工人。支持高校毕业生就业。
推广再生水的岗位培训。万元产值用水量作为考核内容。
专栏1 就业工程
第三章 教育
普惠性幼儿园占比超过80%。
"""


def write_plan(folder: Path, text: str = PLAN, name: str = "plan.txt") -> Path:
    """Write the plan into a folder and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def build_index(source: Path, directory: Path, encoder: HashingEncoder | None = None) -> BuildReport:
    """Build an index of a source with the fake encoder."""
    fake = encoder or HashingEncoder()
    return build(collect([source]).files, directory, model=lambda: fake.contract, load=lambda: fake)


def snapshot_of(*texts: str, encoder: Encoder | None = None) -> Snapshot:
    """What an index of some documents holds, and nothing on the disk."""
    documents = [read_document(text.encode(), f"{i}.txt") for i, text in enumerate(texts)]
    return embed(documents, encoder or HashingEncoder()).snapshot


def searcher_of(snapshot: Snapshot, encoder: Encoder | None = None) -> Searcher:
    """Ask a snapshot, of the fake encoder unless another is given; the user's cache is left alone."""
    return Searcher(snapshot, lambda: encoder or HashingEncoder(), out_of_domain=OutOfDomainVectors.embed)


def open_searcher(directory: Path, encoder: Encoder | None = None) -> Searcher:
    """The same for an index on the disk."""
    return searcher_of(store.open_snapshot(directory), encoder)
