"""Amounts as people write them: 24, 1.5, 两, 二十四, 半, `half a`, `two`."""

from __future__ import annotations

import re
from decimal import Decimal

_ENGLISH = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_CHINESE = {
    "〇": 0,
    "零": 0,
    **{digit: value for value, digit in enumerate("一二三四五六七八九", 1)},
    "两": 2,
}
NUMERAL = rf"(?:\d{{1,9}}(?:\.\d{{1,4}})?|[{''.join(_CHINESE)}十百]{{1,6}}|半|half an?|{'|'.join(_ENGLISH)})"
"""A pattern of every amount that `read_numeral` may know, in half-width lower case."""


def read_numeral(text: str) -> Decimal | None:
    """The amount; None for Chinese digits in an order that says nothing."""
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Decimal(text)
    if text == "半" or text.startswith("half"):
        return Decimal("0.5")
    if text in _ENGLISH:
        return Decimal(_ENGLISH[text])
    return _read_chinese(text)


def _read_chinese(text: str) -> Decimal | None:
    match = re.fullmatch(r"(?:(.)百)?零?(?:(.?)(十))?(.?)", text)
    if match is None:
        return None
    hundreds, tens, ten, ones = match.groups()
    total = 0
    for digit, worth in ((hundreds, 100), (tens or ("一" if ten else ""), 10), (ones, 1)):
        if digit:
            if digit not in _CHINESE:
                return None
            total += _CHINESE[digit] * worth
    return Decimal(total)
