"""The search for reports against two other readings of the same items: z3 on Kleene's tables, and every sheet tried."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import product

import pytest
from tables_dsl import Oracle, all_sheets, random_table

from gewu_dsl.answers import decide_answers
from gewu_dsl.model import (
    And,
    Branch,
    Choice,
    Compare,
    Constant,
    Duration,
    Expression,
    Fact,
    Finding,
    History,
    IsBlank,
    Item,
    Not,
    Or,
    PlaceAttribute,
    PlaceKind,
    Question,
    Route,
)  # fmt: skip
from gewu_dsl.rules import Rules
from gewu_dsl.worlds import Claim, Holds, Open, Undecided, World, Worlds
from gewu_dsl.worlds.sheets import context_name

TABLES = 200
MANY = 2_000


def deciding(item: Item, index: int) -> list[Claim]:
    """That a branch of the finding's severity decides; for the number of branches, that none does."""
    branches = item.findings[0].severity
    claims: list[Claim] = [Open(branch.when) for branch in branches[:index] if branch.when is not None]
    if index < len(branches) and (when := branches[index].when) is not None:
        claims.append(Holds(when))
    return claims


def decided(rules: Rules, sheet: object, context: object = None) -> int | None:
    """The branch that decides the severity; the number of branches where none does, None without a finding."""
    decision = decide_answers(rules, sheet, context)  # type: ignore[arg-type]
    if not decision.findings:
        return None
    reasons = [reason for reason in decision.findings[0].trace if reason.clause == "severity"]
    return reasons[0].branch - 1 if reasons else len(rules.item.findings[0].severity)


def check_tables(seeds: Iterable[int]) -> None:
    undecided = 0
    for seed in seeds:
        item = random_table(seed, arithmetic=seed % 2 == 0)
        worlds, oracle = Worlds(item, {}), Oracle(item)
        tried = None if seed % 2 == 0 else {decided(worlds.rules, sheet) for sheet in all_sheets(item)}
        for index in range(len(item.findings[0].severity) + 1):
            found = worlds.find(*deciding(item, index), finding="f")
            if isinstance(found, Undecided):
                undecided += 1
                continue
            assert (found is not None) == oracle.reaches(index), (seed, index)
            assert tried is None or (found is not None) == (index in tried), (seed, index)
            assert worlds.is_impossible(*deciding(item, index), finding="f") == (found is None), (seed, index)
            if isinstance(found, World):
                assert decided(worlds.rules, found.answers, found.context) == index, (seed, index)
    assert undecided == 0


def test_the_search_agrees_with_z3_and_with_every_sheet() -> None:
    check_tables(range(TABLES))


@pytest.mark.soak
def test_the_search_agrees_on_many_more_tables() -> None:
    check_tables(range(TABLES, MANY))


REGISTERS = {
    "flat": PlaceKind(
        "flat",
        "Flat",
        (
            Question("grade", "one_of", "Grade", (Choice("good", "good"), Choice("bad", "bad"))),
            Question("rooms", "integer", "Rooms", minimum=1, maximum=4),
            Question("owner", "yes_no", "Owner", optional=True),
        ),
    ),
    "stall": PlaceKind("stall", "Stall", (Question("rooms", "integer", "Rows", minimum=1, maximum=2),)),
}
COUNTS = tuple(range(8))
"""Conditions compare with the first five: beyond them three that stand apart are as good as any."""
LEAVES: dict[Expression, tuple[object, ...]] = {
    PlaceAttribute("kind"): ("flat", "stall"),
    PlaceAttribute("grade"): ("good", "bad"),
    PlaceAttribute("rooms"): (1, 2, 3, 4),
    PlaceAttribute("owner"): ("yes", "no"),
    Fact("area.class"): ("A", "B", "C"),
    Fact("reported.month"): tuple(range(1, 13)),
    Fact("reported.on_workday"): ("yes", "no"),
    Fact("open_cases"): COUNTS,
    History("cases_in", 7): COUNTS,
    History("cases_in", 30): COUNTS,
}
NUMERIC = (PlaceAttribute("rooms"), Fact("reported.month"), Fact("open_cases"))


