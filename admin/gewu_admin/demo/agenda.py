"""What will be done and when, in a month whose clock only the simulation sets."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gewu_platform.service.engine import Engine

Action = Callable[[], None]


@dataclass
class Clock:
    """A clock that only the simulation sets."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@dataclass(order=True)
class Planned:
    """Something that will be done at a moment; `order` keeps what was planned first first."""

    at: datetime
    order: int
    act: Action = field(compare=False)


class Agenda:
    """Actions in order of time, up to the present. `random` decides everything: the same seed tells the same story.

    `engine` is the one to act on: its clock is the agenda's.
    """

    def __init__(self, engine: Engine, chance: random.Random, since: datetime, until: datetime) -> None:
        self.clock = Clock(since)
        self.engine = replace(engine, now=self.clock)
        self.random = chance
        self.until = until
        self._waiting: list[Planned] = []
        self._planned = 0

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def plan(self, at: datetime, act: Action) -> None:
        """Put something on the agenda, unless it lies beyond the present."""
        if at < self.until:
            self._planned += 1
            heapq.heappush(self._waiting, Planned(max(at, self.now), self._planned, act))

    def plan_in(self, minutes: float, act: Action) -> None:
        """Put something on the agenda in so many minutes."""
        self.plan(self.now + timedelta(minutes=minutes), act)

    def luck(self, share: float) -> bool:
        """True in that share of cases."""
        return self.random.random() < share

    def run(self, progress: Callable[[float], None]) -> None:
        """Do what is on the agenda, in order; `progress` is told the share of time that has passed."""
        began = self.now
        while self._waiting:
            next_ = heapq.heappop(self._waiting)
            if next_.at.date() != self.now.date():
                progress((next_.at - began) / (self.until - began))
            self.clock.moment = next_.at
            next_.act()
        self.clock.moment = self.until
