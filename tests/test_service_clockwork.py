from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import PACKS
from loop_help import LIGHT, dispatched, give, report, row_of
from minute_oracle import due_by_minutes, share_by_minutes
from sample_town import Clock

from gewu_dsl.model import Rung
from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.zones import to_local, to_utc
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue.publishing import publish_catalogue
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.timing.calendars import add_calendar, read_calendar
from gewu_platform.service.timing.clockwork import calendar_for, ruler_of, start_step_clocks, timers_of

WORKDAY = parse_limit("1 workday")


def handling_clock(engine: Engine, case: int) -> dict[str, Any]:
    """The row of the running main clock of handling."""
    with engine.store.transaction():
        cursor = engine.store.execute(
            "SELECT due_at, warns_at, legs, pauses, derivation FROM deadlines"
            " WHERE \"case\" = :case AND step = 'handle' ORDER BY id DESC LIMIT 1",
            case=case,
        )  # fmt: skip
        names, row = [column[0] for column in cursor.description], cursor.fetchone()
    found = dict(zip(names, row, strict=True))
    return found | {
        name: datetime.fromisoformat(found[name]) if isinstance(found[name], str) else found[name]
        for name in ("due_at", "warns_at")
    }


class Course:
    """A case taken through a random course, and what a minute-counter is told of it: its start, legs and pauses."""

    def __init__(self, engine: Engine, clock: Clock, chance: Random) -> None:
        self.engine, self.clock, self.chance = engine, clock, chance
        clock.at = datetime(2026, 2, 11) + timedelta(minutes=chance.randrange(8 * 1440))
        self.case = dispatched(engine, LIGHT)
        self.start, self.legs, self.parked = clock.at, 1, False
        self.pauses: list[tuple[datetime, datetime]] = []

    def wait(self, most: int) -> datetime:
        self.clock.advance(minutes=self.chance.choice((0, 60, self.chance.randrange(most))))
        return self.clock.at

    def go_on(self) -> None:
        """One thing that happens to the clock."""
        now = self.wait(700)
        kind = self.chance.choice(("extend", "park", "rework", "rework"))
        if kind == "extend" and self.legs < 2 and now <= self.due():
            give(self.engine, "dispatcher1", self.case, "extend", reason="等配件")
            self.legs += 1
        elif kind == "park" and not self.parked:
            until = (to_local(now, self.engine.zone) + timedelta(days=30)).date().isoformat()
            give(self.engine, "dispatcher1", self.case, "park", reason="等审批", until=until)
            self.parked = True
            self.pauses.append((now, self.wait(4000)))
            give(self.engine, "handler1", self.case, "resume")
        elif kind == "rework":
            give(self.engine, "handler1", self.case, "handle")
            give(self.engine, "handler1", self.case, "confirm")
            self.pauses.append((now, self.wait(4000)))
            give(self.engine, "acceptor1", self.case, "rework", reason="没有清完")

    def due(self) -> datetime:
        start, pauses = self.on_the_wall()
        calendar = read_calendar(self.engine, "cn")
        return to_utc(due_by_minutes(start, [WORKDAY] * self.legs, calendar, pauses), self.engine.zone)

    def warning(self) -> datetime:
        start, pauses = self.on_the_wall()
        calendar = read_calendar(self.engine, "cn")
        return to_utc(share_by_minutes(start, [WORKDAY] * self.legs, calendar, pauses, 80), self.engine.zone)

    def on_the_wall(self) -> tuple[datetime, list[tuple[datetime, datetime]]]:
        zone = self.engine.zone
        pauses = [(to_local(begins, zone), to_local(ends, zone)) for begins, ends in self.pauses]
        return to_local(self.start, zone), pauses


