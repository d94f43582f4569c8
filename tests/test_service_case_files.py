"""A case is what its journal and its rows say, also where they were written before the loop had pauses and tasks."""

from __future__ import annotations

from typing import Any

import pytest
from loop_help import PROOF, count, give, kinds_of, report, row_of, settle
from sample_town import Clock

from gewu_platform.core.clocks import RunningClock
from gewu_platform.records import journal
from gewu_platform.records.hot.rows import Row, insert
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import rebuild_case
from gewu_platform.service.loop.case_files import clock_of, load_case
from gewu_platform.service.problems import Problem
from gewu_platform.service.timing.sweeping import sweep


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def as_before(clock: RunningClock) -> dict[str, Any]:
    """A clock as the journal kept it then."""
    body = clock.to_json()
    kept = ("step", "stage", "started_at", "due_at", "provisional", "pauses")
    return {**{name: body[name] for name in kept}, "limit": clock.limits[0]}


def handed_down(engine: Engine) -> int:
    """A case that waits to be handled, written as the first version of the loop wrote it; its id."""
    model = report(engine).cases[0].id
    for by, command in (("acceptor1", "accept"), ("acceptor1", "file"), ("dispatcher1", "dispatch")):
        give(engine, by, model, command)
    with engine.store.transaction(write=True):
        held = load_case(engine, model)
        fixed = {**held.fixed, "number": "OLD-1", "severity": held.state.severity}
        del fixed["id"]
        case = insert(engine.store, "cases", {**fixed, **held.fields, "sequence": 4})
        reported = {name: value for name, value in fixed.items() if name != "supervising"}
        entries: list[tuple[int | None, str, dict[str, Any]]] = [
            (fixed["reporter"], "reported", {"case": reported, "needs": [
                {"kind": "photo", "count": 1, "by": None}, {"kind": "signature", "count": 1, "by": "owner"},
            ], "clocks": [as_before(held.ended[0])]}),
            (4, "accepted", {"event": {"kind": "accepted", "by": 4}, "clocks": []}),
            (4, "filed", {"event": {"kind": "filed", "by": 4}, "clocks": []}),
            (6, "dispatched", {"event": {"kind": "dispatched", "by": 6, "office": held.state.office},
                               "clocks": [as_before(clock) for clock in held.clocks]}),
        ]  # fmt: skip
        journal.append_all(
            engine.store, engine.now(), [(by, kind, f"case:{case}", body) for by, kind, body in entries]
        )
        for number, clock in enumerate((held.ended[0], *held.clocks), 1):
            insert(engine.store, "deadlines", _deadline(case, number, clock))
    return case


def _deadline(case: int, number: int, clock: RunningClock) -> Row:
    """The row as the migration leaves it."""
    return {
        "case": case, "number": number, "step": clock.step, "stage": clock.stage, "office": clock.office,
        "limit_text": clock.limits[0], "legs": journal.canonical(list(clock.limits)), "started_at": clock.started_at,
        "due_at": clock.due_at, "warns_at": clock.warns_at, "ended_at": clock.ended_at, "pauses": "[]",
        "causes": "[]", "paused_for": "", "calendar": clock.calendar, "provisional": clock.provisional,
        "derivation": "{}",
    }  # fmt: skip


def test_a_case_from_before_goes_on_to_its_closing(engine: Engine, clock: Clock) -> None:
    case = handed_down(engine)
    due = row_of(engine, case)["due_at"]
    clock.advance(hours=1)
    sweep(engine)
    give(engine, "handler2", case, "handle", evidence=PROOF[:1])
    give(engine, "dispatcher1", case, "extend", reason="等配件")
    assert row_of(engine, case)["due_at"] > due
    give(engine, "handler2", case, "confirm")
    clock.advance(hours=1)
    give(engine, "worker1", case, "rework", reason="没有清干净")
    give(engine, "handler2", case, "handle", evidence=PROOF[:1])
    give(engine, "handler2", case, "confirm")
    give(engine, "worker1", case, "verify", evidence=PROOF[1:])
    assert give(engine, "acceptor1", case, "close").row.state == "closed"
    assert kinds_of(engine, case)[-1] == "closed"
    row = row_of(engine, case)
    with engine.store.transaction():
        rebuilt = rebuild_case(engine, case)
    assert {name: rebuilt[name] for name in rebuilt if name != "supervising"} == {
        name: row[name] for name in rebuilt if name != "supervising"
    }


def test_pauses_from_before_were_for_the_verification(engine: Engine) -> None:
    row = _deadline(1, 1, load(engine, report(engine).cases[0].id).clocks[0])
    row |= {"task": None, "paused_at": None, "pauses": '[["2026-03-02T01:00:00", "2026-03-02T02:00:00"]]'}
    assert clock_of(row).causes == ("verification",)


def test_open_and_ended_clocks_are_told_apart(engine: Engine) -> None:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    give(engine, "dispatcher1", case, "dispatch")
    held = load(engine, case)
    assert [clock.step for clock in held.clocks] == ["handle"]
    assert [clock.step for clock in held.ended] == ["accept"]
    assert count(engine, "deadlines", f'"case" = {case}') == 2


def test_a_case_that_does_not_exist_is_not_found(engine: Engine) -> None:
    with pytest.raises(Problem, match="not-found"):
        load(engine, 999)


def load(engine: Engine, case: int) -> Any:
    with engine.store.transaction():
        return load_case(engine, case)
