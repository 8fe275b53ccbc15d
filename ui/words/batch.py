"""The words of the batch: many questions from a file, and the table of their answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    title: str
    about: str
    file: str
    choose: str
    paste: str
    paste_hint: str
    passages: str
    begin: str
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
    go_on: str
    another: str
    ended: str
    summary: str
    download: str
    wide: str
    excel: str
    question: str
    answer: str
    nearest: str
    not_answered: str
    vague: str
    first_rows: str
    file_name: str


ZH = BatchWords(
    title="批量提问",
    about="一次提很多问题：上传一份问题清单，或者直接贴在下面，每行一个。结果是一张表，每个问题都有原文、出处和链接。",
    file="问题文件（txt、csv、jsonl、xlsx）",
    choose="选择文件",
    paste="或者贴在这里，每行一个问题",
    paste_hint="每行一个问题",
    passages="每个问题列出几段",
    begin="开始",
    limits="一次最多 {questions} 个问题，文件不超过 {room} KB。表格的其他各列会原样保留；"
    "问题所在的列叫“问题”或 question。",
    too_big="这份文件太大，最多 {room} KB。请分成几份。",
    too_many="这里有 {count} 个问题，一次最多 {questions} 个。请分成几份，或者用命令 zhangju batch。",
    nothing="请先选一份文件，或者贴上问题。",
    unreadable="这份问题清单读不了",
    unknown="这一批提问已经不在了：程序只保留最近的 {most} 批，重新启动以后也不再保留。请再提交一次。",
    changed="索引在这期间更新了，同一张表不该出自两个索引，所以停在这里。已经查到的可以下载；要查完，请重新提交。",
    progress="已查 {done} / {total} 个问题",
    seconds_left="大约还要 {count} 秒",
    minutes_left="大约还要 {count} 分钟",
    stop="停下",
    go_on="继续",
    another="再查一批",
    ended="查完了",
    summary="文件的回答 {answered} 个，可能的回答 {perhaps} 个，很可能没有直接回答 {doubtful} 个，"
    "没有回答 {not_answered} 个，不是完整的问题 {vague} 个。",
    download="下载：",
    wide="每个问题一行",
    excel="Excel",
    question="问题",
    answer="回答和出处",
    nearest="最接近的一段：",
    not_answered="没有回答",
    vague="不是完整的问题",
    first_rows="只显示前 {shown} 个问题，全部在下载的表里。",
    file_name="{name} 的回答",
)

EN = BatchWords(
    title="Batch",
    about="Ask many questions at once: upload a list, or paste it below, one question a line. "
    "The result is a table with the words, the citation and a link for each.",
    file="File of questions (txt, csv, jsonl, xlsx)",
    choose="Choose a file",
    paste="Or paste them here, one question a line",
    paste_hint="one question a line",
    passages="Passages for each question",
    begin="Start",
    limits="At most {questions} questions at a time, in a file of at most {room} KB. "
    "Other columns of a table are kept as they are; the column of questions is called question.",
    too_big="This file is too large; it may have {room} KB. Please divide it.",
    too_many="There are {count} questions, and at most {questions} at a time. "
    "Please divide them, or use the command zhangju batch.",
    nothing="Please choose a file first, or paste some questions.",
    unreadable="This list of questions cannot be read",
    unknown="This batch is no longer there: the last {most} are kept, until the program is stopped. "
    "Please send it again.",
    changed="The index was updated meanwhile. A table should be from one index, so this one ends here. "
    "What was found can be downloaded; to have all of it, send the questions again.",
    progress="{done} of {total} questions",
    seconds_left="about {count} seconds left",
    minutes_left="about {count} minutes left",
    stop="Stop",
    go_on="Go on",
    another="Another batch",
    ended="Done",
    summary="Answered: {answered}. Possibly answered: {perhaps}. Probably not answered: {doubtful}. "
    "Not in the text: {not_answered}. Not a question: {vague}.",
    download="Download: ",
    wide="One row for each question",
    excel="Excel",
    question="Question",
    answer="Answer and citation",
    nearest="Nearest passage: ",
    not_answered="not in the text",
    vague="not a question",
    first_rows="Only the first {shown} questions are shown; the table to download has all.",
    file_name="{name} answered",
)
