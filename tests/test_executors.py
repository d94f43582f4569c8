"""One reading of blanks, several executors: on random conditions and sheets all of them say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from executors import EXECUTORS, Case, Executor, PythonRules, Verdict, Verdicts, WebForms, roomy
from hypothesis import given
from hypothesis import strategies as st
from strategies_model import conditions, contexts, forms, quick, sheets

from gewu_dsl.model import Answer, Arithmetic, Compare, Constant, Expression, Item, Question
from gewu_dsl.rules import normalise_context

PAIRS = 20_000
CONDITIONS, SHEETS = 10, 20


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """An item, conditions that its author could have written, and sheets of its form."""
    item = roomy(draw(forms()))
    condition = conditions(item.questions, item.lets)
    sheet = st.tuples(sheets(item), contexts().map(normalise_context))
    return Case(
        item,
        tuple(draw(st.lists(condition, min_size=CONDITIONS, max_size=CONDITIONS))),
        tuple(draw(st.lists(sheet, min_size=SHEETS, max_size=SHEETS))),
    )


def missing(executor: object) -> str | None:
    return executor.missing() if hasattr(executor, "missing") else None


def compare(executors: list[Executor], case: Case) -> Verdicts:
    """What they say of a case, which has to be the same."""
    first, *others = executors
    expected = first.evaluate(case)
    for other in others:
        for sheet, row, told in zip(case.sheets, expected, other.evaluate(case), strict=True):
            for condition, verdict, its in zip(case.conditions, row, told, strict=True):
                assert its == verdict, f"{other.name}: {condition} on {sheet} of {case.item}"
    return expected


@pytest.fixture(scope="module")
def executors() -> Iterator[list[Executor]]:
    running = [executor() for executor in EXECUTORS if not missing(executor)]
    yield running
    for executor in running:
        executor.close()


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[Verdict]]:
    """What came out; were one verdict rare, agreeing on it would say little."""
    counted: Counter[Verdict] = Counter()
    yield counted
    rarest = min(counted[verdict] for verdict in ((True, False), (False, True), (False, False)))
    assert rarest > counted.total() // 10, counted
    assert (True, True) not in counted


@pytest.mark.parametrize("executor", EXECUTORS, ids=lambda executor: executor.name)
def test_every_executor_is_at_hand(executor: object) -> None:
    if reason := missing(executor):
        pytest.skip(reason)


@quick(PAIRS // (CONDITIONS * SHEETS))
@given(case=cases())
def test_all_executors_agree_on_twenty_thousand_conditions_on_sheets(
    executors: list[Executor], tally: Counter[Verdict], case: Case
) -> None:
    tally.update(verdict for row in compare(executors, case) for verdict in row)


def test_all_executors_agree_where_doubles_are_at_their_limits(executors: list[Executor]) -> None:
    x, y = Answer("x"), Answer("y")
    values: list[Expression] = [
        Arithmetic(operator, x, right)
        for operator in ("+", "-", "*", "/")
        for right in (y, Constant(1e308), Constant(0.2), Constant(0))
    ]
    values += [Arithmetic("/", Constant(1), value) for value in values]
    asked = [
        Compare(operator, value, bound)
        for value in values
        for bound in (x, Constant(0), Constant(0.3))
        for operator in ("=", "<", "!=")
    ]
    numbers = (0.1, 0.1 + 0.2, 0.3, -0.0, 5e-324, 1e-13, 9007199254740991, 1e15, -2.5)
    sheets = [({"x": one, "y": other}, {}) for one in numbers for other in (one, 1e-300)]
    item = Item("f.i", "f", "题", questions=(Question("x", "decimal", "x"), Question("y", "decimal", "y")))
    compare(executors, Case(item, tuple(asked), tuple(sheets)))


@pytest.mark.soak
def test_a_second_engine_of_forms_agrees() -> None:
    executors: list[Executor] = [PythonRules(), WebForms()]

    @quick(50)
    @given(case=cases())
    def check(case: Case) -> None:
        compare(executors, case)

    check()
    executors[1].close()
