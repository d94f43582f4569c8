"""Messages: the outbox carried into people's inboxes, and what an inbox says."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from gewu_platform.core.naming import STEP_WORDS, TIER_WORDS
from gewu_platform.core.words import Words
from gewu_platform.core.zones import to_local
from gewu_platform.records.hot import notices as stored
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.views import DrainResult, NoticeRow

BATCH = 500


def drain_outbox(engine: Engine, limit: int = BATCH) -> DrainResult:
    """Carry up to `limit` waiting messages to their people. Running it again, or killing it, doubles nothing."""

    def work() -> DrainResult:
        now = engine.now()
        waiting = stored.claim_outbox(engine.store, now, limit)
        people: dict[tuple[Any, ...], list[int]] = {}
        rows = []
        for message in waiting:
            address = (message["user_id"], message["office"], message["area"], message["role"])
            if address not in people:
                people[address] = _recipients(engine, message)
            rows += [
                {"user": user, "outbox": message["id"], "kind": message["kind"], "case_id": message["case_id"],
                 "body": message["body"], "created_at": message["created_at"]}
                for user in people[address]
            ]  # fmt: skip
        stored.insert_notices(engine.store, rows)
        return DrainResult(len(waiting), len(rows))

    return engine.store.retrying(work)


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


def _recipients(engine: Engine, message: Row) -> list[int]:
    if message["user_id"] is not None:
        return [int(message["user_id"])]
    if message["office"] is not None:
        return stored.users_of_office(engine.store, message["office"])
    if message["role"] == "worker":
        # Where nobody is rostered, the centre verifies.
        workers = stored.workers_of_grid(engine.store, message["area"])
        return workers or stored.users_over_area(engine.store, "acceptor", message["area"])
    return stored.users_over_area(engine.store, message["role"], message["area"])


def _notice(engine: Engine, row: Row) -> NoticeRow:
    body = json.loads(row["body"])
    return NoticeRow(
        row["id"], row["kind"], _words(engine, row["kind"], body), row["case_id"], body.get("number"), row["created_at"],
        row["read_at"],
    )  # fmt: skip


def _words(engine: Engine, kind: str, body: dict[str, Any]) -> Words:
    case = f"{body['number']}“{body['title']}”"
    step = STEP_WORDS.get(body.get("step") or "", Words("", ""))
    reason = body.get("reason") or ""
    if kind in ("remind", "overdue", "escalate"):
        due = f"{to_local(datetime.fromisoformat(body['due_at']), engine.zone):%m-%d %H:%M}"
        tier = TIER_WORDS.get(body.get("tier") or "", Words("", ""))
        return {
            "remind": Words(f"{case}的{step.zh}将于 {due} 到期", f"{case}: {step.en} is due at {due}"),
            "overdue": Words(f"{case}的{step.zh}已超期（{due} 到期）", f"{case}: {step.en} is overdue (was due at {due})"),
            "escalate": Words(f"{case}已升级至{tier.zh}（{step.zh}，{due} 到期）",
                              f"{case} was escalated to the {tier.en} ({step.en}, due at {due})"),
        }[kind]  # fmt: skip
    return {
        "waiting": Words(f"{case}等待{step.zh}", f"{case} waits for you to {step.en} it"),
        "returned": Words(f"{case}被退回：{reason}", f"{case} was returned: {reason}"),
        "rework": Words(f"{case}须返工：{reason}", f"{case} needs rework: {reason}"),
        "refused": Words(f"{case}不予受理：{reason}", f"{case} was refused: {reason}"),
        "voided": Words(f"{case}已作废：{reason}", f"{case} was voided: {reason}"),
        "closed": Words(f"{case}已结案", f"{case} was closed"),
    }[kind]
