"""What the clock sets off, each exactly once: reminders, overdues, escalations, and the commands it gives by itself."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from gewu_platform.core.projection import escalated, noted
from gewu_platform.records import journal
from gewu_platform.records.hot import sweeps
from gewu_platform.records.hot.rows import Row, insert_many
from gewu_platform.records.hot.sweeps import Fired
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.handling import run_system_command
from gewu_platform.service.problems import Problem
from gewu_platform.service.telling.announcing import Address, address_of_task, holder, message, to_tier
from gewu_platform.service.views import SweepResult

BATCH = 500
"""Timers claimed in one transaction, so that nobody waits long for the writer's place."""

log = logging.getLogger(__name__)

_EVENTS = {"remind": "reminded", "overdue": "overdue", "escalate": "escalated"}


def sweep(engine: Engine, at: datetime | None = None) -> SweepResult:
    """Let everything happen that is due at `at` (naive UTC; None: now). Running it again changes nothing.

    First the commands: what was not settled on the spot in time becomes a report, a parked case goes on on its day. They happen
    at the very moment they were due, so that a late sweep moves no deadline. Then who has to hear of what is due, told now.

    Claim, event, outbox and the case's row share one transaction, so a runner killed in the middle loses or doubles
    nothing, and several runners take turns.
    """
    moment = engine.now() if at is None else at
    done = _give_commands(engine, moment)
    while True:
        fired = engine.store.retrying(lambda: _sweep_batch(engine, moment))
        done.update(fired)
        if sum(fired.values()) < BATCH:
            return SweepResult(
                done["remind"], done["overdue"], done["escalate"], done["unsettle"], done["resume"]
            )


def _give_commands(engine: Engine, at: datetime) -> Counter[str]:
    done: Counter[str] = Counter()
    tried: set[int] = set()
    while True:
        with engine.store.transaction():
            timers = sweeps.list_commanding(engine.store, at, BATCH + len(tried))
        waiting = [timer for timer in timers if timer not in tried]
        if not waiting:
            return done
        for timer in waiting:
            tried.add(timer)
            try:
                done.update(engine.store.retrying(partial(_give_command, engine, timer, at)))
            except Exception:  # one case that cannot go on must not hold up all others
                log.exception("timer %s could not give its command; the next sweep tries again", timer)


def _give_command(engine: Engine, timer: int, at: datetime) -> Counter[str]:
    claimed = sweeps.claim_timer(engine.store, timer, at)
    if claimed is None:
        return Counter()
    case, kind = claimed["case_id"], claimed["kind"]
    last = sweeps.last_entry_at(engine.store, case)
    try:
        # Not before what has happened to the case meanwhile: its history stays in order.
        run_system_command(engine, case, kind, max(claimed["due_at"], last or claimed["due_at"]))
    except Problem as problem:
        log.warning("%s of case %s is not possible any more: %s", kind, case, problem)
        return Counter()
    return Counter({kind: 1})


def _sweep_batch(engine: Engine, at: datetime) -> Counter[str]:
    claimed = sweeps.claim_timers(engine.store, at, BATCH)
    if not claimed:
        return Counter()
    fired = sweeps.list_fired(engine.store, claimed)
    set_back = sweeps.is_set_back(engine.store, at)
    grids = {each.grid for each in fired if each.kind == "escalate"}
    above = sweeps.areas_above(engine.store, sorted(grids)) if grids else {}
    tiers: dict[tuple[int, str], Address] = {}
    cases: dict[int, Row] = {}
    happenings: list[tuple[datetime, journal.Happening]] = []
    outbox = []
    for each in fired:
        case = cases.get(each.case) or {
            "id": each.case,
            "escalated_to": each.escalated_to,
            "sequence": each.sequence,
        }
        cases[each.case] = escalated(case, each.tier) if each.kind == "escalate" else noted(case)
        body: dict[str, Any] = {
            "clock": each.clock,
            "step": each.step,
            "stage": each.stage,
            "due_at": each.due_at.isoformat(),
        }
        if each.tier:
            body["tier"] = each.tier
            reached = (each.grid, each.tier)
            if reached not in tiers:
                tiers[reached] = to_tier({"grid": each.grid}, each.tier, above.get(each.grid, {}))
        told = journal.Happening(None, _EVENTS[each.kind], f"case:{each.case}", body)
        # Where the machine's clock was set back, it happens when the last thing before it did.
        last = sweeps.last_entry_at(engine.store, each.case) if set_back else None
        happenings.append((max(at, last or at), told))
        for address in [tiers[each.grid, each.tier]] if each.tier else _addresses(each, at):
            about = {"id": each.case, "number": each.number, "title": each.title, "step": each.case_step}
            outbox.append(message(about, each.kind, at, body, **address))
    sweeps.mark_cases(engine.store, list(cases.values()))
    for moment, entries in groupby(happenings, key=itemgetter(0)):
        journal.append_all(engine.store, moment, [entry for _, entry in entries])
    insert_many(engine.store, "outbox", outbox)
    return Counter(each.kind for each in fired)


def _addresses(fired: Fired, at: datetime) -> list[Address]:
    """Who hears of a reminder or an overdue: whoever holds the case, or has the task.

    Whoever supervises gets a copy of an overdue handling. A reminder that fires after the deadline is none.
    """
    if fired.kind == "remind" and fired.due_at < at:
        return []
    case = {"grid": fired.grid, "step": fired.case_step, "office": fired.office, "reporter": fired.reporter}
    if fired.task is not None:
        return [address_of_task(case, fired.task_office, fired.task_role)]
    found = [holder(case)] if fired.case_step else []
    if fired.kind == "overdue" and fired.step == "handle" and fired.supervising is not None:
        found.append({"office": fired.supervising})
    return found
