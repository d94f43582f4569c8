"""How a department shows the loop: the same machine in more or fewer steps, some of them passed by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gewu_platform.core.duties import FINAL
from gewu_platform.core.words import Words


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step as people see it, and the states in which a case stands there."""

    name: str
    words: Words
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Presentation:
    """Every open state, and `closed`, belongs to exactly one step. `automatic` steps of the loop pass by themselves."""

    name: str
    words: Words
    steps: tuple[ShownStep, ...]
    automatic: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReachedStep:
    """A shown step of one case: behind it, where it stands, or neither."""

    step: ShownStep
    done: bool
    current: bool


def reached_steps(presentation: Presentation, state: str) -> tuple[ReachedStep, ...]:
    """The steps as a case in `state` has come: all done once it is closed, none current once it is final.

    A case that was refused, voided or merged left the course: nothing of it is done any more.
    """
    steps = presentation.steps
    here = next((index for index, step in enumerate(steps) if state in step.states), None)
    return tuple(
        ReachedStep(
            step,
            done=state == "closed" or (here is not None and index < here),
            current=index == here and state not in FINAL,
        )
        for index, step in enumerate(steps)
    )


def _step(name: str, zh: str, en: str, *states: str) -> ShownStep:
    return ShownStep(name, Words(zh, en), frozenset(states))


_HANDLING = ("dispatched", "handling", "parked")

WHOLE = Presentation(
    "whole",
    Words("完整流程", "the whole loop"),
    (
        _step("report", "上报", "report", "on_site"),
        _step("accept", "受理", "accept", "reported"),
        _step("file", "立案", "file", "accepted"),
        _step("dispatch", "派遣", "dispatch", "filed", "returned"),
        _step("handle", "处置", "handle", *_HANDLING),
        _step("verify", "核查", "verify", "handled"),
        _step("close", "结案", "close", "verified", "settled", "closed"),
    ),
)
"""Every step of the machine, for departments that say nothing."""

FIVE_STEP = Presentation(
    "five-step",
    Words("五步闭环", "five steps"),
    (
        _step("report", "上报", "report", "on_site"),
        _step("accept", "受理", "accept", "reported", "accepted"),
        _step("dispatch", "派遣", "dispatch", "filed", "returned"),
        _step("handle", "处置", "handle", *_HANDLING),
        _step("close", "核查结案", "verify and close", "handled", "verified", "settled", "closed"),
    ),
    frozenset({"file", "close"}),
)
"""五步闭环 as grid centres run it (Dongguan's name; which steps it means is not published, these are the loop's own with
filing joined to accepting and closing to verifying)."""

SEVEN_STEP = Presentation(
    "seven-step",
    Words("七步流程", "seven steps"),
    (
        _step("collect", "信息采集", "collect", "on_site"),
        _step("register", "案卷建立", "register", "reported", "accepted"),
        _step("dispatch", "任务派遣", "dispatch", "filed", "returned"),
        _step("handle", "任务处理", "handle", *_HANDLING),
        _step("feed-back", "处理反馈", "feed back", "handled"),
        _step("close", "核查结案", "verify and close", "verified", "settled"),
        _step("assess", "综合评价", "assess", "closed"),
    ),
)
"""The seven stages of digital city management (信息采集、案卷建立、任务派遣、任务处理、处理反馈、核查结案、综合评价), as the
technical code for city management information systems (CJJ/T 106) lists them and Xianyou county shows them."""

PRESENTATIONS: Mapping[str, Presentation] = {
    presentation.name: presentation for presentation in (WHOLE, FIVE_STEP, SEVEN_STEP)
}
"""By the name a pack says in `presentation = "…"`; `whole` where it says nothing."""
