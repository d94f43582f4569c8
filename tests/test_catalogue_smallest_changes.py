"""The smallest change of answers is as small as brute force finds it, and does what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import FIRE_EXIT
from strategies_model import contexts, items, quick, sheets

from gewu_dsl.answers import check_answers, submitted_answers
from gewu_dsl.decision import Decision
from gewu_dsl.model import (
    And,
    Answer,
    Arithmetic,
    Between,
    Branch,
    Choice,
    Compare,
    Constant,
    Derived,
    Duration,
    Expression,
    Finding,
    Includes,
    Item,
    Let,
    Must,
    Not,
    Or,
    Question,
    Route,
)
from gewu_dsl.rules import Rules, compile_rules
from gewu_item_catalog.alternatives import alternatives
from gewu_item_catalog.smallest_changes import Outcomes, Search, find_smallest_changes

CHOICES = (Choice("a", "甲"), Choice("b", "乙"), Choice("c", "丙"))
QUESTIONS = (
    Question("yes", "yes_no", "是否"),
    Question("one", "one_of", "哪个", CHOICES),
    Question("some", "any_of", "哪些", CHOICES, optional=True),
    Question("count", "integer", "几个", minimum=0, maximum=6),
    Question("size", "integer", "多大", minimum=0, maximum=6, optional=True),
)
DOMAINS: Mapping[str, list[Any]] = {
    "yes": ["yes", "no"],
    "one": ["a", "b", "c"],
    "some": [None, *(list(each) for size in (1, 2, 3) for each in combinations("abc", size))],
    "count": list(range(7)),
    "size": [None, *range(7)],
}
"""Everything each question takes: small enough to try all of it."""

NUMBERS = st.sampled_from([Answer("count"), Answer("size"), Derived("sum"), Derived("gap")])
LEAVES = st.one_of(
    st.builds(Compare, st.just("="), st.just(Answer("yes")), st.just(Constant("yes"))),
    st.builds(Compare, st.just("="), st.just(Answer("one")), st.sampled_from("abc").map(Constant)),
    st.builds(Includes, st.just(Answer("some")), st.sampled_from("abc").map(Constant)),
    st.builds(Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), NUMBERS, st.integers(-3, 9).map(Constant)),
    st.builds(
        Between, NUMBERS, st.integers(0, 3).map(Constant), st.integers(3, 6).map(Constant)
    ),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=4,
)


@st.composite
def small_items(draw: st.DrawFn) -> Item:
    """An item with one finding that always holds, on questions that take little."""

    def branches(values: list[Any]) -> tuple[Branch[Any], ...]:
        chosen = draw(st.lists(st.builds(Branch, st.sampled_from(values), CONDITIONS), max_size=2))
        return (*chosen, Branch(draw(st.sampled_from(values))))

    shown = draw(st.one_of(st.none(), st.just(Compare("=", Answer("yes"), Constant("yes")))))
    questions = tuple(
        Question(q.name, q.type, q.label, q.choices, minimum=q.minimum, maximum=q.maximum, optional=q.optional,
                 when=shown if q.name == "count" else None)
        for q in QUESTIONS
    )  # fmt: skip
    lets = (
        Let("sum", Arithmetic("+", Answer("count"), Answer("size"))),
        Let("gap", Arithmetic("-", Answer("count"), Arithmetic("*", Constant(2), Answer("size")))),
    )
    finding = Finding(
        "f", "情形", draw(st.one_of(st.just(None), CONDITIONS)), False,
        branches(["minor", "major", "critical"]), branches([Route(("x.a",)), Route(("x.b", "x.a"))]),
        {"handle": branches([Duration("hours", 2), Duration("workdays", 1)])},
    )  # fmt: skip
    musts = tuple(Must(draw(CONDITIONS), "请核对", ("yes",)) for _ in range(draw(st.integers(0, 1))))
    return Item("x.y", "x", "小事项", questions=questions, lets=lets, musts=musts, findings=(finding,))


def outcomes_of(decision: Decision) -> Outcomes | None:
    for finding in decision.findings:
        if finding.name in ("f", "f0"):
            return {
                "severity": finding.severity,
                "office": finding.route.handler,
                "deadline": str(finding.limits.get("handle")),
            }
    return None


def search(rules: Rules, answers: Mapping[str, Any], context: Mapping[str, Any], **more: Any) -> Search:
    return find_smallest_changes(rules, answers, context, outcomes_of, **more)


def brute_force(rules: Rules, answers: Mapping[str, Any], most: int) -> dict[str, int]:
    """How many answers at least have to change for each outcome, up to `most`."""
    before = outcomes_of(rules.decide(answers, {}))
    assert before is not None
    found: dict[str, int] = {}
    for size in range(1, most + 1):
        for names in combinations(DOMAINS, size):
            for sheet in _sheets(answers, names):
                outcomes = None if check_answers(rules, sheet, {}) else outcomes_of(rules.decide(sheet, {}))
                for name in before if outcomes else ():
                    if outcomes is not None and outcomes[name] != before[name]:
                        found.setdefault(name, size)
    return found


def _sheets(answers: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for values in product(*(DOMAINS[name] for name in names)):
        changed = {**answers, **dict(zip(names, values, strict=True))}
        yield {name: value for name, value in changed.items() if value is not None}


@quick(35)
@given(st.data())
def test_brute_force_finds_nothing_smaller_and_nothing_that_was_missed(data: st.DataObject) -> None:
    rules = compile_rules(data.draw(small_items()))
    given_ = {name: data.draw(st.sampled_from(values)) for name, values in DOMAINS.items()}
    answers = submitted_answers(rules, {name: value for name, value in given_.items() if value is not None})
    if check_answers(rules, answers) or outcomes_of(rules.decide(answers)) is None:
        return
    found = search(rules, answers, {}, most=10**6)
    assert found.whole
    assert {name: len(change.answers) for name, change in found.found.items()} == brute_force(
        rules, answers, 2
    )


@quick(60)
@given(st.data())
def test_every_change_told_can_be_sent_and_does_what_it_says(data: st.DataObject) -> None:
    item = data.draw(items())
    rules, context = compile_rules(item), data.draw(contexts())
    answers = submitted_answers(rules, data.draw(sheets(item)), context)
    before = outcomes_of(rules.decide(answers, context))
    if before is None:
        return
    untouched = frozenset([item.questions[0].name])
    found = search(rules, answers, context, untouched=untouched, most=400)
    for name, change in found.found.items():
        changed = {**answers, **{each.question: each.new for each in change.answers}}
        sheet = {question: value for question, value in changed.items() if value is not None}
        assert check_answers(rules, sheet, context) == []
        outcomes = outcomes_of(rules.decide(sheet, context))
        assert outcomes is not None
        assert outcomes == change.outcomes
        assert outcomes[name] != before[name]
        assert all(each.old == answers.get(each.question) != each.new for each in change.answers)
        assert not untouched & {each.question for each in change.answers}
    assert search(rules, answers, context, untouched=untouched, most=400) == found
    assert found.tried <= 400


def test_the_bound_is_said_when_it_was_reached() -> None:
    rules = compile_rules(FIRE_EXIT)
    answers = dict(FIRE_EXIT.examples[0].given)
    assert not search(rules, answers, {}, most=1).whole


def test_numbers_are_tried_on_both_sides_of_whatever_they_are_compared_with() -> None:
    item = small("weight", "decimal", Compare(">", Answer("weight"), Constant(49.5)))
    assert set(alternatives(item, item.question("weight"), 10)) == {49.4, 49.5, 49.6}
    whole = small("weight", "integer", Between(Answer("weight"), Constant(3), Constant(30)))
    assert set(alternatives(whole, whole.question("weight"), 3)) == {2, 4, 16, 29, 30, 31}
    day = small("day", "date", Compare("<", Answer("day"), Constant("2026-03-01")))
    assert alternatives(day, day.question("day"), "2026-02-01") == ("2026-02-28", "2026-03-01", "2026-03-02")


def test_what_is_computed_turns_at_numbers_that_stand_nowhere_in_the_rules() -> None:
    double: Expression = Compare(
        ">", Arithmetic("*", Answer("weight"), Constant(7)), Arithmetic("+", Answer("other"), Constant(100))
    )
    item = small("weight", "integer", double, Question("other", "integer", "另一个"))
    found = search(compile_rules(item), {"weight": 3, "other": 200}, {})
    (change,) = found.found["severity"].answers
    assert (change.question, change.old, change.new) == ("weight", 3, 43)


def small(name: str, type_: str, condition: Expression, *more: Question) -> Item:
    finding = Finding(
        "f", "情形", None, False, (Branch("major", condition), Branch("minor")), (Branch(Route(("x.a",))),), {}
    )  # fmt: skip
    return Item(
        "x.y", "x", "小事项", questions=tuple(chain([Question(name, type_, "问")], more)), findings=(finding,)
    )  # type: ignore[arg-type]
