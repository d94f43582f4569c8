"""The arguments of a command: what must come with it, and what each may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from gewu_dsl.model import SEVERITIES
from gewu_platform.core.commands import Command, Situation
from gewu_platform.core.duties import Argument, Duty, states_for
from gewu_platform.core.escalation import tiers_above
from gewu_platform.core.naming import SEVERITY_WORDS, TIER_WORDS, join_words
from gewu_platform.core.refusals import Refusal
from gewu_platform.core.states import State
from gewu_platform.core.tasks import Task
from gewu_platform.core.words import Words


def require_arguments(
    state: State, duty: Duty, command: Command, situation: Situation, task: Task | None
) -> None:
    """Refusal unless everything the row needs came, and everything it reads can be."""
    for argument in duty.needs:
        _NEEDED[argument](state, command, situation)
    if "tier" in duty.takes and command.tier is not None:
        _require_tier(state, command)
    if duty.event == "parked" and "until" in duty.takes:
        _require_day(command, parking_day(command, task), situation)


def parking_day(command: Command, task: Task | None) -> date | None:
    """Until when a case is parked: the day said now, else the one asked for."""
    return command.until or (task.until if task else None)


def year_after(day: date) -> date:
    """The same day a year later; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _missing(command: Command, where: Argument, zh: str, en: str, code: str = "argument-missing") -> Refusal:
    return Refusal(code, Words(zh, en), states_for(command.name), where=where)


def _wrong(command: Command, where: Argument, zh: str, en: str) -> Refusal:
    return Refusal("argument-wrong", Words(zh, en), states_for(command.name), where=where)


def _require_reason(state: State, command: Command, situation: Situation) -> None:
    if not (command.reason or "").strip():
        raise _missing(command, "reason", "请填写理由", "A reason is needed", "reason-missing")


def _require_note(state: State, command: Command, situation: Situation) -> None:
    if not (command.note or "").strip():
        raise _missing(command, "note", "请填写说明", "A note is needed")


def _require_office(state: State, command: Command, situation: Situation) -> None:
    if command.office is None:
        zh, en = "没有对应的机构，请指定派往哪里", "No office stands here: name where to send it"
        raise _missing(command, "office", zh, en, "office-missing")


def _require_result(state: State, command: Command, situation: Situation) -> None:
    if command.result is None:
        raise _missing(command, "result", "请选择：是或否", "Say yes or no")
    if command.result not in ("yes", "no"):
        raise _wrong(command, "result", "只能是“是”或“否”", "Only yes or no is an answer")
    if command.result == "no" and not (command.note or "").strip():
        raise _missing(command, "note", "反馈为“否”时请说明情况", "With a no, say in a note what you found")


def _require_until(state: State, command: Command, situation: Situation) -> None:
    _require_day(command, command.until, situation)


def _require_day(command: Command, until: date | None, situation: Situation) -> None:
    if until is None:
        raise _missing(command, "until", "请选择挂账到哪一天", "Say until which day it is parked")
    last = year_after(situation.today)
    if not situation.today < until <= last:
        raise _wrong(
            command, "until", f"挂账须到明天以后、{last} 以前（不超过一年）；{until} 不行",
            f"A case is parked until a day after today and not after {last}; {until} is none",
        )  # fmt: skip


def _require_into(state: State, command: Command, situation: Situation) -> None:
    if command.into is None:
        raise _missing(command, "into", "请指明并入哪一件案件", "Name the case to merge into")
    if not situation.into_open:
        zh = "只能并入另一件您能看到的未结案件"
        raise _wrong(command, "into", zh, "A case is merged into another open case in your reach")


def _require_severity(state: State, command: Command, situation: Situation) -> None:
    choices = join_words([SEVERITY_WORDS[each] for each in SEVERITIES if each != state.severity])
    if command.severity is None:
        zh, en = f"请选择等级：{choices.zh}", f"Choose a severity: {choices.en}"
        raise _missing(command, "severity", zh, en)
    if command.severity not in SEVERITIES or command.severity == state.severity:
        zh, en = f"须改为另一等级：{choices.zh}", f"Another severity is needed: {choices.en}"
        raise _wrong(command, "severity", zh, en)


def _require_tier(state: State, command: Command) -> None:
    above = tiers_above(state.escalated_to)
    if command.tier not in above:
        choices = join_words([TIER_WORDS[tier] for tier in above])
        zh, en = f"须升级到更高一级：{choices.zh}", f"A higher tier is needed: {choices.en}"
        raise _wrong(command, "tier", zh, en)


_NEEDED: Mapping[Argument, Callable[[State, Command, Situation], None]] = {
    "reason": _require_reason,
    "note": _require_note,
    "office": _require_office,
    "result": _require_result,
    "until": _require_until,
    "into": _require_into,
    "severity": _require_severity,
}
