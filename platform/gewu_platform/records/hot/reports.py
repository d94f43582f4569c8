"""What a report reads before it is decided, and the rows it leaves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from gewu_platform.records.hot.rows import Row, fetch, fetch_one, in_list, insert_many
from gewu_platform.records.store import Store, moment


def find_submission(store: Store, uuid: str) -> Row | None:
    """The stored form, or None."""
    return fetch_one(store.execute("SELECT * FROM submissions WHERE id = :uuid", uuid=uuid))


def keep_receipt(store: Store, uuid: str, receipt: str) -> None:
    """Write the receipt of a form that is stored already."""
    store.execute("UPDATE submissions SET receipt = :receipt WHERE id = :uuid", receipt=receipt, uuid=uuid)


def find_place(store: Store, code: str) -> Row | None:
    """The active place of that code, or None."""
    return fetch_one(store.execute("SELECT * FROM places WHERE code = :code AND active", code=code))


def path_ids(path: str) -> tuple[int, ...]:
    """The areas that a stored path `/1/4/9/` names, from the root down."""
    return tuple(int(part) for part in path.strip("/").split("/"))


def area_path(store: Store, area: int) -> tuple[int, ...]:
    """The areas from the root down to this one; none where there is no such area."""
    found = find_area(store, area)
    return path_ids(str(found["path"])) if found else ()


def find_areas(store: Store, path: str) -> list[Row]:
    """The areas of a path `/1/4/9/`, from the last (the smallest) to the root."""
    ids = path_ids(path)
    listed, parameters = in_list("area", ids)
    rows = fetch(
        store.execute(
            f"SELECT id, code, name, tier, kind, area_class, path FROM areas WHERE id IN {listed}",
            **parameters,
        )
    )
    return sorted(rows, key=lambda row: -ids.index(row["id"]))


def find_grid_by_code(store: Store, code: str) -> Row | None:
    """The grid of that code, or None."""
    return fetch_one(
        store.execute("SELECT id, path FROM areas WHERE code = :code AND tier = 'grid'", code=code)
    )


def find_area(store: Store, area: int) -> Row | None:
    """One area, or None."""
    return fetch_one(
        store.execute("SELECT id, code, name, tier, path FROM areas WHERE id = :area", area=area)
    )


def list_polygons(store: Store, grids: Sequence[int]) -> list[Row]:
    """Those of the grids that have a polygon."""
    listed, parameters = in_list("grid", grids)
    return fetch(
        store.execute(
            f"SELECT id, code, path, polygon FROM areas WHERE id IN {listed} AND polygon <> '' ORDER BY id",
            **parameters,
        )
    )


def list_offices(store: Store, areas: Sequence[int]) -> list[Row]:
    """The active offices that stand at any of the areas."""
    listed, parameters = in_list("area", areas)
    return fetch(
        store.execute(
            f"SELECT id, department, code, title, area FROM offices WHERE active AND area IN {listed} ORDER BY id",
            **parameters,
        )
    )


def count_open_cases(store: Store, place: int) -> int:
    """Cases at the place that are not final yet."""
    cursor = store.execute(
        "SELECT count(*) FROM cases WHERE place = :place AND closed_at IS NULL", place=place
    )
    return int(cursor.fetchone()[0])


def count_cases(store: Store, place: int, until: datetime, days: int) -> int:
    """Cases opened at the place in the `days` before `until`."""
    cursor = store.execute(
        "SELECT count(*) FROM cases WHERE place = :place AND opened_at > :since AND opened_at <= :until",
        place=place, since=until - timedelta(days=days), until=until,
    )  # fmt: skip
    return int(cursor.fetchone()[0])


def count_visits(store: Store, place: int, until: datetime, days: int) -> int:
    """Visits paid to the place in the `days` before `until`."""
    cursor = store.execute(
        "SELECT count(*) FROM visits WHERE place = :place AND done_at > :since AND done_at <= :until",
        place=place, since=until - timedelta(days=days), until=until,
    )  # fmt: skip
    return int(cursor.fetchone()[0])


def list_uploads(store: Store, uuid: str) -> list[Row]:
    """The files put under a form's id, by name."""
    return fetch(
        store.execute(
            'SELECT a.name, a."user" AS user_id, a.file AS sha256, f.media_type'
            " FROM attachments a JOIN stored_files f ON f.sha256 = a.file WHERE a.submission = :uuid ORDER BY a.name",
            uuid=uuid,
        )
    )


