"""Conditions on a case `c`: every filter of a list, what a board counts, and whose cases somebody may see.

A board and a list use the same conditions, so that every number opens exactly what it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gewu_platform.records.hot.rows import Row, in_list

OPEN = "(c.closed_at IS NULL)"
OVERDUE = f"({OPEN} AND c.due_at < :now)"
AT_RISK = f"({OPEN} AND c.due_at >= :now AND c.warning_at < :now)"
PARKED = "(c.state = 'parked')"
ESCALATED = "(c.escalated_to <> '')"
PAUSED = f"({OPEN} AND c.paused_at IS NOT NULL)"
LIMITED = "(c.handled_at IS NOT NULL AND c.handle_due_at IS NOT NULL)"
ON_TIME = "(c.handled_at <= c.handle_due_at AND NOT c.late)"
"""Handled within the limit, and by no office before that let its own run out."""

_EQUAL = {
    "state": "c.state", "office": "c.office", "grid": "c.grid", "town": "c.town", "department": "c.department",
    "place": "c.place", "submission": "c.submission", "reporter": "c.reporter", "step": "c.step", "item": "c.item",
    "severity": "c.severity", "escalated_to": "c.escalated_to",
}  # fmt: skip
_PERIODS = {
    "closed_since": "c.state = 'closed' AND c.closed_at >= :closed_since",
    "closed_until": "c.state = 'closed' AND c.closed_at < :closed_until",
    "handled_since": f"{LIMITED} AND c.handled_at >= :handled_since",
    "handled_until": f"{LIMITED} AND c.handled_at < :handled_until",
}
_FLAGS = {
    "overdue": OVERDUE, "at_risk": AT_RISK, "open": OPEN, "on_time": ON_TIME, "parked": PARKED, "paused": PAUSED,
    "escalated": ESCALATED, "late": "c.late", "exempt": "c.exempt",
}  # fmt: skip


def conditions_of(filters: Mapping[str, Any]) -> tuple[list[str], Row]:
    """The conditions of every filter that is not None, and their parameters; `after` is a page's own matter."""
    conditions: list[str] = []
    parameters: Row = {}
    for name, value in filters.items():
        if value is None or name == "after":
            continue
        if name in _FLAGS:
            conditions.append(_FLAGS[name] if value else f"NOT coalesce({_FLAGS[name]}, FALSE)")
        elif name == "asked":
            condition, named = _asked(**value)
            conditions.append(condition)
            parameters |= named
        elif name == "town" and value == 0:
            conditions.append("c.town IS NULL")
        else:
            conditions.append(_PERIODS[name] if name in _PERIODS else f"{_EQUAL[name]} = :{name}")
            parameters[name] = value
    return conditions, parameters


def _asked(
    kind: str, offices: Sequence[int] = (), role: str | None = None, grids: Sequence[int] | None = None
) -> tuple[str, Row]:
    """Cases with an open task of that kind: of one of the offices, or of the role (in the grids, where given).

    With neither offices nor a role, whoever it is addressed to.
    """
    mine: list[str] = []
    parameters: Row = {"asked_kind": kind}
    if offices:
        listed, named = in_list("asked_office", offices)
        mine.append(f"t.office IN {listed}")
        parameters |= named
    if role is not None:
        parameters["asked_role"] = role
        within = ""
        if grids is not None:
            listed, named = in_list("asked_grid", grids)
            parameters |= named
            within = f" AND t.grid IN {listed}"
        mine.append(f"(t.role = :asked_role{within})")
    addressed = f" AND ({' OR '.join(mine)})" if mine else ""
    asked = f"t.ended_at IS NULL AND t.kind = :asked_kind{addressed}"
    return f'c.id IN (SELECT t."case" FROM tasks t WHERE {asked})', parameters


def permitted(
    *, everything: bool = False, offices: Sequence[int] = (), grids: Sequence[int] = (), paths: Sequence[str] = (),
    reporter: int | None = None,
) -> tuple[Sequence[str], Row]:  # fmt: skip
    """Whose cases somebody sees: each of the conditions alone is enough (see `either`); with nothing named, none is.

    A case is an office's while it lies there, while it assists or once it has, and where it supervises;
    a reporter's also where they added to it, or reported what was merged into it.
    """
    if everything:
        return ("TRUE",), {}
    parts: list[str] = []
    parameters: Row = {}
    for column, name, values in (("c.office", "own_office", offices), ("c.grid", "own_grid", grids)):
        if values:
            listed, named = in_list(name, values)
            # One by one: SQLite takes a list of several for worse than an index over the states of all cases.
            parts += [f"{column} = :{each}" for each in named]
            parameters |= named
            if column == "c.office":
                parts += [*(f"c.supervising = :{each}" for each in named), _assisting(listed)]
    if reporter is not None:
        parts.append("c.reporter = :own")
        parts.append('c.id IN (SELECT r."case" FROM reporters r WHERE r."user" = :own)')
        parameters["own"] = reporter
    if paths:
        beginnings = {f"path_{number}": f"{path}%" for number, path in enumerate(paths)}
        below = " OR ".join(f"a.path LIKE :{name}" for name in beginnings)
        parts.append(f"c.grid IN (SELECT a.id FROM areas a WHERE {below})")
        parameters |= beginnings
    return parts, parameters


def either(alternatives: Sequence[str]) -> str:
    """One condition that holds where any of the alternatives does; of none, never."""
    return "(" + (" OR ".join(alternatives) or "FALSE") + ")"


def through(alternatives: Sequence[str], conditions: Sequence[str]) -> str:
    """The same together with `conditions`, so that each alternative is looked up by an index of its own.

    Neither database uses indexes for alternatives of which one is a subquery: it reads every open case instead.
    """
    if len(alternatives) < 2:
        return " AND ".join([either(alternatives), *conditions])
    each = (f"SELECT c.id FROM cases c WHERE {' AND '.join([one, *conditions])}" for one in alternatives)
    return f"c.id IN ({' UNION ALL '.join(each)})"


def _assisting(offices: str) -> str:
    return (
        'c.id IN (SELECT h."case" FROM tasks h'
        f" WHERE h.kind = 'assist' AND h.result <> 'lapsed' AND h.office IN {offices})"
    )
