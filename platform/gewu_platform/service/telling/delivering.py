"""Webhooks: what people are told, told to other systems too, each message under an id of its own.

What is promised: every message reaches an active webhook at least once, or stands among the dead letters. It is sent under
one id until it has been acknowledged once, and never after. Only where this process ends between the receiver's
acknowledgement and our note of it is the same id sent again, with the same body: a receiver that remembers ids does
everything exactly once.
"""

from __future__ import annotations

import calendar
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from uuid import uuid4

from gewu_platform.records.hot import deliveries as stored
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.journal import canonical
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling.notice_words import words_of
from gewu_platform.service.telling.posting import Post, Undelivered, post
from gewu_platform.service.views import DeliveryResult

LEASE = timedelta(minutes=2)
"""How long a delivery belongs to whoever took it: far longer than a POST may take."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
GIVEN_UP = timedelta(hours=24)
"""After so long without an acknowledgement a delivery is a dead letter."""
BUDGET = 30.0
"""Seconds of one run: a receiver that is slow holds up nobody for longer."""

Send = Callable[[Post], None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the outbox, the people it is for and, of those who are not disturbed before, from when on."""

    message: Row
    users: tuple[int, ...]
    hours: Mapping[int, datetime]


def enqueue(engine: Engine, letters: Sequence[Letter], at: datetime) -> None:
    """Write down what webhooks are to be told of `letters`. Inside the transaction that carries them."""
    hooks = stored.list_active_webhooks(engine.store)
    if not hooks or not letters:
        return
    cases = stored.describe_cases(
        engine.store, sorted({letter.message["case_id"] for letter in letters if letter.message["case_id"]})
    )
    accounts = stored.name_accounts(
        engine.store, sorted({user for letter in letters for user in letter.users})
    )
    rows = []
    for letter in letters:
        case = cases.get(letter.message["case_id"])
        body = _body(engine, letter, case, accounts)
        for hook in hooks:
            if _wants(hook, letter.message["kind"], case["department"] if case else ""):
                rows.append({
                    "webhook": hook["id"], "outbox": letter.message["id"], "key": f"msg_{uuid4().hex}",
                    "kind": letter.message["kind"], "case_id": letter.message["case_id"], "body": body, "at": at,
                })  # fmt: skip
    stored.insert_deliveries(engine.store, rows)


def deliver_waiting(engine: Engine, send: Send | None = None) -> DeliveryResult:
    """Send what waits for webhooks, one after the other, until nothing is due or the run's time is used up.

    No transaction is open while the network is waited for. A webhook that fails is left alone for the rest of the run.
    """
    sending = send or partial(post, private=engine.private_webhooks)
    began = monotonic()
    delivered = failed = dead = 0
    skipped: set[int] = set()
    while monotonic() - began < BUDGET:
        taken = engine.store.retrying(lambda: _take(engine, sorted(skipped)))
        if taken is None:
            break
        delivery, letter = taken
        error = _attempt(sending, letter)
        if error is None:
            engine.store.retrying(
                partial(stored.end_delivery, engine.store, delivery["id"], "delivered", engine.now(), "")
            )
            delivered += 1
            continue
        skipped.add(delivery["webhook"])
        failed += 1
        dead += engine.store.retrying(partial(_fail, engine, delivery, error))
    return DeliveryResult(delivered, failed, dead)


def pause_after(tries: int, key: str) -> timedelta:
    """How long to wait after the `tries`-th failure in a row: doubling, and a little less by chance of the key.

    So receivers that come back are not met by everything at the same moment.
    """
    whole: timedelta = min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE)
    chance = int.from_bytes(hashlib.sha256(f"{key} {tries}".encode()).digest()[:4]) / 2**32
    return whole * (0.75 + 0.25 * chance)


def _take(engine: Engine, skipped: Sequence[int]) -> tuple[Row, Post] | None:
    now = engine.now()
    delivery = stored.claim_delivery(engine.store, now, now + LEASE, skipped)
    if delivery is None:
        return None
    hook = stored.find_webhook(engine.store, delivery["webhook"])
    assert hook is not None
    sent_at = calendar.timegm(now.timetuple())
    return delivery, Post(hook["url"], hook["secret"], delivery["key"], sent_at, delivery["body"])


def _attempt(send: Send, letter: Post) -> str | None:
    try:
        send(letter)
    except Undelivered as error:
        return str(error)
    return None


def _fail(engine: Engine, delivery: Row, error: str) -> int:
    """Put it off, or give it up: then 1."""
    now = engine.now()
    next_at = now + pause_after(delivery["tries"], delivery["key"])
    if next_at - delivery["since_at"] > GIVEN_UP:
        stored.end_delivery(engine.store, delivery["id"], "dead", now, error)
        return 1
    stored.put_off(engine.store, delivery["id"], delivery["attempts"], next_at, error)
    return 0


def _wants(hook: Row, kind: str, department: str) -> bool:
    kinds = json.loads(hook["kinds"])
    return (not kinds or kind in kinds) and (not hook["department"] or hook["department"] == department)


def _body(engine: Engine, letter: Letter, case: Row | None, accounts: Mapping[int, str]) -> str:
    message = letter.message
    said = json.loads(message["body"])
    people = []
    for user in letter.users:
        person = {"account": accounts[user]}
        if user in letter.hours and letter.hours[user] > message["created_at"]:
            person["not_before"] = _stamp(letter.hours[user])
        people.append(person)
    about = {"number": said.get("number"), "title": said.get("title"), **(case or {})}
    return canonical({
        "type": f"case.{message['kind']}",
        "timestamp": _stamp(message["created_at"]),
        "data": {
            "case": about,
            "words": words_of(message["kind"], said, engine.zone).to_json(),
            "people": people,
        },
    })  # fmt: skip


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds") + "Z"
