"""Callers and cases as the pure core sees them: an actor, the situation, and the offices a case is routed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gewu_platform.core.clocks import late
from gewu_platform.core.duties import SYSTEM_ROLE
from gewu_platform.core.lifecycle import Actor, Situation
from gewu_platform.core.projection import main_clock
from gewu_platform.core.routing import Offices, Routing, alternatives, index_offices, route
from gewu_platform.core.zones import to_local
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import CaseFile

SYSTEM_ACTOR = Actor(None, SYSTEM_ROLE)
"""Who takes the steps that nobody takes."""


def actor_of(caller: Caller) -> Actor:
    """The caller as the lifecycle sees them."""
    return Actor(caller.id, caller.role, caller.offices, caller.grids)


def situation_of(engine: Engine, case: CaseFile, at: datetime) -> Situation:
    """What deciding about `case` at `at` (naive UTC) takes besides its state."""
    main = main_clock(case.clocks, case.state.step)
    return Situation(
        today=to_local(at, engine.zone).date(),
        overdue=main is not None and late(main, at),
        limited=main is not None and main.step == "handle" and main.stage is None,
        late=case.fields["late"],
    )


def route_of(engine: Engine, case: CaseFile, avoid: frozenset[int] = frozenset()) -> Routing:
    """The offices the case's decision names, for its grid and as offices stand now. Inside a transaction.

    An office in `avoid` does not become the main one.
    """
    path = path_above(engine, case)
    wanted = case.decision["route"]
    handlers = alternatives(wanted["handler"], wanted.get("else", ()))
    return route(handlers, wanted["with"], wanted["under"], path, _offices(engine, path), avoid)


def routed_json(routing: Routing) -> dict[str, Any] | None:
    """Who was found for a finding, as its decision keeps it."""
    if routing.office is None:
        return None
    return {
        "handler": routing.handler,
        "office": routing.office,
        "assisting": list(routing.assisting),
        "supervising": routing.supervising,
        "missing": list(routing.missing),
    }


def assisting_offices(engine: Engine, case: CaseFile, office: int) -> tuple[int, ...]:
    """The offices of the co-handlers beside `office`, whoever is routed to. Inside a transaction."""
    path = path_above(engine, case)
    offices = _offices(engine, path)
    # Each name on its own, so that none is taken for the main office's.
    each = [
        route((), [name], None, path, offices, frozenset(offices.values()))
        for name in case.decision["route"]["with"]
    ]
    return tuple(dict.fromkeys(found for one in each for found in one.assisting if found != office))


def offices_above(engine: Engine, case: CaseFile) -> list[Row]:
    """Where a case may be sent: the active offices that stand at its grid or above it. Inside a transaction."""
    return reports.list_offices(engine.store, path_above(engine, case))


def path_above(engine: Engine, case: CaseFile) -> list[int]:
    """The ids of the areas of a case, from its grid up to the root. Inside a transaction."""
    return list(reversed(reports.area_path(engine.store, case.state.grid)))


def _offices(engine: Engine, path: list[int]) -> Offices:
    rows = reports.list_offices(engine.store, path)
    return index_offices((row["id"], row["department"], row["code"], row["area"]) for row in rows)
