"""Cases as rows: lists by every filter a page has, one case with its clocks, and the rows a command changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gewu_platform.records.hot.rows import Row, fetch, fetch_one, in_list
from gewu_platform.records.store import Store

WARNING = (
    '(SELECT min(t.due_at) FROM timers t JOIN deadlines d ON d.id = t.deadline WHERE t."case" = c.id'
    " AND d.ended_at IS NULL AND t.kind = 'remind')"
)
"""When the running clock of case `c` turns yellow."""

AT_RISK = f"(c.closed_at IS NULL AND c.due_at >= :now AND {WARNING} < :now)"
OVERDUE = "(c.closed_at IS NULL AND c.due_at < :now)"
ON_TIME = "(c.handled_at <= c.handle_due_at)"
LIMITED = "(c.handled_at IS NOT NULL AND c.handle_due_at IS NOT NULL)"

_LISTED = (
    "SELECT c.id, c.number, c.item, c.version, c.finding, c.title, c.severity, c.department, c.state, c.step, c.grid,"
    " c.town, c.place, c.office, c.opened_at, c.started_at, c.due_at, c.handle_due_at, c.handled_at, c.closed_at,"
    f" c.escalated_to, c.reworks, c.reporter, c.submission, {WARNING} AS warning_at,"
    " g.name AS grid_name, w.name AS town_name, p.name AS place_name, o.title AS office_title"
    " FROM cases c JOIN areas g ON g.id = c.grid LEFT JOIN areas w ON w.id = c.town"
    " LEFT JOIN places p ON p.id = c.place LEFT JOIN offices o ON o.id = c.office"
)

_EQUAL = {
    "state": "c.state", "office": "c.office", "grid": "c.grid", "town": "c.town", "department": "c.department",
    "place": "c.place", "submission": "c.submission", "reporter": "c.reporter", "step": "c.step",
}  # fmt: skip
_PERIODS = {
    "closed_since": "c.state = 'closed' AND c.closed_at >= :closed_since",
    "closed_until": "c.state = 'closed' AND c.closed_at < :closed_until",
    "handled_since": f"{LIMITED} AND c.handled_at >= :handled_since",
    "handled_until": f"{LIMITED} AND c.handled_at < :handled_until",
}
_FLAGS = {"overdue": OVERDUE, "at_risk": AT_RISK, "open": "(c.closed_at IS NULL)", "on_time": ON_TIME}


def list_cases(
    store: Store, filters: Mapping[str, Any], scope: str, scope_values: Row, now: datetime, limit: int
) -> list[Row]:
    """Cases in `scope` (see `permitted`) that pass every filter, what runs out first in front.

    `after` is the (sort time, id) of the last row of the page before; ids break ties.
    """
    conditions, parameters = _conditions(filters)
    after = filters.get("after")
    if after is not None:
        conditions.append("c.id > :after")
        parameters["after"] = after
    where = " AND ".join([scope, *conditions])
    sql = f"{_LISTED} WHERE {where} ORDER BY {'c.id' if after is not None else _URGENCY} LIMIT :limit"
    return fetch(store.execute(sql, **parameters, **scope_values, now=now, limit=limit))


_URGENCY = "CASE WHEN c.closed_at IS NULL THEN 0 ELSE 1 END, CASE WHEN c.due_at IS NULL THEN 1 ELSE 0 END, c.due_at, c.id"


def _conditions(filters: Mapping[str, Any]) -> tuple[list[str], Row]:
    conditions: list[str] = []
    parameters: Row = {}
    for name, value in filters.items():
        if value is None or name == "after":
            continue
        if name in _FLAGS:
            conditions.append(_FLAGS[name] if value else f"NOT coalesce({_FLAGS[name]}, FALSE)")
            continue
        if name == "town" and value == 0:
            conditions.append("c.town IS NULL")
            continue
        conditions.append(_PERIODS[name] if name in _PERIODS else f"{_EQUAL[name]} = :{name}")
        parameters[name] = value
    return conditions, parameters


def permitted(
    *, everything: bool = False, offices: Sequence[int] = (), grids: Sequence[int] = (), paths: Sequence[str] = (),
    reporter: int | None = None,
) -> tuple[str, Row]:  # fmt: skip
    """The condition on case `c` for somebody who sees any of these; with nothing named, nothing."""
    if everything:
        return "TRUE", {}
    parts: list[str] = []
    parameters: Row = {}
    for column, name, values in (("c.office", "own_office", offices), ("c.grid", "own_grid", grids)):
        if values:
            listed, named = in_list(name, values)
            parts.append(f"{column} IN {listed}")
            parameters |= named
    if reporter is not None:
        parts.append("c.reporter = :own")
        parameters["own"] = reporter
    for number, path in enumerate(paths):
        parts.append(f"c.grid IN (SELECT a.id FROM areas a WHERE a.path LIKE :path_{number})")
        parameters[f"path_{number}"] = f"{path}%"
    return "(" + (" OR ".join(parts) or "FALSE") + ")", parameters


def list_cases_of(store: Store, submissions: Sequence[str]) -> list[Row]:
    """The cases of some forms, in the order they were opened."""
    listed, parameters = in_list("form", submissions)
    return fetch(store.execute(f"{_LISTED} WHERE c.submission IN {listed} ORDER BY c.id", **parameters))


def find_case(store: Store, case: int) -> Row | None:
    """The whole row of a case, or None."""
    return fetch_one(store.execute("SELECT * FROM cases WHERE id = :case_id", case_id=case))


def find_listed(store: Store, case: int) -> Row | None:
    """A case as lists show it, or None."""
    return fetch_one(store.execute(f"{_LISTED} WHERE c.id = :case_id", case_id=case))


def list_clocks(store: Store, case: int) -> list[Row]:
    """Every clock the case ever had, the oldest first, with when its reminder stands."""
    return fetch(
        store.execute(
            "SELECT d.*, o.title AS office_title,"
            " (SELECT min(t.due_at) FROM timers t WHERE t.deadline = d.id AND t.kind = 'remind') AS warning_at"
            ' FROM deadlines d LEFT JOIN offices o ON o.id = d.office WHERE d."case" = :case_id ORDER BY d.id',
            case_id=case,
        )
    )


def end_clocks(store: Store, case: int, at: datetime) -> None:
    """Stop the running clocks of a case and take back what would still have happened on them."""
    store.execute(
        'UPDATE deadlines SET ended_at = :at WHERE "case" = :case_id AND ended_at IS NULL',
        at=at,
        case_id=case,
    )
    store.execute(
        'UPDATE timers SET cancelled_at = :at WHERE "case" = :case_id AND fired_at IS NULL AND cancelled_at IS NULL',
        at=at, case_id=case,
    )  # fmt: skip


def list_fired(store: Store, deadline: int) -> list[Row]:
    """What has happened already on one clock."""
    return fetch(
        store.execute(
            "SELECT kind, tier FROM timers WHERE deadline = :deadline AND fired_at IS NOT NULL",
            deadline=deadline,
        )
    )


def list_attachments(store: Store, submission: str, case: int) -> list[Row]:
    """The files of a form and the evidence of a case, in the order they came."""
    return fetch(
        store.execute(
            "SELECT a.id, a.submission, a.case_id, a.name, a.kind, a.file AS sha256, a.attached_at, f.media_type,"
            ' u.full_name AS user_name FROM attachments a JOIN stored_files f ON f.sha256 = a.file'
            ' LEFT JOIN users u ON u.id = a."user"'
            " WHERE a.submission = :submission OR a.case_id = :case_id ORDER BY a.id",
            submission=submission, case_id=case,
        )
    )  # fmt: skip


def list_handed_in(store: Store, user: int | None, submission: str, hashes: Sequence[str]) -> dict[str, Row]:
    """Those of the files that are stored, by hash: `media_type`, whether `user` handed it in apart from the form
    `submission`, and whether it came with that form.
    """
    listed, parameters = in_list("hash", hashes)
    rows = fetch(
        store.execute(
            "SELECT f.sha256, f.media_type, EXISTS (SELECT 1 FROM attachments a"
            " WHERE a.file = f.sha256 AND a.submission = :submission) AS of_report,"
            " (EXISTS (SELECT 1 FROM attachments a WHERE a.file = f.sha256"
            ' AND a."user" = :own AND a.submission <> :submission)'
            " OR EXISTS (SELECT 1 FROM journal j WHERE j.subject = 'file:' || f.sha256"
            " AND j.kind = 'file-stored' AND j.actor = :own)) AS handed_in"
            f" FROM stored_files f WHERE f.sha256 IN {listed}",
            submission=submission, own=user, **parameters,
        )
    )  # fmt: skip
    return {row["sha256"]: row for row in rows}


def name_users(store: Store, users: Sequence[int]) -> dict[int, str]:
    """Full names by id."""
    listed, parameters = in_list("user", users)
    rows = fetch(store.execute(f"SELECT id, full_name FROM users WHERE id IN {listed}", **parameters))
    return {row["id"]: row["full_name"] for row in rows}