def random_place_item(seed: int) -> tuple[Item, list[Expression]]:
    """An item for places, whose branches read up to three of the leaves; and those leaves."""
    pick = random.Random(seed)
    read = pick.sample(list(LEAVES), 3)
    conditions = [_about(pick, read, 2) for _ in range(pick.randint(1, 3))]
    if pick.random() < 0.4:
        conditions.append(Not(Or(tuple(conditions))))
    branches = tuple(Branch("minor", condition) for condition in conditions)
    limits = {"handle": (Branch(Duration("days", 1)),)}
    finding = Finding("f", "F", Constant(True), False, branches, (Branch(Route(("owner",))),), limits)
    kinds = pick.choice([("flat", "stall"), ("stall",), ("flat",), ()])
    return Item("x.y", "x", "Y", kinds=kinds, findings=(finding,)), read


def _about(pick: random.Random, read: list[Expression], depth: int) -> Expression:
    if depth and pick.random() < 0.5:
        parts = tuple(_about(pick, read, depth - 1) for _ in range(2))
        return pick.choice([And(parts), Or(parts), Not(parts[0])])
    leaf = pick.choice(read)
    if pick.random() < 0.1:
        return IsBlank(leaf)
    numbers = isinstance(leaf, History) or leaf in NUMERIC
    others = [each for each in read if each is not leaf and (isinstance(each, History) or each in NUMERIC)]
    beside: Expression = Constant(pick.choice(LEAVES[leaf][:5]))  # type: ignore[arg-type]
    if numbers and others and pick.random() < 0.3:
        beside = pick.choice(others)
    return Compare(pick.choice(["<", "<=", "=", "!=", ">", ">="] if numbers else ["=", "!="]), leaf, beside)


def contexts(item: Item, read: list[Expression]) -> Iterator[dict[str, object]]:
    """Every context there can be as far as these leaves are concerned."""
    for values in product(*[(None, *LEAVES[leaf]) for leaf in read]):
        for kind in item.kinds or ("flat", "stall", None):
            known = dict(zip(read, values, strict=True))
            if _is_possible(known, kind):
                context = {context_name(leaf): value for leaf, value in known.items() if value is not None}
                yield context


def _is_possible(known: dict[Expression, object], kind: str | None) -> bool:
    attributes = {each.name: each for each in REGISTERS[kind].attributes} if kind else {}
    for leaf, value in known.items():
        match leaf:
            case PlaceAttribute("kind"):
                fits = value == kind
            case PlaceAttribute(name):
                asked = attributes.get(name)
                fits = (
                    value is None
                    if asked is None
                    else (
                        asked.optional if value is None else asked.maximum is None or value <= asked.maximum
                    )  # type: ignore[operator]
                )
            case Fact("area.class"):
                fits = True
            case History() | Fact("open_cases"):
                fits = (value is None) == (kind is None)
            case _:
                fits = value is not None
        if not fits:
            return False
    week, month = known.get(History("cases_in", 7)), known.get(History("cases_in", 30))
    return week is None or month is None or week <= month  # type: ignore[operator]


def check_places(seeds: Iterable[int]) -> None:
    for seed in seeds:
        item, read = random_place_item(seed)
        worlds = Worlds(item, REGISTERS)
        tried = {decided(worlds.rules, {}, context) for context in contexts(item, read)}
        for index in range(len(item.findings[0].severity) + 1):
            found = worlds.find(*deciding(item, index), finding="f")
            assert not isinstance(found, Undecided), (seed, index)
            assert (found is not None) == (index in tried), (seed, index)
            if isinstance(found, World):
                assert decided(worlds.rules, found.answers, found.context) == index, (seed, index)


def test_the_search_agrees_with_every_context_of_a_place() -> None:
    check_places(range(150))


@pytest.mark.soak
def test_the_search_agrees_with_every_context_of_many_more_items() -> None:
    check_places(range(150, 5_000))
