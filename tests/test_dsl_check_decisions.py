"""Lists of branches and findings: what is proved of them, and the sheets that show what is wrong."""

from __future__ import annotations

import pytest
from counterexamples import SHOWN, reproduces

from gewu_dsl.compiler import compile_text
from gewu_dsl.diagnostics import Diagnostic

FORM = """department streets "Streets"
place flat "Flat"
  ask grade one of (good, bad) "Grade"
  ask rooms integer "Rooms" from 1 to 50
  ask owner one of (known, unknown) "Owner" optional
item streets.x "X"
  for flat
  ask s one of (a, b, c) "S"
  ask o one of (p, q) "O" optional
  ask y yes-no "Y"
  ask n integer "N" from 0 to 100
  ask d decimal "D" from 0 to 10
  ask m integer "M" from 0 to 100 optional
  ask w date "W"
  ask t time "T"
  ask x text "X"
  ask k any of (i, j) "K" at most 1 optional
  ask f photo "F" at most 3 optional
  check lamp "Lamp"
  let serious = s = c and y
  route community  handle 1 workday
"""


def diagnose(branches: str, when: str = "y", more: str = "") -> list[Diagnostic]:
    """What G4 says of a severity with these branches."""
    text = f'{FORM}{more}  finding f "F" when {when}\n    severity {branches}\n  finding l "L" when lamp is hazard'
    return family(text)


def family(text: str) -> list[Diagnostic]:
    """What G4 says of a program, each counterexample of which the runtime reproduces."""
    found = [each for each in compile_text(text).diagnostics if each.code.startswith("G4")]
    for each in found:
        assert each.counterexample is not None or each.code not in SHOWN
        assert each.counterexample is None or reproduces(text, each), each
    return found


def codes(found: list[Diagnostic]) -> list[str]:
    return [each.code for each in found]


# Complete lists


@pytest.mark.parametrize(
    "branches",
    [
        "minor when s = a  major when s in (b, c)",
        "minor when y  major when not y or s = a",
        "minor when serious  major when not serious",
        "minor when o = p  major when o = q  critical when o is blank",
        "minor when lamp is hazard  major when lamp != no",
        "minor when n > 30  major when n <= 30",
        "minor when n >= 31  major when n < 31",
        "minor when n between 0 and 9  major when n between 10 and 100",
        "minor when d < 0.3  major when d >= 0.3",
        "minor when n * 2 > d  major when n * 2 <= d",
        "minor when n > d  major when n = d  critical when n < d",
        "minor when w < 2026-05-01  major when w >= 2026-05-01",
        "minor when t between 08:00 and 17:59  major when t >= 18:00  critical when t < 08:00",
        "minor when x = “甲”  major when x != “甲”",
        "minor when k includes i  major when not k includes i  critical when k is blank",
        "minor when f >= 2  major when f = 1  critical when f is blank",
        "minor when m > 3  major when m <= 3  critical when m is blank",
        "minor when area.class = A  major when area.class in (B, C)  critical when area.class is blank",
        "minor when reported.month in (6, 7, 8)  major when reported.month < 6  critical when reported.month > 8",
        "minor when reported.hour < 8 or reported.hour >= 18  major when reported.hour between 8 and 17",
        "minor when reported.on_workday  major when not reported.on_workday",
        "minor when place.grade = good  major when place.grade = bad",
        "minor when place.rooms > 10  major when place.rooms <= 10",
        "minor when cases_in(30 days) > 2  major when cases_in(90 days) <= 2  critical when cases_in(90 days) > 2",
        "minor when open_cases = 0  major when open_cases > 0",
        "minor when n > 3  major otherwise",
    ],
)
def test_complete_lists_are_left_alone(branches: str) -> None:
    assert diagnose(branches, "s != b or y") == []


