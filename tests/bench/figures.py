"""How two ways of doing one job are timed side by side, and the figures that come of it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table. Times are seconds for one of the job, in processor or wall time as the bench says.

    `ratio` is what `target` bounds, ours over the other side's or the other way round as `bounds` says.
    """

    job: str
    ours: float
    limit: tuple[str, float] | None
    peer: tuple[str, float] | None
    bounds: str
    ratio: float
    target: float
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target


def measure(works: Sequence[Work], jobs: int, rounds: int = 15) -> list[list[float]]:
    """Seconds of processor time for one of `jobs`, for each of `works` and each round.

    The works take turns (A B C A B C …), so that whatever else the machine does falls on all of them alike. The
    first turn is a warm-up, and no garbage collection falls into a turn.
    """
    taken: list[list[float]] = [[] for _ in works]
    for turn in range(rounds + 1):
        for work, seconds in zip(works, taken, strict=True):
            gc.collect()
            gc.disable()
            began = time.process_time()
            work()
            spent = time.process_time() - began
            gc.enable()
            if turn:
                seconds.append(spent / jobs)
    return taken


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the ratios of each round, which a burst of other work on the machine moves less than a ratio of
    medians."""
    return median(a / b for a, b in zip(over, under, strict=True))


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    head = ("job", "ours", "limit", "peer", "what the target bounds", "ratio", "target", "reached")
    rows = [head, tuple("---" for _ in head), *map(_row, figures)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.job,
        _duration(figure.ours),
        _beside(figure.limit),
        _beside(figure.peer),
        figure.bounds,
        f"{figure.ratio:.3g}",
        f"{'≥' if figure.at_least else '≤'} {figure.target:g}",
        "yes" if figure.reached else "no",
    )


def _beside(side: tuple[str, float] | None) -> str:
    return "–" if side is None else f"{side[0]} {_duration(side[1])}"


def _duration(seconds: float) -> str:
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
