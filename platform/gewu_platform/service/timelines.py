"""The timeline of a case in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gewu_platform.core.naming import STEP_WORDS, TIER_WORDS
from gewu_platform.core.words import Words
from gewu_platform.core.zones import to_local
from gewu_platform.records import journal
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import reports
from gewu_platform.service.engine import Engine
from gewu_platform.service.views import FileView, TimelineEntry

SYSTEM_NAME = Words("系统", "the system")

_PLAIN: Mapping[str, Words] = {
    "reported": Words("上报", "reported it"),
    "accepted": Words("受理", "accepted it"),
    "refused": Words("不予受理", "refused it"),
    "filed": Words("立案", "filed it"),
    "returned": Words("退回", "returned it"),
    "handling": Words("处置中", "is handling it"),
    "confirmed": Words("确认处置完成", "confirmed that it is handled"),
    "verified": Words("核查通过", "verified it"),
    "reworked": Words("核查未通过，返工", "sent it back for rework"),
    "closed": Words("结案", "closed it"),
    "voided": Words("作废", "voided it"),
}


def tell_timeline(engine: Engine, case: int, evidence: Sequence[FileView]) -> tuple[TimelineEntry, ...]:
    """Everything that happened to a case, the oldest first. Inside a transaction."""
    entries = journal.history(engine.store, f"case:{case}")
    names = stored.name_users(
        engine.store, sorted({entry.actor for entry in entries if entry.actor is not None})
    )
    offices = reports.name_offices(engine.store, sorted({_office(entry) for entry in entries} - {0}))
    files = {file.sha256: file for file in evidence}
    told = []
    for entry in entries:
        event: Any = entry.body.get("event", {})
        name = names.get(entry.actor or 0, "")
        given = [files[one["sha256"]] for one in event.get("evidence", ()) if one.get("sha256") in files]
        told.append(TimelineEntry(
            entry.seq, entry.at, entry.kind, entry.actor, SYSTEM_NAME if entry.actor is None else Words(name, name),
            _words(engine, entry, offices), event.get("reason"), event.get("note"), tuple(given),
        ))  # fmt: skip
    return tuple(told)


def _office(entry: journal.Entry) -> int:
    event: Any = entry.body.get("event", {})
    return int(event.get("office") or 0)


def _words(engine: Engine, entry: journal.Entry, offices: Mapping[int, str]) -> Words:
    body: Any = entry.body
    if entry.kind == "dispatched":
        title = offices.get(_office(entry), "")
        return Words(f"派往{title}", f"dispatched it to {title}")
    if entry.kind in _PLAIN:
        return _PLAIN[entry.kind]
    step = STEP_WORDS[body["step"]]
    due = f"{to_local(datetime.fromisoformat(body['due_at']), engine.zone):%Y-%m-%d %H:%M}"
    tier = TIER_WORDS.get(body.get("tier", ""), Words("", ""))
    return {
        "reminded": Words(f"提醒：{step.zh}将于 {due} 到期", f"reminded: {step.en} is due at {due}"),
        "overdue": Words(f"{step.zh}超期（{due} 到期）", f"{step.en} is overdue (was due at {due})"),
        "escalated": Words(f"升级至{tier.zh}", f"escalated it to the {tier.en}"),
    }[entry.kind]
