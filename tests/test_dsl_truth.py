"""Certainly true and certainly false, held against a naive reading of Kleene's three values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import Naive
from strategies_model import conditions, contexts, items, quick, sheets

from gewu_dsl.model import (
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Compare,
    Constant,
    Derived,
    Exclude,
    Expression,
    Fact,
    IsBlank,
    Item,
    Let,
    Must,
    Not,
    Or,
    Question,
)
from gewu_dsl.rules import compile_rules, normalise_context, read_sheet
from gewu_dsl.truth import ALWAYS, NEVER, Comparison, Member, Some, Truth

QUESTIONS = (Question("people", "integer", "人数"), Question("width", "decimal", "净宽"))
MANY = Compare(">", Answer("people"), Constant(30))


def truth_of(condition: Expression, answers: dict[str, Any], item: Item | None = None) -> bool | None:
    """What the compiled rules make of a condition: true, false, or None for unknown."""
    base = item or Item("a.b", "a", "t", questions=QUESTIONS)
    probe = Item(
        base.name, base.department, base.title, questions=base.questions, lets=base.lets,
        musts=(Must(condition, "", ()),), excludes=(Exclude(condition, ""),),
    )  # fmt: skip
    rules = compile_rules(probe)
    sheet = read_sheet(probe, answers)
    refused, excluded = rules._musts[0](sheet, {}), rules._excludes[0](sheet, {})
    assert not (refused and excluded)
    return True if excluded else False if refused else None


@quick(50)
@given(st.data())
def test_compiled_conditions_agree_with_a_naive_reading(data: st.DataObject) -> None:
    item = data.draw(items())
    drawn = data.draw(st.lists(conditions(item.questions, item.lets), min_size=6, max_size=10))
    probe = Item(
        item.name, item.department, item.title, questions=item.questions, lets=item.lets,
        musts=tuple(Must(condition, "", ()) for condition in drawn),
        excludes=tuple(Exclude(condition, "") for condition in drawn),
    )  # fmt: skip
    rules = compile_rules(probe)
    for _ in range(4):
        sheet = read_sheet(probe, data.draw(sheets(item, wrong=True)))
        context = normalise_context(data.draw(contexts()))
        for index, condition in enumerate(drawn):
            expected = Naive(item, sheet, context).truth(condition)
            assert rules._excludes[index](sheet, context) is (expected is True)
            assert rules._musts[index](sheet, context) is (expected is False)


@pytest.mark.parametrize(
    ("operator", "below", "equal", "above"),
    [
        ("=", False, True, False), ("!=", True, False, True), ("<", True, False, False), ("<=", True, True, False),
        (">", False, False, True), (">=", False, True, True),
    ],
)  # fmt: skip
def test_every_operator_and_its_negation_hold_at_the_boundary(
    operator: Any, below: bool, equal: bool, above: bool
) -> None:
    comparison = Compare(operator, Answer("people"), Constant(30))
    turned = Compare(operator, Constant(30), Answer("people"))
    for people, expected, other in ((29, below, above), (30, equal, equal), (31, above, below)):
        assert truth_of(comparison, {"people": people}) is expected
        assert truth_of(Not(comparison), {"people": people}) is not expected
        assert truth_of(turned, {"people": people}) is other


@pytest.mark.parametrize(
    ("width", "expected"), [(0.9, False), (1, True), (2, True), (2.1, False), (None, None)]
)
def test_between_includes_both_ends(width: float | None, expected: bool | None) -> None:
    from_one_to_two = Between(Answer("width"), Constant(1), Constant(2))
    assert truth_of(from_one_to_two, {"width": width}) is expected


def test_a_comparison_with_a_blank_is_unknown() -> None:
    assert truth_of(MANY, {}) is None
    assert truth_of(Not(MANY), {}) is None
    assert truth_of(Compare("!=", Answer("people"), Constant(30)), {}) is None


def test_and_or_follow_kleene() -> None:
    narrow = Compare("<", Answer("width"), Constant(1))
    assert truth_of(And((MANY, narrow)), {"width": 2}) is False
    assert truth_of(Or((MANY, narrow)), {"width": 0.5}) is True
    assert truth_of(And((MANY, narrow)), {"width": 0.5}) is None
    assert truth_of(Or((MANY, narrow)), {"width": 2}) is None


@pytest.mark.parametrize(
    ("answers", "expected"), [({}, True), ({"people": 3}, False), ({"people": "3"}, True)]
)
def test_is_blank_is_never_unknown(answers: dict[str, Any], expected: bool) -> None:
    assert truth_of(IsBlank(Answer("people")), answers) is expected


def test_a_quotient_by_zero_is_blank() -> None:
    each = Arithmetic("/", Answer("people"), Answer("width"))
    assert truth_of(Compare(">", each, Constant(1)), {"people": 4, "width": 0}) is None
    assert truth_of(IsBlank(each), {"people": 4, "width": 0}) is True
    assert truth_of(Compare(">", each, Constant(1)), {"people": 4, "width": 2}) is True


def test_a_result_that_is_not_finite_is_blank() -> None:
    huge = Arithmetic("*", Constant(1e308), Constant(10))
    assert truth_of(IsBlank(huge), {}) is True


def test_decimals_are_doubles() -> None:
    assert truth_of(Compare("=", Arithmetic("+", Constant(0.1), Constant(0.2)), Constant(0.3)), {}) is False


def test_a_number_beside_a_text_is_unknown_whatever_the_answers() -> None:
    item = Item("a.b", "a", "t", questions=(*QUESTIONS, Question("who", "text", "谁")))
    assert truth_of(Compare("=", Answer("who"), Answer("people")), {"who": "3", "people": 3}, item) is None
    assert truth_of(Compare("<", Answer("who"), Constant(3)), {"who": "3"}, item) is None


def test_severities_are_ordered_without_their_names() -> None:
    truth = Truth(Item("a.b", "a", "t"))
    form = truth.certainly_true(Compare(">=", Fact("severity"), Constant("major")))
    assert form == Some(
        (
            Comparison("=", Fact("severity"), Constant("major"), "text"),
            Comparison("=", Fact("severity"), Constant("critical"), "text"),
        )
    )


def test_forms_have_no_part_that_cannot_matter() -> None:
    truth = Truth(Item("a.b", "a", "t"))
    assert truth.certainly_true(Or((MANY, Constant(True)))) == ALWAYS
    assert truth.certainly_true(And((MANY, Not(Constant(True))))) == NEVER


def test_lets_stand_for_conditions_as_well_as_numbers() -> None:
    item = Item("a.b", "a", "t", questions=QUESTIONS, lets=(Let("crowd", MANY),))
    assert truth_of(Derived("crowd"), {"people": 40}, item) is True
    assert truth_of(Not(Derived("crowd")), {}, item) is None
    assert truth_of(Compare("=", Derived("crowd"), Constant("no")), {"people": 3}, item) is True
    assert truth_of(IsBlank(Derived("crowd")), {}, item) is True


def test_among_nothing_known_is_unknown() -> None:
    item = Item("a.b", "a", "t", questions=(Question("who", "text", "谁"),))
    among = Among(Answer("who"), (Constant("a"), Constant("b")))
    assert [truth_of(among, answers, item) for answers in ({}, {"who": "a"}, {"who": "c"})] == [
        None,
        True,
        False,
    ]
    assert isinstance(Truth(item).certainly_true(among), Member)
