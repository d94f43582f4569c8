"""Filters of case lists as they stand in an address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from gewu_platform.api.current import engine
from gewu_platform.api.schemas import CHOICES
from gewu_platform.core.zones import to_local, to_utc
from gewu_platform.service.desk.case_lists import FILTERS, read_query
from gewu_platform.service.problems import Problem

ABOUT_THE_LIST = frozenset({"limit", "order"})
"""What may stand in a list's address without being a filter."""


def case_query(arguments: Mapping[str, str]) -> dict[str, Any]:
    """Keyword arguments for `cases.list_cases`; Problem `invalid-query` names the filter that cannot be used."""
    for name, value in arguments.items():
        if name not in FILTERS | ABOUT_THE_LIST:
            raise _unusable(name, "没有这个筛选条件", "there is no such filter")
        if name in ("office", "grid", "town", "place", "after") and value:
            read_number(name, value)
    for name, known in CHOICES.items():
        if arguments.get(name) and arguments[name] not in known:
            raise _unusable(name, f"只能是：{'、'.join(known)}", f"must be one of: {', '.join(known)}")
    try:
        return read_query(engine(), arguments)
    except Problem as problem:
        raise Problem("invalid-query", problem.zh, problem.en, problem.errors) from None


def page_limit(arguments: Mapping[str, str], most: int = 200) -> int:
    """`limit` of a list: 1 to `most`, 50 when it is not given."""
    limit = read_number("limit", arguments.get("limit") or "50")
    if not 1 <= limit <= most:
        raise _unusable("limit", f"须在 1 到 {most} 之间", f"must be from 1 to {most}")
    return limit


def read_day(arguments: Mapping[str, str], name: str, now: datetime) -> date:
    """A local day; today when it is not given."""
    text = arguments.get(name, "")
    if not text:
        return to_local(now, engine().zone).date()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise _unusable(name, "须为日期，如 2026-02-13", "must be a day, e.g. 2026-02-13") from error
    if not 2000 <= day.year <= 2100:
        raise _unusable(name, "年份须在 2000 到 2100 之间", "the year must be from 2000 to 2100")
    return day


def read_days(arguments: Mapping[str, str], now: datetime) -> tuple[date, date]:
    """`since` and `until`, both included; the last 30 days when they are not given."""
    until = read_day(arguments, "until", now)
    since = read_day(arguments, "since", now) if arguments.get("since") else until - timedelta(days=29)
    if since > until:
        raise _unusable("since", "起止日期颠倒了", "the period ends before it begins")
    return since, until


def read_period(arguments: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """The days of `read_days` as moments: [start of the first, end of the last)."""
    since, until = read_days(arguments, now)
    zone = engine().zone
    after = until + timedelta(days=1)
    return to_utc(datetime.combine(since, time()), zone), to_utc(datetime.combine(after, time()), zone)


def read_number(name: str, value: str) -> int:
    """A whole number that stands in an address; Problem `invalid-query` for anything else."""
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise _unusable(name, "须为整数", "must be a whole number")
    return int(value)


def _unusable(name: str, zh: str, en: str) -> Problem:
    return Problem("invalid-query", f"{name}：{zh}", f"{name}: {en}")
