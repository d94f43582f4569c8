"""Limits as standards write them: `2h`, `1个工作日`, `24小时（紧急）`, `一般3天，重大1天`. What is ambiguous is never guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.numerals import NUMERAL, read_numeral
from gewu_item_catalog.spreadsheets.severities import LEVELS

_UNITS: dict[str, str] = {
    "minutes": r"分钟|分|(?:minutes?|mins?)(?![a-z])",
    "hours": r"个?紧急工作小?时|紧急小时",
    "work_hours": r"个?工作小?时|work(?:ing)?\s*hours?",
    "workdays": r"个?工作日|(?:full\s*)?(?:work(?:ing)?|business)\s*days?|workdays?",
    "days": r"个?自然日|个?日历日|(?:calendar|natural)\s*days?",
    "ambiguous_hours": r"个?小时|个?钟头|(?:hours?|hrs?|h)(?![a-z])",
    "ambiguous_days": r"天|日|(?:days?|d)(?![a-z])",
    "weeks": r"个?星期|周|weeks?",
    "months": r"个?月|months?",
}
_UNIT = "|".join(f"(?P<{{0}}{name}>{spellings})" for name, spellings in _UNITS.items())
_LABEL = rf"{'|'.join(sorted(LEVELS, key=len, reverse=True))}|[abc]类|[一二三]类区域"
_AREAS = {"一": "A", "二": "B", "三": "C"}
_KIND = r"(?:区域?|情况|情形|问题|的|[:为])*"
_DURATION = re.compile(
    rf"(?:(?P<label>{_LABEL}){_KIND})?\s*"
    rf"(?P<low>{NUMERAL})\s*(?:(?:{_UNIT.format('')})|(?P<bare>))\s*"
    rf"(?:(?:-|~|–|—|至|到|to)\s*(?P<high>{NUMERAL})\s*(?:{_UNIT.format('high_')}))?"
    rf"(?:\((?P<clock>紧急工作时|紧急|急|工作时间?|工作日|自然日)\))?(?:以内|之内|内)?(?:\((?P<behind>{_LABEL})\))?",
)
_BY = re.compile(
    r"(?:(?P<today>当日|当天|今天)|(?P<next>下一?个?工作日|次工作日)|满?(?P<after>\d+)\s*个?工作日后?)\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*前?"
)
_CLOCKS = {
    "紧急工作时": "hours",
    "紧急": "hours",
    "急": "hours",
    "工作时": "work_hours",
    "工作时间": "work_hours",
}
_DAYS = {"工作日": "workdays", "自然日": "days"}
_HARMLESS = re.compile(
    r"不超过|不得超过|限期?|处置|处理|整改|办结|完成|within|以内|之内|内|前|[\s,;.。、:()!/]"
)
AT_ONCE = re.compile(r"即时|立即|当场|即刻|马上|随时|立刻")
_NUMBERING = re.compile("[①-⑳]")
MOST = 9_999


@dataclass(frozen=True, slots=True)
class Habits:
    """How this standard means its ambiguous words: 小时 and 天, and what 即时 allows. None: it has not been said, and
    such a limit waits."""

    hours: Literal["urgent", "work"] | None = None
    days: Literal["work", "natural"] | None = None
    at_once: tree.LimitValue | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A limit, for a level or for a class of areas (`A`) where it is not for all."""

    value: tree.LimitValue
    level: tree.Level | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """`cases` is empty where the limit cannot be told; then `why` says so by a kind of note. `said` are the kinds of
    what a reader should look at, with what it is about."""

    cases: tuple[Case, ...] = ()
    why: tuple[str, Text] | None = None
    said: tuple[tuple[str, Text], ...] = ()


