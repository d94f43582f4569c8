"""Steps that pass by themselves: those an item declares automatic, and those a department's presentation leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from gewu_dsl.model import Finding
from gewu_platform.core.duties import STEP_OF, CommandName
from gewu_platform.core.lifecycle import Command, Event, Refusal, decide, evolve
from gewu_platform.core.routing import Routing
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.acting import SYSTEM_ACTOR, route_of, situation_of
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.loop.presentations import presentation_of

PASSABLE: frozenset[str] = frozenset({"reported", "accepted", "filed", "verified"})
"""The states that may be left by themselves.

What was returned is not dispatched by itself: it would go straight back. What was settled on the spot is not closed by
itself: nobody but the one who settled it has looked at it yet.
"""


def automatic_steps(engine: Engine, department: str, finding: Finding) -> frozenset[str]:
    """The steps of a finding's cases that need no person."""
    return frozenset(finding.automatic) | presentation_of(engine, department).automatic


def follow(
    engine: Engine, case: CaseFile, events: Sequence[Event], at: datetime, routing: Routing | None = None
) -> list[Event]:
    """The automatic steps that `case` takes after `events`; one that lacks something waits for a person.

    Where it stays in its state there are none: what waits for a person goes on waiting, whatever else is said meanwhile.
    Without events it was just reported. `routing` is where it would be dispatched, None where that is still to be found
    out. Inside a transaction.
    """
    state = case.state
    for event in events:
        state = evolve(state, event)
    if events and state.state == case.state.state:
        return []
    automatic = automatic_steps(engine, case.fixed["department"], case.finding)
    situation = situation_of(engine, case, at)
    found: list[Event] = []
    while state.state in PASSABLE and (step := STEP_OF[state.state]) in automatic:
        command = Command(cast(CommandName, step), SYSTEM_ACTOR)
        if step == "dispatch":
            to = routing or route_of(engine, case, state.returned_by)
            command = replace(command, office=to.office, assisting=to.assisting)
        try:
            (event,) = decide(state, command, situation)
        except Refusal:
            break
        state = evolve(state, event)
        found.append(event)
    return found
