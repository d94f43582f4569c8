"""What happened to a case, as a value and as the journal keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gewu_platform.core.tasks import Task


@dataclass(frozen=True, slots=True)
class Given:
    """One piece of evidence: a file under its hash, or a note (`sha256` None).

    `by` tells whose signature it is (`owner`, `worker`, `handler`), `signer` who that person is.
    """

    kind: str
    by: str | None = None
    name: str | None = None
    sha256: str | None = None
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, and by whom (None: the system).

    `office` is where the case lies from then on (dispatched), who helped (assisted) or where it lay (the others).
    `opens` are the tasks it begins, `ends` the number of the task it answers, `result` how: `yes` or `no` of a check,
    `granted` or `denied` of a request, `done` of helping, `received` of an order. `case` is the other one of a merger;
    `reporters`, `handlers` and `offices` are what a joined case brings along. `submission` is an added report.
    """

    kind: str
    by: int | None
    office: int | None = None
    reason: str | None = None
    note: str | None = None
    evidence: tuple[Given, ...] = ()
    opens: tuple[Task, ...] = ()
    ends: int | None = None
    result: str | None = None
    until: date | None = None
    tier: str | None = None
    case: int | None = None
    severity: str | None = None
    reporters: tuple[int, ...] = ()
    handlers: tuple[int, ...] = ()
    offices: tuple[int, ...] = ()
    submission: str | None = None


_PLAIN = ("office", "reason", "note", "ends", "result", "tier", "case", "severity", "submission")
_LISTS = ("reporters", "handlers", "offices")


def event_to_json(event: Event) -> dict[str, Any]:
    """The event without what is empty."""
    body: dict[str, Any] = {"kind": event.kind, "by": event.by}
    body |= {name: getattr(event, name) for name in _PLAIN if getattr(event, name) is not None}
    body |= {name: list(getattr(event, name)) for name in _LISTS if getattr(event, name)}
    if event.until is not None:
        body["until"] = event.until.isoformat()
    if event.evidence:
        body["evidence"] = [_given_to_json(given) for given in event.evidence]
    if event.opens:
        body["opens"] = [_task_to_json(task) for task in event.opens]
    return body


def event_from_json(body: Mapping[str, Any]) -> Event:
    """The event that `event_to_json` wrote; KeyError or ValueError where it is none."""
    lists: dict[str, Any] = {name: tuple(body.get(name, ())) for name in _LISTS}
    plain: dict[str, Any] = {name: body.get(name) for name in _PLAIN}
    return Event(
        body["kind"],
        body["by"],
        evidence=tuple(_given_from_json(given) for given in body.get("evidence", ())),
        opens=tuple(_task_from_json(task) for task in body.get("opens", ())),
        until=_day(body.get("until")),
        **plain,
        **lists,
    )


def _given_to_json(given: Given) -> dict[str, Any]:
    body = {"kind": given.kind, "by": given.by, "name": given.name, "sha256": given.sha256}
    return body if given.signer is None else {**body, "signer": given.signer}


def _given_from_json(body: Mapping[str, Any]) -> Given:
    return Given(body["kind"], body.get("by"), body.get("name"), body.get("sha256"), body.get("signer"))


def _task_to_json(task: Task) -> dict[str, Any]:
    body: dict[str, Any] = {"number": task.number, "kind": task.kind, "asked_by": task.asked_by}
    for name in ("office", "role", "note"):
        if getattr(task, name) is not None:
            body[name] = getattr(task, name)
    return body if task.until is None else {**body, "until": task.until.isoformat()}


def _task_from_json(body: Mapping[str, Any]) -> Task:
    return Task(
        body["number"], body["kind"], body.get("office"), body.get("role"), body["asked_by"],
        body.get("note"), _day(body.get("until")),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
