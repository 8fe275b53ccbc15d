"""The batch: the form for a list of questions, how far it is, and the first rows of its table."""

from collections import Counter
from collections.abc import Iterable, Sequence

from retrieval.evidence.batch import Rows
from retrieval.records import DOUBTFUL, SURE, Answer, Hit
from retrieval.tables.records import Row
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import cited, foreign
from ui.state.batch_jobs import SHOWN, BatchJob
from ui.words import PageWords

CHOICES = (1, 3, 5, 10)  # passages for a question
USUAL = 5
_FORMS = ("csv", "xlsx", "md")


def render_batch(job: BatchJob | None, words: PageWords, *, most: int, room: int, problem: Html = EMPTY) -> Html:
    """The form, or what has become of a batch; ``most`` questions and ``room`` kilobytes may be sent."""
    said = words.batch
    inner = _form(words, most, room) if job is None else _job(job, words)
    return element(
        "section", element("h2", said.title), problem, inner, class_="zj-panel zj-batch", aria_label=said.title
    )


def render_rows(answers: Sequence[Answer], first: int, words: PageWords) -> Html:
    """Return a row for each answer; the first has the number ``first``, counted from 0."""
    return join(*(_row(number, answer, words) for number, answer in enumerate(answers, first)))


def progress(job: BatchJob, words: PageWords) -> str:
    """How far a batch is, in words."""
    return words.batch.progress.format(done=f"{job.done:,}", total=f"{job.total:,}")


def summary(found: Iterable[Rows], words: PageWords) -> str:
    """Return how many questions are answered, and how surely, by the rows of each."""
    counts = Counter(_verdict(rows[0]) for rows in found)
    names = {"answered": "answered", "perhaps": "perhaps", "doubtful": "doubtful"}
    names |= {"not_answered": "not in the text", "vague": "too vague"}
    return words.batch.summary.format(**{blank: counts[verdict] for blank, verdict in names.items()})


def _verdict(row: Row) -> str:
    """Return the status of an answer, and for one that is not sure how doubtful it is, in the steps of its card."""
    if row["status"] != "answered" or row["confidence"] >= SURE:
        return str(row["status"])
    return "doubtful" if row["confidence"] < DOUBTFUL else "perhaps"


def _form(words: PageWords, most: int, room: int) -> Html:
    said = words.batch
    options = (element("option", str(k), value=str(k), **({"selected": ""} if k == USUAL else {})) for k in CHOICES)
    return element(
        "form",
        element("p", said.about),
        _picker(words),
        element("label", said.paste, element("textarea", name="text", rows="6", placeholder=said.paste_hint)),
        element("label", said.passages, " ", element("select", *options, name="k")),
        element("p", said.limits.format(questions=f"{most:,}", room=room), class_="zj-note"),
        element("div", class_="zj-batch-told", role="alert"),
        element("button", said.begin, type="submit", class_="zj-button zj-main-button"),
        id="zj-batch-form",
        data_room=str(room),
        data_too_big=said.too_big.format(room=room),
    )


def _picker(words: PageWords) -> Html:
    """A button to choose a file with: the browser's own speaks another language. Its script names the file."""
    said = words.batch
    field = element("input", type="file", name="file", accept=".txt,.csv,.jsonl,.xlsx", class_="zj-unseen")
    label = element("label", field, said.choose, class_="zj-choose")
    chosen = element("span", class_="zj-label", id="zj-batch-file", role="status")
    return element("div", element("p", said.file), label, chosen)


