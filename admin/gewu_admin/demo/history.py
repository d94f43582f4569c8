"""A month of made-up history: reports, and people moving their cases through the loop with ordinary delays.

Everything goes through the same use cases as on any other day; only the clock is set. What would happen after the
present is left undone, so the town wakes up with cases in every state.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from gewu_admin.demo.agenda import Agenda
from gewu_admin.demo.conduct import Conduct
from gewu_admin.demo.geography import point_in
from gewu_admin.demo.pictures import make_photo
from gewu_admin.demo.sheets import fill_sheet
from gewu_admin.demo.town import Town
from gewu_dsl.model import ATTACHED, Item
from gewu_platform.core.zones import to_utc
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments, reporting
from gewu_platform.service.telling import notices
from gewu_platform.service.timing import sweeping
from gewu_platform.service.town import people, places, visits
from gewu_platform.service.views import Receipt, VisitRow

DAYS = 30
EVENTS_A_DAY = 8
VISITS_A_DAY = 10
ORDERS_A_DAY = 2
"""Cases that the supervisor urges every morning, of those that are overdue."""
DILIGENT = ("worker1", "worker2")
"""Workers who make every visit on its day …"""
BEHIND = timedelta(days=2)
"""… but for the last few, so that they have something to do on whatever day, Sundays too, the town is made."""
SEEN_TWICE = 0.15
"""How often somebody else comes across the same event within two days …"""
ADDED = 0.6
"""… and adds to the case that is offered, instead of opening another one that an acceptor may then merge."""
JUST_NOW = 12
"""Reports of the last minutes, so that the centre's queue is not empty at whatever hour the town is made."""

ON_SITE = 16
"""Inspections of the last hour that find what may be put right on the spot, so that some of it is under way."""


@dataclass(frozen=True)
class Sighting:
    """An event as it was reported: what somebody else who comes across it sees again."""

    item: Item
    body: dict[str, Any]


class Month(Agenda):
    """The running simulation: reports as they come in; what becomes of their cases is the people's `conduct`."""

    def __init__(self, engine: Engine, town: Town, chance: random.Random, until: datetime) -> None:
        super().__init__(engine, chance, until - timedelta(days=DAYS), until)
        self.town = town
        self.callers = {account.name: people.caller_named(engine, account.name) for account in town.accounts}
        pictures = [make_photo(chance) for _ in range(24)]
        # What shows a finding is never what proves that it was handled.
        self.findings, proofs = pictures[::2], pictures[1::2]
        self.conduct = Conduct(self, town, self.callers, proofs)

    @property
    def workers(self) -> dict[int, Caller]:
        return self.conduct.workers

    def sweep(self) -> None:
        """What the clock sets off, told to everybody."""
        done = sweeping.sweep(self.engine, self.now)
        notices.drain_outbox(self.engine)
        if done.unsettled or done.resumed:
            self.conduct.follow_again()

    def report(self, item: Item, worker: Caller, place: str | None, *, calm: float) -> None:
        """One filled form, photographs first, and what becomes of its cases."""
        published = publishing.published_item(self.engine, item.name)
        context = reporting.form_context(self.engine, worker, item.name, place)
        answers = fill_sheet(published.rules, context, self.random, calm=calm, until=self.now.date())
        if answers is None:
            return
        body: dict[str, Any] = {"item": item.name, "version": published.version, "answers": answers}
        if place is not None:
            body["place"] = place
        else:
            grid = next(each for each in self.town.geography.grids if each.id in worker.grids)
            lon, lat = point_in(grid, self.random)
            body["location"] = {"lon": lon, "lat": lat}
        receipt = self._send(item, worker, body)
        if receipt is not None and receipt.cases and place is None and self.luck(SEEN_TWICE):
            seen = Sighting(item, body)
            self.plan_in(self.random.randrange(30, 2 * 24 * 60), lambda: self._report_again(worker, seen))

    def _report_again(self, worker: Caller, seen: Sighting) -> None:
        """The same event once more: added to the open case that the preview offers, or sent as if it were new."""
        body = dict(seen.body)
        preview = reporting.preview_report(self.engine, worker, seen.item.name, None, self._plain(seen, body))
        offered = {line.finding: line.similar[0].id for line in preview.cases if line.similar}
        if offered and self.luck(ADDED):
            body["add_to"] = offered
        self._send(seen.item, worker, body)

    def _plain(self, seen: Sighting, body: dict[str, Any]) -> dict[str, Any]:
        """The body as a preview reads it: files by name, none of them sent yet."""
        names = {question.name for question in seen.item.questions if question.type in ATTACHED}
        answers = {
            name: [f"{number}.jpg" for number in range(value)] if name in names else value
            for name, value in body["answers"].items()
        }
        return {"answers": answers, "location": body["location"]}

    def _send(self, item: Item, worker: Caller, body: dict[str, Any]) -> Receipt | None:
        """Its photographs, then the form; None where its answers are refused."""
        uuid = str(UUID(int=self.random.getrandbits(128), version=4))
        answers = dict(body["answers"])
        for question in item.questions:
            if question.type in ATTACHED and question.name in answers:
                answers[question.name] = self._attach(worker, uuid, question.name, answers[question.name])
        try:
            receipt, _ = reporting.submit_report(self.engine, worker, uuid, {**body, "answers": answers})
        except Problem as problem:
            if problem.code != "invalid-answers":
                raise
            return None
        for case in receipt.cases:
            if not case.added:
                self.conduct.begin(case.id, case.similar[0].id if case.similar else None)
        return receipt

    def _attach(self, caller: Caller, uuid: str, question: str, count: int) -> list[str]:
        names = []
        for number in range(count):
            name = f"{question}-{number + 1}.jpg"
            picture = io.BytesIO(self.random.choice(self.findings))
            attachments.store_file(self.engine, caller, uuid, name, picture)
            names.append(name)
        return names


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
    for _ in range(ON_SITE):
        _plan_on_site(month, until - timedelta(minutes=month.random.randrange(1, 60)))
    month.run(progress)
    month.sweep()


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
    morning = to_utc(datetime.combine(day, time(9, 30)), month.engine.zone)
    month.plan(morning, lambda: month.conduct.urge(ORDERS_A_DAY))


def _plan_event(month: Month, at: datetime) -> None:
    """Somebody comes across something that is reported wherever it is met."""
    events = [item for item in _items(month) if not item.kinds]
    if events:
        worker = month.random.choice(list(month.workers.values()))
        item = month.random.choice(events)
        month.plan(at, lambda: month.report(item, worker, None, calm=0.3))


def _plan_on_site(month: Month, at: datetime) -> None:
    """An inspection, at a place, of an item with something that is first settled on the spot."""
    items = [
        item for item in _items(month) if item.kinds and any(finding.on_site for finding in item.findings)
    ]
    if not items:
        return
    item = month.random.choice(items)
    found = places.list_places(month.engine, SYSTEM, kind=item.kinds[0], limit=200)
    if found:
        place = month.random.choice(found)
        month.plan(at, lambda: month.report(item, month.workers[place.grid], place.code, calm=0.6))


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
