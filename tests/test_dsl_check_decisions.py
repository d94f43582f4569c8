"""Lists of branches: proved complete, shown to have a gap, or asked to end in otherwise."""

from __future__ import annotations

import pytest

from gewu_dsl.answers import decide_answers
from gewu_dsl.compiler import compile_text
from gewu_dsl.diagnostics import Diagnostic
from gewu_dsl.lower import lower_item
from gewu_dsl.parse import parse
from gewu_dsl.resolve import resolve
from gewu_dsl.rules import compile_rules

FORM = """department streets "Streets"
place flat "Flat"
  ask grade one of (good, bad) "Grade"
  ask owner one of (known, unknown) "Owner" optional
item streets.x "X"
  for flat
  ask s one of (a, b, c) "S"
  ask o one of (p, q) "O" optional
  ask y yes-no "Y"
  ask n integer "N"
  check lamp "Lamp"
  let serious = s = c and y
  route community  handle 1 workday
"""


def diagnose(branches: str, when: str = "s != a", more: str = "") -> list[Diagnostic]:
    text = f'{FORM}{more}  finding f "F" when {when}\n    severity {branches}\n  finding l "L" when lamp is hazard'
    return [each for each in compile_text(text).diagnostics if each.severity == "error"]


@pytest.mark.parametrize(
    ("branches", "when"),
    [
        ("minor when s = b  major when s = c", "s != a"),
        ("minor when s in (a, b)  major when s = c", "y"),
        ("minor when y  major when not y", "s = a"),
        ("minor when y and s = b  major when not y or s = c", "s != a"),
        ("minor when serious  major when not serious", "n > 3"),
        ("minor when o = p  major when o = q  critical when o is blank", "y"),
        ("minor when lamp is hazard  major when lamp != no", "y"),
        ("minor when place.grade = good  major when place.grade = bad", "y"),
        ("minor when n > 3  major otherwise", "y"),
        ("minor", "y"),
    ],
)
def test_complete_lists_are_left_alone(branches: str, when: str) -> None:
    assert diagnose(branches, when) == []


@pytest.mark.parametrize(
    ("branches", "sheet"),
    [
        ("minor when s = b", {"s": "c"}),
        ("minor when y and s = b  major when s = c", {"s": "b", "y": "no"}),
        ("minor when o = p  major when o = q", {"s": "b"}),
        ("minor when lamp is hazard  major when lamp = yes", {"s": "b", "lamp": "na"}),
        ("minor when not serious and s = b", {"s": "c", "y": "yes"}),
    ],
)
def test_a_gap_is_shown_by_a_sheet_that_has_it(branches: str, sheet: dict[str, str]) -> None:
    [one] = diagnose(branches)
    assert one.code == "G401"
    assert one.counterexample is not None
    answers = one.counterexample["answers"]
    assert sheet.items() <= answers.items()
    unit = resolve({"": parse(f'{FORM}  finding f "F" when s != a\n    severity {branches}').tree})
    decision = compile_rules(lower_item(unit.items[0])[0]).decide(answers)
    found = next(finding for finding in decision.findings if finding.name == "f")
    assert found.severity is None


@pytest.mark.parametrize(
    "branches",
    [
        "minor when n > 3  major when n <= 3",
        "minor when area.class = A  major when area.class in (B, C)",
        "minor when cases_in(30 days) > 2",
    ],
)
def test_what_cannot_be_enumerated_ends_in_otherwise(branches: str) -> None:
    assert [each.code for each in diagnose(branches)] == ["G402"]


def test_what_is_refused_or_excluded_is_no_gap() -> None:
    assert diagnose("minor when s = b", more='  must s != c "No c"\n') == []
    assert diagnose("minor when s = b", more='  exclude s = c "No c"\n') == []
    assert [each.code for each in diagnose("minor when s = b", more='  must s != c or n > 3 "No c"\n')] == [
        "G402"
    ]


def test_a_default_with_a_gap_is_reported_once() -> None:
    text = FORM + '  severity minor when y\n  finding f "F" when s = a\n  finding g "G" when s = b\n'
    found = [each for each in compile_text(text).diagnostics if each.severity == "error"]
    assert [(each.code, each.line) for each in found] == [("G401", 14)]


def test_a_default_may_ask_which_finding_it_is() -> None:
    branches = "minor when finding = f  major when finding = lamp"
    text = f'{FORM}  severity {branches}\n  finding f "F" when s = a\n'
    assert [each.code for each in compile_text(text).diagnostics if each.severity == "error"] == []
    text += '  finding g "G" when s = b\n'
    assert [each.code for each in compile_text(text).diagnostics if each.severity == "error"] == ["G401"]


def test_visits_are_decided_by_registers() -> None:
    def visits(branches: str) -> list[str]:
        text = FORM.replace("  for flat\n", f"  for flat\n  visit {branches}\n")
        return [each.code for each in compile_text(text).diagnostics if each.severity == "error"]

    assert visits("1 a month when place.grade = good  2 a month when place.grade = bad") == []
    assert visits("1 a month when place.grade = good") == ["G401"]
    assert visits("1 a month when place.owner = known  2 a month when place.owner = unknown") == ["G401"]
    assert visits("1 a month when visits_in(30 days) > 1") == ["G402"]


def test_too_many_cells_are_not_counted() -> None:
    asks = "".join(f'  ask q{i} yes-no "Q"\n' for i in range(14))
    reads = " and ".join(f"q{i}" for i in range(14))
    assert [each.code for each in diagnose(f"minor when {reads}  major when not ({reads})", more=asks)] == [
        "G402"
    ]


PICKED = """department streets "Streets"
item streets.x "X"
  ask o one of (p, q) "O" optional
  ask n integer "N" from 3 to 9
  ask t text "T" matching "phone"
  ask d date "D"
  ask h photo "H" at least 2 when n > 2
  route community
  handle 1 workday when o = p   2 workdays when o = q
  finding f "F"
"""


def test_the_sheet_of_a_gap_is_complete_and_the_runtime_reproduces_it() -> None:
    [problem] = [each for each in compile_text(PICKED).diagnostics if each.severity == "error"]
    assert problem.code == "G401"
    sheet = problem.counterexample
    assert sheet is not None
    mended = compile_text(PICKED.replace("2 workdays when o = q", "2 workdays otherwise"))
    item = mended.item("streets.x").item
    good = decide_answers(compile_rules(item), sheet["answers"], sheet["context"])
    assert not good.refused
    [finding] = good.findings
    assert str(finding.limits["handle"]) == "2 workdays"


def test_a_gap_that_the_runtime_does_not_reproduce_is_only_asked_for_otherwise() -> None:
    text = PICKED.replace("  route community", '  must n > 5 "M"\n  route community')
    [problem] = [each for each in compile_text(text).diagnostics if each.severity == "error"]
    assert (problem.code, problem.counterexample) == ("G402", None)
