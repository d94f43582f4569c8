"""People, commands and walks for the tests of the pure loop.

A walk is a list of whole numbers, so that it is quick to draw and shrinks well: each number says which command somebody
tries next, with which arguments, in which situation. Most tries are likely ones, some are wild.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any, get_args

from hypothesis import strategies as st

from gewu_dsl.model import Evidence
from gewu_platform.core.duties import DUTIES, CommandName
from gewu_platform.core.lifecycle import (
    Actor,
    Command,
    Event,
    Given,
    Refusal,
    Situation,
    State,
    decide,
    evolve,
    open_case,
)

REPORTER, GRID = 1, 10
OFFICE, OTHER_OFFICE, HELPING_OFFICE = 100, 200, 300
NEEDS = (Evidence("photo", 1), Evidence("signature", 2, "worker"))
TODAY = date(2026, 11, 22)
NOW = Situation(TODAY)
OPEN_TARGET = Situation(TODAY, into_open=True)

REPORTING = Actor(REPORTER, "worker", grids=frozenset({GRID}))
WORKER = Actor(2, "worker", grids=frozenset({GRID}))
STRANGER = Actor(3, "worker", grids=frozenset({11}))
ACCEPTOR = Actor(4, "acceptor")
DISPATCHER = Actor(6, "dispatcher")
HANDLER = Actor(7, "handler", offices=frozenset({OFFICE}))
COLLEAGUE = Actor(8, "handler", offices=frozenset({OFFICE}))
OTHER = Actor(9, "handler", offices=frozenset({OTHER_OFFICE}))
HELPER = Actor(10, "handler", offices=frozenset({HELPING_OFFICE}))
SUPERVISOR = Actor(11, "supervisor")
SYSTEM = Actor(None, "system")
REPORTER_AT_OFFICE = Actor(REPORTER, "handler", offices=frozenset({OFFICE}))

PEOPLE = (
    REPORTING, WORKER, STRANGER, ACCEPTOR, DISPATCHER, HANDLER, COLLEAGUE, OTHER, HELPER, SUPERVISOR, SYSTEM,
    REPORTER_AT_OFFICE,
    # The same people in a second role, and people of a centre who also work in an office.
    Actor(7, "acceptor"), Actor(7, "worker", grids=frozenset({GRID})), Actor(7, "dispatcher"), Actor(7, "supervisor"),
    Actor(10, "acceptor"), Actor(2, "acceptor"),
    Actor(5, "acceptor", offices=frozenset({OFFICE})), Actor(12, "supervisor", offices=frozenset({OFFICE})),
    Actor(13, "dispatcher", offices=frozenset({HELPING_OFFICE})),
    Actor(14, "worker", offices=frozenset({OFFICE}), grids=frozenset({GRID})),
)  # fmt: skip
ROLES = ("worker", "acceptor", "dispatcher", "handler", "supervisor", "system")
NAMES: tuple[CommandName, ...] = get_args(CommandName)

PROOF = (
    Given("photo", None, "a.jpg", "p1"),
    Given("signature", "worker", "b.png", "s1", "甲"),
    Given("signature", "worker", "c.png", "s2", "乙"),
)


def ready(name: Any, actor: Actor, **changes: Any) -> Command:
    """A command with everything it could need."""
    command = Command(
        name, actor, "理由", "说明", OFFICE, PROOF, result="yes", until=TODAY + timedelta(30), into=99,
        severity="critical",
    )  # fmt: skip
    return replace(command, **changes)


def run(state: State, command: Command, situation: Situation = OPEN_TARGET) -> State:
    """The state after a command that must be possible."""
    for event in decide(state, command, situation):
        state = evolve(state, event)
    return state


def refusal_of(state: State, command: Command, situation: Situation = OPEN_TARGET) -> Refusal | None:
    """Why a command cannot be given, None where it can."""
    try:
        decide(state, command, situation)
    except Refusal as refusal:
        return refusal
    return None


def refused(state: State, command: Command, situation: Situation = OPEN_TARGET) -> Refusal:
    """Why a command that must be refused is."""
    refusal = refusal_of(state, command, situation)
    assert refusal is not None, f"{command.name} was possible"
    return refusal


USUAL: dict[str, Actor] = {
    "settle": WORKER, "unsettle": WORKER, "answer": WORKER, "accept": ACCEPTOR, "refuse": ACCEPTOR, "file": ACCEPTOR,
    "check": ACCEPTOR, "rework": ACCEPTOR, "verify": ACCEPTOR, "close": ACCEPTOR, "inform": ACCEPTOR, "void": ACCEPTOR,
    "merge": ACCEPTOR, "regrade": ACCEPTOR, "reopen": ACCEPTOR, "escalate": ACCEPTOR, "dispatch": DISPATCHER,
    "return": HANDLER, "handle": HANDLER, "confirm": HANDLER, "assist": HELPER, "appeal": HANDLER,
    "acknowledge": HANDLER, "extend": SUPERVISOR, "park": SUPERVISOR, "grant": SUPERVISOR, "deny": SUPERVISOR,
    "resume": SUPERVISOR, "urge": SUPERVISOR,
}  # fmt: skip
"""Who usually gives a command."""


def _usual(step: str | tuple[str, Actor] | Command) -> Command:
    if isinstance(step, Command):
        return step
    return ready(step, USUAL[step]) if isinstance(step, str) else ready(*step)


def walk(*steps: str | tuple[str, Actor] | Command, on_site: bool = False, late: bool = True) -> State:
    """The state after commands by whoever usually gives them; all must be possible."""
    state = open_case(REPORTER, GRID, NEEDS, "minor", on_site)
    situation = Situation(TODAY, late=late, into_open=True)
    for step in steps:
        state = run(state, _usual(step), situation)
    return state


TO_FILED = ("accept", "file")
TO_DISPATCHED = (*TO_FILED, "dispatch")
TO_HANDLING = (*TO_DISPATCHED, "handle")
TO_HANDLED = (*TO_HANDLING, "confirm")
TO_VERIFIED = (*TO_HANDLED, "verify")
TO_CLOSED = (*TO_VERIFIED, "close")

REACHED: dict[str, State] = {
    "on_site": walk(on_site=True),
    "reported": walk(),
    "accepted": walk("accept"),
    "filed": walk(*TO_FILED),
    "returned": walk(*TO_DISPATCHED, "return"),
    "dispatched": walk(*TO_DISPATCHED),
    "handling": walk(*TO_HANDLING),
    "parked": walk(*TO_HANDLING, "park"),
    "handled": walk(*TO_HANDLED),
    "verified": walk(*TO_VERIFIED),
    "settled": walk("settle", on_site=True),
    "closed": walk(*TO_CLOSED),
    "refused": walk("refuse"),
    "void": walk("accept", "void"),
    "merged": walk("merge"),
}
"""One case in every state."""


def assisted(*, finished: bool) -> State:
    """A dispatched case with a co-handler, who has or has not finished."""
    state = walk(*TO_FILED, ready("dispatch", DISPATCHER, assisting=(HELPING_OFFICE, OFFICE, HELPING_OFFICE)))
    return run(state, ready("assist", HELPER)) if finished else state


ASKED: tuple[State, ...] = (
    walk("accept", "check"),
    walk(*TO_HANDLED, "check"),
    assisted(finished=False),
    walk(*TO_HANDLING, ("extend", HANDLER)),
    walk(*TO_HANDLING, ("park", HANDLER)),
    walk(*TO_DISPATCHED, "urge"),
    walk(*TO_CLOSED, "appeal"),
)
"""Cases in which somebody was asked something, of every kind."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One event of a walk: None for `command` where no person gave one."""

    before: State
    command: Command | None
    situation: Situation
    event: Event
    after: State


