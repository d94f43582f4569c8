"""One door for every command of the loop: permission, decision, evidence, and what follows by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from gewu_platform.core.duties import DUTIES, FINAL, CommandName
from gewu_platform.core.lifecycle import Command, Event, Refusal, decide, join
from gewu_platform.core.naming import evidence_words
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk.case_views import CaseView
from gewu_platform.service.desk.cases import read_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.acting import SYSTEM_ACTOR, situation_of
from gewu_platform.service.loop.automatic_steps import follow
from gewu_platform.service.loop.case_files import CaseFile, load_case
from gewu_platform.service.loop.casework import change_case
from gewu_platform.service.loop.command_arguments import read_command
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.reach import require_case

MOST_AT_ONCE = 200
"""Cases one batch may name."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of one case of a batch: its number and state, or why the command was not given."""

    case: int
    number: str
    state: str
    problem: Problem | None = None


def run_command(
    engine: Engine, caller: Caller, case: int, command: str, arguments: Mapping[str, Any] | None = None
) -> CaseView:
    """Give a command to a case; the case as it is then.

    `arguments` are `reason`, `note`, `office` (an id, to dispatch elsewhere than routed), `evidence` (a list of
    `{"kind": "photo", "name": …, "sha256": …}`; signatures are `signature:owner`, with a `signer`), `task` (the number
    of the one answered), `result` (yes, no), `until` (a date), `tier`, `into` (another case's id or number) and
    `severity`. Problem not-found, not-allowed, invalid-body, or not-possible-now with the states in which it would be
    possible.
    """
    require(caller, "cases.command")
    name = _known(command)
    engine.store.retrying(lambda: _give(engine, caller, case, name, arguments or {}))
    return read_case(engine, caller, case)


def run_commands(
    engine: Engine,
    caller: Caller,
    cases: Iterable[int],
    command: str,
    arguments: Mapping[str, Any] | None = None,
) -> list[CommandResult]:
    """Give the same command to several cases, each on its own: one that cannot take it holds up no other.

    Problem not-allowed, invalid-body (no such command, too many cases).
    """
    require(caller, "cases.command")
    name, wanted = _known(command), list(dict.fromkeys(cases))
    if len(wanted) > MOST_AT_ONCE:
        words = f"一次最多 {MOST_AT_ONCE} 件", f"at most {MOST_AT_ONCE} cases at once"
        raise Problem("invalid-body", *words, [Fault("cases", "at_most", *words)])
    return [_try(engine, caller, case, name, arguments or {}) for case in wanted]


def run_system_command(engine: Engine, case: int, name: CommandName, at: datetime) -> CaseFile:
    """Give a case a command that nobody gives, at `at` (naive UTC): `resume` on its date, `unsettle`, an automatic step.

    Problem not-possible-now where the case has moved on, not-found.
    """

    def work() -> CaseFile:
        held = load_case(engine, case)
        return _carry_out(engine, held, Command(name, SYSTEM_ACTOR), at)

    return engine.store.retrying(work)


def _known(command: str) -> CommandName:
    if command not in DUTIES:
        fault = Fault("command", "choice", "没有这个命令", "there is no such command")
        raise Problem("invalid-body", f"没有命令“{command}”", f"There is no command “{command}”", (fault,))
    return cast(CommandName, command)


def _try(
    engine: Engine, caller: Caller, case: int, name: CommandName, arguments: Mapping[str, Any]
) -> CommandResult:
    try:
        after = engine.store.retrying(lambda: _give(engine, caller, case, name, arguments))
    except Problem as problem:
        return CommandResult(case, "", "", problem)
    return CommandResult(case, after.fixed["number"], after.state.state)


def _give(
    engine: Engine, caller: Caller, case: int, name: CommandName, arguments: Mapping[str, Any]
) -> CaseFile:
    require_case(engine, caller, case)
    held = load_case(engine, case)
    return _carry_out(engine, held, read_command(engine, caller, held, name, arguments), engine.now())


def _carry_out(engine: Engine, case: CaseFile, command: Command, at: datetime) -> CaseFile:
    """Decide, change the case, and let happen what follows. Inside a writing transaction.

    Where the machine's clock was set back, it is decided at the moment it is entered at: when the last thing happened.
    """
    at = max(at, case.last_at)
    into = load_case(engine, command.into) if command.into is not None else None
    situation = replace(
        situation_of(engine, case, at), into_open=into is not None and into.state.state not in FINAL
    )
    try:
        events = list(decide(case.state, command, situation))
    except Refusal as refusal:
        raise problem_of(refusal) from None
    events += follow(engine, case, events, at)
    after = change_case(engine, case, events, at)
    if into is not None:
        _join(engine, case, into, events[0], at)
    return after


def _join(engine: Engine, merged: CaseFile, into: CaseFile, event: Event, at: datetime) -> None:
    """Tell the other case of a merger what it has taken over."""
    change_case(engine, into, [join(merged.state, merged.id, event.by)], at)


def problem_of(refusal: Refusal) -> Problem:
    """What whoever gave the command is told."""
    words, possible = refusal.words, refusal.possible
    if refusal.code in ("not-allowed", "separation"):
        return Problem("not-allowed", words.zh, words.en, possible=possible, reason=refusal.code)
    if refusal.where is not None and refusal.code != "request-missing":
        code = "choice" if refusal.code == "argument-wrong" else "required"
        fault = Fault(refusal.where, code, words.zh, words.en)
        return Problem("invalid-body", words.zh, words.en, (fault,), reason=refusal.code)
    faults = []
    for lack in refusal.lacks:
        missing = evidence_words(lack.need.kind, lack.need.by, lack.need.count - lack.have)
        faults.append(Fault(str(lack.need), "required", f"还缺{missing.zh}", f"{missing.en} missing"))
    return Problem("not-possible-now", words.zh, words.en, faults, possible, refusal.code)
