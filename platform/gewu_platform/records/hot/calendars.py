"""Which calendar counts where, and which clocks a new version of one may move."""

from __future__ import annotations

from collections.abc import Sequence

from gewu_platform.records.hot.rows import in_list
from gewu_platform.records.store import Store


def area_calendar(store: Store, path: Sequence[int]) -> str | None:
    """The calendar of the nearest of the areas that has its own, the one farthest from the root; None without any."""
    listed, parameters = in_list("area", path)
    found = store.execute(
        f"SELECT calendar FROM areas WHERE id IN {listed} AND calendar <> '' ORDER BY length(path) DESC, id LIMIT 1",
        **parameters,
    ).fetchone()
    return str(found[0]) if found else None


def list_provisional_cases(store: Store, code: str, newest: str) -> list[int]:
    """Open cases with a clock that is provisional on an older version of the calendar `code` than `newest` (`cn@3`).

    Reads an index of open provisional clocks alone, whatever the size of the history.
    """
    rows = store.execute(
        'SELECT DISTINCT "case" FROM deadlines WHERE ended_at IS NULL AND provisional'
        " AND calendar LIKE :code ESCAPE '!' AND calendar <> :newest ORDER BY 1",
        code=_escaped(code) + "@%", newest=newest,
    )  # fmt: skip
    return [int(row[0]) for row in rows.fetchall()]


def list_calendars(store: Store) -> list[tuple[str, str]]:
    """Each calendar's code with its newest version."""
    rows = store.execute(
        "SELECT code, version FROM calendars WHERE id IN (SELECT max(id) FROM calendars GROUP BY code) ORDER BY code"
    )
    return [(str(code), str(version)) for code, version in rows.fetchall()]


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
