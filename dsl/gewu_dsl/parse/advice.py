"""Advice on what often goes wrong at one place: told by the word that cannot stand there and by what could."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gewu_dsl.diagnostics import Text
from gewu_dsl.parse.guesses import DAILY, HALF_YEARLY
from gewu_dsl.parse.lexing import Token
from gewu_dsl.words import SPELLINGS, TYPE_WORDS, Language, spell


class Advice(NamedTuple):
    """Fits where one of `words` (or a token of that kind) stands instead of `wanted`, one of what may stand there.
    `{_WHEN}` in the texts is how the author spells that keyword."""

    words: frozenset[str]
    wanted: str
    zh: str
    en: str
    fits: Callable[[Token, list[str]], bool] = lambda token, expected: True


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANY_TYPE = TYPE_WORDS[0].id

_ADVICE = (
    Advice(
        _words("如果 若 假如 那么 则 就 if then"), "",
        "先写结果，再写条件：{CRITICAL} {_WHEN} 人数 > 3  {MINOR} {_OTHERWISE}。",
        "the result stands first, then its condition: {CRITICAL} {_WHEN} people > 3  {MINOR} {_OTHERWISE}.",
    ),
    Advice(
        _words("其他 其它 otherwise 否则 else"), "_WHEN",
        "先写带“{_WHEN}”的，最后才是“{_OTHERWISE}”；只有一种就不写“{_OTHERWISE}”。",
        "results with `{_WHEN}` come first, `{_OTHERWISE}` last; a single one stands without it.",
        lambda token, expected: "_OTHERWISE" not in expected and "_ELSE" not in expected,
    ),
    Advice(
        _words("否则 else 其他 其它 其余 otherwise"), "",
        "“{_OTHERWISE}”写在结果后面：{MINOR} {_OTHERWISE}。",
        "`{_OTHERWISE}` stands behind its result: {MINOR} {_OTHERWISE}.",
        lambda token, expected: "_OTHERWISE" not in expected and "_ELSE" not in expected,
    ),
    Advice(
        _words("在 处于 位于"), "_BETWEEN",
        "写成：a {_BETWEEN} 3 {_AND_TO} 5（两头都算）。", "write: a {_BETWEEN} 3 {_AND_TO} 5 (both ends count).",
    ),
    Advice(
        _words("_COMMA SLASH 和 及 与 或 、 and or"), "_WITH_OFFICES",
        "只派给一个机构。一起办：{_ROUTE} 甲 {_WITH_OFFICES} 乙；甲没有时给乙：{_ROUTE} 甲 {_ELSE} 乙。",
        "one office handles it. Together: {_ROUTE} a {_WITH_OFFICES} b; b where there is no a: {_ROUTE} a {_ELSE} b.",
    ),
    Advice(
        _words("立即 马上 即时 立刻 随时 immediately"), "_BY_TIME",
        "写多久：1 {MINUTES}、30 {MINUTES} ……", "say how long: 1 minute, 30 {MINUTES} …",
    ),
    Advice(
        _words("次日 第二天 当天 当日 今天 下班前 明天 today tomorrow"), "_BY_TIME",
        "写几点以前：{_BY_TIME} 18:00 {TODAY}、{_BY_TIME} 18:00 {NEXT_WORKDAY}。",
        "say by what time: {_BY_TIME} 18:00 {TODAY}, {_BY_TIME} 18:00 {NEXT_WORKDAY}.",
    ),
    Advice(
        _words("半天 半日 半小时 半个小时 半个工作日"), "_BY_TIME",
        "写整数：半小时是“30 {MINUTES}”，半个工作日是“4 {WORK_HOURS}”。",
        "write whole numbers: 30 {MINUTES} for half an hour, 4 {WORK_HOURS} for half a workday.",
    ),
    Advice(
        _words("INT FLOAT MINUS _LPAR"), "_ITEM",
        "每条语句以关键词开头，前面不写序号。", "a statement begins with its keyword: no numbering before it.",
        lambda token, expected: token.first,
    ),
    Advice(
        _words("INT FLOAT"), "NAME",
        "名称以文字开头，数字放在后面：门1。", "a name begins with a letter: gate1.",
        lambda token, expected: expected == ["NAME"],
    ),
    Advice(
        _words("NAME MINUS _LPAR SLASH"), _ANY_TYPE,
        "名称是连着的一个词，只有字、数字和“_”；后面是题型：{_ASK} 净宽 {DECIMAL} “净宽（米）”。",
        'a name is one word of letters, digits and `_`, the type follows: {_ASK} width {DECIMAL} "Width (m)".',
    ),
    Advice(
        _words("NAME"), "STRING",
        "文字加引号；两个条件之间写“{_AND}”或“{_OR}”。", "a string stands in quotes; between conditions stands {_AND} or {_OR}.",
        lambda token, expected: "_AND" in expected and "_EQ" not in expected,
    ),
    Advice(
        _words("周 星期 个月 月 年 个星期 week weeks month months year years"), "WORKDAYS",
        "没有这个单位。一周写“5 {WORKDAYS}”或“7 {DAYS}”，一个月写“30 {DAYS}”。",
        "there is no such unit. A week is 5 {WORKDAYS} or 7 {DAYS}, a month 30 {DAYS}.",
    ),
    Advice(
        _words("h hr hrs H d D"), "WORKDAYS",
        "单位写全：不停表写“{HOURS}”，只算上班时间写“{WORK_HOURS}”，按天写“{WORKDAYS}”或“{DAYS}”。",
        "spell the unit: {HOURS} where the clock never stops, {WORK_HOURS}, {WORKDAYS} or {DAYS}.",
    ),
    Advice(
        DAILY, "MONTH",
        "每天一次写成：{WEEK} 7 次。", "once a day is: 7 {WEEK}.",
    ),
    Advice(
        HALF_YEARLY, "MONTH",
        "半年一次写成：{YEAR} 2 次。", "once in half a year is: 2 {YEAR}.",
    ),
    Advice(
        _words("街道 乡镇 乡 街道办 镇街 社区 居委会 村委会 区 区县 县区 市县"), "VILLAGE",
        "街道、乡写“{TOWN}”，社区写“{VILLAGE}”，区写“{COUNTY}”；一共五级：{GRID} {VILLAGE} {TOWN} {COUNTY} {CITY}。",
        "there are five tiers: {GRID} {VILLAGE} {TOWN} {COUNTY} {CITY}.",
    ),
    Advice(
        _words("当 when"), "_BY_TIME",
        "先写时限，再写条件：1 {WORKDAYS} {_WHEN} 人数 > 3  3 {WORKDAYS} {_OTHERWISE}。",
        "the limit stands first, then its condition: 1 workday {_WHEN} people > 3  3 {WORKDAYS} {_OTHERWISE}.",
    ),
    Advice(
        _words("次 天 SLASH"), "MONTH",
        "写成：{MONTH} 1 次、{QUARTER} 2 次、{YEAR} 4 次。", "write: 1 {MONTH}, 2 {QUARTER}, 4 {YEAR}.",
    ),
    Advice(
        _words("INT"), "DATE_VALUE",
        "日期写成：2026-03-01。", "write a date so: 2026-03-01.",
        lambda token, expected: "INT" not in expected,
    ),
    Advice(
        _words("INT FLOAT"), "_FROM",
        "范围写成：{_FROM} 0 {_TO} 100。", "write a range so: {_FROM} 0 {_TO} 100.",
    ),
    Advice(
        _words("INT"), "_AT_LEAST",
        "要几件，写在“{_AT_LEAST}”后面：{_AT_LEAST} 2。", "say how many with {_AT_LEAST}: {_AT_LEAST} 2.",
    ),
    Advice(
        _words("STRING"), _ANY_TYPE,
        "题型写在问题前面：{_ASK} 名称 {DECIMAL} “问题”。", 'the type stands before the question: {_ASK} name {DECIMAL} "question".',
    ),
    Advice(
        _words("NAME STRING"), "_LPAR",
        "选项放在括号里：（甲 “说明”, 乙 “说明”）。", 'put the choices in parentheses: (a "label", b "label").',
        lambda token, expected: expected == ["_LPAR"],
    ),
    Advice(
        _words("_EQ"), "",
        "这里不写“=”，空一格就行。", "no `=` here; a blank is enough.",
        lambda token, expected: "_AND" not in expected,
    ),
    Advice(
        _words("_RPAR"), "",
        "前面没有和它配对的“（”：去掉它，或补上“（”。", "no `(` before it belongs to it: leave it out, or write one.",
    ),
    Advice(
        _words("SLASH STAR"), "",
        "注释用“#”开头。", "a comment begins with `#`.",
        lambda token, expected: token.first,
    ),
    Advice(
        _words("_COMMA"), "",
        "这里不写逗号，空一格就行。", "no comma here; a blank is enough.",
        lambda token, expected: "_AND" not in expected,
    ),
    Advice(
        _words("NAME YES NO"), "_WHEN",
        "条件前面写“{_WHEN}”。", "a condition stands behind `{_WHEN}`.",
        lambda token, expected: not token.first
        and token.text not in SPELLINGS
        and "_WITH_OFFICES" not in expected
        and "_HINT" not in expected,
    ),
)  # fmt: skip


def advise(token: Token, expected: list[str], language: Language) -> Text | None:
    """What to type instead of a token that cannot stand where `expected` can; None where nothing is special."""
    for advice in _ADVICE:
        hit = token.text in advice.words or token.kind in advice.words
        if hit and (not advice.wanted or advice.wanted in expected) and advice.fits(token, expected):
            words = _Spelled(language)
            return Text(advice.zh.format_map(words), advice.en.format_map(words))
    return None


class _Spelled(dict[str, str]):
    def __init__(self, language: Language) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, identifier: str) -> str:
        return spell(identifier, self.language)
