"""One slip is told once, where it is; what only follows from it is not told, too."""

from __future__ import annotations

import pytest

from gewu_dsl.compiler import compile_sources, compile_text

ITEM = """department d "D"
  office crew "Crew" at town
place shop "Shop"
  ask rooms integer "Rooms" from 1 to 50
item d.i "I"
  ask n integer "N" from 0 to 100
  ask m integer "M" from 0 to 100 optional
  ask t text "T"
  ask v video "V" optional
  route crew
"""


def said(text: str) -> list[str]:
    return [each.code for each in compile_text(text).diagnostics if each.code not in ("G702", "G213")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('handle 1 workday finding f "F" when n > 200', "G405"),
        ('handle 1 workday finding f "F" when n >= 0', "G411"),
        ('exclude n > 200 "x" handle 1 workday finding f "F" when n > 3', "G409"),
        ('exclude n <= 100 "x" handle 1 workday finding f "F" when n > 3', "G408"),
        ('finding f "F" when n > 3 handle 1 hour when n > 200 1 workday otherwise', "G403"),
        ('finding f "F" when n > 3 handle 1 hour when n <= 100 1 workday otherwise', "G404"),
        ('finding f "F" when n > 3 handle 1 hour when n > 200 1 hour otherwise', "G403"),
        ('finding f "F" when n > 3 handle 1 hour when m >= 0 1 workday otherwise', "G412"),
        ('handle 1 workday finding f "F" when n > 3 and m >= 0', "G407"),
        ('handle 1 workday finding f "F" when v = 0', "G405"),
        ('handle 1 workday finding f "F" when t = ""', "G405"),
        # no severity at all: not one report for every limit that reads it
        (
            'finding f "F" when n > 3 handle 1 hour when severity = critical 1 workday when severity = minor',
            "G403",
        ),
        # the severity is never critical: its branch is the mistake
        (
            (
                "severity critical when n > 200 minor otherwise handle 1 hour when severity = critical 1 workday otherwise"
                ' finding f "F" when n > 3'
            ),
            "G403",
        ),
        # what waits for a question that is never shown
        ('handle 1 workday ask c integer "C" when n > 200 finding f "F" when c > 3', "G601"),
        ('for shop when place.rooms > 50 handle 1 workday finding f "F" when n > 3', "G414"),
        (
            'for shop when place.rooms > 20 and place.rooms < 10 handle 1 workday finding f "F" when n > 3',
            "G414",
        ),
    ],
)
def test_a_slip_has_one_report(rows: str, code: str) -> None:
    assert said(ITEM + rows) == [code]


def test_a_must_about_what_is_hidden_stands_for_what_it_refuses() -> None:
    more = """  ask c integer "C" when n > 50
  must c is answered "C"
  handle 1 workday
  finding f "F" when n > 50
  finding g "G" when n < 50
"""
    assert said(ITEM + more) == ["G605"]


def test_a_gap_in_a_default_of_the_department_is_told_once_for_all_items() -> None:
    head = 'department d "D"\n  verify 1 workday when severity = critical\n'
    items = "".join(
        f'item d.i{index} "I"\n  check a "A"\n  severity minor\n  route community handle 1 workday\n'
        for index in range(3)
    )
    found = compile_sources({"a": head, "b": items}).diagnostics
    assert [(each.code, each.file, each.line) for each in found if each.severity == "error"] == [
        ("G401", "a", 2)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        'finding f "F" when n > 3 handle 1 hour when n <= 50 1 workday when n <= 100',
        (
            'since 2026-11-01 until 2027-02-28 finding f "F" when n > 3 handle 1 hour when reported.month >= 11'
            " 1 workday when reported.month in (1, 2)"
        ),
        (
            'since 2026-03-01 until 2027-02-28 finding f "F" when n > 3 handle 1 hour when reported.month < 3'
            " 1 workday when reported.month >= 3"
        ),
    ],
)
def test_the_last_branch_may_name_all_that_is_left(rows: str) -> None:
    assert said(ITEM + rows) == []


def test_a_month_in_which_the_item_is_not_in_force_never_comes() -> None:
    rows = 'since 2026-11-01 until 2027-02-28 handle 1 workday finding f "F" when reported.month in (3, 10)'
    assert said(ITEM + rows) == ["G405"]


def test_a_severity_named_by_a_let_is_held_against_the_limit_all_the_same() -> None:
    rows = """  let many = n > 50
  finding f "F" when n > 3
    severity critical when many  minor otherwise
    handle 3 workdays when n > 50  1 workday otherwise
"""
    assert said(ITEM + rows) == ["G501"]


def test_a_branch_that_names_its_case_does_not_wait_for_a_blank() -> None:
    rows = """  ask a one of (x, y) "A"
  ask c integer "C" from 0 to 9 when a = x
  handle 1 workday
  finding f "F" when n > 3
    severity critical when c > 5  major when c <= 5  minor when a = y
"""
    assert said(ITEM + rows) == []
