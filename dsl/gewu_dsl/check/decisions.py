"""G4: lists of branches that leave an answer sheet undecided. They run on items that are otherwise right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gewu_dsl import model, tree
from gewu_dsl.check.cells import Cell, Gap, Space, Unproved
from gewu_dsl.check.remarks import Remark
from gewu_dsl.check.sheets import Sheet, reproduce_gap
from gewu_dsl.diagnostics import Text
from gewu_dsl.resolve.scopes import ItemScope
from gewu_dsl.rules import Rules, compile_rules


@dataclass(frozen=True, slots=True)
class Meaning:
    """An item as it was resolved and as it was lowered, with the registers it may read."""

    scope: ItemScope
    item: model.Item
    registers: Mapping[str, model.PlaceKind]


@dataclass(frozen=True, slots=True)
class _Open:
    """A list of branches without `otherwise`: `clause` of `finding`, or how often a place is visited."""

    span: tree.Span
    finding: str | None
    clause: str
    conditions: tuple[model.Expression, ...]
    space: Space


def branches_leave_no_gap(meaning: Meaning) -> Iterator[Remark]:
    for each, gap, sheet in _undecided(meaning):
        if not isinstance(gap, Gap) or sheet is None:
            continue
        shown = {_name(leaf): value for leaf, value in gap.cell.items()}
        zh = "，".join(f"{name} = {value}" if value else f"{name} 未填" for name, value in shown.items())
        en = ", ".join(f"{name} = {value}" if value else f"{name} blank" for name, value in shown.items())
        message = Text(
            f"有一种填法哪一条也不管：{zh}。那时就没有结果。",
            f"One way of filling in the form is covered by no branch: {en}. Then there is no result.",
        )
        yield Remark(each.span, message, _HELP, counterexample=sheet)


def branches_end_in_otherwise(meaning: Meaning) -> Iterator[Remark]:
    for each, _, sheet in _undecided(meaning):
        if sheet is None:
            message = Text(
                "这几条的条件都不成立时（包括没有填的时候）就没有结果，而它们是否管全了没法确认。",
                "Where none of these conditions holds (a blank, for example) there is no result, "
                "and they cannot be shown to cover everything.",
            )
            yield Remark(each.span, message, _HELP)


def _undecided(meaning: Meaning) -> Iterator[tuple[_Open, Gap | Unproved, Sheet | None]]:
    """Every open list that is not proved complete, once however many findings share it, with a sheet on which it
    decides nothing, where there is one that the runtime reproduces."""
    seen: set[tree.Span] = set()
    rules: Rules | None = None
    for each in _open_lists(meaning):
        if each.span in seen:
            continue
        gap = each.space.find_gap(each.conditions)
        if gap is not None:
            seen.add(each.span)
            sheet = None
            if isinstance(gap, Gap):
                rules = rules or compile_rules(meaning.item)
                sheet = reproduce_gap(rules, each.finding, each.clause, _sheet(gap.cell))
            yield each, gap, sheet


def _open_lists(meaning: Meaning) -> Iterator[_Open]:
    scope, item = meaning.scope, meaning.item
    for visit in scope.each(tree.Visit):
        conditions = _open_conditions(item.visits)
        if conditions:
            yield _Open(visit.span, None, "visit", conditions, Space(item, meaning.registers))
    impossible = [model.Not(must.condition) for must in item.musts] + [
        each.condition for each in item.excludes
    ]
    for finding in item.findings:
        clauses = scope.findings[finding.name].clauses
        premises = [finding.when] if finding.when is not None else []
        lists: list[tuple[str, tree.Node | None, Sequence[Any], model.Branches[model.Severity]]] = [
            ("severity", clauses.severity, finding.severity, ()),
            ("route", clauses.route, finding.route, finding.severity),
            *(
                (step, clauses.limits.get(step), branches, finding.severity)
                for step, branches in finding.limits.items()
            ),
        ]
        for clause, node, branches, severity in lists:
            conditions = _open_conditions(branches)
            if node is not None and conditions:
                space = Space(item, meaning.registers, finding.name, premises, impossible, severity)
                yield _Open(node.span, finding.name, clause, conditions, space)


def _open_conditions(branches: Sequence[Any]) -> tuple[model.Expression, ...]:
    """The conditions of a list that ends in one; empty for any other."""
    if not branches or branches[-1].when is None:
        return ()
    return tuple(branch.when for branch in branches)


def _name(leaf: model.Expression) -> str:
    match leaf:
        case model.Answer(question):
            return question
        case model.PlaceAttribute(name):
            return f"place.{name}"
        case model.Fact(name):
            return name
    raise TypeError(leaf)


def _sheet(cell: Cell) -> Sheet:
    answers = {
        leaf.question: value for leaf, value in cell.items() if isinstance(leaf, model.Answer) and value
    }
    context = {_name(leaf): v for leaf, v in cell.items() if isinstance(leaf, model.PlaceAttribute) and v}
    return {"answers": answers, "context": context}


_HELP = Text("在最后补一条：…… 其他。", "end the list with: … otherwise.")
