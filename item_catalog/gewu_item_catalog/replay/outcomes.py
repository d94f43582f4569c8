"""All reports decided at once: for each finding where it holds, and which branch of each clause decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gewu_dsl.model import Answer, Item
from gewu_dsl.rules.source import clauses_of, condition_of
from gewu_dsl.truth import Truth
from gewu_item_catalog.replay.columns import Array, Columns, smallest
from gewu_item_catalog.replay.plan import Held, Plan

_BLOCK = 32_768
"""Reports worked on together: what is computed of them stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """One finding in every report: `holds`, and for each clause the deciding branch (-1: none applies).

    A branch means something only where the finding holds.
    """

    name: str
    holds: Array
    branches: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What is decided of every report. One that is `refused`, or excluded (`excluded` is the index of the reason, else
    -1), has no findings, whatever their columns say."""

    refused: Array
    excluded: Array
    findings: tuple[FoundColumn, ...]

    @property
    def decided(self) -> Array:
        """Where findings count."""
        return ~self.refused & (self.excluded < 0)


def decide_columns(item: Item, columns: Columns) -> Outcomes:
    """The decisions of `item` on reports whose hidden answers are dropped (`drop_hidden`)."""
    truth = Truth(item)
    plan = Plan(truth, columns)
    size = len(columns)
    written: list[tuple[Array, Held]] = []

    def column(held: Held, kind: type[np.generic]) -> Array:
        made = np.empty(size, kind)
        written.append((made, held))
        return made

    refused = [plan.holds(truth.certainly_false(must.condition)) for must in item.musts]
    excluded = [plan.holds(truth.certainly_true(exclude.condition)) for exclude in item.excludes]
    outcomes = Outcomes(
        column(plan.any_of(refused), np.bool_),
        column(plan.first_of(excluded), smallest(len(excluded))),
        tuple(_plan_finding(item, index, plan, truth, column) for index, _ in enumerate(item.findings)),
    )
    for start in range(0, size, _BLOCK):
        results = plan.run(start, start + _BLOCK)
        for made, held in written:
            made[start : start + _BLOCK] = held if isinstance(held, bool) else results[held]
    return outcomes


def _plan_finding(
    item: Item, index: int, plan: Plan, truth: Truth, column: Callable[[Held, type[np.generic]], Array]
) -> FoundColumn:
    finding = item.findings[index]
    plan.finding, plan.severity = finding.name, None
    condition = condition_of(finding)
    holds = True if condition is None else plan.holds(truth.certainly_true(condition))
    branches: dict[str, Array] = {}
    for clause, listed in clauses_of(finding):
        slot = plan.decide_severity(listed) if clause == "severity" else plan.branch(listed)
        branches[clause] = column(slot, smallest(len(listed)))
    plan.finding, plan.severity = None, None
    return FoundColumn(finding.name, column(holds, np.bool_), branches)


def drop_hidden(item: Item, columns: Columns) -> None:
    """Make answers to questions that are not shown blank. Dropping one may hide another; none comes back.

    As for a single sheet the questions are gone through in order, again and again, until nothing is dropped: a
    report that is done is not changed by the rounds that others still need.
    """
    truth = Truth(item)
    dropped = True
    while dropped:
        dropped = False
        for question in item.questions:
            if question.when is None:
                continue
            plan = Plan(truth, columns)
            shown = _whole(plan, plan.holds(truth.certainly_true(question.when)), len(columns))
            drop = columns.present(Answer(question.name)) & ~shown
            if drop.any():
                columns.hide(question.name, drop)
                dropped = True


def _whole(plan: Plan, held: Held, size: int) -> Array:
    return np.full(size, held) if isinstance(held, bool) else plan.run(0, size)[held]
