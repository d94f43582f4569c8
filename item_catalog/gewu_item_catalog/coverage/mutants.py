"""An item changed in one small way at a time, to see whether its examples notice.

A mutant that an example fails on is noticed. One that no example fails on, while some other sheet comes out
differently, is missed: a slip of that kind in the text would not be seen. The rest change nothing that anyone can see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gewu_dsl.examples import run_examples, sheet_of
from gewu_dsl.model import (
    SEVERITIES,
    Among,
    And,
    Between,
    Branch,
    Compare,
    Constant,
    Duration,
    Expression,
    Finding,
    IsBlank,
    IsHazard,
    Item,
    Not,
    Or,
    PlaceKind,
    Route,
)
from gewu_dsl.render import expression_words
from gewu_dsl.rules.source import clauses_of
from gewu_item_catalog.coverage.proposals import Proposal, propose
from gewu_item_catalog.replay.changes import Report, compare

_SWAPPED: Mapping[str, Any] = {"=": "!=", "!=": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_DEFAULTS = ("accept", "file", "dispatch", "verify")
"""Steps whose one limit is the department's: no example of an item has to repeat it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """`item` differs from the original in what `change` says."""

    change: str
    item: Item


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants the examples notice; `missed` are those that a sheet of `sheets_for` tells apart and no
    example does."""

    noticed: int
    missed: tuple[Mutant, ...]
    alike: int

    @property
    def share(self) -> float:
        """Noticed of those that make a difference; 1 where none does."""
        different = self.noticed + len(self.missed)
        return self.noticed / different if different else 1.0


def score(item: Item, registers: Mapping[str, PlaceKind]) -> Score:
    """Try every mutant of an item on its examples."""
    survivors, noticed = [], 0
    for mutant in mutants_of(item):
        if run_examples(mutant.item):
            noticed += 1
        else:
            survivors.append(mutant)
    sheets = list(sheets_for(item, registers)) if survivors else []
    missed = tuple(mutant for mutant in survivors if _differs(item, mutant.item, sheets))
    return Score(noticed, missed, len(survivors) - len(missed))


def sheets_for(item: Item, registers: Mapping[str, PlaceKind]) -> Iterator[Report]:
    """The sheets on which mutants are told apart: the examples, and every proposal there would be without them."""
    for example in item.examples:
        yield sheet_of(item, example)
    for proposal in propose(replace(item, examples=()), registers, pairs=True):
        if isinstance(proposal, Proposal):
            yield proposal.answers, proposal.context


def mutants_of(item: Item) -> Iterator[Mutant]:
    """Every mutant: a sign, a number, a word of a condition; a branch less, two swapped, another outcome; a rule less."""
    for index, must in enumerate(item.musts):
        yield Mutant(f"without must {index}", replace(item, musts=_without(item.musts, index)))
        for change, condition in _changed(must.condition, item):
            yield Mutant(
                change, replace(item, musts=_with(item.musts, index, replace(must, condition=condition)))
            )
    for index, exclude in enumerate(item.excludes):
        yield Mutant(f"without exclude {index}", replace(item, excludes=_without(item.excludes, index)))
        for change, condition in _changed(exclude.condition, item):
            changed = replace(exclude, condition=condition)
            yield Mutant(change, replace(item, excludes=_with(item.excludes, index, changed)))
    for index, question in enumerate(item.questions):
        if question.when is not None:
            for change, condition in _changed(question.when, item):
                changed_question = replace(question, when=condition)
                yield Mutant(change, replace(item, questions=_with(item.questions, index, changed_question)))
    for index, finding in enumerate(item.findings):
        if finding.when is not None:
            for change, condition in _changed(finding.when, item):
                findings = _with(item.findings, index, replace(finding, when=condition))
                yield Mutant(f"{finding.name}: {change}", replace(item, findings=findings))
    yield from _changed_clauses(item)


def _changed_clauses(item: Item) -> Iterator[Mutant]:
    """A list that several findings have from one default is changed in all of them, as a slip in the text would."""
    lists: dict[tuple[str, tuple[Branch[Any], ...]], str] = {}
    for finding in item.findings:
        for clause, branches in clauses_of(finding):
            lists.setdefault((clause, branches), finding.name)
    for (clause, branches), name in lists.items():
        for change, changed in _changed_branches(branches, item, is_default=clause in _DEFAULTS):
            findings = tuple(
                _with_clause(finding, clause, changed)
                if (clause, branches) in clauses_of(finding)
                else finding
                for finding in item.findings
            )
            yield Mutant(f"{name}: {clause}: {change}", replace(item, findings=findings))


def _with_clause(finding: Finding, clause: str, branches: tuple[Branch[Any], ...]) -> Finding:
    if clause == "severity":
        return replace(finding, severity=branches)
    if clause == "route":
        return replace(finding, route=branches)
    return replace(finding, limits={**finding.limits, clause: branches})  # type: ignore[dict-item]


def _changed_branches(
    branches: tuple[Branch[Any], ...], item: Item, *, is_default: bool
) -> Iterator[tuple[str, tuple[Branch[Any], ...]]]:
    for index, branch in enumerate(branches):
        if len(branches) > 1 or not is_default:
            changed = replace(branch, value=_another(branch.value))
            yield f"another outcome {index}", _with(branches, index, changed)
        if branch.when is None:
            continue
        if len(branches) > 1:
            yield f"without branch {index}", _without(branches, index)
        for change, condition in _changed(branch.when, item):
            yield change, _with(branches, index, replace(branch, when=condition))
        if index + 1 < len(branches) and branches[index + 1].when is not None:
            swapped = (*branches[:index], branches[index + 1], branch, *branches[index + 2 :])
            yield f"branches {index} and {index + 1} swapped", swapped


def _another(value: Any) -> Any:
    if isinstance(value, Route):
        return Route(("reporter",) if value.handlers != ("reporter",) else ("owner",))
    if isinstance(value, Duration):
        return replace(value, amount=value.amount + 1) if value.unit != "by" else Duration("days", 77)
    return SEVERITIES[(SEVERITIES.index(value) + 1) % len(SEVERITIES)]


def _changed(condition: Expression, item: Item) -> Iterator[tuple[str, Expression]]:
    """The condition changed at one place, with what it then says."""
    for changed in _variants(condition):
        yield expression_words(changed, item), changed


def _variants(node: Expression) -> Iterator[Expression]:
    match node:
        case And(parts) | Or(parts):
            yield (Or if isinstance(node, And) else And)(parts)
            for index, part in enumerate(parts):
                yield from (type(node)(_with(parts, index, changed)) for changed in _variants(part))
                if len(parts) > 2:
                    yield type(node)(_without(parts, index))
        case Not(operand):
            yield operand
            yield from map(Not, _variants(operand))
        case Compare(sign, left, right):
            yield Compare(_SWAPPED[sign], left, right)
            yield from (Compare(sign, left, moved) for moved in _moved(right))
            yield from (Compare(sign, moved, right) for moved in _moved(left))
        case Between(value, low, high):
            yield from (Between(value, moved, high) for moved in _moved(low))
            yield from (Between(value, low, moved) for moved in _moved(high))
        case Among(value, options) if len(options) > 1:
            yield from (Among(value, _without(options, index)) for index, _ in enumerate(options))
        case IsHazard() | IsBlank():
            yield Not(node)


def _moved(node: Expression) -> Iterator[Expression]:
    """A number one up and one down."""
    if (
        isinstance(node, Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        yield Constant(node.value + 1)
        yield Constant(node.value - 1)


def _with(values: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _without(values: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return (*values[:index], *values[index + 1 :])


def _differs(item: Item, mutant: Item, sheets: Sequence[Report]) -> bool:
    return bool(compare(item, mutant, sheets).changes)
