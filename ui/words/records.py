"""Words of the page in one language, as records: one field for each key of zh.toml and en.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.loaders import LOADERS


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWords:
    """Titles of errors, by kind."""

    place: str
    document: str
    model: str
    store: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWords:
    """Sign-in and refused requests."""

    sign_in: str
    sign_out: str
    name: str
    password: str
    wrong: str
    wait: str
    crowded: str
    sessions: str
    sessions_of: str
    this_session: str
    unknown_device: str
    session_times: str
    end_session: str
    end_others: str
    just_now: str
    minutes: str
    hours: str
    back: str
    too_long: str
    unknown_host: str
    foreign_page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameWords:
    """Frame of the page: question box, regions, notices, help."""

    skip: str
    views: str
    answers: str
    map: str
    coverage: str
    library: str
    batch: str
    basket: str
    help: str
    outline: str
    text: str
    ask_in: str
    all_documents: str
    recent: str
    forget: str
    welcome: str
    busy: str
    too_slow: str
    offline: str
    denied: str
    unknown_view: str
    close: str
    copied: str
    not_copied: str
    contents: str
    hits_here: str
    fold: str
    place_found: str
    place_more: str
    keys: str
    key_box: str
    key_next: str
    key_previous: str
    key_open: str
    key_outline: str
    key_related: str
    key_copy: str
    key_help: str
    key_leave: str
    how: str
    how_ask: str
    how_place: str
    how_cite: str
    how_check: str
    meanings: str
    mean_sure: str
    mean_inferred: str
    mean_marks: str
    mean_map: str
    mean_coverage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HitWords:
    """Cards of passages and the open text."""

    by_both: str
    by_meaning: str
    by_words: str
    matching: str
    pair: str
    pair_and_pair: str
    actions: str
    copy: str
    copy_as: str
    link: str
    link_here: str
    related: str
    open: str
    collect: str
    collected: str
    refers_nowhere: str
    also_named: str
    next_hit: str
    previous_hit: str
    hit_of: str
    scan: str
    choose_document: str
    inferred: str
    unit: str  # of all values of a table
    styles: Mapping[str, str]  # of citations
    details: Mapping[str, str]  # that a question may ask for, by kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWords:
    """Export buttons and memos."""

    export: str
    markdown: str
    word: str
    csv: str
    exporting: str
    exported: str
    nothing: str
    open_in_page: str
    file_name: str
    basket_title: str
    collected_for: str
    note: str
    gone: str
    cut_short: str
    made: str
    model: str
    verbatim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketWords:
    """Basket of collected passages."""

    title: str
    empty: str
    kept_here: str
    full: str
    not_kept: str
    unusable: str
    gone: str
    up: str
    down: str
    remove: str
    moved: str
    removed: str
    note: str
    note_hint: str
    clear: str
    clear_sure: str
    clear_yes: str
    clear_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWords:
    """Batches of questions."""

    title: str
    about: str
    file: str
    choose: str
    paste: str
    paste_hint: str
    passages: str
    start: str
    limits: str
    too_big: str
    too_many: str
    nothing: str
    unreadable: str
    unknown: str
    changed: str
    progress: str
    seconds_left: str
    minutes_left: str
    stop: str
    resume: str
    another: str
    ended: str
    summary: str
    download: str
    wide: str
    excel: str
    question: str
    answer: str
    nearest: str
    related: str
    not_answered: str
    vague: str
    empty: str
    empty_rows: str
    first_rows: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedWords:
    """Related passages and the map of chapters."""

    source: str
    count: str
    none: str
    left: str
    right: str
    sentences: str
    whole: str
    terms: str
    term_and_term: str
    about: str
    map_computed: str
    too_few: str
    narrowed: str
    how: str
    weak: str
    strong: str
    table: str
    chapter: str
    cell: str
    pair: str
    strength: str
    strongest: str
    pairs: str
    pairs_first: str
    no_pairs: str
    no_cell: str
    back: str
    headings: Mapping[str, str]  # over related passages, by kind
    relations: Mapping[str, str]  # of two passages side by side, by kind


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageWords:
    """Coverage of terms."""

    about: str
    terms: str
    placeholder: str
    hint: str
    search: str
    table: str
    found: str
    one_passage: str
    many_passages: str
    one_chapter: str
    many_chapters: str
    nothing: str
    split: str
    searched: str
    searched_one: str
    counts: str
    zero: str
    bars: str
    bar: str
    count: str
    zeros: str
    more_bars: str
    passages: str
    passages_in: str
    first: str
    first_in: str
    every: str
    no_chapter: str
    worded: str
    meant: str
    both: str
    score: str
    file: str
    too_many: str

    def found_in(self, term: str, passages: int, chapters: int) -> str:
        """Return the numbers of passages and chapters of a term as a sentence."""
        return self.found.format(
            term=term,
            passages=self.one_passage if passages == 1 else self.many_passages.format(count=f"{passages:,}"),
            chapters=self.one_chapter if chapters == 1 else self.many_chapters.format(count=f"{chapters:,}"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWords:
    """Library: documents, uploads, index jobs."""

    title: str
    index: str
    model: str
    revision: str
    precision: str
    holds: str
    chapters: str
    uploaded: str
    from_source: str
    only_this: str
    open_text: str
    remove: str
    remove_uploaded: str
    remove_source: str
    remove_yes: str
    remove_no: str
    add: str
    choose: str
    drop: str
    takes: str
    read_only: str
    rebuild: str
    rebuild_when: str
    rebuild_about: str
    rebuild_yes: str
    sending: str
    sent: str
    adding: str
    removing: str
    rebuilding: str
    starting: str
    reading: str
    linking: str
    embedding: str
    writing: str
    opening: str
    meanwhile: str
    ended: str
    added: str
    replaced: str
    same: str
    removed: str
    rebuilt: str
    cost: str
    not_read: str
    kept_old: str
    not_removed: str
    nothing: str
    failed: str
    stopped: str
    elsewhere: str
    someone: str
    busy: str
    last_one: str
    gone: str
    no_such: str
    too_many: str
    full: str
    empty_file: str
    larger: str
    wrong: str
    between: str

    def suffixes(self) -> str:
        """Return the suffixes of supported files."""
        return self.listed(sorted(LOADERS))

    def listed(self, names: Sequence[str]) -> str:
        """Return names as a list."""
        return self.between.join(names)

    def too_large(self, name: str, size: int, most: int) -> str:
        """Return the message for a file of too many bytes."""
        return self.larger.format(name=name, size=megabytes(size), most=megabytes(most))

    def unsupported(self, name: str) -> str:
        """Return the message for a file with an unsupported suffix."""
        return self.wrong.format(name=name, suffixes=self.suffixes())


def megabytes(size: int) -> str:
    """Return bytes as MB, small numbers with a decimal."""
    return f"{size / 1e6:,.0f}" if size >= 1e7 else f"{max(size / 1e6, 0.1):,.1f}"
