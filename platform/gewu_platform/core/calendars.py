"""The working calendar as data: windows of a week, holidays, make-up workdays.

Offices work in windows (08:00-12:00 and 14:00-18:00 from Monday to Friday unless the calendar says otherwise). A
holiday closes a day; a make-up workday (调休) opens one that the week leaves closed, with the windows of a standard
day. Next year's holidays are published in November: `confirmed_until` is the last day for which the calendar is
certain, and whatever it says beyond is provisional.

A calendar never changes: an edited one is a new version, and a running case keeps the version it started with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple

from gewu_platform.core.limits import minute_of_day
from gewu_platform.core.words import Words

DayKind = Literal["holiday", "workday"]
_KEYS = frozenset({"code", "version", "confirmed_until", "windows", "days"})
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(NamedTuple):
    """Open from `start` to `end`, minutes since midnight, the end not included."""

    start: int
    end: int


Windows = tuple[Window, ...]


class SpecialDay(NamedTuple):
    """A day that differs from its weekday, and the name people know it by."""

    kind: DayKind
    name: str


class CalendarError(ValueError):
    """The data is no calendar; `problems` names every place that is wrong."""

    def __init__(self, problems: tuple[Words, ...]) -> None:
        super().__init__("\n".join(f"{problem.zh} / {problem.en}" for problem in problems))
        self.problems = problems


_OFFICE_DAY: Windows = (Window(8 * 60, 12 * 60), Window(14 * 60, 18 * 60))
DEFAULT_WEEK: tuple[Windows, ...] = (_OFFICE_DAY,) * 5 + ((), ())


@dataclass(frozen=True, slots=True)
class Calendar:
    """`windows` has seven entries, Monday first; `days` only those that differ from their weekday.

    Raises CalendarError unless the windows of each day are in order and apart and at least one weekday has some.
    """

    code: str
    version: int
    confirmed_until: date
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    windows: tuple[Windows, ...] = DEFAULT_WEEK

    def __post_init__(self) -> None:
        problems = _check_week(self.windows)
        if problems:
            raise CalendarError(problems)
        object.__setattr__(self, "days", MappingProxyType(dict(sorted(self.days.items()))))

    def __hash__(self) -> int:
        # Equal calendars have equal codes and versions; hashing every day would cost more than a deadline does.
        return hash((self.code, self.version))

    @property
    def standard_day(self) -> Windows:
        """The windows of the first weekday that has any: what a make-up workday and one `workday` are made of."""
        return next(windows for windows in self.windows if windows)

    @property
    def standard_minutes(self) -> int:
        """The working minutes of a standard day."""
        return sum(end - start for start, end in self.standard_day)

    def windows_on(self, day: date) -> Windows:
        """The windows in which `day` counts; empty on days off."""
        special = self.days.get(day)
        if special is None:
            return self.windows[day.weekday()]
        if special.kind == "holiday":
            return ()
        return self.windows[day.weekday()] or self.standard_day

    def is_workday(self, day: date) -> bool:
        return bool(self.windows_on(day))

    def whole_days(self) -> Calendar:
        """The same workdays, each open around the clock."""
        week = tuple((Window(0, 24 * 60),) if windows else () for windows in self.windows)
        return replace(self, windows=week)

    def is_provisional(self, day: date) -> bool:
        """Whether what the calendar says of the time up to `day` may still change."""
        return day > self.confirmed_until

    def to_json(self) -> dict[str, object]:
        """A value for `json.dumps`; `from_json` reads it back to an equal calendar."""
        return {
            "code": self.code,
            "version": self.version,
            "confirmed_until": self.confirmed_until.isoformat(),
            "windows": {
                weekday: [[_clock_time(start), _clock_time(end)] for start, end in windows]
                for weekday, windows in zip(WEEKDAYS, self.windows, strict=True)
            },
            "days": {day.isoformat(): [special.kind, special.name] for day, special in self.days.items()},
        }

    @staticmethod
    def from_json(data: object) -> Calendar:
        """The calendar that `data` describes; `windows` and `days` may be left out.

        Raises CalendarError with every problem found.
        """
        reader = _Reader()
        calendar = reader.read(data)
        if calendar is None or reader.problems:
            raise CalendarError(tuple(reader.problems))
        return calendar


class _Reader:
    """Reads JSON and collects everything that is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Words] = []

    def read(self, data: object) -> Calendar | None:
        if not isinstance(data, Mapping):
            self._refuse("calendar", "应为对象", "an object is expected")
            return None
        for key in data:
            if key not in _KEYS:
                self._refuse(str(key), "没有这个键", "no such key")
        code, version = data.get("code"), data.get("version")
        if not isinstance(code, str) or not code:
            self._refuse("code", "应为名称", "a name is expected")
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self._refuse("version", "应为从 1 起的整数", "a whole number from 1 is expected")
        confirmed = self._day("confirmed_until", data.get("confirmed_until"))
        windows = self._week(data["windows"]) if "windows" in data else DEFAULT_WEEK
        days = self._days(data.get("days", {}))
        if not self.problems:
            self.problems += _check_week(windows)
        if self.problems or confirmed is None or not isinstance(code, str) or not isinstance(version, int):
            return None
        return Calendar(code, version, confirmed, days, windows)

    def _refuse(self, where: str, zh: str, en: str) -> None:
        self.problems.append(Words(f"{where}：{zh}", f"{where}: {en}"))

    def _day(self, where: str, value: object) -> date | None:
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self._refuse(
                where, f"应为日期，如 2026-12-31，而不是 {value!r}", f"a date is expected, not {value!r}"
            )
            return None

    def _week(self, value: object) -> tuple[Windows, ...]:
        if not isinstance(value, Mapping):
            self._refuse("windows", "应为按星期的对象", "an object with weekdays is expected")
            return DEFAULT_WEEK
        for key in value:
            if key not in WEEKDAYS:
                known = ", ".join(WEEKDAYS)
                self._refuse(f"windows.{key}", f"星期写作 {known}", f"the weekdays are {known}")
        return tuple(self._windows(f"windows.{weekday}", value.get(weekday, [])) for weekday in WEEKDAYS)

    def _windows(self, where: str, value: object) -> Windows:
        if not isinstance(value, list | tuple):
            self._refuse(where, "应为时段的列表", "a list of windows is expected")
            return ()
        windows = (self._window(f"{where}[{index}]", pair) for index, pair in enumerate(value))
        return tuple(window for window in windows if window)

    def _window(self, where: str, pair: object) -> Window | None:
        try:
            start, end = pair if isinstance(pair, list | tuple) else ()
            return Window(minute_of_day(str(start)), minute_of_day(str(end)))
        except ValueError:
            self._refuse(
                where, '应为 ["08:00", "12:00"] 这样的时段', 'a pair such as ["08:00", "12:00"] is expected'
            )
            return None

    def _days(self, value: object) -> dict[date, SpecialDay]:
        if not isinstance(value, Mapping):
            self._refuse("days", "应为按日期的对象", "an object with dates is expected")
            return {}
        days: dict[date, SpecialDay] = {}
        for key, special in value.items():
            day = self._day("days", key)
            match special:
                case ["holiday" | "workday" as kind, str(name)]:
                    if day is not None:
                        days[day] = SpecialDay(kind, name)
                case _:
                    self._refuse(
                        f"days.{key}",
                        "应为 [“holiday” 或 “workday”, 名称]",
                        'a pair ["holiday" or "workday", name] is expected',
                    )
        return days


def _check_week(week: tuple[Windows, ...]) -> tuple[Words, ...]:
    if len(week) != len(WEEKDAYS):
        return (Words("windows：应有七天", "windows: seven weekdays are expected"),)
    problems = [
        Words(
            f"windows.{weekday}：时段要按先后、不相接、不为空",
            f"windows.{weekday}: windows are in order, apart and not empty",
        )
        for weekday, windows in zip(WEEKDAYS, week, strict=True)
        if not _in_order(windows)
    ]
    if not any(week):
        problems.append(
            Words(
                "windows：没有一天有工作时段，按工作时间计的时限永远不会到期",
                "windows: no weekday has any, so a limit in working time would never end",
            )
        )
    return tuple(problems)


def _in_order(windows: Windows) -> bool:
    edges = [edge for window in windows for edge in window]
    ascending = all(before < after for before, after in pairwise(edges))
    return ascending and all(0 <= edge <= 24 * 60 for edge in edges)


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
