"""Every command goes through one door, and a case is at every moment what its journal says."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loop_help import (
    LIGHT,
    MISSING,
    PROOF,
    count,
    dispatched,
    give,
    handled,
    kinds_of,
    person,
    report,
    row_of,
    settle,
)
from sample_town import Clock

from gewu_platform.core.duties import DUTIES
from gewu_platform.records import journal
from gewu_platform.service.desk.cases import read_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import rebuild_case
from gewu_platform.service.problems import Problem
from gewu_platform.service.timing.sweeping import sweep


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _refused(engine: Engine, by: str, case: int, command: str, **arguments: Any) -> Problem:
    before = row_of(engine, case)
    with pytest.raises(Problem) as raised:
        give(engine, by, case, command, **arguments)
    assert row_of(engine, case) == before
    return raised.value


def _rebuilt(engine: Engine, case: int) -> dict[str, Any]:
    with engine.store.transaction():
        return rebuild_case(engine, case)


def test_a_case_goes_from_report_to_closing_through_other_hands_at_every_step(engine: Engine) -> None:
    case = handled(engine)
    give(engine, "worker2", case, "verify", evidence=PROOF)
    view = give(engine, "acceptor1", case, "close")
    assert view.row.state == "closed"
    assert kinds_of(engine, case) == [
        "reported", "accepted", "filed", "dispatched", "handling", "confirmed", "verified", "closed",
    ]  # fmt: skip
    assert view.closing is not None
    assert view.closing.done
    assert [file.kind for file in view.evidence] == ["photo", "signature:owner"]
    assert count(engine, "deadlines", "ended_at IS NULL") == 0
    assert count(engine, "timers", "fired_at IS NULL AND cancelled_at IS NULL") == 0


def test_a_dispatch_goes_where_the_rules_say(engine: Engine, office: Callable[[str], int]) -> None:
    assert row_of(engine, dispatched(engine))["office"] == office("sanitation.bureau@county")
    assert row_of(engine, dispatched(engine, LIGHT))["office"] == office("sanitation.station@north")


def test_a_dispatcher_may_name_another_office(engine: Engine, office: Callable[[str], int]) -> None:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    view = give(engine, "dispatcher1", case, "dispatch", office=office("community@willow"))
    assert view.row.office_title == "柳村居委会"
    assert "改派" in view.explanation.office.zh


def test_a_returned_case_goes_to_the_next_office_with_a_fresh_clock(
    engine: Engine, clock: Clock, office: Callable[[str], int]
) -> None:
    case = dispatched(engine, MISSING)
    first = row_of(engine, case)
    clock.advance(hours=1)
    back = give(engine, "handler1", case, "return", reason="不属于我们")
    assert (back.row.state, back.row.step, back.row.due_at) == ("returned", "dispatch", None)
    clock.advance(hours=1)
    give(engine, "dispatcher1", case, "dispatch")
    again = row_of(engine, case)
    assert again["office"] == office("community@willow")
    assert again["started_at"] == clock.at
    assert again["handle_due_at"] - again["started_at"] == first["handle_due_at"] - first["started_at"]
    assert count(engine, "deadlines", "ended_at IS NULL") == 1


def test_rework_goes_back_to_the_same_office_and_verification_does_not_count(
    engine: Engine, clock: Clock
) -> None:
    case = dispatched(engine)
    due = row_of(engine, case)["handle_due_at"]
    assert due == datetime(2026, 3, 2, 7)
    give(engine, "handler2", case, "handle")
    clock.advance(hours=1)
    give(engine, "handler2", case, "confirm")
    assert row_of(engine, case)["handled_at"] == clock.at
    clock.advance(hours=1)
    view = give(engine, "worker1", case, "rework", reason="没有清干净")
    row = row_of(engine, case)
    assert (row["state"], row["reworks"], row["handled_at"]) == ("dispatched", 1, None)
    assert row["handle_due_at"] == datetime(2026, 3, 2, 8)
    assert view.row.office_title == "县环卫中心"
    handle = [told for told in view.explanation.deadlines if told.step == "handle"]
    assert len(handle) == 1
    assert any("暂停" in line for line in handle[0].lines["zh"])


def test_closing_without_the_evidence_names_what_is_missing(engine: Engine) -> None:
    case = handled(engine)
    give(engine, "worker1", case, "verify", evidence=PROOF[:1])
    problem = _refused(engine, "acceptor1", case, "close")
    assert (problem.code, problem.status) == ("not-possible-now", 409)
    assert [fault.where for fault in problem.errors] == ["signature:owner>=1"]
    assert "业主签名 1 份" in problem.zh
    assert give(engine, "acceptor1", case, "close", evidence=PROOF[1:]).row.state == "closed"


def test_evidence_that_was_never_uploaded_is_refused(engine: Engine) -> None:
    case = dispatched(engine)
    problem = _refused(
        engine, "handler2", case, "handle", evidence=[{"kind": "photo", "name": "x", "sha256": "c" * 64}]
    )
    assert problem.code == "invalid-body"


@pytest.mark.parametrize(
    "arguments",
    [{"evidence": "photo"}, {"evidence": [{"kind": "spell", "sha256": "a"}]}, {"note": 3}, {"colour": "red"}],
)
def test_arguments_that_cannot_be_read_are_refused(engine: Engine, arguments: dict[str, Any]) -> None:
    assert _refused(engine, "handler2", dispatched(engine), "handle", **arguments).code == "invalid-body"


def test_a_command_in_the_wrong_state_names_the_right_ones(engine: Engine) -> None:
    problem = _refused(engine, "acceptor1", report(engine).cases[0].id, "close")
    assert problem.possible == ("verified", "settled")
    assert "待结案" in problem.zh


def test_an_unknown_command_is_refused(engine: Engine) -> None:
    assert _refused(engine, "acceptor1", report(engine).cases[0].id, "explode").code == "invalid-body"


def test_an_office_that_does_not_exist_is_refused(engine: Engine) -> None:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    assert _refused(engine, "dispatcher1", case, "dispatch", office=9999).code == "invalid-body"
    assert _refused(engine, "dispatcher1", case, "dispatch", office="somewhere").code == "invalid-body"


@pytest.mark.parametrize("name", ["handler1", "handler3", "worker3", "acceptor2"])
def test_a_case_of_others_is_not_found(engine: Engine, name: str) -> None:
    case = dispatched(engine)
    assert _refused(engine, name, case, "handle").code == "not-found"


@pytest.mark.parametrize("name", ["auditor1", "roster1", "author1", "approver1"])
def test_roles_without_a_part_in_the_loop_give_no_commands(engine: Engine, name: str) -> None:
    assert _refused(engine, name, dispatched(engine), "handle").code == "not-allowed"


def test_the_wrong_role_is_told_whose_it_is(engine: Engine) -> None:
    problem = _refused(engine, "dispatcher1", report(engine).cases[0].id, "accept")
    assert problem.code == "not-allowed"
    assert "受理员" in problem.zh


def test_a_void_case_is_final(engine: Engine) -> None:
    case = dispatched(engine)
    give(engine, "acceptor1", case, "void", reason="重复上报")
    assert _refused(engine, "handler2", case, "handle").code == "not-possible-now"
    assert row_of(engine, case)["closed_at"] is not None


def test_the_page_greys_exactly_what_would_be_refused(engine: Engine) -> None:
    case = dispatched(engine)
    for name in ("handler2", "acceptor1", "dispatcher1", "worker1"):
        view = read_case(engine, person(engine, name), case)
        assert {command.command for command in view.commands} == set(DUTIES)
        for command in view.commands:
            if not command.possible:
                _refused(engine, name, case, command.command, reason="理由")
    mine = read_case(engine, person(engine, "handler2"), case)
    assert {command.command for command in mine.commands if command.possible} == {
        "return", "handle", "extend", "park", "escalate",
    }  # fmt: skip


def test_a_case_page_tells_why_this_office_and_why_this_deadline(engine: Engine) -> None:
    view = read_case(engine, person(engine, "handler2"), dispatched(engine))
    told = view.explanation
    assert told.basis == ("《生活垃圾分类办法》第十条",)
    severity = next(choice for choice in told.choices if choice.clause == "severity")
    assert (severity.branch, severity.values) == (1, {"weight": 60})
    assert severity.line is not None
    assert "混投重量 > 50" in severity.words.zh
    assert "weight > 50" in severity.words.en
    assert "县环卫中心" in told.office.zh
    handle = next(deadline for deadline in told.deadlines if deadline.step == "handle")
    assert handle.lines["zh"][2] == "不计 2026-03-02（周一）12:00 – 14:00：午休"
    assert "department.gewu 第 34 行" in handle.definition.zh
    assert sum(part[2] for part in handle.derivation["counted"]) == 240


def test_people_hear_of_what_waits_for_them(engine: Engine) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "return", reason="不归我管")
    with engine.store.transaction():
        rows = engine.store.execute("SELECT kind, role, office FROM outbox ORDER BY id").fetchall()
    assert [(kind, role) for kind, role, _ in rows] == [
        ("waiting", "acceptor"), ("waiting", "acceptor"), ("waiting", "dispatcher"), ("waiting", ""), ("returned", "dispatcher"),
    ]  # fmt: skip


def test_a_case_keeps_the_calendar_it_started_with(engine: Engine) -> None:
    from dataclasses import replace

    from gewu_platform.core.calendars import SpecialDay
    from gewu_platform.service.caller import SYSTEM
    from gewu_platform.service.timing.calendars import add_calendar
    from gewu_platform.service.timing.clockwork import calendar_in_use

    case = report(engine).cases[0].id
    with engine.store.transaction():
        calendar = calendar_in_use(engine, None)
    days = {**calendar.days, engine.now().date(): SpecialDay("holiday", "临时放假")}
    add_calendar(engine, SYSTEM, replace(calendar, version=calendar.version + 1, days=days))
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    give(engine, "dispatcher1", case, "dispatch")
    assert row_of(engine, case)["handle_due_at"] == datetime(2026, 3, 2, 7)
    later = dispatched(engine)
    assert row_of(engine, later)["handle_due_at"] == datetime(2026, 3, 3, 4)
    assert row_of(engine, later)["calendar"] != row_of(engine, case)["calendar"]


# Attacks on the rules of the loop


def _filed(engine: Engine) -> int:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    return case


@pytest.mark.parametrize("office", [True, -1, 0, 2**70, "9" * 5000, "٣٣", [1], {"id": 1}, 1.5])
def test_an_office_is_named_by_its_id_and_nothing_else(engine: Engine, office: object) -> None:
    assert _refused(engine, "dispatcher1", _filed(engine), "dispatch", office=office).code == "invalid-body"


def test_a_case_is_sent_to_no_office_of_another_town(engine: Engine, office: Callable[[str], int]) -> None:
    case = _filed(engine)
    far = office("community@cedar")
    assert far not in {option.id for option in read_case(engine, person(engine, "dispatcher1"), case).offices}
    assert _refused(engine, "dispatcher1", case, "dispatch", office=far).code == "invalid-body"


@pytest.mark.parametrize("name", ["note", "reason"])
def test_a_text_without_end_is_refused(engine: Engine, name: str) -> None:
    case = dispatched(engine)
    problem = _refused(engine, "handler2", case, "return", **{"reason": "不归我管", name: "长" * 2001})
    assert [(fault.where, fault.code) for fault in problem.errors] == [(name, "at_most")]


def _becomes(
    engine: Engine, name: str, role: str, *, areas: tuple[str, ...] = (), office: int | None = None
) -> None:
    """The person called `name` changes to other work, in the middle of a case."""
    with engine.store.transaction(write=True):
        db = engine.store.db
        user = db.User.get(name=name)
        user.role, user.areas = role, [db.Area.get(code=code) for code in areas]
        user.offices = [] if office is None else [db.Office[office]]


def test_who_handled_never_verifies_or_closes_whatever_they_become(engine: Engine) -> None:
    case = handled(engine)
    _becomes(engine, "handler2", "acceptor", areas=("county",))
    for command in ("verify", "rework", "void"):
        problem = _refused(engine, "handler2", case, command, reason="理由")
        assert problem.code in ("not-allowed", "not-possible-now")
    give(engine, "worker1", case, "verify", evidence=PROOF)
    assert _refused(engine, "handler2", case, "close").code == "not-allowed"


def test_whoever_joins_the_handling_office_does_not_close_its_case(
    engine: Engine, office: Callable[[str], int]
) -> None:
    case = handled(engine)
    give(engine, "worker1", case, "verify", evidence=PROOF)
    _becomes(engine, "acceptor1", "acceptor", areas=("county",), office=office("sanitation.bureau@county"))
    assert _refused(engine, "acceptor1", case, "close").code == "not-allowed"


def test_who_handled_before_a_return_and_a_rework_is_kept_apart_to_the_end(
    engine: Engine, office: Callable[[str], int]
) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "handle")
    give(engine, "handler2", case, "return", reason="不归我管")
    give(engine, "dispatcher1", case, "dispatch", office=office("community@willow"))
    give(engine, "handler3", case, "handle")
    give(engine, "handler3", case, "confirm")
    give(engine, "worker1", case, "rework", reason="没有清干净")
    give(engine, "handler3", case, "handle")
    give(engine, "handler3", case, "confirm")
    for name in ("handler2", "handler3"):
        _becomes(engine, name, "acceptor", areas=("county",))
        assert _refused(engine, name, case, "verify").code == "not-allowed"


def test_who_reported_never_handles_whatever_they_become(
    engine: Engine, office: Callable[[str], int]
) -> None:
    case = dispatched(engine)
    _becomes(engine, "worker1", "handler", office=office("sanitation.bureau@county"))
    assert _refused(engine, "worker1", case, "handle").code == "not-allowed"
    give(engine, "handler2", case, "handle")
    assert _refused(engine, "worker1", case, "confirm").code == "not-allowed"


def test_a_return_advances_nothing_and_its_office_has_no_further_say(engine: Engine) -> None:
    case = dispatched(engine)
    assert _refused(engine, "handler2", case, "return", reason=" \n").code == "invalid-body"
    give(engine, "handler2", case, "return", reason="不归我管")
    for name, command in (
        ("handler2", "handle"),
        ("handler2", "confirm"),
        ("acceptor1", "verify"),
        ("acceptor1", "close"),
    ):
        assert _refused(engine, name, case, command, reason="理由").code == "not-possible-now"


def test_a_long_history_is_still_the_whole_case(engine: Engine) -> None:
    case = dispatched(engine)
    with engine.store.transaction(write=True):
        told = (
            None,
            "reminded",
            f"case:{case}",
            {"step": "handle", "stage": None, "due_at": "2026-03-02T07:00:00"},
        )
        journal.append_all(engine.store, engine.now(), [told] * 1100)
    give(engine, "handler2", case, "handle")
    view = give(engine, "handler2", case, "confirm")
    assert (view.row.state, view.timeline[-1].kind) == ("handled", "confirmed")


def test_of_two_commands_at_once_one_wins_and_the_other_is_told(engine: Engine) -> None:
    for _ in range(3):
        case = report(engine).cases[0].id

        def give_it(command: str, case: int = case) -> str:
            try:
                give(engine, "acceptor1", case, command, reason="照片不清")
            except Problem as problem:
                return problem.code
            finally:
                engine.store.close()
            return "done"

        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(give_it, ("accept", "refuse")))
        assert sorted(told) == ["done", "not-possible-now"]
        assert len(kinds_of(engine, case)) == 2


PEOPLE = ("worker1", "worker2", "acceptor1", "dispatcher1", "handler2", "handler1")
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(DUTIES)), st.sampled_from(PEOPLE), st.integers(0, 300)), max_size=14
)
LIKELY = st.permutations(["accept", "file", "dispatch"]).map(lambda _: [
    ("accept", "acceptor1", 5), ("file", "acceptor1", 5), ("dispatch", "dispatcher1", 5),
])  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LIKELY, STEPS)
def test_the_row_is_always_what_the_journal_rebuilds(
    engine: Engine, clock: Clock, start: list[tuple[str, str, int]], steps: list[tuple[str, str, int]]
) -> None:
    case = report(engine).cases[0].id
    for command, name, minutes in [*start, *steps]:
        clock.advance(minutes=minutes)
        sweep(engine)
        with contextlib.suppress(Problem):
            give(
                engine,
                name,
                case,
                command,
                reason="理由",
                **({"evidence": PROOF} if command == "verify" else {}),
            )
        row = row_of(engine, case)
        assert _rebuilt(engine, case) == row
        running = 'ended_at IS NULL AND "case" = ' + str(case)
        assert count(engine, "deadlines", running) == (
            1 if row["step"] in ("accept", "handle", "verify") else 0
        )
        assert count(engine, "timers", f'fired_at IS NULL AND cancelled_at IS NULL AND "case" = {case}') <= 4
    with engine.store.transaction():
        assert journal.verify(engine.store) is None
