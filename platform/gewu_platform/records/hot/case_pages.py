"""What the page of one case reads beside its row: its tasks, and the cases and reports that became part of it."""

from __future__ import annotations

from collections.abc import Sequence

from gewu_platform.records.hot.rows import Row, fetch, in_list
from gewu_platform.records.store import Store


def number_cases(store: Store, cases: Sequence[int]) -> dict[int, str]:
    """The numbers of cases by id."""
    listed, parameters = in_list("other", cases)
    rows = fetch(store.execute(f"SELECT id, number FROM cases WHERE id IN {listed}", **parameters))
    return {row["id"]: row["number"] for row in rows}


def list_tasks(store: Store, case: int) -> list[Row]:
    """Everything anybody was ever asked within a case, in the order it was asked."""
    return fetch(
        store.execute(
            'SELECT t.*, o.title AS office_title FROM tasks t LEFT JOIN offices o ON o.id = t.office WHERE t."case" = :case_id'
            " ORDER BY t.number",
            case_id=case,
        )
    )


def list_joined(store: Store, case: int) -> list[Row]:
    """The cases that were merged into this one."""
    return fetch(
        store.execute("SELECT id, number FROM cases WHERE merged_into = :case_id ORDER BY id", case_id=case)
    )


def list_reports(store: Store, submissions: Sequence[str]) -> list[Row]:
    """Forms by id, with whoever sent them."""
    listed, parameters = in_list("form", submissions)
    return fetch(
        store.execute(
            'SELECT s.id, s.received_at, s.item, s.version, s.answers, u.full_name AS user_name FROM submissions s'
            f' LEFT JOIN users u ON u.id = s."user" WHERE s.id IN {listed} ORDER BY s.received_at, s.id',
            **parameters,
        )
    )  # fmt: skip


def find_title(store: Store, office: int | None) -> str | None:
    """The title of an office, None where there is none."""
    if office is None:
        return None
    row = store.execute("SELECT title FROM offices WHERE id = :office", office=office).fetchone()
    return None if row is None else str(row[0])


def list_every_office(store: Store, areas: Sequence[int]) -> list[Row]:
    """The offices that stand, or once stood, at any of the areas."""
    listed, parameters = in_list("area", areas)
    return fetch(
        store.execute(
            f"SELECT id, department, code, title, area, active FROM offices WHERE area IN {listed} ORDER BY id",
            **parameters,
        )
    )


def find_areas(store: Store, areas: Sequence[int]) -> dict[int, Row]:
    """Areas by id."""
    listed, parameters = in_list("area", areas)
    rows = fetch(store.execute(f"SELECT id, name, tier FROM areas WHERE id IN {listed}", **parameters))
    return {row["id"]: row for row in rows}
