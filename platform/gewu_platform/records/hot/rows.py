"""Rows of set-based statements as plain mappings, the same from both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from gewu_platform.records.store import Store, moment

Row = dict[str, Any]

_RESERVED = frozenset({"case", "user"})
_BLANK_IS_NONE = frozenset(
    {
        "step",
        "severity",
        "escalated_to",
        "stage",
        "tier",
        "role",
        "visit_submission",
        "area_class",
        "closed_as",
        "note",
        "result",
        "answer",
    }
)
_TRUTHS = frozenset({"provisional", "active", "late", "exempt"})


def fetch(cursor: Any) -> list[Row]:
    """Every row by column name: times as datetimes, days as dates, an empty text that means nothing as None."""
    readers = [(column[0], _reader(column[0])) for column in cursor.description]
    return [
        {
            name: value if read is None else read(value)
            for (name, read), value in zip(readers, row, strict=True)
        }
        for row in cursor.fetchall()
    ]


def fetch_one(cursor: Any) -> Row | None:
    """The first row, or None."""
    found = fetch(cursor)
    return found[0] if found else None


def insert(store: Store, table: str, row: Mapping[str, Any]) -> int:
    """Insert one row; the id it was given."""
    cursor = store.execute(_insert_sql(table, tuple(row), True), **blanked(row))
    return int(cursor.fetchone()[0])


def insert_many(store: Store, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    listed = [blanked(row) for row in rows]
    if listed:
        store.execute_many(_insert_sql(table, tuple(listed[0]), False), listed)


def update(store: Store, table: str, key: int, row: Mapping[str, Any]) -> None:
    """Set the columns in `row` of the row whose id is `key`."""
    settings = ", ".join(f"{_quoted(name)} = :{name}" for name in row)
    store.execute(f"UPDATE {table} SET {settings} WHERE id = :key", key=key, **blanked(row))


def in_list(name: str, values: Iterable[object]) -> tuple[str, Row]:
    """`(:name_0, :name_1 …)` and its parameters; an empty list is `(NULL)`, in which nothing is."""
    parameters: Row = {f"{name}_{number}": value for number, value in enumerate(values)}
    return "(" + (", ".join(f":{key}" for key in parameters) or "NULL") + ")", parameters


def blanked(row: Mapping[str, Any]) -> Row:
    """The row as texts that are never NULL keep it: None is an empty one."""
    return {name: "" if value is None and name in _BLANK_IS_NONE else value for name, value in row.items()}


@lru_cache(maxsize=64)
def _insert_sql(table: str, columns: tuple[str, ...], returning: bool) -> str:
    names = ", ".join(_quoted(name) for name in columns)
    values = ", ".join(f":{name}" for name in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({values})" + (" RETURNING id" if returning else "")


def _quoted(name: str) -> str:
    return f'"{name}"' if name in _RESERVED else name


@lru_cache(maxsize=256)
def _reader(name: str) -> Any:
    if name.endswith("_at"):
        return moment
    if name.endswith("_on") or name == "parked_until":
        return _day
    if name in _BLANK_IS_NONE:
        return _text
    return bool if name in _TRUTHS else None


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _text(value: Any) -> str | None:
    return value or None
