"""The batch: the form for a list of questions, how far it is, and the first rows of its table."""

from collections.abc import Iterable, Sequence

from retrieval.records import Answer, Hit
from ui.jobs import Job
from ui.links import link
from ui.markup import EMPTY, Html, element, join
from ui.render.pieces import cited, foreign
from ui.words import Words

CHOICES = (1, 3, 5, 10)  # passages for a question
USUAL = 5
SHOWN = 100  # questions in the table on the page
_FORMS = ("csv", "xlsx", "md")


def render_batch(job: Job | None, words: Words, *, most: int, room: int, problem: Html = EMPTY) -> Html:
    """The form, or what has become of a batch; ``most`` questions and ``room`` kilobytes may be sent."""
    said = words.batch
    inner = _form(words, most, room) if job is None else _job(job, words)
    return element(
        "section", element("h2", said.title), problem, inner, class_="zj-panel zj-batch", aria_label=said.title
    )


def render_rows(answers: Sequence[Answer], first: int, words: Words) -> Html:
    """A row for each answer; the first has the number ``first``, counted from 0."""
    return join(*(_row(number, answer, words) for number, answer in enumerate(answers, first + 1)))


def progress(job: Job, words: Words) -> str:
    """How far a batch is, in words."""
    return words.batch.progress.format(done=f"{len(job.answers):,}", total=f"{job.total:,}")


def summary(answers: Iterable[Answer], words: Words) -> str:
    """How many questions were answered."""
    found = [answer.status for answer in answers]
    return words.batch.summary.format(
        answered=found.count("answered"), not_answered=found.count("not in the text"), vague=found.count("too vague")
    )


def _form(words: Words, most: int, room: int) -> Html:
    said = words.batch
    options = (element("option", str(k), value=str(k), **({"selected": ""} if k == USUAL else {})) for k in CHOICES)
    return element(
        "form",
        element("p", said.about),
        element("label", said.file, " ", element("input", type="file", name="file", accept=".txt,.csv,.jsonl,.xlsx")),
        element("label", said.paste, element("textarea", name="text", rows="6", placeholder=said.paste_hint)),
        element("label", said.passages, " ", element("select", *options, name="k")),
        element("p", said.limits.format(questions=f"{most:,}", room=room), class_="zj-note"),
        element("div", class_="zj-batch-told", role="alert"),
        element("button", said.begin, type="submit", class_="zj-button zj-main-button"),
        id="zj-batch-form",
        data_room=str(room),
        data_too_big=said.too_big.format(room=room),
    )


def _job(job: Job, words: Words) -> Html:
    said = words.batch
    done, ended = len(job.answers), len(job.answers) == job.total
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
        element("p", summary(job.answers, words) if done else "", class_="zj-batch-summary"),
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


def _downloads(words: Words, done: int) -> Html:
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


def _table(job: Job, words: Words) -> Html:
    said = words.batch
    names = ("#", said.question, said.answer)
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    body = element("tbody", render_rows(job.answers[:SHOWN], 0, words))
    more = element("p", said.first_rows.format(shown=SHOWN), class_="zj-note") if job.total > SHOWN else EMPTY
    return join(element("div", element("table", head, body), class_="zj-batch-table", tabindex="0"), more)


def _row(number: int, answer: Answer, words: Words) -> Html:
    said = words.batch
    names = {"answered": said.answered, "not in the text": said.not_answered, "too vague": said.vague}
    status = element("span", names[answer.status], class_="zj-kind")
    asked = element("td", foreign(answer.question), element("p", status))
    found = _found(answer.answering[0], answer.question, words) if answer.answering else _nearest(answer, words)
    return element(
        "tr", element("td", str(number)), asked, element("td", found), class_="" if answer.answered else "zj-none"
    )


def _found(hit: Hit, question: str, words: Words) -> Html:
    text = hit.passage.text[hit.best.start : hit.best.end] or hit.passage.text
    cited_as = _link(hit.passage.id, question, cited(hit.sentence_citation, words))
    return join(foreign(text, class_="zj-batch-answer"), element("p", cited_as, class_="zj-source"))


def _nearest(answer: Answer, words: Words) -> Html:
    if not answer.hits:
        return EMPTY
    hit = answer.hits[0]
    named = _link(hit.passage.id, answer.question, cited(hit.citation, words))
    return element("p", element("span", words.batch.nearest, class_="zj-label"), named, class_="zj-source")


def _link(passage: str, question: str, text: str) -> Html:
    return element("a", text, href=link(q=question, p=passage))
