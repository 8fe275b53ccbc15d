"""The words of the view of coverage: where the text speaks of something."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    about: str
    terms: str  # the label of the box
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
    split: str  # how many hold the words, how many more are near
    searched: str
    searched_one: str
    counts: str  # what counts
    zero: str
    bars: str  # the label of the chart
    bar: str  # what a bar says to a screen reader
    count: str
    zeros: str  # over chapters without any
    more_bars: str
    whole_document: str
    before: str
    passages: str
    passages_in: str
    first: str
    first_in: str
    every: str  # leads back from one chapter to all
    no_chapter: str
    worded: str  # on a passage
    meant: str
    both: str
    score: str
    file: str

    def found_in(self, term: str, passages: int, chapters: int) -> str:
        """In how many passages of how many chapters a term was found, in a sentence."""
        return self.found.format(
            term=term,
            passages=self.one_passage if passages == 1 else self.many_passages.format(count=f"{passages:,}"),
            chapters=self.one_chapter if chapters == 1 else self.many_chapters.format(count=f"{chapters:,}"),
        )


ZH = CoverageWords(
    about="文件在哪些地方谈到某件事：列出所有段落，按章计数。",
    terms="词语",
    placeholder="就业；绿色发展；employment",
    hint="可以一次查几个，每行一个，或用“、”“；”“，”隔开。中文、英文都可以，用英文也能查中文文件。",
    search="查分布",
    table="下载表格（csv）",
    found="“{term}”见于 {passages}，分布在 {chapters}。",
    one_passage="1 段",
    many_passages="{count} 段",
    one_chapter="1 章",
    many_chapters="{count} 章",
    nothing="没有找到“{term}”。",
    split="含有这个词语 {worded} 段，不含而意思相近 {meant} 段。",
    searched="查了 {documents} 份文件的 {passages} 段。",
    searched_one="查了这份文件的 {passages} 段。",
    counts="含有词语的段落全部计入，不分繁体简体、全角半角、大小写。不含而意思相近的也计入："
    "与词语的接近程度比全部段落的中间值高出 {threshold} 个标准差，并且高于与它无关的日常语句。",
    zero="0 表示没有段落含有这个词语，按上述标准也没有意思相近的段落；这不能证明文件没有谈到这件事，可能用了别的说法。",
    bars="各章的段数：{term}",
    bar="{chapter}：{of} 段中有 {found} 段",
    count="{found}/{of}",
    zeros="其余 {count} 章都是 0",
    more_bars="另有 {count} 章没有画出，段数最多的已经画出；全部在表格里。",
    whole_document="全文",
    before="各章之前",
    passages="段落（{count}）",
    passages_in="{chapter}的段落（{count}）",
    first="下面是前 {shown} 段，共 {count} 段。点上面的一章，看那一章的段落；全部在表格里。",
    first_in="下面是这一章的前 {shown} 段，共 {count} 段；全部在表格里。",
    every="看所有章",
    no_chapter="地址里的这一章不存在，文件可能已经更新。请在图中另选一章。",
    worded="含有这个词语",
    meant="意思相近",
    both="含有这个词语，意思也相近",
    score="接近程度 {score}",
    file="分布 {terms}",
)

EN = CoverageWords(
    about="Where the text speaks of something: every passage, counted by chapter.",
    terms="Terms",
    placeholder="employment; wetlands; 就业",
    hint="One or several, one a line or separated by , or ;. In any language: an English term finds Chinese passages.",
    search="Count",
    table="Download table (csv)",
    found="“{term}” was found in {passages} of {chapters}.",
    one_passage="1 passage",
    many_passages="{count} passages",
    one_chapter="1 chapter",
    many_chapters="{count} chapters",
    nothing="“{term}” was not found.",
    split="With the words: {worded}; without them, similar in meaning: {meant}.",
    searched="Searched: {passages} passages of {documents} documents.",
    searched_one="Searched: the {passages} passages of this document.",
    counts="Every passage that holds the words counts, in traditional or simplified characters, in any width and "
    "letter case. So does one without them that is similar in meaning: {threshold} standard deviations above the "
    "middle of all passages, and above everyday sentences on other things.",
    zero="0 means that no passage holds the words and none is similar in meaning by this measure. "
    "It is no proof that the text does not speak of it: it may do so in other words.",
    bars="Passages by chapter: {term}",
    bar="{chapter}: {found} of {of} passages",
    count="{found}/{of}",
    zeros="The other {count} chapters have 0",
    more_bars="{count} more chapters are not drawn, those with most passages are; all are in the table.",
    whole_document="the whole text",
    before="before the chapters",
    passages="Passages ({count})",
    passages_in="Passages in {chapter} ({count})",
    first="These are the first {shown} of {count} passages. "
    "Choose a chapter above to see those in it; all are in the table.",
    first_in="These are the first {shown} of {count} passages in this chapter; all are in the table.",
    every="All chapters",
    no_chapter="There is no such chapter as in the address; the documents may have changed. Choose one in the chart.",
    worded="holds the words",
    meant="similar in meaning",
    both="holds the words, and is similar in meaning",
    score="nearness {score}",
    file="coverage {terms}",
)
