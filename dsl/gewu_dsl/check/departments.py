"""G8: offices that are not one's own, that nobody ever reaches, or that are named in two roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gewu_dsl import fixes, model, tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.phrases import Phrases
from gewu_dsl.render import word
from gewu_dsl.resolve.scopes import ItemScope, Unit
from gewu_dsl.words import Language

_STAND_BY_THEMSELVES: set[model.Tier] = {"village", "town", "county"}
"""The tiers at which a built-in office stands, whatever departments declare: 属地, 镇, 县."""


def handlers_are_ones_own(item: ItemScope) -> Iterator[Remark]:
    """Another department may assist or supervise; to handle is to take over a deadline, and that it has to agree to."""
    home = item.department.department.code if item.department else None
    for route in _routes(item):
        for branch in route.branches:
            for name in branch.value.offices:
                office = item.offices.get(id(name), "")
                other = office.partition(".")[0] if "." in office else home
                if home is None or other == home:
                    continue
                message = Text(
                    f"“{office}”是部门“{other}”的机构：案件和时限都落到它头上，要那个部门先同意。",
                    f"`{office}` is an office of department `{other}`: the case and its deadline become theirs, which that "
                    "department has to agree to.",
                )
                help = Text(
                    f"派往本部门的机构，请对方协办：派往 …… 协办 {office}；或者由部门“{other}”写这个事项。",
                    f"route it to an office of your own and ask for help: route … with {office}; or let department "
                    f"`{other}` write the item.",
                )
                yield Remark(name.span, message, help)


def alternatives_differ(item: ItemScope) -> Iterator[Remark]:
    """An office that every area has may well be followed by another: that one has its turn when a case is returned."""
    for route in _routes(item):
        for branch in route.branches:
            names = branch.value.offices
            for index, name in enumerate(names[1:], start=1):
                office = item.offices.get(id(name))
                if office and office in [item.offices.get(id(each)) for each in names[:index]]:
                    fix = fixes.delete(fixes.join(fixes.end_of(names[index - 1].span), name.span))
                    yield Remark(name.span, _TRIED, _TRIED_HELP, fixes=(fix,))


def offices_have_one_role(item: ItemScope) -> Iterator[Remark]:
    for route in _routes(item):
        handlers = [item.offices.get(id(branch.value.offices[0]), "") for branch in route.branches]
        alone = handlers[0] if len(set(handlers)) == 1 else None
        seen: set[str] = set()
        for index, name in enumerate(route.co_handlers):
            office = item.offices.get(id(name), "")
            offered = _without(route.co_handlers, index, item.names.language)
            if office and office == alone:
                yield Remark(name.span, _SELF_HELP, _SELF_HELP_HELP, fixes=offered)
            elif office and office in seen:
                yield Remark(name.span, _NAMED_TWICE, _NAMED_TWICE_HELP, fixes=offered)
            seen.add(office)
        supervisor = item.offices.get(id(route.supervisor), "") if route.supervisor else ""
        if route.supervisor and supervisor and supervisor == alone:
            yield Remark(route.supervisor.span, _SELF_WATCH, _SELF_WATCH_HELP)


def escalations_reach_somebody(unit: Unit) -> Iterator[Remark]:
    """Villages, towns and counties have offices of their own; other tiers only where the department has one."""
    told: set[int] = set()
    for item in unit.items:
        if item.department is None:
            continue
        department = item.department.department
        tiers = {office.tier for office in department.offices} | _STAND_BY_THEMSELVES
        inherited = set(map(id, item.department.defaults.ladder.values()))
        ladders = [item.defaults.ladder, *(finding.clauses.ladder for finding in item.findings.values())]
        for ladder in (each for table in ladders for each in table.values()):
            for rung in ladder.rungs:
                if rung.to is None or rung.to in tiers or id(rung) in told:
                    continue
                told.add(id(rung))
                file = item.department.file if id(ladder) in inherited else item.file
                yield _nobody_there(rung, rung.to, department, file)


def _nobody_there(rung: tree.Rung, tier: model.Tier, department: model.Department, file: str) -> Remark:
    message = Text(
        f"部门“{department.code}”在“{word(tier)}”一级没有机构，升上去没有人接。",
        f"Department `{department.code}` has no office at the {tier}, so nobody there would hear of it.",
    )
    help = Text(
        f"升至有机构的一级，或者在部门下写：机构 代码 “名称” 级别 {word(tier)}。",
        f'escalate to a tier that has an office, or declare one: office CODE "name" at {tier}.',
    )
    return Remark(rung.span, message, help, file)


def _routes(item: ItemScope) -> Iterator[tree.Route]:
    for clauses in (item.defaults, *(finding.own for finding in item.findings.values())):
        if clauses.route is not None:
            yield clauses.route


def _without(names: Sequence[tree.Name], index: int, language: Language) -> tuple[Fix, ...]:
    """Take one name off a list; the word before the list stays, so one must be left."""
    if len(names) < 2:
        return ()
    if index == 0:
        kept = Phrases(language).office(names[1])
        return (fixes.replace(fixes.join(names[0].span, names[1].span), kept),)
    return (fixes.delete(fixes.join(fixes.end_of(names[index - 1].span), names[index].span)),)


_TRIED = Text(
    "这个机构前面已经试过了，再写一遍也还是没有。",
    "This office was tried already; naming it again finds none either.",
)
_TRIED_HELP = Text("删掉它，或者换一个机构。", "delete it, or name another office.")
_SELF_HELP = Text("主办机构不用再协办自己。", "The office that handles it cannot assist itself as well.")
_SELF_HELP_HELP = Text("从协办里删掉它，或者换一个机构。", "take it out of `with`, or name another office.")
_NAMED_TWICE = Text("同一个协办机构写了两遍。", "The same office is asked to assist twice.")
_NAMED_TWICE_HELP = Text("删掉其中一个。", "delete one of them.")
_SELF_WATCH = Text(
    "主办机构自己主管自己，等于没有人督办。", "The office that handles it supervises itself: nobody does."
)
_SELF_WATCH_HELP = Text(
    "主管写上级机构，或者删掉主管。", "name the office above it after `under`, or leave it out."
)
