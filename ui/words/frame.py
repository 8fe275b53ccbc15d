"""The words of the frame: the box, the regions, the notices, the keys."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

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
    ask_in: str  # over the documents that can be chosen
    all_documents: str
    recent: str
    forget: str
    welcome: str
    busy: str
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


ZH = FrameWords(
    skip="跳到结果",
    views="功能",
    answers="回答",
    map="章节关联",
    coverage="分布",
    library="文件库",
    batch="批量提问",
    basket="摘录",
    help="帮助",
    outline="目录",
    text="原文",
    ask_in="查找范围：",
    all_documents="全部文件",
    recent="最近问过",
    forget="清除记录",
    welcome="在上面输入问题，或者输入一处出处，例如“第十六章第二节”。回答会连同原文和出处一起列在这里。",
    busy="现在提问的人太多，这个问题没有提交成功。请过几秒钟再试。",
    offline="连不上程序，刚才的操作没有完成。程序可能已经停止；恢复以后再试一次。",
    denied="登录已过期，请重新载入页面并登录。",
    unknown_view="地址里的这一页不存在。",
    close="关闭",
    copied="已复制",
    not_copied="浏览器不允许复制，请手动选中。",
    contents="文件目录",
    hits_here="此处找到 {count} 段",
    fold="展开或收起",
    place_found="{place}：{count} 段",
    place_more="只列出前 {shown} 段，全部在原文里。",
    keys="快捷键",
    key_box="到提问框",
    key_next="下一段",
    key_previous="上一段",
    key_open="在原文中打开",
    key_outline="目录",
    key_related="相关段落",
    key_copy="复制出处",
    key_help="显示帮助",
    key_leave="离开提问框，或关闭窗口",
    how="怎样使用",
    how_ask="用一句话提问：谁、什么事、哪一年、多少。中文、英文都可以，文件是中文也可以用英文问。",
    how_place="输入出处可直接跳转：第十六章第二节、刑法第一百三十三条之一、ch. 16 sec. 2。",
    how_cite="每一段都可以复制引文和出处（中文、英文、Markdown、GB/T 7714、BibTeX）和链接，也可以加入摘录，一起导出。",
    how_check="回答是文件里的原话，不是程序写的。要引用时，请对照原文核对。",
    meanings="页面上的说法和标记",
    mean_sure="可信程度：程序估计所列的句子确实回答了问题的可能。高是九成以上，较高是七成以上，一般是五成以上；"
    "低于五成请先核对原文。",
    mean_inferred="推定：原文缺了这一级标题，章号由前后文推出，引用时应说明。",
    mean_marks="黄色底纹是最切合问题的句子；下划线是与问题相同的词语。",
    mean_map="章节关联：各章之间谈同样事情的多少，点一格看相对应的段落。",
    mean_coverage="分布：一个词语见于哪些段落，按章计数，意思相近的也算。",
)

EN = FrameWords(
    skip="Skip to the results",
    views="Views",
    answers="Answers",
    map="Chapter map",
    coverage="Coverage",
    library="Library",
    batch="Batch",
    basket="Basket",
    help="Help",
    outline="Outline",
    text="Text",
    ask_in="Search in:",
    all_documents="All documents",
    recent="Asked before",
    forget="Clear history",
    welcome="Type a question above, or a place such as “ch. 16 sec. 2”. "
    "Answers appear here with the passages they stand in and their citations.",
    busy="Too many people are asking right now, and this question was not answered. Please try again in a few seconds.",
    offline="The program cannot be reached, and what you did was not carried out. "
    "It may have been stopped; try again when it is back.",
    denied="You are no longer signed in. Please load the page again and sign in.",
    unknown_view="There is no such view as this address names.",
    close="Close",
    copied="Copied",
    not_copied="The browser does not allow copying; please select the text yourself.",
    contents="Contents of the documents",
    hits_here="{count} found here",
    fold="Fold or unfold",
    place_found="{place}, passages: {count}",
    place_more="Only the first {shown} are listed; all of them are in the text.",
    keys="Keys",
    key_box="to the question box",
    key_next="next passage",
    key_previous="previous passage",
    key_open="open in the text",
    key_outline="outline",
    key_related="related passages",
    key_copy="copy the citation",
    key_help="show help",
    key_leave="leave the box, or close a window",
    how="How to use it",
    how_ask="Ask in a sentence: who, what, which year, how much. "
    "In English or Chinese, whatever the language of the document.",
    how_place="Type a place to go there: ch. 16 sec. 2, 第十六章第二节, 刑法第一百三十三条之一.",
    how_cite="Each passage has its citation to copy, with the quotation or alone "
    "(Chinese, English, Markdown, GB/T 7714, BibTeX), and a link, "
    "and can be added to the basket, to be exported with others.",
    how_check="Answers are the document's own sentences, none is written by the program. "
    "Check a passage against the source before you quote it.",
    meanings="Words and marks on the page",
    mean_sure="Confidence: how likely it is, by the program’s estimate, that the sentence answers the question. "
    "High is from 90%, fairly high from 70%, moderate from 50%; below that, check the passage first.",
    mean_inferred="Inferred: the text lacks this heading, and its number was told from what stands around it. "
    "Say so when you cite it.",
    mean_marks="Yellow marks the sentence that fits the question best; words underlined are those of the question.",
    mean_map="Chapter map: how much chapters speak of the same things; a cell opens the passages that correspond.",
    mean_coverage="Coverage: in which passages a term is found, counted by chapter, those similar in meaning included.",
)
