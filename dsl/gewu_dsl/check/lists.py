"""Every list of branches of an item: as it is written, and as it is decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gewu_dsl import model, tree
from gewu_dsl.worlds import Claim, Holds, Open

if TYPE_CHECKING:
    from gewu_dsl.check.meaning import Meaning

Clause = tree.Severity | tree.Route | tree.Limit | tree.Visit


@dataclass(frozen=True, slots=True)
class BranchList:
    """`clause` of `finding` (`severity`, `route` or a step), or with no finding how often a place is visited.

    `node` is where it is written; the findings that take it for a default share it. `file` is the department's for one of
    the department's defaults (`shared`), which decide in other items, too.
    """

    clause: str
    finding: str | None
    node: Clause
    branches: tuple[Any, ...]
    file: str
    shared: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it ends in a condition."""
        return self.branches[-1].when is not None

    def deciding(self, index: int) -> tuple[Claim, ...]:
        """That the branch of this index decides; for the number of branches, that none does."""
        passed: list[Claim] = [
            Open(branch.when) for branch in self.branches[:index] if branch.when is not None
        ]
        if index < len(self.branches):
            passed += branch_decides(self.branches[index])
        return tuple(passed)


def branch_decides(branch: Any) -> tuple[Claim, ...]:
    """That a branch decides where none before it does."""
    return () if branch.when is None else (Holds(branch.when),)


def branch_lists(meaning: Meaning) -> Iterator[BranchList]:
    """All lists of the item with a condition in them: how often it is visited, then what its findings are decided by."""
    scope, item = meaning.scope, meaning.item
    for visit in scope.each(tree.Visit):
        if any(rule.when is not None for rule in item.visits):
            yield BranchList("visit", None, visit, item.visits, scope.file)
    department = scope.department
    outer = set(map(id, department.defaults.limits.values())) if department else set()
    for finding in item.findings:
        clauses = scope.findings[finding.name].clauses
        written: list[tuple[str, Any, model.Branches[Any]]] = [
            ("severity", clauses.severity, finding.severity),
            ("route", clauses.route, finding.route),
            *((step, clauses.limits.get(step), branches) for step, branches in finding.limits.items()),
        ]
        for clause, node, branches in written:
            if node is not None and any(branch.when is not None for branch in branches):
                shared = id(node) in outer
                file = department.file if shared and department else scope.file
                yield BranchList(clause, finding.name, node, branches, file, shared)
