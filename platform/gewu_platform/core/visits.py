"""The visits of a month: which place on which working day, by which worker.

A rule asks for a number of visits a week, month, quarter or year. The plan keeps these promises:

- Each place gets exactly its number in each period. Visits that a month cannot hold (a week without a working day, a
  grid without workers) are named in `shortfalls`, never dropped silently.
- Visits of one place are spaced: `n` visits divide the working days into `n` equal slices, one visit in each, all at
  the same position. They share a day only if there are more of them than days.
- Items that are due equally often at one place share their days: one way there, one form.
- A grid's days carry nearly the same load, and so do its workers.
- The plan is a function of its arguments alone; nothing depends on their order or on the process.

Places are planned in the order of their ids, each taking the lightest days left. So a place added with the highest
id moves nobody; one added in between may move those after it in its own grid, never other grids. Where earlier
dates must hold whatever happens, pass them as `kept`: they are repeated, and only what is missing is planned around
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from itertools import groupby
from typing import Literal

from gewu_platform.core.calendars import Calendar

Id = int | str
Period = Literal["week", "month", "quarter", "year"]

_ONE_DAY = timedelta(days=1)
_MONTHS: Mapping[Period, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Need:
    """`times` visits a `period` at a place for an item: what the item's rule says for the place's grade."""

    place: Id
    grid: Id
    item: str
    times: int
    period: Period


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """The `ordinal`-th visit (from 1) in `period` (`2026-11`, `2026-W47`, `2026-Q4`, `2026`).

    Place, item, period and ordinal identify a visit: planning again finds the same ones.
    """

    place: Id
    grid: Id
    item: str
    worker: Id
    day: date
    period: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """`missing` visits of a period that cannot be planned, and why."""

    place: Id
    grid: Id
    item: str
    period: str
    missing: int
    reason: Literal["no working day", "no worker"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Visits by day, grid, worker and place; shortfalls by grid and place."""

    visits: tuple[PlannedVisit, ...]
    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True)
class _Share:
    """What falls into the month of one period: visits `first` … `first + count - 1`, on some of `days`."""

    period: str
    first: int
    count: int
    days: tuple[date, ...]


def plan_month(
    year: int,
    month: int,
    needs: Iterable[Need],
    workers: Mapping[Id, Sequence[Id]],
    calendar: Calendar,
    kept: Iterable[PlannedVisit] = (),
) -> Plan:
    """The plan of one month. `workers` are each grid's; `kept` are visits that stay as they are.

    Raises ValueError where one place has two needs for one item, or a need asks for less than one visit.
    """
    ordered = sorted(needs, key=lambda need: (_order(need.grid), _order(need.place), need.item))
    _check(ordered)
    days = tuple(day for day in _month_days(year, month) if calendar.is_workday(day))
    weeks = _weeks_of(year, month, calendar)
    held = sorted(kept, key=_visit_order)
    visits: list[PlannedVisit] = list(held)
    shortfalls: list[Shortfall] = []
    for grid, group in groupby(ordered, key=lambda need: need.grid):
        roster = sorted(workers.get(grid, ()), key=_order)
        planner = _GridPlanner(grid, roster, [visit for visit in held if visit.grid == grid])
        for place, place_needs in groupby(group, key=lambda need: need.place):
            wanted = [
                (need.item, share)
                for need in place_needs
                for share in _shares(need, year, month, days, weeks)
            ]
            planner.place(place, wanted)
        visits += planner.visits
        shortfalls += planner.shortfalls
    return Plan(tuple(sorted(visits, key=_visit_order)), tuple(shortfalls))


