"""Which cases a caller sees: lists by filter, each within the caller's reach, and one case or a `not-found`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack, get_args

from gewu_platform.core.duties import OPEN
from gewu_platform.core.tasks import TaskKind
from gewu_platform.core.zones import from_offset
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.case_filters import either, permitted
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk.case_rows import case_row
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.reach import require_case
from gewu_platform.service.texts import is_storable
from gewu_platform.service.views import CaseRow


class Filters(TypedDict, total=False):
    """What cases may be filtered by; None is no filter.

    `town` 0 means: of no town. `overdue`: open and past the current step's due time; `at_risk`: open, not overdue, past its
    reminder; `paused`: open with its clock standing still; `late`: some office did not handle it in time; `on_time`:
    handled within the limit and not late; `exempt`: out of the figures after an appeal; `task`: a kind of task that the
    caller is asked and has not answered; `closed_*` and `handled_*` bound a period, naive UTC, the end not included.
    """

    state: str | None
    step: str | None
    department: str | None
    item: str | None
    severity: str | None
    escalated_to: str | None
    task: str | None
    office: int | None
    grid: int | None
    town: int | None
    place: int | None
    open: bool | None
    overdue: bool | None
    at_risk: bool | None
    on_time: bool | None
    parked: bool | None
    paused: bool | None
    escalated: bool | None
    late: bool | None
    exempt: bool | None
    closed_since: datetime | None
    closed_until: datetime | None
    handled_since: datetime | None
    handled_until: datetime | None


_NUMBERS = frozenset({"office", "grid", "town", "place", "after"})
_FLAGS = frozenset(
    {"overdue", "at_risk", "open", "on_time", "parked", "paused", "escalated", "late", "exempt"}
)
_MOMENTS = frozenset({"closed_since", "closed_until", "handled_since", "handled_until"})
FILTERS: frozenset[str] = frozenset(Filters.__annotations__) | {"after"}
"""The names of what may stand in the address of a list."""

TASK_KINDS: frozenset[str] = frozenset(get_args(TaskKind))

LARGEST_PAGE = 500


def list_cases(
    engine: Engine, caller: Caller, *, after: int | None = None, limit: int = 50, **filters: Unpack[Filters]
) -> list[CaseRow]:
    """The cases the caller may see that pass every filter given, what runs out first in front.

    With `after` (an id; 0 to begin) they come by id instead, page by page.
    """
    require(caller, "cases.list")
    task = filters.pop("task", None)
    asked = None if task is None else _asked_of(caller, task)
    wanted = {**filters, "asked": asked, "after": after}
    if filters.get("step") or filters.get("state") in OPEN:
        # So they are; said, it is what the indexes go by.
        wanted["open"] = True if filters.get("open") is None else filters["open"]
    now = engine.now()
    with engine.store.transaction():
        scope, values = _alternatives(engine, caller)
        rows = stored.list_cases(engine.store, wanted, scope, values, now, max(1, min(limit, LARGEST_PAGE)))
        return [case_row(engine, row, now) for row in rows]


def read_row(engine: Engine, caller: Caller, case: int) -> CaseRow:
    """One case as a list shows it; Problem not-found where it is not the caller's to see."""
    require(caller, "cases.list")
    now = engine.now()
    with engine.store.transaction():
        return case_row(engine, require_case(engine, caller, case), now)


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
    alternatives, values = _alternatives(engine, caller)
    return either(alternatives), values


def _alternatives(engine: Engine, caller: Caller) -> tuple[Sequence[str], Row]:
    if caller.role in ("system", "auditor"):
        return permitted(everything=True)
    if caller.role == "handler":
        return permitted(offices=sorted(caller.offices))
    if caller.role == "worker":
        return permitted(grids=sorted(caller.grids), reporter=caller.id)
    areas = [reports.find_area(engine.store, area) for area in sorted(caller.areas)]
    return permitted(paths=[str(area["path"]) for area in areas if area])


def _asked_of(caller: Caller, kind: str) -> dict[str, Any]:
    """Whom a task must be addressed to in order to be the caller's; who only looks on sees everybody's."""
    if caller.role in ("system", "auditor"):
        return {"kind": kind}
    if caller.role == "handler":
        return {"kind": kind, "offices": sorted(caller.offices) or [0]}
    return {
        "kind": kind,
        "role": caller.role,
        "grids": sorted(caller.grids) if caller.role == "worker" else None,
    }


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
    if not is_storable(text) or (name == "task" and text not in TASK_KINDS):
        raise ValueError(text)
    return text