@pytest.mark.parametrize(
    ("branches", "answers", "context"),
    [
        ("minor when s = a  major when s = b", {"s": "c"}, {}),
        ("minor when y and s = b  major when s = c", {"s": "a"}, {}),
        ("minor when lamp is hazard  major when lamp = yes", {"lamp": "na"}, {}),
        ("minor when n > 30  major when n < 30", {"n": 30}, {}),
        ("minor when d > 0.3  major when d < 0.3", {"d": 0.3}, {}),
        ("minor when d >= 0.31  major when d <= 0.3", {"d": 0.301}, {}),
        ("minor when n > 30  major when n < 30 or m > 5", {"n": 30, "m": 0}, {}),
        ("minor when w < 2026-05-01  major when w > 2026-05-01", {"w": "2026-05-01"}, {}),
        ("minor when t >= 18:00  major when t < 17:59", {"t": "17:59"}, {}),
        ("minor when x = “甲”  major when x = “乙”", {"x": "1"}, {}),
        ("minor when k includes i  major when k includes j", {}, {}),
        ("minor when f < 2  major when f > 2  critical when f is blank", {"f": ["1", "2"]}, {}),
        ("minor when n > d  major when n < d", {}, {}),
        ("minor when n + m > 7  major when n + m < 7  critical when m is blank", {}, {}),
        ("minor when area.class = A  major when area.class in (B, C)", {}, {}),
        ("minor when reported.month > 2  major when reported.month < 2", {}, {"reported.month": 2}),
        ("minor when place.rooms > 10  major when place.rooms < 10", {}, {"place.rooms": 10}),
        ("minor when place.owner = known  major when place.owner = unknown", {}, {}),
        ("minor when cases_in(30 days) > 2  major when cases_in(30 days) < 2", {}, {"cases_in(30 days)": 2}),
    ],
)
def test_a_gap_is_shown_by_a_sheet_that_has_it(
    branches: str, answers: dict[str, object], context: dict[str, object]
) -> None:
    [gap] = [each for each in diagnose(branches) if each.severity == "error"]
    assert gap.code == "G401"
    assert gap.counterexample is not None
    assert answers.items() <= gap.counterexample["answers"].items()
    assert context.items() <= gap.counterexample["context"].items()


def test_a_gap_is_told_with_the_labels_of_the_form() -> None:
    [gap] = diagnose("minor when s = a  major when s = b")
    assert gap.message.zh == "有一种填法哪一条也不管：S = c。那时就没有等级。"


def test_what_cannot_be_told_ends_in_otherwise() -> None:
    ask = '  ask e decimal "E" from 1 to 9\n'
    hard = "minor when n * d * e > 30  major when e * d * n <= 30"
    assert codes(diagnose(hard, more=ask)) == ["G402"]
    assert diagnose(hard.replace("when e * d * n <= 30", "otherwise"), more=ask) == []


def test_what_is_refused_or_excluded_is_no_gap() -> None:
    assert diagnose("minor when s = b", "s != a", '  must s != c "No c"\n') == []
    assert diagnose("minor when s = b", "s != a", '  exclude s = c "No c"\n') == []
    [gap] = diagnose("minor when s = b", "s != a", '  must s != c or n > 3 "No c"\n')
    assert gap.counterexample is not None
    assert gap.counterexample["answers"]["n"] > 3


def test_a_question_that_is_not_shown_is_blank() -> None:
    ask = '  ask v integer "V" when s = a\n'
    [gap] = diagnose("minor when v > 3  major when v <= 3", "y", ask)
    assert gap.counterexample is not None
    assert "v" not in gap.counterexample["answers"]
    assert diagnose("minor when v > 3  major when v <= 3", "s = a", ask) == []


def test_the_severity_that_a_limit_reads_is_the_one_that_was_decided() -> None:
    text = FORM + '  finding f "F" when y\n    severity minor when n > 3  major when n <= 3\n    {}\n'
    assert family(text.format("handle 1 hour when severity = minor  2 hours when severity = major")) == []
    [gap] = family(text.format("handle 1 hour when severity = minor  2 hours when n < 3"))
    assert gap.counterexample is not None
    assert gap.counterexample["answers"]["n"] == 3


def test_accept_file_dispatch_and_verify_are_lists_too() -> None:
    for step in ("accept", "file", "dispatch", "verify"):
        [gap] = family(f'{FORM}  finding f "F" when y\n    {step} 1 hour when n > 3\n')
        assert (gap.code, gap.message.zh[-4:]) == ("G401", "有时限。")


def test_a_default_with_a_gap_is_reported_once() -> None:
    text = FORM + '  severity minor when y\n  finding g "G" when s = a\n  finding h "H" when s = b\n'
    assert [(each.code, each.line) for each in family(text)] == [("G401", 22)]


def test_a_default_may_ask_which_finding_it_is() -> None:
    branches = "minor when finding = g  major when finding = lamp"
    text = f'{FORM}  severity {branches}\n  finding g "G" when s = a\n'
    assert family(text) == []
    assert codes(family(text + '  finding h "H" when s = b\n')) == ["G401"]


