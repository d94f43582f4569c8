"""A month of made-up history: reports, and people moving their cases through the loop with ordinary delays.

Everything goes through the same use cases as on any other day; only the clock is set. What would happen after the
present is left undone, so the town wakes up with cases in every state.
"""

from __future__ import annotations

import heapq
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from gewu_admin.demo.geography import point_in
from gewu_admin.demo.pictures import make_photo
from gewu_admin.demo.sheets import fill_sheet
from gewu_admin.demo.town import Town
from gewu_dsl.model import ATTACHED, Item
from gewu_platform.core.zones import to_utc
from gewu_platform.service import (
    attachments,
    cases,
    handling,
    notices,
    people,
    publishing,
    reporting,
    sweeping,
    visits,
)
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.views import CaseView, VisitRow

DAYS = 30
EVENTS_A_DAY = 8
VISITS_A_DAY = 10
DILIGENT = ("worker1", "worker2")
"""Workers who make every visit on its day …"""
BEHIND = timedelta(days=2)
"""… but for the last few, so that they have something to do on whatever day, Sundays too, the town is made."""
FORGOTTEN = 0.015
"""How often somebody simply does not take the next step: what the ladder of escalations is for."""
JUST_NOW = 12
"""Reports of the last minutes, so that the centre's queue is not empty at whatever hour the town is made."""

Action = Callable[[], None]


