"""The words of the library: the index, its documents, what is added, removed and rebuilt."""

from dataclasses import dataclass

from index.loaders import LOADERS


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    title: str
    index: str
    model: str
    revision: str
    precision: str
    holds: str
    # a document
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
    # what can be done
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
    # what is being done
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
    # what was done
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
    # what went wrong
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
        """The endings of the files that can be added."""
        return self.between.join(sorted(LOADERS))

    def named(self, names: tuple[str, ...]) -> str:
        """Documents by their names."""
        return self.between.join(names)

    def too_large(self, name: str, size: int, most: int) -> str:
        """That a file of so many bytes is refused."""
        return self.larger.format(name=name, size=megabytes(size), most=megabytes(most))

    def wrong_kind(self, name: str) -> str:
        """That a file of such a name is not read."""
        return self.wrong.format(name=name, suffixes=self.suffixes())


def megabytes(size: int) -> str:
    """Bytes as MB, with a decimal where there are few."""
    return f"{size / 1e6:,.0f}" if size >= 1e7 else f"{max(size / 1e6, 0.1):,.1f}"


ZH = LibraryWords(
    title="文件库",
    index="当前索引",
    model="模型",
    revision="版本",
    precision="精度",
    holds="{documents} 份文件，{passages} 段",
    chapters="{count} 章",
    uploaded="{time} 上传",
    from_source="建索引时读入",
    only_this="只查这份",
    open_text="打开原文",
    remove="移出",
    remove_uploaded="移出以后，提问不再查到它，上传的文件也一并删除。"
    "以前的索引还留着两代，可以用 zhangju rollback 回到那里。",
    remove_source="移出以后，提问不再查到它；原来的文件不动，下次对它运行 zhangju index 时会重新收进来。",
    remove_yes="确认移出",
    remove_no="取消",
    add="添加文件",
    choose="选择文件",
    drop="也可以把文件拖到这里",
    takes="能读 {suffixes}，每份不超过 {most} MB。同名的文件会换成新的一份。",
    read_only="这里只能查询，不能改动文件库。",
    rebuild="全部重建",
    rebuild_when="平时不需要：添加、移出文件时索引会自动更新。原来的文件在库外改过，或者程序升级以后想重新读入时，才需要重建。",
    rebuild_about="把还找得到的文件重新读一遍，文件多时要几分钟以至更久；期间照常可以提问。",
    rebuild_yes="开始重建",
    sending="正在上传 {name}：{percent}%",
    sent="上传完毕，正在开始处理",
    adding="添加 {names}",
    removing="移出 {names}",
    rebuilding="全部重建",
    starting="准备中",
    reading="读文件：{name}（第 {now} 份，共 {total} 份）",
    linking="查找文中互相引用之处",
    embedding="处理文字：{done} / {total} 条",
    writing="写入索引",
    opening="启用新索引",
    meanwhile="照常可以提问；离开这一页也不会中断。",
    ended="上一次改动（{time}）：{what}",
    added="已加入：{names}",
    replaced="已换成新的一份：{names}",
    same="库里已有一模一样的：{names}",
    removed="已移出：{names}",
    rebuilt="已全部重建，重新读了 {count} 份文件",
    cost="新处理 {made} 条文字；{taken} 条没有变化，沿用上一次的结果。",
    not_read="读取失败：{name}",
    kept_old="原来那份仍在库里。",
    not_removed="文件删不掉：{name}",
    nothing="文件库没有变化",
    failed="修改没有完成，文件库还是原来的样子",
    stopped="程序停止时还没有做完，文件库还是原来的样子",
    elsewhere="{who}正在建这个索引，这次修改没有完成。等它结束以后再试一次。",
    someone="另一个进程（{process}）",
    busy="文件库正在改动，请等它结束以后再试。",
    last_one="这是最后一份文件，索引不能是空的。请先添加别的文件，再移出这一份。",
    gone="上传的文件已经不在了，请重新选择。",
    no_such="文件库里没有“{name}”，它可能刚被移出。",
    too_many="已有 {most} 份上传的文件在等待处理，请稍后再试。",
    full="文件库已满，放不下这份文件。请先移出一些，或者用 zhangju index 直接建索引。",
    empty_file="“{name}”是空的，没有内容。请选择有文字的文件。",
    larger="“{name}”有 {size} MB，超过了每份 {most} MB 的上限。请拆成几份再添加。",
    wrong="“{name}”不是能读的文件。能读的有 {suffixes}；请另存为其中一种再添加。",
    between="、",
)

