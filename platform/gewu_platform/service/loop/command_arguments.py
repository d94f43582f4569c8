"""The arguments of a command, read strictly: every fault at once, each at its name.

Forms post every argument as text, programs as JSON: numbers, dates and lists are taken either way, and empty means not
given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, cast

from gewu_dsl.model import SEVERITIES, TIERS
from gewu_platform.core.duties import CommandName
from gewu_platform.core.lifecycle import Command
from gewu_platform.core.naming import SEVERITY_WORDS, TIER_WORDS, join_words
from gewu_platform.core.words import Words
from gewu_platform.records.hot.cases import find_id
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.acting import actor_of, assisting_offices, offices_above, route_of
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.loop.evidence import read_evidence
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.reach import require_case
from gewu_platform.service.texts import require_plain

ARGUMENTS: frozenset[str] = frozenset({
    "reason", "note", "office", "evidence", "task", "result", "until", "tier", "into", "severity",
})  # fmt: skip
LONGEST = 2000
"""Characters of a reason or a note."""

_CHOICES: Mapping[str, Mapping[str, Words]] = {
    "result": {"yes": Words("是", "yes"), "no": Words("否", "no")},
    "tier": {tier: TIER_WORDS[tier] for tier in TIERS},
    "severity": {severity: SEVERITY_WORDS[severity] for severity in SEVERITIES},
}


def read_command(
    engine: Engine, caller: Caller, case: CaseFile, name: CommandName, arguments: Mapping[str, Any]
) -> Command:
    """What `caller` wants done to `case`; Problem invalid-body with every fault. Inside a transaction."""
    require_plain(arguments)
    faults = [
        Fault(str(key), "unknown", "没有这个参数", "is no argument of a command")
        for key in arguments
        if key not in ARGUMENTS
    ]
    reason, note = (_read_text(key, arguments.get(key), faults) for key in ("reason", "note"))
    result, tier, severity = (_read_choice(key, arguments.get(key), faults) for key in _CHOICES)
    evidence = read_evidence(engine, caller, case, arguments.get("evidence") or (), faults)
    office = _read_office(engine, case, arguments.get("office"), faults) if name == "dispatch" else None
    command = Command(
        name,
        actor_of(caller),
        reason,
        note,
        office,
        evidence,
        _read_number("task", arguments.get("task"), faults),
        cast(Literal["yes", "no"] | None, result),
        _read_day("until", arguments.get("until"), faults),
        tier,
        _read_case(engine, caller, case, arguments.get("into"), faults) if name == "merge" else None,
        severity,
        assisting_offices(engine, case, office) if office is not None else (),
    )
    if faults:
        raise Problem("invalid-body", "命令的参数有误", "The command's arguments cannot be read", faults)
    return command


def routed_office(engine: Engine, case: CaseFile) -> int | None:
    """Where the case goes unless somebody says otherwise: as routed, passing over who sent it back."""
    return route_of(engine, case, case.state.returned_by).office


def _read_text(where: str, value: Any, faults: list[Fault]) -> str | None:
    if value is not None and not isinstance(value, str):
        faults.append(Fault(where, "type", "须为文本", "must be a text"))
        return None
    if value is not None and len(value) > LONGEST:
        faults.append(Fault(where, "at_most", f"最多 {LONGEST} 个字", f"has {LONGEST} characters at most"))
    return (value or "").strip() or None


def _read_choice(where: str, value: Any, faults: list[Fault]) -> str | None:
    if value in (None, ""):
        return None
    choices = _CHOICES[where]
    if not isinstance(value, str) or value not in choices:
        words = join_words([Words(f"{label.zh}（{name}）", name) for name, label in choices.items()])
        faults.append(Fault(where, "choice", f"只能是：{words.zh}", f"must be one of: {words.en}"))
        return None
    return value


def _read_number(where: str, value: Any, faults: list[Fault]) -> int | None:
    if value in (None, ""):
        return None
    number = _number(value)
    if number is None:
        faults.append(Fault(where, "type", "须为编号", "must be a number"))
    return number


def _read_day(where: str, value: Any, faults: list[Fault]) -> date | None:
    if value in (None, ""):
        return None
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        faults.append(Fault(where, "type", "须为日期，如 2026-04-01", "must be a date such as 2026-04-01"))
        return None


def _read_office(engine: Engine, case: CaseFile, value: Any, faults: list[Fault]) -> int | None:
    if value in (None, ""):
        return routed_office(engine, case)
    number = _number(value)
    if number not in {row["id"] for row in offices_above(engine, case)}:
        faults.append(Fault("office", "choice", "此处没有这个机构", "no such office stands above the grid"))
        return None
    return number


def _read_case(engine: Engine, caller: Caller, case: CaseFile, value: Any, faults: list[Fault]) -> int | None:
    """Another case the caller may see, by its id or its number."""
    if value in (None, ""):
        return None
    number = _number(value)
    if number is None and isinstance(value, str):
        number = find_id(engine.store, value.strip())
    if number == case.id:
        faults.append(Fault("into", "choice", "不能并入自身", "a case is not merged into itself"))
        return None
    try:
        if number is not None:
            require_case(engine, caller, number)
            return number
    except Problem as problem:
        if problem.code != "not-found":
            raise
    faults.append(Fault("into", "choice", "没有这个案件", "there is no such case"))
    return None


def _number(value: Any) -> int | None:
    """A row's number as a program or a form sends it; None where it is none, or larger than any."""
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdecimal()
        and len(value) <= len(str(LARGEST_ID))
    ):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID:
        return value
    return None
