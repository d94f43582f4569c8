"""G3: what a finding or an item lacks, and what is read before it is known."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import model, tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.resolve.binding import Names, Site
from gewu_dsl.resolve.scopes import ItemScope

_BEFORE_A_VISIT = ("area.class", "area.kind", "open_cases")


def findings_have_a_route(item: ItemScope) -> Iterator[Remark]:
    for finding in item.findings.values():
        if finding.clauses.route is None and not item.damaged:
            message = Text(
                f"情形“{finding.name}”没有写派往哪里，立案后没有人会收到它。",
                f"Finding `{finding.name}` has no route, so nobody would receive its cases.",
            )
            help = Text(
                "在这个情形里，或者在第一个情形之前写：派往 属地。",
                "in it, or before the first finding, write: route community.",
            )
            yield Remark(finding.span, message, help)


def findings_have_a_handling_limit(item: ItemScope) -> Iterator[Remark]:
    for finding in item.findings.values():
        if "handle" not in finding.clauses.limits and not finding.clauses.stages and not item.damaged:
            message = Text(
                f"情形“{finding.name}”没有处置时限，案件永远不会超期，也没有人会被催。",
                f"Finding `{finding.name}` has no limit for handling: its cases are never overdue.",
            )
            help = Text(
                "在这个情形里，或者在第一个情形之前写：处置 3 工作日。",
                "in it, or before the first finding, write: handle 3 workdays.",
            )
            yield Remark(finding.span, message, help)


def visits_say_what_is_visited(item: ItemScope) -> Iterator[Remark]:
    if item.each(tree.For):
        return
    for visit in item.each(tree.Visit):
        message = Text(
            "写了巡查，却没有写适用什么场所，不知道要去哪里。",
            "There are visits, but no `for` says which places, so nobody knows where to go.",
        )
        yield Remark(visit.span, message, Text("先写：适用 台账名。", "write before it: for KIND."))


def nothing_is_read_before_it_is_known(names: Names) -> Iterator[Remark]:
    """Severity is decided after the finding, a finding after the form, and a visit is planned before the form."""
    for site in names.sites:
        if site.role == "let":
            continue
        for part, meaning in _reads(names, site.expression):
            reason = _why_unknown(names, site, meaning)
            if reason is not None:
                yield Remark(part.span, *reason)


def _reads(names: Names, expression: tree.Expression) -> Iterator[tuple[tree.Node, model.Expression | None]]:
    """What an expression reads; what its lets read stands at the let's name."""
    for part in tree.walk(expression):
        meaning = names.bound.get(id(part))
        if isinstance(meaning, model.Derived):
            for inner in _let_reads(names, meaning.name):
                yield part, inner
        elif meaning is not None or isinstance(part, tree.Fact):
            yield part, meaning


def _let_reads(names: Names, name: str) -> Iterator[model.Expression]:
    waiting, seen = [name], {name}
    while waiting:
        for part in tree.walk(names.lets[waiting.pop()].value):
            meaning = names.bound.get(id(part))
            if isinstance(meaning, model.Derived) and meaning.name not in seen:
                seen.add(meaning.name)
                waiting.append(meaning.name)
            elif meaning is not None and not isinstance(meaning, model.Derived):
                yield meaning


def _why_unknown(names: Names, site: Site, meaning: model.Expression | None) -> tuple[Text, Text] | None:
    match meaning:
        case model.Fact("severity") if site.role != "clause":
            return _UNDECIDED_SEVERITY, _UNDECIDED_SEVERITY_HELP
        case model.Fact("finding") if site.role not in ("clause", "severity") or not names.findings:
            return _UNDECIDED_FINDING, _UNDECIDED_FINDING_HELP
        case model.Answer() | model.Fact() if site.role in ("visit", "applies"):
            if isinstance(meaning, model.Answer) or meaning.name not in _BEFORE_A_VISIT:
                return _BEFORE_THE_FORM, _BEFORE_THE_FORM_HELP
    return None


_UNDECIDED_SEVERITY = Text(
    "写到这里时等级还没有定下来，这个条件永远不会成立。",
    "The severity is not decided yet at this point, so this condition never holds.",
)
_UNDECIDED_SEVERITY_HELP = Text(
    "等级只能在派往和各个时限的条件里读。", "read the severity in the conditions of route and of limits only."
)
_UNDECIDED_FINDING = Text(
    "这里还不知道是哪个情形，这个条件永远不会成立。",
    "Which finding it is is not known at this point, so this condition never holds.",
)
_UNDECIDED_FINDING_HELP = Text(
    "情形只能在事项的共用规定里读；问勾选的情形写：情形 包含 ……",
    "read `finding` in an item's default clauses; for picked findings write: finding includes …",
)
_BEFORE_THE_FORM = Text(
    "安排巡查的时候还没有人填表，这里读不到。",
    "Visits are planned before anybody fills in the form, so this cannot be read here.",
)
_BEFORE_THE_FORM_HELP = Text(
    "只能用台账、区域和历史：台账.X、区域.类别、巡查数(30 自然日)。",
    "read registers, areas and history only: place.X, area.class, visits_in(30 days).",
)