def follow(engine: Engine, clock: Clock, seed: int) -> None:
    """Every row that a random course leaves says what counting the minutes says."""
    chance = Random(seed)
    course = Course(engine, clock, chance)
    for _ in range(4):
        course.go_on()
        row = handling_clock(engine, course.case)
        assert (row["due_at"], row["warns_at"]) == (course.due(), course.warning()), (seed, course.pauses)
        assert len(json.loads(row["legs"])) == course.legs
        assert row_of(engine, course.case)["handle_due_at"] == course.due()
        told = json.loads(row["derivation"])
        assert sum(minutes for _, _, minutes in told["counted"]) == 480 * course.legs
        assert told["due"] == to_local(course.due(), engine.zone).isoformat()
        whole = (course.due() - course.start) / timedelta(minutes=1)
        assert sum(part["minutes"] for part in told["timeline"]) == whole


@pytest.mark.parametrize("seed", range(4))
def test_the_rows_of_a_random_course_say_what_counting_minutes_says(
    engine: Engine, clock: Clock, seed: int
) -> None:
    follow(engine, clock, seed)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_the_rows_of_many_random_courses_say_what_counting_minutes_says(
    engine: Engine, clock: Clock, part: int
) -> None:
    for seed in range(100 + 20 * part, 120 + 20 * part):
        follow(engine, clock, seed)


