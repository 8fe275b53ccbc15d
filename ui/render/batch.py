"""Batches: the form for a list of questions, the progress, and the first rows of the table."""

from collections import Counter
from collections.abc import Iterable, Sequence

from retrieval.evidence.batch import Rows
from retrieval.records import HIGH_CONFIDENCE, Answer, Hit
from retrieval.tables.records import Row
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import citation_text, document_text, doubt_note
from ui.state.batch_jobs import SHOWN, BatchJob
from ui.words import PageWords

CHOICES = (1, 3, 5, 10)  # passages for each question
USUAL = 5


def render_batch(job: BatchJob | None, words: PageWords, *, most: int, max_file_kb: int, problem: Html = EMPTY) -> Html:
    """Return the form, or a batch; a file may have ``most`` questions and ``max_file_kb`` kilobytes."""
    title = words.batch.title
    body = _form(words, most, max_file_kb) if job is None else _job(job, words)
    return element("section", element("h2", title), problem, body, class_="zj-panel zj-batch", aria_label=title)


def render_rows(answers: Sequence[Answer], first: int, words: PageWords) -> Html:
    """Return a row for each answer; the first has the number ``first``, counted from 0."""
    return join(*(_row(number, answer, words) for number, answer in enumerate(answers, first)))


def progress(job: BatchJob, words: PageWords) -> str:
    """Return the number of answered questions as text."""
    return words.batch.progress.format(done=f"{job.done:,}", total=f"{job.total:,}")


def summary(found: Iterable[Rows], words: PageWords) -> str:
    """Return the numbers of answered, related and unanswered questions as text, from the rows of each question.

    Rows without a question are counted if there are any.
    """
    counts = Counter(_verdict(rows[0]) for rows in found)
    names = {"answered": "answered", "perhaps": "perhaps", "related": "related"}
    names |= {"not_answered": "not in the text", "vague": "too vague"}
    text = words.batch.summary.format(**{blank: counts[verdict] for blank, verdict in names.items()})
    return text + words.batch.empty_rows.format(count=counts["empty"]) if counts["empty"] else text


def _verdict(row: Row) -> str:
    """Return the status of an answer, or how doubtful it is, in the same steps as on the answer's card."""
    doubtful = row["status"] == "answered" and row["confidence"] < HIGH_CONFIDENCE
    return "perhaps" if doubtful else str(row["status"])


def _form(words: PageWords, most: int, max_file_kb: int) -> Html:
    batch = words.batch
    options = (element("option", str(k), value=str(k), selected=k == USUAL) for k in CHOICES)
    return element(
        "form",
        element("p", batch.about),
        _file_field(words),
        element("label", batch.paste, element("textarea", name="text", rows="6", placeholder=batch.paste_hint)),
        element("label", batch.passages, " ", element("select", *options, name="k")),
        element("p", batch.limits.format(questions=f"{most:,}", kb=max_file_kb), class_="zj-note"),
        element("div", class_="zj-batch-notices", role="alert"),
        element("button", batch.start, type="submit", class_="zj-button zj-main-button"),
        id="zj-batch-form",
        data_max_file_kb=str(max_file_kb),
        data_too_big=batch.too_big.format(kb=max_file_kb),
    )


def _file_field(words: PageWords) -> Html:
    """Return a file button; the browser's own may be labelled in another language."""
    field = element("input", type="file", name="file", accept=".txt,.csv,.jsonl,.xlsx", class_="zj-visually-hidden")
    label = element("label", field, words.batch.choose, class_="zj-choose")
    chosen = element("span", class_="zj-label", id="zj-batch-file", role="status")
    return element("div", element("p", words.batch.file), label, chosen)


