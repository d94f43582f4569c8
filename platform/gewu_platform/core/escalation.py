"""The ladder of a step as moments: when whoever holds a case is reminded, and when the next tier hears of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gewu_dsl.model import TIERS, Duration, Rung, Step
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.courses import Pause
from gewu_platform.core.deadlines import WARNING_PERCENT, ladder_times

TimerKind = Literal["remind", "overdue", "escalate"]


@dataclass(frozen=True, slots=True)
class TimerPlan:
    """Something to happen once at `at` (local wall time): `escalate` goes to `tier`."""

    kind: TimerKind
    tier: str | None
    at: datetime


def plan_timers(
    step: Step,
    start: datetime,
    limit: Duration,
    ladder: Iterable[Rung],
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> tuple[TimerPlan, ...]:
    """The timers of a clock that starts at `start`, in order of time.

    Every clock has a reminder and says when it is overdue. The reminder stands at 80 % unless the ladder has its own;
    its first rung, reminder or not, never takes the overdue away.
    """
    own = [rung for rung in ladder if rung.step == step]
    rungs = list(own)
    if not any(rung.to is None and rung.percent is not None and rung.percent < 100 for rung in own):
        rungs.append(Rung(step, WARNING_PERCENT, None, None))
    overdue = Rung(step, 100, None, None)
    rungs = [rung for rung in rungs if not _is_overdue(rung)] + [overdue]
    plans = {
        TimerPlan(_kind(alarm.rung), alarm.rung.to, alarm.at): None
        for alarm in ladder_times(start, limit, rungs, calendar, pauses)
    }
    return tuple(sorted(plans, key=lambda plan: (plan.at, _ORDER.index(plan.kind), plan.tier or "")))


def higher_tier(now: str | None, reached: str) -> str:
    """The larger of the tier a case was escalated to and the one it reaches now."""
    return reached if now is None or _height(reached) > _height(now) else now


_ORDER: tuple[TimerKind, ...] = ("remind", "overdue", "escalate")


def _kind(rung: Rung) -> TimerKind:
    if rung.to is not None:
        return "escalate"
    return "overdue" if _is_overdue(rung) else "remind"


def _is_overdue(rung: Rung) -> bool:
    return rung.to is None and rung.percent == 100


def _height(tier: str) -> int:
    """How far up a tier stands; ValueError where it is none."""
    return [str(known) for known in TIERS].index(tier)
