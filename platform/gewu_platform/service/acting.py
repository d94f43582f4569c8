"""Callers and cases as the pure core sees them: an actor, and the office a case is routed to."""

from __future__ import annotations

from gewu_platform.core.lifecycle import Actor
from gewu_platform.core.routing import Routed, index_offices, resolve
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.casework import CaseFile
from gewu_platform.service.engine import Engine


def actor_of(caller: Caller) -> Actor:
    """The caller as the lifecycle sees them."""
    return Actor(caller.id, caller.role, caller.offices, caller.grids)


def route_of(engine: Engine, case: CaseFile, avoid: frozenset[int] = frozenset()) -> Routed | None:
    """The office the case's decision names, for its grid and as offices stand now. Inside a transaction."""
    path = _path_above(engine, case)
    rows = reports.list_offices(engine.store, path)
    index = index_offices((row["id"], row["department"], row["code"], row["area"]) for row in rows)
    route = case.decision["route"]
    return resolve([name for name in (route["handler"], *route.get("else", ())) if name], path, index, avoid)


def offices_above(engine: Engine, case: CaseFile) -> list[Row]:
    """Where a case may be sent: the active offices that stand at its grid or above it. Inside a transaction."""
    return reports.list_offices(engine.store, _path_above(engine, case))


def _path_above(engine: Engine, case: CaseFile) -> list[int]:
    grid = reports.find_area(engine.store, case.state.grid)
    return [int(part) for part in reversed(str(grid["path"]).strip("/").split("/"))] if grid else []
