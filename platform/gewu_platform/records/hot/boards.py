"""The board in a few queries: every number of every department and town, who holds what is open, and how far it rose."""

from __future__ import annotations

from datetime import datetime

from gewu_platform.records.hot.case_filters import (
    AT_RISK,
    ESCALATED,
    LIMITED,
    ON_TIME,
    OPEN,
    OVERDUE,
    PARKED,
    PAUSED,
)
from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.records.store import Store

_CLOSED = "c.state = 'closed' AND c.closed_at >= :since AND c.closed_at < :until"
_HANDLED = f"{LIMITED} AND NOT c.exempt AND c.handled_at >= :since AND c.handled_at < :until"
_NUMBERS = {
    "open": OPEN,
    "overdue": OVERDUE,
    "at_risk": AT_RISK,
    "parked": PARKED,
    "escalated": f"{OPEN} AND {ESCALATED}",
    "closed": _CLOSED,
    "handled": _HANDLED,
    "on_time": f"{_HANDLED} AND {ON_TIME}",
}


_READ = ", ".join(f"c.{name}" for name in (
    "department", "town", "state", "escalated_to", "due_at", "warning_at", "paused_at", "closed_at", "handled_at",
    "handle_due_at", "late", "exempt",
))  # fmt: skip


def _counted(scope: str) -> str:
    """The cases of which any number speaks, open or closed since, each kind by its own index: none is closed before it is
    handled, so years of others are not read."""
    kinds = "c.closed_at IS NULL", "c.closed_at >= :since"
    return " UNION ALL ".join(f"SELECT {_READ} FROM cases c WHERE {scope} AND {kind}" for kind in kinds)


def _sum(test: str, name: str) -> str:
    return f"sum(CASE WHEN {test} THEN 1 ELSE 0 END) AS {name}_count"


def count_board(
    store: Store, scope: str, scope_values: Row, now: datetime, since: datetime, until: datetime
) -> list[Row]:
    """What is open now and how it stands; closed, handled and handled on time in [since, until), by department and town.

    Handled are those with a limit that are not exempt from the figures.
    """
    sums = ", ".join(_sum(test, name) for name, test in _NUMBERS.items())
    return fetch(
        store.execute(
            f"SELECT c.department, c.town, w.name AS town_name, {sums}"
            f" FROM ({_counted(scope)}) c LEFT JOIN areas w ON w.id = c.town"
            " GROUP BY c.department, c.town, w.name ORDER BY c.department, c.town",
            now=now, since=since, until=until, **scope_values,
        )
    )  # fmt: skip


def count_holders(store: Store, scope: str, scope_values: Row, now: datetime) -> list[Row]:
    """Open cases by who has them: an office while it handles, else the step (`asked`: it waits for a check).

    `oldest_at` is since when the one waits that waits longest.
    """
    office = "CASE WHEN c.step = 'handle' THEN c.office END"
    asked = f"CASE WHEN c.step <> 'handle' AND {PAUSED} THEN 1 ELSE 0 END"
    return fetch(
        store.execute(
            f"SELECT h.step, h.office, h.asked, o.title AS office_title, h.open_count, h.overdue_count, h.oldest_at FROM ("
            f"SELECT c.step, {office} AS office, {asked} AS asked, count(*) AS open_count, {_sum(OVERDUE, 'overdue')},"
            " min(coalesce(c.started_at, c.opened_at)) AS oldest_at"
            f" FROM cases c WHERE {scope} AND {OPEN} GROUP BY c.step, {office}, {asked}"
            ") h LEFT JOIN offices o ON o.id = h.office"
            " ORDER BY h.overdue_count DESC, h.oldest_at, h.step, h.office",
            now=now, **scope_values,
        )
    )  # fmt: skip


def count_ladder(store: Store, scope: str, scope_values: Row) -> dict[str, int]:
    """Open cases by the tier they were escalated to."""
    cursor = store.execute(
        f"SELECT c.escalated_to, count(*) FROM cases c WHERE {scope} AND {OPEN} AND {ESCALATED}"
        " GROUP BY c.escalated_to",
        **scope_values,
    )
    return {str(tier): int(number) for tier, number in cursor.fetchall()}
