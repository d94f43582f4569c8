"""Who held a case adds up: every moment is somebody's, or nobody's while it is parked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from core_loop import (
    HANDLER,
    OFFICE,
    OPEN_TARGET,
    REACHED,
    TO_DISPATCHED,
    TO_HANDLED,
    USUAL,
    WALKS,
    follow,
    ready,
    run,
    walk,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_platform.core.calendars import Calendar, SpecialDay
from gewu_platform.core.clock import CONTINUOUS, NOTHING, WorkingClock
from gewu_platform.core.duties import FINAL
from gewu_platform.core.holding import Holding, holders
from gewu_platform.core.states import State

START = datetime(2026, 9, 28, 7, 30)
CALENDAR = Calendar(
    "cn", 1, date(2026, 12, 31),
    {date(2026, 10, 1) + timedelta(day): SpecialDay("holiday", "国庆节") for day in range(7)},
)  # fmt: skip
WORKING = WorkingClock(CALENDAR)
Course = list[tuple[datetime, State]]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def course(*steps: str, on_site: bool = False) -> Course:
    """One command an hour."""
    state = walk(on_site=on_site)
    found: Course = [(START, state)]
    for hour, step in enumerate(steps, 1):
        state = run(state, ready(step, USUAL[step]), OPEN_TARGET)
        found.append((at(hour), state))
    return found


def lines(found: tuple[Holding, ...]) -> list[tuple[str, str | None, int | None, float | None]]:
    return [
        (each.step, each.role, each.office, each.until and (each.until - each.since) / timedelta(hours=1))
        for each in found
    ]  # fmt: skip


def test_a_case_passes_from_hand_to_hand() -> None:
    found = holders(course(*TO_HANDLED, "verify", "close"))
    assert lines(found) == [
        ("accept", "acceptor", None, 1.0),
        ("file", "acceptor", None, 1.0),
        ("dispatch", "dispatcher", None, 1.0),
        ("handle", "handler", OFFICE, 2.0),
        ("verify", "acceptor", None, 1.0),
        ("close", "acceptor", None, 1.0),
    ]


def test_parking_belongs_to_nobody() -> None:
    found = holders(course(*TO_DISPATCHED, "park", "resume", "handle"))
    assert lines(found)[3:] == [
        ("handle", "handler", OFFICE, 1.0),
        ("park", None, None, 1.0),
        ("handle", "handler", OFFICE, None),
    ]
    parked = found[4]
    assert (parked.held(at(9)), parked.paused(at(9))) == (NOTHING, timedelta(hours=1))
    assert parked.counted(WORKING, at(9)) == NOTHING
    assert found[5].held(at(9)) == timedelta(hours=4)
    assert found[5].paused(at(9)) == NOTHING


def test_who_checks_holds_it_while_whoever_asked_waits() -> None:
    assert lines(holders(course("accept", "check", "answer", "file"))) == [
        ("accept", "acceptor", None, 1.0),
        ("file", "acceptor", None, 1.0),
        ("check", "worker", None, 1.0),
        ("file", "acceptor", None, 1.0),
        ("dispatch", "dispatcher", None, None),
    ]


def test_whoever_stands_there_holds_it_until_it_is_settled() -> None:
    assert lines(holders(course("settle", "close", on_site=True))) == [
        ("settle", "worker", None, 1.0),
        ("close", "acceptor", None, 1.0),
    ]


def test_steps_that_take_no_time_are_nobodys() -> None:
    automatic: Course = [
        (START, REACHED["reported"]), (START, REACHED["accepted"]), (START, REACHED["filed"]),
        (at(1), REACHED["dispatched"]), (at(2), REACHED["handled"]), (at(2), REACHED["dispatched"]),
    ]  # fmt: skip
    assert lines(holders(automatic)) == [
        ("dispatch", "dispatcher", None, 1.0),
        ("handle", "handler", OFFICE, None),
    ]


def test_a_closed_case_is_in_nobodys_hands_until_it_is_reopened() -> None:
    found = holders(course("accept", "inform", "reopen"))
    assert lines(found)[-1] == ("dispatch", "dispatcher", None, None)
    assert (found[1].until, found[2].since) == (at(2), at(3))
    assert holders([]) == ()


_GAPS = st.lists(
    st.integers(0, 5000).map(lambda minutes: timedelta(minutes=minutes)), min_size=80, max_size=80
)


@settings(max_examples=50, deadline=None)
@given(WALKS, _GAPS)
def test_held_and_paused_over_all_holders_is_the_whole_exactly_in_wall_time_and_in_working_time(
    numbers: list[int], gaps: list[timedelta]
) -> None:
    taken = follow(numbers)
    moment, found = START, [(START, taken[0].before)] if taken else []
    for each, gap in zip(taken, gaps, strict=False):
        moment += gap
        found.append((moment, each.after))
    now = moment + gaps[-1]
    held = holders(found)
    opened = [
        (since, until) for (since, state), (until, _) in pairwise([*found, (now, REACHED["closed"])])
        if state.state not in FINAL
    ]  # fmt: skip
    whole = sum((until - since for since, until in opened), NOTHING)
    assert sum((each.held(now) + each.paused(now) for each in held), NOTHING) == whole
    for clock in (WORKING, CONTINUOUS):
        parked = sum((clock.between(each.since, each.until or now) for each in held if each.parked), NOTHING)
        counted = sum((each.counted(clock, now) for each in held), NOTHING)
        assert counted + parked == sum((clock.between(*span) for span in opened), NOTHING)
    for before, after in pairwise(held):
        assert before.until is not None
        assert before.since < before.until <= after.since
        assert before.until < after.since or (before.step, before.role, before.office) != (
            after.step, after.role, after.office,
        )  # fmt: skip
    assert all(each.office is not None for each in held if each.role == "handler")


def test_the_handling_office_is_named_only_while_it_handles() -> None:
    assert HANDLER.offices == {OFFICE}
    assert {each.office for each in holders(course(*TO_HANDLED, "rework")) if each.role != "handler"} == {
        None
    }
