"""The library: the index, its documents, what can be done with them, and what is being done."""

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
from ui.render.passages import foreign
from ui.render.remarks import render_remarks
from ui.state.index_jobs import IndexJob
from ui.state.outline import Outline
from ui.words import PageWords
from ui.words.library import megabytes

_CHAPTER = "章"
_SHOWN = 12  # letters of a revision


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryContents:
    """What there is to show: the documents that answer, when those of them that were uploaded came, and the index."""

    documents: Sequence[Document]
    outlines: Mapping[str, Outline]
    since: Mapping[str, datetime]
    generation: str
    built: datetime | None
    model: ModelContract | None


def render_library(held: LibraryContents, work: IndexJob | None, words: PageWords, *, editable: bool) -> Html:
    """The whole view."""
    shown = render_work(work, {d.id for d in held.documents}, words)
    said = words.library
    return element(
        "div",
        element("h2", said.title),
        _form(words) if editable else element("p", said.read_only, class_="zj-note"),
        element("div", shown, id="zj-work"),
        element("ul", *(_document(d, held, words, editable) for d in held.documents), class_="zj-shelf"),
        _index(held, words),
        _rebuild(words) if editable else EMPTY,
        class_="zj-library zj-panel",
    )


def _form(words: PageWords) -> Html:
    """A button and a field for files; what its script has to say stands in its data."""
    said = words.library
    picker = element("input", type="file", multiple="", accept=",".join(sorted(LOADERS)), class_="zj-unseen")
    label = element("label", picker, said.choose, class_="zj-choose")
    takes = said.takes.format(suffixes=said.suffixes(), most=megabytes(MAX_FILE_BYTES))
    return element(
        "form",
        element("h3", said.add),
        element("p", label, " ", element("span", said.drop, class_="zj-label")),
        element("p", takes, class_="zj-note"),
        id="zj-add",
        data_most=str(MAX_FILE_BYTES),
        data_larger=said.larger.replace("{most}", megabytes(MAX_FILE_BYTES)),
        data_empty=said.empty_file,
        data_wrong=said.wrong.replace("{suffixes}", said.suffixes()),
        data_sending=said.sending,
        data_sent=said.sent,
    )