def _job(job: BatchJob, words: PageWords) -> Html:
    batch, done = words.batch, job.done
    bar = element("progress", max=str(job.total), value=str(done), aria_label=progress(job, words))
    counts = element("span", progress(job, words), class_="zj-batch-done")
    left = element("span", class_="zj-batch-left")
    resume = element(
        "button",
        batch.resume,
        type="button",
        class_="zj-button zj-batch-go",
        data_stop=batch.stop,
        hidden=done == job.total,
    )
    another = element("a", batch.another, href=link(view="batch"), class_="zj-act")
    return element(
        "div",
        element("p", document_text(job.name), class_="zj-document"),
        element("p", bar, " ", counts, " ", left, class_="zj-batch-progress"),
        element("p", summary(job.found, words) if done else "", class_="zj-batch-summary"),
        element("div", class_="zj-batch-notices", role="alert"),
        element("p", resume, another, class_="zj-batch-buttons"),
        _downloads(words, done),
        _table(job, words),
        class_="zj-batch-job",
        data_job=job.id,
        data_done=str(done),
        data_total=str(job.total),
        data_ended=batch.ended,
        data_seconds=batch.seconds_left,
        data_minutes=batch.minutes_left,
        data_go=batch.resume,
    )


def _downloads(words: PageWords, done: int) -> Html:
    title = words.batch.download
    names = {"csv": words.export.csv, "xlsx": words.batch.excel, "md": words.export.markdown}
    buttons = (
        element("button", name, type="button", class_="zj-act", data_table=form, disabled=not done)
        for form, name in names.items()
    )
    wide = element("label", element("input", type="checkbox", name="wide"), " ", words.batch.wide)
    label = element("span", title, class_="zj-label")
    return element("div", label, *buttons, wide, class_="zj-export", role="group", aria_label=title)


def _table(job: BatchJob, words: PageWords) -> Html:
    names = ("#", words.batch.question, words.batch.answer)
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    body = element("tbody", render_rows(job.shown, 0, words))
    more = element("p", words.batch.first_rows.format(shown=SHOWN), class_="zj-note") if job.total > SHOWN else EMPTY
    return join(element("div", element("table", head, body), class_="zj-batch-table", tabindex="0"), more)


def _row(number: int, answer: Answer, words: PageWords) -> Html:
    status = element("p", element("span", _status(answer, words), class_="zj-kind"))
    if answer.answering:
        confidence = "" if answer.place_size else words.confidence_text(answer)
        found = _found(answer.answering[0], answer.question, words, confidence)
    else:
        found = _nearest(answer, words)
    return element(
        "tr",
        element("td", str(number + 1)),
        element("td", document_text(answer.question)),
        element("td", status, found),
        class_="" if answer.answered else "zj-none",
    )


def _status(answer: Answer, words: PageWords) -> str:
    """Return the title of an answer's card, or the number of passages of a place."""
    if answer.place_size:
        return words.passages.format(count=f"{answer.place_size:,}")
    if answer.answering:
        return words.verdict(answer)
    if answer.status == "related":
        return words.batch.related
    if answer.status in ("too vague", "empty"):
        return words.batch.vague if answer.status == "too vague" else words.batch.empty
    why = words.explanation(answer) if answer.unresolved else ""
    return why or words.batch.not_answered


def _found(hit: Hit, question: str, words: PageWords, confidence: str) -> Html:
    citation = _link(hit.passage.id, question, citation_text(hit.sentence_citation, words))
    degree = join(" ", element("span", confidence)) if confidence else EMPTY
    note = join(" ", doubt_note(hit, words)) if hit.is_quoted_doubtfully else EMPTY
    sentence = document_text(hit.quotation, class_="zj-batch-answer")
    return join(sentence, element("p", citation, degree, note, class_="zj-source"))


def _nearest(answer: Answer, words: PageWords) -> Html:
    if not answer.hits:
        return EMPTY
    hit = answer.hits[0]
    citation = _link(hit.passage.id, answer.question, citation_text(hit.citation, words))
    return element("p", element("span", words.batch.nearest, class_="zj-label"), citation, class_="zj-source")


def _link(passage: str, question: str, text: str) -> Html:
    return element("a", text, href=link(q=question, p=passage))
