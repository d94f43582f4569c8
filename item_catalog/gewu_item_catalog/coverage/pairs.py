"""Pairs of answers that no example gives together: most faults of rules show at a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from allpairspy import AllPairs

from gewu_dsl.answers import check_answers
from gewu_dsl.examples import sheet_of
from gewu_dsl.model import Answer, Expression, Item, PlaceAttribute, PlaceKind, Question
from gewu_dsl.rules import Rules, normalise_context
from gewu_dsl.truth import Truth
from gewu_dsl.worlds.sheets import context_name, write_sheet
from gewu_item_catalog.coverage.boundaries import conditions_of

Pair = tuple[tuple[str, str], tuple[str, str]]
"""Two names of a sheet, each with its value."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """A sheet that may be submitted, and the choices in it, by name."""

    pairs: tuple[tuple[str, str], ...]
    answers: dict[str, Any]
    context: dict[str, Any]


def missing_pairs(item: Item, registers: Mapping[str, PlaceKind], rules: Rules) -> Iterator[PairRow]:
    """Rows that between them give every pair of choices that may be given together and that no example gives.

    Only choices that a condition reads count. Rows that the form would refuse are left out, with their pairs.
    """
    domains = _domains(item, registers)
    if len(domains) < 2:
        return
    names = [leaf.question if isinstance(leaf, Answer) else context_name(leaf) for leaf in domains]
    given: set[Pair] = set()
    for example in item.examples:
        answers, context = sheet_of(item, example)
        given |= _pairs_in(names, rules, answers, context)
    for row in AllPairs(list(domains.values())):
        sheet = write_sheet(rules, dict(zip(domains, row, strict=True)))
        answers, context = sheet["answers"], sheet["context"]
        fresh = _pairs_in(names, rules, answers, context) - given
        if fresh and not check_answers(rules, answers, context):
            given |= fresh
            kept = rules.read(answers, normalise_context(context))
            shown = {
                name: value for name, value in zip(names, row, strict=True) if name in kept or name in context
            }
            yield PairRow(tuple(shown.items()), {name: answers[name] for name in kept}, context)


def _pairs_in(
    names: list[str], rules: Rules, answers: Mapping[str, Any], context: Mapping[str, Any]
) -> set[Pair]:
    facts = normalise_context(context)
    values = {**facts, **rules.read(answers, facts)}
    return set(combinations([(name, values[name]) for name in names if name in values], 2))


def _domains(item: Item, registers: Mapping[str, PlaceKind]) -> dict[Expression, list[str]]:
    """What has choices and is read by a condition, in reading order."""
    truth = Truth(item)
    read = dict.fromkeys(leaf for condition in conditions_of(item) for leaf in truth.leaves(condition))
    found = {leaf: _choices(leaf, item, registers) for leaf in read}
    return {leaf: choices for leaf, choices in found.items() if len(choices) > 1}


def _choices(leaf: Expression, item: Item, registers: Mapping[str, PlaceKind]) -> list[str]:
    match leaf:
        case Answer(name):
            return _named(item.question(name))
        case PlaceAttribute("kind"):
            return list(item.kinds)
        case PlaceAttribute(name):
            attributes = [
                each for kind in item.kinds if kind in registers for each in registers[kind].attributes
            ]
            named = [each for each in attributes if each.name == name]
            return list(dict.fromkeys(choice for each in named for choice in _named(each)))
    return []


def _named(question: Question) -> list[str]:
    if question.type == "one_of":
        return [choice.name for choice in question.choices]
    return {"yes_no": ["yes", "no"], "check": ["yes", "no", "na"]}.get(question.type, [])
