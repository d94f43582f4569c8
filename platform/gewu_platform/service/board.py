"""The supervisor's board: department × town, every number opening the cases behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from gewu_platform.core.zones import with_offset
from gewu_platform.records.hot.boards import count_board
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.case_lists import scope_of
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.views import Board, BoardRow, Cell

NUMBERS = ("open", "overdue", "at_risk", "closed", "handled", "on_time")


def read_board(engine: Engine, caller: Caller, since: datetime, until: datetime) -> Board:
    """The board of the caller's areas; open, overdue and at risk as of now, the others of [since, until), naive UTC."""
    require(caller, "board.read")
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        rows = count_board(engine.store, scope, values, engine.now(), since, until)
    queries = _queries(engine, since, until)
    told = tuple(_row(engine, row, queries) for row in rows)
    return Board(since, until, told, _total(rows, queries))


def _queries(engine: Engine, since: datetime, until: datetime) -> dict[str, dict[str, str]]:
    """For each number the filters of `cases.list_cases` that find what it counts."""
    start, end = with_offset(since, engine.zone), with_offset(until, engine.zone)
    handled = {"handled_since": start, "handled_until": end}
    return {
        "open": {"open": "1"},
        "overdue": {"overdue": "1"},
        "at_risk": {"at_risk": "1"},
        "closed": {"closed_since": start, "closed_until": end},
        "handled": handled,
        "on_time": {**handled, "on_time": "1"},
    }


def _row(engine: Engine, row: Row, queries: Mapping[str, dict[str, str]]) -> BoardRow:
    where = {"department": row["department"], "town": str(row["town"] or 0)}
    department = engine.catalogue.departments.get(row["department"])
    return BoardRow(
        row["department"], department.title if department else row["department"], row["town"], row["town_name"],
        *(Cell(int(row[f"{name}_count"]), {**where, **queries[name]}) for name in NUMBERS),
    )  # fmt: skip


def _total(rows: Sequence[Row], queries: Mapping[str, dict[str, str]]) -> BoardRow:
    cells = (Cell(sum(int(row[f"{name}_count"]) for row in rows), queries[name]) for name in NUMBERS)
    return BoardRow("", "", None, None, *cells)
