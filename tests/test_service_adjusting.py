from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from loop_help import LIGHT, count, dispatched, give, kinds_of, person, row_of
from sample_town import Clock

from gewu_platform.core.calendars import Calendar, SpecialDay
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.problems import Problem
from gewu_platform.service.timing import adjusting
from gewu_platform.service.timing.adjusting import (
    adjust_running,
    finish_adjusting,
    import_calendar,
    preview_import,
)
from gewu_platform.service.timing.calendars import add_calendar, find_calendar, read_calendar
from gewu_platform.service.timing.clockwork import ruler_of
from gewu_platform.service.timing.sweeping import sweep

NEW_YEARS_EVE = datetime(2026, 12, 31, 8)  # Thursday, 16:00 on the wall


@pytest.fixture(autouse=True)
def _at_the_end_of_the_year(clock: Clock) -> None:
    clock.at = NEW_YEARS_EVE


def published(engine: Engine, **days: str) -> Calendar:
    """Next year's arrangement: the calendar in use with `_2027_01_04="holiday"` and so on, all of 2027 certain."""
    special = {
        date.fromisoformat(name.strip("_").replace("_", "-")): SpecialDay(kind, "元旦调休")  # type: ignore[arg-type]
        for name, kind in days.items()
    }
    now = read_calendar(engine, "cn")
    return replace(now, days={**now.days, **special}, confirmed_until=date(2027, 12, 31))


def clocks_of(engine: Engine, case: int) -> list[dict[str, Any]]:
    with engine.store.transaction():
        return [clock.to_json() for clock in load_case(engine, case).clocks]


def last_entry(engine: Engine, case: int) -> journal.Entry:
    with engine.store.transaction():
        return list(journal.history(engine.store, f"case:{case}"))[-1]


def timers_of(engine: Engine, case: int) -> list[datetime]:
    with engine.store.transaction():
        rows = engine.store.db.select(
            "SELECT due_at FROM timers WHERE \"case\" = $case AND kind = 'overdue' AND fired_at IS NULL"
            " AND cancelled_at IS NULL",
            {"case": case},
        )
    return [datetime.fromisoformat(row) if isinstance(row, str) else row for row in rows]


def test_an_arrangement_moves_a_provisional_deadline_by_one_explained_event(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    before = row_of(engine, case)
    assert before["due_at"] == datetime(2027, 1, 4, 8)

    done = import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))

    after, entry = row_of(engine, case), last_entry(engine, case)
    assert (done.is_new, done.version, done.cases, done.moved) == (True, 2, 1, 1)
    assert after["due_at"] == after["handle_due_at"] == datetime(2027, 1, 5, 8)
    assert timers_of(engine, case) == [after["due_at"]]
    assert (entry.kind, entry.body["from"], entry.body["to"]) == ("adjusted", "cn@1", "cn@2")
    (change,) = entry.body["changes"]
    assert (change["old_due"], change["new_due"]) == ("2027-01-04T08:00:00", "2027-01-05T08:00:00")
    assert entry.body["days"] == [{"day": "2027-01-04", "before": "workday", "after": "holiday: 元旦调休"}]
    (clock,) = clocks_of(engine, case)
    assert (clock["calendar"], clock["provisional"], clock["started_at"]) == (
        "cn@2", False, NEW_YEARS_EVE.isoformat(),
    )  # fmt: skip


