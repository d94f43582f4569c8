"""Cases as rows: lists by every filter a page has, one case with its clocks, and the rows a command changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gewu_platform.records.hot.case_filters import OPEN, conditions_of, through
from gewu_platform.records.hot.rows import Row, blanked, fetch, fetch_one, in_list
from gewu_platform.records.store import Store

_LISTED = (
    "SELECT c.id, c.number, c.item, c.version, c.finding, c.title, c.severity, c.department, c.state, c.step, c.grid,"
    " c.town, c.place, c.office, c.opened_at, c.started_at, c.due_at, c.handle_due_at, c.handled_at, c.closed_at,"
    " c.escalated_to, c.reworks, c.reporter, c.submission, c.warning_at, c.paused_at, c.late, c.exempt, c.parked_until,"
    " c.closed_as,"
    " g.name AS grid_name, w.name AS town_name, p.name AS place_name, o.title AS office_title"
    " FROM cases c JOIN areas g ON g.id = c.grid LEFT JOIN areas w ON w.id = c.town"
    " LEFT JOIN places p ON p.id = c.place LEFT JOIN offices o ON o.id = c.office"
)


def list_cases(
    store: Store,
    filters: Mapping[str, Any],
    scope: Sequence[str],
    scope_values: Row,
    now: datetime,
    limit: int,
) -> list[Row]:
    """Cases of any alternative in `scope` (see `permitted`) that pass every filter, what runs out first in front.

    `after` is the (sort time, id) of the last row of the page before; ids break ties.
    """
    conditions, parameters = conditions_of(filters)
    after = filters.get("after")
    if after is not None:
        conditions.append("c.id > :after")
        parameters["after"] = after
    order = "c.id" if after is not None else _SOONEST if OPEN in conditions else _URGENCY
    sql = f"{_LISTED} WHERE {through(scope, conditions)} ORDER BY {order} LIMIT :limit"
    return fetch(store.execute(sql, **parameters, **scope_values, now=now, limit=limit))


_SOONEST = "c.due_at NULLS LAST, c.id"
_URGENCY = "CASE WHEN c.closed_at IS NULL THEN 0 ELSE 1 END, CASE WHEN c.due_at IS NULL THEN 1 ELSE 0 END, c.due_at, c.id"


def list_cases_of(store: Store, submissions: Sequence[str]) -> list[Row]:
    """The cases of some forms, in the order they were opened."""
    listed, parameters = in_list("form", submissions)
    return fetch(store.execute(f"{_LISTED} WHERE c.submission IN {listed} ORDER BY c.id", **parameters))


def find_case(store: Store, case: int) -> Row | None:
    """The whole row of a case, or None."""
    return fetch_one(store.execute("SELECT * FROM cases WHERE id = :case_id", case_id=case))


def list_helping(store: Store, case: int) -> list[int]:
    """The offices that assist the case, or did, and the one that supervises it."""
    cursor = store.execute(
        """SELECT office FROM tasks WHERE "case" = :case_id AND kind = 'assist' AND result <> 'lapsed'"""
        " UNION SELECT supervising FROM cases WHERE id = :case_id AND supervising IS NOT NULL",
        case_id=case,
    )
    return sorted(int(office) for (office,) in cursor.fetchall())


def has_reported(store: Store, case: int, user: int) -> bool:
    """Whether somebody added to the case, or reported one that was merged into it."""
    sql = 'SELECT 1 FROM reporters WHERE "case" = :case_id AND "user" = :user'
    return store.execute(sql, case_id=case, user=user).fetchone() is not None


def find_id(store: Store, number: str) -> int | None:
    """The id of the case with this number, or None."""
    row = fetch_one(store.execute("SELECT id FROM cases WHERE number = :number", number=number))
    return int(row["id"]) if row else None


def list_listed(
    store: Store, cases: Sequence[int], scope: str = "TRUE", scope_values: Row | None = None
) -> list[Row]:
    """Those of these cases that are in `scope` (see `either`), as lists show them, by id."""
    listed, parameters = in_list("case", cases)
    sql = f"{_LISTED} WHERE c.id IN {listed} AND {scope} ORDER BY c.id"
    return fetch(store.execute(sql, **parameters, **(scope_values or {})))


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


def list_deadlines(store: Store, case: int) -> list[Row]:
    """The clocks of a case as they are kept, the oldest first."""
    return fetch(
        store.execute(
            "SELECT id, number, step, stage, task, office, legs, started_at, due_at, warns_at, paused_at, paused_for,"
            " ended_at, pauses, causes, calendar, provisional"
            ' FROM deadlines WHERE "case" = :case_id ORDER BY number',
            case_id=case,
        )
    )


_KEPT = (
    "due_at", "warns_at", "paused_at", "paused_for", "ended_at", "pauses", "causes", "legs", "limit_text", "calendar",
    "provisional", "derivation", "office",
)  # fmt: skip


def keep_deadline(store: Store, row: Row) -> int:
    """Write the clock `number` of a `case` as it is now, for the first time or again; its id."""
    names = ", ".join('"case"' if name == "case" else name for name in row)
    values = ", ".join(f":{'case_id' if name == 'case' else name}" for name in row)
    changed = ", ".join(f"{name} = excluded.{name}" for name in _KEPT)
    cursor = store.execute(
        f'INSERT INTO deadlines ({names}) VALUES ({values}) ON CONFLICT ("case", number) DO UPDATE SET {changed} RETURNING id',
        **{"case_id" if name == "case" else name: value for name, value in blanked(row).items()},
    )
    return int(cursor.fetchone()[0])


def cancel_timers(store: Store, deadline: int, at: datetime) -> None:
    """Take back what was still to happen on a clock."""
    store.execute(
        "UPDATE timers SET cancelled_at = :at"
        " WHERE deadline = :deadline AND fired_at IS NULL AND cancelled_at IS NULL",
        at=at, deadline=deadline,
    )  # fmt: skip


def change_task(store: Store, case: int, number: int, row: Row) -> None:
    """Write the columns in `row` of one task of a case."""
    settings = ", ".join(f"{name} = :{name}" for name in row)
    store.execute(
        f'UPDATE tasks SET {settings} WHERE "case" = :case_id AND number = :task_number',
        case_id=case, task_number=number, **blanked(row),
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


def workers_around(store: Store, area: int) -> list[tuple[str, str]]:
    """Account and full name of the active workers rostered anywhere in an area."""
    cursor = store.execute(
        "SELECT DISTINCT u.name, u.full_name FROM areas above"
        " JOIN areas g ON substr(g.path, 1, length(above.path)) = above.path"
        ' JOIN rosters r ON r.grid = g.id JOIN users u ON u.id = r."user"'
        " WHERE above.id = :area AND u.active AND u.role = 'worker' ORDER BY u.name",
        area=area,
    )
    return [(str(name), str(full_name)) for name, full_name in cursor.fetchall()]


def handlers_of(store: Store, offices: Sequence[int]) -> list[tuple[str, str]]:
    """Account and full name of the active handlers who work in any of the offices."""
    listed, parameters = in_list("office", offices)
    cursor = store.execute(
        'SELECT DISTINCT u.name, u.full_name FROM users u JOIN user_offices o ON o."user" = u.id'
        f" WHERE o.office IN {listed} AND u.active AND u.role = 'handler' ORDER BY u.name",
        **parameters,
    )
    return [(str(name), str(full_name)) for name, full_name in cursor.fetchall()]


def name_users(store: Store, users: Sequence[int]) -> dict[int, str]:
    """Full names by id."""
    listed, parameters = in_list("user", users)
    rows = fetch(store.execute(f"SELECT id, full_name FROM users WHERE id IN {listed}", **parameters))
    return {row["id"]: row["full_name"] for row in rows}
