"""Everything that is due happens exactly once, however often, late or interrupted the sweep is."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Databases
from loop_help import count, dispatched, give, kinds_of, person, report, row_of, settle
from river_help import found, opened_river
from sample_town import Clock

from gewu_platform.records import journal
from gewu_platform.records.store import Store
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling.notices import drain_outbox, notices_of
from gewu_platform.service.timing import sweeping
from gewu_platform.service.timing.sweeping import sweep
from gewu_platform.service.views import SweepResult


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _effects(engine: Engine) -> dict[str, int]:
    with engine.store.transaction():
        rows = engine.store.execute(
            "SELECT kind, count(*) FROM journal WHERE kind IN ('reminded', 'overdue', 'escalated') GROUP BY kind"
        ).fetchall()
    return dict(rows)


def test_nothing_happens_before_its_time(engine: Engine) -> None:
    dispatched(engine)
    assert sweep(engine) == SweepResult(0, 0, 0)


def test_a_clock_reminds_then_is_overdue_then_climbs_the_ladder(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    seen = []
    for at in (
        datetime(2026, 3, 2, 6, 12),
        datetime(2026, 3, 2, 7, 1),
        datetime(2026, 3, 3, 7, 1),
        datetime(2026, 3, 30),
    ):
        clock.at = at
        seen.append((sweep(engine), row_of(engine, case)["escalated_to"]))
    assert seen == [
        (SweepResult(1, 0, 0), None), (SweepResult(0, 1, 1), "town"), (SweepResult(0, 0, 1), "county"),
        (SweepResult(0, 0, 0), "county"),
    ]  # fmt: skip
    assert kinds_of(engine, case)[4:] == ["reminded", "overdue", "escalated", "escalated"]


def test_sweeping_again_changes_nothing(engine: Engine, clock: Clock) -> None:
    dispatched(engine)
    clock.advance(days=30)
    first = sweep(engine)
    before = (_effects(engine), count(engine, "outbox"))
    assert first == SweepResult(1, 1, 2)
    assert sweep(engine) == SweepResult(0, 0, 0)
    assert sweep(engine, clock.at + timedelta(days=300)) == SweepResult(0, 0, 0)
    assert (_effects(engine), count(engine, "outbox")) == before


def test_what_was_handled_in_time_is_never_called_overdue(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "handle")
    give(engine, "handler2", case, "confirm")
    clock.advance(days=30)
    assert sweep(engine) == SweepResult(1, 1, 0)
    assert list(_steps(engine, case)) == ["verify", "verify"]


def _steps(engine: Engine, case: int) -> list[object]:
    with engine.store.transaction():
        history = journal.entries(engine.store, f"case:{case}")
    return [entry.body["step"] for entry in history if entry.kind in ("reminded", "overdue")]


def test_at_its_very_due_time_a_case_is_on_time(engine: Engine) -> None:
    due = row_of(engine, dispatched(engine))["due_at"]
    assert sweep(engine, due).overdue == 0
    assert sweep(engine, due + timedelta(microseconds=1)).overdue == 1


def test_a_rework_does_not_remind_a_second_time_of_what_was_said(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "handle")
    clock.at = datetime(2026, 3, 2, 6, 30)
    assert sweep(engine).reminded == 1
    give(engine, "handler2", case, "confirm")
    clock.advance(minutes=30)
    give(engine, "worker1", case, "rework", reason="不干净")
    clock.advance(minutes=10)
    assert sweep(engine) == SweepResult(0, 0, 0)
    clock.advance(hours=5)
    assert sweep(engine) == SweepResult(0, 1, 1)


def test_people_are_told_once_each(engine: Engine, clock: Clock) -> None:
    dispatched(engine)
    clock.at = datetime(2026, 3, 2, 6, 30)
    sweep(engine)
    clock.at = datetime(2026, 3, 31, 2)
    sweep(engine)
    drain_outbox(engine)
    drain_outbox(engine)
    kinds = {
        name: Counter(notice.kind for notice in notices_of(engine, person(engine, name)))
        for name in ("handler2", "handler1", "supervisor1", "supervisor2", "worker1")
    }
    assert kinds["handler2"] == {"waiting": 1, "remind": 1, "overdue": 1}
    assert kinds["supervisor2"] == {"escalate": 1}, "the town's ladder rung"
    assert kinds["supervisor1"] == {"escalate": 1}, "the county's"
    assert kinds["handler1"] == kinds["worker1"] == {}


def test_a_reminder_that_fires_after_the_deadline_is_in_the_history_and_in_no_inbox(
    engine: Engine, clock: Clock
) -> None:
    case = dispatched(engine)
    clock.advance(days=30)
    assert sweep(engine) == SweepResult(1, 1, 2)
    drain_outbox(engine)
    assert "reminded" in kinds_of(engine, case)
    assert [notice.kind for notice in notices_of(engine, person(engine, "handler2"))] == [
        "overdue",
        "waiting",
    ]


def test_an_event_of_the_clock_says_which_clock_it_was(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    clock.advance(days=30)
    sweep(engine)
    with engine.store.transaction():
        (number,) = engine.store.execute(
            "SELECT number FROM deadlines WHERE \"case\" = :case_id AND step = 'handle'", case_id=case
        ).fetchone()
        told = [entry.body for entry in journal.entries(engine.store, f"case:{case}") if "tier" in entry.body]
    due_at = "2026-03-02T07:00:00"
    assert told == [
        {"clock": number, "step": "handle", "stage": None, "due_at": due_at, "tier": tier}
        for tier in ("town", "county")
    ]


def test_nothing_escalates_on_creation(engine: Engine, clock: Clock) -> None:
    """A bug known elsewhere: a case goes up the ladder at the moment it is opened, dispatched or sent back."""
    case = report(engine).cases[0].id
    assert sweep(engine) == SweepResult(0, 0, 0)
    for by, command, arguments in (
        ("acceptor1", "accept", {}), ("acceptor1", "file", {}), ("dispatcher1", "dispatch", {}), ("handler2", "handle", {}),
        ("dispatcher1", "park", {"reason": "等材料", "until": "2026-03-20"}), ("handler2", "resume", {}),
        ("handler2", "confirm", {}), ("worker1", "rework", {"reason": "不净"}), ("handler2", "return", {"reason": "不归我管"}),
        ("dispatcher1", "dispatch", {"office": row_of(engine, case)["office"]}),
    ):  # fmt: skip
        give(engine, by, case, command, **arguments)
        assert sweep(engine) == SweepResult(0, 0, 0), command
        clock.advance(minutes=1)
        assert sweep(engine) == SweepResult(0, 0, 0), command
    assert row_of(engine, case)["escalated_to"] is None


def test_a_parked_case_is_quiet_and_goes_on_by_itself_on_its_day(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    clock.advance(hours=1)
    give(engine, "dispatcher1", case, "park", reason="等材料", until="2026-03-10")
    clock.at = datetime(2026, 3, 9, 15, 59)
    assert sweep(engine) == SweepResult(0, 0, 0)
    clock.at = datetime(2026, 3, 9, 16)  # midnight in Shanghai
    assert sweep(engine) == SweepResult(0, 0, 0, 0, 1)
    assert sweep(engine) == SweepResult(0, 0, 0)
    row = row_of(engine, case)
    assert (row["state"], row["due_at"]) == ("dispatched", datetime(2026, 3, 10, 3))
    assert _waiting_timers(engine, case) == [
        ("remind", ""),
        ("overdue", ""),
        ("escalate", "town"),
        ("escalate", "county"),
    ]


def test_a_late_sweep_moves_no_deadline(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    clock.advance(hours=1)
    give(engine, "dispatcher1", case, "park", reason="等材料", until="2026-03-10")
    clock.at = datetime(2026, 3, 11, 9)
    assert sweep(engine) == SweepResult(1, 1, 2, 0, 1), (
        "what followed from it meanwhile happens in the same sweep"
    )
    assert row_of(engine, case)["handle_due_at"] == datetime(2026, 3, 10, 3)
    with engine.store.transaction():
        entries = {entry.kind: entry.at for entry in journal.entries(engine.store, f"case:{case}")}
    assert entries["resumed"] == datetime(2026, 3, 9, 16)
    assert entries["overdue"] == clock.at


def test_a_late_resumption_does_not_rewrite_what_happened_meanwhile(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    give(engine, "dispatcher1", case, "park", reason="等材料", until="2026-03-10")
    clock.at = datetime(2026, 3, 10, 9)
    give(engine, "supervisor1", case, "urge", note="怎么还没动")
    clock.at = datetime(2026, 3, 11, 9)
    assert sweep(engine).resumed == 1
    with engine.store.transaction():
        moments = [entry.at for entry in journal.entries(engine.store, f"case:{case}")]
    assert moments == sorted(moments)


def test_a_machine_whose_clock_is_set_back_keeps_the_history_in_order(engine: Engine, clock: Clock) -> None:
    case, other = dispatched(engine), dispatched(engine)
    clock.at = datetime(2026, 3, 2, 7, 30)
    give(engine, "supervisor1", case, "urge", note="怎么还没动")
    clock.advance(minutes=-20)
    assert sweep(engine).overdue == 2
    with engine.store.transaction():
        moments = [entry.at for entry in journal.entries(engine.store, f"case:{case}")]
        told = journal.entries(engine.store, f"case:{other}")[-1].at
    assert moments == sorted(moments)
    assert told == clock.at, "nothing had happened to the other case: it is told when it is"


@pytest.fixture
def river(databases: Databases, dialect: str, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    """A town with a department whose small findings are settled on the spot."""
    yield from opened_river(databases, dialect, clock, tmp_path)


def test_what_is_not_settled_on_the_spot_in_time_becomes_a_report_at_that_moment(
    river: Engine, clock: Clock
) -> None:
    case = found(river, "waste")
    began = clock.at
    assert sweep(river, began + timedelta(minutes=30)) == SweepResult(0, 0, 0, 1, 0), "it is due, not overdue"
    assert row_of(river, case)["state"] == "reported"
    late = found(river, "waste")
    assert sweep(river, began + timedelta(hours=2)).unsettled == 1
    with river.store.transaction():
        moments = {entry.kind: entry.at for entry in journal.entries(river.store, f"case:{late}")}
    assert moments["unsettled"] == began + timedelta(minutes=30)
    assert row_of(river, late)["due_at"] == began + timedelta(minutes=60), (
        "accepting has had its half hour since"
    )
    assert sweep(river, began + timedelta(hours=2)) == SweepResult(0, 0, 0)


def _waiting_timers(engine: Engine, case: int) -> list[tuple[str, str]]:
    with engine.store.transaction():
        rows = engine.store.execute(
            'SELECT kind, tier FROM timers WHERE "case" = :case_id AND fired_at IS NULL AND cancelled_at IS NULL'
            " ORDER BY due_at, id",
            case_id=case,
        ).fetchall()
    return [tuple(row) for row in rows]


def test_a_case_that_is_extended_or_sent_anew_has_timers_of_its_new_clock_only(
    engine: Engine, clock: Clock
) -> None:
    case = dispatched(engine)
    ladder = [("remind", ""), ("overdue", ""), ("escalate", "town"), ("escalate", "county")]
    give(engine, "dispatcher1", case, "extend", reason="量大")
    assert _waiting_timers(engine, case) == ladder
    give(engine, "handler2", case, "return", reason="不归我管")
    assert _waiting_timers(engine, case) == [], "nothing is limited until it is dispatched again"
    office = row_of(engine, case)["office"]
    clock.advance(hours=1)
    give(engine, "dispatcher1", case, "dispatch", office=office)
    assert _waiting_timers(engine, case) == ladder
    due = row_of(engine, case)["due_at"]
    assert sweep(engine, due + timedelta(minutes=1)) == SweepResult(1, 1, 1)


def test_a_case_that_cannot_go_on_holds_up_no_other(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = dispatched(engine), dispatched(engine)
    for case in (first, second):
        give(engine, "dispatcher1", case, "park", reason="等材料", until="2026-03-10")
    real = sweeping.run_system_command

    def stumble(engine: Engine, case: int, *rest: Any) -> object:
        if case == first:
            raise RuntimeError("this one is broken")
        return real(engine, case, *rest)

    clock.at = datetime(2026, 3, 10)
    monkeypatch.setattr(sweeping, "run_system_command", stumble)
    assert sweep(engine).resumed == 1
    monkeypatch.undo()
    assert sweep(engine).resumed == 1, "it is tried again, and nothing of the first try is left"
    assert kinds_of(engine, first).count("resumed") == 1


def test_an_escalation_goes_to_the_next_tier_above_where_one_has_nobody(engine: Engine, clock: Clock) -> None:
    with engine.store.transaction(write=True):
        engine.store.db.User.get(name="supervisor2").active = False
    dispatched(engine)
    clock.at = datetime(2026, 3, 2, 7, 1)
    assert sweep(engine).escalated == 1
    drain_outbox(engine)
    (notice,) = notices_of(engine, person(engine, "supervisor1"))
    assert notice.words.zh.endswith("已升级至镇街（镇街没有督查人员，报县（区））（处置，03-02 15:00 到期）")
    assert "nobody supervises at the town, so the county is told" in notice.words.en


def test_a_check_that_is_overdue_is_told_to_whoever_was_asked(engine: Engine, clock: Clock) -> None:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "check", note="是否属实")
    clock.advance(minutes=31)
    assert sweep(engine).overdue == 1
    drain_outbox(engine)
    assert [notice.kind for notice in notices_of(engine, person(engine, "worker1"))] == ["overdue", "check"]
    assert "overdue" not in {notice.kind for notice in notices_of(engine, person(engine, "acceptor1"))}


def test_several_runners_share_the_work_without_doubling_it(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gewu_platform.service.timing.sweeping.BATCH", 3)
    for _ in range(6):
        report(engine)
    clock.advance(days=1)
    results: list[SweepResult] = []
    threads = [threading.Thread(target=lambda: results.append(sweep(engine))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result.overdue for result in results) == sum(result.reminded for result in results) == 6
    assert _effects(engine) == {"reminded": 6, "overdue": 6}


def test_an_empty_sweep_does_not_read_the_cases(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        report(engine)
    asked: list[str] = []
    real = Store.execute

    def listen(store: Store, sql: str, /, **parameters: object) -> object:
        asked.append(sql)
        return real(store, sql, **parameters)

    monkeypatch.setattr(Store, "execute", listen)
    sweep(engine)
    assert not [sql for sql in asked if "FROM cases" in sql]