def _job(job: BatchJob, words: PageWords) -> Html:
    said = words.batch
    done, ended = job.done, job.done == job.total
    bar = element("progress", max=str(job.total), value=str(done), aria_label=progress(job, words))
    go = {"hidden": ""} if ended else {}
    return element(
        "div",
        element("p", foreign(job.name), class_="zj-document"),
        element(
            "p",
            bar,
            " ",
            element("span", progress(job, words), class_="zj-batch-done"),
            " ",
            element("span", class_="zj-batch-left"),
            class_="zj-batch-progress",
        ),
        element("p", summary(job.found, words) if done else "", class_="zj-batch-summary"),
        element("div", class_="zj-batch-told", role="alert"),
        element(
            "p",
            element("button", said.go_on, type="button", class_="zj-button zj-batch-go", data_stop=said.stop, **go),
            element("a", said.another, href=link(view="batch"), class_="zj-act"),
            class_="zj-batch-buttons",
        ),
        _downloads(words, done),
        _table(job, words),
        class_="zj-batch-job",
        data_job=job.id,
        data_done=str(done),
        data_total=str(job.total),
        data_ended=said.ended,
        data_seconds=said.seconds_left,
        data_minutes=said.minutes_left,
        data_go=said.go_on,
    )


def _downloads(words: PageWords, done: int) -> Html:
    said = words.batch
    names = {"csv": words.export.csv, "xlsx": said.excel, "md": words.export.markdown}
    off = {} if done else {"disabled": ""}
    buttons = (
        element("button", names[form], type="button", class_="zj-act", data_table=form, **off) for form in _FORMS
    )
    wide = element("label", element("input", type="checkbox", name="wide"), " ", said.wide)
    return element(
        "div",
        element("span", said.download, class_="zj-label"),
        *buttons,
        wide,
        class_="zj-export",
        role="group",
        aria_label=said.download,
    )


def _table(job: BatchJob, words: PageWords) -> Html:
    said = words.batch
    names = ("#", said.question, said.answer)
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    body = element("tbody", render_rows(job.shown, 0, words))
    more = element("p", said.first_rows.format(shown=SHOWN), class_="zj-note") if job.total > SHOWN else EMPTY
    return join(element("div", element("table", head, body), class_="zj-batch-table", tabindex="0"), more)


def _row(number: int, answer: Answer, words: PageWords) -> Html:
    status = element("p", element("span", _status(answer, words), class_="zj-kind"))
    if answer.answering:
        sureness = "" if answer.place_size else _sureness(answer, words)
        found = _found(answer.answering[0], answer.question, words, sureness)
    else:
        found = _nearest(answer, words)
    return element(
        "tr",
        element("td", str(number + 1)),
        element("td", foreign(answer.question)),
        element("td", status, found),
        class_="" if answer.answered else "zj-none",
    )


def _status(answer: Answer, words: PageWords) -> str:
    """Return the title of an answer's card, or for a place the number of its passages."""
    if answer.place_size:
        return words.passages.format(count=f"{answer.place_size:,}")
    if answer.answering:
        return words.found_answer(answer.confidence, twice=len(answer.answering) > 1)
    if answer.status == "too vague":
        return words.batch.vague
    why = words.why_not(answer.reason, answer.unresolved) if answer.unresolved else ""
    return why or words.batch.not_answered


def _sureness(answer: Answer, words: PageWords) -> str:
    return words.confidence.format(degree=words.sureness(answer.confidence))


def _found(hit: Hit, question: str, words: PageWords, sureness: str) -> Html:
    text = hit.passage.text[hit.best.start : hit.best.end] or hit.passage.text
    cited_as = _link(hit.passage.id, question, cited(hit.sentence_citation, words))
    degree = join(" ", element("span", sureness)) if sureness else EMPTY
    return join(foreign(text, class_="zj-batch-answer"), element("p", cited_as, degree, class_="zj-source"))


def _nearest(answer: Answer, words: PageWords) -> Html:
    if not answer.hits:
        return EMPTY
    hit = answer.hits[0]
    named = _link(hit.passage.id, answer.question, cited(hit.citation, words))
    return element("p", element("span", words.batch.nearest, class_="zj-label"), named, class_="zj-source")


def _link(passage: str, question: str, text: str) -> Html:
    return element("a", text, href=link(q=question, p=passage))
