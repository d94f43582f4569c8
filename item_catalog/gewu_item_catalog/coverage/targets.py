"""What a report on an item can lead to, and which of it the item's examples reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gewu_dsl.examples import sheet_of
from gewu_dsl.model import Branches, Item
from gewu_dsl.rules import Rules, normalise_context
from gewu_dsl.rules.source import clauses_of
from gewu_dsl.worlds.evaluation import Evaluation

TargetKind = Literal["finding", "branch", "must", "exclude", "nothing"]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that a report can lead to.

    `finding`: it is found. `branch`: number `index` of `clause` decides in any of `findings` (several share a list
    that is written once, as a default). `must`, `exclude`: number `index` applies. `nothing`: no finding, no refusal,
    no exclusion; of no interest where a worker picks every finding.
    """

    kind: TargetKind
    findings: tuple[str, ...] = ()
    clause: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every target, in the order of the item, and those that its examples reach."""

    targets: tuple[Target, ...]
    reached: frozenset[Target]

    @property
    def missing(self) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target not in self.reached)


def cover(item: Item, rules: Rules) -> Coverage:
    """What the examples of an item reach. `rules` are those of the item."""
    targets = tuple(targets_of(item))
    reached: set[Target] = set()
    for example in item.examples:
        reached |= reached_by(item, rules, targets, *sheet_of(item, example))
    return Coverage(targets, frozenset(reached))


def targets_of(item: Item) -> Iterator[Target]:
    """Every target of an item. A list with a single outcome is reached with its finding, and is none of its own."""
    for index, _ in enumerate(item.musts):
        yield Target("must", index=index)
    for index, _ in enumerate(item.excludes):
        yield Target("exclude", index=index)
    if not all(finding.picked for finding in item.findings):
        yield Target("nothing")
    shared: dict[tuple[str, Branches[Any]], list[str]] = {}
    for finding in item.findings:
        for clause, branches in clauses_of(finding):
            if len(branches) > 1:
                shared.setdefault((clause, branches), []).append(finding.name)
    for finding in item.findings:
        yield Target("finding", (finding.name,))
        for (clause, branches), names in shared.items():
            if names[0] == finding.name:
                for index, _ in enumerate(branches):
                    yield Target("branch", tuple(names), clause, index)


def reached_by(
    item: Item,
    rules: Rules,
    targets: tuple[Target, ...],
    answers: Mapping[str, Any],
    context: Mapping[str, Any],
) -> set[Target]:
    """The targets that one sheet reaches; required answers that it leaves out are no mistake, as in an example."""
    facts = normalise_context(context)
    sheet = rules.read(answers, facts)
    seen = Evaluation(item, sheet, facts, {})
    broken = [index for index, must in enumerate(item.musts) if seen.is_false(must.condition)]
    if broken:
        return {Target("must", index=index) for index in broken}
    for index, exclude in enumerate(item.excludes):
        if seen.is_true(exclude.condition):
            return {Target("exclude", index=index)}
    decided: set[tuple[str, str, int]] = set()
    for outcome in rules.choices(sheet, facts):
        finding = item.findings[outcome[0]]
        decided |= {
            (finding.name, clause, index)
            for (clause, _), index in zip(clauses_of(finding), outcome[1:], strict=True)
        }
    return {target for target in targets if _is_reached(target, decided)}


def _is_reached(target: Target, decided: set[tuple[str, str, int]]) -> bool:
    match target.kind:
        case "nothing":
            return not decided
        case "finding":
            return target.findings[0] in {name for name, _, _ in decided}
        case "branch":
            return any((name, target.clause, target.index) in decided for name in target.findings)
    return False
