"""The loop of a case holds its promises whatever anybody tries, in whatever order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import pytest
from core_loop import (
    ACCEPTOR,
    ASKED,
    GRID,
    HANDLER,
    NAMES,
    NEEDS,
    PEOPLE,
    REACHED,
    REPORTER,
    SUPERVISOR,
    TO_HANDLING,
    TODAY,
    USUAL,
    WALKS,
    Taken,
    follow,
    ready,
    refusal_of,
    refused,
    tried,
    walk,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.model import TIERS
from gewu_platform.core.duties import FINAL, STATES, states_for
from gewu_platform.core.lifecycle import (
    Actor,
    Situation,
    arguments_for,
    event_from_json,
    event_to_json,
    evolve,
    lacking,
    open_case,
    possible,
)
from gewu_platform.core.tasks import Task

promise = settings(max_examples=80, deadline=None)

HANDLING = {"handling", "confirmed", "assisted", "settled"}
"""Events by which somebody has handled."""
JUDGING = {
    "check-asked", "verified", "reworked", "closed", "informed", "voided", "merged", "extended", "extension-denied",
    "parked", "parking-denied", "appeal-granted", "appeal-denied", "regraded", "reopened",
}  # fmt: skip
"""Events that somebody who handled has no part in."""
CODES = {
    "not-possible-now", "request-missing", "not-allowed", "separation", "reason-missing", "office-missing",
    "argument-missing", "argument-wrong", "evidence-missing",
}  # fmt: skip


def by_people(numbers: list[int]) -> Iterable[tuple[Taken, Actor]]:
    return ((taken, taken.command.actor) for taken in follow(numbers) if taken.command)


# What holds on every walk


@promise
@given(WALKS)
def test_who_handled_never_judges(numbers: list[int]) -> None:
    people: set[int | None] = set()
    offices: set[int | None] = set()
    for taken in follow(numbers):
        event, actor = taken.event, taken.command.actor if taken.command else None
        if actor and event.kind in JUDGING and actor.user is not None:
            assert actor.user not in people, event.kind
            assert not actor.offices & offices, event.kind
        if event.kind == "check-answered" and taken.before.state != "accepted":
            assert actor
            assert actor.user not in people
            assert not actor.offices & offices
        if event.kind in HANDLING:
            people.add(event.by)
            offices.add(event.office)
        if event.kind == "joined":
            people |= set(event.handlers)
            offices |= set(event.offices)


@promise
@given(WALKS)
def test_who_reported_never_handles(numbers: list[int]) -> None:
    reporters = {REPORTER}
    for taken in follow(numbers):
        event = taken.event
        if event.kind in {"handling", "confirmed", "assisted"}:
            assert event.by not in reporters
        if event.kind == "added" and event.by:
            reporters.add(event.by)
        if event.kind == "joined":
            reporters |= set(event.reporters)


@promise
@given(WALKS)
def test_a_return_never_advances_and_nobody_takes_the_next_main_step_but_by_dispatching(
    numbers: list[int],
) -> None:
    returned = False
    for taken in follow(numbers):
        if returned and taken.after.state != taken.before.state:
            assert taken.event.kind in {"dispatched", "informed", "voided", "merged"}
            returned = False
        if taken.event.kind == "returned":
            assert taken.event.reason
            assert taken.after.state == "returned"
            assert taken.after.office in taken.after.returned_by
            returned = True


@promise
@given(WALKS)
def test_a_case_is_parked_once_for_a_year_at_most_and_goes_on_where_it_was(numbers: list[int]) -> None:
    times, before = 0, ""
    for taken in follow(numbers):
        event = taken.event
        if event.kind == "parked":
            times, before = times + 1, taken.before.state
            assert event.until is not None
            assert TODAY < event.until <= date(2027, 11, 22)
            assert (taken.after.state, taken.after.parked_until) == ("parked", event.until)
        if taken.before.state == "parked":
            assert event.kind not in {"handling", "confirmed", "returned", "extended"}
        if event.kind == "resumed":
            assert taken.after.state == before
        if taken.after.state != "parked":
            assert taken.after.parked_until is None
    assert times <= 1


@promise
@given(WALKS)
def test_time_is_given_twice_at_most_never_once_overdue_and_the_second_time_by_the_supervisor(
    numbers: list[int],
) -> None:
    granted = 0
    for taken, actor in by_people(numbers):
        if taken.event.kind == "dispatched":
            granted = 0
        if taken.event.kind in {"extended", "extension-asked"}:
            assert not taken.situation.overdue
            assert taken.situation.limited
            assert granted < 2
        if taken.event.kind == "extended":
            assert actor.role == "supervisor" or (actor.role == "dispatcher" and granted == 0)
            granted += 1
        if taken.event.kind == "extension-denied":
            assert actor.role == "supervisor" or granted == 0
        assert taken.after.extensions == granted


@promise
@given(WALKS)
def test_an_appeal_is_once_by_the_office_that_handled_a_late_case(numbers: list[int]) -> None:
    appeals = 0
    for taken, actor in by_people(numbers):
        if taken.event.kind == "appealed":
            appeals += 1
            assert taken.before.closed_as == "handled"
            assert taken.situation.late
            assert taken.before.office in actor.offices
        if taken.event.kind in {"appeal-granted", "appeal-denied"}:
            assert actor.role == "supervisor"
            assert taken.before.state == "closed"
        assert taken.after.exempt == (taken.before.exempt or taken.event.kind == "appeal-granted")
    assert appeals <= 1


@promise
@given(WALKS)
def test_tasks_stand_exactly_as_long_as_what_they_are_about(numbers: list[int]) -> None:
    standing: dict[int, tuple[Task, str, str | None]] = {}
    for taken in follow(numbers):
        standing.pop(taken.event.ends or 0, None)
        for number, (task, state, step) in list(standing.items()):
            about_state = task.kind in {"pre_check", "post_check", "appeal"}
            if (taken.after.state != state) if about_state else (taken.after.step != step):
                del standing[number]
        for task in taken.event.opens:
            standing[task.number] = (task, taken.after.state, taken.after.step)
        assert {task.number for task in taken.after.tasks} == set(standing)
        assert taken.after.asked >= max(standing, default=0)


@promise
@given(WALKS)
def test_what_was_asked_is_answered_once_and_by_whom_it_was_asked(numbers: list[int]) -> None:
    for taken, actor in by_people(numbers):
        event = taken.event
        assert [task.number for task in event.opens] == [
            taken.before.asked + index for index in range(1, len(event.opens) + 1)
        ]
        if event.ends is None:
            continue
        task = next(task for task in taken.before.tasks if task.number == event.ends)
        assert task not in taken.after.tasks
        if task.kind in {"assist", "urge"} and task.office is not None:
            assert task.office in actor.offices
        elif task.role != "dispatcher":
            assert task.role == actor.role
        if task.role == "worker":
            assert GRID in actor.grids


@promise
@given(WALKS)
def test_nothing_is_filed_verified_or_closed_while_a_check_is_out_and_only_one_ever_is(
    numbers: list[int],
) -> None:
    for taken in follow(numbers):
        if taken.event.kind in {"filed", "verified", "closed"}:
            assert taken.before.check is None
        checks = [task for task in taken.after.tasks if task.kind in {"pre_check", "post_check"}]
        assert len(checks) <= 1


@promise
@given(WALKS)
def test_every_kind_of_request_stands_once_at_a_time_and_everybody_who_helps_has_finished_first(
    numbers: list[int],
) -> None:
    for taken in follow(numbers):
        for kind in ("extend", "park", "appeal"):
            assert len(taken.after.open_tasks(kind)) <= 1
        if taken.event.kind == "confirmed":
            assert not taken.before.open_tasks("assist")


@promise
@given(WALKS)
def test_rework_goes_to_the_same_office_and_what_failed_proves_nothing(numbers: list[int]) -> None:
    for taken in follow(numbers):
        if taken.event.kind == "reworked":
            assert taken.after.office == taken.before.office
            assert taken.after.reworks == taken.before.reworks + 1
            assert (taken.after.evidence, taken.after.notes) == ((), 0)
        if taken.event.kind in {"closed", "settled"}:
            assert not lacking(taken.after)


@promise
@given(WALKS)
def test_a_final_case_only_takes_what_is_meant_for_it(numbers: list[int]) -> None:
    for taken, _ in by_people(numbers):
        if taken.before.state == "closed":
            assert taken.event.kind in {"reopened", "appealed", "appeal-granted", "appeal-denied"}
        elif taken.before.state in FINAL:
            assert taken.event.kind == "reopened"
            assert taken.before.state != "merged"
        assert taken.after.state in STATES
        assert (taken.after.closed_as is not None) == (taken.after.state == "closed")
        assert (taken.after.merged_into is not None) == (taken.after.state == "merged")


@promise
@given(WALKS)
def test_an_escalation_only_ever_rises(numbers: list[int]) -> None:
    heights = {None: 0} | {tier: height for height, tier in enumerate(TIERS)}
    for taken, _ in by_people(numbers):
        before, after = heights[taken.before.escalated_to], heights[taken.after.escalated_to]
        assert after > before if taken.event.kind == "escalated" else after == before


@promise
@given(WALKS)
def test_a_case_in_hands_lies_with_an_office(numbers: list[int]) -> None:
    for taken in follow(numbers):
        if taken.after.state in {"dispatched", "handling", "parked", "handled", "verified", "returned"}:
            assert taken.after.office is not None


@promise
@given(WALKS)
def test_every_refusal_says_why_in_both_languages(numbers: list[int]) -> None:
    for state, command, situation in tried(numbers):
        refusal = refusal_of(state, command, situation)
        if refusal is None:
            continue
        assert refusal.code in CODES
        assert re.search(r"[一-鿿]", refusal.words.zh)
        assert refusal.words.en.strip()
        assert not re.search(r"[一-鿿]", refusal.words.en)
        assert set(refusal.possible) <= set(STATES)
        if refusal.code.startswith("argument") or refusal.code in {"reason-missing", "office-missing"}:
            assert refusal.where
        if state.state not in states_for(command.name):
            assert refusal.code == "not-possible-now"
            assert state.state not in refusal.possible


@settings(max_examples=60, deadline=None)
@given(WALKS, st.sampled_from(PEOPLE), st.booleans(), st.booleans())
def test_possible_says_exactly_what_decide_would_allow(
    numbers: list[int], actor: Actor, overdue: bool, late: bool
) -> None:
    walked = follow(numbers)
    state = walked[-1].after if walked else REACHED["reported"]
    situation = Situation(TODAY, overdue=overdue, late=late, into_open=True)
    tier = "city" if state.escalated_to != "city" else None
    severity = "major" if state.severity == "critical" else "critical"
    for name, why_not in possible(state, actor, situation).items():
        words = []
        for task in (None, *(task.number for task in state.tasks)):
            command = ready(name, actor, task=task, tier=tier, severity=severity)
            refusal = refusal_of(state, command, situation)
            words.append(refusal.words if refusal else None)
        if why_not is None:
            assert None in words, name
        else:
            assert None not in words, name
            assert why_not in words or len(state.tasks) > 1


@settings(max_examples=60, deadline=None)
@given(WALKS)
def test_events_survive_the_journal(numbers: list[int]) -> None:
    walked = follow(numbers)
    for taken in walked:
        assert event_from_json(event_to_json(taken.event)) == taken.event
        assert evolve(taken.before, event_from_json(event_to_json(taken.event))) == taken.after


@pytest.mark.parametrize("name", NAMES)
def test_what_must_come_is_told_before_it_is_missed(name: str) -> None:
    situation = Situation(TODAY, late=True, into_open=True)
    for state in (*REACHED.values(), *ASKED):
        for actor in PEOPLE:
            if possible(state, actor, situation)[name]:
                continue
            needs, _ = arguments_for(state, name, actor)
            for argument in needs:
                bare = ready(name, actor, **{argument: None})
                refusal = refused(state, bare, situation)
                assert refusal.where == argument
                assert refusal.code.endswith("-missing")


def test_what_may_come_is_told_besides() -> None:
    assert arguments_for(REACHED["handled"], "verify", ACCEPTOR) == ((), ("note", "evidence"))
    assert arguments_for(REACHED["handling"], "park", HANDLER) == (("reason", "until"), ("evidence",))
    assert arguments_for(REACHED["reported"], "park", HANDLER) == ((), ())
    two = walk(*TO_HANDLING, ("extend", HANDLER), ("park", HANDLER))
    assert arguments_for(two, "grant", SUPERVISOR) == ((), ("task", "note", "until"))
    assert arguments_for(two, "deny", SUPERVISOR) == (("reason",), ("task",))


def test_every_state_can_be_reached() -> None:
    assert {name: state.state for name, state in REACHED.items()} == {name: name for name in STATES}


def test_a_new_case_knows_its_reporter_and_severity() -> None:
    state = open_case(REPORTER, GRID, NEEDS, "major")
    assert (state.state, state.reporters, state.severity, state.needs) == ("reported", {1}, "major", NEEDS)
    assert USUAL.keys() == set(NAMES)
