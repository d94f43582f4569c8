"""The board in one query: every number of every department and town."""

from __future__ import annotations

from datetime import datetime

from gewu_platform.records.hot.cases import AT_RISK, LIMITED, ON_TIME, OVERDUE
from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.records.store import Store

_CLOSED = "c.state = 'closed' AND c.closed_at >= :since AND c.closed_at < :until"
_HANDLED = f"{LIMITED} AND c.handled_at >= :since AND c.handled_at < :until"
_NUMBERS = {
    "open": "c.closed_at IS NULL",
    "overdue": OVERDUE,
    "at_risk": AT_RISK,
    "closed": _CLOSED,
    "handled": _HANDLED,
    "on_time": f"{_HANDLED} AND {ON_TIME}",
}


def count_board(
    store: Store, scope: str, scope_values: Row, now: datetime, since: datetime, until: datetime
) -> list[Row]:
    """Open, overdue, at risk now; closed, handled and handled on time in [since, until), by department and town."""
    sums = ", ".join(
        f"sum(CASE WHEN {test} THEN 1 ELSE 0 END) AS {name}_count" for name, test in _NUMBERS.items()
    )
    return fetch(
        store.execute(
            f"SELECT c.department, c.town, w.name AS town_name, {sums}"
            " FROM cases c LEFT JOIN areas w ON w.id = c.town"
            f" WHERE {scope} AND (c.closed_at IS NULL OR c.closed_at >= :since OR c.handled_at >= :since)"
            " GROUP BY c.department, c.town, w.name ORDER BY c.department, c.town",
            now=now, since=since, until=until, **scope_values,
        )
    )  # fmt: skip
