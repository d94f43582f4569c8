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


DAILY = frozenset(("每天", "每日", "daily"))
HALF_YEARLY = frozenset(("每半年", "半年"))
"""Periods that there are not: never read as a misspelling of another."""


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
    "=": ("等于", "为", "是", "is", "equals"),
    "!=": ("不等于", "不为", "不是"),
    ">": ("大于", "超过", "高于", "多于"),
    "<": ("小于", "低于", "少于", "不足"),
    ">=": ("大于等于", "不小于", "不低于", "不少于", "达到"),
    "<=": ("小于等于", "不大于", "不高于", "不多于", "不超过"),
    "_AND": ("并且", "而且", "同时", "与"),
    "_OR": ("或者", "或是"),
    "_NOT": ("不是", "没有"),
    "_WHEN": ("如果", "若", "如", "当时", "if"),
    "_TO": ("至", "直到"),
    "_AND_TO": ("到", "至", "与"),
    "DECIMAL": ("小数", "数字", "金额", "number"),
    "TEXT": ("文字", "字符", "string"),
    "YES_NO": ("是否", "boolean", "bool"),
    "ONE_OF": ("单选题", "选择", "choice"),
    "ANY_OF": ("多选题",),
    "PHOTO": ("图片", "拍照", "picture", "image"),
    "_GIVEN": ("给定", "假设", "假定"),
    "_EXPECT": ("结果", "期望", "应为"),
    "CRITICAL": ("严重", "特别严重", "特大", "紧急", "高"),
    "MAJOR": ("中", "较重"),
    "MINOR": ("轻微", "普通", "低"),
    "_OTHERWISE": ("否则", "其余", "其它情况", "其他情况", "else"),
}
PROSE_WORDS = frozenset(word for group in _PROSE.values() for word in group)


def find_prose(text: str, expected: list[str], language: Language) -> str | None:
    """The expected keyword or symbol that a word of ordinary prose stands for."""
    if text in PROSE_WORDS:
        for meant, group in _PROSE.items():
            if text in group and SYMBOLS.get(meant, meant) in expected:
                return meant if meant in SYMBOLS else spell(meant, language)
    return None


def split_comparison(text: str, expected: list[str]) -> tuple[str, str] | None:
    """`大于30` in two: the longest word of a comparison before a number, and the expected sign it stands for."""
    number = len(text.rstrip("0123456789"))
    meant = find_prose(text[:number], expected, "en") if number < len(text) else None
    return (text[:number], meant) if meant in SYMBOLS else None


def find_meant(
    text: str, expected: list[str], language: Language, fits: Callable[[str], bool] = lambda _: True
) -> str | None:
    """The expected keyword or symbol that a word stands for, or is a misspelling of; of keywords that are equally
    near, one that `fits` what comes next."""
    if prose := find_prose(text, expected, language):
        return prose
    if text in NEGATIVE or text in DAILY | HALF_YEARLY:
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
