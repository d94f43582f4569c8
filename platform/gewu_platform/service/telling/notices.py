"""Messages: the outbox carried into people's inboxes, at an hour at which they work, and what an inbox says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from gewu_platform.core.calendars import Calendar
from gewu_platform.core.quiet import DIGEST_ABOVE, QUIET, tells_at
from gewu_platform.core.zones import to_local, to_utc
from gewu_platform.records.hot import notices as stored
from gewu_platform.records.hot.notices import Recipient
from gewu_platform.records.hot.reports import path_ids
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.journal import canonical
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.telling.delivering import Letter, enqueue
from gewu_platform.service.telling.notice_words import DIGEST, words_of
from gewu_platform.service.timing.clockwork import calendar_for
from gewu_platform.service.views import DrainResult, NoticeCase, NoticeRow

BATCH = 500
RELEASED = 2000
"""Reminders released in one transaction."""
LONGEST_DIGEST = 100
"""Cases that one message lists; more than so many come as several."""


def drain_outbox(engine: Engine, limit: int = BATCH) -> DrainResult:
    """Carry up to `limit` waiting messages to their people. Running it again, or killing it, doubles nothing.

    Work that is handed over arrives at once. Reminders, overdues and escalations wait for the working hours of whoever they
    are for; once the outbox is empty, those whose hour has come are released, many for one person as one message.
    """
    result = engine.store.retrying(lambda: _carry(engine, limit))
    notices = result.notices
    while result.sent < limit:
        released, told = engine.store.retrying(lambda: _release(engine))
        notices += told
        if released < RELEASED:
            break
    return DrainResult(result.sent, notices)


def notices_of(engine: Engine, caller: Caller, limit: int = 100) -> tuple[NoticeRow, ...]:
    """The caller's inbox, the newest first."""
    require(caller, "notices.read")
    with engine.store.transaction():
        rows = stored.list_notices(engine.store, caller.id or 0, limit)
    return tuple(_notice(engine, row) for row in rows)


def count_unread(engine: Engine, caller: Caller) -> int:
    """How many messages the caller has not read."""
    require(caller, "notices.read")
    with engine.store.transaction():
        return stored.count_unread(engine.store, caller.id or 0)


def mark_read(engine: Engine, caller: Caller, notice: int | None = None) -> None:
    """Mark one of the caller's messages as read, or all of them."""
    require(caller, "notices.read")
    if notice is not None and notice > LARGEST_ID:
        return
    engine.store.retrying(lambda: stored.mark_read(engine.store, caller.id or 0, engine.now(), notice))


def _carry(engine: Engine, limit: int) -> DrainResult:
    now = engine.now()
    waiting = stored.claim_outbox(engine.store, now, limit)
    people: dict[tuple[Any, ...], list[Recipient]] = {}
    hours_of = _Hours(engine, now)
    told, held, letters = [], [], []
    for message in waiting:
        address = (
            message["user_id"],
            message["office"],
            message["area"],
            message["role"],
            message["case_id"],
        )
        if address not in people:
            people[address] = _recipients(engine, message)
        hours = {}
        for person in people[address]:
            row = _notice_row(message, person)
            if message["kind"] in QUIET:
                hours[person.user] = hours_of(message, person)
                held.append({**row, "deliver_at": hours[person.user]})
            else:
                told.append(row)
        letters.append(Letter(message, tuple(person.user for person in people[address]), hours))
    stored.insert_notices(engine.store, told)
    stored.hold_notices(engine.store, held)
    enqueue(engine, letters, now)
    return DrainResult(len(waiting), len(told))


def _release(engine: Engine) -> tuple[int, int]:
    """How many reminders were released, and how many messages they became."""
    held = stored.claim_held(engine.store, engine.now(), RELEASED)
    late = [row for row in held if row["kind"] == "remind" and row["deliver_at"] > row["created_at"]]
    standing = stored.standing_clocks(engine.store, sorted({row["case_id"] for row in late}))
    # Overnight somebody did what was to be reminded of.
    done = {id(row) for row in late if (row["case_id"], json.loads(row["body"]).get("clock")) in standing}
    rows: list[Row] = []
    for _, group in groupby((row for row in held if id(row) not in done), key=lambda row: row["user_id"]):
        rows += _gathered(list(group))
    stored.insert_notices(engine.store, rows)
    return len(held), len(rows)


def _gathered(waiting: Sequence[Row]) -> Iterator[Row]:
    """What waits for one person as messages: each by itself, or lists of them."""
    if len(waiting) <= DIGEST_ABOVE:
        for row in waiting:
            yield {**row, "user": row["user_id"], "created_at": row["deliver_at"]}
        return
    for start in range(0, len(waiting), LONGEST_DIGEST):
        page = waiting[start : start + LONGEST_DIGEST]
        cases = [{"kind": row["kind"], "case_id": row["case_id"], **json.loads(row["body"])} for row in page]
        yield {
            "user": page[0]["user_id"], "outbox": page[0]["outbox"], "kind": DIGEST, "case_id": None,
            "body": canonical({"cases": cases}), "created_at": max(row["deliver_at"] for row in page),
        }  # fmt: skip


def _recipients(engine: Engine, message: Row) -> list[Recipient]:
    """Everybody at any of the message's addresses, once each."""
    store, found = engine.store, []
    if message["user_id"] is not None:
        found += stored.the_user(store, message["user_id"], message["case_id"])
    if message["office"] is not None:
        found += stored.users_of_office(store, message["office"])
    if message["role"] == "worker":
        # Where nobody is rostered, the centre verifies.
        workers = stored.workers_of_grid(store, message["area"])
        found += workers or stored.users_over_area(store, "acceptor", message["area"])
    elif message["role"] is not None:
        found += stored.users_over_area(store, message["role"], message["area"])
    return list({person.user: person for person in reversed(found)}.values())[::-1]


def _notice_row(message: Row, person: Recipient) -> Row:
    body = message["body"]
    if message["kind"] == "escalate":
        said = json.loads(body)
        if person.tier and said.get("tier") not in (None, person.tier):
            body = canonical({**said, "reached": person.tier})
    return {
        "user": person.user, "outbox": message["id"], "kind": message["kind"], "case_id": message["case_id"],
        "body": body, "created_at": message["created_at"],
    }  # fmt: skip


class _Hours:
    """When a reminder that is carried `now` reaches a person: inside the hours they work, by their area's calendar."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self._engine = engine
        self._now = now
        self._calendars: dict[str, Calendar] = {}

    def __call__(self, message: Row, person: Recipient) -> datetime:
        zone = self._engine.zone
        due_at = json.loads(message["body"]).get("due_at")
        due = to_local(datetime.fromisoformat(due_at) if due_at else self._now, zone)
        local = tells_at(message["kind"], to_local(self._now, zone), due, self._calendar(person.path))
        return max(self._now, to_utc(local, zone))

    def _calendar(self, path: str) -> Calendar:
        if path not in self._calendars:
            self._calendars[path] = calendar_for(self._engine, None, path_ids(path) if path else ())
        return self._calendars[path]


def _notice(engine: Engine, row: Row) -> NoticeRow:
    body = json.loads(row["body"])
    cases = tuple(
        NoticeCase(each["case_id"], each["number"], words_of(each["kind"], each, engine.zone))
        for each in body.get("cases", ())
    )
    return NoticeRow(
        row["id"], row["kind"], words_of(row["kind"], body, engine.zone), row["case_id"], body.get("number"),
        row["created_at"], row["read_at"], cases,
    )  # fmt: skip