@dataclass
class Clock:
    """A clock that only the simulation sets."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@dataclass(order=True)
class Planned:
    """Something that will be done at a moment; `order` keeps what was planned first first."""

    at: datetime
    order: int
    act: Action = field(compare=False)


class Month:
    """The running simulation. `random_` decides everything, so the same seed tells the same story."""

    def __init__(self, engine: Engine, town: Town, random_: random.Random, until: datetime) -> None:
        self.clock = Clock(until - timedelta(days=DAYS))
        self.engine = replace(engine, now=self.clock)
        self.town = town
        self.random = random_
        self.until = until
        self.agenda: list[Planned] = []
        self.planned = 0
        self.callers = {account.name: people.caller_named(engine, account.name) for account in town.accounts}
        self.handlers = {
            office: each
            for each in self.callers.values()
            if each.role == "handler"
            for office in each.offices
        }
        self.workers = {
            grid: each for each in self.callers.values() if each.role == "worker" for grid in each.grids
        }
        self.photos = [make_photo(random_) for _ in range(24)]

    def plan(self, at: datetime, act: Action) -> None:
        """Put something on the agenda, unless it lies beyond the present."""
        if at < self.until:
            self.planned += 1
            heapq.heappush(self.agenda, Planned(max(at, self.clock.moment), self.planned, act))

    def run(self, progress: Callable[[float], None]) -> None:
        """Do what is on the agenda, in order."""
        began = self.clock.moment
        while self.agenda:
            next_ = heapq.heappop(self.agenda)
            if next_.at.date() != self.clock.moment.date():
                progress((next_.at - began) / (self.until - began))
            self.clock.moment = next_.at
            next_.act()
        self.clock.moment = self.until
        self.sweep()

    def sweep(self) -> None:
        sweeping.sweep(self.engine, self.clock.moment)
        notices.drain_outbox(self.engine)

    # Reports

    def report(self, item: Item, worker: Caller, place: str | None, *, calm: float) -> None:
        """One filled form, photographs first, and what becomes of its cases."""
        published = publishing.published_item(self.engine, item.name)
        context = reporting.form_context(self.engine, worker, item.name, place)
        today = self.clock.moment.date()
        answers = fill_sheet(published.rules, context, self.random, calm=calm, until=today)
        if answers is None:
            return
        uuid = str(UUID(int=self.random.getrandbits(128), version=4))
        body: dict[str, object] = {"item": item.name, "version": published.version}
        for question in item.questions:
            if question.type in ATTACHED and question.name in answers:
                answers[question.name] = self._attach(worker, uuid, question.name, answers[question.name])
        if place is not None:
            body["place"] = place
        else:
            grid = next(each for each in self.town.geography.grids if each.id in worker.grids)
            lon, lat = point_in(grid, self.random)
            body["location"] = {"lon": lon, "lat": lat}
        try:
            receipt, _ = reporting.submit_report(self.engine, worker, uuid, {**body, "answers": answers})
        except Problem as problem:
            if problem.code != "invalid-answers":
                raise
            return
        for case in receipt.cases:
            self.follow(cases.read_case(self.engine, SYSTEM, case.id))

    def _attach(self, caller: Caller, uuid: str, question: str, count: int) -> list[str]:
        names = []
        for number in range(count):
            name = f"{question}-{number + 1}.jpg"
            attachments.store_file(self.engine, caller, uuid, name, self._photo(self.photos[::2]))
            names.append(name)
        return names

    def _photo(self, pool: Sequence[bytes]) -> io.BytesIO:
        """One of `pool`: what shows a finding is never what proves that it was handled."""
        return io.BytesIO(self.random.choice(pool))

    # The loop

    def follow(self, view: CaseView) -> None:
        """Plan whatever the case waits for next."""
        step = NEXT.get(view.row.state)
        if step is None or self.random.random() < FORGOTTEN:
            return
        self.plan(self.clock.moment + self._delay(view), lambda: self._take(view, step))

    def _delay(self, view: CaseView) -> timedelta:
        """Mostly well within the limit, now and then beyond it."""
        due, since = view.row.due_at, view.row.started_at
        if view.row.state == "returned":
            return timedelta(hours=self.random.randrange(2, 96))
        if due is None or since is None:
            return timedelta(minutes=self.random.randrange(5, 240))
        share = self.random.betavariate(2, 3.2) * 1.35
        parts = 2 if view.row.state in ("dispatched", "handling") else 1
        return (due - since) * share / parts

    def _take(self, view: CaseView, step: str) -> None:
        command, arguments = self._choose(view, step)
        person = self._person(view, command)
        if person is None:
            return
        if command in ("handle", "close") and view.closing is not None:
            arguments["evidence"] = self._evidence(view, person)
        try:
            after = handling.run_command(self.engine, person, view.row.id, command, arguments)
        except Problem as problem:
            if problem.code not in ("not-allowed", "not-possible-now"):
                raise
            return
        self.follow(after)

    def _choose(self, view: CaseView, step: str) -> tuple[str, dict[str, object]]:
        """The usual step, or one of the side ways with its reason."""
        luck = self.random.random()
        if step == "accept" and luck < 0.04:
            return "refuse", {"reason": "照片看不清，无法确认问题"}
        if step == "handle" and view.row.reworks == 0 and luck < 0.09:
            return "return", {"reason": "不属于本机构职责，产权单位另有其人"}
        if step == "verify" and view.row.reworks == 0 and luck < 0.12:
            return "rework", {"reason": "现场复查仍有残留，未恢复"}
        if view.row.state == "returned" and luck < 0.35:
            return "void", {"reason": "现场核实不属于网格事项，已另行告知"}
        if step == "dispatch":
            options = cases.read_case(self.engine, self.callers["dispatcher1"], view.row.id).offices
            elsewhere = not any(option.routed for option in options)
            return "dispatch", {"office": self.random.choice(options).id} if elsewhere and options else {}
        if step == "handle":
            return "handle", {
                "note": self.random.choice(("已到场处置", "已整改到位", "已联系责任人并完成整改"))
            }
        return step, {}

    def _person(self, view: CaseView, command: str) -> Caller | None:
        if command in ("handle", "confirm", "return"):
            return self.handlers.get(view.row.office) if view.row.office is not None else None
        if command in ("verify", "rework"):
            return self.workers.get(view.row.grid)
        return self.callers["dispatcher1" if command == "dispatch" else "acceptor1"]

    def _evidence(self, view: CaseView, person: Caller) -> list[dict[str, str]]:
        evidence: list[dict[str, str]] = []
        for line in view.closing.lines if view.closing else ():
            if line.kind == "note":
                continue
            kind = line.kind + (f":{line.by}" if line.by else "")
            for number in range(line.needed - line.have):
                name = f"{kind.replace(':', '-')}-{number + 1}.jpg"
                stored = attachments.store_evidence(
                    self.engine, person, view.row.id, name, self._photo(self.photos[1::2])
                )
                evidence.append({"kind": kind, "name": name, "sha256": stored.sha256})
        return evidence


NEXT = {
    "reported": "accept",
    "accepted": "file",
    "filed": "dispatch",
    "returned": "dispatch",
    "dispatched": "handle",
    "handling": "confirm",
    "handled": "verify",
    "verified": "close",
}
"""The main way: from a state to the command that leads on."""


def live_through(engine: Engine, town: Town, seed: int, progress: Callable[[float], None]) -> None:
    """Simulate the month that ends now; `progress` is told its share that has passed."""
    until = engine.now()
    month = Month(engine, town, random.Random(seed * 7919 + 1), until)
    for moment in _months_between(until - timedelta(days=DAYS), until):
        visits.plan_month(month.engine, SYSTEM, moment)
    for back in range(DAYS, -1, -1):
        _plan_day(month, (until - timedelta(days=back)).date())
    for _ in range(JUST_NOW):
        _plan_event(month, until - timedelta(seconds=month.random.randrange(30, 900)))
    month.run(progress)


def _months_between(start: datetime, end: datetime) -> list[str]:
    return sorted({start.strftime("%Y-%m"), end.strftime("%Y-%m")})


def _plan_day(month: Month, day: date) -> None:
    """What the workers will meet with on one day: visits that are due, and events on the way."""
    for _ in range(EVENTS_A_DAY):
        _plan_event(month, _in_working_hours(month, day))
    month.plan(
        to_utc(datetime.combine(day, time(7, 30)), month.engine.zone), lambda: _plan_visits(month, day)
    )
    for hour in (9, 11, 14, 16, 18):
        month.plan(to_utc(datetime.combine(day, time(hour, 1)), month.engine.zone), month.sweep)


def _plan_event(month: Month, at: datetime) -> None:
    """Somebody comes across something that is reported wherever it is met."""
    events = [item for item in _items(month) if not item.kinds]
    if events:
        worker = month.random.choice(list(month.workers.values()))
        item = month.random.choice(events)
        month.plan(at, lambda: month.report(item, worker, None, calm=0.3))


def _items(month: Month) -> list[Item]:
    return [month.engine.catalogue.items[name].item for name in sorted(month.engine.catalogue.items)]


def _plan_visits(month: Month, day: date) -> None:
    """The visits that are made on a day: all that are due to the diligent, some of everybody else's."""
    for account in DILIGENT:
        worker = month.callers[account]
        for visit in _due(month, worker, day) if day < month.until.date() - BEHIND else ():
            _plan_visit(month, worker, visit, day)
    others = [
        worker for name, worker in month.callers.items() if worker.role == "worker" and name not in DILIGENT
    ]
    due = [
        (worker, visit) for worker in month.random.sample(others, 10) for visit in _due(month, worker, day)
    ]
    for worker, visit in month.random.sample(due, min(VISITS_A_DAY, len(due))):
        _plan_visit(month, worker, visit, day)


def _due(month: Month, worker: Caller, day: date) -> list[VisitRow]:
    return [visit for visit in visits.visits_of(month.engine, worker, day) if visit.done_at is None]


def _plan_visit(month: Month, worker: Caller, visit: VisitRow, day: date) -> None:
    item = month.engine.catalogue.items[visit.item].item
    at = _in_working_hours(month, day)
    month.plan(at, lambda: month.report(item, worker, visit.place_code, calm=0.96))


def _in_working_hours(month: Month, day: date) -> datetime:
    minutes = month.random.choice(
        (month.random.randrange(8 * 60, 12 * 60), month.random.randrange(14 * 60, 18 * 60))
    )
    return to_utc(datetime.combine(day, time(minutes // 60, minutes % 60)), month.engine.zone)
