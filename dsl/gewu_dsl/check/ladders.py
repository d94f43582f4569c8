"""G5: escalations that never happen, happen at the wrong time, or change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gewu_dsl import fixes, model, tree
from gewu_dsl.check.lengths import is_longer
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.lower.expressions import lower_limit
from gewu_dsl.phrases import Phrases
from gewu_dsl.render import word
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import Unit

_NEAR = 20
"""How many rungs before and behind one are compared with it: more than any ladder has, few enough for any text."""


def escalations_watch_a_limit(unit: Unit) -> Iterator[Remark]:
    """A default ladder is right as soon as one of the findings that take it has the limit it watches."""
    ladders = list(_ladders(unit))
    watched: dict[int, bool] = {}
    for item in unit.items if ladders else ():
        for finding in item.findings.values():
            limits, stages = finding.clauses.limits, finding.clauses.stages
            for step, ladder in finding.clauses.ladder.items():
                limit = limits.get(step)
                has_limit = bool(limit and limit.branches) or (step == "handle" and bool(stages))
                watched[id(ladder)] = watched.get(id(ladder), False) or has_limit or item.damaged
    for names, ladder in ladders:
        if not watched.get(id(ladder), True):
            message = Text(
                f"{word(ladder.step)}没有时限，永远不会超期，这条督办也就永远不会发生。",
                f"There is no limit to {ladder.step}, so it is never overdue and this escalation never happens.",
            )
            help = Text(
                f"写一个时限，例如：{word(ladder.step)} 1 工作日；或者删掉这条督办。",
                f"write a limit, e.g. {ladder.step} 1 workday, or delete the escalation.",
            )
            yield Remark(ladder.span, message, help, names.file, fixes=(fixes.delete(ladder.span),))


def rungs_are_within_their_limit(unit: Unit) -> Iterator[Remark]:
    for names, ladder in _ladders(unit):
        for rung in ladder.rungs:
            if _is_within(rung):
                continue
            if rung.percent == 0:
                yield Remark(rung.span, _AT_THE_START, _SHARE_HELP, names.file)
            else:
                message = Text(
                    f"时限用到 {rung.percent}% 时早已超期，到那时才督办。",
                    f"At {rung.percent}% the limit is long past, and only then would anybody hear of it.",
                )
                yield Remark(rung.span, message, _SHARE_HELP, names.file)


def rungs_change_something(unit: Unit) -> Iterator[Remark]:
    for names, ladder in _ladders(unit):
        rungs = [_Moment.of(rung) for rung in ladder.rungs]
        for index, rung in enumerate(rungs):
            before = [each for each in rungs[max(0, index - _NEAR) : index] if not rung.is_before(each)]
            before += [each for each in rungs[index + 1 : index + _NEAR] if each.is_before(rung)]
            if not _is_within(ladder.rungs[index]):
                continue
            if rung in before:
                yield Remark(
                    ladder.rungs[index].span, _SAID, _SAID_HELP, names.file, fixes=_without(ladder, index)
                )
            elif rung.to and (highest := _highest(before)) and _height(highest) > _height(rung.to):
                message = Text(
                    f"那时案件已经升至{word(highest)}，再升至{word(rung.to)}就是往下走了。",
                    f"By then the case has come to the {highest}; the {rung.to} is a step down.",
                )
                yield Remark(ladder.rungs[index].span, message, _TIER_HELP, names.file)


def rungs_are_in_order(unit: Unit) -> Iterator[Remark]:
    for names, ladder in _ladders(unit):
        for one, other in zip(ladder.rungs, ladder.rungs[1:], strict=False):
            if _is_within(one) and _is_within(other) and _Moment.of(other).is_before(_Moment.of(one)):
                say = Phrases(names.language)
                swapped = fixes.swap(one.span, say.rung(other), other.span, say.rung(one))
                yield Remark(other.span, _OUT_OF_ORDER, _ORDER_HELP, names.file, fixes=(swapped,))


class _Moment(NamedTuple):
    """When a rung is reached, and where the case goes."""

    percent: int | None
    after: model.Duration | None
    to: tree.Tier | None

    @staticmethod
    def of(rung: tree.Rung) -> _Moment:
        return _Moment(rung.percent, lower_limit(rung.after) if rung.after else None, rung.to)

    def is_before(self, other: _Moment) -> bool:
        """Whether it is certainly reached first; both are percents of one limit, or counted from its end."""
        if self.percent is not None and other.percent is not None:
            return self.percent < other.percent
        if self.after is not None and other.after is not None:
            return is_longer(other.after, self.after)
        return self.percent is not None and self.percent <= 100


def _is_within(rung: tree.Rung) -> bool:
    return rung.percent is None or 1 <= rung.percent <= 100


def _highest(rungs: list[_Moment]) -> tree.Tier | None:
    return max((rung.to for rung in rungs if rung.to), key=_height, default=None)


def _height(tier: tree.Tier) -> int:
    return model.TIERS.index(tier)


def _without(ladder: tree.Escalate, index: int) -> tuple[Fix, ...]:
    return (fixes.delete(ladder.rungs[index].span),) if len(ladder.rungs) > 1 else ()


def _ladders(unit: Unit) -> Iterator[tuple[Names, tree.Escalate]]:
    """Every ladder that is written and counts, with what it is written in."""
    for department in unit.departments.values():
        yield from ((department.names, ladder) for ladder in department.defaults.ladder.values())
    for item in unit.items:
        yield from ((item.names, ladder) for ladder in item.defaults.ladder.values())
        for finding in item.findings.values():
            if finding.own.ladder:
                yield from ((item.names, ladder) for ladder in finding.own.ladder.values())


_AT_THE_START = Text(
    "用到 0% 就是刚开始的时候：谁都还没有来得及办，就已经督办了。",
    "0% of the limit is the moment it begins: it would escalate before anybody could do a thing.",
)
_SHARE_HELP = Text(
    "百分数写 1 到 100，例如：达到 80% 提醒；超期以后写：超期 1 工作日 升至 县。",
    "write a share from 1 to 100, e.g. at 80% remind; past due, write: after 1 workday to county.",
)
_SAID = Text(
    "同一时刻的同一件事写了两遍，第二遍不起作用。",
    "The same thing at the same moment: the second changes nothing.",
)
_SAID_HELP = Text("删掉其中一个，或者改它的时间。", "delete one of them, or change when it happens.")
_TIER_HELP = Text(
    "督办一级一级往上走：村、镇、县、市，越晚越高。",
    "a ladder climbs: village, town, county, city, the later the higher.",
)
_OUT_OF_ORDER = Text(
    "这一级比前一级先到，写的顺序和发生的顺序相反，读的人会看错。",
    "This rung is reached before the one written before it: the ladder reads the wrong way round.",
)
_ORDER_HELP = Text("按发生的先后写。", "write the rungs in the order in which they are reached.")
