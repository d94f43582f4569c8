"""Opening the cases of a report: one for each finding, through its automatic steps, with its clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gewu_dsl.decision import DecidedFinding
from gewu_dsl.model import STEPS
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.lifecycle import open_case
from gewu_platform.core.projection import opened
from gewu_platform.core.routing import Routing, alternatives, route
from gewu_platform.records.hot.rows import Row, insert
from gewu_platform.records.journal import Happening, canonical
from gewu_platform.service.catalogue.publishing import Published
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import evidence_to_json
from gewu_platform.service.loop.acting import routed_json
from gewu_platform.service.loop.automatic_steps import automatic_steps, follow
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.loop.casework import Change, advance, keep_changes, keep_clock, tell
from gewu_platform.service.masking import masked_trace
from gewu_platform.service.reports.report_sites import Site, hidden_at
from gewu_platform.service.timing.clockwork import calendar_name, foresee, start_step_clocks
from gewu_platform.service.views import ReceiptCase


@dataclass(frozen=True, slots=True)
class Opening:
    """What the cases of one report share; `number` is what their own numbers begin with."""

    submission: str
    published: Published
    site: Site
    calendar: Calendar
    reporter: int
    at: datetime
    number: str


def open_cases(
    engine: Engine, opening: Opening, findings: Sequence[DecidedFinding]
) -> tuple[tuple[ReceiptCase, ...], list[Happening]]:
    """Open a case for each finding: their lines of the receipt, and what is to be entered into the journal.

    Inside a writing transaction.
    """
    opened_cases, happenings = [], list[Happening]()
    for ordinal, finding in enumerate(findings, 1):
        case, entries = _open(engine, opening, finding, ordinal)
        opened_cases.append(case)
        happenings += entries
    return tuple(opened_cases), happenings


def route_finding(decided: DecidedFinding, site: Site) -> Routing:
    """The offices that a finding goes to from `site`."""
    wanted = alternatives(decided.route.handler, decided.route.fallbacks)
    return route(wanted, decided.route.assisting, decided.route.supervising, site.path, site.offices)


def _open(
    engine: Engine, opening: Opening, decided: DecidedFinding, ordinal: int
) -> tuple[ReceiptCase, list[Happening]]:
    routing = route_finding(decided, opening.site)
    plain, hidden = decided.to_json(), hidden_at(engine, opening.site)
    trace = masked_trace(opening.published.item, hidden, plain["trace"])
    decision = {**plain, "trace": trace, "routed": routed_json(routing)}
    fixed = _fixed(opening, decided, decision, routing, f"{opening.number}-{ordinal}")
    reported = _report(opening, decided, decision, fixed)
    events = follow(engine, reported, (), opening.at, routing)
    first = () if events else tuple(start_step_clocks(
        engine, opening.calendar, str(reported.state.step), decision, opening.at, 1, None
    ))  # fmt: skip
    reported = replace(reported, fields=opened(opening.at, reported.state, first), clocks=first)
    changes = advance(engine, reported, events, opening.at)
    draft = changes[-1].case if changes else reported
    case = replace(draft, id=insert(engine.store, "cases", {**fixed, **draft.fields}))
    for clock in first:
        keep_clock(engine, case, clock, opening.at, begun=True)
    keep_changes(engine, case, changes, opening.at, {clock.number for clock in first})
    tell(engine, reported.state, case, events, opening.at)
    return _line(engine, opening, decided, case, routing), _entries(opening, decided, reported, case, changes)


def _report(opening: Opening, decided: DecidedFinding, decision: dict[str, Any], fixed: Row) -> CaseFile:
    """The case as it is when it was just reported, without its row and its clocks.

    What may be settled on the spot is first for the worker who stands there.
    """
    needs = decided.closing.evidence if decided.closing else ()
    on_site = decided.on_site is not None
    state = open_case(opening.reporter, fixed["grid"], needs, decided.severity, on_site)
    finding = opening.published.item.finding(decided.name)
    return CaseFile(
        0, fixed, opened(opening.at, state, ()), state, decision, opening.calendar, finding, opening.at
    )


def _line(
    engine: Engine, opening: Opening, decided: DecidedFinding, case: CaseFile, routing: Routing
) -> ReceiptCase:
    """What the receipt says about a case: where it goes, and by when."""
    due: dict[str, datetime] = {}
    step, at, ahead = case.state.step, opening.at, STEPS
    if step == "settle" and case.fields["due_at"] is not None:
        due["settle"] = at = case.fields["due_at"]
    elif step in STEPS:
        ahead = STEPS[STEPS.index(step) :]
    automatic = automatic_steps(engine, case.fixed["department"], case.finding)
    by_people = [name for name in ahead if name not in automatic]
    return ReceiptCase(
        case.id, case.fixed["number"], decided.name, decided.title, decided.severity, routing.handler,
        opening.site.titles[routing.office] if routing.office is not None else None, case.state.state,
        due | foresee(engine, opening.calendar, by_people, case.decision, at),
    )  # fmt: skip


def _entries(
    opening: Opening, decided: DecidedFinding, reported: CaseFile, case: CaseFile, changes: Sequence[Change]
) -> list[Happening]:
    subject = f"case:{case.id}"
    body = {
        "case": case.fixed,
        "needs": evidence_to_json(reported.state.needs),
        "severity": decided.severity,
        "on_site": decided.on_site is not None,
        "clocks": [clock.to_json() for clock in reported.clocks],
    }
    return [Happening(opening.reporter, "reported", subject, body)] + [
        Happening(None, change.event.kind, subject, change.body) for change in changes
    ]


def _fixed(
    opening: Opening, decided: DecidedFinding, decision: dict[str, Any], routing: Routing, number: str
) -> Row:
    item, site = opening.published.item, opening.site
    return {
        "number": number, "submission": opening.submission, "item": item.name, "version": opening.published.version,
        "department": item.department, "finding": decided.name, "title": decided.title, "severity": decided.severity,
        "grid": site.grid["id"], "village": site.area_at("village"), "town": site.area_at("town"),
        "county": site.area_at("county"), "place": site.place["id"] if site.place else None,
        "reporter": opening.reporter, "decision": canonical(decision),
        "calendar": calendar_name(opening.calendar), "supervising": routing.supervising,
    }  # fmt: skip
