"""The sample town with the department of tests/packs_loop in it, both as the engine has it and as the reference sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import chinese_calendar
import loop_items
from loop_help import upload
from loop_items import FINDINGS
from reference_case import Case, Person
from reference_clock import Days, minute_of, time_of
from reference_loop import Town
from sample_town import PASSWORD, Clock, build_town, middle_of

from gewu_item_catalog.catalogue import Catalogue, load_catalogue
from gewu_platform.core.calendars import Calendar, SpecialDay
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop import handling
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import reporting
from gewu_platform.service.timing import adjusting, calendars, sweeping
from gewu_platform.service.town import organisation, people
from gewu_platform.service.views import Receipt

PACKS = [Path(__file__).parent / "packs", Path(__file__).parent / "packs_loop"]
EAST = timedelta(hours=8)
"""The town's wall clock is ahead of UTC by this, all year."""

PIECES = (
    ("photo", "p1"), ("photo", "p2"), ("photo", "p3"),
    ("signature:worker", "worker4"), ("signature:worker", "worker6"), ("signature:owner", "业主"),
)  # fmt: skip
"""What can be handed in: (kind, which file or who signed)."""


SEEN = 8
"""One command in so many is given by itself, with the page that comes back; the others as batches of one."""


@cache
def loop_catalogue() -> Catalogue:
    return load_catalogue(PACKS)


@cache
def days_of(version: int = 2) -> Days:
    """2026 as it was published, by another package than the one that seeds calendars; nothing is known of the years after."""
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    works = {day: chinese_calendar.is_workday(day) for day in year}
    return Days(
        version,
        holidays=frozenset(day for day in year if day.weekday() < 5 and not works[day]),
        makeups=frozenset(day for day in year if day.weekday() > 4 and works[day]),
        confirmed_until=year[-1],
    )


@cache
def next_days(before: Days, arrangement: str) -> Days:
    """The version after `before`: `arrangement` names the change."""
    off, confirmed_until = {
        "next year": (_span(date(2027, 1, 1), 3) + _span(date(2027, 2, 5), 7), date(2027, 12, 31)),
        "a storm": (_span(date(2026, 10, 12), 2) + _span(date(2027, 1, 6), 1), before.confirmed_until),
        "half of next year": (_span(date(2027, 1, 1), 1) + _span(date(2027, 1, 4), 1), date(2027, 6, 30)),
    }[arrangement]
    return Days(
        before.version + 1, before.holidays | frozenset(off), before.makeups - frozenset(off), confirmed_until
    )


ARRANGEMENTS = ("next year", "a storm", "half of next year")


def _span(first: date, days: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(days)]


def calendar_of(days: Days) -> Calendar:
    """The same days as the engine takes them."""
    special = dict.fromkeys(days.holidays, SpecialDay("holiday", "放假"))
    special.update(dict.fromkeys(days.makeups, SpecialDay("workday", "调休")))
    return Calendar("cn", days.version, days.confirmed_until, special)


def build_loop_town(engine: Engine) -> None:
    """The sample town, the offices and people of `loop_items`, its calendar, and everybody's evidence uploaded."""
    build_town(engine)
    calendars.add_calendar(engine, SYSTEM, calendar_of(days_of()))
    for department, code, title, area in loop_items.OFFICES:
        organisation.add_office(
            engine, SYSTEM, department=department, code=code, title=title,
            area=organisation.area_by_code(engine, area).id,
        )  # fmt: skip
    for name, role, over, works_in, rostered in loop_items.USERS:
        people.add_user(
            engine, SYSTEM, name=name, full_name=name, role=role, password=PASSWORD,
            department="river" if role == "handler" else "",
            areas=over, offices=works_in, grids=rostered,
        )  # fmt: skip
    with engine.store.transaction(write=True):
        for piece in PIECES:
            sha256 = as_evidence(piece)["sha256"]
            engine.store.db.StoredFile(sha256=sha256, size=1, media_type="image/png", stored_at=engine.now())
        engine.store.db.flush()
        journal.append_all(engine.store, engine.now(), [
            (user.id, "file-stored", f"file:{as_evidence(piece)['sha256']}", {"name": as_evidence(piece)["name"]})
            for user in people.list_users(engine, SYSTEM) for piece in PIECES
        ])  # fmt: skip


def as_evidence(piece: tuple[str, str]) -> dict[str, str]:
    kind, key = piece
    digest = f"{PIECES.index(piece) + 10:064x}"
    given = {"kind": kind, "name": f"{PIECES.index(piece)}.png", "sha256": digest}
    return {**given, "signer": key} if kind.startswith("signature") else given


