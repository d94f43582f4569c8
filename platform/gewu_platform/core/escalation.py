"""The ladder of a step as moments: when whoever holds a case is reminded, and when the next tier hears of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

from gewu_dsl.model import TIERS, Rung, Step, Tier
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.courses import Limits, Pause
from gewu_platform.core.deadlines import WARNING_PERCENT, ladder_times

TimerKind = Literal["remind", "overdue", "escalate", "unsettle", "resume"]
"""The last two are commands that the clock gives: settling on the spot ran out, a parked case goes on."""


@dataclass(frozen=True, slots=True)
class TimerPlan:
    """Something to happen once at `at`: `escalate` goes to `tier`."""

    kind: TimerKind
    tier: str | None
    at: datetime


def plan_timers(
    step: str,
    start: datetime,
    limits: Limits,
    ladder: Iterable[Rung],
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    zone: ZoneInfo | None = None,
) -> tuple[TimerPlan, ...]:
    """The timers of a clock that starts at `start`, in order of time: wall time, or naive UTC with a `zone`.

    Every clock has a reminder and says when it is overdue. The reminder stands at 80 % unless the ladder has its own;
    its first rung, reminder or not, never takes the overdue away.
    """
    own = [rung for rung in ladder if rung.step == step]
    rungs = list(own)
    if not any(rung.to is None and rung.percent is not None and rung.percent < 100 for rung in own):
        rungs.append(Rung(cast(Step, step), WARNING_PERCENT, None, None))
    overdue = Rung(cast(Step, step), 100, None, None)
    rungs = [rung for rung in rungs if not _is_overdue(rung)] + [overdue]
    plans = {
        TimerPlan(_kind(alarm.rung), alarm.rung.to, alarm.at): None
        for alarm in ladder_times(start, limits, rungs, calendar, pauses, zone)
        # What has only just begun is nobody's failure: no rung is reached at the start.
        if alarm.rung.to is None or alarm.at > start
    }
    return tuple(sorted(plans, key=lambda plan: (plan.at, _ORDER.index(plan.kind), plan.tier or "")))


def tier_hearing(wanted: str, tiers: Iterable[str]) -> str | None:
    """The tier that hears of an escalation to `wanted` where there are only `tiers`: itself, the next above, or else the
    highest there is; None where there is none at all.
    """
    ordered = sorted(tiers, key=_height)
    above = [tier for tier in ordered if _height(tier) >= _height(wanted)]
    return next(iter(above or ordered[-1:]), None)


def tiers_above(now: str | None) -> tuple[Tier, ...]:
    """The tiers above `now`, the lowest first; above the grid's where it is None. KeyError where it is no tier."""
    return TIERS[1 + (0 if now is None else _height(now)) :]


def higher_tier(now: str | None, reached: str) -> str:
    """The larger of the tier a case was escalated to and the one it reaches now."""
    return reached if now is None or _height(reached) > _height(now) else now


_ORDER: tuple[TimerKind, ...] = ("remind", "overdue", "escalate", "unsettle", "resume")


_HEIGHTS: Mapping[str, int] = {str(tier): height for height, tier in enumerate(TIERS)}


def _kind(rung: Rung) -> TimerKind:
    if rung.to is not None:
        return "escalate"
    return "overdue" if _is_overdue(rung) else "remind"


def _is_overdue(rung: Rung) -> bool:
    return rung.to is None and rung.percent == 100


def _height(tier: str) -> int:
    """How far up a tier stands; KeyError where it is none."""
    return _HEIGHTS[tier]
