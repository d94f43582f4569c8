"""Projections made again from the journal alone, and the first difference to what is stored.

A case's row, clocks, tasks and timers follow from its entries; whoever changes one without the other is found here.
Memory is bounded by the longest history of one case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gewu_dsl.model import Rung
from gewu_platform.core.clocks import RunningClock, derivation_of
from gewu_platform.core.words import Words
from gewu_platform.records.hot import projections as stored
from gewu_platform.records.hot.cases import find_case
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.journal import Entry, canonical, history
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import Replayed, clocks_in, is_whole, replay
from gewu_platform.service.timing.clockwork import ruler_of, timers_of

Table = Mapping[str, Mapping[str, Any]]
"""Rows by what names them within their case."""

PAGE = 200
"""Cases looked at in one transaction."""

_SWEPT = {"reminded": "remind", "overdue": "overdue", "escalated": "escalate"}
"""What the sweep enters, and the kind of the timer that it let happen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a stored row is not what the journal makes of it; `column` is empty where a row is missing or too many."""

    case: int
    table: str
    row: str
    column: str
    stored: str
    rebuilt: str

    @property
    def words(self) -> Words:
        what = f"{self.table} {self.row}".strip()
        zh, en = f"案件 {self.case}：{what}", f"case {self.case}: {what}"
        if self.column:
            zh, en = f"{zh} 的 {self.column}", f"{en}, {self.column}"
        return Words(
            f"{zh} 存的是 {self.stored}，按日志应为 {self.rebuilt}",
            f"{en} is {self.stored}, by the journal it is {self.rebuilt}",
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """How many cases were made again; `older` more began before clocks were journaled whole and cannot be."""

    cases: int
    older: int
    difference: Difference | None


def compare_projections(engine: Engine, progress: Callable[[float], None] | None = None) -> Compared:
    """Make every case again and stop at the first difference. `progress` is told the share done, from 0 to 1."""
    tell = progress or (lambda share: None)
    tell(0.0)
    try:
        return _compare_all(engine, tell)
    finally:
        tell(1.0)


def _compare_all(engine: Engine, tell: Callable[[float], None]) -> Compared:
    after = cases = older = 0
    with engine.store.transaction():
        last = stored.largest_case_id(engine.store)
    while True:
        with engine.store.transaction():
            ids = stored.list_case_ids(engine.store, after, PAGE)
            found = [_first_difference(engine, case) for case in ids]
        suspects = [case for case, each in zip(ids, found, strict=True) if isinstance(each, Difference)]
        difference = _confirmed(engine, suspects)
        if difference is not None:
            return Compared(cases, older, difference)
        cases, older = cases + found.count(None), older + found.count(False)
        if len(ids) < PAGE:
            break
        after = ids[-1]
        tell(min(1.0, after / last))
    with engine.store.transaction():
        lost = stored.find_lost_case(engine.store)
    return Compared(cases, older, None if lost is None else Difference(lost, "cases", "", "", "–", "✓"))


def rebuild_rows(engine: Engine, case: int, entries: Sequence[Entry], replayed: Replayed) -> dict[str, Table]:
    """The rows of every projection of a case, as the journal makes them. Inside a transaction."""
    item = published_item(engine, replayed.fixed["item"], replayed.fixed["version"]).item
    ladder = item.finding(replayed.fixed["finding"]).ladder
    return {
        "cases": {"": {"id": case, **replayed.fixed, **replayed.fields}},
        "deadlines": {str(clock.number): clock_row(engine, clock) for clock in replayed.clocks},
        "tasks": {str(number): row for number, row in replayed.tasks.items()},
        "timers": {name: {} for name in _timers(engine, entries, ladder)},
        "reporters": {str(user): {} for user in replayed.state.reporters - {replayed.state.reporter}},
    }


def stored_rows(engine: Engine, case: int) -> dict[str, Table]:
    """The rows as they are stored, without what only names them to the database. Inside a transaction."""
    return {
        "cases": {"": find_case(engine.store, case) or {}},
        "deadlines": {str(row["number"]): row for row in stored.list_deadline_rows(engine.store, case)},
        "tasks": {str(row["number"]): row for row in stored.list_task_rows(engine.store, case)},
        "timers": {_timer_name(row["number"], row): {} for row in stored.list_timer_rows(engine.store, case)},
        "reporters": {str(user): {} for user in stored.list_other_reporters(engine.store, case)},
    }


def clock_row(engine: Engine, clock: RunningClock) -> Row:
    """A clock as its row keeps it. Inside a transaction."""
    derivation = derivation_of(clock, ruler_of(engine, clock.calendar))
    kept = clock.to_json()
    return {
        "number": clock.number, "step": clock.step, "stage": clock.stage, "task": clock.task, "office": clock.office,
        "limit_text": clock.limits[0] if clock.limits else "", "legs": canonical(kept["limits"]),
        "started_at": clock.started_at, "due_at": clock.due_at, "warns_at": clock.warns_at,
        "paused_at": clock.paused_at, "paused_for": clock.paused_for, "ended_at": clock.ended_at,
        "pauses": canonical(kept["pauses"]), "causes": canonical(kept["causes"]), "calendar": clock.calendar,
        "provisional": clock.provisional,
        "derivation": canonical(derivation.to_json()) if derivation else "{}",
    }  # fmt: skip


def _confirmed(engine: Engine, suspects: Sequence[int]) -> Difference | None:
    """The first that still differs with the writer's place taken: a command may come in between two statements."""
    for case in suspects:
        found = engine.store.retrying(partial(_first_difference, engine, case))
        if isinstance(found, Difference):
            return found
    return None


