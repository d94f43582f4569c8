"""The closed loop of a case: `decide` says what a command makes happen, `evolve` what the case is after it.

Both are pure. A case is what its events made of it, so replaying them gives the same state again. Who may do what, and
when, is data (`duties`); this module reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gewu_platform.core.arguments import parking_day, require_arguments
from gewu_platform.core.commands import Actor, Command, Situation
from gewu_platform.core.conditions import PROVISIONS, next_tier
from gewu_platform.core.duties import DUTIES, HOLDER_OF, Argument, CommandName, Duty
from gewu_platform.core.events import Event, Given, event_from_json, event_to_json
from gewu_platform.core.evidence import Lack, count_evidence, lacking
from gewu_platform.core.refusals import (
    Refusal,
    lacking_evidence,
    mixed,
    nothing_asked,
    several_asked,
    untied,
    wrong_role,
    wrong_state,
)
from gewu_platform.core.states import State, evolve, open_case
from gewu_platform.core.tasks import Task, TaskKind
from gewu_platform.core.words import Words

__all__ = [
    "Actor", "Command", "Event", "Given", "Lack", "Refusal", "Situation", "State", "Task", "TaskKind",
    "arguments_for", "count_evidence", "decide", "event_from_json", "event_to_json", "evolve", "join", "lacking",
    "open_case", "possible",
]  # fmt: skip

Candidate = tuple[Duty, Task | None]
"""A row that fits, and the open task it would answer."""


def decide(state: State, command: Command, situation: Situation) -> tuple[Event, ...]:
    """The events `command` makes happen; Refusal where it cannot be given."""
    candidates = _candidates(state, command.name, command.actor, command.task)
    if len(candidates) > 1:
        raise several_asked(command.name)
    duty, task = candidates[0]
    refusal = _forbidden(state, command.name, duty, task, command.actor, situation)
    if refusal:
        raise refusal
    require_arguments(state, duty, command, situation, task)
    event = _event(state, command, duty, task)
    if "evidence complete" in duty.provided:
        lacks = lacking(evolve(state, event))
        if lacks:
            raise lacking_evidence(command.name, lacks)
    return (event,)


def possible(state: State, actor: Actor, situation: Situation) -> dict[CommandName, Words | None]:
    """For every command: None where `actor` may give it now (with the right arguments), else why not."""
    return {name: _refusal_words(state, name, actor, situation) for name in DUTIES}


def arguments_for(
    state: State, name: CommandName, actor: Actor
) -> tuple[tuple[Argument, ...], tuple[Argument, ...]]:
    """What must come with a command of `actor` now, and what may; empty where they cannot give it.

    Where several rows fit (two requests are open, say), what each of them needs and any of them takes.
    """
    try:
        duties = [duty for duty, _ in _candidates(state, name, actor, None)]
    except Refusal:
        return (), ()
    needs = tuple(each for each in duties[0].needs if all(each in duty.needs for duty in duties))
    may = dict.fromkeys(each for duty in duties for each in (*duty.needs, *duty.takes))
    return needs, tuple(each for each in may if each not in needs)


def join(state: State, case: int, by: int | None) -> Event:
    """What merging the case of `state`, whose id is `case`, means to the one it is merged into.

    Who reported or handled the one has reported or handled the other: duties stay apart.
    """
    return Event(
        "joined", by, case=case,
        reporters=tuple(sorted(state.reporters | {state.reporter})),
        handlers=tuple(sorted(state.handlers)),
        offices=tuple(sorted(state.offices)),
    )  # fmt: skip


def _refusal_words(state: State, name: CommandName, actor: Actor, situation: Situation) -> Words | None:
    try:
        candidates = _candidates(state, name, actor, None)
    except Refusal as refusal:
        return refusal.words
    refusals = [_forbidden(state, name, duty, task, actor, situation) for duty, task in candidates]
    return None if None in refusals else next(refusal.words for refusal in refusals if refusal)


def _candidates(state: State, name: CommandName, actor: Actor, number: int | None) -> Sequence[Candidate]:
    """The rows that fit the state, the role and the open tasks, at least one: Refusal where none does.

    Rows that answer a task fit once for each such task that is addressed to the actor; `number` names one.
    """
    in_state = [duty for duty in DUTIES[name] if state.state in duty.states]
    if not in_state:
        raise wrong_state(name, state.state)
    of_role = [duty for duty in in_state if actor.role in duty.roles]
    if not of_role:
        raise wrong_role(name, in_state)
    answering = [duty for duty in of_role if duty.answers]
    if not answering:
        return [(duty, None) for duty in of_role]
    asked = [
        (duty, task) for duty in answering for task in state.tasks
        if task.kind == duty.answers and number in (None, task.number)
    ]  # fmt: skip
    if not asked:
        raise nothing_asked(name, [duty.answers for duty in answering if duty.answers])
    own = [
        (duty, task)
        for duty, task in asked
        if duty.tie != "task" or actor.is_asked(task.office, task.role, state.grid)
    ]
    if not own:
        raise untied(name, asked[0][0], actor.role)
    return own


def _forbidden(
    state: State, name: CommandName, duty: Duty, task: Task | None, actor: Actor, situation: Situation
) -> Refusal | None:
    if not _tied(state, duty, actor):
        return untied(name, duty, actor.role)
    if _is_mixed(state, duty, actor):
        return mixed(name, duty)
    for condition in duty.provided:
        provision = PROVISIONS.get(condition)
        if provision and not provision.holds(state, situation, duty):
            return Refusal(provision.code, provision.otherwise(state, duty), duty.states)
    return None


def _tied(state: State, duty: Duty, actor: Actor) -> bool:
    """Whether the person belongs to the case as the row asks; tasks were told apart before."""
    if duty.tie == "office":
        return state.office is not None and state.office in actor.offices
    if duty.tie == "grid" and actor.role == "worker":
        return state.grid in actor.grids
    return True


def _is_mixed(state: State, duty: Duty, actor: Actor) -> bool:
    if duty.apart == "reporter":
        return actor.user in state.reporters | {state.reporter}
    if duty.apart == "handled":
        return actor.user in state.handlers or bool(actor.offices & state.offices)
    return False


def _event(state: State, command: Command, duty: Duty, task: Task | None) -> Event:
    ended = task or next(iter(state.open_tasks(duty.ends) if duty.ends else ()), None)
    return Event(
        duty.event,
        command.actor.user,
        _office(state, command, duty, task),
        command.reason,
        command.note,
        command.evidence,
        opens=tuple(_opened(state, command, duty)),
        ends=ended.number if ended else None,
        result=(duty.result or command.result) if ended else None,
        until=parking_day(command, ended) if duty.event in ("parking-asked", "parked") else None,
        tier=(command.tier or next_tier(state.escalated_to)) if "tier" in duty.takes else None,
        case=command.into if "into" in duty.needs else None,
        severity=command.severity if "severity" in duty.needs else None,
    )


def _office(state: State, command: Command, duty: Duty, task: Task | None) -> int | None:
    if duty.event == "dispatched":
        return command.office
    return task.office if task and task.kind == "assist" else state.office


def _opened(state: State, command: Command, duty: Duty) -> Iterator[Task]:
    """The tasks that begin: what the row asks for, and on a dispatch one for every co-handler."""
    by, first = command.actor.user, state.asked + 1
    if duty.asks:
        office, role = _addressee(state, duty.asks)
        said = command.reason if "reason" in duty.needs else command.note
        until = command.until if duty.asks == "park" else None
        yield Task(first, duty.asks, office, role, by, said, until)
    if duty.event == "dispatched":
        offices = [office for office in dict.fromkeys(command.assisting) if office != command.office]
        for number, office in enumerate(offices, first):
            yield Task(number, "assist", office, None, by, command.note)


def _addressee(state: State, kind: TaskKind) -> tuple[int | None, str | None]:
    """The office, or else the role, that is asked."""
    if kind == "urge":
        role = HOLDER_OF[state.step or "close"]
        return (state.office, None) if role == "handler" else (None, role)
    if kind == "appeal" or (kind == "extend" and state.extensions):
        return None, "supervisor"
    return None, "worker" if kind in ("pre_check", "post_check") else "dispatcher"
