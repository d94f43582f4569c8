"""A case's row is what its events and clocks make it, whoever makes it: the writer or the rebuilding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from core_loop import (
    ACCEPTOR,
    HANDLER,
    OPEN_TARGET,
    REACHED,
    SUPERVISOR,
    TO_HANDLED,
    TODAY,
    USUAL,
    WALKS,
    follow,
    ready,
    walk,
)
from hypothesis import given, settings

from gewu_platform.core import clocks
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clocks import Ruler, RunningClock
from gewu_platform.core.duties import FINAL
from gewu_platform.core.lifecycle import Command, Event, State, decide, evolve
from gewu_platform.core.projection import (
    CaseFields,
    escalated,
    latest,
    main_clock,
    moved,
    noted,
    opened,
    ran_late,
)

START = datetime(2026, 11, 23, 1)
RULER = Ruler(Calendar("cn", 1, date(2026, 12, 31)), ZoneInfo("Asia/Shanghai"))


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def clock(
    number: int, step: str, hours: float, limit: str = "2 hours", stage: str | None = None
) -> RunningClock:
    return clocks.start(number, step, stage, None, None, limit, at(hours), RULER)


def after(
    fields: CaseFields, state: State, command: Command | str, hours: float, *running: RunningClock
) -> tuple[CaseFields, State]:
    """The row and the state after a command (by whoever usually gives it) `hours` after the start."""
    given_ = ready(command, USUAL[command]) if isinstance(command, str) else command
    (event,) = decide(state, given_, replace(OPEN_TARGET, late=True))
    moved_on = evolve(state, event)
    return moved(fields, moved_on, event, at(hours), running), moved_on


def handled_fields(state: State, *running: RunningClock) -> CaseFields:
    """The row of a case that came to `state` at the start."""
    fields = opened(START, walk(), ())
    return moved({**fields, "step": state.step}, state, Event("dispatched", 6), START, running)


def test_a_new_case_is_measured_by_its_first_clock() -> None:
    first = clock(1, "accept", 0)
    fields = opened(START, REACHED["reported"], [first])
    assert (fields["state"], fields["step"], fields["sequence"]) == ("reported", "accept", 1)
    assert (fields["started_at"], fields["due_at"]) == (START, at(2))
    assert fields["warning_at"] == at(1.6)
    assert (fields["severity"], fields["late"], fields["exempt"]) == ("minor", False, False)
    on_site = opened(START, REACHED["on_site"], ())
    assert (on_site["step"], on_site["started_at"], on_site["due_at"]) == ("settle", START, None)


def test_a_step_without_a_limit_has_begun_all_the_same() -> None:
    fields, _ = after(opened(START, walk(), [clock(1, "accept", 0)]), walk(), "accept", 1)
    assert (fields["step"], fields["started_at"]) == ("file", at(1))
    assert (fields["due_at"], fields["warning_at"], fields["sequence"]) == (None, None, 2)


def test_handling_is_measured_by_the_limit_of_the_whole_else_by_its_last_stage() -> None:
    stages = [clock(1, "handle", 0, "1 hours", "a"), clock(2, "handle", 0, "3 hours", "b")]
    assert main_clock(stages, "handle") is stages[1]
    whole = clock(3, "handle", 0, "2 hours")
    assert main_clock([*stages, whole], "handle") is whole
    assert main_clock([clocks.end(whole, at(1))], "handle") is None
    assert main_clock([whole], "verify") is None
    fields = handled_fields(REACHED["dispatched"], *stages, whole)
    assert (fields["due_at"], fields["handle_due_at"], fields["dispatched_at"]) == (at(2), at(2), START)


def test_while_parked_nothing_is_due_and_afterwards_it_is_later() -> None:
    running = clock(1, "handle", 0)
    paused = clocks.pause(running, at(1))
    fields = handled_fields(REACHED["handling"], running)
    fields, state = after(fields, replace(REACHED["handling"], parked=0), "park", 1, paused)
    assert (fields["due_at"], fields["warning_at"], fields["handle_due_at"]) == (None, None, None)
    assert (fields["paused_at"], fields["parked_until"]) == (at(1), TODAY + timedelta(30))
    assert fields["started_at"] == START
    fields, _ = after(fields, state, "resume", 5, clocks.resume(paused, at(5), RULER))
    assert (fields["due_at"], fields["handle_due_at"]) == (at(6), at(6))
    assert (fields["paused_at"], fields["parked_until"]) == (None, None)


def test_parking_without_a_limit_is_a_pause_too() -> None:
    fields, state = after(handled_fields(REACHED["handling"]), REACHED["handling"], "park", 1)
    assert fields["paused_at"] == at(1)
    fields, _ = after(fields, state, Command("urge", SUPERVISOR, note="速办"), 3)
    assert (fields["paused_at"], fields["urges"]) == (at(1), 1)


@pytest.mark.parametrize("name", ["accepted", "handled", "verified"])
def test_whoever_asked_for_a_check_waits(name: str) -> None:
    state = REACHED[name]
    running = [clock(1, state.step, 0)] if state.step != "close" else []
    fields = handled_fields(state, *running)
    fields, asked = after(fields, state, "check", 1, *[clocks.pause(each, at(1)) for each in running])
    assert (fields["due_at"], fields["paused_at"], fields["state"]) == (None, at(1), name)
    resumed = [clocks.resume(clocks.pause(each, at(1)), at(3), RULER) for each in running]
    fields, _ = after(fields, asked, "answer", 3, *resumed)
    assert (fields["due_at"], fields["paused_at"]) == (at(4) if running else None, None)


def test_a_handling_that_ended_late_stays_late_whatever_comes() -> None:
    running = clock(1, "handle", 0)
    fields = handled_fields(REACHED["handling"], running)
    ended = clocks.end(running, at(3))
    fields, state = after(fields, REACHED["handling"], "confirm", 3, ended)
    assert (fields["late"], fields["handled_at"], fields["handle_due_at"]) == (True, at(3), at(2))
    again = clocks.restart(ended, at(4), RULER)
    fields, state = after(fields, state, "rework", 4, again)
    assert (fields["late"], fields["handled_at"], fields["reworks"]) == (True, None, 1)
    assert (fields["started_at"], fields["due_at"]) == (START, at(2)), "it ran out before it was handled"


def test_handled_in_time_is_not_late_and_stages_alone_do_not_make_it_so() -> None:
    whole, stage = clock(1, "handle", 0), clock(2, "handle", 0, "1 hours", "a")
    assert not ran_late([clocks.end(whole, at(2)), clocks.end(stage, at(2))])
    assert ran_late([clocks.end(whole, at(2.1))])
    assert not ran_late([whole, clocks.end(clock(3, "verify", 0), at(9))])
    last = clock(3, "handle", 0, "3 hours", "b")
    assert not ran_late([clocks.end(stage, at(3)), clocks.end(last, at(3))])
    assert ran_late([clocks.end(stage, at(3.1)), clocks.end(last, at(3.1))])
    parked_in_time = clocks.end(clocks.pause(whole, at(1)), at(9))
    assert not ran_late([parked_in_time])


def test_a_reopened_case_starts_over_but_stays_late_and_exempt() -> None:
    fields = {**handled_fields(REACHED["closed"]), "late": True, "closed_at": at(1), "handled_at": at(1)}
    fields, state = after({**fields, "exempt": True}, replace(REACHED["closed"], exempt=True), "reopen", 5)
    assert (fields["closed_at"], fields["handled_at"], fields["dispatched_at"]) == (None, None, None)
    assert (fields["handle_due_at"], fields["closed_as"], fields["office"]) == (None, None, None)
    assert (fields["late"], fields["exempt"], fields["state"]) == (True, True, "filed")
    assert state.step == fields["step"] == "dispatch"


def test_another_dispatch_forgets_when_the_earlier_one_was_due() -> None:
    running = clock(1, "handle", 0)
    fields = handled_fields(REACHED["dispatched"], running)
    fields, state = after(fields, REACHED["dispatched"], "return", 1, clocks.end(running, at(1)))
    assert fields["handle_due_at"] == at(2)
    fields, _ = after(fields, state, "dispatch", 3)
    assert (fields["dispatched_at"], fields["handle_due_at"], fields["due_at"]) == (at(3), None, None)


def test_an_appeal_leaves_the_moment_of_closing() -> None:
    fields, state = after(handled_fields(REACHED["verified"]), REACHED["verified"], "close", 2)
    assert (fields["closed_at"], fields["closed_as"], fields["started_at"]) == (at(2), "handled", None)
    fields, state = after(fields, state, Command("appeal", HANDLER, "材料齐全"), 5)
    fields, state = after(fields, state, "grant", 6)
    assert (fields["closed_at"], fields["exempt"], fields["state"]) == (at(2), True, "closed")


def test_the_ladders_escalation_changes_the_row_as_a_persons_does() -> None:
    state = REACHED["filed"]
    fields = handled_fields(state)
    by_person, _ = after(fields, state, ready("escalate", ACCEPTOR, tier="county"), 1)
    assert by_person == escalated(fields, "county")
    assert escalated(by_person, "town")["escalated_to"] == "county"
    assert noted(fields) == {**fields, "sequence": fields["sequence"] + 1}


def test_the_latest_snapshot_of_a_clock_takes_the_place_of_the_earlier() -> None:
    one, two = clock(1, "accept", 0), clock(2, "file", 1)
    ended = clocks.end(one, at(1))
    assert latest([one], [two, ended]) == (ended, two)
    assert latest([], []) == ()


@settings(max_examples=50, deadline=None)
@given(WALKS)
def test_the_row_says_what_the_state_says_after_every_event(numbers: list[int]) -> None:
    taken = follow(numbers)
    fields = opened(START, taken[0].before, ()) if taken else {}
    old = clocks.end(clock(1, "handle", 0), at(1))
    for hour, each in enumerate(taken, 1):
        before, state = fields, each.after
        fields = moved(before, state, each.event, at(hour), ())
        assert fields == moved(before, state, each.event, at(hour), [old]), "clocks that ended change nothing"
        assert set(fields) == set(before)
        assert (fields["state"], fields["step"], fields["office"]) == (state.state, state.step, state.office)
        assert (fields["closed_at"] is not None) == (state.state in FINAL)
        assert (fields["paused_at"] is not None) == (state.state == "parked" or state.check is not None)
        assert (fields["started_at"] is not None) == (state.step is not None)
        assert (fields["due_at"], fields["sequence"]) == (None, hour + 1)
        if before["step"] == state.step:
            assert fields["started_at"] == before["started_at"]
        for name in ("extensions", "parked_until", "closed_as", "merged_into", "urges", "added", "exempt",
                     "escalated_to", "severity", "reworks"):  # fmt: skip
            assert fields[name] == getattr(state, name)


def test_confirming_keeps_when_it_was_due_and_handled() -> None:
    running = clock(1, "handle", 0)
    fields = handled_fields(walk(*TO_HANDLED[:-1]), running)
    fields, _ = after(
        fields, REACHED["handling"], "confirm", 1, clocks.end(running, at(1)), clock(2, "verify", 1)
    )
    assert (fields["handled_at"], fields["handle_due_at"], fields["late"]) == (at(1), at(2), False)
    assert (fields["due_at"], fields["started_at"]) == (at(3), at(1))
