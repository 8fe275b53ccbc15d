"""Parser remarks in Chinese, and names of metadata in the language of the page.

The index keeps remarks in English, as the loaders, index/parsing/ and index/references/links.py write them, and
metadata under the names that the text or the file format gives.
"""

import re
from collections.abc import Mapping

_OLD_WORD = {"text boxes": "文本框", "notes": "脚注和尾注", "automatic numbers": "自动编号", "styles": "样式"}
_REMARKS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (
            r"the encoding is uncertain: read as (?P<encoding>\S+); check its special characters, "
            r"or save the file as UTF-8",
            "文件编码不确定，按 {encoding} 读取；请核对特殊字符，或将文件另存为 UTF-8",
        ),
        (
            r"the attachment (?P<name>.*) is not read; index it as a separate file",
            "附件 {name} 未读取；请作为单独的文件编入索引",
        ),
        (
            r"the hidden sheet (?P<name>.*) is not read; show it if it belongs to the text",
            "隐藏的工作表 {name} 未读取；如属于正文，请取消隐藏",
        ),
        (
            r"sheet (?P<name>.*): (?P<count>\d+) formulas have no stored value and are not read; "
            r"open the file in a spreadsheet program and save it",
            "工作表 {name}：{count} 个公式没有保存计算结果，未读取；请用表格软件打开并另存",
        ),
        *(
            (
                rf"the {lost} of this old Word file cannot be read; check the text, or save the file as docx",
                f"未能读取这份旧版 Word 文件的{chinese}；请核对原文，或另存为 docx",
            )
            for lost, chinese in _OLD_WORD.items()
        ),
        (
            r"recognised from pictures, compare quotations with the original: pages? (?P<pages>[\d, -]+)",
            "以下页由图片识别而来，引用前请核对原件：第 {pages} 页",
        ),
        (
            r"page (?P<page>\d+): recognised with doubt, please check: (?P<text>.*)",
            "第 {page} 页有识别不确定的字，请核对：{text}",
        ),
        (r"(?P<count>[\d,]+) more lines are recognised with doubt", "另有 {count} 行识别不确定"),
        (
            r"paragraphs that go on over a page break are joined: pages? (?P<pages>[\d, -]+)",
            "跨页的段落已合并：第 {pages} 页",
        ),
        (
            r"footnotes stand behind the paragraph that they interrupt: pages? (?P<pages>[\d, -]+)",
            "脚注已移到被它隔断的段落之后：第 {pages} 页",
        ),
        (r"read in columns: pages? (?P<pages>[\d, -]+)", "分栏排版，已逐栏读取：第 {pages} 页"),
        (
            r"(?P<count>[\d,]+) characters without a code are missing: pages? (?P<pages>[\d, -]+)",
            "有 {count} 个字符在文件中没有编码，未能读取：第 {pages} 页",
        ),
        (
            r"not recognised: the pictures of pages? (?P<pages>[\d, -]+); to read them: (?P<command>.*)",
            "第 {pages} 页是图片，未识别；如需读取，请运行：{command}",
        ),
        (r"the page (?P<name>.*) is no HTML and not read", "书中的 {name} 不是网页，未读取"),
        (r"slide (?P<number>\d+) holds no text", "第 {number} 张幻灯片没有文字"),
        (r"the chart on slide (?P<number>\d+) is not read", "第 {number} 张幻灯片上的图表未读取"),
        (r"the speaker notes of slide (?P<number>\d+) are not read", "第 {number} 张幻灯片的备注未读取"),
        (r"not read: (?P<what>(?:page|template|document|resources) .*)", "未能读取：{what}"),
        (
            r"line (?P<line>\d+): the heading of chapter (?P<number>\d+) is missing; inferred",
            "原文第 {line} 行：缺少第 {number} 章的标题，章号由上下文推定",
        ),
        (
            r"line (?P<line>\d+): (?P<count>[\d,]+) characters that cannot be seen, or look like others, "
            r"are ignored or read as those: (?P<codes>.*) \(lines (?P<lines>[\d, …]+)\)",
            "原文第 {line} 行起：有 {count} 个不可见或形近的字符，解析和检索时忽略或按常用字处理，显示仍依原文："
            "{codes}（第 {lines} 行）",
        ),
        (r"line (?P<line>\d+): (?P<count>\d+) lines joined to one paragraph", "原文第 {line} 行：{count} 行合并为一段"),
        (
            r"line (?P<line>\d+): read as a heading, as its number continues the others: (?P<text>.*)",
            "原文第 {line} 行：序号与前后相接，按标题处理：{text}",
        ),
        (
            r"line (?P<line>\d+): read as text, as its number does not fit the others: (?P<text>.*)",
            "原文第 {line} 行：序号与前后不接，按正文处理：{text}",
        ),
        (r"(?P<count>[\d,]+) more lines are read by their numbers alone", "另有 {count} 行仅凭序号判断是标题还是正文"),
        (
            r"line (?P<line>\d+): this is the first of (?P<count>[\d,]+) paragraphs whose lines are joined",
            "原文第 {line} 行起，{count} 个段落由多行合并而成",
        ),
        (
            r"line (?P<line>\d+): not read, an error of this program; please report the file: (?P<text>.*)",
            "原文第 {line} 行未能读取，这是程序的错误，请反馈这份文件：{text}",
        ),
        (
            r"line (?P<line>\d+): a table of contents of (?P<count>\d+) lines is left out",
            "原文第 {line} 行：略去 {count} 行的目录",
        ),
        (
            r"line (?P<line>\d+): (?P<label>\S.*) follows (?P<last>\S.*)",
            "原文第 {line} 行：{last}之后是{label}，序号不连续",
        ),
        (
            r"line (?P<line>\d+): the document names more than (?P<count>[\d,]+) articles and divisions; "
            r"from here on they are not linked",
            "原文第 {line} 行：文件提到的条款和章节超过 {count} 处，此后不再添加链接",
        ),
        (
            r"line (?P<line>\d+): one passage names more than (?P<count>[\d,]+) articles and divisions; "
            r"the rest is not linked",
            "原文第 {line} 行：这一段提到的条款和章节超过 {count} 处，其余不添加链接",
        ),
    )
)
_METADATA = (
    ("来源", "Source"),
    ("责任编辑", "Editor in charge"),
    ("编辑", "Editor"),
    ("作者", "Author"),
    ("发布机构", "Issued by"),
    ("发文机关", "Issuing body"),
    ("发布时间", "Published at"),
    ("发布日期", "Published"),
    ("成文日期", "Dated"),
    ("文号", "Document number"),
    ("说明", "Note"),
    ("日期", "Date"),
    ("没有文字的页", "Pages without text"),
)
_IN_ENGLISH: Mapping[str, str] = dict(_METADATA)
_IN_CHINESE: Mapping[str, str] = {english.casefold(): chinese for chinese, english in _METADATA}


def in_chinese(remark: str) -> str:
    """Return a remark in Chinese; empty if its form is unknown."""
    for pattern, chinese in _REMARKS:
        if found := pattern.fullmatch(remark):
            return chinese.format(**found.groupdict())
    return ""


def metadata_name(key: str, language: str) -> str:
    """Return the name of a metadata key in a language; an unknown key is returned as it is."""
    return _IN_ENGLISH.get(key, key) if language == "en" else _IN_CHINESE.get(key.casefold(), key)
