"""The words of what is carried away: the buttons, and what stands in a memo around the words of the documents."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    export: str
    markdown: str
    word: str
    csv: str
    exporting: str
    exported: str  # once the file is handed to the browser
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


ZH = ExportWords(
    export="导出：",
    markdown="Markdown",
    word="Word",
    csv="CSV",
    exporting="正在导出……",
    exported="已导出：{name}",
    nothing="没有可以导出的内容。",
    open_in_page="在章句里打开",
    file_name="章句 {title}",
    basket_title="摘录（{count} 段）",
    collected_for="提问时的问题：{question}",
    note="批注：{note}",
    gone="索引里已没有这一段，文件可能改过或移走了；出处和文字是加入摘录时的样子，引用前请核对。",
    cut_short="只列出前 {shown} 段，共 {count} 段。",
    made="由章句导出，{time}；索引是{index}。",
    model="模型：{model}。",
    verbatim="引文都是文件里的原话；引用前请对照原文核对。",
)

EN = ExportWords(
    export="Export: ",
    markdown="Markdown",
    word="Word",
    csv="CSV",
    exporting="Exporting …",
    exported="Exported: {name}",
    nothing="There is nothing to export.",
    open_in_page="open in Zhangju",
    file_name="Zhangju {title}",
    basket_title="Basket ({count} passages)",
    collected_for="Found for the question: {question}",
    note="Note: {note}",
    gone="This passage is no longer in the index; the document may have been changed or removed. "
    "Citation and words are as they were when it was collected; check them before you quote.",
    cut_short="Only the first {shown} of {count} passages are listed.",
    made="Exported from Zhangju, {time}; index: {index}.",
    model="Model: {model}.",
    verbatim="The words quoted are the documents' own. Check them against the source before you quote.",
)
