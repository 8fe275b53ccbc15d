"""Lines above tables: numbered captions, units of all values."""

import re

TABLE_UNIT = re.compile(
    r"[（(\[【]?\s*(?:(?:计量|計量)?[单單]\s*位|unit(?:s)?(?:\s+of\s+measure(?:ment)?)?|einheit(?:en)?|unité)\s*[:：]\s*"
    r"(?P<unit>[^（(\[【\n]+?)\s*[）)\]】]?$",
    re.IGNORECASE,
)
_NUMBER = r"[0-9０-９]+(?:[-－‑–—.．][0-9０-９]+)*|[一二三四五六七八九十]{1,3}|[A-Z](?:[-.]?[0-9]+)*|[IVX]+"
TABLE_CAPTION = re.compile(
    rf"(?:[附续續]?\s*表\s*(?:{_NUMBER})(?![0-9])|(?:annex\s+)?(?:table|tab\.|tabelle|tableau|tabla|tabella|tabela|quadro|cuadro|"
    rf"таблица|bảng|表格|표)\s*(?:{_NUMBER})\b)",
    re.IGNORECASE,
)
CONTINUED_TABLE = re.compile(
    r"^[续續]\s*表|[（(]\s*(?:续|續|续表|接上表|接上页|cont(?:inued|\.|’d|'d)?)\s*[）)]\s*$", re.IGNORECASE
)
