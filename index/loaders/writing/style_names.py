"""Names of paragraph styles in word processors, and of titles that are only placeholders."""

import re
from collections.abc import Iterable

from index.loaders.source import strip_blank
from index.records import LeftOut

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题|標題", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录|目錄|contents)\s*\d|(?:toc heading|contents heading|目录|目錄)$", re.IGNORECASE)
_PLACEHOLDER_TITLE = re.compile(
    r"(?:microsoft word|powerpoint)\b.*|(?:文档|文件|document|untitled|无标题|新建).{0,12}", re.IGNORECASE
)


def heading_level(style: str) -> int:
    """Return the level of a heading style (1 for a title), 0 for other styles."""
    if found := _HEADING.fullmatch(style):
        return int(found.group(1))
    return 1 if _TITLE.fullmatch(style) else 0


def is_contents(style: str) -> bool:
    """Return whether a style is that of a line in a table of contents."""
    return bool(_CONTENTS.match(style))


def left_out_contents(lines: Iterable[str]) -> tuple[LeftOut, ...]:
    """Return the lines of a table of contents as a part that is left out, if there are any."""
    shown = tuple(filter(None, map(strip_blank, lines)))
    return (LeftOut(reason="contents", lines=shown),) if shown else ()


def real_title(title: str) -> dict[str, str]:
    """Return the metadata of a title, none if the title is a placeholder."""
    return {"title": title} if title and not _PLACEHOLDER_TITLE.fullmatch(title) else {}
