"""A limit as text: `1 workday`, `2 紧急工作时`, `by 18:00 next workday`.

The five units of the standards, and what clock each one runs on:

=============  ============  ==========================================================================
`minutes`      分钟          the clock never stops
`hours`        紧急工作时    the clock never stops, nights and holidays included
`work_hours`   工作时        only inside working windows
`workdays`     工作日        only inside working windows; one is the working time of a standard day
`days`         自然日        24 hours each, the clock never stops
=============  ============  ==========================================================================

小时 and 天 mean one thing in one standard and another in the next, so they are refused, not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from gewu_dsl.model import Duration
from gewu_platform.core.words import Words

Unit = Literal["minutes", "hours", "work_hours", "workdays", "days"]

_CHINESE: dict[Unit, str] = {
    "minutes": "分钟",
    "hours": "紧急工作时",
    "work_hours": "工作时",
    "workdays": "工作日",
    "days": "自然日",
}
_UNITS: dict[str, Unit] = {word: unit for unit, word in _CHINESE.items()} | {
    "minute": "minutes",
    "minutes": "minutes",
    "hour": "hours",
    "hours": "hours",
    "work hour": "work_hours",
    "work hours": "work_hours",
    "workday": "workdays",
    "workdays": "workdays",
    "days": "days",
}
_HOURS = Words(
    "不停表写“紧急工作时”，只算上班时间写“工作时”",
    "write “hours” where the clock never stops, “work hours” where only working time counts",
)
_DAYS = Words(
    "只算上班时间写“工作日”，每天 24 小时连续计算写“自然日”",
    "write “workdays” where only working time counts, “days” where each is 24 hours",
)
_AMBIGUOUS: dict[str, Words] = {
    **dict.fromkeys(("小时", "时", "钟头", "h", "hr", "hrs"), _HOURS),
    **dict.fromkeys(("天", "日", "d", "day"), _DAYS),
}
_KNOWN = Words("、".join(_CHINESE.values()), ", ".join(unit.replace("_", " ") for unit in _CHINESE))

_COUNT = re.compile(r"(\d+)\s*(\D+)")
_BY_ENGLISH = re.compile(r"by\s+(\d{1,2}:\d{2})\s+(?:(today)|(next\s+workday)|after\s+(\d+)\s+workdays?)")
_BY_CHINESE = re.compile(
    r"于\s*(\d{1,2}:\d{2})\s*(?:(当天|当日|今天|今日)|([下次]一?个?工作日)|[满后]\s*(\d+)\s*个?工作日)"
)
_LONGEST = 100_000


class LimitError(ValueError):
    """The text is no limit; `words` say why and what to write instead."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.words = Words(zh, en)


def parse_limit(text: str) -> Duration:
    """The limit that `text` writes, in English or Chinese words, full-width digits included.

    Raises LimitError: ambiguous (小时, 天, h, d, and `day` unless it is exactly `1 day`), unknown unit, nothing to
    count, no such time of day.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    if plain.startswith(("by", "于")):
        return _parse_by(plain, text)
    match = _COUNT.fullmatch(plain)
    if match is None:
        raise LimitError(
            f"“{text}”不是时限：写一个数和一个单位，如“3 工作日”",
            f"“{text}” is no limit: write a number and a unit, such as “3 workdays”",
        )
    amount, word = _read_amount(match[1], text), match[2].strip().removeprefix("个")
    if word == "day" and amount == 1:  # the canonical text of one natural day
        return Duration("days", 1)
    if word in _AMBIGUOUS:
        instead = _AMBIGUOUS[word]
        raise LimitError(f"“{text}”有歧义：{instead.zh}", f"“{text}” is ambiguous: {instead.en}")
    if word not in _UNITS:
        raise LimitError(
            f"“{text}”：没有“{word}”这个单位，可用的有{_KNOWN.zh}",
            f"“{text}”: “{word}” is no unit; the units are {_KNOWN.en}",
        )
    return Duration(_UNITS[word], amount)


def minute_of_day(clock_time: str) -> int:
    """Minutes from midnight to `HH:MM`; `24:00` is the end of the day. Raises ValueError."""
    hours, _, minutes = clock_time.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(hours) <= 2 == len(minutes)):
        raise ValueError(f"“{clock_time}” is no time of day: write HH:MM")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > 24 * 60:
        raise ValueError(f"“{clock_time}” is no time of day: it runs from 00:00 to 24:00")
    return total


def _parse_by(plain: str, text: str) -> Duration:
    match = _BY_ENGLISH.fullmatch(plain) or _BY_CHINESE.fullmatch(plain)
    if match is None:
        raise LimitError(
            f"“{text}”不是时限：写“于 18:00 当日”“于 18:00 下一工作日”或“于 18:00 满 2 工作日”",
            f"“{text}” is no limit: write “by 18:00 today”, “by 18:00 next workday” or “by 18:00 after 2 workdays”",
        )
    hour, minute = map(int, match[1].split(":"))
    if hour > 23 or minute > 59:
        raise LimitError(f"“{text}”：没有 {match[1]} 这个时刻", f"“{text}”: there is no time {match[1]}")
    at = f"{hour:02}:{minute:02}"
    if match[2]:
        return Duration("by", at=at, day="today")
    if match[3]:
        return Duration("by", at=at, day="next_workday")
    return Duration("by", _read_amount(match[4], text), at=at, day="after_workdays")


def _read_amount(digits: str, text: str) -> int:
    amount = int(digits) if len(digits) <= 9 else _LONGEST + 1
    if not 1 <= amount <= _LONGEST:
        raise LimitError(
            f"“{text}”：数只能从 1 到 {_LONGEST}", f"“{text}”: the number runs from 1 to {_LONGEST}"
        )
    return amount
