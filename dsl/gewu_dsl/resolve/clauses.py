"""Which clause counts: a finding's own, else its item's default, else its department's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gewu_dsl import tree


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of one body, or of a finding with its defaults filled in. `twice` were written once too often."""

    severity: tree.Severity | None = None
    route: tree.Route | None = None
    on_site: tree.OnSite | None = None
    limits: Mapping[tree.Step, tree.Limit] = field(default_factory=dict)
    stages: tuple[tree.Stage, ...] = ()
    ladder: Mapping[tree.Step, tree.Escalate] = field(default_factory=dict)
    closing: tree.Close | None = None
    twice: tuple[tree.Node, ...] = ()


def collect_clauses(body: Iterable[tree.Node]) -> Clauses:
    """The clauses among the statements of a body."""
    single: dict[type, tree.Node] = {}
    limits: dict[tree.Step, tree.Limit] = {}
    ladder: dict[tree.Step, tree.Escalate] = {}
    stages: list[tree.Stage] = []
    twice: list[tree.Node] = []
    for node in body:
        match node:
            case tree.Severity() | tree.Route() | tree.OnSite() | tree.Close():
                kept: tree.Node = single.setdefault(type(node), node)
            case tree.Limit():
                kept = limits.setdefault(node.step, node)
            case tree.Escalate():
                kept = ladder.setdefault(node.step, node)
            case tree.Stage():
                stages.append(node)
                continue
            case _:
                continue
        if kept is not node:
            twice.append(node)
    severity, route = single.get(tree.Severity), single.get(tree.Route)
    on_site, closing = single.get(tree.OnSite), single.get(tree.Close)
    return Clauses(
        severity=severity if isinstance(severity, tree.Severity) else None,
        route=route if isinstance(route, tree.Route) else None,
        on_site=on_site if isinstance(on_site, tree.OnSite) else None,
        limits=limits,
        stages=tuple(stages),
        ladder=ladder,
        closing=closing if isinstance(closing, tree.Close) else None,
        twice=tuple(twice),
    )


def inherit(outer: Clauses, inner: Clauses) -> Clauses:
    """`inner` with what it leaves out taken from `outer`.

    A limit on handling and stages are two ways to say one thing: a body that has either inherits neither.
    """
    limits = {**outer.limits, **inner.limits}
    stages = inner.stages
    if "handle" not in inner.limits and inner.stages:
        limits.pop("handle", None)
    elif "handle" not in inner.limits:
        stages = outer.stages
    return Clauses(
        severity=inner.severity or outer.severity,
        route=inner.route or outer.route,
        on_site=inner.on_site or outer.on_site,
        limits=limits,
        stages=stages,
        ladder={**outer.ladder, **inner.ladder},
        closing=inner.closing or outer.closing,
    )