def list_planned_visits(store: Store, place: int, item: str, month: str) -> list[Row]:
    """The visits of the place for the item in the month that nobody has paid yet."""
    return fetch(
        store.execute(
            "SELECT id, planned_on FROM visits"
            " WHERE place = :place AND month = :month AND item = :item AND done_at IS NULL ORDER BY planned_on, ordinal",
            place=place, month=month, item=item,
        )
    )  # fmt: skip


def complete_visit(store: Store, visit: int, at: datetime, uuid: str) -> None:
    """Mark a visit as paid by the form `uuid`."""
    store.execute(
        "UPDATE visits SET done_at = :at, submission = :uuid WHERE id = :visit", at=at, uuid=uuid, visit=visit
    )


def head(store: Store) -> int:
    """The number of the journal's last entry."""
    return int(store.execute("SELECT seq FROM journal_head WHERE id = 1").fetchone()[0])


def newest_calendar(store: Store, code: str) -> str | None:
    """The version of the calendar `code` that was written last, or None."""
    found = store.execute(
        "SELECT version FROM calendars WHERE code = :code ORDER BY id DESC LIMIT 1", code=code
    ).fetchone()
    return str(found[0]) if found else None


def find_calendar(store: Store, code: str, version: str) -> str | None:
    """One version of a calendar as JSON text, or None."""
    found = store.execute(
        "SELECT body FROM calendars WHERE code = :code AND version = :version", code=code, version=version
    ).fetchone()
    return str(found[0]) if found else None


def insert_submission(store: Store, row: Row) -> None:
    """Keep one filled form."""
    insert_many(store, "submissions", [row])


def name_offices(store: Store, offices: Sequence[int]) -> dict[int, str]:
    """Titles by id."""
    listed, parameters = in_list("office", offices)
    rows = fetch(store.execute(f"SELECT id, title FROM offices WHERE id IN {listed}", **parameters))
    return {row["id"]: row["title"] for row in rows}


def list_submissions(store: Store, user: int, limit: int) -> list[Row]:
    """The forms somebody sent, the newest first."""
    return fetch(
        store.execute(
            "SELECT s.id, s.item, s.version, s.decision, s.receipt, s.received_at, p.name AS place_name"
            " FROM submissions s LEFT JOIN places p ON p.id = s.place"
            ' WHERE s."user" = :user ORDER BY s.received_at DESC, s.id LIMIT :limit',
            user=user, limit=limit,
        )
    )  # fmt: skip


def list_refusals(store: Store, cases: Sequence[int]) -> dict[int, str]:
    """The reason with which each of some cases was refused or voided."""
    listed, parameters = in_list("case", [f"case:{case}" for case in cases])
    rows = fetch(
        store.execute(
            f"SELECT subject, body FROM journal WHERE kind IN ('refused', 'voided') AND subject IN {listed} ORDER BY seq",
            **parameters,
        )
    )
    return {
        int(row["subject"].removeprefix("case:")): json.loads(row["body"])["event"].get("reason", "")
        for row in rows
    }


def list_items_in_use(store: Store) -> list[tuple[str, str]]:
    """Name and version of every item in use."""
    cursor = store.execute("SELECT item, version FROM item_versions WHERE retired_at IS NULL ORDER BY item")
    return [(str(item), str(version)) for item, version in cursor.fetchall()]


def list_usable_versions(store: Store, item: str, version: str | None) -> list[tuple[str, datetime | None]]:
    """The version of an item that is in use and the one asked for, each with when it was retired."""
    cursor = store.execute(
        "SELECT version, retired_at FROM item_versions"
        " WHERE item = :item AND (retired_at IS NULL OR version = :version)",
        item=item,
        version=version or "",
    )
    return [(str(found), moment(retired_at)) for found, retired_at in cursor.fetchall()]


def list_forms(store: Store, item: str) -> list[Row]:
    """Every form ever submitted for an item: id, answers and context, the oldest first."""
    return fetch(
        store.execute(
            "SELECT id, answers, context FROM submissions WHERE item = :item ORDER BY received_at, id",
            item=item,
        )
    )
