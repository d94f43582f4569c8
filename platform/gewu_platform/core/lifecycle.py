"""The closed loop of a case: `decide` says what a command makes happen, `evolve` what the case is after it.

Both are pure. A case is what its events made of it, so replaying them gives the same state again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gewu_dsl.model import Evidence
from gewu_platform.core.duties import DUTIES, STEP_OF, CommandName, Duty
from gewu_platform.core.naming import COMMAND_WORDS, ROLE_WORDS, STATE_WORDS, evidence_words, join_words
from gewu_platform.core.words import Words

EVENT_KINDS: Mapping[CommandName, str] = {
    "accept": "accepted", "refuse": "refused", "file": "filed", "dispatch": "dispatched", "return": "returned",
    "handle": "handling", "confirm": "confirmed", "verify": "verified", "rework": "reworked", "close": "closed",
    "void": "voided",
}  # fmt: skip
_PROVING = frozenset({"handling", "confirmed", "verified", "closed"})
"""Events whose notes and files count for the closing: what was said before anything was handled proves nothing."""

_STATE_AFTER = {EVENT_KINDS[name]: duty.leads_to for name, duty in DUTIES.items()}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the offices they work in and the grids they are rostered for. `user` None is the system."""

    user: int | None
    role: str
    offices: frozenset[int] = frozenset()
    grids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """One piece of evidence: a file under its hash, or a note (`sha256` None). `by` tells whose signature it is."""

    kind: str
    by: str | None = None
    name: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done. `office` is where a dispatch sends it."""

    name: CommandName
    actor: Actor
    reason: str | None = None
    note: str | None = None
    office: int | None = None
    evidence: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, and by whom; `office` is where the case lies from then on (dispatch) or lay (the others)."""

    kind: str
    by: int | None
    office: int | None = None
    reason: str | None = None
    note: str | None = None
    evidence: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What a case has become. `handlers` and `offices` are the people and offices that ever handled it.

    `office` is the one it lies with, or, until it is dispatched again, the one that returned it.
    """

    state: str
    reporter: int
    grid: int
    needs: tuple[Evidence, ...] = ()
    office: int | None = None
    handlers: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()
    returned_by: frozenset[int] = frozenset()
    reworks: int = 0
    evidence: tuple[Given, ...] = ()
    notes: int = 0

    @property
    def step(self) -> str | None:
        """What the case waits for; None once it is final."""
        return STEP_OF.get(self.state)


@dataclass(frozen=True, slots=True)
class Lack:
    """Evidence still missing: `have` of what `need` asks for."""

    need: Evidence
    have: int


class Refusal(Exception):
    """A command that cannot be given: `code` is `not-possible-now`, `not-allowed`, `separation`, `reason-missing`,
    `office-missing` or `evidence-missing`; `possible` are the states in which it could be; `lacks` the missing evidence.
    """

    def __init__(
        self, code: str, words: Words, possible: tuple[str, ...] = (), lacks: tuple[Lack, ...] = ()
    ) -> None:
        super().__init__(words.en)
        self.code = code
        self.words = words
        self.possible = possible
        self.lacks = lacks


def open_case(reporter: int, grid: int, needs: tuple[Evidence, ...] = ()) -> State:
    """A case as it is when it was just reported; `needs` is what its closing asks for."""
    return State("reported", reporter, grid, needs)


def decide(state: State, command: Command) -> tuple[Event, ...]:
    """The events `command` makes happen; Refusal where it cannot be given."""
    refusal = _refusal(state, command.name, command.actor)
    if refusal:
        raise refusal
    duty = DUTIES[command.name]
    if duty.needs_reason and not (command.reason or "").strip():
        raise Refusal("reason-missing", Words("请填写理由", "A reason is needed"), duty.states)
    if command.name == "dispatch" and command.office is None:
        raise Refusal(
            "office-missing",
            Words("没有对应的机构，请指定派往哪里", "No office stands here: name where to send it"),
            duty.states,
        )
    event = Event(
        EVENT_KINDS[command.name],
        command.actor.user,
        command.office if command.name == "dispatch" else state.office,
        command.reason,
        command.note,
        command.evidence,
    )
    if command.name == "close":
        _require_evidence(evolve(state, event), duty)
    return (event,)


def evolve(state: State, event: Event) -> State:
    """The case after `event`."""
    after = replace(state, state=_STATE_AFTER[event.kind])
    if event.kind in _PROVING:
        after = replace(
            after,
            evidence=_add(state.evidence, event.evidence),
            notes=state.notes + (1 if event.note else 0),
        )
    if event.kind == "dispatched":
        return replace(after, office=event.office)
    if event.kind in {"handling", "confirmed"}:
        return replace(
            after, handlers=_with(state.handlers, event.by), offices=_with(state.offices, state.office)
        )
    if event.kind == "returned":
        return replace(after, returned_by=_with(state.returned_by, state.office))
    if event.kind == "reworked":
        # What was handed in shows the attempt that failed: it stays in the history and proves nothing any more.
        return replace(after, reworks=state.reworks + 1, evidence=(), notes=0)
    return after


def possible(state: State, actor: Actor) -> dict[CommandName, Words | None]:
    """For every command: None where `actor` may give it now, else why not."""
    refusals = {name: _refusal(state, name, actor) for name in DUTIES}
    return {name: refusal.words if refusal else None for name, refusal in refusals.items()}


def lacking(state: State) -> tuple[Lack, ...]:
    """What the closing asks for and is not there yet."""
    return tuple(Lack(need, have) for need, have in count_evidence(state) if have < need.count)


def count_evidence(state: State) -> list[tuple[Evidence, int]]:
    """For each thing the closing asks for, how many are there; the same file counts once."""
    return [(need, _count(state, need)) for need in state.needs]


def _count(state: State, need: Evidence) -> int:
    if need.kind == "note":
        return state.notes
    return len({
        given.sha256 for given in state.evidence
        if given.kind == need.kind and given.sha256 and (need.by is None or given.by == need.by)
    })  # fmt: skip


def _require_evidence(state: State, duty: Duty) -> None:
    lacks = lacking(state)
    if lacks:
        missing = join_words(
            [evidence_words(lack.need.kind, lack.need.by, lack.need.count - lack.have) for lack in lacks]
        )
        words = Words(f"结案还缺：{missing.zh}", f"To close, this is still missing: {missing.en}")
        raise Refusal("evidence-missing", words, duty.states, lacks)


def _refusal(state: State, name: CommandName, actor: Actor) -> Refusal | None:
    duty = DUTIES[name]
    if state.state not in duty.states:
        now, command = STATE_WORDS[state.state], COMMAND_WORDS[name]
        words = Words(
            f"案件现为“{now.zh}”，不能{command.zh}",
            f"The case is {now.en}: it cannot be given “{command.en}” now",
        )
        return Refusal("not-possible-now", words, duty.states)
    if actor.role not in duty.roles:
        roles = join_words([ROLE_WORDS[role] for role in sorted(duty.roles) if role in ROLE_WORDS])
        return Refusal("not-allowed", Words(f"由{roles.zh}办理", f"This is for: {roles.en}"), duty.states)
    untied = _untied(state, duty, actor)
    if untied:
        return Refusal("not-allowed", untied, duty.states)
    mixed = _mixed(state, duty, actor)
    return Refusal("separation", mixed, duty.states) if mixed else None


def _untied(state: State, duty: Duty, actor: Actor) -> Words | None:
    if duty.holds == "office" and (state.office is None or state.office not in actor.offices):
        return Words("案件不在您的机构", "The case does not lie with your office")
    if duty.holds == "grid" and actor.role == "worker" and state.grid not in actor.grids:
        return Words("您不在该网格值守", "You are not rostered in this grid")
    return None


def _mixed(state: State, duty: Duty, actor: Actor) -> Words | None:
    if duty.apart == "reporter" and actor.user == state.reporter:
        return Words("采办分离：上报人不能处置", "Duties are kept apart: who reported cannot handle")
    if duty.apart == "handled" and (actor.user in state.handlers or actor.offices & state.offices):
        return Words(
            "采办分离：处置方不能核查或结案", "Duties are kept apart: who handled cannot verify or close"
        )
    return None


def _add(evidence: tuple[Given, ...], more: Sequence[Given]) -> tuple[Given, ...]:
    return evidence + tuple(given for given in more if given not in evidence)


def _with(members: frozenset[int], member: int | None) -> frozenset[int]:
    return members if member is None else members | {member}


# Events as the journal keeps them


def event_to_json(event: Event) -> dict[str, Any]:
    """The event without what is empty."""
    body: dict[str, Any] = {"kind": event.kind, "by": event.by}
    for name in ("office", "reason", "note"):
        value = getattr(event, name)
        if value is not None:
            body[name] = value
    if event.evidence:
        body["evidence"] = [
            {"kind": given.kind, "by": given.by, "name": given.name, "sha256": given.sha256}
            for given in event.evidence
        ]
    return body


def event_from_json(body: Mapping[str, Any]) -> Event:
    """The event that `event_to_json` wrote; KeyError where it is none."""
    evidence = tuple(
        Given(given["kind"], given.get("by"), given.get("name"), given.get("sha256"))
        for given in body.get("evidence", ())
    )
    return Event(body["kind"], body["by"], body.get("office"), body.get("reason"), body.get("note"), evidence)
