"""What was probably meant: keywords glued to a name, misspelt, put in prose or in Chinese numerals."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from gewu_dsl.parse.lexing import SYMBOLS
from gewu_dsl.words import AMBIGUOUS_WORDS, KEYWORDS, STATEMENT_IDS, Language, is_chinese, spell

NEVER_OFFERED = frozenset(keyword.id for keyword in AMBIGUOUS_WORDS)

# Words that deny, and what they deny: never read as a misspelling of that.
NEGATIVE = {
    "不属于": "_IN",
    "不在": "_IN",
    "not": "_IN",
    "不包含": "_INCLUDES",
    "不含": "_INCLUDES",
    "不介于": "_BETWEEN",
}


def split_glued(text: str, expected: list[str]) -> tuple[str, str] | None:
    """The longest expected Chinese keyword that `text` begins with, and the rest of it."""
    found = ""
    for each in expected:
        for spelling in KEYWORDS[each].zh if each in KEYWORDS else ():
            if text.startswith(spelling) and len(found) < len(spelling) < len(text):
                found = spelling
    return (found, text[len(found) :]) if found else None


def find_glued(text: str, expected: list[str]) -> str | None:
    """The longest expected Chinese keyword inside or behind `text`."""
    found = ""
    for each in expected:
        if each in STATEMENT_IDS:
            continue
        for spelling in KEYWORDS[each].zh if each in KEYWORDS else ():
            if len(spelling) > len(found) and text.find(spelling) > 0:
                found = spelling
    return found or None


SUPERFLUOUS = frozenset(("必填", "必答", "required", "mandatory"))

# What people write in prose, and what it is called here.
_PROSE: dict[str, tuple[str, ...]] = {
    "=": ("等于", "为", "is", "equals"),
    "!=": ("不等于", "不为"),
    ">": ("大于", "超过", "高于", "多于"),
    "<": ("小于", "低于", "少于", "不足"),
    ">=": ("大于等于", "不小于", "不低于", "不少于", "达到"),
    "<=": ("小于等于", "不大于", "不高于", "不多于", "不超过"),
    "_AND": ("并且", "而且", "同时", "与"),
    "_OR": ("或者", "或是"),
    "_NOT": ("不是", "没有"),
    "_WHEN": ("如果", "若", "如", "当时", "if"),
    "_OTHERWISE": ("否则", "其余", "其它情况", "其他情况", "else"),
}
_FROM_PROSE = {word: meant for meant, group in _PROSE.items() for word in group}


def find_prose(text: str, expected: list[str], language: Language) -> str | None:
    """The expected keyword or symbol that a word of ordinary prose stands for."""
    meant = _FROM_PROSE.get(text, "")
    if SYMBOLS.get(meant, meant) in expected:
        return meant if meant in SYMBOLS else spell(meant, language)
    return None


_NUMERALS = {
    "两": "2",
    **{character: str(index) for index, character in enumerate("一二三四五六七八九十", 1)},
}


def read_numeral(text: str) -> tuple[str, int] | None:
    """The digits of a Chinese numeral that `text` begins with, and its length."""
    digits = _NUMERALS.get(text[0])
    return (digits, 1) if digits and text[1:2] not in _NUMERALS else None


def find_meant(
    text: str, expected: list[str], language: Language, fits: Callable[[str], bool] = lambda _: True
) -> str | None:
    """The expected keyword or symbol that a word stands for, or is a misspelling of; of keywords that are equally
    near, one that `fits` what comes next."""
    if prose := find_prose(text, expected, language):
        return prose
    if text in NEGATIVE:
        return None
    chinese = is_chinese(text)
    candidates = [
        spelling
        for each in expected
        if each in KEYWORDS and each not in NEVER_OFFERED
        for spelling in (KEYWORDS[each].zh if chinese else KEYWORDS[each].en)
        if len(spelling) > 1
    ]
    if len(text) < 2 or len(text) > 20:
        return None
    if not chinese and text.lower() in candidates:
        return text.lower()
    near = difflib.get_close_matches(text, candidates, n=5, cutoff=0.5 if chinese else 0.75)
    return max(near, key=lambda each: (_similarity(each, text), fits(each), each[0] == text[0]), default=None)


def _similarity(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