def test_a_later_definition_moves_no_running_deadline(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    case = dispatched(engine, LIGHT)
    shutil.copytree(PACKS, tmp_path / "packs")
    for file in (tmp_path / "packs").rglob("*.gewu"):
        file.write_text(file.read_text("utf-8").replace("1 workday otherwise", "2 hours otherwise"), "utf-8")
    later = replace(engine, catalogue=load_catalogue([tmp_path / "packs"]))
    publish_catalogue(later, SYSTEM)
    assert row_of(later, case)["due_at"] == datetime(2026, 3, 3, 1)
    give(later, "dispatcher1", case, "extend", reason="等配件")
    assert row_of(later, case)["due_at"] == datetime(2026, 3, 4, 1)
    newer = dispatched(later, LIGHT, "shop-2")
    assert row_of(later, newer)["due_at"] == clock.at + timedelta(hours=2)


# Whose calendar


def set_calendar(engine: Engine, area: str, code: str) -> None:
    with engine.store.transaction(write=True):
        engine.store.execute("UPDATE areas SET calendar = :code WHERE code = :area", area=area, code=code)


def path_of(engine: Engine, grid: str) -> list[int]:
    with engine.store.transaction():
        path = engine.store.execute("SELECT path FROM areas WHERE code = :grid", grid=grid).fetchone()[0]
    return [int(part) for part in path.strip("/").split("/")]


def chosen(engine: Engine, own: str | None, path: list[int]) -> str:
    with engine.store.transaction():
        return calendar_for(engine, own, path).code


def test_the_items_calendar_goes_before_the_nearest_areas_and_that_before_the_default(engine: Engine) -> None:
    usual = read_calendar(engine, "cn")
    for code in ("county", "island", "rescue"):
        add_calendar(engine, SYSTEM, Calendar(code, 1, usual.confirmed_until, usual.days, usual.windows))
    path = path_of(engine, "g1")
    assert chosen(engine, None, path) == "cn"
    codes = list(_codes(engine, path))
    set_calendar(engine, codes[1], "county")
    assert chosen(engine, None, path) == "county"
    set_calendar(engine, codes[-1], "island")
    assert chosen(engine, None, path) == chosen(engine, None, path[::-1]) == "island"
    assert chosen(engine, "rescue", path) == "rescue"


def _codes(engine: Engine, path: list[int]) -> list[str]:
    """The codes of the areas from the root down."""
    with engine.store.transaction():
        return [
            str(engine.store.execute("SELECT code FROM areas WHERE id = :area", area=area).fetchone()[0])
            for area in path
        ]


def test_a_calendar_that_was_never_imported_holds_up_no_report_and_is_warned_of(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    usual = read_calendar(engine, "cn")
    with engine.store.transaction():
        assert calendar_for(engine, "nowhere", path_of(engine, "g1")).code == "cn"
    assert "nowhere" in caplog.text
    add_calendar(engine, SYSTEM, Calendar("county", 1, usual.confirmed_until, usual.days, usual.windows))
    set_calendar(engine, "county", "county")
    with engine.store.transaction():
        assert calendar_for(engine, "nowhere", path_of(engine, "g1")).code == "county"
    add_calendar(engine, SYSTEM, Calendar("nowhere", 1, usual.confirmed_until, usual.days, usual.windows))
    with engine.store.transaction():
        assert calendar_for(engine, "nowhere", path_of(engine, "g1")).code == "nowhere"


# Which clocks a step has, and what happens on their way


def test_a_step_has_a_clock_for_its_limit_and_one_for_each_stage(engine: Engine) -> None:
    decision = {
        "on_site": "2 hours",
        "limits": {"handle": "3 workdays", "accept": "30 minutes"},
        "stages": [{"name": "arrive", "limit": "1 hour"}, {"name": "fix", "limit": "by 18:00 next workday"}],
    }
    with engine.store.transaction():
        calendar = calendar_for(engine, None, [])

        def started(step: str) -> list[tuple[int, str | None, tuple[str, ...]]]:
            found = start_step_clocks(engine, calendar, step, decision, engine.now(), 4, 7)
            return [(clock.number, clock.stage, clock.limits) for clock in found]

        assert started("handle") == [
            (4, None, ("3 workdays",)),
            (5, "arrive", ("1 hour",)),
            (6, "fix", ("by 18:00 next workday",)),
        ]
        assert started("settle") == [(4, None, ("2 hours",))]
        assert started("accept") == [(4, None, ("30 minutes",))]
        assert started("verify") == []


def test_staged_limits_all_count_from_the_start(engine: Engine) -> None:
    decision = {
        "on_site": None,
        "limits": {},
        "stages": [{"name": "arrive", "limit": "1 hour"}, {"name": "fix", "limit": "2 hours"}],
    }
    with engine.store.transaction():
        calendar = calendar_for(engine, None, [])
        clocks = start_step_clocks(engine, calendar, "handle", decision, engine.now(), 1, 7)
    assert [clock.due_at - engine.now() for clock in clocks] == [timedelta(hours=1), timedelta(hours=2)]


def test_timers_stand_still_with_their_clock_and_move_with_its_extension(
    engine: Engine, clock: Clock
) -> None:
    case = dispatched(engine, LIGHT)
    ladder = [Rung("handle", 100, None, "town"), Rung("handle", None, WORKDAY, "county")]
    with engine.store.transaction():
        (running,) = load_case(engine, case).clocks
        ruler = ruler_of(engine, running.calendar)
    plans = timers_of(running, ladder, ruler)
    assert [(plan.kind, plan.tier, plan.at) for plan in plans] == [
        ("remind", None, running.warns_at),
        ("overdue", None, running.due_at),
        ("escalate", "town", running.due_at),
        ("escalate", "county", datetime(2026, 3, 4, 1)),
    ]
    from gewu_platform.core import clocks

    longer = clocks.extend(running, ruler)
    assert [plan.at for plan in timers_of(longer, ladder, ruler)][-1] == datetime(2026, 3, 5, 1)
    assert timers_of(clocks.pause(running, clock.at), ladder, ruler) == ()
    assert timers_of(clocks.end(running, clock.at), ladder, ruler) == ()


def test_a_case_in_an_area_with_its_own_hours_is_due_by_them(engine: Engine) -> None:
    usual = read_calendar(engine, "cn")
    mornings = tuple(windows[:1] for windows in usual.windows)
    add_calendar(engine, SYSTEM, Calendar("mornings", 1, usual.confirmed_until, usual.days, mornings))
    set_calendar(engine, "north", "mornings")
    case = report(engine, LIGHT).cases[0].id
    assert row_of(engine, case)["calendar"] == "mornings@1"