@dataclass
class Both:
    """An engine and the reference, told the same. Every answer of the one has to be the other's."""

    engine: Engine
    clock: Clock
    now: int
    town: Town = field(init=False)
    callers: dict[str, Caller] = field(init=False)
    persons: dict[str, Person] = field(init=False)
    sent: int = 0
    given: int = 0

    def __post_init__(self) -> None:
        self.at(self.now)
        engine = self.engine
        areas = {each.id: each for each in organisation.list_areas(engine, SYSTEM)}
        self.grids = {each.code: each.id for each in areas.values() if each.tier == "grid"}
        self.town = Town(
            paths={grid: areas[grid].path for grid in self.grids.values()},
            offices={(o.name, o.area): o.id for o in organisation.list_offices(engine, SYSTEM)},
            days=days_of(),
        )
        self.callers = {
            each.name: people.caller_named(engine, each.name) for each in people.list_users(engine, SYSTEM)
        }
        self.persons = {name: self.person(caller) for name, caller in self.callers.items()}

    def person(self, caller: Caller) -> Person:
        assert caller.id is not None
        paths = self.town.paths
        grids = caller.grids | {grid for grid in paths if caller.areas & set(paths[grid])}
        return Person(caller.id, caller.name, caller.role, frozenset(grids), caller.offices)

    def at(self, minute: int) -> None:
        self.now = minute
        self.clock.at = time_of(minute) - EAST

    def report(self, finding: str, size: int, by: str, grid: str) -> Case:
        receipt = self._send(finding, size, by, grid)
        return self.town.report(
            receipt.cases[0].id, finding, size, self.persons[by], self.grids[grid], self.now
        )

    def add(self, case: int, finding: str, by: str) -> tuple[bool, Problem | None]:
        """A second report of the same thing; whether the reference takes it in, and how the engine refused."""
        held = self.town.cases[case]
        grid = next(name for name, id in self.grids.items() if id == held.grid)
        taken = self.town.add(held, finding, self.persons[by], self.now)
        try:
            self._send(finding, 10, by, grid, add_to={finding: case})
        except Problem as problem:
            return taken, problem
        return taken, None

    def _send(self, finding: str, size: int, by: str, grid: str, **more: Any) -> Receipt:
        caller = self.callers[by]
        if caller.role != "worker":  # they were one when they reported
            caller = replace(caller, role="worker", grids=frozenset({self.grids[grid]}))
        self.sent += 1
        uuid, (lon, lat) = str(UUID(int=self.sent)), middle_of(grid)
        upload(self.engine, caller, uuid, ["a.jpg"])
        receipt, _ = reporting.submit_report(self.engine, caller, uuid, {
            "item": FINDINGS[finding].item, "location": {"lon": lon, "lat": lat}, **more,
            "answers": {"finding": [finding], "size": size, "shot": ["a.jpg"]},
        })  # fmt: skip
        return receipt

    def command(self, case: int, name: str, by: str, **says: Any) -> tuple[set[str], Problem | None]:
        """Why the reference would refuse, and how the engine did."""
        against = self.town.command(self.town.cases[case], self.persons[by], name, says, self.now)
        self.given += 1
        try:
            if self.given % SEEN == 0:
                handling.run_command(self.engine, self.callers[by], case, name, arguments_of(says))
                return against, None
            results = handling.run_commands(self.engine, self.callers[by], [case], name, arguments_of(says))
        except Problem as problem:
            return against, problem
        return against, results[0].problem

    def publish(self, arrangement: str) -> None:
        """A new version of the calendar, while cases run."""
        days = next_days(self.town.days, arrangement)
        adjusting.import_calendar(self.engine, SYSTEM, calendar_of(days))
        self.town.adjust(days, self.now)

    def sweep(self) -> None:
        sweeping.sweep(self.engine)
        self.town.sweep(self.now)


def arguments_of(says: Mapping[str, Any]) -> dict[str, Any]:
    """As pages and programs send them."""
    sent = {key: value.isoformat() if isinstance(value, date) else value for key, value in says.items()}
    if "evidence" in says:
        sent["evidence"] = [as_evidence(piece) for piece in says["evidence"]]
    return sent


def rows(engine: Engine, statement: str) -> Iterable[dict[str, Any]]:
    with engine.store.transaction():
        found = engine.store.execute(statement)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def local(at: str | datetime | None) -> float | None:
    """A stored moment as minutes of wall time."""
    if at is None:
        return None
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    whole = (found + EAST).replace(second=0, microsecond=0)
    return minute_of(whole) + round((found + EAST - whole).total_seconds()) / 60
