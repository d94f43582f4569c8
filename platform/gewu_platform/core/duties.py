"""Who may do what to a case: the one table of duties, and the separation between them (采办分离).

Areas are not decided here: which cases a centre sees is the service's permission. `docs/duties.md` is this table,
printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gewu_platform.core.tasks import TaskKind

CommandName = Literal[
    "settle", "unsettle", "accept", "refuse", "file", "check", "answer", "dispatch", "return", "handle", "confirm",
    "assist", "verify", "rework", "close", "inform", "void", "merge", "extend", "park", "grant", "deny", "resume",
    "appeal", "urge", "acknowledge", "escalate", "regrade", "reopen",
]  # fmt: skip

SYSTEM_ROLE = "system"
"""The role of whoever takes an automatic step."""

STATES: tuple[str, ...] = (
    "on_site", "reported", "accepted", "filed", "returned", "dispatched", "handling", "parked", "handled", "verified",
    "settled", "closed", "refused", "void", "merged",
)  # fmt: skip
FINAL: frozenset[str] = frozenset({"closed", "refused", "void", "merged"})
OPEN: tuple[str, ...] = tuple(state for state in STATES if state not in FINAL)

STEP_OF: Mapping[str, str] = {
    "on_site": "settle", "reported": "accept", "accepted": "file", "filed": "dispatch", "returned": "dispatch",
    "dispatched": "handle", "handling": "handle", "parked": "handle", "handled": "verify", "verified": "close",
    "settled": "close",
}  # fmt: skip
"""The step an open case waits for; a final one waits for none."""

HOLDER_OF: Mapping[str, str] = {
    "settle": "worker", "accept": "acceptor", "file": "acceptor", "dispatch": "dispatcher", "handle": "handler",
    "verify": "acceptor", "close": "acceptor",
}  # fmt: skip
"""Whose turn it is in a step: of handlers only those of the case's office."""

Tie = Literal["none", "office", "grid", "task"]
Apart = Literal["none", "reporter", "handled"]
Argument = Literal[
    "reason", "note", "office", "evidence", "task", "result", "until", "tier", "into", "severity"
]
Condition = Literal[
    "evidence complete", "no check open", "no assistance open", "not asked already", "limited", "not overdue",
    "extensions left", "first extension", "never parked", "handled and closed", "was late", "never appealed",
    "tier left",
]  # fmt: skip

STAYS = "="
"""`leads_to` of what leaves the case in its state."""
BACK = "<"
"""`leads_to` of what takes the case to the state it was parked in."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One row: who gives a command from which states, what it makes happen, and from what they must keep away.

    `tie` says how the person belongs to the case: they work in the `office` it lies with, are a worker rostered in its
    `grid` (others are not bound by it), or the `task` is addressed to their office or role. `apart` names whom they may
    not be: a `reporter`, or somebody who `handled` (did so, or works in an office that did). `needs` are arguments that
    must come, `takes` those that may; `provided` is what else must hold. The row `asks` for something (opens a task of
    that kind), `answers` an open task, or `ends` one where there is one, with a `result`.
    """

    roles: tuple[str, ...]
    states: tuple[str, ...]
    leads_to: str
    event: str
    tie: Tie = "none"
    apart: Apart = "none"
    needs: tuple[Argument, ...] = ()
    takes: tuple[Argument, ...] = ()
    provided: tuple[Condition, ...] = ()
    asks: TaskKind | None = None
    answers: TaskKind | None = None
    ends: TaskKind | None = None
    result: str | None = None


_HANDLE = ("dispatched", "handling")
_UNDER_WAY = ("reported", "accepted", "filed", "returned", *_HANDLE, "parked", "handled", "verified")
_DECIDERS = ("dispatcher", "supervisor")
_PROOF: tuple[Argument, ...] = ("note", "evidence")
_MORE_TIME: tuple[Condition, ...] = ("limited", "not overdue", "extensions left")