def test_the_stored_derivation_is_that_of_the_new_version(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    with engine.store.transaction():
        sql = 'SELECT derivation FROM deadlines WHERE "case" = :case AND ended_at IS NULL'
        told = json.loads(engine.store.execute(sql, case=case).fetchone()[0])
    assert told["due"] == "2027-01-05T16:00:00"
    assert told["calendar"]["version"] == 2
    assert ["2027-01-04", "holiday: 元旦调休"] in told["skipped"]


def test_importing_the_same_again_changes_nothing(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    calendar = published(engine, _2027_01_04="holiday")
    import_calendar(engine, SYSTEM, calendar)
    entries = count(engine, "journal")
    again = import_calendar(engine, SYSTEM, replace(calendar, version=2))
    assert (again.is_new, again.version, again.moves) == (False, 2, ())
    assert adjust_running(engine, SYSTEM, "cn") == ()
    assert count(engine, "journal") == entries
    assert kinds_of(engine, case).count("adjusted") == 1


def test_a_certain_deadline_is_nobodys_to_touch(engine: Engine, clock: Clock) -> None:
    clock.at = datetime(2026, 3, 2, 1)
    case = dispatched(engine, LIGHT)
    before, entries = row_of(engine, case), kinds_of(engine, case)
    done = import_calendar(engine, SYSTEM, published(engine, _2026_03_02="holiday", _2026_03_03="holiday"))
    assert (done.cases, row_of(engine, case), kinds_of(engine, case)) == (0, before, entries)


def test_a_deadline_that_only_became_certain_is_told_so_once(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    done = import_calendar(engine, SYSTEM, published(engine))
    assert (done.cases, done.moved) == (1, 0)
    assert row_of(engine, case)["due_at"] == datetime(2027, 1, 4, 8)
    assert last_entry(engine, case).body["days"] == []
    assert not clocks_of(engine, case)[0]["provisional"]


def test_a_version_that_leaves_a_deadline_provisional_where_it_is_says_nothing(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    now = read_calendar(engine, "cn")
    days = {**now.days, date(2026, 6, 1): SpecialDay("holiday", "校庆")}
    done = import_calendar(engine, SYSTEM, replace(now, days=days))
    assert (done.is_new, done.cases) == (True, 0)
    assert "adjusted" not in kinds_of(engine, case)
    later = import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    assert later.cases == 1
    assert last_entry(engine, case).body["from"] == "cn@1"
    assert last_entry(engine, case).body["to"] == "cn@3"


def test_pauses_and_extensions_are_kept(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine, LIGHT)
    give(engine, "handler1", case, "extend", reason="等配件")
    give(engine, "dispatcher1", case, "extend", reason="同意")
    clock.advance(minutes=30)
    give(engine, "dispatcher1", case, "park", reason="等审批", until="2027-03-01")
    clock.advance(minutes=30)
    give(engine, "handler1", case, "resume")
    (before,) = clocks_of(engine, case)
    assert before["due_at"] == "2027-01-05T08:30:00"
    import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    (after,) = clocks_of(engine, case)
    assert after["due_at"] == "2027-01-06T08:30:00"
    assert [after[name] for name in ("limits", "pauses", "causes", "started_at")] == [
        before[name] for name in ("limits", "pauses", "causes", "started_at")
    ]


def test_a_parked_case_stays_parked_and_goes_on_by_the_new_version(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine, LIGHT)
    clock.advance(minutes=60)
    give(engine, "dispatcher1", case, "park", reason="等审批", until="2027-01-04")
    import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    assert row_of(engine, case)["due_at"] is None
    clock.at = datetime(2027, 1, 3, 16)
    give(engine, "handler1", case, "resume")
    assert row_of(engine, case)["due_at"] == datetime(2027, 1, 5, 9)


def test_a_preview_tells_what_would_move_and_writes_nothing(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    calendar, entries = published(engine, _2027_01_04="holiday"), count(engine, "journal")
    would = preview_import(engine, SYSTEM, calendar)
    assert (would.version, would.cases, would.moved, count(engine, "journal")) == (2, 1, 1, entries)
    assert read_calendar(engine, "cn").version == 1
    assert would.moves == import_calendar(engine, SYSTEM, calendar).moves
    assert would.moves[0].number == row_of(engine, case)["number"]


def test_a_clock_that_starts_provisional_starts_on_the_newest_version(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    give(engine, "handler1", case, "return", reason="不归我管")
    give(engine, "dispatcher1", case, "dispatch", office=row_of(engine, case)["office"] or None)
    (clock,) = clocks_of(engine, case)
    assert (clock["calendar"], clock["due_at"]) == ("cn@2", "2027-01-05T08:00:00")


def test_an_interrupted_adjustment_is_finished_by_doing_it_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [dispatched(engine, LIGHT), dispatched(engine, LIGHT, "shop-2")]
    calendar = published(engine, _2027_01_04="holiday")
    from gewu_platform.service.timing import adjusting

    change, calls = adjusting.change_case, []

    def fail_second(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return change(*arguments, **named)

    monkeypatch.setattr(adjusting, "change_case", fail_second)
    with pytest.raises(KeyboardInterrupt):
        import_calendar(engine, SYSTEM, calendar)
    done = import_calendar(engine, SYSTEM, replace(calendar, version=2))
    assert (done.is_new, done.cases) == (False, 1)
    assert [kinds_of(engine, case).count("adjusted") for case in cases] == [1, 1]


def test_the_runner_finishes_an_adjustment_that_was_killed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [dispatched(engine, LIGHT), dispatched(engine, LIGHT, "shop-2")]
    with monkeypatch.context() as patched:
        patched.setattr(adjusting, "adjust_running", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    assert [kinds_of(engine, case).count("adjusted") for case in cases] == [0, 0]
    assert {move.case for move in finish_adjusting(engine)} == set(cases)
    assert [row_of(engine, case)["due_at"] for case in cases] == [datetime(2027, 1, 5, 8)] * 2
    entries = count(engine, "journal")
    assert finish_adjusting(engine) == ()
    assert count(engine, "journal") == entries


def test_the_runner_looks_again_after_the_next_version(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    assert finish_adjusting(engine) == ()
    newer = replace(published(engine, _2027_01_04="holiday"), version=2)
    add_calendar(engine, SYSTEM, newer)
    assert [move.case for move in finish_adjusting(engine)] == [case]


def test_a_case_that_cannot_be_measured_holds_up_no_other(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = dispatched(engine, LIGHT), dispatched(engine, LIGHT, "shop-2")
    change = adjusting.change_case

    def fail(engine: Engine, case: Any, *arguments: Any, **named: Any) -> Any:
        if case.id == broken:
            raise RuntimeError("broken")
        return change(engine, case, *arguments, **named)

    monkeypatch.setattr(adjusting, "change_case", fail)
    with pytest.raises(RuntimeError, match="broken"):
        import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    assert row_of(engine, whole)["due_at"] == datetime(2027, 1, 5, 8)


def test_an_overdue_case_that_gets_a_later_deadline_is_on_time_and_escalates_at_the_new_one(
    engine: Engine, clock: Clock
) -> None:
    case = dispatched(engine)  # 4 work hours from 16:00 on New Year's Eve, over the holiday
    provisional = row_of(engine, case)["due_at"]
    clock.at = provisional + timedelta(hours=1)
    assert sweep(engine).overdue == 1
    day = f"_{provisional:%Y_%m_%d}"
    import_calendar(engine, SYSTEM, published(engine, **{day: "holiday"}))

    row = row_of(engine, case)
    assert (row["due_at"] > clock.at, row["late"]) == (True, False)
    assert timers_of(engine, case) == [row["due_at"]]
    clock.at = row["due_at"] + timedelta(hours=1)
    assert sweep(engine).overdue == 1, "the new deadline is missed once, too"
    assert sweep(engine).overdue == 0


def test_what_is_handled_before_the_later_deadline_is_not_late(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    clock.at = row_of(engine, case)["due_at"] + timedelta(minutes=30)
    sweep(engine)
    import_calendar(engine, SYSTEM, published(engine, **{f"_{clock.at:%Y_%m_%d}": "holiday"}))
    give(engine, "handler2", case, "handle")
    give(engine, "handler2", case, "confirm")
    assert (row_of(engine, case)["late"], row_of(engine, case)["state"]) == (False, "handled")


def test_a_deadline_that_moves_into_the_past_is_overdue_at_the_next_sweep(
    engine: Engine, clock: Clock
) -> None:
    add_calendar(engine, SYSTEM, replace(
        published(engine, _2027_01_04="holiday", _2027_01_05="holiday"), version=2, confirmed_until=date(2026, 12, 31),
    ))  # fmt: skip
    case = dispatched(engine, LIGHT)
    clock.at = datetime(2027, 1, 5, 2)
    assert sweep(engine).overdue == 0
    usual = published(engine)
    days = {day: special for day, special in usual.days.items() if day < date(2027, 1, 4)}
    import_calendar(engine, SYSTEM, replace(usual, days=days))
    assert row_of(engine, case)["due_at"] == datetime(2027, 1, 4, 8)
    assert sweep(engine).overdue == 1


def test_a_clock_that_waits_for_a_check_is_adjusted_where_it_stands(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "handle")
    give(engine, "handler2", case, "confirm")
    give(engine, "acceptor1", case, "check", note="请到场看")
    asked_at = clock.at
    import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    row = row_of(engine, case)
    assert (row["due_at"], row["paused_at"]) == (None, asked_at)
    assert timers_of(engine, case) == [asked_at + timedelta(minutes=30)], "only the check's own"
    clock.advance(minutes=20)
    give(engine, "worker1", case, "answer", result="yes")
    (verify,) = clocks_of(engine, case)
    with engine.store.transaction():
        ruler = ruler_of(engine, "cn@2")
    expected = ruler.measure(asked_at, verify["limits"], [(asked_at, clock.at)])
    assert (verify["step"], verify["calendar"]) == ("verify", "cn@2")
    assert row_of(engine, case)["due_at"] == expected.due_at


def test_what_was_made_from_an_older_version_is_refused(engine: Engine) -> None:
    import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    with pytest.raises(Problem) as refused:
        import_calendar(engine, SYSTEM, replace(published(engine, _2027_01_05="holiday"), version=1))
    assert refused.value.code == "clash"
    assert read_calendar(engine, "cn").version == 2


def test_another_calendar_moves_nothing_of_this_one(engine: Engine) -> None:
    case = dispatched(engine, LIGHT)
    schools = replace(published(engine, _2027_01_04="holiday"), code="cn_", version=1)
    assert import_calendar(engine, SYSTEM, schools).cases == 0
    assert import_calendar(engine, SYSTEM, replace(schools, version=5)).cases == 0
    assert "adjusted" not in kinds_of(engine, case)
    assert find_calendar(engine, "cnx") is None


@pytest.mark.parametrize("name", ["supervisor1", "auditor1", "dispatcher1", "worker1"])
def test_only_the_roster_changes_calendars(engine: Engine, name: str) -> None:
    with pytest.raises(Problem) as refused:
        import_calendar(engine, person(engine, name), published(engine))
    assert refused.value.code == "not-allowed"


def test_finding_what_to_adjust_reads_an_index_of_open_provisional_clocks_alone(engine: Engine) -> None:
    from gewu_platform.records.hot.calendars import list_provisional_cases

    statements: list[tuple[str, dict[str, Any]]] = []

    class Listening:
        def execute(self, sql: str, **parameters: Any) -> Any:
            statements.append((sql, parameters))
            return engine.store.execute(sql, **parameters)

    with engine.store.transaction(write=True):
        list_provisional_cases(Listening(), "cn", "cn@2")  # type: ignore[arg-type]
        ((sql, parameters),) = statements
        if engine.store.dialect == "sqlite":
            plan = engine.store.execute(f"EXPLAIN QUERY PLAN {sql}", **parameters).fetchall()
        else:  # so small a table is read whole otherwise
            engine.store.execute("SET LOCAL enable_seqscan = off")
            plan = engine.store.execute(f"EXPLAIN {sql}", **parameters).fetchall()
    assert any("idx_deadlines__provisional" in str(line) for line in plan), plan
