"""Numbers of a workbook as a spreadsheet shows them: percentages, decimals, units, dates."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_EAST_ASIAN_DATES = (*range(27, 37), *range(50, 59))  # built-in formats whose form depends on the language
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?|\.[#0?]+")
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    rf"|(?P<digits>{_DIGITS.pattern})|(?P<other>.)",
    re.DOTALL,
)
_MAX_DECIMALS = 15


def shown_number(value: str, form: str, number: int, *, since_1904: bool = False) -> str:
    """Return a stored number as its format shows it.

    ``number`` is the id of the format. A format that cannot be followed gives the number itself.
    """
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return value
    if not exact.is_finite() or abs(exact.adjusted()) > _MAX_DECIMALS:
        return value
    if number in _EAST_ASIAN_DATES or _is_date(form):
        return _date(float(exact), since_1904) or _plain(exact)
    return _formatted(exact, form.split(";")[0]) or _plain(exact)


def _is_date(form: str) -> bool:
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(form))


def _date(value: float, since_1904: bool) -> str:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        found = from_excel(value, CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return ""
    if isinstance(found, datetime):
        return found.isoformat(" ", "minutes") if found.time() != time() else found.date().isoformat()
    if isinstance(found, date | time):
        return found.isoformat()
    return str(found) if isinstance(found, timedelta) else ""


def _plain(value: Decimal) -> str:
    """Return a number without the noise of binary fractions: 0.1, not 0.10000000000000001."""
    return format(Decimal(format(value, f".{_MAX_DECIMALS}g")).normalize(), "f")


def _formatted(value: Decimal, form: str) -> str:
    """Return a number by the first section of its format, empty if that is more than digits, units and a per cent."""
    before, behind, digits = "", "", ""
    for token in _TOKEN.finditer(form):
        if found := token["digits"]:
            if digits:
                return ""
            digits = found
            continue
        words = token["quoted"] or token["escaped"] or token["currency"] or token["other"] or ""
        other = token["other"] or ""
        if other and ((other.isascii() and other.isalpha()) or other in ",/@"):
            return ""  # an exponent, thousands, a fraction, General, text
        before, behind = (before, behind + words) if digits else (before + words, behind)
    if not digits or digits.endswith(","):
        return ""
    per_cent = "%" in behind or "%" in before
    decimals = min(len(digits.partition(".")[2]), _MAX_DECIMALS)
    rounded = (value * 100 if per_cent else value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = format(rounded, ",f" if "," in digits else "f")
    if "#" in digits.partition(".")[2]:
        text = text.rstrip("0").rstrip(".")
    return ("-" + before + text[1:] if text.startswith("-") else before + text) + behind
