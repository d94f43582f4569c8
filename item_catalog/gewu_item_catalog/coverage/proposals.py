"""Examples worth having: a filled-in form for each target, boundary and pair of answers that no example shows yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gewu_dsl.answers import decide_answers
from gewu_dsl.decision import Decision
from gewu_dsl.examples import sheet_of
from gewu_dsl.model import Answer, Compare, Constant, Finding, Item, PlaceKind
from gewu_dsl.rules import Rules, compile_rules, normalise_context
from gewu_dsl.rules.source import clauses_of, condition_of
from gewu_dsl.truth import Truth
from gewu_dsl.worlds import Claim, Fails, Holds, Open, Undecided, World, Worlds
from gewu_item_catalog.coverage.boundaries import Boundary, boundaries_of
from gewu_item_catalog.coverage.pairs import PairRow, missing_pairs
from gewu_item_catalog.coverage.targets import Target, cover, reached_by, targets_of

Sheet = tuple[Mapping[str, Any], Mapping[str, Any]]
"""Answers and context."""

Reason = Target | Boundary | PairRow


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sheet that shows `reason`, with nothing in it that the decision would not miss, and what is decided about it."""

    reason: Reason
    answers: Mapping[str, Any]
    context: Mapping[str, Any]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Unshown:
    """No sheet shows `reason`: proved impossible, or the search gave up."""

    reason: Reason
    impossible: bool


def propose(
    item: Item, registers: Mapping[str, PlaceKind], rules: Rules | None = None, *, pairs: bool = False
) -> Iterator[Proposal | Unshown]:
    """What would show the targets and the boundaries that the item's examples leave out, and on request the pairs.

    A sheet is proposed once, whatever it shows.
    """
    sheets: list[Sheet] = []
    for made in _made(item, registers, rules or compile_rules(item), pairs):
        if isinstance(made, Proposal):
            if (made.answers, made.context) in sheets:
                continue
            sheets.append((made.answers, made.context))
        yield made


def _made(
    item: Item, registers: Mapping[str, PlaceKind], rules: Rules, pairs: bool
) -> Iterator[Proposal | Unshown]:
    coverage = cover(item, rules)
    shown = set(coverage.reached)
    for target in coverage.missing:
        if target in shown:
            continue
        found = _show(Worlds(item, registers, rules), target)
        made = _proposal(rules, target, found, keep=())
        if isinstance(made, Proposal):
            shown |= reached_by(item, rules, coverage.targets, made.answers, made.context)
        yield made
    yield from _boundaries(item, registers, rules)
    if pairs:
        for row in missing_pairs(item, registers, rules):
            yield _proposal(rules, row, (row.answers, row.context), keep=tuple(name for name, _ in row.pairs))


def _boundaries(item: Item, registers: Mapping[str, PlaceKind], rules: Rules) -> Iterator[Proposal | Unshown]:
    given = [sheet_of(item, example) for example in item.examples]
    sheets = [(rules.read(answers, normalise_context(context)), context) for answers, context in given]
    for boundary in boundaries_of(item):
        if not any(_reads(boundary, *sheet) for sheet in sheets):
            found = _at_boundary(Worlds(item, registers, rules), boundary)
            yield _proposal(rules, boundary, found, keep=(boundary.name,))


