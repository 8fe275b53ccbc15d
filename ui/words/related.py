"""The words of the views of what belongs together: related passages, and the map of chapters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    # related passages
    source: str
    count: str  # of related passages
    none: str
    left: str  # over the sentences of the passage asked about
    right: str
    sentences: str
    whole: str  # opens the whole passage
    terms: str  # before terms that both hold
    term_and_term: str
    refer: str  # headings of kinds
    referred: str
    terms_alike: str
    subject_alike: str
    # the map of chapters
    about: str
    too_few: str
    narrowed: str
    how: str
    weak: str  # at the ends of the scale of shades
    strong: str
    table: str
    chapter: str
    whole_document: str
    before: str  # what stands before the first chapter
    cell: str
    pair: str  # between two chapters
    strength: str
    strongest: str
    # the pairs of two chapters
    pairs: str  # how many are listed
    pairs_first: str
    no_pairs: str
    no_cell: str
    back: str
    first_refers: str  # kinds, said of two passages side by side
    second_refers: str
    same_terms: str
    same_subject: str

    def heading(self, kind: str) -> str:
        """What stands over related passages of a kind; a kind without words of its own is shown as it is."""
        known = {
            "refers to": self.refer,
            "referred to by": self.referred,
            "same terms": self.terms_alike,
            "same subject": self.subject_alike,
        }
        return known.get(kind, kind)

    def relation(self, kind: str) -> str:
        """How the second of two passages side by side belongs to the first."""
        known = {
            "refers to": self.first_refers,
            "referred to by": self.second_refers,
            "same terms": self.same_terms,
            "same subject": self.same_subject,
        }
        return known.get(kind, kind)


ZH = RelatedWords(
    source="与这一段相关",
    count="下面是其他章节和文件里与它最相关的 {count} 段。相对应的句子并排列出，这一段的在前，相关段落的在后。",
    none="其他章节和文件里没有找到与它相关的段落。",
    left="这一段",
    right="相关段落",
    sentences="相对应的句子",
    whole="全段",
    terms="共同的用语：",
    term_and_term="、",
    refer="这一段引用的",
    referred="引用这一段的",
    terms_alike="用语相同的",
    subject_alike="同一主题的",
    about="各章之间，谈同样的事情有多少。数字是百分比，是估计值：两章的段落，大约有百分之几在对方那里有相关的段落。"
    "章越长，这样的段落往往越多；索引里还有哪些文件，也会影响这个数，所以只能在同一个索引里互相比较。"
    "点一格，看这两章里哪些段落相对应。",
    too_few="少于两章，没有可以比较的。",
    narrowed="共有 {count} 章，这里只列出与别章关系最密的 {shown} 章。要看其余的，请在上面选定文件。",
    how="在表中可以用方向键移动，回车打开。",
    weak="关系疏",
    strong="关系密",
    table="章节关联表",
    chapter="章",
    whole_document="全文",
    before="各章之前",
    cell="{first}与{second}：{percent}%",
    pair=" ↔ ",
    strength="{percent}%",
    strongest="关系最密的章",
    pairs="关联 {percent}%。相关的段落有 {count} 对，最相近的在前。",
    pairs_first="关联 {percent}%。下面是最相近的 {count} 对段落。",
    no_pairs="关联 {percent}%。这两章里没有相关的段落。",
    no_cell="地址里的这两章不存在，文件可能已经更新。请在表中另选一格。",
    back="回到表",
    first_refers="前一段引用后一段",
    second_refers="后一段引用前一段",
    same_terms="用语相同",
    same_subject="同一主题",
)

EN = RelatedWords(
    source="Related to this passage",
    count="Most related in other chapters and documents: {count}. "
    "Sentences that correspond stand beside each other, those of this passage first.",
    none="Nothing related to it was found in other chapters or documents.",
    left="this passage",
    right="the related passage",
    sentences="Sentences that correspond",
    whole="The whole passage",
    terms="Terms in both: ",
    term_and_term=", ",
    refer="What this passage refers to",
    referred="What refers to this passage",
    terms_alike="In the same terms",
    subject_alike="On the same subject",
    about="How much the chapters speak of the same things. The numbers are percentages, and estimates: "
    "about that many of the passages of two chapters have a related one in the other. "
    "Long chapters tend to have more of them, and what else is in the index counts, too, "
    "so figures can be compared only within one index. Choose a cell to see which passages correspond.",
    too_few="There are fewer than two chapters, so there is nothing to compare.",
    narrowed="There are {count} chapters; these are the {shown} that are closest to others. "
    "Choose documents above to see the rest.",
    how="Arrow keys move in the table, Enter opens.",
    weak="loosely related",
    strong="closely related",
    table="Map of the chapters",
    chapter="Chapter",
    whole_document="the whole text",
    before="before the chapters",
    cell="{first} and {second}: {percent}%",
    pair=" ↔ ",
    strength="{percent}%",
    strongest="The closest chapters",
    pairs="Related: {percent}%. Pairs of related passages: {count}, the nearest first.",
    pairs_first="Related: {percent}%. These are the {count} nearest pairs of passages.",
    no_pairs="Related: {percent}%. No passages of these two chapters belong together.",
    no_cell="There are no such two chapters as the address names; the documents may have changed. "
    "Please choose another cell of the table.",
    back="Back to the table",
    first_refers="the first refers to the second",
    second_refers="the second refers to the first",
    same_terms="same terms",
    same_subject="same subject",
)
