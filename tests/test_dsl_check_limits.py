"""Limits that contradict each other, visits of none, escalations that never happen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl import model, tree
from gewu_dsl.compiler import Result, compile_text
from gewu_dsl.fixes import apply
from gewu_dsl.phrases import Phrases

FORM = """department d "D"
  office a "A" at county
  office b "B" at town
place k "K"
  ask grade one of (x, y) "Grade"
item d.x "X"
  ask n integer "N" from 0 to 9
  ask dry yes-no "Dry"
"""
FAMILY = "G5"


def compile_clauses(clauses: str, before: str = "") -> Result:
    return compile_text(f'{FORM}{before}  route community\n  finding f "F" when n > 3\n    {clauses}\n')


def codes(clauses: str, before: str = "") -> list[str]:
    return [
        each.code for each in compile_clauses(clauses, before).diagnostics if each.code.startswith(FAMILY)
    ]


GRADED = "severity critical when n > 6 major when n > 4 minor otherwise  "


@pytest.mark.parametrize(
    "clauses",
    [
        "handle 3 workdays when severity = critical  1 workday otherwise",
        "handle 1 workday when severity = minor  2 hours when severity = major  1 day when severity = critical",
        "handle 1 workday when severity < critical  2 workdays otherwise",
        "handle 1 day when severity in (minor, major)  2 days otherwise",
        "handle 1 day when not severity = critical  2 days otherwise",
        "handle 2 days when severity = critical and dry  1 hour when severity = critical  1 day otherwise",
        "handle 3 workdays when n > 6  1 workday otherwise",
        "handle 1 hour  accept 2 days when n > 6  30 minutes when n > 4  10 minutes otherwise",
        "handle by 18:00 after 3 workdays when severity = critical  by 18:00 next workday otherwise",
        "handle 4 work hours when severity = critical  2 hours otherwise",
    ],
)
def test_graver_and_slower(clauses: str) -> None:
    assert set(codes(GRADED + clauses)) - {"G505"} == {"G501"}


@pytest.mark.parametrize(
    "clauses",
    [
        "handle 1 workday when severity = critical  3 workdays otherwise",
        "handle 3 workdays when dry  1 workday otherwise",  # hangs on something else
        "handle 3 workdays when n > 8  1 workday otherwise",  # a critical one may be as quick as a major one
        "handle 1 workday when severity = critical  2 days otherwise",  # nobody can tell which is longer
        "handle 24 hours when severity = critical  1 day otherwise",
        "handle 1 day when severity = critical and dry  1 hour when severity = critical  2 days otherwise",
        "handle 3 workdays when severity = critical and n < 3  1 workday otherwise",  # no report is both
    ],
)
def test_graver_and_not_slower(clauses: str) -> None:
    assert codes(GRADED + clauses) == []


levels = st.sampled_from(model.SEVERITIES)
days = st.integers(1, 3)


@given(st.tuples(levels, levels, levels), st.tuples(days, days, days), st.integers(0, 4), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_limits_by_severity_are_inverted_where_two_reports_are(
    graded: tuple[model.Severity, ...], given_days: tuple[int, ...], first: int, second: int
) -> None:
    one, two, three = graded
    few, some, many = (tree.Duration(amount, "days") for amount in given_days)
    say = Phrases("en").duration
    clauses = f"severity {one} when n < {first} {two} when n < {second} {three} otherwise "
    clauses += (
        f"handle {say(few)} when severity = minor {say(some)} when severity = major {say(many)} otherwise"
    )
    text = f'{FORM}  route community\n  finding f "F" when n < 4\n    {clauses}\n'
    reached = {one if n < first else two if n < second else three for n in range(4)}
    limits = dict(zip(model.SEVERITIES, given_days, strict=True))
    inverted = {
        graver for graver in reached
        if any(limits[graver] > limits[lighter] for lighter in reached & set(model.SEVERITIES[: model.SEVERITIES.index(graver)]))
    }  # fmt: skip
    found = [each for each in compile_text(text).diagnostics if each.code == "G501"]
    assert {each.message.en.split()[1] for each in found} == inverted


def test_severities_no_report_has_are_not_compared() -> None:
    assert (
        codes(
            "severity critical when n > 3 minor otherwise  handle 2 days when severity = critical 1 day otherwise"
        )
        == []
    )


def test_an_inversion_is_shown_by_a_report_that_has_it() -> None:
    result = compile_clauses(GRADED + "handle 3 workdays when severity = critical  1 workday otherwise")
    (inversion,) = [each for each in result.diagnostics if each.code == "G501"]
    assert inversion.severity == "warning"
    assert inversion.counterexample is not None
    assert inversion.counterexample["answers"]["n"] > 6
    assert "3 workdays" in inversion.message.en
    assert "3 个工作日" in inversion.message.zh


def test_inverted_limits_are_swapped() -> None:
    text = f'{FORM}  route community\n  finding f "F" when n > 3\n'
    inverted = f"{text}    {GRADED}handle 3 workdays when severity = critical  1 day otherwise\n"
    (inversion,) = [each for each in compile_text(inverted).diagnostics if each.code == "G501"]
    right = f"{text}    {GRADED}handle 1 day when severity = critical  3 workdays otherwise\n"
    assert apply(inverted, inversion.fixes[0]) == right


def test_an_inversion_in_a_departments_default_is_told_there_once() -> None:
    text = FORM.replace("place k", "  verify 2 days when severity = critical  1 day otherwise\nplace k")
    for name in "fgh":
        text += f'  finding {name} "{name}" when n > 3\n    {GRADED} route community handle 1 workday\n'
    inversions = [each for each in compile_text(text).diagnostics if each.code == "G501"]
    assert [(each.line, each.column) for each in inversions] == [(4, 10)]


@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        ('handle 10 workdays stage a "A" 3 workdays stage b "B" 20 workdays', "G502"),
        ('handle 10 workdays when n > 5 30 workdays otherwise stage a "A" 20 workdays', "G502"),
        ('stage a "A" 5 workdays stage b "B" 3 workdays', "G503"),
        ('stage a "A" by 18:00 after 2 workdays stage b "B" by 18:00 next workday', "G503"),
        ("handle 4 work hours on site 1 workday", "G504"),
        ('stage a "A" 1 day on site 2 days', "G504"),
        ("handle 2 hours accept 1 workday", "G505"),
        ("handle 2 hours dispatch 4 work hours", "G505"),
    ],
)
def test_limits_that_contradict_each_other(clauses: str, code: str) -> None:
    assert codes(clauses) == [code]


@pytest.mark.parametrize(
    "clauses",
    [
        'handle 20 workdays stage a "A" 3 workdays stage b "B" 20 workdays',
        'handle 30 workdays stage a "A" 3 workdays stage b "B" 20 workdays',
        'stage a "A" 3 workdays stage b "B" 3 workdays',  # side by side
        'stage a "A" 3 workdays stage b "B" 20 days',  # of different units: not certain
        "handle 1 workday on site 30 minutes",
        "handle 30 minutes when n > 5 2 days otherwise  on site 1 day",
        "handle 2 hours verify 1 workday",  # verifying may take longer
        "handle 2 hours dispatch automatically 1 workday",
        "handle 2 hours when n > 5 1 day otherwise  accept 4 hours",
    ],
)
def test_limits_that_go_together(clauses: str) -> None:
    assert codes(clauses) == []


def test_stages_that_were_meant_one_after_the_other_are_added_up() -> None:
    text = (
        f'{FORM}  route community\n  finding f "F" when n > 3 stage a "A" 5 workdays stage b "B" 3 workdays\n'
    )
    (mistake,) = [each for each in compile_text(text).diagnostics if each.code == "G503"]
    assert 'stage b "B" 8 workdays' in apply(text, mistake.fixes[0])


@pytest.mark.parametrize(
    ("ladder", "code"),
    [
        ("escalate verify at 100% to town", "G506"),
        ("escalate handle at 0% remind", "G507"),
        ("escalate handle at 500% to town", "G507"),
        ("escalate handle at 80% remind at 80% remind", "G508"),
        ("escalate handle at 100% to county after 1 day to town", "G508"),
        ("escalate handle at 100% to town at 100% to town", "G508"),
        ("escalate handle after 1 day to county at 100% to town", "G509"),
        ("escalate handle after 2 days to town after 1 day to village", "G509"),
    ],
)
def test_ladders_that_lead_nowhere(ladder: str, code: str) -> None:
    assert codes(f"handle 1 workday {ladder}") == [code]


@pytest.mark.parametrize(
    "ladder",
    [
        "escalate handle at 80% remind at 100% to town after 1 workday to county",
        "escalate handle at 50% remind at 80% remind at 100% to town",
        "escalate handle at 100% to town at 100% remind",
        "escalate handle at 100% to town after 1 day to town",  # once more
        "escalate handle after 1 workday remind after 2 days to county",
    ],
)
def test_ladders_that_climb(ladder: str) -> None:
    assert codes(f"handle 1 workday {ladder}") == []


def test_rungs_out_of_order_are_swapped() -> None:
    ladder = "handle 1 day escalate handle after 1 day to county at 80% remind"
    text = f'{FORM}  route community\n  finding f "F" when n > 3 {ladder}\n'
    (mistake,) = [each for each in compile_text(text).diagnostics if each.code == "G509"]
    assert "escalate handle at 80% remind after 1 day to county" in apply(text, mistake.fixes[0])


def test_a_default_ladder_is_right_where_one_finding_has_the_limit() -> None:
    ladder = "  escalate verify at 100% to town\n"
    assert codes("handle 1 day", before=ladder) == ["G506"]
    both = 'handle 1 day\n  finding g "G" when n > 5 handle 1 day verify 1 day'
    assert codes(both, before=ladder) == []
    assert codes('stage s "S" 1 day', before="  escalate handle at 80% remind\n") == []


def test_an_item_does_not_answer_for_its_departments_ladder_when_others_have_the_limit() -> None:
    text = FORM.replace("place k", "  escalate file at 100% to town\nplace k")
    finding = '  route community handle 1 day\n  finding f "F" when n > 3\n'
    other = f'item d.y "Y"\n  ask n integer "N"\n  file 10 minutes\n{finding}'
    assert "G506" in [each.code for each in compile_text(text + finding).diagnostics]
    assert "G506" not in [each.code for each in compile_text(text + finding + other).diagnostics]


@pytest.mark.parametrize("visits", ["0 a month", "1 a month when place.grade = x 0 a month otherwise"])
def test_visits_of_none(visits: str) -> None:
    assert codes("handle 1 day", before=f"  for k visit {visits}\n") == ["G510"]
