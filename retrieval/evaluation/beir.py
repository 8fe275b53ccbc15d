"""Reader of a BEIR folder: passages, questions, and the passages that answer each question.

    corpus.jsonl        {"_id", "title", "text"}: a passage; ``title`` is the text of its headings, if it has any
    queries.jsonl       {"_id", "text", "lang"}: a question; ``lang`` is optional
    qrels/test.tsv      a header, then question, passage and grade between tabs; grade 0 means that it does not answer
    answers.jsonl       {"id", "answer"}: the words of the text that answer a question; the file is optional. Also
                        "must" and "must_not": lists of words that the quoted answer has to contain, and that mislead
    unanswerable.jsonl  {"id", "question", "lang"}: a question without an answer; the file is optional

Ids may be strings or whole numbers; other keys are not read. Of passages with one id the last counts, as in BEIR's own
reader, with a remark; any other duplicate is an error.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from index.errors import DocumentError
from index.parsing.items import parse_inner_divisions
from index.records import Division, Document, Passage, Span
from retrieval.question.plan import MAX_QUESTION_LENGTH

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels/test.tsv"
ANSWERS, UNANSWERABLE = "answers.jsonl", "unanswerable.jsonl"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Question as it is asked; ``text`` may be empty, ``lang`` is empty if the folder does not state it."""

    id: str
    text: str
    lang: str = ""


class Criteria(NamedTuple):
    """What the quoted answer to a question must contain, all of it, and what would mislead in it."""

    must: tuple[str, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Content of a folder.

    The ids of the document's passages are those of the corpus. ``queries`` are the judged ones, in the order of the
    file; ``qrels`` are their grades, by question and passage, ``answers`` the words that answer, by question, and
    ``criteria`` those for its quotation.
    ``remarks`` describe what of the folder is not used, or counts for nothing.
    """

    name: str
    document: Document
    queries: tuple[Query, ...]
    qrels: Mapping[str, Mapping[str, int]]
    answers: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, Criteria] = field(default_factory=dict)
    unanswerable: tuple[Query, ...] = ()
    remarks: tuple[str, ...] = ()


class _Line(NamedTuple):
    """Object of a file, and its line."""

    path: Path
    number: int
    record: Mapping[str, Any]

    def error(self, reason: str) -> DocumentError:
        return _error(self.path, self.number, reason)

    def id(self, key: str) -> str:
        value = self._value(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text(key, blank=False)

    def text(self, key: str, *, blank: bool = True) -> str:
        value = self._value(key)
        if not isinstance(value, str):
            raise self.error(f"{key!r} is {value!r:.40}; a string was wanted")
        if not blank and not value.strip():
            raise self.error(f"{key!r} is empty")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise self.error(f"{key!r} is not valid Unicode text") from error
        return value

    def optional(self, key: str) -> str:
        """Return the text, empty if the key is missing or null."""
        return "" if self.record.get(key) is None else self.text(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty if the key is missing."""
        value = self.record.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self.error(f"{key!r} is {value!r:.40}; a list of strings was wanted")
        return tuple(value)

    def _value(self, key: str) -> Any:
        if key not in self.record:
            raise self.error(f"no {key!r}; it has {', '.join(self.record) or 'nothing'}")
        return self.record[key]


def read_collection(folder: Path) -> Collection:
    """Read a folder. Raises DocumentError, which names file and line, for missing, malformed or unknown entries."""
    if not folder.is_dir():
        raise DocumentError(f"{folder} is not a folder; give a BEIR folder with {CORPUS}, {QUERIES} and {QRELS}")
    repeated: list[str] = []
    corpus = _by_id(folder / CORPUS, "_id", lambda line: (line.optional("title"), line.text("text")), repeated=repeated)
    queries = _by_id(folder / QUERIES, "_id", lambda line: _query(line, "_id", "text"))
    for path, ids in ((CORPUS, list(corpus)), (QUERIES, list(queries))):
        if not ids:
            raise DocumentError(f"{folder / path} is empty; write one object per line")
    qrels = _qrels(folder / QRELS, queries, corpus)
    answers = _read_optional(folder / ANSWERS, lambda line: line.text("answer", blank=False))
    criteria = _read_optional(folder / ANSWERS, lambda line: Criteria(line.texts("must"), line.texts("must_not")))
    unanswerable = _read_optional(folder / UNANSWERABLE, lambda line: _query(line, "id", "question"))
    if unknown := [i for i in answers if i not in queries]:
        raise DocumentError(f"{folder / ANSWERS}: the id {unknown[0]!r} is not in {QUERIES}")
    if both := [i for i in unanswerable if i in queries]:
        raise DocumentError(f"{folder / UNANSWERABLE}: the id {both[0]!r} is in {QUERIES}, too")
    name = folder.resolve().name
    return Collection(
        name=name,
        document=_document(name, folder / CORPUS, corpus),
        queries=tuple(_shortened(q) for q in queries.values() if q.id in qrels),
        qrels=qrels,
        answers=answers,
        criteria={query: own for query, own in criteria.items() if own.must},
        unanswerable=tuple(map(_shortened, unanswerable.values())),
        remarks=_remarks(repeated, corpus, queries, [*queries.values(), *unanswerable.values()], qrels),
    )


def _query(line: _Line, key: str, text: str) -> Query:
    return Query(id=line.id(key), text=line.text(text).strip(), lang=line.optional("lang").strip())


def _shortened(query: Query) -> Query:
    return Query(id=query.id, text=query.text[:MAX_QUESTION_LENGTH], lang=query.lang)


CorpusTexts = Mapping[str, tuple[str, str]]  # id: title and text


def _document(name: str, path: Path, corpus: CorpusTexts) -> Document:
    """Return the corpus as one document: its source are the texts in order, its passages those that have words."""
    passages: list[Passage] = []
    paragraphs: Counter[str] = Counter()
    start, line = 0, 1
    for key, (title, text) in corpus.items():
        if not title.strip() and not text.strip():
            continue
        heading, body = (title, text) if text.strip() else ("", title)  # a title alone is what the passage says
        paragraphs[heading] += 1
        # One level has the whole title, so that what is embedded before the text is the title, unchanged.
        division = Division(kind="节", number=0, title=heading)
        passages.append(
            Passage(
                id=key,
                document=name,
                path=(division,) if heading.strip() else (),
                ordinal=paragraphs[heading],
                text=body,
                pieces=(Span(start, start + len(body)),),
                line=line,
                inner=parse_inner_divisions(body) if "\n" in body else (),  # so that items have their lead-ins
            )
        )
        start += len(body) + 1
        line += body.count("\n") + 1
    if not passages:
        raise DocumentError(f"{path} contains no text; write one passage per line")
    source = "\n".join(p.text for p in passages)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Document(id=name, title=name, source=source, sha256=digest, headings=(), passages=tuple(passages))


def _qrels(path: Path, queries: Mapping[str, Query], corpus: CorpusTexts) -> dict[str, dict[str, int]]:
    """Return the grades, by question and passage, in the order of the file."""
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        cells = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and _is_header(cells, queries)):
            continue
        if len(cells) != 3:
            raise _error(path, number, f"{len(cells)} columns between tabs; write question, passage and grade")
        query, passage, grade = (cell.strip() for cell in cells)
        for kind, one, known in (("question", query, queries), ("passage", passage, corpus)):
            if one not in known:
                raise _error(path, number, f"the {kind} {one!r} is not in {CORPUS if known is corpus else QUERIES}")
        if not (grade.isascii() and grade.isdigit()):
            raise _error(path, number, f"the grade {grade!r} is not a whole number from 0")
        if passage in qrels.setdefault(query, {}):
            raise _error(path, number, f"{passage} was already graded for {query}")
        qrels[query][passage] = int(grade)
    if not qrels:
        raise DocumentError(f"{path} contains no judgements; write a header and lines of question, passage and grade")
    return qrels


