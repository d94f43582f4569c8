"""One item: its questions, lets and findings, and every expression in it bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gewu_dsl import tree
from gewu_dsl.names import UNKNOWN, Field, Miss, Sort, Twice, field_of
from gewu_dsl.resolve.binding import Names, Register, Site, bind_branches
from gewu_dsl.resolve.clauses import Clauses, collect_clauses, inherit
from gewu_dsl.resolve.offices import bind_offices
from gewu_dsl.resolve.samples import bind_examples
from gewu_dsl.resolve.scopes import FindingScope, ItemScope, Unit


def resolve_item(unit: Unit, node: tree.Item, file: str) -> ItemScope:
    """The item with everything in it bound; departments and registers of the unit must be there already."""
    body: dict[type, list[tree.Node]] = {}
    for statement in node.body:
        body.setdefault(type(statement), []).append(statement)
    twice: list[Twice] = []
    fields = _declare_fields(node, file, twice)
    lets = _declare_lets(node, fields, file, twice)
    department = unit.departments.get(node.name.text.partition(".")[0])
    outer = department.defaults if department else Clauses()
    own = collect_clauses(node.body)
    findings = _declare_findings(node, fields, lets, inherit(outer, own), file, twice)
    names = _names_of(unit, node, file, fields, lets, findings)
    if names.picked:
        made = findings_question(findings.values(), names)
        if (clash := fields.setdefault("finding", made)) is not made and clash.node is not None:
            twice.append(Twice("question", clash.node.name, None, file, file))
    order, circular = order_lets(lets)
    scope = ItemScope(
        node, node.name.text, file, department, names, body, findings, own, order, circular, twice=twice
    )
    _bind_expressions(scope)
    bind_offices(unit, scope)
    bind_examples(scope)
    return scope


def findings_question(findings: Iterable[FindingScope], names: Names) -> Field:
    """The question by which findings are picked.

    A visit that finds nothing must be sendable, and so must a form on which another finding holds by its answers;
    only where picking is all a report can do is an answer required.
    """
    picked = tuple(finding.name for finding in findings if finding.picked)
    alone = len(picked) == len(names.findings) and not names.registers_given
    return Field("finding", "any_of", Sort("choices", picked), picked, optional=not alone)


def _declare_fields(node: tree.Item, file: str, twice: list[Twice]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    section: str | None = None
    for statement in node.body:
        if isinstance(statement, tree.Section):
            section = statement.title
        elif isinstance(statement, tree.Ask | tree.Check):
            asked = field_of(statement, section)
            first = fields.setdefault(asked.name, asked)
            if first is not asked:
                twice.append(Twice("question", statement.name, _line(first), file, file))
    return fields


def _line(asked: Field) -> int | None:
    return asked.node.span.line if asked.node else None


def _declare_lets(
    node: tree.Item, fields: Mapping[str, Field], file: str, twice: list[Twice]
) -> dict[str, tree.Let]:
    lets: dict[str, tree.Let] = {}
    for let in node.body:
        if not isinstance(let, tree.Let):
            continue
        name = let.name.text
        if name in fields:
            twice.append(Twice("let", let.name, _line(fields[name]), file, file))
        elif name in lets:
            twice.append(Twice("let", let.name, lets[name].span.line, file, file))
        else:
            lets[name] = let
    return lets


def _declare_findings(
    node: tree.Item,
    fields: Mapping[str, Field],
    lets: Mapping[str, tree.Let],
    defaults: Clauses,
    file: str,
    twice: list[Twice],
) -> dict[str, FindingScope]:
    """The findings that are written, then one for every check that none of them names with `is hazard`."""
    findings: dict[str, FindingScope] = {}
    for statement in node.body:
        if not isinstance(statement, tree.Finding):
            continue
        own = collect_clauses(statement.clauses)
        name = statement.name
        finding = FindingScope(
            name.text, statement.label, name.span, statement.when, own, inherit(defaults, own), statement
        )
        if findings.setdefault(name.text, finding) is not finding:
            twice.append(Twice("finding", name, findings[name.text].span.line, file, file))
    named = set(_named_hazards([finding.when for finding in findings.values() if finding.when], lets))
    for check in fields.values():
        if check.type != "check" or check.node is None or check.name in named:
            continue
        made = FindingScope(
            check.name, check.node.question, check.node.name.span, None, Clauses(), defaults, check=check
        )
        first = findings.setdefault(check.name, made)
        if first is not made:
            twice.append(Twice("finding", check.node.name, first.span.line, file, file))
    return findings


def _named_hazards(conditions: Iterable[tree.Expression], lets: Mapping[str, tree.Let]) -> Iterator[str]:
    """The checks whose hazard the conditions read, themselves or through lets."""
    waiting, seen = list(conditions), set[str]()
    while waiting:
        for part in tree.walk(waiting.pop()):
            if (
                isinstance(part, tree.Is)
                and part.state == "hazard"
                and isinstance(part.value, tree.Reference)
            ):
                yield part.value.name
            elif isinstance(part, tree.Reference) and part.name in lets and part.name not in seen:
                seen.add(part.name)
                waiting.append(lets[part.name].value)


def _names_of(
    unit: Unit,
    node: tree.Item,
    file: str,
    fields: dict[str, Field],
    lets: Mapping[str, tree.Let],
    findings: Mapping[str, FindingScope],
) -> Names:
    kinds = [kind for statement in node.body if isinstance(statement, tree.For) for kind in statement.kinds]
    found: list[Register] = [unit.registers[kind.text] for kind in kinds if kind.text in unit.registers]
    names = Names(
        file,
        fields=fields,
        lets=lets,
        registers=tuple(found) if kinds else tuple(unit.registers.values()),
        registers_known=len(found) == len(kinds),
        registers_given=bool(kinds),
        every_register=unit.registers,
        findings=tuple(findings),
        picked=any(finding.picked for finding in findings.values()),
    )
    for kind in kinds:
        if kind.text not in unit.registers:
            names.misses.append(Miss("kind", kind.text, kind.span, tuple(unit.registers), file))
    return names


def order_lets(lets: Mapping[str, tree.Let]) -> tuple[tuple[str, ...], tuple[tree.Let, ...]]:
    """The lets in an order in which each comes after those it reads, and those that read themselves.

    Neither those nor what reads them have a place in the order.
    """
    reads = {
        name: [
            part.name
            for part in tree.walk(let.value)
            if isinstance(part, tree.Reference) and part.name in lets
        ]
        for name, let in lets.items()
    }
    order: dict[str, None] = {}
    waiting = list(lets)
    while ready := [name for name in waiting if all(read in order for read in reads[name])]:
        order.update(dict.fromkeys(ready))
        waiting = [name for name in waiting if name not in order]
    circular = [name for name in waiting if name in _reachable(name, reads)]
    return tuple(order), tuple(lets[name] for name in circular)


def _reachable(start: str, reads: Mapping[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(reads[start])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(reads[name])
    return reached


def _bind_expressions(scope: ItemScope) -> None:
    names = scope.names
    for name in dict.fromkeys([*scope.let_order, *names.lets]):
        value = names.lets[name].value
        names.bind(Site(value, "let"))
        names.let_sorts[name] = names.sort(value) if name in scope.let_order else UNKNOWN
    for asked in names.fields.values():
        if asked.shown_when is not None:
            names.bind(Site(asked.shown_when, "shown"))
    for place in scope.each(tree.For):
        if place.when is not None:
            names.bind(Site(place.when, "applies"))
    for visit in scope.each(tree.Visit):
        bind_branches(names, visit, "visit")
    for must in scope.each(tree.Must):
        names.bind(Site(must.condition, "must"))
    for exclude in scope.each(tree.Exclude):
        names.bind(Site(exclude.condition, "exclude"))
    _bind_clauses(names, scope.defaults)
    for finding in scope.findings.values():
        if finding.when is not None:
            names.bind(Site(finding.when, "finding"))
        _bind_clauses(names, finding.own, (finding.when,) if finding.when is not None else ())


def _bind_clauses(names: Names, clauses: Clauses, given: tuple[tree.Expression, ...] = ()) -> None:
    if clauses.severity is not None:
        bind_branches(names, clauses.severity, "severity", given)
    if clauses.route is not None:
        bind_branches(names, clauses.route, "clause", given)
    for limit in clauses.limits.values():
        bind_branches(names, limit, "clause", given)