WALKS = st.lists(st.integers(0, 2**60), max_size=50)

_HELPED: tuple[str | Command, ...] = (*TO_FILED, ready("dispatch", DISPATCHER, assisting=(HELPING_OFFICE,)))
_PREFIXES: tuple[tuple[str | tuple[str, Actor] | Command, ...], ...] = (
    (), TO_FILED, TO_DISPATCHED, _HELPED, TO_HANDLING, (*TO_HANDLING, ("extend", HANDLER)),
    (*TO_HANDLING, ("park", HANDLER)), (*TO_HANDLING, "extend"), (*TO_HANDLING, "park"), TO_HANDLED,
    (*TO_HANDLED, "check"), (*TO_HANDLED, "rework"), TO_VERIFIED, TO_CLOSED, (*TO_CLOSED, "appeal"), ("accept", "check"),
)  # fmt: skip
"""How a walk may begin, so that it gets everywhere."""


def follow(numbers: list[int]) -> list[Taken]:
    """What happened on the walk that the numbers describe."""
    return [taken for taken, _, _, _ in _steps(numbers) if taken]


def tried(numbers: list[int]) -> list[tuple[State, Command, Situation]]:
    """Every command of the walk with the state it met, whether or not it could be given."""
    return [(state, command, situation) for _, state, command, situation in _steps(numbers) if command]


