"""Hostile questions, references and question files: only the program's own errors, and no hang."""

import gc
import io
import json
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from types import FrameType

import pytest

from index.errors import ZhangjuError
from index.models.encoder import Encoder
from index.records import Span
from index.storage.store import live_generation
from retrieval.evidence.batch import Batch, BatchOptions
from retrieval.evidence.question_files import read_questions
from retrieval.records import Answer
from retrieval.schema import answer_json, place_json, related_json
from retrieval.search import Searcher
from scripts import cli
from scripts.commands import batch
from tests.collection import PLAN, build_index, open_searcher, searcher_of, snapshot_of, write_plan
from tests.fakes import HashingEncoder
from tests.reliability.conftest import Times
from tests.reliability.figures import Figures
from tests.reliability.hostile import LONGEST, PLAIN, Hostile

SECONDS = 2.0  # for one question, of the clock and of the processor
LONGEST_MESSAGE = 1500  # characters; it is read on one line of a terminal

LAW = """\
山泉管理条例
第一章 总则
第一条 为了管理山泉，保障用水，制定本条例。
第二条 本条例所称山泉，是指山区自然涌出的地下水。
第二章 用水
第三条 取用山泉应当遵守下列规定：
（一）每日取水不超过200升；
（二）不得在泉眼30米内洗涤。
前款规定不适用于消防用水。
第四条 山泉的水质每季度检测一次，结果公布在泉边。
第五条 违反本条例第三条第一款规定的，处五百元以上二千元以下罚款。
第六条 本条例自2032年9月1日起施行。
"""
GUIDE = """\
Spring guide
Chapter 1 Walks
Section 1 Routes
The path to the upper spring is 4.5 km long. It was opened in 1987. Dogs must be on a lead.
Section 2 Seasons
The springs are dry from July to September. The keeper closes the path when it snows.
"""


class Reader(HashingEncoder):
    """An encoder that truncates texts to the 512 tokens of its contract, as models do."""

    @staticmethod
    def _tokens(text: str) -> list[str]:
        return HashingEncoder._tokens(text)[:512]


def a_searcher(encoder: Encoder) -> Searcher:
    searcher = searcher_of(snapshot_of(PLAN, LAW, GUIDE, encoder=encoder), encoder)
    searcher.load()
    searcher.ask("用水量要下降多少？")  # patterns are compiled with the first question
    return searcher


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return a_searcher(Reader(64))


class TooSlowError(BaseException):
    """An operation exceeds its CPU time; not an Exception, so that nothing catches it."""


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Interrupt an operation after some CPU time, even a regular expression, which handles signals."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    gc.disable()  # an error that is raised in a callback of the collector is lost
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        gc.enable()


@dataclass
class Check:
    """A check that operations end in time with a result or one of our own errors."""

    limit: float = SECONDS
    ended: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_kind: str = ""

    def __call__(self, kind: str, act: Callable[[], object]) -> None:
        words = f"{kind}: {act.__name__}"
        seconds = self._timed(words, act)
        for _ in range(2 * (seconds >= self.limit)):  # by the clock, the machine may have been busy with something else
            seconds = min(seconds, self._timed(words, act))
        assert seconds < self.limit, f"{words} took {seconds:.1f} s"
        if seconds > self.slowest:
            self.slowest, self.slowest_kind = seconds, kind

    def _timed(self, words: str, act: Callable[[], object]) -> float:
        start, used = time.perf_counter(), time.process_time()
        try:
            with interrupted_after(self.limit):
                act()
            self.ended["answered"] += 1
        except ZhangjuError as error:
            message = str(error)
            assert len(message) <= LONGEST_MESSAGE, f"{words}: a message of {len(message):,} characters"
            message.encode("utf-8", "backslashreplace")
            self.ended[type(error).__name__] += 1
        except TooSlowError:
            pytest.fail(f"{words} took more than {self.limit} s of the processor")
        except Exception as error:  # noqa: BLE001 - any other is what is looked for
            pytest.fail(f"{words} raised {error!r:.300}")
        return max(time.perf_counter() - start, time.process_time() - used)

    def report(self, figures: Figures, cases: int) -> None:
        """Record the figures, and check that not everything was refused."""
        assert self.ended["answered"] > 0
        refused = self.ended.total() - self.ended["answered"]
        figures(cases=cases, answered=self.ended["answered"], refused_with_a_reason=refused)
        figures(slowest_s=round(self.slowest, 2), slowest=self.slowest_kind)


def strict(value: object) -> None:
    """Fail for a value that is not JSON in UTF-8."""
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def well_formed(searcher: Searcher, answer: Answer) -> None:
    """Check that an answer can be sent and that its offsets are right."""
    strict(answer_json(answer))
    assert 0 <= answer.confidence <= 1
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert answer.second is None or 1 < answer.second <= len(answer.hits)
    sources = {document.id: document.source for document in searcher.documents}
    for hit in answer.hits:
        text, source = hit.passage.text, sources[hit.passage.document]
        around = [span for span in hit.marked if span.start <= hit.best.start and hit.best.end <= span.end]
        assert around or not hit.marked  # the passages of a place have no answering sentence
        assert all(0 <= start < end <= len(text) for start, end in hit.marked)
        assert all(0 <= start < end <= len(source) for start, end in hit.highlights)
        assert "".join(source[slice(*piece)] for piece in hit.passage.pieces) == text


