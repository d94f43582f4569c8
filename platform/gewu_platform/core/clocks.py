"""The clocks of a case: one algebra for starting, pausing, resuming, extending, ending and going on.

A running clock keeps what it was made of: its start, its legs (the limit, and once more for every extension) and its
pauses. Whatever happens to it, its end is measured again from these, so no rounding and no order of events can drift.
A clock stands still while its case is parked or a check is awaited; nothing that happens meanwhile costs it time.

Moments are naive UTC. A `Ruler` knows the calendar and the zone and turns to wall time inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from gewu_dsl.model import Duration
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.courses import Pause
from gewu_platform.core.deadlines import due, warns_at
from gewu_platform.core.derivations import Derivation, derive
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.zones import to_utc

CHECK_LIMIT = "30 minutes"
"""What a check may take: the city management standards give verification before filing and after handling 30 minutes each."""

PARKED, CHECKING, VERIFYING = "parked", "check", "verification"
"""Why a clock stands still: the case is parked, a check is awaited, what was handled is being verified."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Where limits end, on one ruler. `provisional`: holidays that are not published yet decide it."""

    due_at: datetime
    warns_at: datetime
    provisional: bool
    derivation: Derivation


@dataclass(frozen=True, slots=True)
class Ruler:
    """What time is measured with: a version of a working calendar, and the zone whose wall clocks it speaks of."""

    calendar: Calendar
    zone: ZoneInfo

    @property
    def name(self) -> str:
        """`cn@3`, as clocks and cases keep it."""
        return f"{self.calendar.code}@{self.calendar.version}"

    def measure(
        self,
        started_at: datetime,
        limits: Sequence[str],
        pauses: Iterable[Pause] = (),
        causes: Sequence[str] = (),
    ) -> Measured:
        """Where `limits`, one leg after the other, end; `causes` say why each pause was.

        Raises LimitError for a text that is no limit, ValueError for none at all and for a pause that ends before it
        begins, BeyondCalendar centuries away.
        """
        stops, legs = tuple(pauses), _legs(tuple(limits))
        end = due(started_at, legs, self.calendar, stops, self.zone)
        warning = warns_at(started_at, legs, self.calendar, stops, self.zone)
        derivation = derive(started_at, legs, self.calendar, stops, self.zone, causes)
        return Measured(end.due, warning, end.provisional, derivation)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock of a case. `number` counts within the case: a snapshot with the same number replaces the earlier one.

    `step` is a step of the loop, `check`, `assist` or `park`; `task` the number of the task it measures. `limits` are its
    legs, none for `park`, which ends at a date. `paused_at`: it stands still since, also if it ended meanwhile. `causes`
    go with `pauses`, `paused_for` with `paused_at`.
    """

    number: int
    step: str
    stage: str | None
    task: int | None
    office: int | None
    limits: tuple[str, ...]
    started_at: datetime
    due_at: datetime
    warns_at: datetime
    provisional: bool
    calendar: str
    pauses: tuple[Pause, ...] = ()
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    causes: tuple[str, ...] = ()
    paused_for: str = ""

    @property
    def running(self) -> bool:
        """Whether time counts: neither ended nor standing still."""
        return self.ended_at is None and self.paused_at is None

    def to_json(self) -> dict[str, Any]:
        """A value for `json.dumps` that `from_json` reads back to an equal clock."""
        return {
            "number": self.number,
            "step": self.step,
            "stage": self.stage,
            "task": self.task,
            "office": self.office,
            "limits": list(self.limits),
            "started_at": self.started_at.isoformat(),
            "due_at": self.due_at.isoformat(),
            "warns_at": self.warns_at.isoformat(),
            "provisional": self.provisional,
            "calendar": self.calendar,
            "pauses": [[begins.isoformat(), ends.isoformat()] for begins, ends in self.pauses],
            "causes": list(self.causes),
            "paused_at": _text(self.paused_at),
            "paused_for": self.paused_for,
            "ended_at": _text(self.ended_at),
        }

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> RunningClock:
        """What `to_json` wrote; KeyError or ValueError where it is none."""
        return RunningClock(
            number=body["number"],
            step=body["step"],
            stage=body["stage"],
            task=body["task"],
            office=body["office"],
            limits=tuple(body["limits"]),
            started_at=datetime.fromisoformat(body["started_at"]),
            due_at=datetime.fromisoformat(body["due_at"]),
            warns_at=datetime.fromisoformat(body["warns_at"]),
            provisional=body["provisional"],
            calendar=body["calendar"],
            pauses=tuple(
                (datetime.fromisoformat(begins), datetime.fromisoformat(ends))
                for begins, ends in body["pauses"]
            ),
            paused_at=_moment(body["paused_at"]),
            ended_at=_moment(body["ended_at"]),
            causes=tuple(body["causes"]),
            paused_for=body["paused_for"],
        )


def start(
    number: int,
    step: str,
    stage: str | None,
    task: int | None,
    office: int | None,
    limit: str,
    at: datetime,
    ruler: Ruler,
) -> RunningClock:
    """A clock of `limit` that runs from `at` on."""
    return _measured(
        RunningClock(number, step, stage, task, office, (limit,), at, at, at, False, ruler.name), ruler
    )


def start_parking(
    number: int, office: int | None, at: datetime, until: date, ruler: Ruler, task: int | None = None
) -> RunningClock:
    """The clock of a parked case: it ends where `until` begins on the wall, and warns of nothing."""
    end = to_utc(datetime(until.year, until.month, until.day), ruler.zone)
    return RunningClock(number, "park", None, task, office, (), at, end, end, False, ruler.name)


def pause(clock: RunningClock, at: datetime, cause: str = "") -> RunningClock:
    """The clock standing still from `at` on; one that stands still already stays as it is."""
    _require_open(clock)
    return clock if clock.paused_at is not None else replace(clock, paused_at=at, paused_for=cause)


def resume(clock: RunningClock, at: datetime, ruler: Ruler) -> RunningClock:
    """The clock going on at `at`: the time it stood still is cut out. One that runs stays as it is."""
    _require_open(clock)
    return _gone_on(clock, clock.paused_at, at, clock.paused_for, ruler)


def extend(clock: RunningClock, ruler: Ruler) -> RunningClock:
    """The clock with one more of its original limit, counted from where it would have ended."""
    _require_open(clock)
    if not clock.limits:
        raise ValueError("a clock that ends at a date has no limit to extend by")
    return _measured(replace(clock, limits=(*clock.limits, clock.limits[0])), ruler)


def end(clock: RunningClock, at: datetime) -> RunningClock:
    """The clock stopped for good at `at`; one that stood still keeps since when."""
    _require_open(clock)
    return replace(clock, ended_at=at)


def restart(clock: RunningClock, at: datetime, ruler: Ruler, cause: str = VERIFYING) -> RunningClock:
    """An ended clock going on at `at`, after rework was asked for: what passed since it ended was a pause."""
    if clock.ended_at is None:
        raise ValueError("only a clock that ended can be started again")
    stopped = clock.ended_at if clock.paused_at is None else clock.paused_at
    return _gone_on(replace(clock, ended_at=None), stopped, at, clock.paused_for or cause, ruler)


def relimit(clock: RunningClock, limit: str, ruler: Ruler) -> RunningClock:
    """The clock with another limit since its start, as after another severity: pauses and extensions stay."""
    _require_open(clock)
    return _measured(replace(clock, limits=(limit,) * len(clock.limits)), ruler) if clock.limits else clock


def adjust(clock: RunningClock, ruler: Ruler) -> RunningClock:
    """The clock measured by another version of its calendar: start, pauses and extensions stay."""
    _require_open(clock)
    return _measured(clock, ruler) if clock.limits else clock


def late(clock: RunningClock, now: datetime | None = None) -> bool:
    """Whether the clock ran out before it ended, or, while it runs, before `now`; never by time it stood still."""
    moment = clock.paused_at or clock.ended_at or now
    return moment is not None and moment > clock.due_at


def derivation_of(clock: RunningClock, ruler: Ruler) -> Derivation | None:
    """Why the clock ends when it does; None for one that ends at a date."""
    if not clock.limits:
        return None
    return derive(
        clock.started_at, _legs(clock.limits), ruler.calendar, clock.pauses, ruler.zone, clock.causes
    )


def _gone_on(
    clock: RunningClock, stopped: datetime | None, at: datetime, cause: str, ruler: Ruler
) -> RunningClock:
    if stopped is None:
        return clock
    if at < stopped:
        raise ValueError(f"a clock that stopped at {stopped} cannot go on at {at}")
    gone_on = replace(
        clock,
        pauses=(*clock.pauses, (stopped, at)),
        causes=(*clock.causes, cause),
        paused_at=None,
        paused_for="",
    )
    return _measured(gone_on, ruler) if clock.limits else gone_on


def _measured(clock: RunningClock, ruler: Ruler) -> RunningClock:
    limits, calendar, zone = _legs(clock.limits), ruler.calendar, ruler.zone
    deadline = due(clock.started_at, limits, calendar, clock.pauses, zone)
    warning = warns_at(clock.started_at, limits, calendar, clock.pauses, zone)
    return replace(
        clock, due_at=deadline.due, warns_at=warning, provisional=deadline.provisional, calendar=ruler.name
    )


def _require_open(clock: RunningClock) -> None:
    if clock.ended_at is not None:
        raise ValueError(f"clock {clock.number} ended at {clock.ended_at}")


@lru_cache(maxsize=1024)
def _legs(limits: tuple[str, ...]) -> tuple[Duration, ...]:
    return tuple(parse_limit(limit) for limit in limits)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