def _reads(boundary: Boundary, sheet: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    if isinstance(boundary.leaf, Answer):
        return bool(sheet.get(boundary.name) == boundary.value)
    (key,) = normalise_context({boundary.name: boundary.value})
    return bool(normalise_context(context).get(key) == boundary.value)


def _at_boundary(worlds: Worlds, boundary: Boundary) -> World | Undecided | None:
    """A report with this value: one that tells the condition from its slip, where there is one."""
    at = Holds(Compare("=", boundary.leaf, Constant(boundary.value)))
    condition, slip = boundary.condition, boundary.slip
    for told in ((Holds(condition), Open(slip)), (Open(condition), Holds(slip)), ()):
        found = _with_or_without_finding(worlds, boundary, (at, *told))
        if isinstance(found, World):
            return found
    return worlds.find(at, submitted=False)


def _with_or_without_finding(
    worlds: Worlds, boundary: Boundary, claims: tuple[Claim, ...]
) -> World | Undecided | None:
    """One with a finding that depends on the value, else one without any, else whatever there is."""
    truth = Truth(worlds.item)
    for finding in worlds.item.findings:
        if _depends_on(finding, boundary, truth):
            for others in (_none_of(worlds.item, finding.name), []):
                found = worlds.find(*claims, *others, finding=finding.name)
                if isinstance(found, World):
                    return found
    found = worlds.find(*claims, *_none_of(worlds.item))
    return found if isinstance(found, World) else worlds.find(*claims)


def _depends_on(finding: Finding, boundary: Boundary, truth: Truth) -> bool:
    conditions = [branch.when for _, branches in clauses_of(finding) for branch in branches]
    read = [truth.leaves(each) for each in (condition_of(finding), *conditions) if each is not None]
    return any(boundary.leaf in leaves for leaves in read)


def _show(worlds: Worlds, target: Target) -> World | Undecided | None:
    item = worlds.item
    match target.kind:
        case "must":
            return worlds.find(Fails(item.musts[target.index].condition), submitted=False)
        case "exclude":
            before = [Open(each.condition) for each in item.excludes[: target.index]]
            return worlds.find(*before, Holds(item.excludes[target.index].condition))
        case "nothing":
            return worlds.find(*_none_of(item), *(Open(each.condition) for each in item.excludes))
    answer: World | Undecided | None = None
    for name in target.findings:
        claims = _deciding(item, name, target)
        found = worlds.find(*claims, *_none_of(item, name), finding=name)
        if not isinstance(found, World):
            found = worlds.find(*claims, finding=name)
        if isinstance(found, World):
            return found
        answer = answer or found
    return answer


def _none_of(item: Item, but: str | None = None) -> list[Claim]:
    """That no finding but one is found: an example of one thing is the plainer one."""
    others = [condition_of(finding) for finding in item.findings if finding.name != but]
    return [Open(condition) for condition in others if condition is not None]


def _deciding(item: Item, finding: str, target: Target) -> list[Claim]:
    """That the target's branch decides."""
    if target.kind == "finding":
        return []
    branches = dict(clauses_of(item.finding(finding)))[target.clause]
    claims: list[Claim] = [Open(each.when) for each in branches[: target.index] if each.when is not None]
    when = branches[target.index].when
    return claims if when is None else [*claims, Holds(when)]


def _proposal(
    rules: Rules, reason: Reason, found: World | Sheet | Undecided | None, keep: tuple[str, ...]
) -> Proposal | Unshown:
    if found is None or isinstance(found, Undecided):
        return Unshown(reason, found is None)
    whole = (found.answers, found.context) if isinstance(found, World) else found
    answers, context = _shortened(rules, dict(whole[0]), dict(whole[1]), keep)
    return Proposal(reason, answers, context, _decided(rules, answers, context))


def _shortened(
    rules: Rules, answers: dict[str, Any], context: dict[str, Any], keep: tuple[str, ...]
) -> Sheet:
    """The sheet without what the decision does not depend on. `keep` are what it has to show."""
    targets = tuple(targets_of(rules.item))
    wanted = _essence(rules, targets, answers, context, keep)
    for values in (context, answers):
        for name in reversed(list(values)):
            for shorter in [] if name in keep else _shorter(values[name]):
                tried = {**values, name: shorter}
                both = (tried, context) if values is answers else (answers, tried)
                if _essence(rules, targets, *both, keep) == wanted:
                    values[name] = shorter
                    break
    order = [question.name for question in rules.item.questions]
    return {name: answers[name] for name in order if answers.get(name) is not None}, {
        name: value for name, value in context.items() if value is not None
    }


def _shorter(value: Any) -> list[Any]:
    """Nothing, or one choice of several; files are counted, and stay as many as they are."""
    several = isinstance(value, list) and len(value) > 1
    return [None, *([entry] for entry in value)] if several else [None]


def _decided(rules: Rules, answers: Mapping[str, Any], context: Mapping[str, Any]) -> Decision:
    return decide_answers(rules, answers, context, partial=True)


def _essence(
    rules: Rules,
    targets: tuple[Target, ...],
    answers: Mapping[str, Any],
    context: Mapping[str, Any],
    keep: tuple[str, ...],
) -> Any:
    """What an example says of a decision, by which rules it came about, and of `keep` what still counts."""
    decision = _decided(rules, answers, context)
    findings = [
        (each.name, [(reason.clause, reason.branch) for reason in each.trace]) for each in decision.findings
    ]
    reached = reached_by(rules.item, rules, targets, answers, context)
    read = rules.read(answers, normalise_context(context))
    return reached, {each.question for each in decision.refused}, findings, [read.get(name) for name in keep]
