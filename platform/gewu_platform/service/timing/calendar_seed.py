"""The first working calendar: Chinese holidays and make-up workdays from the `holidays` package.

The State Council publishes a year's arrangement in the November before it. Up to the last year the package has an
arrangement for, days are certain; beyond, only the days that the law itself makes holidays are entered, without
make-up workdays, and `confirmed_until` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from holidays import country_holidays

from gewu_platform.core.calendars import Calendar, SpecialDay

FIRST_YEAR = 2024
_EXCHANGED = re.compile(r"(\d{4}-\d{2}-\d{2})")
_GENERATED_SUFFIX = re.compile(r"（(?:补假|推定|补假，推定)）$")


def last_known_year() -> int:
    """The last year whose arrangement the installed `holidays` package has."""
    arrangements: Mapping[int, object] = country_holidays("CN", language="zh_CN").special_public_holidays
    return max(arrangements)


def seed_calendar(years: Iterable[int] | None = None, code: str = "cn", version: int = 1) -> Calendar:
    """The calendar of `years`; by default from 2024 to the year after the last known one.

    It is confirmed until the end of the last of them that is known. Raises ValueError for no year at all.
    """
    known = last_known_year()
    wanted = frozenset(range(FIRST_YEAR, known + 2) if years is None else years)
    days: dict[date, SpecialDay] = {}
    for year in sorted(wanted):
        days |= _arranged(year) if year <= known else _statutory(year)
    confirmed = max((year for year in wanted if year <= known), default=min(wanted) - 1)
    return Calendar(code, version, date(confirmed, 12, 31), days)


def _arranged(year: int) -> dict[date, SpecialDay]:
    # A year's first holiday can make up on the last days of the year before, and is named after its neighbours.
    source = country_holidays("CN", years=(year - 1, year, year + 1), language="zh_CN")
    named = {
        day: _GENERATED_SUFFIX.sub("", name) for day, name in source.items() if not _EXCHANGED.search(name)
    }
    days: dict[date, SpecialDay] = {}
    makes_up: dict[date, str] = {}
    for day, name in source.items():
        exchanged = _EXCHANGED.search(name)
        if exchanged:
            festival = _nearest(day, named)
            makes_up[date.fromisoformat(exchanged[1])] = festival
            days[day] = SpecialDay("holiday", f"{festival}调休")
        else:
            days[day] = SpecialDay("holiday", named[day])
    for day in source.weekend_workdays:
        days[day] = SpecialDay("workday", f"{makes_up.get(day, '')}调休")
    return {day: special for day, special in days.items() if day.year == year}


def _statutory(year: int) -> dict[date, SpecialDay]:
    source = country_holidays("CN", years=year, observed=False, language="zh_CN")
    return {day: SpecialDay("holiday", _GENERATED_SUFFIX.sub("", name)) for day, name in source.items()}


def _nearest(day: date, named: dict[date, str]) -> str:
    """The festival whose holiday a day off in exchange prolongs."""
    closest = min(named, key=lambda festival: (abs(festival - day), festival), default=None)
    return named[closest] if closest and abs(closest - day) <= timedelta(days=7) else ""
