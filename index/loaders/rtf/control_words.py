"""Control words and symbols of RTF by what they do to the text."""

import re

from index.loaders.source import strip_blank

SKIPPED = frozenset(  # destinations without text of the document, and those whose text is elsewhere too
    re.findall(
        r"\w+",
        "annotation atnauthor atndate atnicn atnid atnparent atnref atntime background bkmkend bkmkstart "
        "colorschememapping colortbl datafield datastore fldinst fonttbl footer footerf footerl footerr ftncn "
        "ftnsep ftnsepc aftncn aftnsep aftnsepc generator header headerf headerl headerr latentstyles "
        "listoverridetable listtable mmathPr nonesttables nonshppict objdata pict pgptbl picprop revtbl "
        "rsidtbl rxe sn sp sv shprslt tc themedata txe userprops wgrffmtfilter xe xmlnstbl",
    )
)
ENTERED = frozenset(
    ("footnote", "nesttableprops", "shpinst", "shptxt", "shpgrp", "dptxbxtext", "moMath", "moMathPara")
)  # with text though marked as ignorable
CHARACTERS = {
    "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005", "bullet": "•",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "tab": " ", "line": "\n",
    "column": "\n",
}  # fmt: skip
SYMBOLS = {"~": "\xa0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\t": " "}
PARAGRAPH_ENDS = ("par", "sect", "page")


def list_number(label: str) -> str:
    """Return the number of a list item, empty for a bullet: a sign, or the letter that draws it in its font."""
    plain = strip_blank(label)
    is_bullet = not any(map(str.isalnum, plain)) or (len(plain) == 1 and plain.isalpha() and plain < "\u0250")
    return "" if is_bullet else label
