"""Every projection of a case follows from the journal alone, and what does not is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from conftest import Databases
from loop_help import kinds_of
from river_help import opened_river
from sample_town import Clock
from wandering import Wanderer

from gewu_platform.records import journal
from gewu_platform.records.hot.cases import find_case
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.desk.case_views import CaseView
from gewu_platform.service.desk.cases import explain_case, read_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.history import auditing
from gewu_platform.service.history.rebuilding import PAGE, compare_projections
from gewu_platform.service.history.replaying import clocks_in, is_whole, rebuild_case, replay

MORNING = datetime(2026, 9, 28, 1, 0)
"""Before eight days off and make-up Saturdays around them."""


@pytest.fixture
def river(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    """The sample town with the department of tests/packs_loop."""

    yield from opened_river(databases, dialect, clock, tmp_path / "files")


def wander(engine: Engine, clock: Clock, seed: int, steps: int) -> Wanderer:
    clock.at = max(MORNING, clock.at)
    wanderer = Wanderer(engine, clock, Random(seed), sent=seed * 10_000)
    wanderer.walk(steps)
    return wanderer


def test_all_projections_are_what_the_journal_makes_of_random_histories(river: Engine, clock: Clock) -> None:
    wanderer = wander(river, clock, 1, 70 if river.store.dialect == "sqlite" else 40)
    compared = compare_projections(river)
    assert compared.difference is None, compared.difference.words.en
    assert (compared.cases, compared.older) == (len(wanderer.cases), 0)
    assert sum(wanderer.given.values()) > 15
    assert auditing.verify_journal(river, SYSTEM).whole


@pytest.mark.soak
def test_all_projections_are_what_the_journal_makes_of_many_random_histories(
    river: Engine, clock: Clock
) -> None:
    given = sum(
        (wander(river, clock, seed, 150).given for seed in range(3, 23)),
        start=Counter[str](),
    )
    compared = compare_projections(river)
    assert compared.difference is None, compared.difference.words.en
    assert len(given) > 20


def test_whatever_happens_is_told_in_words_and_every_page_can_be_read(river: Engine, clock: Clock) -> None:
    wanderer = wander(river, clock, 7, 60 if river.store.dialect == "sqlite" else 15)
    auditor = SYSTEM
    for case in wanderer.cases:
        view = read_case(river, auditor, case, why=True)
        assert [entry.kind for entry in view.timeline] == kinds_of(river, case)
        assert all(entry.words.zh and entry.words.en and entry.actor_name.zh for entry in view.timeline)
        told = explain_case(river, auditor, case)
        assert told == view.explanation
        lines = [*told.routing, *told.grading, *(line for each in told.deadlines for line in each.history)]
        assert lines
        assert all(line.zh and line.en for line in lines)
        assert {change.of for change in told.changes} == {"office", "severity", "deadline"}
        _held_end_to_end(view, clock())


def _held_end_to_end(view: CaseView, now: datetime) -> None:
    """Who held it and what was paused add up to the whole, wherever it did not lie closed in between."""
    if any(entry.kind == "reopened" for entry in view.timeline):
        return
    held = sum(each.seconds + each.paused_seconds for each in view.holders)
    until = view.row.closed_at or now
    assert held == (until - view.row.opened_at).total_seconds()
    assert all(one.until == other.since for one, other in pairwise(view.holders))


TAMPERED = (
    ("UPDATE cases SET state = 'closed' WHERE id = :case", "cases", "state"),
    ("UPDATE cases SET late = NOT late WHERE id = :case", "cases", "late"),
    ("UPDATE cases SET due_at = '2030-01-01 00:00:00.000000' WHERE id = :case", "cases", "due_at"),
    ("UPDATE cases SET urges = urges + 1 WHERE id = :case", "cases", "urges"),
    ("UPDATE cases SET decision = '{}' WHERE id = :case", "cases", "decision"),
    ("UPDATE deadlines SET due_at = '2030-01-01 00:00:00.000000' WHERE \"case\" = :case", "deadlines", "due_at"),
    ("UPDATE deadlines SET pauses = '[1]' WHERE \"case\" = :case", "deadlines", "pauses"),
    ("UPDATE deadlines SET derivation = '{}' WHERE \"case\" = :case", "deadlines", "derivation"),
    ("UPDATE tasks SET result = 'granted' WHERE \"case\" = :case", "tasks", "result"),
    ("DELETE FROM tasks WHERE \"case\" = :case", "tasks", ""),
    ("DELETE FROM timers WHERE \"case\" = :case", "timers", ""),
    ("UPDATE timers SET due_at = '2030-01-01 00:00:00.000000' WHERE \"case\" = :case", "timers", ""),
    ("UPDATE timers SET fired_at = due_at WHERE \"case\" = :case", "timers", ""),
)  # fmt: skip


def test_a_changed_projection_is_named(river: Engine, clock: Clock) -> None:
    clock.at = MORNING
    wanderer = Wanderer(river, clock, Random(5))
    case = _helped(wanderer)
    assert compare_projections(river).difference is None
    for statement, table, column in TAMPERED:
        with pytest.raises(_Undone), river.store.transaction(write=True):
            river.store.execute(statement, case=case)
            found = compare_projections(river).difference
            assert found is not None, statement
            assert (found.case, found.table, found.column) == (case, table, column), statement
            assert str(case) in found.words.zh
            raise _Undone
    assert compare_projections(river).difference is None


class _Undone(Exception):
    """Takes a change back."""


def _helped(wanderer: Wanderer) -> int:
    """A case that is being handled and has tasks, clocks and timers."""
    for _ in range(20):
        wanderer.cases.clear()
        wanderer.walk(0)
        (case,) = wanderer.cases
        for _ in range(15):
            if _row(wanderer.engine, case)["state"] in ("dispatched", "handling") and _count(
                wanderer.engine, case, "tasks"
            ):
                return case
            wanderer.command()
    raise AssertionError("no such case came about")


def _row(engine: Engine, case: int) -> dict[str, object]:
    with engine.store.transaction():
        return find_case(engine.store, case) or {}


def _count(engine: Engine, case: int, table: str) -> int:
    with engine.store.transaction():
        cursor = engine.store.execute(f'SELECT count(*) FROM {table} WHERE "case" = :case_id', case_id=case)
        return int(cursor.fetchone()[0])


def test_a_case_that_only_one_side_knows_is_named(river: Engine, clock: Clock) -> None:
    wanderer = wander(river, clock, 3, 3)
    lost = wanderer.cases[0]
    with pytest.raises(_Undone), river.store.transaction(write=True):
        for table in ("timers", "deadlines", "tasks"):
            river.store.execute(f'DELETE FROM {table} WHERE "case" = :case_id', case_id=lost)
        river.store.execute("DELETE FROM cases WHERE id = :case_id", case_id=lost)
        found = compare_projections(river).difference
        assert found is not None
        assert (found.case, found.table, found.stored) == (lost, "cases", "–")
        raise _Undone


def test_pages_of_cases_are_all_looked_at(
    river: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gewu_platform.service.history.rebuilding.PAGE", 1)
    wanderer = wander(river, clock, 2, 12)
    seen: list[float] = []
    assert compare_projections(river, seen.append).cases == len(wanderer.cases)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    assert len(seen) > 2
    assert PAGE > 1


def test_what_no_case_is_cannot_be_replayed(river: Engine, clock: Clock) -> None:
    assert replay([]) is None
    with river.store.transaction():
        entries = journal.entries(river.store, limit=3)
        with pytest.raises(ValueError, match="begins with its report"):
            replay(entries)
        with pytest.raises(Exception, match="99"):
            rebuild_case(river, 99)


def test_entries_from_before_clocks_had_numbers_are_read_and_not_held_against_anything() -> None:
    old = {"step": "accept", "stage": None, "limit": "1 workday"}
    body = {"case": {"reporter": 1, "grid": 2}, "needs": [], "clocks": [old]}
    entry = journal.Entry(1, MORNING, 1, "reported", "case:1", body, "")
    assert clocks_in(entry) == []
    assert not is_whole([entry])
    assert replay([entry]) is not None
