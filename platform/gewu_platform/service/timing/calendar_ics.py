"""A year's arrangement as an iCalendar file (RFC 5545), the form in which it is most often published.

Chinese holiday calendars mark a day off with 休 and a day made up with 班 at the end of the event's summary, Apple's also
with `X-APPLE-SPECIAL-DAY`. An all-day event ends on the morning of its DTEND, which is no day of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from gewu_platform.core.calendar_files import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_RANGE,
    ListedDay,
    Listing,
    decode,
    listing_of,
    read_csv,
)
from gewu_platform.core.calendars import Calendar, CalendarError, DayKind
from gewu_platform.core.words import Words

_SPECIAL = "X-APPLE-SPECIAL-DAY"
_MARKS: dict[DayKind, tuple[str, str]] = {
    "holiday": ("休", "WORK-HOLIDAY"),
    "workday": ("班", "ALTERNATE-WORKDAY"),
}
_MARK = re.compile(r"\s*[(（\[【]?\s*([休班])\s*[)）\]】]?\s*$")
_WORKED = re.compile(r"补班|上班|调班|\bwork(?:ing )?day\b|make-?up", re.IGNORECASE)
_OFF = re.compile(r"放假|假期|休假|\bholiday\b|day off", re.IGNORECASE)
_DAY = timedelta(days=1)


def read_calendar_file(data: bytes, zone: ZoneInfo) -> Calendar | Listing:
    """What a calendar's file holds: JSON is a whole calendar, ICS and CSV list days.

    Raises CalendarError with everything that is wrong with it.
    """
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:15].upper()
    if start.startswith(b"BEGIN:VCALENDAR"):
        return read_ics(data, zone)
    if not start.startswith((b"{", b"[")):
        return read_csv(data)
    try:
        return Calendar.from_json(json.loads(decode(data)))
    except CalendarError:
        raise
    except (ValueError, RecursionError) as error:
        raise CalendarError((Words(f"不是 JSON：{error}", f"not JSON: {error}"),)) from error


def read_ics(data: bytes, zone: ZoneInfo) -> Listing:
    """The days that the events of an iCalendar file mark as off or made up.

    Events without a mark (festivals nobody has off) are left aside and noted. Raises CalendarError with every event that
    cannot be read.
    """
    text = decode(data)
    try:
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, IndexError, KeyError) as error:
        raise CalendarError((Words(f"不是 iCalendar：{error}", f"not iCalendar: {error}"),)) from error
    lines = [
        number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"
    ]
    days, problems, notes = list[ListedDay](), list[Words](), list[Words]()
    for line, event in zip(lines, events, strict=False):
        summary = " ".join(str(event.get("SUMMARY", "")).split())
        kind, name = _read_summary(summary, str(event.get(_SPECIAL, "")))
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if kind is None:
            zh, en = (
                f"“{summary}”没有标“休”或“班”，未导入",
                f"“{summary}” is marked neither 休 nor 班: left aside",
            )
            notes.append(_at(line, zh, en))
            continue
        try:
            days += [ListedDay(day, kind, name, line) for day in _days_of(event, zone)]
        except _Unreadable as error:
            problems.append(_at(line, f"“{summary}”{error.words.zh}", f"“{summary}”: {error.words.en}"))
    return listing_of(days, problems, notes)


def write_ics(calendar: Calendar, at: datetime) -> bytes:
    """The special days of a calendar as an iCalendar file that `read_ics` reads back; `at` (naive UTC) is its stamp."""
    out = icalendar.Calendar()
    out.add("prodid", "-//Gewu//working calendar//ZH")
    out.add("version", "2.0")
    out.add("x-wr-calname", calendar.code)
    numbered = enumerate(calendar.days.items())
    for _, run in groupby(numbered, key=lambda each: (each[1][0] - each[0] * _DAY, each[1][1])):
        stretch = [day for _, (day, _) in run]
        special = calendar.days[stretch[0]]
        mark, apple = _MARKS[special.kind]
        event = icalendar.Event()
        event.add("uid", f"{stretch[0]}-{special.kind}@{calendar.code}")
        event.add("dtstamp", at.replace(tzinfo=UTC))
        event.add("dtstart", stretch[0])
        event.add("dtend", stretch[-1] + _DAY)
        event.add("summary", f"{special.name}（{mark}）")
        event.add("transp", "TRANSPARENT")
        event.add(_SPECIAL, apple)
        out.add_component(event)
    return bytes(out.to_ical())


class _Unreadable(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


def _read_summary(summary: str, special: str) -> tuple[DayKind | None, str]:
    """What kind of day an event marks, and its name without the mark."""
    mark = _MARK.search(summary)
    name = summary[: mark.start()] if mark else summary
    for kind, (sign, apple) in _MARKS.items():
        if special.upper() == apple or (not special and mark and mark[1] == sign):
            return kind, name
    if _WORKED.search(summary):
        return "workday", summary
    return ("holiday" if _OFF.search(summary) else None), summary


def _days_of(event: Any, zone: ZoneInfo) -> Iterator[date]:
    """The days of an event. Raises _Unreadable."""
    if event.get("RRULE") or event.get("RDATE"):
        raise _Unreadable("：不接受重复日程，请逐年列出", "a recurring event is not taken; list each year")
    try:
        start, end = event.start, event.end
    except Exception as error:
        raise _Unreadable(
            f"：没有可用的起止日期（{error}）", f"no dates that can be used ({error})"
        ) from error
    first, last = _day(start, zone), _day(end, zone)
    if last < first:
        raise _Unreadable("：结束早于开始", "it ends before it begins")
    if not isinstance(end, datetime) or _wall(end, zone).time() == time():
        last = max(first, last - _DAY)
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise _Unreadable("：年份不对", "the year cannot be right")
    if (last - first).days >= LONGEST_RANGE:
        raise _Unreadable(f"：超过 {LONGEST_RANGE} 天", f"longer than {LONGEST_RANGE} days")
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def _day(moment: date, zone: ZoneInfo) -> date:
    return _wall(moment, zone).date() if isinstance(moment, datetime) else moment


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone) if moment.tzinfo else moment


def _at(line: int, zh: str, en: str) -> Words:
    return Words(f"第 {line} 行：{zh}", f"line {line}: {en}")