DUTIES: Mapping[CommandName, tuple[Duty, ...]] = {
    "settle": (
        Duty(("worker",), ("on_site",), "settled", "settled", "grid",
             takes=_PROOF, provided=("evidence complete",)),
    ),
    "unsettle": (
        Duty(("worker", SYSTEM_ROLE), ("on_site",), "reported", "unsettled", "grid", takes=("reason",)),
        Duty(("acceptor",), ("settled",), "reported", "unsettled", apart="handled", needs=("reason",)),
    ),
    "accept": (Duty(("acceptor", SYSTEM_ROLE), ("reported",), "accepted", "accepted", takes=("note",)),),
    "refuse": (Duty(("acceptor",), ("reported",), "refused", "refused", needs=("reason",)),),
    "file": (
        Duty(("acceptor", SYSTEM_ROLE), ("accepted",), "filed", "filed",
             takes=("note",), provided=("no check open",)),
    ),
    "check": (
        Duty(("acceptor",), ("accepted",), STAYS, "check-asked", apart="handled",
             takes=("note",), provided=("no check open",), asks="pre_check"),
        Duty(("acceptor",), ("handled", "verified"), STAYS, "check-asked", apart="handled",
             takes=("note",), provided=("no check open",), asks="post_check"),
    ),
    "answer": (
        Duty(("worker",), ("accepted",), STAYS, "check-answered", "grid",
             needs=("result",), takes=("task", *_PROOF), answers="pre_check"),
        Duty(("worker",), ("handled", "verified"), STAYS, "check-answered", "grid", "handled",
             needs=("result",), takes=("task", *_PROOF), answers="post_check"),
    ),
    "dispatch": (
        Duty(("dispatcher", SYSTEM_ROLE), ("filed", "returned"), "dispatched", "dispatched",
             needs=("office",), takes=("note",)),
    ),
    "return": (
        Duty(("handler",), _HANDLE, "returned", "returned", "office", needs=("reason",), takes=("evidence",)),
    ),
    "handle": (Duty(("handler",), _HANDLE, "handling", "handling", "office", "reporter", takes=_PROOF),),
    "confirm": (
        Duty(("handler",), ("handling",), "handled", "confirmed", "office", "reporter",
             takes=_PROOF, provided=("no assistance open",)),
    ),
    "assist": (
        Duty(("handler",), (*_HANDLE, "parked"), STAYS, "assisted", "task", "reporter",
             needs=("note",), takes=("task", "evidence"), answers="assist", result="done"),
    ),
    "verify": (
        Duty(("worker", "acceptor"), ("handled",), "verified", "verified", "grid", "handled",
             takes=_PROOF, provided=("no check open",)),
    ),
    "rework": (
        Duty(("worker", "acceptor"), ("handled", "verified"), "dispatched", "reworked", "grid", "handled",
             needs=("reason",), takes=("evidence",)),
    ),
    "close": (
        Duty(("acceptor",), ("verified", "settled"), "closed", "closed", apart="handled",
             takes=_PROOF, provided=("no check open", "evidence complete")),
        # What was settled on the spot nobody but who settled it has seen: a person looks at it before it is closed.
        Duty((SYSTEM_ROLE,), ("verified",), "closed", "closed",
             provided=("no check open", "evidence complete")),
    ),
    "inform": (
        Duty(("acceptor",), ("accepted", "filed", "returned"), "closed", "informed", apart="handled",
             needs=("reason",)),
    ),
    "void": (
        Duty(("acceptor",), ("accepted", "filed", "returned", *_HANDLE, "parked"), "void", "voided",
             apart="handled", needs=("reason",)),
    ),
    "merge": (
        Duty(("acceptor",), ("reported", "accepted", "filed", "returned", "dispatched"), "merged", "merged",
             apart="handled", needs=("into", "reason")),
    ),
    "extend": (
        Duty(("handler",), _HANDLE, STAYS, "extension-asked", "office",
             needs=("reason",), takes=("evidence",), provided=(*_MORE_TIME, "not asked already"), asks="extend"),
        Duty(("dispatcher",), _HANDLE, STAYS, "extended", apart="handled",
             needs=("reason",), provided=(*_MORE_TIME, "first extension"), ends="extend", result="granted"),
        Duty(("supervisor",), _HANDLE, STAYS, "extended", apart="handled",
             needs=("reason",), provided=_MORE_TIME, ends="extend", result="granted"),
    ),
    "park": (
        Duty(("handler",), _HANDLE, STAYS, "parking-asked", "office",
             needs=("reason", "until"), takes=("evidence",), provided=("never parked", "not asked already"), asks="park"),
        Duty(_DECIDERS, _HANDLE, "parked", "parked", apart="handled",
             needs=("reason", "until"), provided=("never parked",), ends="park", result="granted"),
    ),
    "grant": (
        Duty(("dispatcher",), _HANDLE, STAYS, "extended", apart="handled",
             takes=("task", "note"), provided=(*_MORE_TIME, "first extension"), answers="extend", result="granted"),
        Duty(("supervisor",), _HANDLE, STAYS, "extended", apart="handled",
             takes=("task", "note"), provided=_MORE_TIME, answers="extend", result="granted"),
        Duty(_DECIDERS, _HANDLE, "parked", "parked", apart="handled",
             takes=("task", "until", "note"), provided=("never parked",), answers="park", result="granted"),
        Duty(("supervisor",), ("closed",), STAYS, "appeal-granted", apart="handled",
             takes=("task", "note"), answers="appeal", result="granted"),
    ),
    "deny": (
        Duty(("dispatcher",), _HANDLE, STAYS, "extension-denied", apart="handled", needs=("reason",),
             takes=("task",), provided=("first extension",), answers="extend", result="denied"),
        Duty(("supervisor",), _HANDLE, STAYS, "extension-denied", apart="handled", needs=("reason",),
             takes=("task",), answers="extend", result="denied"),
        Duty(_DECIDERS, _HANDLE, STAYS, "parking-denied", apart="handled", needs=("reason",),
             takes=("task",), answers="park", result="denied"),
        Duty(("supervisor",), ("closed",), STAYS, "appeal-denied", apart="handled", needs=("reason",),
             takes=("task",), answers="appeal", result="denied"),
    ),
    "resume": (
        Duty(("handler",), ("parked",), BACK, "resumed", "office", takes=("note",)),
        Duty((*_DECIDERS, SYSTEM_ROLE), ("parked",), BACK, "resumed", takes=("note",)),
    ),
    "appeal": (
        Duty(("handler",), ("closed",), STAYS, "appealed", "office", needs=("reason",), takes=("evidence",),
             provided=("handled and closed", "was late", "never appealed"), asks="appeal"),
    ),
    "urge": (Duty(("supervisor",), OPEN, STAYS, "urged", needs=("note",), asks="urge"),),
    "acknowledge": (
        Duty(("worker", "handler", "acceptor", "dispatcher"), OPEN, STAYS, "acknowledged", "task",
             takes=("task", "note"), answers="urge", result="received"),
    ),
    "escalate": (
        Duty(("handler",), _UNDER_WAY, STAYS, "escalated", "office",
             needs=("reason",), takes=("tier",), provided=("tier left",)),
        Duty(("acceptor", *_DECIDERS), _UNDER_WAY, STAYS, "escalated",
             needs=("reason",), takes=("tier",), provided=("tier left",)),
    ),
    "regrade": (
        Duty(("acceptor", "dispatcher"), ("accepted", "filed", "returned", *_HANDLE), STAYS, "regraded",
             apart="handled", needs=("severity", "reason")),
    ),
    "reopen": (
        Duty(("acceptor", "supervisor"), ("closed",), "filed", "reopened", apart="handled", needs=("reason",)),
        Duty(("acceptor", "supervisor"), ("refused", "void"), "accepted", "reopened", apart="handled",
             needs=("reason",)),
    ),
}  # fmt: skip


@cache
def states_for(name: CommandName) -> tuple[str, ...]:
    """The states in which somebody may give the command, in the order of `STATES`."""
    states = {state for duty in DUTIES[name] for state in duty.states}
    return tuple(state for state in STATES if state in states)


def answered_by(name: CommandName) -> frozenset[TaskKind]:
    """The kinds of tasks that the command answers; of most commands none."""
    return frozenset(duty.answers for duty in DUTIES[name] if duty.answers)


def rows() -> Iterable[tuple[CommandName, Duty]]:
    """The table row by row, each with its command."""
    return ((name, duty) for name, duties in DUTIES.items() for duty in duties)