def test_picked_findings_are_decided_where_they_are_picked() -> None:
    text = (
        FORM.replace("  for flat\n", "") + '  finding g "G"\n    severity minor when n > 3\n  finding h "H"\n'
    )
    [gap] = family(text)
    assert gap.counterexample is not None
    assert gap.counterexample["answers"]["finding"] == ["g"]


def visits(branches: str) -> list[Diagnostic]:
    return family(FORM.replace("  for flat\n", f"  for flat\n  visit {branches}\n"))


def test_visits_are_decided_by_registers() -> None:
    assert visits("1 a month when place.grade = good  2 a month when place.grade = bad") == []
    assert visits("1 a month when place.rooms > 9  2 a month when place.rooms <= 9") == []
    assert codes(visits("1 a month when place.grade = good")) == ["G401"]
    assert codes(visits("1 a month when place.owner = known  2 a month when place.owner = unknown")) == [
        "G401"
    ]
    assert codes(visits("1 a month when place.rooms > 60  2 a month otherwise")) == ["G403"]


def test_the_places_an_item_is_for_are_the_only_ones() -> None:
    text = FORM.replace(
        "  for flat\n", "  for flat when place.grade = bad\n  visit 1 a month when place.grade = bad\n"
    )
    assert family(text) == []


def test_a_gap_in_a_department_default_is_told_in_its_place() -> None:
    text = FORM.replace('"Streets"\n', '"Streets"\n  accept 1 hour when severity = major\n', 1)
    [gap] = family(text + '  severity minor\n  finding g "G" when y\n')
    assert (gap.code, gap.line) == ("G401", 2)


def test_conditions_without_end_are_given_up_and_said_to_be() -> None:
    asks = "".join(f'  ask q{i} one of (a, b, c) "Q"\n' for i in range(40))
    entangled = " and ".join(
        f"(q{i} = a or q{(7 * i + 3) % 40} = b or q{(11 * i + 5) % 40} = c)" for i in range(40)
    )
    assert set(codes(diagnose(f"minor when not ({entangled})  major when {entangled}", more=asks))) <= {
        "G402"
    }


def test_many_questions_are_no_trouble() -> None:
    asks = "".join(f'  ask q{i} yes-no "Q"\n' for i in range(30))
    reads = " and ".join(f"q{i}" for i in range(30))
    assert diagnose(f"minor when {reads}  major when not ({reads})", more=asks) == []


# The cases that the analysis of DMN decision tables in Drools knows


def test_drools_gap_between_ranges() -> None:
    assert codes(diagnose("minor when n < 25  major when n > 25 and n < 60  critical when n >= 60")) == [
        "G401"
    ]


def test_drools_gap_over_two_dimensions() -> None:
    branches = "minor when n < 10 and d < 5  major when n < 10 and d > 5  critical when n >= 10"
    [gap] = diagnose(branches)
    assert gap.counterexample is not None
    assert (gap.counterexample["answers"]["n"], gap.counterexample["answers"]["d"]) == (0, 5)


def test_drools_gap_over_three_dimensions() -> None:
    branches = (
        "minor when s = a or n < 50 and d <= 5  major when s = b and n >= 50  "
        "critical when s = c and n >= 50 and d < 9.5 or s in (b, c) and n < 50 and d > 5"
    )
    [gap] = diagnose(branches)
    assert gap.counterexample is not None
    answers = gap.counterexample["answers"]
    assert answers["s"] == "c"
    assert answers["n"] >= 50
    assert answers["d"] >= 9.5


def test_drools_overlapping_rules_are_what_a_first_hit_list_is_for() -> None:
    assert diagnose("critical when n > 30  major when n > 10 and n < 60  minor otherwise") == []


def test_drools_masked_rule() -> None:
    [masked] = diagnose("major when n > 10  critical when n > 30  minor otherwise")
    assert masked.code == "G403"
    assert "第 1 条“N > 10”已经先成立了" in masked.message.zh
    assert masked.counterexample is not None
    assert masked.counterexample["answers"]["n"] > 30


def test_drools_misleading_rule_hidden_by_two_together() -> None:
    branches = "major when n > 30  critical when n <= 30 and s = a  minor when s = a  major otherwise"
    [masked] = diagnose(branches)
    assert (masked.code, "第 1、2 条里" in masked.message.zh) == ("G403", True)


