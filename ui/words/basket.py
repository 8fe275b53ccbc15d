"""The words of the basket: the passages that a reader has collected."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

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


ZH = BasketWords(
    title="摘录",
    empty="摘录还是空的。在段落下面按“加入摘录”，就会收在这里，可以排序、加批注、一起导出。",
    kept_here="摘录和批注只存在这个浏览器里。",
    full="摘录放不下了：最多 {most} 段，连同批注不超过 {room} KB。",
    not_kept="浏览器不允许保存，或空间已满，这次改动没有存下。",
    unusable="存在浏览器里的摘录读不出来：最多 {most} 段，每段批注最多 {note} 字。",
    gone="索引里已没有这一段",
    up="上移",
    down="下移",
    remove="拿掉",
    moved="已移到第 {rank} 位",
    removed="已拿掉",
    note="批注",
    note_hint="写一句自己的话，最多 {most} 字",
    clear="清空摘录",
    clear_sure="{count} 段和它们的批注都会删掉，不能恢复。",
    clear_yes="清空",
    clear_no="保留",
)

EN = BasketWords(
    title="Basket",
    empty="The basket is empty. “Add to basket” under a passage puts it here, "
    "to be put in order, annotated and exported with others.",
    kept_here="Passages and notes are kept only in this browser.",
    full="The basket is full: it holds {most} passages and, with notes, {room} KB at most.",
    not_kept="The browser does not allow it, or has no room left: this change was not kept.",
    unusable="The basket as this browser keeps it cannot be read: "
    "there may be {most} passages, and {note} characters in a note.",
    gone="No longer in the index",
    up="Up",
    down="Down",
    remove="Remove",
    moved="Now number {rank}",
    removed="Removed",
    note="Note",
    note_hint="In your own words, at most {most} characters",
    clear="Empty the basket",
    clear_sure="All {count} passages and their notes will be deleted for good.",
    clear_yes="Empty it",
    clear_no="Keep them",
)
