"""Opening the cases of a report: one for each finding, through its automatic steps, with its clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from gewu_dsl.decision import DecidedFinding
from gewu_dsl.model import STEPS, Step
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.duties import STEP_OF, SYSTEM_ROLE, CommandName
from gewu_platform.core.lifecycle import Actor, Command, Event, decide, event_to_json, evolve, open_case
from gewu_platform.core.projection import CaseFields, moved, opened
from gewu_platform.core.routing import Routed, resolve
from gewu_platform.records.hot.rows import Row, insert
from gewu_platform.records.journal import Happening, canonical
from gewu_platform.service.announcing import announce
from gewu_platform.service.casework import keep_clocks
from gewu_platform.service.clockwork import Clock, calendar_name, foresee, start_step
from gewu_platform.service.engine import Engine
from gewu_platform.service.publishing import Published
from gewu_platform.service.replaying import evidence_to_json
from gewu_platform.service.report_sites import Site, hidden_attributes
from gewu_platform.service.views import ReceiptCase

SYSTEM_ACTOR = Actor(None, SYSTEM_ROLE)


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


@dataclass(frozen=True, slots=True)
class _Course:
    """A case through its automatic steps: its columns now, each event with the clocks it started, the clocks running."""

    fields: CaseFields
    first: list[Clock]
    steps: list[tuple[Event, list[Clock]]]


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


def _open(
    engine: Engine, opening: Opening, decided: DecidedFinding, ordinal: int
) -> tuple[ReceiptCase, list[Happening]]:
    decision = _masked(engine, opening, decided.to_json())
    site = opening.site
    handlers = [name for name in (decided.route.handler, *decided.route.fallbacks) if name]
    routed = resolve(handlers, site.path, site.offices)
    decision["routed"] = {"handler": routed.handler, "office": routed.office} if routed else None
    fixed = _fixed(opening, decided, decision, f"{opening.number}-{ordinal}")
    course = _run(engine, opening, decided, decision, routed)
    case = insert(engine.store, "cases", {**fixed, **course.fields})
    running = course.steps[-1][1] if course.steps else course.first
    keep_clocks(engine, case, course.fields["office"], fixed["calendar"], running)
    announce(engine.store, {"id": case, **fixed, **course.fields}, None, opening.at)
    now = cast(Step | None, course.fields["step"] if course.fields["step"] in STEPS else None)
    ahead = STEPS[STEPS.index(now) :] if now else ()
    line = ReceiptCase(
        case, fixed["number"], decided.name, decided.title, decided.severity, routed.handler if routed else None,
        site.titles[routed.office] if routed else None, course.fields["state"],
        foresee(engine, opening.calendar, _by_people(opening, decided, ahead), decision, opening.at),
    )  # fmt: skip
    return line, _entries(opening, decided, case, fixed, course)


def _run(
    engine: Engine, opening: Opening, decided: DecidedFinding, decision: dict[str, Any], routed: Routed | None
) -> _Course:
    finding = opening.published.item.finding(decided.name)
    state = open_case(
        opening.reporter, opening.site.grid["id"], decided.closing.evidence if decided.closing else ()
    )

    def clocks(step: str | None) -> list[Clock]:
        if step not in STEPS or step in finding.automatic:
            return []
        return start_step(engine, opening.calendar, step, decision, finding.ladder, opening.at)

    first = clocks("accept")
    fields = opened(opening.at, [clock.start for clock in first])
    steps: list[tuple[Event, list[Clock]]] = []
    while STEP_OF[state.state] in finding.automatic and STEP_OF[state.state] in (
        "accept",
        "file",
        "dispatch",
    ):
        name = cast(CommandName, STEP_OF[state.state])
        if name == "dispatch" and routed is None:
            break
        (event,) = decide(state, Command(name, SYSTEM_ACTOR, office=routed.office if routed else None))
        state = evolve(state, event)
        started = clocks(STEP_OF.get(state.state))
        fields = moved(fields, state, opening.at, event.kind, [clock.start for clock in started])
        steps.append((event, started))
    return _Course(fields, first, steps)


def _entries(
    opening: Opening, decided: DecidedFinding, case: int, fixed: Row, course: _Course
) -> list[Happening]:
    subject = f"case:{case}"
    needs = evidence_to_json(decided.closing.evidence if decided.closing else ())
    body = {"case": fixed, "needs": needs, "clocks": [clock.start.to_json() for clock in course.first]}
    return [Happening(opening.reporter, "reported", subject, body)] + [
        Happening(
            None, event.kind, subject,
            {"event": event_to_json(event), "clocks": [clock.start.to_json() for clock in clocks]},
        )
        for event, clocks in course.steps
    ]  # fmt: skip


def _fixed(opening: Opening, decided: DecidedFinding, decision: dict[str, Any], number: str) -> Row:
    item, site = opening.published.item, opening.site
    return {
        "number": number, "submission": opening.submission, "item": item.name, "version": opening.published.version,
        "department": item.department, "finding": decided.name, "title": decided.title, "severity": decided.severity,
        "grid": site.grid["id"], "village": site.area_at("village"), "town": site.area_at("town"),
        "county": site.area_at("county"), "place": site.place["id"] if site.place else None,
        "reporter": opening.reporter, "decision": canonical(decision),
        "calendar": calendar_name(opening.calendar),
    }  # fmt: skip


def _masked(engine: Engine, opening: Opening, decision: dict[str, Any]) -> dict[str, Any]:
    """The decision without what its trace saw of private answers and attributes: it is read by more people than they are."""
    private = {question.name for question in opening.published.item.questions if question.private}
    private |= {f"place.{name}" for name in hidden_attributes(engine, opening.site)}
    for reason in decision["trace"] if private else ():
        reason["saw"] = {name: "***" if name in private else value for name, value in reason["saw"].items()}
    return decision


def _by_people(opening: Opening, decided: DecidedFinding, steps: Sequence[Step]) -> list[Step]:
    automatic = opening.published.item.finding(decided.name).automatic
    return [step for step in steps if step not in automatic]
