"""A small plan and a small law, and a searcher that computes: it counts the character bigrams that two texts share."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations, groupby, permutations, product

import numpy as np

from index.citations import cite
from index.errors import QuestionError
from index.models.contract import ModelContract
from index.records import Citation, Division, Document, Passage, Path, Span
from index.storage.generations import Generation
from retrieval.answerer import unsearched_answer
from retrieval.corpus import Corpus, Place
from retrieval.coverage.records import ChapterCount, Coverage, CoverageHit, checked_terms
from retrieval.question.plan import QuestionPlan, QuestionPlanner
from retrieval.ranking.ranker import EncodedQuery
from retrieval.records import Answer, Hit, MatchReason, RelatedHit, RelatedPair, RelationKind, WordMatch
from retrieval.related.chapter_map import ChapterMap, MapChapter

ENERGY = Division(kind="章", number=2, title="推进绿色发展")
SAVING = Division(kind="节", number=1, title="节约能源")
WATER = Division(kind="节", number=2, title="节约用水")
CULTURE = Division(kind="章", number=1, title="繁荣文化", inferred=True)
JOBS = Division(kind="章", number=3, title="稳定就业")
BOX = Division(kind="专栏", number=1, title="绿色发展重点工程")

PLAN = (
    ((CULTURE,), 1, "", "坚持政府主导、社会参与,办好全民读书节,让人民群众过上更丰富的精神文化生活。"),
    ((CULTURE,), 2, "发展文化旅游", "发展文化旅游。活化历史文化资源,推动工业遗产节能改造后向公众开放。"),
    ((ENERGY,), 1, "", "坚持绿水青山就是金山银山,推动绿色转型。"),
    (
        (ENERGY, SAVING),
        1,
        "持续推进节能降耗",
        "持续推进节能降耗。深入推动高耗能行业节能改造,加强重点用能单位节能管理。建设能耗在线监测系统。",
    ),
    (
        (ENERGY, WATER),
        1,
        "提高用水效率",
        "提高用水效率。建立水资源刚性约束制度,万元地区生产总值用水量较2020年下降12%。推广再生水利用。",
    ),
    ((ENERGY, BOX), 0, "", "专栏1绿色发展重点工程"),
    ((JOBS,), 1, "促进充分就业", "促进充分就业。支持节能改造等绿色产业吸纳就业,五年新增城镇就业25万人以上。"),
)

LAW = (
    (
        (Division(kind="章", number=1, title="总则"), Division(kind="条", number=1)),
        0,
        "",
        "为了保护湿地，维护生态安全，制定本条例。",
    ),
    (
        (Division(kind="章", number=2, title="保护与利用"), Division(kind="条", number=2)),
        0,
        "",
        "利用湿地资源，应当符合湿地保护规划。\n禁止下列行为：\n（一）开垦、填埋湿地；\n（二）排放污水。",
    ),
)

Row = tuple[Path, int, str, str]

MEANT = (("water", "用水"), ("energy", "能耗"), ("jobs", "就业"), ("wetland", "湿地"))


def document(name: str, title: str, rows: Sequence[Row], **metadata: str) -> Document:
    """A document whose source is its passages, a blank line between them."""
    passages, source = [], ""
    for number, (path, ordinal, lead, text) in enumerate(rows, 1):
        piece = Span(len(source), len(source) + len(text))
        passages.append(
            Passage(
                id=f"{name}#{number}",
                document=name,
                path=path,
                ordinal=ordinal,
                text=text,
                pieces=(piece,),
                line=source.count("\n") + 1,
                lead=lead,
            )
        )
        source += text + "\n\n"
    return Document(
        id=name, title=title, source=source, sha256="0" * 64, headings=(), passages=tuple(passages), metadata=metadata
    )


def plan() -> Document:
    return document("plan.txt", "云溪市发展规划", PLAN, 来源="示例", 说明="为测试而写")


def law() -> Document:
    return document("law.txt", "云溪市湿地保护条例", LAW)


@dataclass(frozen=True)
class BigramSearcher:
    """Ranks passages, and sentences within them, by the share of the question's bigrams that they hold."""

    documents: tuple[Document, ...]

    @property
    def contract(self) -> ModelContract:
        return ModelContract(
            name="bigrams",
            revision="1",
            dimension=1,
            max_tokens=None,
            precision="float32",
            query_prompt="",
            passage_prompt="",
        )

    @cached_property
    def corpus(self) -> Corpus:
        return Corpus(self.documents)

    @cached_property
    def planner(self) -> QuestionPlanner:
        return QuestionPlanner(self.corpus)

    def plan(self, question: str, *, titles: Sequence[str] = ()) -> QuestionPlan:
        return self.plans([question], titles=titles)[0]

    def plans(
        self, questions: Sequence[str], *, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> list[QuestionPlan]:
        chosen = self.planner.filter(chapters=chapters, titles=titles)
        for question in questions:
            if len(question) > 200:
                raise QuestionError(f"the question has {len(question)} characters; shorten it to 200")
            if question == "crash":
                raise RuntimeError("a bug")
        return [self.planner.plan(question, chosen) for question in questions]

    def encode(self, plan: QuestionPlan) -> EncodedQuery | None:  # noqa: ARG002
        return None  # its passages are compared by their bigrams

    def answer(self, plan: QuestionPlan, *, k: int = 5, encoded: EncodedQuery | None = None) -> Answer:
        assert encoded is None
        if not plan.words:
            return unsearched_answer(self.corpus, plan, k)
        ranked = [
            found for found in self._ranked(plan.words) if plan.among is None or plan.among[self.corpus.row(found[1])]
        ]
        hits = tuple(self._hit(rank, *found) for rank, found in enumerate(ranked[:k], 1))
        score = hits[0].score
        if score > 0.3:
            return Answer(question=plan.question, status="answered", confidence=score, hits=hits)
        return Answer(
            question=plan.question, status="not in the text", confidence=score, hits=hits, reason="nothing similar"
        )

    def answers(self, plans: Sequence[QuestionPlan], *, k: int = 5, reasons: bool = True) -> Iterator[Answer]:
        assert not reasons  # a batch does not show them
        return (self.answer(plan, k=k) for plan in plans)

    def ask(self, question: str, *, k: int = 5, titles: Sequence[str] = ()) -> Answer:
        return self.answer(self.plan(question, titles=titles), k=k)

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        source = next(passage for passage in self._passages() if passage.id == reference)
        found = [
            (score, passage, best)
            for score, passage, best in self._ranked(source.text)
            if passage.path[0] != source.path[0] and score > 0.05
        ]
        return tuple(
            RelatedHit(
                rank=rank,
                score=score,
                kind=_kind(source, passage),
                passage=passage,
                document_title=self._title(passage),
                citation=cite(self._title(passage), passage),
                terms=_terms(source.text, passage.text),
                pairs=_pairs(source, passage) or ((_best(passage.text, source.text), best),),
            )
            for rank, (score, passage, best) in enumerate(found[:k], 1)
        )

    def coverage(self, terms: Sequence[str], *, titles: Sequence[str] = ()) -> tuple[Coverage, ...]:
        """What holds a term's words, or half of its bigrams."""
        return tuple(self._coverage(term, titles) for term in checked_terms(terms))

    def _coverage(self, term: str, titles: Sequence[str]) -> Coverage:
        chapters = [some for some in self._chapters() if not titles or some[0].document in titles]
        found = [
            (number, passage, share, tuple(Span(*at.span()) for at in re.finditer(re.escape(term), passage.text)))
            for number, some in enumerate(chapters)
            for passage in some
            if (share := _share(term, passage.text)) >= 0.5 or term in passage.text
        ]
        counts = Counter(number for number, *_ in found)
        return Coverage(
            term=term,
            threshold=0.5,
            searched=sum(map(len, chapters)),
            hits=tuple(
                CoverageHit(
                    passage=passage,
                    document_title=self._title(passage),
                    citation=self.citation(passage),
                    score=share,
                    by="meaning" if not spans else "both" if share >= 0.5 else "words",
                    chapter=number,
                    spans=spans,
                )
                for number, passage, share, spans in found
            ),
            chapters=tuple(
                ChapterCount(
                    document=some[0].document, path=some[0].path[:1], first=some[0].id, found=counts[i], of=len(some)
                )
                for i, some in enumerate(chapters)
            ),
        )

    def chapter_map(self) -> ChapterMap:
        """Outermost divisions; as close as the closest of their passages."""
        chapters = self._chapters()
        strengths = np.zeros((len(chapters), len(chapters)), np.float32)
        for i, j in permutations(range(len(chapters)), 2):
            shares = [_share(a.text, b.text) for a, b in product(chapters[i], chapters[j])]
            strengths[i, j] = strengths[j, i] = max(strengths[i, j], *shares)
        named = (
            MapChapter(document=p[0].document, path=p[0].path[:1], title=self._title(p[0]), first=p[0].id, size=len(p))
            for p in chapters
        )
        return ChapterMap(chapters=tuple(named), strengths=strengths)

    def related_pairs(self, *, between: tuple[int, int] | None = None, k: int = 50) -> tuple[RelatedPair, ...]:
        chapters = self._chapters()
        cells = [between] if between else combinations(range(len(chapters)), 2)
        pairs = [pair for i, j in cells for pair in product(chapters[i], chapters[j])]
        found = [(share, a, b) for a, b in pairs if (share := _share(a.text, b.text)) > 0.05]
        return tuple(
            RelatedPair(
                rank=rank,
                score=score,
                kind=_kind(source, other),
                source=source,
                other=other,
                source_citation=self.citation(source),
                citation=self.citation(other),
                pairs=_pairs(source, other),
                terms=_terms(source.text, other.text),
            )
            for rank, (score, source, other) in enumerate(sorted(found, key=lambda row: -row[0])[:k], 1)
        )

    def _chapters(self) -> list[list[Passage]]:
        return [list(some) for _, some in groupby(self._passages(), key=lambda p: (p.document, p.path[:1]))]

    def with_matches(self, answer: Answer) -> Answer:
        return answer

    def matches(self, question: str, sentences: Sequence[tuple[str, Span]]) -> list[tuple[WordMatch, ...]]:
        return [self._matched(question.casefold(), *self._place(name, span)) for name, span in sentences]

    def _place(self, name: str, span: Span) -> tuple[str, int]:
        return self.one(name).text[: span.end], span.start

    def _matched(self, question: str, text: str, start: int) -> tuple[WordMatch, ...]:
        """The words of a small dictionary whose other half the sentence has."""
        pairs = [(question.find(english), english, text.find(chinese, start), chinese) for english, chinese in MEANT]
        return tuple(
            WordMatch(question=Span(i, i + len(english)), passage=Span(j, j + len(chinese)), strength=0.5)
            for i, english, j, chinese in pairs
            if i >= 0 and j >= 0
        )

    def show(self, reference: str) -> tuple[Place, ...]:
        return self.planner.places(reference)

    def one(self, reference: str) -> Passage:
        by_id = [passage for passage in self._passages() if passage.id == reference]
        return by_id[0] if by_id else self.planner.one(reference)

    def citation(self, passage: Passage, span: Span | None = None) -> Citation:
        return self.corpus.citation(passage, span)

    def _passages(self) -> Iterable[Passage]:
        return (passage for document in self.documents for passage in document.passages)

    def _title(self, passage: Passage) -> str:
        return next(document.title for document in self.documents if document.id == passage.document)

    def _ranked(self, question: str) -> list[tuple[float, Passage, Span]]:
        found = [(_share(question, p.text), p, _best(question, p.text)) for p in self._passages()]
        return sorted(found, key=lambda row: -row[0])

    def _hit(self, rank: int, score: float, passage: Passage, best: Span) -> Hit:
        title = self._title(passage)
        return Hit(
            rank=rank,
            score=score,
            passage=passage,
            document_title=title,
            citation=cite(title, passage),
            best=best,
            marked=(best,),
            sentence_citation=cite(title, passage, best),
            match_reason=MatchReason(by="both" if score > 0.3 else "meaning"),
        )


FIRST, SECOND = Generation("000001", "a" * 64), Generation("000002", "b" * 64)


@dataclass
class Standing:
    """What answers until it is replaced by assignment."""

    searcher: BigramSearcher
    generation: Generation = FIRST
    built: datetime | None = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)
    problem: str = ""

    def current(self) -> "Standing":
        """A copy, as what answers is exchanged, never changed."""
        return replace(self)


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _share(question: str, text: str) -> float:
    asked = _bigrams(question)
    return len(asked & _bigrams(text)) / max(1, len(asked))


