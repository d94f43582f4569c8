"""A store keeps what it acknowledged, and keeps writers apart."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from pony.orm import OperationalError, select

from gewu_platform.records.store import ATTEMPTS, Store, WriteInReadTransaction, moment

AT = datetime(2026, 3, 2, 1, 0)


def add_calendar(store: Store, code: str) -> None:
    store.db.Calendar(code=code, version="1", confirmed_until=date(2026, 12, 31), body="{}", created_at=AT)


def codes(store: Store) -> list[str]:
    with store.transaction():
        return sorted(select(c.code for c in store.db.Calendar))


def test_what_a_writing_transaction_did_is_there_afterwards(store: Store) -> None:
    with store.transaction(write=True):
        add_calendar(store, "a")
    assert codes(store) == ["a"]


def test_nothing_remains_of_a_transaction_that_raised(store: Store) -> None:
    with pytest.raises(LookupError), store.transaction(write=True):
        add_calendar(store, "a")
        store.execute(
            "INSERT INTO calendars (code, version, confirmed_until, body, created_at)"
            " VALUES ('b', '1', :until, '{}', :at)", until=date(2026, 12, 31), at=AT,
        )  # fmt: skip
        raise LookupError
    assert codes(store) == []


def test_an_inner_transaction_is_part_of_the_outer_one(store: Store) -> None:
    with pytest.raises(LookupError), store.transaction(write=True):
        with store.transaction(write=True):
            add_calendar(store, "a")
        raise LookupError
    assert codes(store) == []


def change_an_entity(store: Store) -> None:
    add_calendar(store, "a")


def change_by_statement(store: Store) -> None:
    store.execute("UPDATE calendars SET code = 'a'")


def change_and_flush(store: Store) -> None:
    add_calendar(store, "a")
    store.db.flush()


@pytest.mark.parametrize("change", [change_an_entity, change_by_statement, change_and_flush])
def test_a_reading_transaction_refuses_changes(store: Store, change: Callable[[Store], None]) -> None:
    with pytest.raises(WriteInReadTransaction), store.transaction():
        change(store)
    assert codes(store) == []


def test_a_writing_transaction_cannot_start_inside_a_reading_one(store: Store) -> None:
    with pytest.raises(WriteInReadTransaction), store.transaction(), store.transaction(write=True):
        pass
    assert not store.in_transaction


def test_statements_see_the_pending_changes_of_entities(store: Store) -> None:
    with store.transaction(write=True):
        add_calendar(store, "a")
        assert store.execute("SELECT count(*) FROM calendars").fetchone() == (1,)


def test_times_come_back_from_statements_as_they_went_in(store: Store) -> None:
    row = {"code": "a", "version": "1", "until": date(2026, 12, 31), "at": AT}
    with store.transaction(write=True):
        store.execute_many(
            "INSERT INTO calendars (code, version, confirmed_until, body, created_at)"
            " VALUES (:code, :version, :until, '50% :x', :at)",
            [row],
        )
    with store.transaction():
        calendar = store.db.Calendar.get(code="a")
        assert (calendar.created_at, calendar.confirmed_until) == (AT, date(2026, 12, 31))
        found = store.execute("SELECT created_at FROM calendars WHERE created_at = :at", at=AT).fetchone()
        assert moment(found[0]) == AT


def test_writers_in_many_threads_lose_no_update(store: Store) -> None:
    def count() -> None:
        for _ in range(10):
            store.retrying(increment)

    def increment() -> None:
        (count,) = store.execute("SELECT version FROM calendars").fetchone()
        store.execute("UPDATE calendars SET version = :version", version=str(int(count) + 1))

    with store.transaction(write=True):
        add_calendar(store, "a")
        store.execute("UPDATE calendars SET version = '0'")
    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction():
        assert store.execute("SELECT version FROM calendars").fetchone() == ("60",)


def test_a_reader_neither_waits_for_a_writer_nor_sees_its_work(store: Store) -> None:
    seen: list[list[str]] = []
    with store.transaction(write=True):
        add_calendar(store, "a")
        store.db.flush()
        reader = threading.Thread(target=lambda: seen.append(codes(store)))
        reader.start()
        reader.join(timeout=20)
        assert seen == [[]]
    assert codes(store) == ["a"]


def test_a_lost_conflict_is_tried_again_and_in_the_end_the_callers(store: Store) -> None:
    tries = 0

    def lose() -> None:
        nonlocal tries
        tries += 1
        raise OperationalError(sqlite3.OperationalError("database is locked"))

    with pytest.raises(OperationalError):
        store.retrying(lose)
    assert tries == ATTEMPTS


def test_another_failure_is_not_tried_again(store: Store) -> None:
    tries = 0

    def fail() -> None:
        nonlocal tries
        tries += 1
        store.execute("SELECT x FROM nowhere")

    with pytest.raises(Exception, match="nowhere"):
        store.retrying(fail)
    assert tries == 1


WRITER = """
import sys
from datetime import date, datetime
from gewu_platform.records.store import Store
store = Store(sys.argv[1])
for number in range(100_000):
    with store.transaction(write=True):
        store.db.Calendar(code=f"{number:06}", version="1", confirmed_until=date(2026, 1, 1), body="{}",
                          created_at=datetime(2026, 1, 1))
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(store: Store) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, store.url], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert writer.stdout is not None
    with writer.stdout:
        acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout if line.strip()]
    writer.wait()
    kept = codes(store)
    assert set(kept) >= {f"{number:06}" for number in acknowledged}
    assert len(kept) <= len(acknowledged) + 1
    with store.transaction(write=True):
        add_calendar(store, "after")


def test_sqlite_commits_reach_the_disk_and_readers_do_not_block_writers(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a b#c?.db'}")
    store.migrate()
    with store.transaction():
        assert store.execute("SELECT * FROM pragma_journal_mode").fetchone() == ("wal",)
        assert store.execute("SELECT * FROM pragma_synchronous").fetchone() == (2,)
        assert store.execute("SELECT * FROM pragma_foreign_keys").fetchone() == (1,)
    store.close()


def test_an_unknown_database_is_named() -> None:
    with pytest.raises(ValueError, match="mysql://x"):
        Store("mysql://x")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT id FROM tasks WHERE ended_at IS NULL AND office IN (1, 2) AND kind = 'assist'", "idx_tasks__open_office"),
        ("SELECT id FROM tasks WHERE ended_at IS NULL AND role = 'worker' AND grid IN (1, 2)", "idx_tasks__open_role"),
        ("""SELECT "case" FROM tasks WHERE kind = 'assist' AND result <> 'lapsed' AND office IN (1)""",
         "COVERING INDEX idx_tasks__assisting"),
        ("SELECT id FROM cases WHERE supervising IN (1, 2)", "idx_cases__supervising"),
        ("SELECT id FROM cases WHERE merged_into = 7", "idx_cases__merged_into"),
        ("""SELECT "case" FROM deadlines WHERE ended_at IS NULL AND provisional AND calendar = 'cn@1'""",
         "idx_deadlines__provisional"),
        ('SELECT id FROM deadlines WHERE "case" = 7', "unq_deadlines__case_number"),
        ("SELECT id FROM timers WHERE deadline = 7 AND fired_at IS NULL", "idx_timers__deadline"),
    ],
)  # fmt: skip
def test_what_is_open_is_found_without_reading_what_is_over(tmp_path: Path, query: str, index: str) -> None:
    store = Store(f"sqlite:///{tmp_path / 'plan.db'}")
    store.migrate()
    with store.transaction():
        plan = " ".join(str(row[3]) for row in store.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
    assert index in plan
    store.close()
