"""What is asked within a case: checks, help, time, parking, appeals, orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from core_loop import (
    ACCEPTOR,
    COLLEAGUE,
    DISPATCHER,
    GRID,
    HANDLER,
    HELPER,
    HELPING_OFFICE,
    NOW,
    OFFICE,
    OTHER,
    PEOPLE,
    REACHED,
    REPORTER,
    STRANGER,
    SUPERVISOR,
    SYSTEM,
    TO_CLOSED,
    TO_DISPATCHED,
    TO_FILED,
    TO_HANDLED,
    TO_HANDLING,
    TO_VERIFIED,
    TODAY,
    WORKER,
    assisted,
    ready,
    refused,
    run,
    walk,
)

from gewu_platform.core.lifecycle import (
    Actor,
    Event,
    Situation,
    State,
    decide,
    evolve,
    possible,
)

# Checks


def test_a_check_before_filing_is_the_workers_and_the_reporter_may_answer() -> None:
    asked = walk("accept", "check")
    assert [(task.kind, task.role) for task in asked.tasks] == [("pre_check", "worker")]
    assert refused(asked, ready("file", ACCEPTOR)).code == "not-possible-now"
    assert refused(asked, ready("file", SYSTEM)).code == "not-possible-now"
    answered = run(asked, ready("answer", PEOPLE[0], result="no"))
    assert (answered.state, answered.tasks, answered.evidence) == ("accepted", (), ())
    assert run(answered, ready("file", ACCEPTOR)).state == "filed"


def test_a_no_says_what_was_found() -> None:
    asked = walk("accept", "check")
    refusal = refused(asked, ready("answer", WORKER, result="no", note=None))
    assert (refusal.code, refusal.where) == ("argument-missing", "note")
    assert refused(asked, ready("answer", WORKER, result=None)).where == "result"


def test_only_a_worker_of_the_grid_answers_a_check() -> None:
    assert refused(walk("accept", "check"), ready("answer", STRANGER)).code == "not-allowed"


@pytest.mark.parametrize(("steps", "next_step"), [(TO_HANDLED, "verify"), (TO_VERIFIED, "close")])
def test_a_check_after_handling_holds_up_the_next_step(steps: tuple[str, ...], next_step: str) -> None:
    asked = walk(*steps, "check")
    assert [task.kind for task in asked.tasks] == ["post_check"]
    assert refused(asked, ready(next_step, ACCEPTOR)).code == "not-possible-now"
    handled_it = Actor(7, "worker", grids=frozenset({GRID}))
    assert refused(asked, ready("answer", handled_it)).code == "separation"
    assert run(asked, ready("answer", WORKER)).tasks == ()


@pytest.mark.parametrize(
    ("steps", "way_out"),
    [(("accept",), "void"), (("accept",), "inform"), (("accept",), "merge"), (TO_HANDLED, "rework")],
)
def test_a_check_lapses_where_the_case_takes_another_way(steps: tuple[str, ...], way_out: str) -> None:
    assert walk(*steps, "check", way_out).tasks == ()


def test_a_second_check_waits_for_the_first() -> None:
    assert refused(walk("accept", "check"), ready("check", ACCEPTOR)).code == "not-possible-now"


# Handling together


def test_every_co_handler_gets_a_task_once_and_the_main_office_none() -> None:
    assert [(task.number, task.kind, task.office) for task in assisted(finished=False).tasks] == [
        (1, "assist", HELPING_OFFICE)
    ]


def test_a_case_is_confirmed_after_everybody_who_helps_has_finished() -> None:
    waiting = run(assisted(finished=False), ready("handle", HANDLER))
    assert "1 家协办机构" in refused(waiting, ready("confirm", HANDLER)).words.zh
    helped = run(waiting, ready("assist", HELPER))
    assert run(helped, ready("confirm", HANDLER)).state == "handled"


def test_only_who_was_asked_helps_says_how_and_did_not_report() -> None:
    waiting = assisted(finished=False)
    assert refused(waiting, ready("assist", HANDLER)).code == "not-allowed"
    assert refused(waiting, ready("assist", HELPER, note=" ")).where == "note"
    reporter = Actor(REPORTER, "handler", offices=frozenset({HELPING_OFFICE}))
    assert refused(waiting, ready("assist", reporter)).code == "separation"


def test_who_helped_has_handled() -> None:
    helped = assisted(finished=True)
    assert (helped.handlers, helped.offices) == ({10}, {HELPING_OFFICE})
    handled = run(run(helped, ready("handle", HANDLER)), ready("confirm", HANDLER))
    assert refused(handled, ready("verify", Actor(10, "acceptor"))).code == "separation"
    at_their_office = Actor(30, "acceptor", offices=frozenset({HELPING_OFFICE}))
    assert refused(handled, ready("verify", at_their_office)).code == "separation"


def test_help_lapses_when_the_case_is_returned() -> None:
    assert run(assisted(finished=False), ready("return", HANDLER)).tasks == ()


# More time


def test_a_handler_asks_for_time_and_a_dispatcher_grants_it() -> None:
    asked = walk(*TO_DISPATCHED, ("extend", HANDLER))
    assert [(task.kind, task.role, task.note) for task in asked.tasks] == [("extend", "dispatcher", "理由")]
    assert asked.extensions == 0
    granted = run(asked, ready("grant", DISPATCHER))
    assert (granted.extensions, granted.tasks, granted.state) == (1, (), "dispatched")


def test_a_denial_needs_a_reason_and_leaves_the_case_as_it_was() -> None:
    asked = walk(*TO_DISPATCHED, ("extend", HANDLER))
    assert refused(asked, ready("deny", DISPATCHER, reason=None)).code == "reason-missing"
    denied = run(asked, ready("deny", DISPATCHER))
    assert (denied.extensions, denied.tasks) == (0, ())


def test_time_given_straight_away_answers_the_request() -> None:
    asked = walk(*TO_DISPATCHED, ("extend", HANDLER))
    (event,) = decide(asked, ready("extend", DISPATCHER), NOW)
    assert (event.kind, event.ends, event.result) == ("extended", 1, "granted")
    (unasked,) = decide(REACHED["dispatched"], ready("extend", DISPATCHER), NOW)
    assert (unasked.ends, unasked.result) == (None, None)


def test_the_second_extension_is_the_supervisors_and_there_is_no_third() -> None:
    once = walk(*TO_DISPATCHED, ("extend", DISPATCHER))
    for name in ("extend", "grant", "deny"):
        asked = once if name == "extend" else run(once, ready("extend", HANDLER))
        assert refused(asked, ready(name, DISPATCHER)).code == "not-allowed"
    assert run(once, ready("extend", HANDLER)).tasks[0].role == "supervisor"
    twice = run(once, ready("extend", SUPERVISOR))
    assert refused(twice, ready("extend", SUPERVISOR)).code == "not-possible-now"
    assert refused(twice, ready("extend", HANDLER)).code == "not-possible-now"


@pytest.mark.parametrize("actor", [HANDLER, DISPATCHER, SUPERVISOR])
def test_no_time_is_given_once_overdue_nor_where_there_is_no_limit(actor: Actor) -> None:
    state = REACHED["dispatched"]
    assert refused(state, ready("extend", actor), Situation(TODAY, overdue=True)).code == "not-possible-now"
    assert refused(state, ready("extend", actor), Situation(TODAY, limited=False)).code == "not-possible-now"


def test_a_request_made_in_time_is_not_granted_once_overdue_but_may_be_denied() -> None:
    asked = walk(*TO_DISPATCHED, ("extend", HANDLER))
    for decider in (DISPATCHER, SUPERVISOR):
        overdue = Situation(TODAY, overdue=True)
        assert refused(asked, ready("grant", decider), overdue).code == "not-possible-now"
        assert decide(asked, ready("deny", decider), overdue)


def test_another_dispatch_counts_extensions_anew_but_rework_does_not() -> None:
    extended = walk(*TO_HANDLING, ("extend", DISPATCHER))
    again = run(run(extended, ready("return", HANDLER)), ready("dispatch", DISPATCHER))
    assert again.extensions == 0
    reworked = run(run(extended, ready("confirm", HANDLER)), ready("rework", ACCEPTOR))
    assert reworked.extensions == 1


def test_who_handled_does_not_decide_about_time() -> None:
    asked = walk(*TO_HANDLING, ("extend", HANDLER))
    for decider in (Actor(7, "dispatcher"), Actor(40, "supervisor", offices=frozenset({OFFICE}))):
        for name in ("extend", "park", "grant", "deny"):
            assert refused(asked, ready(name, decider)).code == "separation"


# Parking


def test_a_case_is_parked_until_a_day_within_a_year() -> None:
    state = REACHED["handling"]
    year = date(2027, 11, 22)
    assert run(state, ready("park", DISPATCHER, until=year)).parked_until == year
    for until in (TODAY, TODAY - timedelta(1), year + timedelta(1)):
        refusal = refused(state, ready("park", DISPATCHER, until=until))
        assert (refusal.code, refusal.where) == ("argument-wrong", "until")
        assert refused(state, ready("park", HANDLER, until=until)).code == "argument-wrong"
    assert refused(state, ready("park", DISPATCHER, until=None)).code == "argument-missing"
    leap = Situation(date(2028, 2, 29))
    assert decide(state, ready("park", DISPATCHER, until=date(2029, 2, 28)), leap)
    assert refused(state, ready("park", DISPATCHER, until=date(2029, 3, 1)), leap).code == "argument-wrong"


def test_who_grants_parking_may_name_another_day() -> None:
    asked = walk(*TO_HANDLING, ("park", HANDLER))
    assert asked.tasks[0].until == TODAY + timedelta(30)
    assert run(asked, ready("grant", DISPATCHER, until=None)).parked_until == TODAY + timedelta(30)
    assert run(
        asked, ready("grant", SUPERVISOR, until=TODAY + timedelta(7))
    ).parked_until == TODAY + timedelta(7)
    assert refused(asked, ready("grant", DISPATCHER, until=TODAY)).code == "argument-wrong"
    later = Situation(TODAY + timedelta(31))
    assert refused(asked, ready("grant", DISPATCHER, until=None), later).code == "argument-wrong"


@pytest.mark.parametrize("actor", [HANDLER, DISPATCHER, SUPERVISOR, SYSTEM])
@pytest.mark.parametrize("before", ["dispatched", "handling"])
def test_a_parked_case_goes_on_where_it_was_and_is_not_parked_again(actor: Actor, before: str) -> None:
    parked = run(REACHED[before], ready("park", DISPATCHER))
    assert (parked.state, parked.step) == ("parked", "handle")
    resumed = run(parked, ready("resume", actor))
    assert (resumed.state, resumed.parked_until, resumed.before_parking) == (before, None, None)
    for again in (HANDLER, DISPATCHER, SUPERVISOR):
        assert refused(resumed, ready("park", again)).code == "not-possible-now"


def test_only_the_office_of_a_parked_case_takes_it_up_again() -> None:
    assert refused(REACHED["parked"], ready("resume", OTHER)).code == "not-allowed"


@pytest.mark.parametrize("name", ["handle", "confirm", "return", "extend", "park"])
def test_nothing_is_handled_while_parked(name: str) -> None:
    for actor in PEOPLE:
        refused(REACHED["parked"], ready(name, actor))


def test_with_two_requests_open_a_decision_says_which() -> None:
    asked = walk(*TO_HANDLING, ("extend", HANDLER), ("park", HANDLER))
    refusal = refused(asked, ready("grant", SUPERVISOR))
    assert (refusal.code, refusal.where) == ("argument-missing", "task")
    assert run(asked, ready("grant", SUPERVISOR, task=1)).extensions == 1
    assert run(asked, ready("grant", SUPERVISOR, task=2)).state == "parked"
    assert refused(asked, ready("grant", SUPERVISOR, task=3)).code == "request-missing"


def test_a_request_for_time_outlives_parking_and_ends_with_the_handling() -> None:
    asked = walk(*TO_HANDLING, ("extend", HANDLER))
    assert run(asked, ready("park", DISPATCHER)).open_tasks("extend")
    assert run(asked, ready("confirm", HANDLER)).tasks == ()
    assert run(asked, ready("return", HANDLER)).tasks == ()
    assert run(asked, ready("void", ACCEPTOR)).tasks == ()


def test_the_same_is_not_asked_twice() -> None:
    for name in ("extend", "park"):
        asked = walk(*TO_HANDLING, (name, HANDLER))
        assert refused(asked, ready(name, COLLEAGUE)).code == "not-possible-now"


# Appeals and reopening

LATE = Situation(TODAY, late=True)


def test_the_office_that_handled_a_late_case_appeals_once() -> None:
    closed = REACHED["closed"]
    assert refused(closed, ready("appeal", HANDLER), NOW).code == "not-possible-now"
    assert refused(closed, ready("appeal", OTHER), LATE).code == "not-allowed"
    appealed = run(closed, ready("appeal", COLLEAGUE), LATE)
    assert [(task.kind, task.role) for task in appealed.tasks] == [("appeal", "supervisor")]
    assert refused(appealed, ready("appeal", HANDLER), LATE).code == "not-possible-now"
    assert refused(appealed, ready("grant", DISPATCHER), LATE).code == "not-allowed"
    denied = run(appealed, ready("deny", SUPERVISOR), LATE)
    assert (denied.exempt, denied.tasks) == (False, ())
    assert refused(denied, ready("appeal", HANDLER), LATE).code == "not-possible-now"
    granted = run(appealed, ready("grant", SUPERVISOR), LATE)
    assert (granted.state, granted.exempt, granted.tasks) == ("closed", True, ())


def test_who_handled_does_not_judge_the_appeal() -> None:
    appealed = walk(*TO_CLOSED, "appeal")
    for judge in (Actor(7, "supervisor"), Actor(41, "supervisor", offices=frozenset({OFFICE}))):
        for name in ("grant", "deny"):
            assert refused(appealed, ready(name, judge)).code == "separation"


@pytest.mark.parametrize(
    "closed",
    [
        walk(*TO_FILED, "inform"),
        walk(*TO_DISPATCHED, "return", "inform"),
        walk("settle", "close", on_site=True),
    ],
)
def test_only_a_case_that_an_office_handled_is_appealed(closed: State) -> None:
    state = replace(closed, office=OFFICE)
    assert refused(state, ready("appeal", HANDLER), LATE).code == "not-possible-now"


def test_a_reopened_case_is_dispatched_anew_and_forgets_how_it_was_closed() -> None:
    again = walk(*TO_CLOSED, "appeal", "reopen")
    assert (again.state, again.closed_as, again.tasks, again.office) == ("filed", None, (), None)
    assert (again.evidence, again.notes) == ((), 0)
    assert again.appealed
    exempt = walk(*TO_CLOSED, "appeal", "grant", ("reopen", SUPERVISOR))
    assert exempt.exempt


@pytest.mark.parametrize("state", ["refused", "void"])
def test_what_was_turned_away_is_looked_at_again(state: str) -> None:
    assert run(REACHED[state], ready("reopen", ACCEPTOR)).state == "accepted"


def test_who_handled_does_not_reopen() -> None:
    assert refused(REACHED["closed"], ready("reopen", Actor(7, "supervisor"))).code == "separation"


def test_a_merged_case_is_not_reopened() -> None:
    assert refused(REACHED["merged"], ready("reopen", SUPERVISOR)).code == "not-possible-now"


# Urging, escalating, regrading


@pytest.mark.parametrize(
    ("state", "office", "role", "who"),
    [
        ("on_site", None, "worker", WORKER), ("reported", None, "acceptor", ACCEPTOR),
        ("accepted", None, "acceptor", ACCEPTOR), ("filed", None, "dispatcher", DISPATCHER),
        ("returned", None, "dispatcher", DISPATCHER), ("dispatched", OFFICE, None, COLLEAGUE),
        ("handling", OFFICE, None, HANDLER), ("parked", OFFICE, None, HANDLER), ("handled", None, "acceptor", ACCEPTOR),
        ("verified", None, "acceptor", ACCEPTOR), ("settled", None, "acceptor", ACCEPTOR),
    ],
)  # fmt: skip
def test_an_order_goes_to_whose_turn_it_is_and_they_alone_acknowledge_it(
    state: str, office: int | None, role: str | None, who: Actor
) -> None:
    urged = run(REACHED[state], ready("urge", SUPERVISOR))
    assert [(task.office, task.role, task.note) for task in urged.tasks] == [(office, role, "说明")]
    assert urged.urges == 1
    for person in PEOPLE:
        mine = person.role == who.role and (office is None or office in person.offices)
        mine = mine and (role != "worker" or GRID in person.grids)
        assert (possible(urged, person, NOW)["acknowledge"] is None) == mine, person
    assert run(urged, ready("acknowledge", who)).tasks == ()


def test_an_order_says_something_and_lapses_with_the_step() -> None:
    assert refused(REACHED["filed"], ready("urge", SUPERVISOR, note="")).where == "note"
    assert walk(*TO_FILED, "urge", "dispatch").tasks == ()
    assert walk(*TO_DISPATCHED, "urge", "handle").tasks


def test_an_order_to_be_acknowledged_must_have_been_given() -> None:
    assert refused(REACHED["filed"], ready("acknowledge", DISPATCHER)).code == "request-missing"


def test_escalating_goes_up_one_tier_or_as_far_as_said() -> None:
    state, reached = REACHED["filed"], []
    while possible(state, ACCEPTOR, NOW)["escalate"] is None:
        state = run(state, ready("escalate", ACCEPTOR))
        reached.append(state.escalated_to)
    assert reached == ["town", "county", "city"]
    assert run(REACHED["filed"], ready("escalate", ACCEPTOR, tier="village")).escalated_to == "village"
    assert run(REACHED["filed"], ready("escalate", ACCEPTOR, tier="city")).escalated_to == "city"
    at_county = run(REACHED["filed"], ready("escalate", ACCEPTOR, tier="county"))
    for tier in ("county", "town", "grid", "moon"):
        refusal = refused(at_county, ready("escalate", ACCEPTOR, tier=tier))
        assert (refusal.code, refusal.where) == ("argument-wrong", "tier")
    assert refused(REACHED["filed"], ready("escalate", ACCEPTOR, tier="grid")).code == "argument-wrong"
    assert refused(REACHED["dispatched"], ready("escalate", OTHER)).code == "not-allowed"


def test_the_ladders_escalation_never_lowers_a_persons() -> None:
    high = run(REACHED["filed"], ready("escalate", ACCEPTOR, tier="city"))
    assert evolve(high, Event("escalated", None, tier="town")).escalated_to == "city"


def test_another_severity_is_really_another() -> None:
    state = REACHED["filed"]
    assert run(state, ready("regrade", DISPATCHER, severity="major")).severity == "major"
    for severity in ("minor", "huge"):
        assert refused(state, ready("regrade", DISPATCHER, severity=severity)).code == "argument-wrong"
    assert refused(state, ready("regrade", DISPATCHER, severity=None)).code == "argument-missing"
    assert refused(state, ready("regrade", DISPATCHER, reason=None)).code == "reason-missing"