def _sentences(text: str) -> list[Span]:
    return [Span(*found.span()) for found in re.finditer(r"[^。；;\n]+[。；;]?", text)]


def _best(question: str, text: str) -> Span:
    return max(_sentences(text), key=lambda span: _share(question, text[span.start : span.end]))


def _pairs(source: Passage, other: Passage) -> tuple[tuple[Span, Span], ...]:
    """The sentences that share most, at most three pairs of them, those that share nothing left out."""
    pairs = product(_sentences(source.text), _sentences(other.text))
    shares = [(_share(source.text[slice(*a)], other.text[slice(*b)]), a, b) for a, b in pairs]
    return tuple((a, b) for share, a, b in sorted(shares, key=lambda row: -row[0])[:3] if share)


def _terms(text: str, other: str) -> tuple[str, ...]:
    """The longest run of characters that both hold, if it has four or more."""
    found = SequenceMatcher(None, text, other, autojunk=False).find_longest_match()
    return (text[found.a : found.a + found.size],) if found.size > 3 else ()


def _kind(source: Passage, other: Passage) -> RelationKind:
    if any(other.id in at.targets for at in source.links):
        return "refers to"
    if any(source.id in at.targets for at in other.links):
        return "referred to by"
    return "same terms" if _terms(source.text, other.text) else "same subject"
