"""Findings as the model has them, with every default filled in, and the lines their branches come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from gewu_dsl import model, tree
from gewu_dsl.lower.expressions import lower_condition, lower_limit
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import FindingScope, ItemScope

T = TypeVar("T")
V = TypeVar("V")


def lower_finding(scope: ItemScope, finding: FindingScope) -> model.Finding:
    """The finding; its clauses are its own, its item's and its department's."""
    clauses = finding.clauses
    severity, route, closing = clauses.severity, clauses.route, clauses.closing
    names = scope.names
    supervisor = route.supervisor if route else None
    return model.Finding(
        name=finding.name,
        title=finding.title,
        when=_lower_when(scope, finding),
        picked=finding.picked,
        severity=lower_branches(severity.branches, lambda level: level.level, names) if severity else (),
        route=lower_branches(route.branches, lambda to: _lower_target(to, scope), names) if route else (),
        limits=_lower_limits(scope, finding),
        assisting=tuple(scope.offices[id(name)] for name in route.co_handlers) if route else (),
        supervising=scope.offices[id(supervisor)] if supervisor else None,
        stages=tuple(model.Stage(s.name.text, s.label, lower_limit(s.limit)) for s in clauses.stages),
        on_site=lower_limit(clauses.on_site.limit) if clauses.on_site else None,
        automatic=_automatic_steps(clauses.limits),
        ladder=_lower_ladder(clauses.ladder),
        closing=_lower_closing(closing) if closing else None,
    )


def lower_branches(
    branches: Sequence[tree.Branch[T]], lower: Callable[[T], V], names: Names
) -> tuple[model.Branch[V], ...]:
    """Branches with their values lowered; `otherwise` and a single value have no condition."""
    return tuple(
        model.Branch(
            lower(branch.value), None if branch.when is None else lower_condition(branch.when, names)
        )
        for branch in branches
    )


def finding_lines(scope: ItemScope, finding: FindingScope) -> dict[str, int]:
    """Where the finding and each of its branches stand; those in another file than the item's are left out."""
    clauses, path = finding.clauses, f"finding.{finding.name}"
    lines = {path: finding.span.line}
    if clauses.severity:
        lines |= _branch_lines(f"{path}.severity", clauses.severity.branches)
    if clauses.route:
        lines |= _branch_lines(f"{path}.route", clauses.route.branches)
    for step, limit in clauses.limits.items():
        if names_of(scope, limit).file == scope.file:
            lines |= _branch_lines(f"{path}.limit.{step}", limit.branches)
    if clauses.stages and "handle" not in clauses.limits:
        lines[f"{path}.limit.handle.0"] = clauses.stages[-1].span.line
    return lines


def names_of(scope: ItemScope, limit: tree.Limit) -> Names:
    """Where the names in a limit were bound: in the item, or in the department whose default it is."""
    department = scope.department
    if department is not None and department.defaults.limits.get(limit.step) is limit:
        return department.names
    return scope.names


def _lower_when(scope: ItemScope, finding: FindingScope) -> model.Expression | None:
    if finding.check is not None:
        return model.IsHazard(finding.check.name)
    return None if finding.when is None else lower_condition(finding.when, scope.names)


def _lower_target(target: tree.Target, scope: ItemScope) -> model.Route:
    return model.Route(tuple(scope.offices[id(name)] for name in target.offices))


def _lower_limits(
    scope: ItemScope, finding: FindingScope
) -> dict[model.Step, model.Branches[model.Duration]]:
    """The steps' limits. Stages without a limit on the whole make the last of them that limit."""
    clauses = finding.clauses
    limits: dict[model.Step, model.Branches[model.Duration]] = {}
    for step in model.STEPS:
        limit = clauses.limits.get(step)
        if limit is not None and limit.branches:
            limits[step] = lower_branches(limit.branches, lower_limit, names_of(scope, limit))
        elif step == "handle" and clauses.stages:
            limits[step] = (model.Branch(lower_limit(clauses.stages[-1].limit)),)
    return limits


def _automatic_steps(limits: Mapping[tree.Step, tree.Limit]) -> tuple[model.Step, ...]:
    """Filing without a person leaves nothing for a person to accept."""
    automatic = {step for step, limit in limits.items() if limit.automatic}
    if "file" in automatic:
        automatic.add("accept")
    return tuple(step for step in model.STEPS if step in automatic)


def _lower_ladder(ladder: Mapping[tree.Step, tree.Escalate]) -> tuple[model.Rung, ...]:
    return tuple(
        model.Rung(step, rung.percent, lower_limit(rung.after) if rung.after else None, rung.to)
        for step in model.STEPS
        if step in ladder
        for rung in ladder[step].rungs
    )


def _lower_closing(closing: tree.Close) -> model.Closing:
    return model.Closing(closing.text, tuple(model.Evidence(e.kind, e.count, e.by) for e in closing.evidence))


def _branch_lines(path: str, branches: Sequence[tree.Branch[object]]) -> dict[str, int]:
    return {f"{path}.{index}": branch.span.line for index, branch in enumerate(branches)}
