"""Messages reach whoever they are for, once."""

from __future__ import annotations

import pytest
from loop_help import LIGHT, dispatched, give, handled, person, report, settle
from sample_town import Clock

from gewu_platform.service.engine import Engine
from gewu_platform.service.notices import count_unread, drain_outbox, mark_read, notices_of
from gewu_platform.service.sweeping import sweep
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
    assert _kinds(engine, "handler2") == ["waiting", "rework"]
    assert _kinds(engine, "worker1") == ["waiting", "voided"]
    assert _kinds(engine, "worker2") == ["waiting"]


def test_every_kind_of_message_has_words_in_both_languages(engine: Engine, clock: Clock) -> None:
    case = handled(engine)
    give(engine, "worker2", case, "rework", reason="不干净")
    clock.advance(days=30)
    sweep(engine)
    give(engine, "handler2", case, "return", reason="不归我管")
    give(engine, "acceptor1", report(engine).cases[0].id, "refuse", reason="不清")
    drain_outbox(engine)
    seen = set()
    for name in ("worker1", "acceptor1", "dispatcher1", "handler2", "supervisor1", "supervisor2"):
        for notice in notices_of(engine, person(engine, name)):
            seen.add(notice.kind)
            assert notice.number is not None
            assert notice.number in notice.words.zh
            assert notice.number in notice.words.en
    assert seen == {"waiting", "rework", "returned", "refused", "remind", "overdue", "escalate"}


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
