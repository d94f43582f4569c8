"""A calendar while somebody edits it: the fields of one year's page, and the calendar they make.

The page shows one year; everything else of the calendar travels with it, so that a mistake in one field loses nothing of
the others, and turning to another year keeps what was typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from flask_babel import lazy_gettext

from gewu_platform.core.calendar_files import KINDS, ListedDay, Listing, read_csv, with_listed
from gewu_platform.core.calendars import WEEKDAYS, Calendar, CalendarError, Window, Windows
from gewu_platform.core.limits import minute_of_day
from gewu_platform.service.problems import Fault, Problem

WEEKDAY_TITLES = {
    "mon": lazy_gettext("周一"),
    "tue": lazy_gettext("周二"),
    "wed": lazy_gettext("周三"),
    "thu": lazy_gettext("周四"),
    "fri": lazy_gettext("周五"),
    "sat": lazy_gettext("周六"),
    "sun": lazy_gettext("周日"),
}
_KIND_WORDS = {
    "zh": {"holiday": "放假", "workday": "上班"},
    "en": {"holiday": "holiday", "workday": "workday"},
}
_SEPARATORS = re.compile(r"[\s,，、;；]+")
_TO = re.compile(r"\s*[-–—~至到]\s*")
_CODE = re.compile(r"[^\W\d][\w-]{0,31}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the page holds, as typed: `rest` is the calendar as JSON, in which the shown `year` is replaced by `days`."""

    code: str
    year: int
    confirmed_until: str
    weeks: Mapping[str, str]
    days: str
    rest: str


def draft_of(calendar: Calendar, year: int, language: str) -> Draft:
    """The page of one year of a calendar."""
    weeks = zip(WEEKDAYS, calendar.windows, strict=True)
    return Draft(
        calendar.code,
        year,
        calendar.confirmed_until.isoformat(),
        {weekday: _windows_text(windows) for weekday, windows in weeks},
        days_text(calendar, year, language),
        json.dumps(calendar.to_json(), ensure_ascii=False),
    )


def days_text(calendar: Calendar, year: int, language: str) -> str:
    """The special days of a year, one a line: date, kind, name."""
    words = _KIND_WORDS["en" if language == "en" else "zh"]
    return "\n".join(
        f"{day},{words[special.kind]},{_quoted(special.name)}"
        for day, special in calendar.days.items()
        if day.year == year
    )


def read_draft(draft: Draft) -> Calendar:
    """The calendar that a page makes. Problem `invalid-body` with every fault at its field."""
    faults: list[Fault] = []
    base = _read_rest(draft.rest)
    if not _CODE.fullmatch(draft.code):
        faults.append(
            _fault(
                "code",
                "字母或汉字开头，只含字母、汉字、数字、- 和 _",
                "letters, digits, - and _, a letter first",
            )
        )
    confirmed = _read_date(draft.confirmed_until, faults)
    week = tuple(_read_windows(weekday, draft.weeks.get(weekday, ""), faults) for weekday in WEEKDAYS)
    listing = _read_days(draft, faults)
    if faults or confirmed is None:
        raise Problem("invalid-body", errors=faults)
    try:
        whole = replace(base, code=draft.code, windows=week)
    except CalendarError as error:
        raise Problem("invalid-body", errors=_at("mon", error)) from error
    return with_listed(whole, listing, [draft.year], confirmed)


def laid_over(calendar: Calendar, read: Calendar | Listing, year: int) -> tuple[Calendar, int]:
    """The calendar with what a file lists, and the year to show: the file's own where it has but one."""
    if isinstance(read, Calendar):
        days = (ListedDay(day, special.kind, special.name, 0) for day, special in read.days.items())
        read = Listing(tuple(days))
    shown = read.years[0] if len(read.years) == 1 else year
    return with_listed(calendar, read, [shown]), shown


def months_of(year: int) -> Sequence[Sequence[Sequence[date | None]]]:
    """The twelve months of a year, each in weeks from Monday to Sunday; None where a day is another month's."""
    days = [date.fromordinal(date(year, 1, 1).toordinal() + number) for number in range(366)]
    months = groupby((day for day in days if day.year == year), key=lambda day: day.month)
    return [_weeks(list(month)) for _, month in months]


def _weeks(month: Sequence[date]) -> list[list[date | None]]:
    cells: list[date | None] = [None] * month[0].weekday() + list(month)
    cells += [None] * (-len(cells) % 7)
    return [cells[first : first + 7] for first in range(0, len(cells), 7)]


def _read_rest(text: str) -> Calendar:
    try:
        return Calendar.from_json(json.loads(text))
    except (CalendarError, ValueError, RecursionError) as error:
        raise Problem(
            "invalid-body", "页面内容已损坏，请重新打开", "This page is damaged: open it again"
        ) from error


def _read_date(text: str, faults: list[Fault]) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        faults.append(
            _fault("confirmed_until", "应为日期，如 2027-12-31", "a date is expected, such as 2027-12-31")
        )
        return None


def _read_windows(weekday: str, text: str, faults: list[Fault]) -> Windows:
    windows = []
    for part in _SEPARATORS.split(_TO.sub("-", text.replace("：", ":")).strip()) if text.strip() else ():
        opens, _, closes = part.partition("-")
        try:
            windows.append(Window(minute_of_day(opens), minute_of_day(closes)))
        except ValueError:
            faults.append(_fault(weekday, f"“{part}”应写成 08:00-12:00", f"“{part}”: write 08:00-12:00"))
            return ()
    edges = [edge for window in windows for edge in window]
    if edges != sorted(set(edges)):
        faults.append(_fault(weekday, "时段应先后相接、互不重叠", "windows must be in order and apart"))
        return ()
    return tuple(windows)


def _read_days(draft: Draft, faults: list[Fault]) -> Listing:
    if not draft.days.strip():
        return Listing(())
    try:
        listing = read_csv(draft.days.encode())
    except CalendarError as error:
        faults += _at("days", error)
        return Listing(())
    for listed in listing.days:
        if listed.day.year != draft.year:
            zh, en = (
                f"第 {listed.line} 行：{listed.day} 不在 {draft.year} 年",
                f"line {listed.line}: {listed.day} is not in {draft.year}",
            )
            faults.append(_fault("days", zh, en))
    return listing


def _at(where: str, error: CalendarError) -> list[Fault]:
    return [_fault(where, problem.zh, problem.en) for problem in error.problems]


def _fault(where: str, zh: str, en: str) -> Fault:
    return Fault(where, "form", zh, en)


def _windows_text(windows: Windows) -> str:
    return " ".join(
        f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}" for opens, closes in windows
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(sign in name for sign in ',"\n') else name


HOLIDAY_WORDS = sorted(word for word, kind in KINDS.items() if kind == "holiday")
"""What the page's script takes for a day off in a line somebody typed; all else is worked."""
