"""A sweep of due timers among open cases, with and without years of closed ones behind them.

Beside it the one look into the index that finding them cannot go below, and what a program without timers does: load every open
case and compare its deadline with the clock. `GEWU_BENCH_CASES=1000000,5000000` makes so many open and closed cases (ten
minutes of an idle machine and 10 GB); without it there are fewer, and the figures are those of a smaller city.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from bench.figures import Figure, measure, ratio
from loop_help import dispatched, give, settle
from many_cases import multiply_case
from sample_town import Clock, build_town

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.records.hot import case_filters, cases, sweeps
from gewu_platform.records.store import Store
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing import sweeping
from gewu_platform.service.views import SweepResult

PACKS = Path(__file__).parent.parent / "packs"
OPEN, CLOSED = (int(part) for part in os.environ.get("GEWU_BENCH_CASES", "50000,250000").split(","))
DUE = 1000
OFFICES = 500
DAYS = 20
"""On so many days, from the first of June, DUE of the open cases each reach a rung of their ladder; the rest in years."""
NOW = datetime(2026, 6, 1, 12)
EARLY = datetime(2026, 5, 1)


T = TypeVar("T")


class _Undone(Exception):
    """Ends a transaction so that nothing of it stays."""


@dataclass(frozen=True)
class City:
    """A database of cases. `days` counts those that have been swept."""

    engine: Engine
    days: Iterator[int] = field(default_factory=count)

    def undone(self, work: Callable[[], T]) -> list[T]:
        """What `work` returns, in a list, after which nothing of it stays."""
        results: list[T] = []
        try:
            with self.engine.store.transaction(write=True):
                results.append(work())
                raise _Undone
        except _Undone:
            return results

    def find(self) -> list[list[int]]:
        return self.undone(lambda: sweeps.claim_timers(self.engine.store, NOW, DUE))

    def find_with_cases(self) -> list[tuple[list[int], list[int]]]:
        def work() -> tuple[list[int], list[int]]:
            claimed = sweeps.claim_timers(self.engine.store, NOW, DUE)
            return claimed, [fired.case for fired in sweeps.list_fired(self.engine.store, claimed)]

        return self.undone(work)

    def escalate(self) -> SweepResult:
        """A day's sweep, committed."""
        return sweeping.sweep(self.engine, NOW + timedelta(days=next(self.days)))

    def look(self) -> list[int]:
        """The floor: the ids of what is due, from the index."""
        with self.engine.store.transaction():
            cursor = self.engine.store.execute(
                "SELECT id FROM timers WHERE fired_at IS NULL AND cancelled_at IS NULL AND due_at <= :at"
                " ORDER BY due_at, id LIMIT :limit",
                at=NOW, limit=DUE,
            )  # fmt: skip
            return [row[0] for row in cursor.fetchall()]

    def load(self) -> list[int]:
        """The peer: every open case, its deadline compared with the clock."""
        with self.engine.store.transaction():
            rows = self.engine.store.execute(
                "SELECT id, due_at FROM cases WHERE closed_at IS NULL"
            ).fetchall()
            return sorted(case for case, due_at in rows if datetime.fromisoformat(due_at) < NOW)

    def nothing(self) -> object:
        return [sweeping.sweep(self.engine, EARLY) for _ in range(100)]

    def queue(self) -> list[int]:
        """What an office has open, the most urgent first: its inbox."""
        with self.engine.store.transaction():
            scope, values = case_filters.permitted(offices=[20_000])
            return [
                row["id"]
                for row in cases.list_cases(self.engine.store, {"open": True}, scope, values, NOW, 50)
            ]


@contextmanager
def city(folder: Path, source: Path, closed: int) -> Iterator[City]:
    file = folder / f"closed-{closed}.sqlite"
    shutil.copyfile(source, file)
    _multiply(file, "handled", closed)
    engine = _engine(file)
    yield City(engine)
    engine.store.close()
    for each in folder.glob(f"{file.name}*"):
        each.unlink()


