"""Every command that leaves the main way, given through the one door: who is asked, what becomes of it, what shows."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Databases
from loop_help import give, kinds_of, person, row_of
from river_help import found, opened_river, proof, under_way
from sample_town import Clock

from gewu_platform.core.lifecycle import Event
from gewu_platform.records import journal
from gewu_platform.records.hot.rows import fetch
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.loop.casework import change_case
from gewu_platform.service.loop.handling import MOST_AT_ONCE, run_commands
from gewu_platform.service.problems import Problem
from gewu_platform.service.telling.notices import drain_outbox, notices_of
from gewu_platform.service.timing.sweeping import sweep
from gewu_platform.service.town import organisation, people


@pytest.fixture
def engine(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, dialect, clock, tmp_path)


def refused(engine: Engine, by: str, case: int, command: str, **arguments: Any) -> Problem:
    before = row_of(engine, case)
    with pytest.raises(Problem) as raised:
        give(engine, by, case, command, **arguments)
    assert row_of(engine, case) == before
    return raised.value


def open_tasks(engine: Engine, case: int) -> list[tuple[str, str | None]]:
    with engine.store.transaction():
        listed = fetch(
            engine.store.execute(
                'SELECT kind, role FROM tasks WHERE "case" = :of AND ended_at IS NULL ORDER BY id', of=case
            )
        )
    return [(row["kind"], row["role"]) for row in listed]


def handled(engine: Engine, size: int = 400) -> int:
    """The id of a `silt` that its office confirmed, without a co-handler left to wait for."""
    case = under_way(engine, "silt", size)
    office = "bureau1" if size > 300 else "station1"
    give(engine, office, case, "handle")
    give(engine, "team1", case, "assist", note="好了")
    give(engine, office, case, "confirm")
    return case


def close(engine: Engine, case: int, **arguments: Any) -> None:
    give(engine, "worker4", case, "verify", evidence=proof()[:1])
    give(engine, "acceptor1", case, "close", **arguments)


# On the spot


def test_what_is_settled_on_the_spot_is_audited_and_closed(engine: Engine) -> None:
    case = found(engine, "waste")
    row = row_of(engine, case)
    assert (row["state"], row["step"], row["due_at"]) == ("on_site", "settle", datetime(2026, 3, 2, 1, 30))
    assert refused(engine, "worker4", case, "settle").code == "not-possible-now"
    give(engine, "worker4", case, "settle", evidence=proof()[:1])
    assert row_of(engine, case)["state"] == "settled"
    assert refused(engine, "worker4", case, "unsettle", reason="理由").code == "not-allowed"
    give(engine, "acceptor1", case, "close")
    assert (row_of(engine, case)["state"], row_of(engine, case)["closed_as"]) == ("closed", "settled")


def test_what_nobody_settled_in_time_goes_to_the_centre(engine: Engine, clock: Clock) -> None:
    case, other = found(engine, "waste"), found(engine, "notice")
    clock.advance(minutes=31)
    sweep(engine)
    row = row_of(engine, case)
    assert (row["state"], row["step"]) == ("reported", "accept")
    assert row["started_at"] == datetime(2026, 3, 2, 1, 30)
    clock.advance(minutes=31)
    sweep(engine)
    # Its accepting, filing and dispatching pass by themselves.
    assert row_of(engine, other)["state"] == "dispatched"


def test_a_settling_that_was_none_comes_back_without_its_evidence(engine: Engine) -> None:
    case = found(engine, "waste")
    give(engine, "worker4", case, "settle", evidence=proof()[:1])
    give(engine, "acceptor1", case, "unsettle", reason="照片不是此处")
    assert row_of(engine, case)["state"] == "reported"
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "inform", reason="已告知商户自行整改")
    assert (row_of(engine, case)["state"], row_of(engine, case)["closed_as"]) == ("closed", "informed")


# Requests


def test_a_request_that_was_denied_changes_nothing(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 200)
    due = row_of(engine, case)["due_at"]
    give(engine, "station1", case, "extend", reason="下雨")
    assert refused(engine, "dispatcher1", case, "deny").errors[0].where == "reason"
    give(engine, "dispatcher1", case, "deny", reason="工期充足")
    assert (row_of(engine, case)["due_at"], open_tasks(engine, case)) == (due, [("assist", None)])
    give(engine, "station1", case, "park", reason="汛期", until=date(2026, 4, 1))
    give(engine, "dispatcher1", case, "grant", until="2026-03-20")
    assert row_of(engine, case)["parked_until"] == date(2026, 3, 20)


def test_nothing_is_extended_once_it_is_overdue(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 400)
    give(engine, "bureau1", case, "extend", reason="水位高")
    clock.advance(hours=2, minutes=1)
    assert refused(engine, "dispatcher1", case, "grant").code == "not-possible-now"
    assert refused(engine, "supervisor1", case, "extend", reason="晚了").code == "not-possible-now"


@pytest.mark.parametrize(
    ("until", "where"),
    [
        (None, "until"), ("", "until"), ("2026-03-02", "until"), ("2027-03-03", "until"), ("soon", "until"),
        ("2026-02-30", "until"), (20260401, "until"),
    ],
)  # fmt: skip
def test_a_case_is_parked_until_a_day_within_a_year(engine: Engine, until: Any, where: str) -> None:
    problem = refused(engine, "dispatcher1", under_way(engine, "silt"), "park", reason="汛期", until=until)
    assert (problem.code, [fault.where for fault in problem.errors]) == ("invalid-body", [where])


def test_an_appeal_that_is_granted_leaves_the_case_late_and_exempt(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 400)
    give(engine, "bureau1", case, "handle")
    give(engine, "team1", case, "assist", note="好了")
    clock.advance(hours=3)
    give(engine, "bureau1", case, "confirm")
    close(engine, case)
    assert refused(engine, "station1", case, "appeal", reason="不服").code == "not-found"
    give(engine, "bureau1", case, "appeal", reason="道路中断")
    assert open_tasks(engine, case) == [("appeal", "supervisor")]
    assert refused(engine, "dispatcher1", case, "grant").code == "not-allowed"
    give(engine, "supervisor1", case, "grant")
    row = row_of(engine, case)
    assert (row["late"], row["exempt"], row["state"]) == (True, True, "closed")
    assert refused(engine, "bureau1", case, "appeal", reason="再来").code == "not-possible-now"


def test_a_case_handled_in_time_has_nothing_to_appeal(engine: Engine) -> None:
    case = handled(engine)
    close(engine, case)
    assert refused(engine, "bureau1", case, "appeal", reason="不服").code == "not-possible-now"


# Orders and tiers


def test_an_order_is_acknowledged_by_whom_it_is_for(engine: Engine) -> None:
    case = under_way(engine, "silt", 400)
    assert refused(engine, "supervisor1", case, "urge").errors[0].where == "note"
    give(engine, "supervisor1", case, "urge", note="今日内办结")
    assert row_of(engine, case)["urges"] == 1
    assert refused(engine, "acceptor1", case, "acknowledge").code == "not-allowed"
    give(engine, "bureau2", case, "acknowledge")
    assert open_tasks(engine, case) == [("assist", None)]


def test_a_case_is_escalated_upwards_only(engine: Engine) -> None:
    case = under_way(engine, "silt", 400)
    give(engine, "bureau1", case, "escalate", reason="权限不足")
    assert row_of(engine, case)["escalated_to"] == "town"
    problem = refused(engine, "bureau1", case, "escalate", reason="再来", tier="village")
    assert (problem.code, problem.errors[0].where) == ("invalid-body", "tier")
    give(engine, "acceptor1", case, "escalate", reason="需县里协调", tier="county")
    assert row_of(engine, case)["escalated_to"] == "county"


# Merging


def test_a_merged_case_ends_and_the_other_takes_over_its_reporters(engine: Engine, clock: Clock) -> None:
    case, into = found(engine, "silt", by="worker6"), under_way(engine, "silt", 200)
    give(engine, "acceptor1", case, "merge", into=str(into), reason="同一处")
    row = row_of(engine, case)
    assert (row["state"], row["merged_into"], row["closed_at"]) == ("merged", into, clock.at)
    assert kinds_of(engine, into)[-1] == "joined"
    with engine.store.transaction():
        entry = journal.history(engine.store, f"case:{into}")[-1].body
    assert entry["event"]["case"] == case  # type: ignore[index]
    assert person(engine, "worker6").id in entry["event"]["reporters"]  # type: ignore[index]


def test_a_case_is_merged_by_the_others_number_too(engine: Engine) -> None:
    case, into = found(engine, "silt"), found(engine, "silt", 200)
    give(engine, "acceptor1", case, "merge", into=row_of(engine, into)["number"], reason="同一处")
    assert row_of(engine, case)["merged_into"] == into


def test_a_case_is_merged_into_another_open_one_in_reach_only(engine: Engine) -> None:
    case, other, far = found(engine, "silt"), found(engine, "silt"), found(engine, "silt", grid="g4")
    give(engine, "acceptor1", other, "refuse", reason="重复")
    for into in (case, other, 2**40, -1, "x", None, True, [other]):
        problem = refused(engine, "acceptor1", case, "merge", into=into, reason="同一处")
        assert (problem.code, [fault.where for fault in problem.errors]) in (
            ("invalid-body", ["into"]), ("not-possible-now", []),
        ), into  # fmt: skip
    assert refused(engine, "acceptor2", far, "merge", into=case, reason="同一处").errors[0].where == "into"


# Again from the start


def test_a_reopened_case_is_dispatched_anew_and_stays_late(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 400)
    give(engine, "bureau1", case, "handle")
    give(engine, "team1", case, "assist", note="好了")
    clock.advance(hours=3)
    give(engine, "bureau1", case, "confirm")
    close(engine, case)
    give(engine, "supervisor1", case, "reopen", reason="回访不满意")
    row = row_of(engine, case)
    assert (row["state"], row["step"], row["closed_at"], row["closed_as"]) == (
        "filed",
        "dispatch",
        None,
        None,
    )
    assert (row["late"], row["handled_at"]) == (True, None)
    give(engine, "dispatcher1", case, "dispatch")
    assert row_of(engine, case)["handle_due_at"] > clock.at
    give(engine, "bureau1", case, "handle")
    give(engine, "team1", case, "assist", note="好了")
    give(engine, "bureau1", case, "confirm")
    # What proved the first attempt proves nothing now.
    give(engine, "worker4", case, "verify")
    assert refused(engine, "acceptor1", case, "close").code == "not-possible-now"


def test_a_refused_report_is_taken_up_again(engine: Engine) -> None:
    case = found(engine, "silt")
    give(engine, "acceptor1", case, "refuse", reason="看不清")
    give(engine, "acceptor1", case, "reopen", reason="补了照片")
    assert row_of(engine, case)["state"] == "accepted"
    assert row_of(engine, case)["due_at"] is not None


# Severity


def test_another_severity_is_another_limit_from_the_same_start(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 10)
    assert row_of(engine, case)["handle_due_at"] == datetime(2026, 3, 4, 1)
    clock.advance(hours=1)
    give(engine, "dispatcher1", case, "extend", reason="水位高")
    give(engine, "dispatcher1", case, "park", reason="汛期", until="2026-03-03")
    clock.at = datetime(2026, 3, 2, 12)
    give(engine, "station1", case, "resume")
    give(engine, "acceptor1", case, "regrade", severity="critical", reason="堵住了泄洪口")
    row = row_of(engine, case)
    # Twice 2 hours from 09:00 on; parked from 10:00 to 20:00.
    assert (row["severity"], row["handle_due_at"]) == ("critical", datetime(2026, 3, 2, 15))
    assert row["office"] == row_of(engine, under_way(engine, "silt", 10))["office"]
    assert (
        refused(engine, "acceptor1", case, "regrade", severity="critical", reason="x").errors[0].where
        == "severity"
    )


# At once, and many


def test_of_two_grants_at_once_one_wins_and_the_other_is_told(engine: Engine) -> None:
    case = under_way(engine, "silt", 200)
    give(engine, "station1", case, "extend", reason="水位高")

    def grant(by: str) -> str:
        try:
            give(engine, by, case, "grant")
        except Problem as problem:
            return f"{problem.code} {problem.status}"
        finally:
            engine.store.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(grant, ("dispatcher1", "supervisor1")))
    assert told == ["done", "not-possible-now 409"]
    assert row_of(engine, case)["extensions"] == 1


def test_a_batch_gives_each_case_its_own_answer(engine: Engine) -> None:
    cases = [found(engine, "silt") for _ in range(3)]
    give(engine, "acceptor1", cases[1], "refuse", reason="重复")
    results = run_commands(engine, person(engine, "acceptor1"), [*cases, 999_999, cases[0]], "accept")
    assert [(each.case, each.state, each.problem and each.problem.code) for each in results] == [
        (cases[0], "accepted", None),
        (cases[1], "", "not-possible-now"),
        (cases[2], "accepted", None),
        (999_999, "", "not-found"),
    ]
    assert results[0].number == row_of(engine, cases[0])["number"]
    with pytest.raises(Problem, match="invalid-body"):
        run_commands(engine, person(engine, "acceptor1"), range(MOST_AT_ONCE + 1), "accept")
    with pytest.raises(Problem, match="not-allowed"):
        run_commands(engine, person(engine, "auditor1"), cases, "accept")


def test_every_fault_of_the_arguments_is_told_at_once(engine: Engine) -> None:
    problem = refused(
        engine, "dispatcher1", under_way(engine, "silt"), "park",
        reason=3, until="x", tier="moon", severity="bad", result="maybe", task="first", colour="red",
    )  # fmt: skip
    assert {fault.where for fault in problem.errors} == {
        "reason", "until", "tier", "severity", "result", "task", "colour",
    }  # fmt: skip


def test_arguments_come_as_texts_too_and_empty_ones_do_not_count(engine: Engine) -> None:
    case = under_way(engine, "silt", 400)
    give(engine, "bureau1", case, "extend", reason="水位高", task="", until="", tier="", severity="", into="")
    give(engine, "dispatcher1", case, "grant", task="2", office="")
    assert row_of(engine, case)["extensions"] == 1


def test_an_office_that_is_closed_finishes_what_it_has_and_is_sent_nothing_new(engine: Engine) -> None:
    case, later = under_way(engine, "silt", 200), found(engine, "silt", 200)
    office = row_of(engine, case)["office"]
    organisation.change_office(engine, SYSTEM, office, active=False)
    give(engine, "station1", case, "handle")
    give(engine, "acceptor1", later, "accept")
    give(engine, "acceptor1", later, "file")
    refused(engine, "dispatcher1", later, "dispatch", office=office)
    give(engine, "dispatcher1", later, "dispatch")
    assert row_of(engine, later)["office"] not in (None, office)


def test_a_case_whose_handlers_are_all_gone_is_freed_by_the_centre(engine: Engine) -> None:
    case = under_way(engine, "silt", 200)
    people.disable_user(engine, SYSTEM, "station1")
    give(engine, "acceptor1", case, "void", reason="机构已撤")
    give(engine, "acceptor1", case, "reopen", reason="改派")
    give(engine, "acceptor1", case, "file")
    assert give(engine, "dispatcher1", case, "dispatch").row.state == "dispatched"


def test_a_roster_that_changes_while_a_check_is_out_changes_who_answers(engine: Engine) -> None:
    case = found(engine, "silt")
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "check", note="请核实")
    organisation.unroster_worker(engine, SYSTEM, "worker4", row_of(engine, case)["grid"])
    with pytest.raises(Problem):
        give(engine, "worker4", case, "answer", result="yes")
    grid, newcomer = row_of(engine, case)["grid"], "worker3"
    assert grid not in person(engine, newcomer).grids
    organisation.roster_worker(engine, SYSTEM, newcomer, grid)
    assert give(engine, newcomer, case, "answer", result="yes").row.state == "accepted"


def test_who_helped_before_a_return_is_kept_apart_to_the_end(engine: Engine) -> None:
    case = under_way(engine, "silt", 200)
    give(engine, "team1", case, "assist", note="好了")
    give(engine, "station1", case, "return", reason="不归我")
    with engine.store.transaction():
        state = load_case(engine, case).state
    (helper,) = person(engine, "team1").offices
    assert helper in state.offices
    assert person(engine, "team1").id in state.handlers
    give(
        engine,
        "dispatcher1",
        case,
        "dispatch",
        office=row_of(engine, under_way(engine, "silt", 400))["office"],
    )
    assert [kind for kind, _ in open_tasks(engine, case)] == ["assist"], "helping is asked for anew"


def test_rework_asks_the_co_handlers_for_nothing_new_and_counts_no_evidence_of_before(engine: Engine) -> None:
    case = under_way(engine, "dump")
    give(engine, "bureau1", case, "handle", evidence=proof()[:2])
    for helper in ("station1", "handler3"):
        give(engine, helper, case, "assist", note="好了")
    give(engine, "bureau1", case, "confirm")
    give(engine, "worker4", case, "rework", reason="仍有残留")
    assert open_tasks(engine, case) == []
    with engine.store.transaction():
        assert load_case(engine, case).state.evidence == ()
    give(engine, "bureau1", case, "handle")
    give(engine, "bureau1", case, "confirm")
    give(engine, "worker4", case, "verify")
    problem = refused(engine, "acceptor1", case, "close")
    assert "photo" in str(problem.errors)


def test_a_case_that_is_taken_up_again_keeps_its_granted_appeal_and_has_no_second(
    engine: Engine, clock: Clock
) -> None:
    case = under_way(engine, "silt", 200)
    clock.advance(days=30)
    for _ in range(2):
        give(engine, "station1", case, "handle")
        for kind, _role in open_tasks(engine, case):
            if kind == "assist":
                give(engine, "team1", case, "assist", note="好了")
        give(engine, "station1", case, "confirm")
        close(engine, case)
        if row_of(engine, case)["exempt"]:
            break
        give(engine, "station1", case, "appeal", reason="停电")
        give(engine, "supervisor1", case, "grant")
        give(engine, "supervisor1", case, "reopen", reason="复发")
        give(engine, "dispatcher1", case, "dispatch")
    row = row_of(engine, case)
    assert (row["late"], row["exempt"]) == (True, True)
    refused(engine, "station1", case, "appeal", reason="再次")


def test_reporters_of_a_chain_of_mergers_are_told_of_its_end_once(engine: Engine) -> None:
    first, second, third = found(engine, "silt", by="worker6"), found(engine, "silt"), found(engine, "silt")
    give(engine, "supervisor1", first, "urge", note="快办")
    give(engine, "acceptor1", first, "merge", into=second, reason="同一处")
    assert open_tasks(engine, first) == [], "an order lapses with the case it was for"
    give(engine, "acceptor1", second, "merge", into=third, reason="同一处")
    give(engine, "acceptor1", third, "accept")
    reporter = person(engine, "worker6")
    drain_outbox(engine)
    before = [notice.case_id for notice in notices_of(engine, reporter)]
    give(engine, "acceptor1", third, "inform", reason="已告知")
    drain_outbox(engine)
    drain_outbox(engine)
    assert [notice.case_id for notice in notices_of(engine, reporter)].count(third) - before.count(third) == 1


def test_who_added_a_report_verifies_and_who_handles_may_not_have_added_one(engine: Engine) -> None:
    case = handled(engine, 200)
    with engine.store.transaction(write=True):
        change_case(
            engine, load_case(engine, case), [Event("added", person(engine, "worker4").id)], engine.now()
        )
    assert give(engine, "worker4", case, "verify", evidence=proof()[:1]).row.state == "verified"


def test_what_is_decided_on_a_machine_set_back_is_decided_when_it_is_entered(
    engine: Engine, clock: Clock
) -> None:
    case = under_way(engine, "silt", 200)
    clock.at = row_of(engine, case)["due_at"] + timedelta(minutes=1)
    give(engine, "supervisor1", case, "urge", note="快办")
    clock.advance(minutes=-5)
    assert "已经超期" in refused(engine, "supervisor1", case, "extend", reason="来不及").zh
