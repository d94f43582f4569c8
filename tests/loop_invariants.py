"""What holds after any history, whatever the rules are: told of what is stored, without the reference."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from loop_town import EAST, Both, rows

from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.desk import cases
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.auditing import verify_journal
from gewu_platform.service.history.replaying import rebuild_case


def broken(both: Both) -> list[str]:
    """Every promise that is not kept, one line each."""
    return [
        *_derivations(both.engine), *_holders(both), *_checks(both.engine), *_rebuilt(both), *_journal(both.engine)
    ]  # fmt: skip


def _derivations(engine: Engine) -> Iterator[str]:
    """Counted + paused + skipped = wall time, without a gap, for every clock."""
    for row in rows(engine, "SELECT * FROM deadlines"):
        if row["step"] == "park":
            continue
        told, name = json.loads(row["derivation"]), f"case {row['case']} {row['step']} {row['stage']}"
        line = told["timeline"]
        minutes = Counter[str]()
        for part in line:
            minutes[part["kind"]] += part["minutes"]
        start, due = datetime.fromisoformat(told["from"]), datetime.fromisoformat(told["due"])
        if minutes.total() != (due - start).total_seconds() / 60 or minutes.keys() - {
            "counted",
            "paused",
            "skipped",
        }:
            yield f"{name}: {dict(minutes)} do not add up from {start} to {due}"
        if any(one["to"] != other["from"] for one, other in pairwise(line)):
            yield f"{name}: a gap in {line}"
        if start != _local(row["started_at"]) or due != _local(row["due_at"]):
            yield f"{name}: derived {start} to {due}, stored {row['started_at']} to {row['due_at']}"
        if minutes["counted"] != sum(part[2] for part in told["counted"]):
            yield f"{name}: counted {told['counted']} beside {dict(minutes)}"


def _holders(both: Both) -> Iterator[str]:
    """Per-holder times sum to the case's: as long as it is open somebody holds it."""
    for case in both.town.cases.values():
        view = cases.read_case(both.engine, both.callers["supervisor1"], case.id)
        held = sum(each.seconds + each.paused_seconds for each in view.holders)
        if held != case.open_for(both.now) * 60:
            yield f"case {case.id}: held for {held} s of {case.open_for(both.now) * 60}: {view.holders}"


def _checks(engine: Engine) -> Iterator[str]:
    for row in rows(engine, _OPEN_CHECKS):
        if row["many"] > 1:
            yield f"case {row['case']}: {row['many']} checks at once"


_OPEN_CHECKS = """SELECT "case", count(*) AS many FROM tasks
WHERE ended_at IS NULL AND kind IN ('pre_check', 'post_check') GROUP BY "case" """


def _rebuilt(both: Both) -> Iterator[str]:
    """The journal alone gives the row that is stored."""
    for row in rows(both.engine, "SELECT * FROM cases"):
        with both.engine.store.transaction():
            rebuilt = rebuild_case(both.engine, row["id"])
        for name, value in rebuilt.items():
            if name in row and _plain(value) != _plain(row[name]):
                yield f"case {row['id']} {name}: stored {row[name]!r}, rebuilt {value!r}"


def _plain(value: Any) -> Any:
    """As both databases and Python say it: nothing is "", a moment is a moment, a truth is a number."""
    if value is None or value == "":
        return None
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return value


def _journal(engine: Engine) -> Iterator[str]:
    verdict = verify_journal(engine, SYSTEM)
    if verdict.broken:
        yield f"journal: {verdict.broken}"


def _local(at: str | datetime | None) -> datetime | None:
    if at is None:
        return None
    return (datetime.fromisoformat(at) if isinstance(at, str) else at) + EAST
