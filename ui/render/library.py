"""The library: upload form, documents, index, and the job that changes it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from index.building.updates import UpdateProgress, UpdateResult
from index.errors import ZhangjuError
from index.loaders import LOADERS
from index.loaders.limits import MAX_FILE_BYTES
from index.models.contract import ModelContract
from index.records import Document
from index.storage.durable import LockHeldError
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.notices import render_reason
from ui.render.passages import document_text
from ui.render.remarks import render_remarks
from ui.state.index_jobs import IndexJob
from ui.state.outline import Outline
from ui.words import PageWords
from ui.words.records import megabytes

_CHAPTER = "章"
_REVISION = 12  # letters shown of a model's revision


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryContents:
    """Documents of the index, the upload times of those that were uploaded, and facts of the index."""

    documents: Sequence[Document]
    outlines: Mapping[str, Outline]
    uploaded: Mapping[str, datetime]
    generation: str
    built: datetime | None
    model: ModelContract | None


def render_library(contents: LibraryContents, job: IndexJob | None, words: PageWords, *, editable: bool) -> Html:
    """Return the whole view."""
    status = render_job(job, {d.id for d in contents.documents}, words)
    return element(
        "div",
        element("h2", words.library.title),
        _form(words) if editable else element("p", words.library.read_only, class_="zj-note"),
        element("div", status, id="zj-work"),
        element("ul", *(_document(d, contents, words, editable) for d in contents.documents), class_="zj-documents"),
        _index(contents, words),
        _rebuild(words) if editable else EMPTY,
        class_="zj-library zj-panel",
    )


def _form(words: PageWords) -> Html:
    """Return the upload form, with the messages of its script as data."""
    library, most = words.library, megabytes(MAX_FILE_BYTES)
    picker = element("input", type="file", multiple=True, accept=",".join(sorted(LOADERS)), class_="zj-visually-hidden")
    label = element("label", picker, library.choose, class_="zj-choose")
    return element(
        "form",
        element("h3", library.add),
        element("p", label, " ", element("span", library.drop, class_="zj-label")),
        element("p", library.takes.format(suffixes=library.suffixes(), most=most), class_="zj-note"),
        id="zj-add",
        data_most=str(MAX_FILE_BYTES),
        data_larger=library.larger.replace("{most}", most),
        data_empty=library.empty_file,
        data_wrong=library.wrong.replace("{suffixes}", library.suffixes()),
        data_sending=library.sending,
        data_sent=library.sent,
    )


def _document(document: Document, contents: LibraryContents, words: PageWords, editable: bool) -> Html:
    library, time = words.library, contents.uploaded.get(document.id)
    origin = library.uploaded.format(time=_time(time)) if time else library.from_source
    facts = [document.id, *_size(document, contents.outlines[document.id], words), origin]
    actions = [
        element("a", library.only_this, href=link(**{"in": document.id}), class_="zj-act"),
        element("a", library.open_text, href=link(d=document.id), class_="zj-act"),
    ]
    if editable:
        meaning = library.remove_uploaded if time else library.remove_source
        yes = element("button", library.remove_yes, type="button", class_="zj-do", data_remove=document.id)
        actions.append(_confirmation(library.remove, meaning, yes, words))
    return element(
        "li",
        document_text(document.title, "h3"),
        element("p", *(element("span", fact) for fact in facts), class_="zj-facts-row"),
        render_remarks(document, words),
        element("div", *actions, class_="zj-actions"),
        data_document=document.id,
    )


def _size(document: Document, outline: Outline, words: PageWords) -> Iterator[str]:
    chapters = sum(node.division.kind == _CHAPTER for node in outline.walk())
    if chapters:
        yield words.library.chapters.format(count=f"{chapters:,}")
    yield words.passages.format(count=f"{len(document.passages):,}")


def _confirmation(label: str, meaning: str, yes: Html, words: PageWords) -> Html:
    """Return a button that unfolds what an action means, with a button that does it and one that cancels."""
    summary = element("summary", label, class_="zj-act")
    cancel = element("button", words.library.remove_no, type="button", class_="zj-act", data_cancel=True)
    return element("details", summary, element("p", meaning), element("p", yes, " ", cancel), class_="zj-sure")


def _rebuild(words: PageWords) -> Html:
    library = words.library
    yes = element("button", library.rebuild_yes, type="button", class_="zj-do", data_rebuild=True)
    confirmation = _confirmation(library.rebuild, library.rebuild_about, yes, words)
    return join(confirmation, element("p", library.rebuild_when, class_="zj-note"))


def _index(contents: LibraryContents, words: PageWords) -> Html:
    library = words.library
    passages = sum(len(document.passages) for document in contents.documents)
    totals = library.holds.format(documents=f"{len(contents.documents):,}", passages=f"{passages:,}")
    rows = [element("p", words.index(contents.generation, contents.built)), element("p", totals)]
    if (model := contents.model) is not None:
        facts = (
            (library.model, model.name, model.name),
            (library.revision, model.revision[:_REVISION], model.revision),
            (library.precision, model.precision, model.precision),
        )
        spans = (
            element(
                "span", element("span", name, class_="zj-label"), " ", element("span", short, title=full, lang="en")
            )
            for name, short, full in facts
        )
        rows.append(element("p", *spans, class_="zj-facts-row"))
    return element("section", element("h3", library.index), *rows, class_="zj-index")


def render_job(job: IndexJob | None, held: Collection[str], words: PageWords) -> Html:
    """Return the status of a job; ``held`` are the ids of the documents in the index."""
    if job is None:
        return EMPTY
    return _running(job, words) if job.is_running else _ended(job, held, words)


def _running(job: IndexJob, words: PageWords) -> Html:
    step = stage_text(job, words)
    bar = {"max": "1"}
    if job.stage is not None and job.stage.step == "embedding" and job.state == "running":
        bar = {"max": str(max(job.stage.total, 1)), "value": str(job.stage.done)}
    return element(
        "div",
        element("p", _job_text(job, words), class_="zj-verdict-title"),
        element("progress", aria_label=step, **bar),
        element("p", step, class_="zj-work-step"),
        element("p", words.library.meanwhile, class_="zj-note"),
        class_="zj-verdict",
    )


def _job_text(job: IndexJob, words: PageWords) -> str:
    library = words.library
    form = {"add": library.adding, "remove": library.removing, "rebuild": library.rebuilding}[job.kind]
    return form.format(names=library.listed(job.names))


def stage_text(job: IndexJob, words: PageWords) -> str:
    """Return the current stage of a job as text."""
    if job.state == "opening":
        return words.library.opening
    return words.library.starting if job.stage is None else _stage(job.stage, words)


def _stage(stage: UpdateProgress, words: PageWords) -> str:
    library = words.library
    forms = {
        "reading": library.reading,
        "linking": library.linking,
        "embedding": library.embedding,
        "writing": library.writing,
    }
    now = min(stage.done + 1, stage.total)
    return forms[stage.step].format(name=stage.name, done=f"{stage.done:,}", now=f"{now:,}", total=f"{stage.total:,}")


def _ended(job: IndexJob, held: Collection[str], words: PageWords) -> Html:
    about = words.library.ended.format(time=_time(job.ended) if job.ended else "", what=_job_text(job, words))
    changed = job.changed
    parts = _failure(job, words) if changed is None else _changes(changed, job, held, words)
    kind = "zj-problem" if changed is None or changed.failures or changed.not_removed else "zj-done"
    return element("div", element("p", about, class_="zj-label"), *parts, class_=f"zj-verdict {kind}")


def _failure(job: IndexJob, words: PageWords) -> Iterator[Html]:
    library, error = words.library, job.error
    if error is None:
        yield element("p", library.stopped, class_="zj-verdict-title")
    elif isinstance(error.__cause__, LockHeldError):
        process = library.someone.format(process=error.__cause__.holder or "?")
        yield element("p", library.elsewhere.format(who=process), class_="zj-verdict-title")
    elif isinstance(error, ZhangjuError):
        yield element("p", library.failed, class_="zj-verdict-title")
        yield render_reason(str(error), words)
    else:
        yield element("p", words.unexpected, class_="zj-verdict-title")


def _changes(changed: UpdateResult, job: IndexJob, held: Collection[str], words: PageWords) -> Iterator[Html]:
    library, report = words.library, changed.report
    changes = (
        (library.added, changed.added),
        (library.replaced, changed.replaced),
        (library.same, changed.identical),
        (library.removed, changed.removed),
    )
    lines = [form.format(names=library.listed(names)) for form, names in changes if names]
    if job.kind == "rebuild":
        lines.append(library.rebuilt.format(count=f"{len(changed.reread):,}"))
    if report.unchanged:
        lines.append(library.nothing)
    for line in lines:
        yield element("p", line, class_="zj-verdict-title")
    if not report.unchanged:
        yield element(
            "p", library.cost.format(made=f"{report.embedded:,}", taken=f"{report.reused:,}"), class_="zj-note"
        )
    for name, reason in changed.failures.items():
        kept = join(" ", element("span", library.kept_old)) if name in held else EMPTY
        yield element("p", element("b", library.not_read.format(name=name)), kept)
        yield render_reason(reason, words)
    for name, reason in changed.not_removed.items():
        yield element("p", element("b", library.not_removed.format(name=name)))
        yield render_reason(reason, words)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