class _GridPlanner:
    """The days and workers of one grid, and how much each of them carries already.

    The load of a day is the number of ways to a place, not of forms filled there.
    """

    def __init__(self, grid: Id, roster: Sequence[Id], kept: Sequence[PlannedVisit]) -> None:
        self._grid = grid
        self._roster = roster
        self._kept = {(visit.place, visit.item, visit.period, visit.ordinal) for visit in kept}
        self._visited = {(visit.place, visit.item, visit.day) for visit in kept}
        self._day_load: dict[date, int] = {}
        self._worker_load: dict[tuple[Id, date], int] = {}
        self._total: dict[Id, int] = dict.fromkeys(roster, 0)
        self.visits: list[PlannedVisit] = []
        self.shortfalls: list[Shortfall] = []
        for _, worker, day in sorted({(visit.place, visit.worker, visit.day) for visit in kept}, key=str):
            self._carry(worker, day)

    def place(self, place: Id, wanted: Sequence[tuple[str, _Share]]) -> None:
        """Plans what is wanted at one place; items with the same share go on the same days."""
        items_of: dict[_Share, list[str]] = {}
        for item, share in wanted:
            items_of.setdefault(share, []).append(item)
        # One worker for all visits of a place: they know its owner.
        worker = self._lightest_worker(place)
        for share, items in items_of.items():
            if worker is None or not share.days:
                reason: Literal["no working day", "no worker"] = (
                    "no worker" if share.days else "no working day"
                )
                for item in items:
                    self.shortfalls.append(
                        Shortfall(place, self._grid, item, share.period, share.count, reason)
                    )
                continue
            missing = [item for item in items if not self._is_kept(place, item, share)]
            if missing:
                self._plan(place, missing, share, worker)

    def _plan(self, place: Id, items: Sequence[str], share: _Share, worker: Id) -> None:
        for index, day in enumerate(self._lightest_days(place, items, share, worker)):
            ordinal = share.first + index
            missing = [item for item in items if (place, item, share.period, ordinal) not in self._kept]
            if missing:
                self._carry(worker, day)
            for item in missing:
                self.visits.append(PlannedVisit(place, self._grid, item, worker, day, share.period, ordinal))

    def _is_kept(self, place: Id, item: str, share: _Share) -> bool:
        ordinals = range(share.first, share.first + share.count)
        return all((place, item, share.period, ordinal) in self._kept for ordinal in ordinals)

    def _lightest_worker(self, place: Id) -> Id | None:
        # Of equally loaded workers each place has its own favourite, the same every month.
        return min(
            self._roster, key=lambda worker: (self._total[worker], stable_hash(place, worker)), default=None
        )

    def _lightest_days(self, place: Id, items: Sequence[str], share: _Share, worker: Id) -> list[date]:
        """One day in each of `count` equal slices, at the same position in all: the position with the least load.

        Days on which one of the items is visited already, by a visit that was kept, come last.
        """
        width = len(share.days)
        preferred = stable_hash(place) % width
        best: tuple[tuple[int, ...], list[date]] | None = None
        for offset in range(width):
            days = [share.days[(index * width + offset) // share.count] for index in range(share.count)]
            loads = [self._day_load.get(day, 0) for day in days]
            own = sum(self._worker_load.get((worker, day), 0) for day in days)
            twice = sum((place, item, day) in self._visited for day in days for item in items)
            cost = (twice, max(loads), sum(loads), own, (offset - preferred) % width)
            if best is None or cost < best[0]:
                best = cost, days
        return best[1] if best else []

    def _carry(self, worker: Id, day: date) -> None:
        self._day_load[day] = self._day_load.get(day, 0) + 1
        self._worker_load[worker, day] = self._worker_load.get((worker, day), 0) + 1
        self._total[worker] = self._total.get(worker, 0) + 1


def stable_hash(*parts: Id) -> int:
    """A number that is the same in every process and release, unlike `hash`."""
    return int.from_bytes(blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def _shares(
    need: Need, year: int, month: int, days: tuple[date, ...], weeks: Mapping[str, tuple[date, ...]]
) -> list[_Share]:
    if need.period == "week":
        return [_Share(label, 1, need.times, week) for label, week in weeks.items()]
    length = _MONTHS[need.period]
    index = (month - 1) % length
    # The visits of a quarter or year divide its months as those of a month divide its days.
    offset = stable_hash(need.place, need.item) % length
    months = [(visit * length + offset) // need.times for visit in range(need.times)]
    count = months.count(index)
    label = {"month": f"{year}-{month:02}", "quarter": f"{year}-Q{(month + 2) // 3}", "year": f"{year}"}[
        need.period
    ]
    return [_Share(label, 1 + months.index(index), count, days)] if count else []


def _weeks_of(year: int, month: int, calendar: Calendar) -> dict[str, tuple[date, ...]]:
    """The ISO weeks of the month, each with its working days in it.

    A week that two months share belongs to the one with more of its working days, to the earlier if equal; a week
    without any belongs to the month of its Thursday, where it is a shortfall.
    """
    weeks: dict[str, tuple[date, ...]] = {}
    for monday in dict.fromkeys(day - day.weekday() * _ONE_DAY for day in _month_days(year, month)):
        week = [monday + index * _ONE_DAY for index in range(7)]
        working = [day for day in week if calendar.is_workday(day)] or [week[3]]
        months = [(day.year, day.month) for day in working]
        if max(sorted(set(months)), key=months.count) == (year, month):
            number = monday.isocalendar()
            inside = (
                day for day in working if (day.year, day.month) == (year, month) and calendar.is_workday(day)
            )
            weeks[f"{number.year}-W{number.week:02}"] = tuple(inside)
    return weeks


def _month_days(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    days = (first + index * _ONE_DAY for index in range(31))
    return [day for day in days if day.month == month]


def _check(needs: Sequence[Need]) -> None:
    seen: set[tuple[Id, str]] = set()
    for need in needs:
        if need.times < 1:
            raise ValueError(f"{need.item} at {need.place}: {need.times} visits a {need.period} are none")
        if (need.place, need.item) in seen:
            raise ValueError(f"{need.item} at {need.place} is asked for twice")
        seen.add((need.place, need.item))


def _order(identity: Id) -> tuple[bool, int, str]:
    """Numbers by size, before names."""
    return (False, identity, "") if isinstance(identity, int) else (True, 0, identity)


def _visit_order(visit: PlannedVisit) -> tuple[object, ...]:
    return visit.day, _order(visit.grid), _order(visit.worker), _order(visit.place), visit.item, visit.ordinal
