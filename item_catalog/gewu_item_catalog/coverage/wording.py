"""Proposals as an author would write them: an `example` in the words of the file it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gewu_dsl.decision import DecidedFinding, Decision
from gewu_dsl.format import format_tree
from gewu_dsl.model import ATTACHED, Answer, Compare, Constant, Item, PlaceAttribute
from gewu_dsl.parse import parse
from gewu_dsl.render import expression_words
from gewu_dsl.rules.source import clauses_of
from gewu_dsl.words import Language
from gewu_item_catalog.coverage.boundaries import Boundary
from gewu_item_catalog.coverage.proposals import Proposal, Reason
from gewu_item_catalog.coverage.targets import Target

_HEAD = 'item proposed.example "…"\n'


def example_text(item: Item, proposal: Proposal, language: Language) -> str:
    """The example as lines to put at the end of the item."""
    given = [*_given_context(proposal.context), *_given_answers(item, proposal.answers)]
    title = _quoted(reason_words(item, proposal.reason, language))
    lines = [f"  example {title}", *([f"    given {', '.join(given)}"] if given else [])]
    lines.append(f"    expect {_expected(proposal.decision)}")
    written = format_tree(parse(_HEAD + "\n".join(lines) + "\n", "").tree, language)
    return written[written.index("\n") + 1 :].rstrip("\n")


def reason_words(item: Item, reason: Reason, language: Language) -> str:
    """What a proposal is for, short enough for a title."""
    if isinstance(reason, Boundary):
        return f"{expression_words(reason.leaf, item, language)} = {reason.value}"
    if isinstance(reason, Target):
        return _target_words(item, reason, language)
    asked = {question.name for question in item.questions}
    said = [
        expression_words(
            Compare(
                "=",
                Answer(name) if name in asked else PlaceAttribute(name.removeprefix("place.")),
                Constant(value),
            ),
            item,
            language,
        )
        for name, value in reason.pairs
    ]
    return ("，" if language == "zh" else ", ").join([*said[:3], *(["…"] if len(said) > 3 else [])])


def _target_words(item: Item, target: Target, language: Language) -> str:
    chinese = language == "zh"
    match target.kind:
        case "nothing":
            return "一切正常" if chinese else "nothing to report"
        case "must":
            return item.musts[target.index].message
        case "exclude":
            return item.excludes[target.index].reason
    finding = item.finding(target.findings[0])
    if target.kind == "finding":
        return finding.title
    branch = dict(clauses_of(finding))[target.clause][target.index]
    if branch.when is None:
        return f"{finding.title}，其他" if chinese else f"{finding.title}: otherwise"
    when = expression_words(branch.when, item, language)
    return f"{finding.title}，{when}" if chinese else f"{finding.title}: {when}"


def _given_context(context: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in context.items()]


def _given_answers(item: Item, answers: Mapping[str, Any]) -> list[str]:
    given = []
    for name, value in answers.items():
        kind = item.question(name).type
        if kind in ATTACHED:
            value = len(value) if isinstance(value, list) else value
        elif kind == "location":
            value = f"{value['lat']},{value['lng']}"
        plain = kind not in ("text", "location", "scan", "person")
        given.append(f"{name} = {_value(value) if plain else _quoted(value)}")
    return given


def _value(value: Any) -> str:
    return f"({', '.join(value)})" if isinstance(value, list | tuple) else str(value)


def _expected(decision: Decision) -> str:
    if decision.refused:
        return "refused " + ", ".join(dict.fromkeys(str(each.question) for each in decision.refused))
    if decision.excluded is not None:
        return "excluded"
    return ", ".join(map(_expected_finding, decision.findings)) or "nothing"


def _expected_finding(finding: DecidedFinding) -> str:
    words = [finding.name]
    if finding.severity is not None:
        words.append(f"severity {finding.severity}")
    if finding.route.handler is not None:
        words.append(f"route {finding.route.handler}")
    if "handle" in finding.limits:
        words.append(f"handle {finding.limits['handle']}")
    return " ".join(words)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\n", " ") + '"'
