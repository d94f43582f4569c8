"""The supervisor's board: department × town, every number opening the cases behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from gewu_dsl.model import TIERS
from gewu_platform.core.duties import HOLDER_OF
from gewu_platform.core.naming import CLOCK_WORDS, ROLE_WORDS, STEP_WORDS, TIER_WORDS
from gewu_platform.core.words import Words
from gewu_platform.core.zones import with_offset
from gewu_platform.records.hot.boards import count_board, count_holders, count_ladder
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk.case_lists import scope_of
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.views import Board, BoardRow, Cell, HolderRow, LadderRow

NUMBERS = ("open", "overdue", "at_risk", "closed", "handled", "on_time", "parked", "escalated")

SHOWN = 20
"""Holders on a board: those who have most that is overdue."""


def read_board(engine: Engine, caller: Caller, since: datetime, until: datetime) -> Board:
    """The board of the caller's areas: closed, handled and on time of [since, until), naive UTC, the others as of now."""
    require(caller, "board.read")
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        rows = count_board(engine.store, scope, values, engine.now(), since, until)
        holders, ladder = read_holders(engine, caller), read_ladder(engine, caller)
    queries = _queries(engine, since, until)
    told = tuple(_row(engine, row, queries) for row in rows)
    return Board(since, until, told, _total(rows, queries), holders, ladder)


def read_holders(engine: Engine, caller: Caller) -> tuple[HolderRow, ...]:
    """Who has the open cases of the caller's areas now, those with most that is overdue first, at most SHOWN."""
    require(caller, "board.read")
    now = engine.now()
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        rows = count_holders(engine.store, scope, values, now)
    return tuple(_holder(row, now) for row in rows[:SHOWN])


def read_ladder(engine: Engine, caller: Caller) -> tuple[LadderRow, ...]:
    """How many open cases of the caller's areas rose to each tier, from the lowest; every tier that has any."""
    require(caller, "board.read")
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        found = count_ladder(engine.store, scope, values)
    return tuple(
        LadderRow(tier, TIER_WORDS[tier], Cell(found[tier], {"open": "1", "escalated_to": tier}))
        for tier in TIERS if tier in found
    )  # fmt: skip


def _turn(role: str, step: Words) -> Words:
    return Words(f"{ROLE_WORDS[role].zh}·{step.zh}", f"{ROLE_WORDS[role].en}: {step.en}")


def _holder(row: Row, now: datetime) -> HolderRow:
    """The holder with the filters of `cases.list_cases` that find what they have."""
    step, asked = row["step"], bool(row["asked"])
    query = {"open": "1", "step": step}
    if step == "handle":
        query["office"] = str(row["office"])
        title = Words(row["office_title"] or "", row["office_title"] or "")
    else:
        query["paused"] = str(int(asked))
        title = _turn("worker", CLOCK_WORDS["check"]) if asked else _turn(HOLDER_OF[step], STEP_WORDS[step])
    return HolderRow(
        title, row["office"], Cell(int(row["open_count"]), query),
        Cell(int(row["overdue_count"]), {**query, "overdue": "1"}),
        max(0, int((now - row["oldest_at"]).total_seconds())) if row["oldest_at"] else None,
    )  # fmt: skip


def _queries(engine: Engine, since: datetime, until: datetime) -> dict[str, dict[str, str]]:
    """For each number the filters of `cases.list_cases` that find what it counts."""
    start, end = with_offset(since, engine.zone), with_offset(until, engine.zone)
    handled = {"handled_since": start, "handled_until": end, "exempt": "0"}
    return {
        "open": {"open": "1"},
        "overdue": {"overdue": "1"},
        "at_risk": {"at_risk": "1"},
        "parked": {"parked": "1"},
        "escalated": {"open": "1", "escalated": "1"},
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