def _is_header(cells: Sequence[str], queries: Mapping[str, Query]) -> bool:
    """Return whether a first line is a header and not a judgement with a mistake."""
    return len(cells) == 3 and cells[0].strip() not in queries and not cells[2].strip().lstrip("-").isdigit()


def _remarks(
    repeated: Sequence[str],
    corpus: CorpusTexts,
    queries: Mapping[str, Query],
    questions: Sequence[Query],
    qrels: Mapping[str, Mapping[str, int]],
) -> tuple[str, ...]:
    empty = [key for key, parts in corpus.items() if not "".join(parts).strip()]
    unjudged = [i for i in queries if i not in qrels]
    unanswered = [i for i, grades in qrels.items() if not any(grades.values())]
    wordless = [q.id for q in questions if not q.text]
    long = [q.id for q in questions if len(q.text) > MAX_QUESTION_LENGTH]
    found = [
        _remark("passages replaced by a later one with their id", repeated, len(corpus)),
        _remark("passages with neither title nor text, which cannot be found", empty, len(corpus)),
        _remark("questions without a judgement, which are not asked", unjudged, len(queries)),
        _remark("judged questions without a passage that answers, which count 0", unanswered, len(qrels)),
        _remark("questions without words, which find nothing", wordless, len(questions)),
        _remark(f"questions cut after {MAX_QUESTION_LENGTH:,} characters", long, len(questions)),
    ]
    return tuple(filter(None, found))


def _remark(words: str, ids: Sequence[str], number: int) -> str:
    return f"{words}: {len(ids):,} of {number:,} (the first: {ids[0]})" if ids else ""


# files


def _by_id(path: Path, key: str, read: Callable[[_Line], T], *, repeated: list[str] | None = None) -> dict[str, T]:
    """Return the entries by id, in the order of the file; an id that occurs again is an error or ``repeated``."""
    found: dict[str, T] = {}
    for line in _objects(path):
        one = line.id(key)
        if one in found and repeated is None:
            raise line.error(f"the id {one!r} occurs twice")
        if one in found and repeated is not None:
            repeated.append(one)
        found[one] = read(line)
    return found


def _read_optional(path: Path, read: Callable[[_Line], T]) -> dict[str, T]:
    return _by_id(path, "id", read) if path.exists() else {}


def _objects(path: Path) -> Iterator[_Line]:
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _error(path, number, f"not JSON ({error})") from error
        if not isinstance(record, dict):
            raise _error(path, number, "not an object between { and }")
        yield _Line(path, number, record)


def _lines(path: Path) -> list[str]:
    """Return the lines of a file, split at line feeds only, because JSON may contain other line separators."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"cannot read {path} ({error.strerror or error}); a BEIR folder has {CORPUS}, {QUERIES} and {QRELS}"
        ) from error
    try:
        return data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise _error(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8 text") from error


def _error(path: Path, number: int, reason: str) -> DocumentError:
    return DocumentError(f"{path}, line {number}: {reason}")