def test_drools_subsumed_rule() -> None:
    assert codes(diagnose("major when n > 30  minor when n > 10  minor otherwise")) == ["G413"]
    assert codes(
        diagnose("critical when s = a and n > 9  major when y and n > 20  major when n > 10  minor otherwise")
    ) == ["G413"]


def test_drools_rule_that_can_never_fire() -> None:
    found = diagnose("major when n > 30 and n < 20  minor otherwise")
    assert codes(found) == ["G403"]
    assert "不可能成立" in found[0].message.zh


# Branches, findings and exclusions one by one


def test_a_branch_that_the_finding_rules_out_is_never_reached() -> None:
    assert codes(diagnose("major when s = a  minor otherwise", "s != a")) == ["G403"]


def test_a_default_is_dead_only_where_no_finding_uses_it() -> None:
    text = FORM + "  handle 1 hour when severity = critical  1 workday otherwise\n".replace(
        "handle", "verify"
    )
    text += '  severity {}\n  finding g "G" when s = a\n    severity minor\n  finding h "H" when s = b\n'
    assert family(text.format("critical")) == []
    assert codes(family(text.format("major"))) == ["G403"]


def test_a_department_default_may_have_branches_that_an_item_never_reaches() -> None:
    department = '"Streets"\n  accept 1 hour when severity = critical  1 day otherwise\n'
    assert (
        family(FORM.replace('"Streets"\n', department, 1) + '  severity minor\n  finding g "G" when y\n')
        == []
    )


def test_a_branch_that_waits_for_a_blank_is_said_to() -> None:
    [waiting] = diagnose("minor when m > 3  major when m <= 3  critical otherwise")
    assert waiting.code == "G412"
    assert "“m”没有填" in waiting.message.zh
    assert diagnose("minor when m > 3  major when m <= 3  critical when m is blank") == []
    assert diagnose("minor when m > 3  major otherwise") == []


def test_comparisons_are_held_against_the_bounds_of_what_they_read() -> None:
    assert codes(diagnose("minor when n > 100 or y  major otherwise", "s = a")) == ["G406"]
    assert codes(diagnose("minor when n >= 0 and y  major otherwise", "s = a")) == ["G407"]
    assert codes(diagnose("minor when reported.weekday = 9 or y  major otherwise", "s = a")) == ["G406"]
    assert codes(diagnose("minor when n + 1 > 0 and y  major otherwise", "s = a")) == ["G407"]
    assert codes(diagnose("minor when 1 = 1 and y  major otherwise", "s = a")) == ["G407"]
    assert diagnose("minor when n > 99 or y  major otherwise", "s = a") == []


def test_findings_that_never_come_about() -> None:
    text = FORM + '  ask v integer "V" when s = a\n{}  finding g "G" when {}\n'
    assert codes(family(text.format("", "s = b and v > 3"))) == ["G405"]
    assert codes(family(text.format('  exclude y "No"\n', "y and v > 3"))) == ["G405"]
    assert family(text.format("", "s = a and v > 3")) == []


def test_findings_that_come_in_every_report() -> None:
    assert codes(diagnose("minor", "n > 3 or n <= 3")) == ["G411"]
    assert diagnose("minor", "m > 3 or m <= 3") == []


def test_findings_that_always_come_together() -> None:
    text = FORM + '  finding g "G" when {}\n  finding h "H" when {}\n'
    [together] = family(text.format("s = a and y", "y and s not in (b, c)".replace("s not in", "not s in")))
    assert together.code == "G410"
    assert family(text.format("s = a and y", "s = a")) == []
    assert family(text.format("m > 3", "not m <= 3")) != []


def test_exclusions_that_leave_nothing_or_do_nothing() -> None:
    text = FORM + '  exclude {} "No"\n  exclude {} "No"\n  finding g "G" when s = a\n'
    assert codes(family(text.format("n > 3 or n <= 3", "y"))) == ["G408", "G409"]
    assert codes(family(text.format("n > 3", "n > 5"))) == ["G409"]
    assert family(text.format("n > 3", "d > 5")) == []


def test_a_form_that_nobody_can_submit_is_no_matter_of_its_branches() -> None:
    assert (
        family(
            FORM
            + '  must s = a "A"\n  must s = b "B"\n  finding g "G" when y\n    severity minor when n > 3\n'
        )
        == []
    )
