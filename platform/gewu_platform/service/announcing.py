"""Who has to hear of what happened to a case: rows of the outbox, written in the transaction that caused them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gewu_platform.core.lifecycle import Event
from gewu_platform.records.hot.rows import Row, insert_many
from gewu_platform.records.journal import canonical
from gewu_platform.records.store import Store

HOLDER_ROLE: Mapping[str, str] = {
    "accept": "acceptor", "file": "acceptor", "dispatch": "dispatcher", "verify": "worker", "close": "acceptor",
}  # fmt: skip
"""Who takes each step for the area of the case; handling is the office's."""

_TOLD_REPORTER = frozenset({"refused", "voided", "closed"})
_KINDS = {"returned": "returned", "reworked": "rework"}


def announce(store: Store, case: Row, event: Event | None, at: datetime) -> None:
    """Tell whoever the case waits for now, and its reporter when it is final. `event` None: it was just reported."""
    rows = []
    kind = event.kind if event else "reported"
    extra = {"reason": event.reason} if event and event.reason else {}
    if case["step"] is None:
        if kind in _TOLD_REPORTER:
            rows.append(message(case, kind, at, extra, user=case["reporter"]))
    elif kind != "handling":
        rows.append(message(case, _KINDS.get(kind, "waiting"), at, extra, **holder(case)))
    insert_many(store, "outbox", rows)


def holder(case: Row) -> dict[str, Any]:
    """The address of whoever holds the case: an office, or a role for the area."""
    if case["step"] == "handle":
        return {"office": case["office"]}
    return {"area": case["grid"], "role": HOLDER_ROLE[case["step"]]}


def message(
    case: Row, kind: str, at: datetime, extra: Mapping[str, Any], *,
    user: int | None = None, office: int | None = None, area: int | None = None, role: str | None = None,
) -> Row:  # fmt: skip
    """One row of the outbox about a case."""
    body = {"number": case["number"], "title": case["title"], "step": case["step"], **extra}
    return {
        "kind": kind, "user": user, "office": office, "area": area, "role": role, "case_id": case["id"],
        "body": canonical(body), "created_at": at, "attempts": 0, "error": "",
    }  # fmt: skip