def ways(searcher: Searcher, words: str) -> dict[str, Callable[[], object]]:
    """Return the other operations on the words of a question."""

    def asked_of_a_chapter() -> None:
        well_formed(searcher, searcher.ask("用水", chapters=[words]))

    def asked_of_a_document() -> None:
        well_formed(searcher, searcher.ask("用水", titles=[words]))

    def shown() -> None:
        strict([place_json(searcher.citation(*place), place) for place in searcher.show(words)])

    def related() -> None:
        strict(related_json(searcher.one(words), searcher.related(words)))

    def asked_of_all() -> None:
        well_formed(searcher, searcher.ask(words, chapters=[words, "第二章"], titles=[words, "某省规划"]))

    return {act.__name__: act for act in (asked_of_a_chapter, asked_of_a_document, shown, related, asked_of_all)}


def try_questions(searcher: Searcher, check: Check, seed: int, count: int) -> None:
    """Ask hostile questions, and apply one other operation to the words of each."""
    others = cycle(ways(searcher, ""))
    for kind, words in Hostile(seed).questions(count):

        def asked(words: str = words) -> None:
            well_formed(searcher, searcher.ask(words))

        check(kind, asked)
        check(kind, ways(searcher, words)[next(others)])


@pytest.mark.timeout(3600)
def test_hostile_questions(searcher: Searcher, times: Times, seed: int, figures: Figures) -> None:
    check, count = Check(), times(500, 10_000)
    try_questions(searcher, check, seed, count)
    check.report(figures, count)


@pytest.mark.model
@pytest.mark.timeout(3600)
def test_hostile_questions_to_the_model(default_encoder: Encoder, times: Times, seed: int, figures: Figures) -> None:
    check, count = Check(), times(40, 1_000)
    try_questions(a_searcher(default_encoder), check, seed, count)
    check.report(figures, count)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    build_index(write_plan(folder), folder / "index")
    return folder / "index"


def test_hostile_files_of_questions(index: Path, tmp_path: Path, times: Times, seed: int, figures: Figures) -> None:
    check, count = Check(), times(90, 3_000)
    searcher = open_searcher(index)
    for number, (suffix, data) in enumerate(Hostile(seed).files(count)):
        path, out = tmp_path / f"in{suffix}", tmp_path / f"out{('.csv', '.jsonl')[number % 2]}"
        path.write_bytes(data)

        def read_and_asked(path: Path = path, out: Path = out) -> None:
            asked, options = read_questions(path), BatchOptions(k=1)
            wanted = Batch(asked=asked, options=options, generation=live_generation(index), model=searcher.contract)
            batch.run(wanted, searcher, out)
            table = out.read_text(encoding="utf-8")
            for line in table.split("\n")[:-1] if out.suffix == ".jsonl" else ():
                json.loads(line, parse_constant=pytest.fail)

        check(suffix, read_and_asked)
    check.report(figures, count)


def test_hostile_questions_to_the_command_line(
    index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, times: Times, seed: int, figures: Figures
) -> None:
    monkeypatch.setattr("retrieval.search.load_encoder", lambda *_, **__: HashingEncoder())
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path))
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    check, count = Check(), times(30, 500)
    for number, (_, data) in enumerate(Hostile(seed).files(count)):
        arguments = ["ask", "-"] if number % 2 else ["batch", "-", "-o", str(tmp_path / "out.csv")]
        monkeypatch.setattr(sys, "argv", ["zhangju", *arguments, "--index", str(index)])
        monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": io.BytesIO(data)}))

        def run() -> None:
            with pytest.raises(SystemExit) as ended:
                cli.main()
            assert ended.value.code in (0, None, 1, cli.UNANSWERED)

        check(arguments[0], run)
    check.report(figures, count)


def test_control_a_foreign_exception_is_noticed() -> None:
    def unchecked() -> None:
        "第\ud800条".encode()

    with pytest.raises(pytest.fail.Exception, match="UnicodeEncodeError"):
        Check()("surrogate", unchecked)


def test_control_a_pattern_that_backtracks_is_noticed_and_ended() -> None:
    def endless() -> None:
        re.fullmatch(r"(?:一+)+条", "一" * 60)

    start = time.perf_counter()
    with pytest.raises(pytest.fail.Exception, match="of the processor"):
        Check(limit=0.2)("numerals", endless)
    assert time.perf_counter() - start < 60


def test_control_an_answer_that_points_nowhere_is_noticed(searcher: Searcher) -> None:
    answer = searcher.ask("用水量要下降多少？")
    well_formed(searcher, answer)
    for wrong in (
        replace(answer, confidence=float("nan")),
        replace(answer, question="\ud800"),
        replace(answer, hits=(replace(answer.hits[0], marked=(answer.hits[0].best, Span(0, 10_000))),)),
    ):
        with pytest.raises((AssertionError, ValueError)):
            well_formed(searcher, wrong)


def test_the_same_seed_makes_the_same_questions_of_every_kind() -> None:
    made = list(Hostile(1).questions(3000))
    assert made == list(Hostile(1).questions(3000))
    assert len({kind for kind, _ in made}) > 40
    assert any(len(words) == LONGEST for _, words in made)
    assert sum(words in PLAIN for _, words in made) < 30  # of which a mutation left nothing
