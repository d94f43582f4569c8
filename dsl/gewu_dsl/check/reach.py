"""G4: branches that never decide anything, or only by an oversight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from gewu_dsl import fixes, model, tree
from gewu_dsl.check.comparisons import why_never
from gewu_dsl.check.lists import BranchList, branch_decides
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Edit, Fix, Text
from gewu_dsl.phrases import Phrases
from gewu_dsl.spans import Span
from gewu_dsl.truth import operands
from gewu_dsl.worlds import Claim, Holds, Open, World

_SEVERITY = model.Fact("severity")
MOST_PAIRED = 12
"""Behind so many branches pairs that mask one together are no longer looked for: all of them are named."""


def branches_can_be_reached(meaning: Meaning) -> Iterator[Remark]:
    for group in meaning.groups:
        first = group[0]
        for index in sorted(meaning.unreached[id(first.node)]):
            branch = first.branches[index]
            if branch.when is None:
                continue
            if meaning.reads(branch.when) == {_SEVERITY} and _loses_a_severity(meaning, group):
                continue
            words = meaning.words(branch.when)
            why = _why(meaning, group, index)
            message = Text(
                f"第 {index + 1} 条“{words.zh}”永远轮不到：{why.zh}。",
                f"Branch {index + 1}, `{words.en}`, never decides: {why.en}.",
            )
            worlds = (meaning.find(each, Holds(branch.when)) for each in group)
            world = next((world for world in worlds if isinstance(world, World)), None)
            if id(first.node) in meaning.without_severity:
                yield _remark(first, index, message, _SEVERITY_HELP, world, ())
                break
            yield _remark(first, index, message, _REACH_HELP, world, _without(meaning, first, index))


def otherwise_can_be_reached(meaning: Meaning) -> Iterator[Remark]:
    for group in meaning.groups:
        first, last = group[0], len(group[0].branches) - 1
        if not first.is_open and last in meaning.unreached[id(first.node)]:
            yield _remark(first, last, _COVERED, _COVERED_HELP, None, (fixes.delete(_span(first, last)),))


def branches_do_not_wait_for_a_blank(meaning: Meaning) -> Iterator[Remark]:
    """Where `is blank` is written in the list, or a branch asks only for what is never blank, its author has meant it."""
    for group in meaning.groups:
        first = group[0]
        conditions = [branch.when for branch in first.branches if branch.when is not None]
        if first.finding is None or any(map(_asks_for_blanks, conditions)):
            continue
        for index, world in _only_by_a_blank(meaning, group):
            if not _is_alone(meaning, group, index) and _may_wait(meaning, first.branches[index].when):
                yield _waiting(meaning, first, index, world)


def neighbours_differ(meaning: Meaning) -> Iterator[Remark]:
    for group in meaning.groups:
        first, unreached = group[0], meaning.unreached[id(group[0].node)]
        for index, (branch, after) in enumerate(zip(first.branches, first.branches[1:], strict=False)):
            if _value(branch) != _value(after) or not unreached.isdisjoint((index, index + 1)):
                continue
            if after.when is None or _never(meaning, group, *first.deciding(index), Open(after.when)):
                words = meaning.words(branch.when)
                message = Text(
                    f"第 {index + 1} 条“{words.zh}”去掉也一样：它管的情况，下一条照样管，结果也相同。",
                    f"Without branch {index + 1}, `{words.en}`, nothing changes: the next one covers its cases, too, with "
                    "the same result.",
                )
                yield _remark(first, index, message, _SAME_HELP, None, _without(meaning, first, index))


def _never(meaning: Meaning, group: Sequence[BranchList], *claims: Claim) -> bool:
    return all(meaning.is_impossible(each, *claims) for each in group)


def _why(meaning: Meaning, group: Sequence[BranchList], index: int) -> Text:
    """By which branches before it a branch is masked: as few as will do."""
    branches = group[0].branches
    here = Holds(branches[index].when)
    if not index or _never(meaning, group, here):
        return _why_impossible(meaning, group, branches[index].when)
    for count in range(1, 3 if index < MOST_PAIRED else 2):
        for before in combinations(range(index), count):
            if _never(meaning, group, here, *(Open(branches[each].when) for each in before)):
                return _masked(meaning, branches, before)
    return _masked(meaning, branches, tuple(range(index)))


def _loses_a_severity(meaning: Meaning, group: Sequence[BranchList]) -> bool:
    """Whether a branch that decides the severity never does: that is the mistake, and told there."""
    findings = {each.finding for each in group}
    return any(
        meaning.unreached[id(other[0].node)]
        for other in meaning.groups
        if other[0].clause == "severity" and findings & {each.finding for each in other}
    )


def _why_impossible(meaning: Meaning, group: Sequence[BranchList], condition: model.Expression) -> Text:
    if id(group[0].node) in meaning.without_severity:
        return _NO_SEVERITY
    if meaning.reads(condition) == {_SEVERITY}:
        return _NOT_SO_SEVERE
    answers = why_never(meaning, condition)
    if answers is None:
        return _IMPOSSIBLE
    return Text(f"{_IMPOSSIBLE.zh}，{answers.zh}", f"{_IMPOSSIBLE.en}, for {answers.en}")


def _masked(meaning: Meaning, branches: Sequence[Any], before: tuple[int, ...]) -> Text:
    if len(before) > 1:
        zh, en = "、".join(str(each + 1) for each in before), ", ".join(str(each + 1) for each in before)
        return Text(
            f"凡是它成立的时候，第 {zh} 条里总有一条已经先成立了",
            f"wherever it holds, one of the branches {en} has decided before",
        )
    words = meaning.words(branches[before[0]].when)
    return Text(
        f"凡是它成立的时候，第 {before[0] + 1} 条“{words.zh}”已经先成立了",
        f"wherever it holds, branch {before[0] + 1}, `{words.en}`, has decided before",
    )


def _may_wait(meaning: Meaning, condition: model.Expression | None) -> bool:
    """Whether a branch reads anything that may be blank; if not, its author has named the case."""
    return condition is None or any(map(meaning.may_be_blank, meaning.questions_read([condition])))


def _is_alone(meaning: Meaning, group: Sequence[BranchList], index: int) -> bool:
    """Whether no branch before it ever decides: that is told of those (G403)."""
    return meaning.unreached[id(group[0].node)].issuperset(range(index))


def _only_by_a_blank(meaning: Meaning, group: Sequence[BranchList]) -> Iterator[tuple[int, World]]:
    """Branches of which all reports they decide leave blank one of the questions that the list reads so far, with such a
    report."""
    branches = group[0].branches
    blank = [
        [name for name in meaning.questions_read([branch.when]) if meaning.may_be_blank(name)]
        for branch in branches
    ]
    walks = [meaning.walk(each) for each in group if any(blank)]
    for index, (branch, names) in enumerate(zip(branches, blank, strict=True)):
        answered = [Holds(model.Not(model.IsBlank(model.Answer(name)))) for name in names]
        for walk in walks:
            walk.assume(*answered)
        if index and any(blank[: index + 1]) and all(w.is_impossible(*branch_decides(branch)) for w in walks):
            worlds = (meaning.find(each, *each.deciding(index)) for each in group)
            world = next((world for world in worlds if isinstance(world, World)), None)
            if world is not None:
                yield index, world
        if branch.when is not None:
            for walk in walks:
                walk.assume(Open(branch.when))


def _waiting(meaning: Meaning, first: BranchList, index: int, world: World) -> Remark:
    read = meaning.questions_read([branch.when for branch in first.branches[: index + 1]])
    blank = [name for name in read if name not in world.answers]
    message = Text(
        f"第 {index + 1} 条只有在“{'”“'.join(blank)}”没有填的时候才轮得到。",
        f"Branch {index + 1} decides only where {' and '.join(f'`{name}`' for name in blank)} "
        f"{'is' if len(blank) == 1 else 'are'} left blank.",
    )
    help = Text(
        f"真是这个意思，就写明：当 {blank[0]} 为 未填；不是的话，让这道题必填，或者改条件。",
        f"if that is meant, say so: when {blank[0]} is blank; if not, have the question always answered, or change the "
        "conditions.",
    )
    node = first.node.branches[index]
    offered: tuple[Fix, ...] = ()
    if node.otherwise and [name for name in read if meaning.may_be_blank(name)] == blank[:1]:
        asked = tree.Is(tree.Reference(blank[0], span=node.span), "blank", span=node.span)
        said = Phrases(meaning.scope.names.language).branch(replace(node, when=asked, otherwise=False))
        offered = (fixes.replace(node.span, fixes.join_pieces(said)),)
    return _remark(first, index, message, help, world, offered)


def _without(meaning: Meaning, each: BranchList, index: int) -> tuple[Fix, ...]:
    """The list without a branch, if there is another; an `otherwise` that is left alone is a single value."""
    deleted = fixes.delete(_span(each, index))
    left = [branch for at, branch in enumerate(each.node.branches) if at != index]
    if not left:
        return ()
    if len(left) > 1 or not left[0].otherwise:
        return (deleted,)
    alone = Phrases(meaning.scope.names.language).branch(replace(left[0], otherwise=False))
    return (Fix(deleted.title, (*deleted.edits, Edit(left[0].span, fixes.join_pieces(alone)))),)


def _asks_for_blanks(condition: model.Expression) -> bool:
    return isinstance(condition, model.IsBlank) or any(map(_asks_for_blanks, operands(condition)))


def _value(branch: Any) -> Any:
    return (branch.times, branch.period) if isinstance(branch, model.VisitRule) else branch.value


def _span(each: BranchList, index: int) -> Span:
    return each.node.branches[index].span


def _remark(
    each: BranchList, index: int, message: Text, help: Text, world: World | None, offered: tuple[Fix, ...]
) -> Remark:
    sheet = None if world is None else world.sheet
    return Remark(_span(each, index), message, help, each.file, sheet, offered)


_NOT_SO_SEVERE = Text("这里的等级不会是这样", "the severity is never that here")
_NO_SEVERITY = Text("它看等级，可是没有写等级", "it reads a severity, and none is written")
_SEVERITY_HELP = Text(
    "在情形里或者第一个情形之前写上等级，例如：等级 一般。",
    "write a severity in the finding, or before the first one, e.g. severity minor.",
)
_IMPOSSIBLE = Text("它的条件在这里不可能成立", "its condition cannot hold here")
_REACH_HELP = Text(
    "改条件，或者把它移到盖住它的那一条前面；多余就删掉。",
    "change the condition, or move it before the one that masks it; delete it where it is superfluous.",
)
_COVERED = Text(
    "“其他”永远轮不到：前面几条已经把所有填法都管全了。",
    "`otherwise` never decides: the branches before it cover every way of filling in the form.",
)
_COVERED_HELP = Text(
    "删掉它；管全了的一串分支不用写“其他”。", "delete it: a complete list needs no `otherwise`."
)
_SAME_HELP = Text("删掉它，或者改它的结果。", "delete it, or change its result.")