def _engine(file: Path) -> Engine:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    store = Store(f"sqlite:///{file}")
    return Engine(
        store, load_catalogue([PACKS]), file.parent, Clock(), ZoneInfo("Asia/Shanghai"), "zh", cheap
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with OPEN open cases, DUE of them at a rung of their ladder."""
    file = tmp_path_factory.mktemp("sweep") / "open.sqlite"
    engine = _engine(file)
    engine.store.migrate()
    build_town(engine)
    settle(engine)
    done = dispatched(engine)
    give(engine, "handler2", done, "handle")
    give(engine, "acceptor1", done, "void", reason="已办")
    dispatched(engine)
    engine.store.close()
    _multiply(file, "open", OPEN)
    return file


def _multiply(file: Path, which: str, count: int) -> None:
    """More cases like the second (open) or the first (closed), every clock, timer and entry of theirs with them."""
    if not count:
        return
    connection = sqlite3.connect(file)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    # The journal takes nothing that is not chained: its guards are away while it is filled.
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    # What neither a sweep nor a list reads is left out, or the disk would be the bench.
    slim = {"cases": {"office": f"20000 + n.i % {OFFICES}", "decision": "'{}'"}, "deadlines": {"derivation": "'{}'"},
            "timers": {}, "journal": {"body": "'{}'"}}  # fmt: skip
    if which == "open":
        # One clock that runs, and one rung of its ladder to come.
        connection.execute(
            "DELETE FROM timers WHERE \"case\" = 2 AND (kind <> 'escalate' OR tier <> 'town' OR cancelled_at IS NOT NULL)"
        )
        connection.execute("DELETE FROM deadlines WHERE \"case\" = 2 AND step <> 'handle'")
        day = f"'2026-06-' || substr('0' || (1 + (n.i - 1) / {DUE}), -2) || ' 00:00:00.000000'"
        due = f"CASE WHEN n.i <= {DUE * DAYS} THEN {day} ELSE '2029-01-01 00:00:00.000000' END"
        changed = {name: {**each, "due_at": due} for name, each in slim.items() if name != "journal"}
        multiply_case(connection.execute, 2, count, {**slim, **changed}, history=1)
        # The two that were lived through are not in the way of what is counted.
        connection.execute("UPDATE cases SET due_at = '2029-01-01 00:00:00.000000' WHERE id <= 2")
        connection.execute("UPDATE timers SET fired_at = '2026-03-02 00:00:00.000000' WHERE \"case\" <= 2")
    else:
        # Of each, the clock of its handling with what was planned on it: what was over in time was never told.
        connection.execute("DELETE FROM timers WHERE \"case\" = 1 AND kind NOT IN ('remind', 'overdue')")
        connection.execute(
            "DELETE FROM timers WHERE deadline IN (SELECT id FROM deadlines WHERE step <> 'handle')"
        )
        connection.execute("DELETE FROM deadlines WHERE \"case\" = 1 AND step <> 'handle'")
        multiply_case(connection.execute, 1, count, slim, history=2)
    for _, guard in guards:
        connection.execute(guard)
    connection.commit()
    connection.close()


def test_a_sweep_costs_what_is_due_and_not_what_there_was(
    town: Path, tmp_path: Path, note: Callable[[Figure], None], remark: Callable[[str], None]
) -> None:
    with city(tmp_path, town, 0) as young, city(tmp_path, town, CLOSED) as old:
        ((claimed, late),) = young.find_with_cases()
        assert sorted(late) == young.load() == old.load()
        assert sorted(young.look()) == sorted(claimed)
        assert len(claimed) == DUE
        assert young.queue() == old.queue()

        here, there, floor = measure([young.find, old.find, old.look], DUE)
        empty, _ = measure([old.nothing, young.nothing], 100)
        (peer,) = measure([old.load], 1, rounds=3)
        assert young.escalate() == old.escalate() == SweepResult(0, 0, DUE)
        each, few = measure([young.escalate, old.escalate], DUE)
        queue, before = measure([old.queue, young.queue], 1)
    said = f"{OPEN:,} open"
    remark(
        f"sweep: among {OPEN:,} open and {CLOSED:,} closed cases, {DUE:,} due; an empty sweep {median(empty) * 1e6:.0f} µs"
    )
    loading = ("loading open cases", median(peer) / DUE)
    look = ("one look", median(floor))
    note(
        Figure(
            f"find a due timer, {said}",
            median(there),
            look,
            loading,
            f"{CLOSED:,} ÷ 0 closed",
            ratio(there, here),
            1.2,
        )
    )
    note(
        Figure("one escalation", median(few), None, loading, f"{CLOSED:,} ÷ 0 closed", ratio(few, each), 1.2)
    )
    note(Figure("one escalation", median(few), None, None, "20 µs", median(few) / 20e-6, 1.0))
    note(
        Figure(
            "an empty sweep",
            median(empty),
            None,
            ("loading", median(peer)),
            "÷ loading",
            median(empty) / median(peer),
            1.0,
        )
    )
    note(
        Figure(
            "an office's open cases",
            median(queue),
            None,
            None,
            f"{CLOSED:,} ÷ 0 closed",
            ratio(queue, before),
            1.2,
        )
    )
    # An office has one in OFFICES of what is open: its list must not read the others.
    found = median(queue) / median(peer)
    note(
        Figure(
            "an office's open cases",
            median(queue),
            None,
            ("loading", median(peer)),
            "÷ loading",
            found,
            0.1,
        )
    )
