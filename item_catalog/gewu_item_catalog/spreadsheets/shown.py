"""A cell's value as the text that a spreadsheet program shows: 7 in the format `0000` is 0007."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_LITERAL = r'(?:"[^"]*"|\\.|[^\s\w#?"\\;@.,%*_-]|[一-鿿（）])*'
_FORMAT = re.compile(rf"({_LITERAL})\s*(General|[#,]*0*(?:\.(0+))?)(%?)\s*({_LITERAL})", re.DOTALL)
_COLOUR = re.compile(r"\[[^\]]*\]")


def show_value(value: object, number_format: str) -> str:
    """Texts as they are; numbers by the digits, the percent sign and the words of their format; dates as ISO dates."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float | Decimal):
        return _show_number(value, number_format)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    return str(value)


def _show_number(value: float | Decimal, number_format: str) -> str:
    first = _COLOUR.sub("", (number_format or "General").split(";")[0])
    match = _FORMAT.fullmatch(first.strip())
    if match is None:
        return _plain(value)
    before, digits, decimals, percent, after = match.groups()
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if percent:
        number *= 100
    if digits == "General":
        text = _plain(number)
    elif decimals:
        text = f"{number:.{len(decimals)}f}"
    else:
        whole = number == number.to_integral_value()
        text = str(int(number)).zfill(digits.count("0")) if whole else _plain(number)
    return f"{_words(before)}{text}{percent}{_words(after)}"


def _plain(value: float | Decimal) -> str:
    """Without the noise of binary fractions: 0.1 + 0.2 is 0.3."""
    number = Decimal(format(value, ".15g"))
    return format(number.normalize(), "f") if number == number.to_integral_value() or number else "0"


def _words(literal: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda match: match[1] if match[1] is not None else match[2], literal)
