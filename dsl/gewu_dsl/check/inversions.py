"""G5: a graver case that is given more time than a lighter one, with two reports that show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple, TypeVar

from gewu_dsl import fixes, model, tree
from gewu_dsl.check.lengths import is_longer
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.lower.findings import names_of
from gewu_dsl.phrases import Phrases
from gewu_dsl.render import limit_words, word
from gewu_dsl.resolve.binding import Names
from gewu_dsl.truth import leaves
from gewu_dsl.worlds import Claim, Holds, Open, World

_MOST_TERMS = 8
_MOST_BRANCHES = 40
_SEVERITY = model.Fact("severity")
T = TypeVar("T")
Valuation = Mapping[model.Expression, bool]
Limits = model.Branches[model.Duration]


class _Case(NamedTuple):
    """A severity, and the branch of a limit that may decide it."""

    severity: model.Severity
    branch: int


def graver_is_not_slower(meaning: Meaning) -> Iterator[Remark]:
    """Where everything else is alike, or where no graver case is as quick as any lighter one."""
    seen: set[tuple[int, model.Severity]] = set()
    for finding in meaning.item.findings:
        if len(finding.severity) < 2:
            continue
        written = meaning.scope.findings[finding.name].clauses.limits
        for step, branches in finding.limits.items():
            node = written.get(step)
            if node is None or not 2 <= len(branches) <= _MOST_BRANCHES:
                continue
            for graver, lighter in _inversions(*_unfolded(meaning, finding, branches)):
                if (id(node), graver.severity) in seen:
                    continue
                slow = _world(meaning, finding, branches, graver)
                if slow is not None and _world(meaning, finding, branches, lighter) is not None:
                    seen.add((id(node), graver.severity))
                    yield _remark(node, names_of(meaning.scope, node), branches, (graver, lighter), slow)


def _unfolded(meaning: Meaning, finding: model.Finding, limits: Limits) -> tuple[model.Finding, Limits]:
    """Both with their lets put in: what is said by name is said all the same."""
    severity = _without_lets(meaning, finding.severity)
    return replace(finding, severity=severity), _without_lets(meaning, limits)


def _without_lets(meaning: Meaning, branches: model.Branches[T]) -> model.Branches[T]:
    unfold = meaning.worlds.space.unfold
    return tuple(
        each if each.when is None else model.Branch(each.value, unfold(each.when)) for each in branches
    )


def _inversions(finding: model.Finding, limits: Limits) -> Iterator[tuple[_Case, _Case]]:
    levels = [level for level in model.SEVERITIES if any(each.value == level for each in finding.severity)]
    values = [branch.value for branch in limits]
    if len(levels) < 2 or not any(is_longer(one, other) for one in values for other in values):
        return
    if any(_SEVERITY in leaves(branch.when) for branch in limits if branch.when is not None):
        cases = _all_else_alike(levels, limits)
    else:
        cases = _by_the_same_conditions(finding, limits)
    for graver, lighter in cases:
        if is_longer(values[graver.branch], values[lighter.branch]):
            yield graver, lighter


def _all_else_alike(levels: list[model.Severity], limits: Limits) -> Iterator[tuple[_Case, _Case]]:
    """The branches by which two severities would be decided under the same other conditions."""
    for valuation in _valuations(limits):
        cases = []
        for level in levels:
            branch = _decides(limits, valuation, level)
            if branch is not None:
                cases.append(_Case(level, branch))
        yield from ((graver, lighter) for index, graver in enumerate(cases) for lighter in cases[:index])


def _by_the_same_conditions(finding: model.Finding, limits: Limits) -> Iterator[tuple[_Case, _Case]]:
    """Where severity and limit hang on the same answers: pairs of severities of which all limits are inverted."""
    found: dict[model.Severity, set[int]] = {}
    for valuation in _valuations((*finding.severity, *limits)):
        level = _decides(finding.severity, valuation, None)
        branch = _decides(limits, valuation, None)
        if level is not None and branch is not None:
            found.setdefault(finding.severity[level].value, set()).add(branch)
    levels = [level for level in model.SEVERITIES if level in found]
    for index, graver in enumerate(levels):
        for lighter in levels[:index]:
            pairs = list(product(sorted(found[graver]), sorted(found[lighter])))
            if all(is_longer(limits[one].value, limits[other].value) for one, other in pairs):
                yield _Case(graver, pairs[0][0]), _Case(lighter, pairs[0][1])


def _valuations(branches: Sequence[model.Branch[Any]]) -> Iterator[Valuation]:
    """Every way in which the terms of the conditions may hold or not; none where they are too many."""
    terms = list(
        dict.fromkeys(term for each in branches if each.when is not None for term in _terms(each.when))
    )
    if len(terms) <= _MOST_TERMS:
        for truths in product((True, False), repeat=len(terms)):
            yield dict(zip(terms, truths, strict=True))


def _terms(condition: model.Expression) -> Iterator[model.Expression]:
    """What `and`, `or` and `not` join; a question of severity is no term, for severity is given."""
    match condition:
        case model.And(operands) | model.Or(operands):
            for operand in operands:
                yield from _terms(operand)
        case model.Not(operand):
            yield from _terms(operand)
        case _ if _levels_of(condition) is None:
            yield condition


def _decides(
    branches: Sequence[model.Branch[Any]], valuation: Valuation, level: model.Severity | None
) -> int | None:
    for index, branch in enumerate(branches):
        if branch.when is None or _holds(branch.when, valuation, level):
            return index
    return None


def _holds(condition: model.Expression, valuation: Valuation, level: model.Severity | None) -> bool:
    match condition:
        case model.And(operands):
            return all(_holds(operand, valuation, level) for operand in operands)
        case model.Or(operands):
            return any(_holds(operand, valuation, level) for operand in operands)
        case model.Not(operand):
            return not _holds(operand, valuation, level)
    levels = _levels_of(condition)
    return valuation[condition] if levels is None else level in levels


def _levels_of(condition: model.Expression) -> frozenset[str] | None:
    """The severities of which a comparison with one is true; None where it compares something else."""
    match condition:
        case model.Compare(operator, model.Fact("severity"), model.Constant(str(level))):
            return frozenset(each for each in model.SEVERITIES if _stands(operator, each, level))
        case model.Compare(operator, model.Constant(str(level)), model.Fact("severity")):
            return frozenset(each for each in model.SEVERITIES if _stands(operator, level, each))
        case model.Among(model.Fact("severity"), options):
            return frozenset(str(option.value) for option in options)
    return None


def _stands(operator: str, one: str, other: str) -> bool:
    left, right = model.SEVERITIES.index(one), model.SEVERITIES.index(other)
    return {
        "=": left == right, "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right
    }[operator]  # fmt: skip


def _world(meaning: Meaning, finding: model.Finding, limits: Limits, case: _Case) -> World | None:
    """A report of that severity in which that branch decides."""
    conditions = [branch.when for branch in limits[: case.branch + 1] if branch.when is not None]
    claims: list[Claim] = [Open(condition) for condition in conditions]
    if limits[case.branch].when is not None:
        claims[-1] = Holds(conditions[-1])
    found = meaning.worlds.find(*claims, finding=finding.name, severity=case.severity)
    return found if isinstance(found, World) else None


def _remark(node: tree.Limit, names: Names, limits: Limits, pair: tuple[_Case, _Case], slow: World) -> Remark:
    (graver, branch), (lighter, other) = pair
    more, less = limits[branch].value, limits[other].value
    message = Text(
        f"{word(graver)}的给 {limit_words(more)}，{word(lighter)}的只给 {limit_words(less)}：越重的反而越慢。",
        f"A {graver} case is given {more}, a {lighter} one only {less}: the graver it is, the slower.",
    )
    one, two = node.branches[branch].value, node.branches[other].value
    say = Phrases(names.language).duration
    swapped = fixes.swap(one.span, say(two), two.span, say(one))
    return Remark(one.span, message, _HELP, names.file, slow.sheet, (swapped,))


_HELP = Text(
    "看看两个时限是不是写反了；标准就是这样规定的，可以不改。",
    "see whether the two limits are the wrong way round; where the standard says so, leave it.",
)