def _first_difference(engine: Engine, case: int) -> Difference | bool | None:
    """None where all is alike, False where the case is too old to be made again."""
    entries = history(engine.store, f"case:{case}")
    if not entries:
        return Difference(case, "cases", "", "", "✓", "–")
    if not is_whole(entries):
        return False
    replayed = replay(entries)
    if replayed is None:
        return Difference(case, "cases", "", "", "✓", "–")
    rebuilt, kept = rebuild_rows(engine, case, entries, replayed), stored_rows(engine, case)
    return next(
        (found for table in rebuilt for found in _compare(case, table, kept[table], rebuilt[table])), None
    )


def _compare(case: int, table: str, kept: Table, rebuilt: Table) -> Iterator[Difference]:
    for name in sorted({*kept, *rebuilt}):
        if name not in kept or name not in rebuilt:
            yield Difference(
                case, table, name, "", *("✓" if name in rows else "–" for rows in (kept, rebuilt))
            )
            continue
        for column in sorted({*kept[name], *rebuilt[name]}):
            one, other = kept[name].get(column), rebuilt[name].get(column)
            if one != other:
                yield Difference(case, table, name, column, str(one), str(other))


def _timers(engine: Engine, entries: Sequence[Entry], ladder: Sequence[Rung]) -> set[str]:
    """The timers that wait, and those that happened: by clock, kind, tier, and the moment of one that waits."""
    waiting: dict[int, list[Row]] = {}
    fired: dict[int, list[Row]] = {}
    for entry in entries:
        swept = entry.body.get("clock")
        if isinstance(swept, int) and entry.kind in _SWEPT and "event" not in entry.body:
            timer = {"kind": _SWEPT[entry.kind], "tier": entry.body.get("tier"), "due_at": None}
            fired.setdefault(swept, []).append(timer)
            waiting[swept] = [each for each in waiting.get(swept, ()) if not _same(each, timer)]
        for clock in clocks_in(entry):
            done = fired.get(clock.number, ())
            waiting[clock.number] = [
                row
                for plan in timers_of(clock, ladder, ruler_of(engine, clock.calendar))
                if (row := {"kind": plan.kind, "tier": plan.tier, "due_at": plan.at})
                and (plan.at > entry.at or not any(_same(row, each) for each in done))
            ]
    return {
        _timer_name(number, row)
        for timers in (waiting, fired) for number, rows in timers.items() for row in rows
    }  # fmt: skip


def _same(one: Row, other: Row) -> bool:
    return (one["kind"], one["tier"]) == (other["kind"], other["tier"])


def _timer_name(number: int, row: Row) -> str:
    """`2 escalate town 2026-03-02 06:00:00`: the moment only while it waits."""
    parts = (number, row["kind"], row["tier"], row["due_at"])
    return " ".join(str(part) for part in parts if part is not None)
