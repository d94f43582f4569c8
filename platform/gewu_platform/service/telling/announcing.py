"""Who has to hear of what happened to a case: rows of the outbox, written in the transaction that caused them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from gewu_platform.core.duties import HOLDER_OF
from gewu_platform.core.escalation import tier_hearing
from gewu_platform.core.events import Event
from gewu_platform.core.tasks import Task
from gewu_platform.records.hot.notices import number_of_case
from gewu_platform.records.hot.rows import Row, insert_many
from gewu_platform.records.hot.sweeps import areas_above
from gewu_platform.records.journal import canonical
from gewu_platform.service.engine import Engine

HEARS_FOR: Mapping[str, str] = {**HOLDER_OF, "verify": "worker"}
"""The role that hears of each step for the area of the case: the one whose turn it is, but of a handling to verify the worker
on the spot, who may do it too and stands nearer. Handling is told to the office, settling on the spot to the reporter."""

Whom = Literal["holder", "reporters", "office", "assisting", "supervising", "asker", "tier"]
"""`holder`: whoever the case waits for. `reporters`: who reported it, also those whose report was added or merged into it.
`office`: the one it lies with. `assisting`: offices asked to assist that had not answered yet. `supervising`: the body that gets
a copy. `asker`: who asked what is answered now, with their office. `tier`: the supervisors of the tier it was escalated to.
"""


Address = dict[str, Any]
"""Whom a message is for: `user`, `office`, or a `role` over an `area`."""


class Hearing(NamedTuple):
    """A message of `kind` (see `notices.WORDS`) to `whom`."""

    kind: str
    whom: Whom


HEARD: Mapping[str, tuple[Hearing, ...]] = {
    "reported": (Hearing("waiting", "holder"),),
    "settled": (Hearing("waiting", "holder"),),
    "unsettled": (Hearing("waiting", "holder"), Hearing("unsettled", "reporters")),
    "accepted": (Hearing("waiting", "holder"),),
    "refused": (Hearing("refused", "reporters"),),
    "filed": (Hearing("waiting", "holder"),),
    "check-asked": (),
    "check-answered": (Hearing("check-answered", "asker"),),
    "dispatched": (Hearing("waiting", "holder"), Hearing("copied", "supervising")),
    "returned": (Hearing("returned", "holder"), Hearing("withdrawn", "assisting")),
    "handling": (),
    "confirmed": (Hearing("waiting", "holder"),),
    "assisted": (Hearing("assisted", "office"),),
    "verified": (Hearing("waiting", "holder"),),
    "reworked": (Hearing("rework", "holder"),),
    "closed": (Hearing("closed", "reporters"), Hearing("closed", "supervising")),
    "informed": (Hearing("informed", "reporters"),),
    "voided": (
        Hearing("voided", "reporters"),
        Hearing("voided", "office"),
        Hearing("withdrawn", "assisting"),
    ),
    "merged": (
        Hearing("merged", "reporters"),
        Hearing("merged", "office"),
        Hearing("withdrawn", "assisting"),
    ),
    "joined": (Hearing("joined", "holder"),),
    "extension-asked": (),
    "extended": (Hearing("extended", "asker"),),
    "extension-denied": (Hearing("extension-denied", "asker"),),
    "parking-asked": (),
    "parked": (Hearing("parked", "asker"), Hearing("parked", "assisting")),
    "parking-denied": (Hearing("parking-denied", "asker"),),
    "resumed": (Hearing("resumed", "holder"), Hearing("resumed", "assisting")),
    "appealed": (),
    "appeal-granted": (Hearing("appeal-granted", "asker"),),
    "appeal-denied": (Hearing("appeal-denied", "asker"),),
    "urged": (),
    "acknowledged": (Hearing("acknowledged", "asker"),),
    "escalated": (Hearing("escalate", "tier"),),
    "regraded": (Hearing("regraded", "holder"),),
    "reopened": (Hearing("reopened", "holder"), Hearing("reopened", "reporters")),
    "adjusted": (Hearing("adjusted", "holder"),),
    "added": (Hearing("added", "holder"),),
}
"""Who hears of each kind of event. Whoever a task is opened for hears of that besides (ASKED). The holder hears only of where
the case stands in the end: what automatic steps pass through waits for nobody."""

ASKED: Mapping[str, str] = {
    "pre_check": "check", "post_check": "check", "assist": "assist", "extend": "extension-asked", "park": "parking-asked",
    "appeal": "appealed", "urge": "urged",
}  # fmt: skip
"""The message to whom a task of each kind is addressed."""


def announce(
    engine: Engine,
    case: Row,
    events: Sequence[Event],
    tasks: Sequence[Task],
    at: datetime,
    reporters: Iterable[int] = (),
) -> None:
    """Write down who has to hear of `events`, which made `case` (its row) what it is; of its report, where there are none.

    `tasks` are those open before the first event, and those opened on the way; `reporters` who reported it, as far as known
    beyond its first reporter.
    """
    people = sorted({case["reporter"], *reporters})
    known = {task.number: task for task in tasks}
    rows: list[Row] = []
    if not events:
        rows += _to_holder(case, "waiting", at, {})
    for position, event in enumerate(events, 1):
        known |= {task.number: task for task in event.opens}
        extra = _extra(engine, case, event)
        for told in HEARD[event.kind]:
            if told.whom == "holder":
                rows += _to_holder(case, told.kind, at, extra) if position == len(events) else []
            else:
                rows += _addressed(engine, case, event, told, at, extra, people, known)
        for task in event.opens:
            asked = {**extra, **({"reason": task.note} if task.note else {})}
            rows.append(
                message(case, ASKED[task.kind], at, asked, **address_of_task(case, task.office, task.role))
            )
    insert_many(engine.store, "outbox", rows)


def holder(case: Row) -> Address:
    """The address of whoever holds the case: an office, a role for the area, or the reporter on the spot."""
    if case["step"] == "handle":
        return {"office": case["office"]}
    if case["step"] == "settle":
        return {"user": case["reporter"]}
    return {"area": case["grid"], "role": HEARS_FOR[case["step"]]}


def address_of_task(case: Row, office: int | None, role: str | None) -> Address:
    """The address of whoever was asked something within a case."""
    return {"office": office} if office is not None else {"area": case["grid"], "role": role}


def message(
    case: Row, kind: str, at: datetime, extra: Mapping[str, Any], *,
    user: int | None = None, office: int | None = None, area: int | None = None, role: str | None = None,
) -> Row:  # fmt: skip
    """One row of the outbox about a case; with several addresses it is for everybody at any of them."""
    body = {"number": case["number"], "title": case["title"], "step": case["step"], **extra}
    return {
        "kind": kind, "user": user, "office": office, "area": area, "role": role, "case_id": case["id"],
        "body": canonical(body), "created_at": at, "attempts": 0, "error": "",
    }  # fmt: skip


def _to_holder(case: Row, kind: str, at: datetime, extra: Mapping[str, Any]) -> list[Row]:
    """Nobody holds a final case, and whoever settles on the spot is there already."""
    if case["step"] is None or case["step"] == "settle":
        return []
    due = {"due_at": case["due_at"].isoformat()} if case["due_at"] else {}
    return [message(case, kind, at, {**due, **extra}, **holder(case))]


def _addressed(
    engine: Engine,
    case: Row,
    event: Event,
    told: Hearing,
    at: datetime,
    extra: Mapping[str, Any],
    people: Sequence[int],
    known: Mapping[int, Task],
) -> Iterator[Row]:
    addresses: list[Address] = []
    if told.whom == "reporters":
        addresses = [{"user": user} for user in people]
    elif told.whom == "assisting":
        addresses = [{"office": task.office} for task in known.values() if task.kind == "assist"]
    elif told.whom in ("office", "supervising"):
        office = case["office"] if told.whom == "office" else case.get("supervising")
        addresses = [{"office": office}] if office is not None else []
    elif told.whom == "tier":
        above = areas_above(engine.store, [case["grid"]]).get(case["grid"], {})
        addresses = [to_tier(case, event.tier or "", above)]
    elif told.whom == "asker":
        addresses = [_asker(case, known.get(event.ends or 0))]
    for address in addresses:
        yield message(case, told.kind, at, extra, **address)


def to_tier(case: Row, tier: str, above: Mapping[str, int]) -> Address:
    """The address of the supervisors an escalation to `tier` is for: of that area, else of the next above the case's grid.

    `above` are the areas on the way up, by tier.
    """
    reached = tier_hearing(tier, above)
    return {"area": case["grid"] if reached is None else above[reached], "role": "supervisor"}


def _asker(case: Row, task: Task | None) -> Address:
    """Who asked; a request of an office is answered to all of it, and so is what nobody had asked for."""
    if task is None or task.kind in ("extend", "park", "appeal"):
        return {"user": task.asked_by if task else None, "office": case["office"]}
    if task.asked_by is not None:
        return {"user": task.asked_by}
    return {} if case["step"] is None else holder(case)


def _extra(engine: Engine, case: Row, event: Event) -> dict[str, Any]:
    """What the message says besides the case: only what there is."""
    until = case.get("parked_until") if event.kind == "parked" else event.until
    due_at = case["due_at"] if event.kind in ("extended", "escalated") else None
    said = {
        "reason": event.reason or event.note,
        "result": event.result,
        "tier": event.tier,
        "severity": event.severity,
        "until": until.isoformat() if until else None,
        "other": None if event.case is None else number_of_case(engine.store, event.case),
        "due_at": due_at.isoformat() if due_at else None,
    }
    return {name: value for name, value in said.items() if value is not None}