def _steps(numbers: list[int]) -> Iterator[tuple[Taken | None, State, Command | None, Situation]]:
    start = numbers[0] if numbers else 0
    state = open_case(REPORTER, GRID, NEEDS, "minor", on_site=start % 19 == 18)
    prefix = () if start % 19 == 18 else _PREFIXES[start % 19 % len(_PREFIXES)]
    likely = Situation(TODAY, late=True, into_open=True)
    drawn: Iterator[tuple[Command | None, Situation, int]] = iter(
        [(command, likely, 0) for command in map(_usual, prefix)]
    )
    for command, situation, number in chain(drawn, ((None, NOW, number) for number in numbers)):
        if command is None:
            command, situation = _draw(state, number)
        if command is None:
            events: tuple[Event, ...] = (_foreign(number),)
        else:
            try:
                events = decide(state, command, situation)
            except Refusal:
                yield None, state, command, situation
                continue
        (event,) = events
        after = evolve(state, event)
        yield Taken(state, command, situation, event, after), state, command, situation
        state = after


class _Dice:
    """The digits of one number, drawn one after the other."""

    def __init__(self, number: int) -> None:
        self._rest = number

    def pick(self, *choices: Any) -> Any:
        self._rest, index = divmod(self._rest, len(choices))
        return choices[index]


def _draw(state: State, number: int) -> tuple[Command | None, Situation]:
    dice = _Dice(number)
    wild = dice.pick(*range(20))
    if wild == 0:
        return None, NOW
    names = [name for name in NAMES if any(state.state in duty.states for duty in DUTIES[name])] or NAMES
    name = dice.pick(*NAMES) if wild == 1 else dice.pick(*names, *_FORWARD.get(state.state, ()))
    roles = {role for duty in DUTIES[name] if state.state in duty.states for role in duty.roles}
    likely = [person for person in PEOPLE if person.role in roles] or PEOPLE
    if wild > 2 and name in _RARE and dice.pick(True, True, False):
        name = dice.pick(*_FORWARD.get(state.state, (name,)))
        likely = [USUAL[name]]
    usual = USUAL[name] if USUAL[name] in likely else likely[0]
    actor = dice.pick(*PEOPLE) if wild == 2 else dice.pick(*likely, *[usual] * len(likely))
    command = Command(
        name, actor,
        dice.pick("理由", "理由", "理由", None, " "),
        dice.pick("说明", "说明", "说明", None),
        dice.pick(OFFICE, OFFICE, OTHER_OFFICE, None),
        dice.pick(PROOF, PROOF, (), PROOF[:1], (Given("photo", None, "z", "p9"),)),
        dice.pick(None, None, None, 1, 2, 3),
        dice.pick("yes", "yes", "no", None),
        dice.pick(TODAY + timedelta(30), TODAY + timedelta(30), TODAY, TODAY + timedelta(365), TODAY + timedelta(366), None),
        dice.pick(None, None, "town", "county", "city", "grid"),
        dice.pick(99, 99, None),
        dice.pick("major", "critical", "minor", "huge", None),
        dice.pick((), (HELPING_OFFICE,), (HELPING_OFFICE, OFFICE, HELPING_OFFICE)),
    )  # fmt: skip
    situation = Situation(
        TODAY,
        overdue=dice.pick(False, False, True),
        limited=dice.pick(True, True, False),
        late=dice.pick(True, False),
        into_open=dice.pick(True, False),
    )
    return command, situation


_RARE = frozenset({"void", "urge", "escalate", "inform", "merge", "refuse", "reopen", "regrade"})
_FORWARD: dict[str, tuple[CommandName, ...]] = {
    "reported": ("accept",) * 12, "accepted": ("file",) * 8, "filed": ("dispatch",) * 8, "returned": ("dispatch",) * 6,
    "dispatched": ("handle", "assist", "extend", "grant", "deny") * 2, "handling": ("confirm", "extend", "grant", "deny") * 2,
    "parked": ("resume",) * 3, "handled": ("verify", "answer") * 3, "verified": ("close", "answer") * 3,
    "on_site": ("settle",) * 3, "closed": ("appeal", "reopen", "grant", "deny"),
}  # fmt: skip
"""What helps a walk get somewhere."""


def _foreign(number: int) -> Event:
    """Something that no command brings: the clock's doing, another report, another case."""
    dice = _Dice(number // 20)
    return dice.pick(
        Event("added", 8, submission="s-2"),
        Event("added", 22, submission="s-3"),
        Event("joined", 4, case=98, reporters=(8, 21), handlers=(4,), offices=(OTHER_OFFICE,)),
        Event("escalated", None, tier="county"),
        Event("reminded", None),
        Event("overdue", None),
        Event("adjusted", None),
    )