def _document(document: Document, held: LibraryContents, words: PageWords, editable: bool) -> Html:
    said, since = words.library, held.since.get(document.id)
    came = said.uploaded.format(time=_time(since)) if since else said.from_source
    facts = [document.id, *_size(document, held.outlines[document.id], words), came]
    actions = [
        element("a", said.only_this, href=link(**{"in": document.id}), class_="zj-act"),
        element("a", said.open_text, href=link(d=document.id), class_="zj-act"),
    ]
    if editable:
        actions.append(_removal(document, words, uploaded=since is not None))
    return element(
        "li",
        foreign(document.title, "h3"),
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


def _removal(document: Document, words: PageWords, *, uploaded: bool) -> Html:
    """A button that opens what it means, and the one that does it."""
    said = words.library
    meaning = said.remove_uploaded if uploaded else said.remove_source
    sure = element("button", said.remove_yes, type="button", class_="zj-do", data_remove=document.id)
    summary = element("summary", said.remove, class_="zj-act")
    buttons = element("p", sure, " ", _cancel(words))
    return element("details", summary, element("p", meaning), buttons, class_="zj-sure")


def _cancel(words: PageWords) -> Html:
    return element("button", words.library.remove_no, type="button", class_="zj-act", data_cancel="")


def _rebuild(words: PageWords) -> Html:
    said = words.library
    sure = element("button", said.rebuild_yes, type="button", class_="zj-do", data_rebuild="")
    summary = element("summary", said.rebuild, class_="zj-act")
    buttons = element("p", sure, " ", _cancel(words))
    asking = element("details", summary, element("p", said.rebuild_about), buttons, class_="zj-sure")
    return join(asking, element("p", said.rebuild_when, class_="zj-note"))


def _index(held: LibraryContents, words: PageWords) -> Html:
    said = words.library
    passages = sum(len(document.passages) for document in held.documents)
    holds = said.holds.format(documents=f"{len(held.documents):,}", passages=f"{passages:,}")
    rows = [element("p", words.index(held.generation, held.built)), element("p", holds)]
    if (model := held.model) is not None:
        parts = (
            (said.model, model.name, model.name),
            (said.revision, model.revision[:_SHOWN], model.revision),
            (said.precision, model.precision, model.precision),
        )
        facts = (
            join(element("span", name, class_="zj-label"), " ", element("span", short, title=full, lang="en"))
            for name, short, full in parts
        )
        rows.append(element("p", *(element("span", fact) for fact in facts), class_="zj-facts-row"))
    return element("section", element("h3", said.index), *rows, class_="zj-index")


def render_work(work: IndexJob | None, held: Collection[str], words: PageWords) -> Html:
    """What is being done, or was done last; ``held`` are the documents that answer now."""
    if work is None:
        return EMPTY
    return _going_on(work, words) if work.is_going_on else _ended(work, held, words)


def _going_on(work: IndexJob, words: PageWords) -> Html:
    said = words.library
    step = stage_said(work, words)
    bar = {"max": "1"}
    if work.stage is not None and work.stage.step == "embedding" and work.state == "running":
        bar = {"max": str(max(work.stage.total, 1)), "value": str(work.stage.done)}
    return element(
        "div",
        element("p", what_said(work, words), class_="zj-verdict-title"),
        element("progress", aria_label=step, **bar),
        element("p", step, class_="zj-step-said"),
        element("p", said.meanwhile, class_="zj-note"),
        class_="zj-verdict",
    )


def what_said(work: IndexJob, words: PageWords) -> str:
    """What a change is for."""
    said = words.library
    form = {"add": said.adding, "remove": said.removing, "rebuild": said.rebuilding}[work.kind]
    return form.format(names=said.named(work.names))


def stage_said(work: IndexJob, words: PageWords) -> str:
    """How far a change is."""
    said, stage = words.library, work.stage
    if work.state == "opening":
        return said.opening
    if stage is None:
        return said.starting
    return _stage(stage, words)


def _stage(stage: UpdateProgress, words: PageWords) -> str:
    said = words.library
    form = {"reading": said.reading, "linking": said.linking, "embedding": said.embedding, "writing": said.writing}
    now = min(stage.done + 1, stage.total)
    return form[stage.step].format(name=stage.name, done=f"{stage.done:,}", now=f"{now:,}", total=f"{stage.total:,}")


def _ended(work: IndexJob, held: Collection[str], words: PageWords) -> Html:
    said = words.library
    about = said.ended.format(time=_time(work.ended) if work.ended else "", what=what_said(work, words))
    parts = _problem(work, words) if work.changed is None else _done(work.changed, work, held, words)
    kind = "zj-problem" if work.changed is None or work.changed.failures or work.changed.not_removed else "zj-done"
    return element("div", element("p", about, class_="zj-label"), *parts, class_=f"zj-verdict {kind}")


def _problem(work: IndexJob, words: PageWords) -> Iterator[Html]:
    said, error = words.library, work.error
    if error is None:
        yield element("p", said.stopped, class_="zj-verdict-title")
    elif isinstance(error.__cause__, LockHeldError):
        who = said.someone.format(process=error.__cause__.holder or "?")
        yield element("p", said.elsewhere.format(who=who), class_="zj-verdict-title")
    elif isinstance(error, ZhangjuError):
        yield element("p", said.failed, class_="zj-verdict-title")
        yield render_reason(str(error), words)
    else:
        yield element("p", words.unexpected, class_="zj-verdict-title")


def _done(changed: UpdateResult, work: IndexJob, held: Collection[str], words: PageWords) -> Iterator[Html]:
    said, report = words.library, changed.report
    lines = ((said.added, changed.added), (said.replaced, changed.replaced), (said.same, changed.identical))
    told = [form.format(names=said.named(names)) for form, names in (*lines, (said.removed, changed.removed)) if names]
    if work.kind == "rebuild":
        told.append(said.rebuilt.format(count=f"{len(changed.reread):,}"))
    if report.unchanged:
        told.append(said.nothing)
    for line in told:
        yield element("p", line, class_="zj-verdict-title")
    if not report.unchanged:
        yield element("p", said.cost.format(made=f"{report.embedded:,}", taken=f"{report.reused:,}"), class_="zj-note")
    for name, why in changed.failures.items():
        old = join(" ", element("span", said.kept_old)) if name in held else EMPTY
        yield element("p", element("b", said.not_read.format(name=name)), old)
        yield render_reason(why, words)
    for name, why in changed.not_removed.items():
        yield element("p", element("b", said.not_removed.format(name=name)))
        yield render_reason(why, words)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
