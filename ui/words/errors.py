"""What is said of an error by its kind; the words of the error itself stand below as the reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWords:
    """The words of one language."""

    place: str
    document: str
    model: str
    store: str


ZH = ErrorWords(
    place="所指的文件或段落不在当前索引里，可能已被移出或更新",
    document="文件读取失败",
    model="模型无法载入，暂时不能查询",
    store="索引无法打开，暂时不能查询",
)

EN = ErrorWords(
    place="The document or passage meant is not in the current index; it may have been removed or updated",
    document="The file could not be read",
    model="The model cannot be loaded, so nothing can be searched",
    store="The index cannot be opened, so nothing can be searched",
)
