"""One case many times over, by statements that make rows of rows: for benches and sweeps too large to be lived through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Execute = Callable[[str], Any]
"""Runs one statement and returns its cursor."""

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"


def multiply_case(
    execute: Execute,
    case: int,
    count: int,
    changed: Mapping[str, Mapping[str, str]] | None = None,
    *,
    history: int = 0,
) -> range:
    """The ids of `count` more cases like `case`, with its clocks and timers and its first `history` entries.

    `changed` gives, by table, the SQL of columns that are to differ; `n.i` counts from 1. The chain of the journal does not
    hold afterwards (and its guards have to be away meanwhile), and no case can be replayed without its history.
    """
    changed = changed or {}
    first = _largest(execute, "cases", "id") + 1
    own = {"id": f"{first - 1} + n.i", "number": f"'many-' || ({first} + n.i)", **changed.get("cases", {})}
    _copy(execute, "cases", f"id = {case}", count, own)
    clocks = [
        row[0] for row in execute(f'SELECT id FROM deadlines WHERE "case" = {case} ORDER BY id').fetchall()
    ]
    for clock in clocks:
        base = _largest(execute, "deadlines", "id")
        mine = {"id": f"{base} + n.i", "case": f"{first - 1} + n.i", **changed.get("deadlines", {})}
        _copy(execute, "deadlines", f"id = {clock}", count, mine)
        for (timer,) in execute(f"SELECT id FROM timers WHERE deadline = {clock} ORDER BY id").fetchall():
            own = {"id": f"{_largest(execute, 'timers', 'id')} + n.i", "case": f"{first - 1} + n.i",
                   "deadline": f"{base} + n.i", **changed.get("timers", {})}  # fmt: skip
            _copy(execute, "timers", f"id = {timer}", count, own)
    if history:
        entries = execute(
            f"SELECT seq FROM journal WHERE subject = 'case:{case}' ORDER BY seq LIMIT {history}"
        ).fetchall()
        for (entry,) in entries:
            base = _largest(execute, "journal", "seq")
            own = {"seq": f"{base} + n.i", "subject": f"'case:' || ({first - 1} + n.i)", "hash": f"'many-' || ({base} + n.i)",
                   **changed.get("journal", {})}  # fmt: skip
            _copy(execute, "journal", f"seq = {entry}", count, own)
        last = f"SELECT hash FROM journal WHERE seq = {_largest(execute, 'journal', 'seq')}"
        execute(
            f"UPDATE journal_head SET seq = {_largest(execute, 'journal', 'seq')}, hash = ({last}) WHERE id = 1"
        )
    return range(first, first + count)


def catch_up(execute: Execute) -> None:
    """On PostgreSQL: the ids that were given by hand are not given again."""
    for table in ("cases", "deadlines", "timers"):
        execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _copy(execute: Execute, table: str, where: str, count: int, changed: Mapping[str, str]) -> None:
    columns = [column[0] for column in execute(f"SELECT * FROM {table} LIMIT 0").description]
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(name, f't."{name}"') for name in columns)
    numbers = NUMBERS.format(count=count)
    execute(f"INSERT INTO {table} ({names}) {numbers} SELECT {values} FROM {table} t, n WHERE t.{where}")


def _largest(execute: Execute, table: str, column: str) -> int:
    return int(execute(f"SELECT max({column}) FROM {table}").fetchone()[0])
