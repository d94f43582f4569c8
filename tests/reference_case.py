"""What the reference of the loop remembers of a case: its clocks, its tasks, who had to do with it. No rules, and nothing of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from loop_items import Finding
from reference_clock import Days, Pause, Reached, count_down, count_from

Moment = int | Fraction

STEPS = {
    "on_site": "settle", "reported": "accept", "accepted": "file", "filed": "dispatch", "returned": "dispatch",
    "dispatched": "handle", "handling": "handle", "parked": "handle",
    "handled": "verify", "verified": "close", "settled": "close",
}  # fmt: skip
"""Open states, and the step a case waits for in each. Per-holder clocks: accept, dispatch, handle, verify."""
FINAL = frozenset({"closed", "refused", "void", "merged"})
TIERS = ("grid", "village", "town", "county", "city")
HANDLING = frozenset({"dispatched", "handling", "parked"})


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    role: str
    grids: frozenset[int] = frozenset()
    """Those that are theirs: of the roster, or below the areas they answer for."""
    offices: frozenset[int] = frozenset()


@dataclass
class Task:
    number: int
    kind: str
    office: int | None
    role: str | None
    by: int | None
    until: date | None = None
    result: str | None = None
    """None while open; `lapsed` where nobody has to answer any more."""


@dataclass(eq=False)
class Clock:
    """One limit of one holder, as limits and pauses; everything else is counted again each time, minute by minute."""

    step: str
    stage: str
    task: int | None
    limits: list[str]
    start: int
    days: Days
    ladder: Sequence[tuple[int | str, str]] = ()
    pauses: list[Pause] = field(default_factory=list)
    paused_at: int | None = None
    ended_at: int | None = None
    fired: set[tuple[str, str]] = field(default_factory=set)
    """What it has set off, ever."""
    dropped: set[tuple[str, str]] = field(default_factory=set)
    """What it set off and will not again, as things stand."""
    ends_on: int | None = None
    """Where the end is no limit but a chosen date."""
    _counted: Reached | None = None
    _alarms: dict[tuple[str, str], Moment] | None = None

    @property
    def runs(self) -> bool:
        return self.ended_at is None and self.paused_at is None

    def counted(self) -> Reached:
        if self._counted is None:
            shares = {80, *(when for when, _ in self.ladder if isinstance(when, int))}
            self._counted = count_down(self.limits, self.start, self.pauses, self.days, sorted(shares))
        return self._counted

    @property
    def due(self) -> int:
        return self.counted().due if self.ends_on is None else self.ends_on

    def pause(self, now: int) -> None:
        if self.runs:
            self.paused_at = now

    def resume(self, now: int) -> None:
        if self.paused_at is not None and self.ended_at is None:
            self.pauses.append((self.paused_at, now))
            self.paused_at = None
            self.changed(now)

    def end(self, now: int) -> None:
        if self.ended_at is None:
            self.ended_at = now

    def go_on(self, now: int) -> None:
        """The time since it ended was a pause."""
        assert self.ended_at is not None
        self.pauses.append((self.ended_at, now))
        self.ended_at = None
        self.changed(now)

    def ran_out(self, now: int) -> bool:
        """Whether it was over before it stood still or ended, or is by `now`."""
        moments = [each for each in (self.paused_at, self.ended_at, now) if each is not None]
        return min(moments) > self.due

    def changed(self, now: int) -> None:
        """Count again; what was set off is set off again only where its moment lies ahead once more."""
        self._counted = self._alarms = None
        self.dropped = {key for key in self.fired if self.alarms()[key] <= now}

    def waiting(self) -> dict[tuple[str, str], Moment]:
        """What it will set off yet, unless it ends or stands still before."""
        return {key: moment for key, moment in self.alarms().items() if self.runs and key not in self.dropped}

    def set_off(self, key: tuple[str, str]) -> None:
        self.fired.add(key)
        self.dropped.add(key)

    def recount(self, days: Days, now: int) -> None:
        """By another version of the calendar."""
        self.days = days
        self.changed(now)

    def alarms(self) -> dict[tuple[str, str], Moment]:
        """What the clock sets off, and when: (kind, tier) → moment."""
        if self._alarms is None:
            self._alarms = self._plan()
        return self._alarms

    def _plan(self) -> dict[tuple[str, str], Moment]:
        if self.step == "park":
            return {("resume", ""): self.due}
        if self.step == "settle":  # nobody is late: it becomes a case
            return {("unsettle", ""): self.due}
        due = self.due
        found: dict[tuple[str, str], Moment] = {("overdue", ""): due}
        if not any(what == "remind" for _, what in self.ladder):
            found["remind", ""] = self.counted().at_share[80]
        for when, what in self.ladder:
            if isinstance(when, int):
                moment: Moment = due if when == 100 else self.counted().at_share[when]
            else:
                moment = count_from(when, due, self.pauses, self.days)
            found["remind" if what == "remind" else "escalate", "" if what == "remind" else what] = moment
        return found


@dataclass(eq=False)
class Case:
    id: int
    finding: Finding
    severity: str
    grid: int
    path: tuple[int, ...]
    days: Days
    state: str = ""
    office: int | None = None
    reporters: set[int] = field(default_factory=set)
    handlers: set[int] = field(default_factory=set)
    offices: set[int] = field(default_factory=set)
    returned_by: set[int] = field(default_factory=set)
    tasks: list[Task] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    evidence: set[tuple[str, str]] = field(default_factory=set)
    """(kind, who signed or which file)"""
    history: list[str] = field(default_factory=list)
    rung: list[tuple[str, str, str, str]] = field(default_factory=list)
    """What timers did: (event, tier, step, stage)."""
    extensions: int = 0
    parkings: int = 0
    parked_until: date | None = None
    before_parking: str = ""
    reworks: int = 0
    urges: int = 0
    added: int = 0
    late: bool = False
    exempt: bool = False
    appealed: bool = False
    escalated_to: str = ""
    closed_as: str = ""
    merged_into: int | None = None
    opened: int = 0
    shut: int | None = None
    """Since when nobody holds it, as it is closed."""
    at_rest: int = 0
    """Minutes for which it was closed before it was opened again."""
    last_dispatch: int = 0
    """Where its clocks begin among `clocks`."""
    touched: int = 0
    """When somebody last did something to it."""
    check_in: str = ""
    """The state in which the open check was asked for."""

    @property
    def is_open(self) -> bool:
        return self.state not in FINAL

    def open_for(self, now: int) -> int:
        """Minutes for which somebody held it."""
        return (now if self.shut is None else self.shut) - self.opened - self.at_rest

    def running(self, *steps: str) -> list[Clock]:
        return [clock for clock in self.clocks if clock.ended_at is None and clock.step in steps]

    def main_clock(self) -> Clock | None:
        """That of the step the case waits for; a stage is not the whole."""
        found = [clock for clock in self.running(STEPS.get(self.state, "")) if not clock.stage]
        return found[0] if found else None

    def open_tasks(self, *kinds: str) -> list[Task]:
        return [task for task in self.tasks if task.result is None and task.kind in kinds]