class _Wait(Exception):
    def __init__(self, kind: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.kind, self.text = kind, Text(zh, en)


def read_limit(text: str, habits: Habits = Habits(), unit: str = "") -> Reading:
    """What a cell says; `unit` is what stands in its column's header, for cells that hold a number alone."""
    plain = unicodedata.normalize("NFKC", _NUMBERING.sub(" ", text)).strip().lower()
    try:
        return _read(plain, habits, unit)
    except _Wait as wait:
        return Reading(why=(wait.kind, wait.text))


def is_unit(text: str) -> bool:
    """Whether a cell holds a unit of time alone: 小时, 个工作日, 小时（紧急）."""
    return bool(read_limit(f"1{text}", Habits("urgent", "work")).cases) and not any(map(str.isdigit, text))


def is_amount(text: str) -> bool:
    """Whether a cell holds a number alone."""
    return re.fullmatch(NUMERAL, unicodedata.normalize("NFKC", text).strip()) is not None


def _read(plain: str, habits: Habits, unit: str) -> Reading:
    if not plain:
        raise _Wait(
            "limit_missing", "没有写时限；可用 --handle 给一个", "no limit is given; --handle can say one"
        )
    if re.fullmatch(rf"{NUMERAL}(?:\s*(?:-|~|–|—|至)\s*{NUMERAL})?", plain):
        plain += unicodedata.normalize("NFKC", unit).strip().lower()
    by = _BY.fullmatch(plain)
    if by is not None:
        return Reading((Case(_by(by)),))
    if AT_ONCE.fullmatch(plain.rstrip("处置理办整改。 ")):
        if habits.at_once is None:
            raise _Wait(
                "limit_unread",
                "“即时”没有说多久；用 --at-once 说明",
                "“at once” does not say how long; say it with --at-once",
            )
        return Reading((Case(habits.at_once),))
    matches = [match for match in _DURATION.finditer(plain) if match["bare"] is None or match["high"]]
    if not matches:
        raise _Wait("limit_unread", "看不出时限是多少", "no limit can be read here")
    return _cases(plain, matches, habits)


def _cases(plain: str, matches: list[re.Match[str]], habits: Habits) -> Reading:
    labels = [match["label"] or match["behind"] for match in matches]
    said: list[tuple[str, Text]] = []
    if len(matches) > 1 and not _tell_apart(labels):
        raise _Wait(
            "limit_unread",
            "一格里有几个时限，看不出各管什么",
            "several limits in one cell, for what is not said",
        )
    cases: list[Case] = []
    for match, label in zip(matches, labels, strict=True):
        value = _value(match, habits)
        if match["high"]:
            said.append(("limit_range", Text("时限是一个范围", "the limit is a range")))
        cases.append(Case(value, LEVELS.get(label or ""), _area(label)))
    if len(cases) == 1 and labels[0]:
        said.append(("limit_words", Text(f"只写了“{labels[0]}”的时限", f"a limit for “{labels[0]}” only")))
        cases = [Case(cases[0].value)]
    if rest := " ".join(_HARMLESS.sub(" ", _without(plain, matches)).split()):
        said.append(("limit_words", Text(f"时限旁边还有“{rest}”", f"beside the limit stands “{rest}”")))
    return Reading(tuple(cases), None, tuple(said))


def _without(plain: str, matches: list[re.Match[str]]) -> str:
    for match in reversed(matches):
        plain = f"{plain[: match.start()]} {plain[match.end() :]}"
    return plain


def _tell_apart(labels: list[str | None]) -> bool:
    kinds = {label in LEVELS for label in labels}
    meant = [LEVELS.get(label or "") or _area(label) for label in labels]
    return None not in labels and len(kinds) == 1 and len(set(meant)) == len(meant)


def _area(label: str | None) -> str | None:
    if not label or label in LEVELS:
        return None
    return _AREAS.get(label[0], label[0].upper())


def _value(match: re.Match[str], habits: Habits) -> tree.Duration:
    amount = read_numeral(match["high"] or match["low"])
    units = {name for name in _UNITS if match[name]}
    ends = {name for name in _UNITS if match[f"high_{name}"]}
    if ends and units and ends != units:
        raise _Wait("limit_unread", "范围两头的单位不同", "the ends of the range have different units")
    [unit] = ends or units
    if amount is None or amount <= 0:
        raise _Wait("limit_unread", "时限是零", "a limit of nothing")
    clock = match["clock"]
    if clock and unit == "ambiguous_hours":
        unit = _CLOCKS.get(clock, unit)
    elif clock and unit == "ambiguous_days":
        unit = _DAYS.get(clock, unit)
    return measure(amount, unit, habits)


def measure(amount: Decimal, unit: str, habits: Habits) -> tree.Duration:
    """An amount of a unit as a limit of the language; half a natural day is 12 hours of the clock."""
    if unit == "ambiguous_hours":
        if habits.hours is None:
            raise _Wait(
                "limit_ambiguous",
                "“小时”没有说是紧急工作时还是工作时；用 --hours 说明",
                "“hours” may be work hours or hours of the clock; say which with --hours",
            )
        unit = "hours" if habits.hours == "urgent" else "work_hours"
    if unit == "ambiguous_days":
        if habits.days is None:
            raise _Wait(
                "limit_ambiguous",
                "“天”没有说是工作日还是自然日；用 --days 说明",
                "“days” may be workdays or natural days; say which with --days",
            )
        unit = "workdays" if habits.days == "work" else "days"
    if unit == "weeks":
        amount, unit = amount * 7, "days"
    if unit == "months":
        raise _Wait("limit_unread", "一个月多长没有定数", "a month has no fixed length")
    if unit == "days" and amount % 1:
        amount, unit = amount * 24, "hours"
    if unit == "hours" and amount % 1:
        amount, unit = amount * 60, "minutes"
    if amount % 1:
        raise _Wait("limit_unread", "工作时、工作日要写整数", "work hours and workdays come in whole numbers")
    if amount > MOST:
        raise _Wait("limit_unread", "时限太长，不像是对的", "the limit is too long to be right")
    return tree.Duration(int(amount), _DSL_UNITS[unit])


_DSL_UNITS: dict[str, tree.Unit] = {
    "minutes": "minutes", "hours": "hours", "work_hours": "work_hours", "workdays": "workdays", "days": "days",
}  # fmt: skip


def _by(match: re.Match[str]) -> tree.By:
    minutes = int(match["hour"]) * 60 + int(match["minute"])
    if int(match["minute"]) > 59 or minutes >= 24 * 60:
        raise _Wait("limit_unread", "没有这个钟点", "there is no such time of day")
    if match["after"]:
        if int(match["after"]) > MOST:
            raise _Wait("limit_unread", "时限太长，不像是对的", "the limit is too long to be right")
        return tree.By(minutes, "after", int(match["after"]))
    return tree.By(minutes, "today" if match["today"] else "next_workday")
