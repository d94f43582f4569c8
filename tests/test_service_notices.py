"""Messages reach whoever they are for, once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from loop_help import LIGHT, MISSING, dispatched, give, handled, person, report, row_of, settle
from sample_town import Clock
from webhook_help import say_something

from gewu_platform.core.calendars import Calendar
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling.notice_words import DIGEST, WORDS, words_of
from gewu_platform.service.telling.notices import count_unread, drain_outbox, mark_read, notices_of
from gewu_platform.service.timing import calendars
from gewu_platform.service.timing.sweeping import sweep
from gewu_platform.service.views import DrainResult


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _kinds(engine: Engine, name: str) -> list[str]:
    return [notice.kind for notice in reversed(notices_of(engine, person(engine, name)))]


def test_a_report_is_announced_to_the_nearest_acceptors(engine: Engine) -> None:
    report(engine)
    report(engine, place="shop-4", by="worker3")
    assert drain_outbox(engine) == DrainResult(2, 2)
    assert _kinds(engine, "acceptor1") == ["waiting"]
    assert _kinds(engine, "acceptor2") == ["waiting"]


def test_draining_again_sends_nothing(engine: Engine) -> None:
    report(engine)
    drain_outbox(engine)
    assert drain_outbox(engine) == DrainResult(0, 0)


def test_a_message_sent_again_after_a_crash_is_not_doubled(engine: Engine) -> None:
    report(engine)
    drain_outbox(engine)
    with engine.store.transaction(write=True):
        engine.store.execute("UPDATE outbox SET sent_at = NULL")
    drain_outbox(engine)
    assert _kinds(engine, "acceptor1") == ["waiting"]


def test_each_step_tells_the_next_one(engine: Engine) -> None:
    case = handled(engine)
    give(engine, "worker2", case, "rework", reason="不干净")
    give(engine, "handler2", case, "return", reason="不归我管")
    give(engine, "acceptor1", case, "void", reason="重复")
    drain_outbox(engine)
    assert _kinds(engine, "acceptor1") == ["waiting", "waiting"]
    assert _kinds(engine, "dispatcher1") == ["waiting", "returned"]
    assert _kinds(engine, "handler2") == ["waiting", "rework", "voided"]
    assert _kinds(engine, "worker1") == ["waiting", "voided"]
    assert _kinds(engine, "worker2") == ["waiting"]


@pytest.mark.parametrize("kind", WORDS)
def test_every_kind_of_message_has_words_in_both_languages(kind: str) -> None:
    said = {"number": "案-1", "title": "混投", "step": "handle", "due_at": "2026-03-02T07:00:00", "reason": "就是这样",
            "tier": "town", "reached": "county", "until": "2026-04-01", "severity": "major", "result": "yes", "other": "案-2"}  # fmt: skip
    body = {"cases": [said] * 7} if kind == DIGEST else said
    for more in (
        body,
        {name: value for name, value in body.items() if name in ("number", "title", "step", "cases")},
    ):
        words = words_of(kind, more, ZoneInfo("Asia/Shanghai"))
        for text in (words.zh, words.en):
            assert ("7" if kind == DIGEST else "案-1") in text
            assert "None" not in text
        assert words.en.isascii() or kind != DIGEST


def test_nobody_is_reminded_at_night_and_the_clock_goes_on(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine, MISSING)  # two hours around the clock
    clock.at = datetime(2026, 3, 2, 13)  # nine in the evening
    sweep(engine)
    assert row_of(engine, case)["escalated_to"] == "town"
    drain_outbox(engine)
    assert _kinds(engine, "handler1") == ["waiting"]
    clock.at = datetime(2026, 3, 2, 23, 59)
    drain_outbox(engine)
    assert _kinds(engine, "handler1") == ["waiting"]
    clock.at = datetime(2026, 3, 3)  # eight in the morning
    assert drain_outbox(engine).notices == 2
    assert _kinds(engine, "handler1") == ["waiting", "overdue"]
    assert _kinds(engine, "supervisor2") == ["escalate"]
    assert drain_outbox(engine) == DrainResult(0, 0)
    assert notices_of(engine, person(engine, "handler1"))[0].created_at == clock.at


def test_work_that_is_handed_over_at_night_is_told_at_once(engine: Engine, clock: Clock) -> None:
    clock.at = datetime(2026, 3, 2, 15)
    dispatched(engine)
    drain_outbox(engine)
    assert _kinds(engine, "handler2") == ["waiting"]


def test_a_reminder_whose_deadline_comes_before_the_morning_is_sent_at_once(
    engine: Engine, clock: Clock
) -> None:
    clock.at = datetime(2026, 3, 2, 12)  # eight in the evening, two hours to go
    dispatched(engine, MISSING)
    clock.advance(minutes=100)
    sweep(engine)
    drain_outbox(engine)
    assert _kinds(engine, "handler1") == ["waiting", "remind"]


def test_what_was_done_overnight_is_not_reminded_of_in_the_morning(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine, LIGHT)  # one workday: reminded at 80 %
    say_something(engine, kind="remind", office=engine_office(engine), case_id=case, clock=_handle_clock(engine, case),
                  due_at="2026-03-03T01:00:00")  # fmt: skip
    other = dispatched(engine, LIGHT, "shop-2")
    say_something(engine, kind="remind", office=engine_office(engine), case_id=other, clock=_handle_clock(engine, other),
                  due_at="2026-03-03T01:00:00")  # fmt: skip
    clock.at = datetime(2026, 3, 2, 14)
    drain_outbox(engine)
    give(engine, "handler1", case, "handle")
    give(engine, "handler1", case, "confirm")
    clock.at = datetime(2026, 3, 3)
    drain_outbox(engine)
    reminded = [
        notice.case_id for notice in notices_of(engine, person(engine, "handler1")) if notice.kind == "remind"
    ]
    assert reminded == [other]


def engine_office(engine: Engine) -> int:
    with engine.store.transaction():
        return int(engine.store.db.Office.get(title="北镇环卫站").id)


def _handle_clock(engine: Engine, case: int) -> int:
    with engine.store.transaction():
        found = engine.store.execute(
            "SELECT number FROM deadlines WHERE \"case\" = :case_id AND step = 'handle'", case_id=case
        ).fetchone()
    return int(found[0])


@pytest.mark.parametrize(("waiting", "messages"), [(5, 5), (6, 1), (100, 1), (101, 2)])
def test_many_reminders_at_once_come_as_one_message_that_lists_them(
    engine: Engine, waiting: int, messages: int
) -> None:
    say_something(engine, waiting, kind="overdue")
    assert drain_outbox(engine) == DrainResult(waiting, messages)
    assert drain_outbox(engine) == DrainResult(0, 0)
    found = notices_of(engine, person(engine, "supervisor1"))
    assert len(found) == count_unread(engine, person(engine, "supervisor1")) == messages
    if messages == waiting:
        assert {notice.kind for notice in found} == {"overdue"}
        return
    assert {notice.kind for notice in found} == {"digest"}
    listed = [case for notice in found for case in notice.cases]
    assert sorted(case.number for case in listed) == sorted(f"N-{number}" for number in range(waiting))
    assert all(case.number in case.words.zh and "overdue" in case.words.en for case in listed)
    assert all(str(len(notice.cases)) in notice.words.zh for notice in found)


def test_a_digest_gathers_what_came_in_several_batches(engine: Engine) -> None:
    say_something(engine, 9, kind="overdue")
    assert [drain_outbox(engine, 3).notices for _ in range(4)] == [0, 0, 0, 1]


def test_a_digest_that_is_carried_again_is_not_doubled(engine: Engine) -> None:
    say_something(engine, 9, kind="overdue")
    drain_outbox(engine)
    with engine.store.transaction(write=True):
        engine.store.execute("UPDATE outbox SET sent_at = NULL")
    assert drain_outbox(engine).notices == 0
    assert len(notices_of(engine, person(engine, "supervisor1"))) == 1


def test_people_are_reminded_by_the_calendar_of_their_own_area(engine: Engine, clock: Clock) -> None:
    """The town works from six in the morning; the county as everybody else."""
    early = {day: [["06:00", "14:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendars.add_calendar(engine, SYSTEM, Calendar.from_json(
        {"code": "early", "version": 1, "confirmed_until": "2026-12-31", "windows": early}
    ))  # fmt: skip
    with engine.store.transaction(write=True):
        engine.store.db.Area.get(code="north").calendar = "early"
        areas = {code: engine.store.db.Area.get(code=code).id for code in ("north", "county")}
    clock.at = datetime(2026, 3, 2, 20)
    for area in areas.values():
        say_something(engine, kind="escalate", area=area, role="supervisor")
    drain_outbox(engine)
    clock.at = datetime(2026, 3, 2, 22)  # six in the morning
    drain_outbox(engine)
    assert (_kinds(engine, "supervisor2"), _kinds(engine, "supervisor1")) == (["escalate"], [])
    clock.at = datetime(2026, 3, 3)
    drain_outbox(engine)
    assert _kinds(engine, "supervisor1") == ["escalate"]


def test_somebody_who_left_is_not_told(engine: Engine) -> None:
    with engine.store.transaction(write=True):
        engine.store.db.User.get(name="handler2").active = False
    dispatched(engine)
    drain_outbox(engine)
    with engine.store.transaction():
        assert engine.store.db.Notice.select(lambda notice: notice.user.name == "handler2").count() == 0


def test_a_message_is_read_once_and_only_by_its_owner(engine: Engine) -> None:
    dispatched(engine, LIGHT)
    drain_outbox(engine)
    acceptor, other = person(engine, "acceptor1"), person(engine, "handler1")
    assert count_unread(engine, acceptor) == 2
    first = notices_of(engine, acceptor)[0].id
    mark_read(engine, other, first)
    assert count_unread(engine, acceptor) == 2
    mark_read(engine, acceptor, first)
    assert count_unread(engine, acceptor) == 1
    mark_read(engine, acceptor)
    assert count_unread(engine, acceptor) == 0
    assert count_unread(engine, other) == 1


def test_marking_a_message_that_is_not_there_changes_nothing(engine: Engine) -> None:
    report(engine)
    drain_outbox(engine)
    theirs = notices_of(engine, person(engine, "acceptor1"))[0].id
    for notice in (theirs, 2**70, -1):
        mark_read(engine, person(engine, "worker1"), notice)
    assert count_unread(engine, person(engine, "acceptor1")) == 1


def test_where_nobody_is_rostered_the_centre_hears_that_it_verifies(engine: Engine) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "handle")
    with engine.store.transaction(write=True):
        engine.store.execute("DELETE FROM rosters")
    drain_outbox(engine)
    give(engine, "handler2", case, "confirm")
    assert drain_outbox(engine) == DrainResult(1, 1)
    assert len(_kinds(engine, "acceptor1")) == 3