EN = LibraryWords(
    title="Library",
    index="Current index",
    model="Model",
    revision="revision",
    precision="precision",
    holds="Documents: {documents}, passages: {passages}",
    chapters="Chapters: {count}",
    uploaded="uploaded {time}",
    from_source="read when the index was built",
    only_this="Ask only this",
    open_text="Open the text",
    remove="Remove",
    remove_uploaded="Questions will not find it any more, and the uploaded file is deleted. "
    "The two builds before are kept: zhangju rollback goes back to them.",
    remove_source="Questions will not find it any more. Its file stays where it is, and the next zhangju index "
    "of it takes it in again.",
    remove_yes="Remove it",
    remove_no="Cancel",
    add="Add documents",
    choose="Choose files",
    drop="or drop files here",
    takes="Reads {suffixes}, at most {most} MB each. A file of the same name takes the place of the one before.",
    read_only="Documents can only be asked here; the library cannot be changed.",
    rebuild="Rebuild everything",
    rebuild_when="Not needed in daily use: adding and removing documents updates the index by itself. Rebuild when "
    "files were changed outside the library, or after an update of the program.",
    rebuild_about="All files that are still found are read again, which takes minutes for long documents. "
    "Questions are answered meanwhile.",
    rebuild_yes="Start",
    sending="Uploading {name}: {percent}%",
    sent="Uploaded, about to start",
    adding="Adding {names}",
    removing="Removing {names}",
    rebuilding="Rebuilding everything",
    starting="Getting ready",
    reading="Reading {name} (file {now} of {total})",
    linking="Looking for references between passages",
    embedding="Processing text: {done} of {total}",
    writing="Writing the index",
    opening="Switching to the new index",
    meanwhile="Questions are answered meanwhile, and leaving this view stops nothing.",
    ended="The last change ({time}): {what}",
    added="Added: {names}",
    replaced="Replaced by the new file: {names}",
    same="There already, just the same: {names}",
    removed="Removed: {names}",
    rebuilt="Everything was rebuilt, files read again: {count}",
    cost="New texts processed: {made}. Unchanged texts kept from before: {taken}.",
    not_read="Not read: {name}",
    kept_old="The one before is still in the library.",
    not_removed="The file cannot be deleted: {name}",
    nothing="The library has not changed",
    failed="This was not done; the library is as it was",
    stopped="The program was stopped before this was done; the library is as it was",
    elsewhere="{who} is building this index, so this was not done. Try again when that has ended.",
    someone="Another process ({process})",
    busy="The library is being changed. Please wait for that to end, then try again.",
    last_one="This is the last document, and an index cannot be empty. Add another before you remove it.",
    gone="The uploaded files are not there any more. Please choose them again.",
    no_such="There is no “{name}” in the library; it may just have been removed.",
    too_many="There are {most} uploaded files waiting already. Please try again later.",
    full="The library is full and has no room for this file. Remove some, or build the index with zhangju index.",
    empty_file="“{name}” is empty. Please choose a file with text in it.",
    larger="“{name}” has {size} MB, more than the {most} MB that a file may have. Split it and add the parts.",
    wrong="“{name}” is not a file that can be read. Wanted: {suffixes}. Save it as one of these and add that.",
    between=", ",
)
