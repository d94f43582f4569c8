"""One door for every command of the loop: permission, decision, evidence, and what follows by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gewu_platform.core.duties import DUTIES, STEP_OF, SYSTEM_ROLE, CommandName
from gewu_platform.core.lifecycle import Actor, Command, Event, Refusal, decide, evolve
from gewu_platform.core.naming import STATE_WORDS, evidence_words, join_words
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.acting import actor_of, offices_above, route_of
from gewu_platform.service.caller import Caller
from gewu_platform.service.case_lists import require_case
from gewu_platform.service.cases import read_case
from gewu_platform.service.casework import CaseFile, change_case, load_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.evidence import read_evidence
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.report_bodies import require_plain
from gewu_platform.service.views import CaseView

ARGUMENTS: frozenset[str] = frozenset({"reason", "note", "office", "evidence"})
LONGEST = 2000
"""Characters of a reason or a note."""

_SYSTEM = Actor(None, SYSTEM_ROLE)


def run_command(
    engine: Engine, caller: Caller, case: int, command: str, arguments: Mapping[str, Any] | None = None
) -> CaseView:
    """Give a command to a case; the case as it is then.

    `arguments` are `reason`, `note`, `office` (an id, to dispatch elsewhere than routed) and `evidence`, a list of
    `{"kind": "photo", "name": …, "sha256": …}`; signatures are `signature:owner`. Problem not-found, not-allowed,
    invalid-body, or not-possible-now with the states in which it would be possible.
    """
    require(caller, "cases.command")
    if command not in DUTIES:
        fault = Fault("command", "choice", "没有这个命令", "there is no such command")
        raise Problem("invalid-body", f"没有命令“{command}”", f"There is no command “{command}”", (fault,))
    name = cast(CommandName, command)

    def work() -> None:
        require_case(engine, caller, case)
        held = load_case(engine, case)
        given = _read_arguments(engine, caller, held, name, arguments or {})
        try:
            events = list(decide(held.state, given))
        except Refusal as refusal:
            raise _problem(refusal) from None
        events += _follow(engine, held, events)
        change_case(engine, held, events, engine.now())

    engine.store.retrying(work)
    return read_case(engine, caller, case)


def _follow(engine: Engine, case: CaseFile, events: Sequence[Event]) -> list[Event]:
    """The automatic steps that come next by themselves."""
    state = case.state
    for event in events:
        state = evolve(state, event)
    found: list[Event] = []
    while (step := STEP_OF.get(state.state)) in case.finding.automatic and state.state in (
        "accepted",
        "filed",
    ):
        routed = route_of(engine, case) if step == "dispatch" else None
        if step == "dispatch" and routed is None:
            break
        (event,) = decide(
            state, Command(cast(CommandName, step), _SYSTEM, office=routed.office if routed else None)
        )
        state = evolve(state, event)
        found.append(event)
    return found


def _read_arguments(
    engine: Engine, caller: Caller, case: CaseFile, name: CommandName, arguments: Mapping[str, Any]
) -> Command:
    require_plain(arguments)
    faults = [
        Fault(str(key), "unknown", "没有这个参数", "is no argument of a command")
        for key in arguments
        if key not in ARGUMENTS
    ]
    texts: dict[str, str | None] = {}
    for key in ("reason", "note"):
        value = arguments.get(key)
        if value is not None and not isinstance(value, str):
            faults.append(Fault(key, "type", "须为文本", "must be a text"))
            value = None
        if value is not None and len(value) > LONGEST:
            faults.append(Fault(key, "at_most", f"最多 {LONGEST} 个字", f"has {LONGEST} characters at most"))
        texts[key] = (value or "").strip() or None
    evidence = read_evidence(
        engine, caller, case.fixed["submission"], arguments.get("evidence") or (), faults
    )
    office = _read_office(engine, case, name, arguments.get("office"), faults)
    if faults:
        raise Problem("invalid-body", "命令的参数有误", "The command's arguments cannot be read", faults)
    return Command(name, actor_of(caller), texts["reason"], texts["note"], office, evidence)


def _read_office(
    engine: Engine, case: CaseFile, name: CommandName, office: Any, faults: list[Fault]
) -> int | None:
    if name != "dispatch":
        return None
    if office in (None, ""):
        routed = route_of(engine, case, case.state.returned_by)
        return routed.office if routed else None
    number = _read_id(office)
    if number not in {row["id"] for row in offices_above(engine, case)}:
        faults.append(Fault("office", "choice", "此处没有这个机构", "no such office stands above the grid"))
    return number


def _read_id(value: Any) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) <= len(str(LARGEST_ID)):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _problem(refusal: Refusal) -> Problem:
    words, possible = refusal.words, refusal.possible
    if refusal.code in ("not-allowed", "separation"):
        return Problem("not-allowed", words.zh, words.en)
    if refusal.code in ("reason-missing", "office-missing"):
        where = refusal.code.removesuffix("-missing")
        return Problem("invalid-body", words.zh, words.en, (Fault(where, "required", words.zh, words.en),))
    if refusal.code == "evidence-missing":
        faults = []
        for lack in refusal.lacks:
            missing = evidence_words(lack.need.kind, lack.need.by, lack.need.count - lack.have)
            faults.append(Fault(str(lack.need), "required", f"还缺{missing.zh}", f"{missing.en} missing"))
        return Problem("not-possible-now", words.zh, words.en, faults, possible)
    states = join_words([STATE_WORDS[state] for state in possible])
    zh, en = f"{words.zh}；可在以下状态：{states.zh}", f"{words.en}; possible when: {states.en}"
    return Problem("not-possible-now", zh, en, (), possible)
