"""Rows of cases as views: names, lights, and how much of the time is used."""

from __future__ import annotations

from datetime import datetime

from gewu_platform.core.deadlines import WARNING_PERCENT, light
from gewu_platform.core.naming import STATE_WORDS
from gewu_platform.core.words import Words
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.views import CaseRow, Light


def case_row(engine: Engine, row: Row, now: datetime) -> CaseRow:
    """A listed row as it stands at `now`. Inside a transaction."""
    light, used = light_of(row["started_at"], row["warning_at"], row["due_at"], now)
    if row["closed_at"] is not None:
        light, used = "none", None
    return CaseRow(
        id=row["id"], number=row["number"], item=row["item"],
        item_title=published_item(engine, row["item"], row["version"]).item.title,
        finding=row["finding"], title=row["title"], severity=row["severity"], department=row["department"],
        state=row["state"], state_words=STATE_WORDS[row["state"]], step=row["step"], grid=row["grid"],
        grid_name=row["grid_name"], town=row["town"], town_name=row["town_name"], place=row["place"],
        place_name=row["place_name"], office=row["office"], office_title=row["office_title"],
        opened_at=row["opened_at"], started_at=row["started_at"], due_at=row["due_at"],
        handle_due_at=row["handle_due_at"], closed_at=row["closed_at"], light=light, used_percent=used,
        escalated_to=row["escalated_to"], reworks=row["reworks"], paused=row.get("paused_at") is not None,
        late=bool(row.get("late")), exempt=bool(row.get("exempt")), parked_until=row.get("parked_until"),
        closed_as=row.get("closed_as"), waiting_for=_waiting_for(row),
    )  # fmt: skip


def _waiting_for(row: Row) -> Words | None:
    """What the case stands still for: a day to come, or the answer of whoever was asked to check."""
    if row["state"] == "parked":
        until = row["parked_until"]
        return Words(f"挂账至 {until}", f"parked until {until}")
    if row["paused_at"] is None or row["closed_at"] is not None:
        return None
    if row["state"] == "accepted":
        return Words("等待核实反馈", "waiting for the answer to a check before filing")
    return Words("等待核查反馈", "waiting for the answer to a check of the handling")


def light_of(
    started_at: datetime | None, warning_at: datetime | None, due_at: datetime | None, now: datetime
) -> tuple[Light, int | None]:
    """The colour of a clock at `now` and the percentage its bar shows: 80 at the reminder, 100 when due."""
    if started_at is None or due_at is None:
        return "none", None
    warning = warning_at if warning_at is not None and started_at < warning_at < due_at else None
    colour = light(warning or due_at, due_at, now)
    if colour == "red":
        whole = (due_at - started_at).total_seconds()
        return "red", min(
            999, round(100 + 100 * (now - due_at).total_seconds() / whole)
        ) if whole > 0 else 999
    if warning is None:
        return "green", _share(started_at, due_at, now, 0, 100)
    if colour == "yellow":
        return "yellow", _share(warning, due_at, now, WARNING_PERCENT, 100)
    return "green", _share(started_at, warning, now, 0, WARNING_PERCENT)


def _share(start: datetime, end: datetime, now: datetime, low: int, high: int) -> int:
    whole = (end - start).total_seconds()
    part = max(0.0, (now - start).total_seconds()) / whole if whole > 0 else 1.0
    return int(low + (high - low) * min(1.0, part))
