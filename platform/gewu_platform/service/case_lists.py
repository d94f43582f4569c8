"""Which cases a caller sees: lists by filter, each within the caller's reach, and one case or a `not-found`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gewu_platform.core.zones import from_offset
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.case_rows import case_row
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require, sees_case
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.texts import is_storable
from gewu_platform.service.views import CaseRow

_TEXTS = frozenset({"state", "step", "department"})
_NUMBERS = frozenset({"office", "grid", "town", "place", "after"})
_FLAGS = frozenset({"overdue", "at_risk", "open", "on_time"})
_MOMENTS = frozenset({"closed_since", "closed_until", "handled_since", "handled_until"})
FILTERS: frozenset[str] = _TEXTS | _NUMBERS | _FLAGS | _MOMENTS
"""What cases may be filtered by."""

LARGEST_PAGE = 500


def list_cases(
    engine: Engine, caller: Caller, *, state: str | None = None, step: str | None = None, office: int | None = None,
    grid: int | None = None, town: int | None = None, department: str | None = None, place: int | None = None,
    open: bool | None = None, overdue: bool | None = None, at_risk: bool | None = None, on_time: bool | None = None,
    closed_since: datetime | None = None, closed_until: datetime | None = None,
    handled_since: datetime | None = None, handled_until: datetime | None = None,
    after: int | None = None, limit: int = 50,
) -> list[CaseRow]:  # fmt: skip
    """The cases the caller may see that pass every filter given, what runs out first in front.

    With `after` (an id; 0 to begin) they come by id instead, page by page. `town` 0 means: of no town. `overdue`: open
    and past the current step's due time; `at_risk`: open, not overdue, past its reminder; `on_time`: handled within the
    limit; `closed_*` and `handled_*` bound a period, naive UTC, the end not included.
    """
    require(caller, "cases.list")
    filters = {
        "state": state, "step": step, "office": office, "grid": grid, "town": town, "department": department,
        "place": place, "open": open, "overdue": overdue, "at_risk": at_risk, "on_time": on_time,
        "closed_since": closed_since, "closed_until": closed_until, "handled_since": handled_since,
        "handled_until": handled_until, "after": after,
    }  # fmt: skip
    now = engine.now()
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        rows = stored.list_cases(engine.store, filters, scope, values, now, max(1, min(limit, LARGEST_PAGE)))
        return [case_row(engine, row, now) for row in rows]


def read_query(engine: Engine, query: Mapping[str, str]) -> dict[str, Any]:
    """`/cases?town=3&overdue=1` as arguments of `list_cases`; an empty value is no filter. Problem invalid-body."""
    found: dict[str, Any] = {}
    for name, text in query.items():
        if name not in FILTERS or text == "":
            continue
        try:
            found[name] = _read_filter(engine, name, text)
        except (ValueError, OverflowError):
            fault = Fault(name, "type", f"“{text}”不能作为筛选条件", f"“{text}” is no filter value")
            raise Problem("invalid-body", "筛选条件有误", "A filter cannot be read", (fault,)) from None
    return found


def scope_of(engine: Engine, caller: Caller) -> tuple[str, Row]:
    """Which cases are the caller's to see, as a condition on case `c`. Inside a transaction."""
    if caller.role in ("system", "auditor"):
        return stored.permitted(everything=True)
    if caller.role == "handler":
        return stored.permitted(offices=sorted(caller.offices))
    if caller.role == "worker":
        return stored.permitted(grids=sorted(caller.grids), reporter=caller.id)
    areas = [reports.find_area(engine.store, area) for area in sorted(caller.areas)]
    return stored.permitted(paths=[str(area["path"]) for area in areas if area])


def require_case(engine: Engine, caller: Caller, case: int) -> Row:
    """The listed row of a case the caller may see; Problem not-found otherwise, so that ids give nothing away."""
    row = stored.find_listed(engine.store, case) if case <= LARGEST_ID else None
    if row is not None:
        grid = reports.find_area(engine.store, row["grid"])
        path = [int(part) for part in str(grid["path"]).strip("/").split("/")] if grid else []
        if sees_case(caller, office=row["office"], path=path, reporter=row["reporter"]):
            return row
    raise not_found(f"案件 {case}", f"case {case}")


def _read_filter(engine: Engine, name: str, text: str) -> Any:
    if name in _NUMBERS:
        number = int(text)
        if not 0 <= number <= LARGEST_ID:
            raise ValueError(text)
        return number
    if name in _MOMENTS:
        return from_offset(text, engine.zone)
    if name in _FLAGS:
        if text not in ("0", "1", "true", "false"):
            raise ValueError(text)
        return text in ("1", "true")
    if not is_storable(text):
        raise ValueError("no database keeps this text")
    return text
