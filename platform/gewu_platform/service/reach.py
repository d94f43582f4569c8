"""Whether one case is the caller's to see. Lists ask the same as a condition: `desk.case_lists.scope_of`."""

from __future__ import annotations

from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot.reports import area_path
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import sees_case
from gewu_platform.service.problems import not_found


def require_case(engine: Engine, caller: Caller, case: int) -> Row:
    """The listed row of a case the caller may see; Problem not-found otherwise, so that ids give nothing away."""
    row = stored.find_listed(engine.store, case) if case <= LARGEST_ID else None
    if row is not None and sees(engine, caller, row):
        return row
    raise not_found(f"案件 {case}", f"case {case}")


def sees(engine: Engine, caller: Caller, row: Row) -> bool:
    """Whether a case (`id`, `grid`, `office`, `reporter`) is the caller's to see. Inside a transaction."""
    path = area_path(engine.store, row["grid"])
    helping = stored.list_helping(engine.store, row["id"]) if caller.role == "handler" else ()
    reporter = row["reporter"]
    if (
        caller.role == "worker"
        and caller.id is not None
        and stored.has_reported(engine.store, row["id"], caller.id)
    ):
        reporter = caller.id
    return sees_case(caller, office=row["office"], path=path, reporter=reporter, helping=helping)
