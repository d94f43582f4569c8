"""G4: findings that are always there, never there, or only together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from gewu_dsl import model, tree
from gewu_dsl.check.comparisons import why_never
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.resolve.scopes import FindingScope
from gewu_dsl.spans import Span
from gewu_dsl.worlds import Holds, Open, World


def findings_can_be_found(meaning: Meaning) -> Iterator[Remark]:
    excluded = tuple(Open(each.condition) for each in meaning.item.excludes)
    if meaning.worlds.is_impossible(*excluded):
        return
    for finding in meaning.item.findings:
        if finding.name in meaning.lost:
            condition = meaning.condition(finding)
            if _waits_for_what_is_never_shown(meaning, condition):
                continue
            why = _why_never(meaning, condition)
            message = Text(
                f"情形“{finding.title}”永远不会出现：{why.zh}。",
                f"Finding `{finding.name}` never comes about: {why.en}.",
            )
            yield Remark(_span(meaning.scope.findings[finding.name]), message, _FOUND_HELP)


def _why_never(meaning: Meaning, condition: model.Expression) -> Text:
    if not meaning.worlds.is_impossible(Holds(condition)):
        return Text("凡是它成立的填法都被“不采集”排除了", "whatever it is found in is excluded")
    made = not meaning.scope.each(tree.Must)  # the range of a date is a must that nobody has written
    if made or meaning.worlds.is_impossible(Holds(condition), submitted=False):
        answers = why_never(meaning, condition)
        if answers is None:
            return Text("它的条件不可能成立", "its condition cannot hold")
        return Text(f"它的条件不可能成立，{answers.zh}", f"its condition cannot hold, for {answers.en}")
    return Text("凡是它成立的填法都被“必须”拒收了", "every form in which it holds is refused by a `must`")


def _waits_for_what_is_never_shown(meaning: Meaning, condition: model.Expression) -> bool:
    """Whether it reads a question that is never shown: that is the mistake (G601), and told there."""
    read = map(meaning.item.question, meaning.questions_read([condition]))
    return any(each.when is not None and meaning.worlds.is_impossible(Holds(each.when)) for each in read)


def findings_can_be_absent(meaning: Meaning) -> Iterator[Remark]:
    for finding in meaning.item.findings:
        if finding.when is None or finding.name in meaning.lost or not _is_certain(meaning, finding.when):
            continue
        world = meaning.worlds.find(finding=finding.name)
        if isinstance(world, World):
            message = Text(
                f"情形“{finding.title}”的条件怎么填都成立，每次上报都会立一个案。",
                f"The condition of `{finding.name}` holds however the form is filled in: every report opens a case of it.",
            )
            span = _span(meaning.scope.findings[finding.name])
            yield Remark(span, message, _ABSENT_HELP, counterexample=world.sheet)


def findings_come_apart(meaning: Meaning) -> Iterator[Remark]:
    """Only findings that read something in common are compared."""
    asked = [
        each for each in meaning.item.findings if each.when is not None and each.name not in meaning.lost
    ]
    reads = {each.name: meaning.reads(each.when) for each in asked}
    told: set[str] = set()
    for one, other in combinations(asked, 2):
        if other.name in told or reads[one.name].isdisjoint(reads[other.name]):
            continue
        if not (_implies(meaning, one, other) and _implies(meaning, other, one)):
            continue
        world = meaning.worlds.find(finding=other.name)
        if isinstance(world, World):
            told.add(other.name)
            message = Text(
                f"情形“{other.title}”和“{one.title}”总是一起出现，从来不会只有一个：同一件事会立两个案。",
                f"`{other.name}` and `{one.name}` always come together, never one without the other: one thing opens two cases.",
            )
            span = _span(meaning.scope.findings[other.name])
            yield Remark(span, message, _APART_HELP, counterexample=world.sheet)


def _implies(meaning: Meaning, one: model.Finding, other: model.Finding) -> bool:
    if meaning.worlds.lacks(one.name, meaning.condition(other)):
        return False
    return meaning.worlds.is_impossible(Open(meaning.condition(other)), finding=one.name)


def _is_certain(meaning: Meaning, condition: model.Expression) -> bool:
    if any(meaning.worlds.lacks(other.name, condition) for other in meaning.item.findings[:_LOOKS]):
        return False
    return meaning.worlds.is_impossible(Open(condition))


def _span(finding: FindingScope) -> Span:
    return finding.when.span if finding.when is not None else finding.span


_LOOKS = 8
"""A few looks at reports that are known save most searches; more would cost more than the search."""

_FOUND_HELP = Text("改它的条件，或者删掉这个情形。", "change its condition, or delete the finding.")
_ABSENT_HELP = Text(
    "写上什么时候才算；由上报人勾选的情形不写“当”。",
    "say when it applies; a finding that the reporter picks has no `when`.",
)
_APART_HELP = Text(
    "合成一个情形，或者把其中一个的条件改对。",
    "make them one finding, or put the condition of one of them right.",
)
