"""Values that fit and values that do not."""

from __future__ import annotations

import pytest

from gewu_dsl.compiler import compile_text

FORM = """department streets "Streets"
item streets.x "X"
  ask n integer "N" from 0 to 9
  ask m decimal "M" unit cm from 1 to 9
  ask t text "T"
  ask d date "D"
  ask h time "H"
  ask s one of (a, b) "S"
  ask many any of (a, b) "Many"
  ask ok yes-no "OK"
  ask shots photo "Shots"
  ask where location "Where"
  check c "C"
  let bad = n > 3 or ok
  let metres = m / 100
  let twice = m + m
  route community  handle 1 workday
"""


def codes(condition: str) -> list[str]:
    text = f'{FORM}  finding f "F" when {condition} or bad or metres > 1 or twice > 1 or c is hazard'
    return [each.code for each in compile_text(text).diagnostics if each.severity == "error"]


@pytest.mark.parametrize(
    "condition",
    [
        "n = 3", "n + m / 2 > 1.5", "-n < 3", "t = “x”", "d >= 2026-01-01", "h between 08:00 and 17:30", "s = a", "a = s",
        "s in (a, b)", "n in (1, 2)", "t in (“x”, “y”)", "many includes a", "ok", "not ok", "ok = no", "c = na", "c is hazard",
        "shots >= 2", "where is answered", "bad", "bad = no", "reported.month in (1, 12)", "reported.on_workday",
        "area.class = A", "area.kind = park", "area.kind = “park”", "open_cases > 3", "cases_in(30 days) / 2 > 1",
        "n / m > 1", "m != 0 and n / m > 1", "n > 0 and 1 / n > 0.5", "n / (m + 1) > 1", "1 / shots < 2",
        "10 / reported.month > 2", "twice > m", "many is blank",
    ],
)  # fmt: skip
def test_conditions_that_fit(condition: str) -> None:
    assert codes(condition) == []


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("n = “3”", "G301"), ("t = 3", "G301"), ("d > 3", "G301"), ("d = “2026-01-01”", "G301"), ("h = d", "G301"),
        ("s = “a”", "G301"), ("n = ok", "G301"), ("n between 1 and d", "G301"), ("n in (1, “x”)", "G301"),
        ("where = “x”", "G301"), ("area.class = 3", "G301"), ("bad = 3", "G301"), ("s = c", "G301"), ("s = ok", "G301"),
        ("s < a", "G302"), ("ok > no", "G302"), ("t > “x”", "G302"), ("t + 1 > 2", "G303"), ("-s = 3", "G303"),
        ("many = a", "G305"), ("many in (a, b)", "G305"), ("many != many", "G305"), ("s includes a", "G306"),
        ("ok is hazard", "G307"), ("n is hazard", "G307"), ("bad is hazard", "G307"),
        ("n", "G308"), ("not s", "G308"), ("c", "G308"), ("many", "G308"), ("ok and t", "G308"), ("n + 1", "G308"),
        ("m / n > 1", "G309"), ("1 / (n - 3) > 1", "G309"), ("1 / open_cases > 1", "G309"), ("n > 0 or 1 / n > 1", "G309"),
        ("n >= 0 and 1 / n > 1", "G309"), ("n in (m, 2)", "G320"), ("cases_in(0 days) > 1", "G109"), ("cases_in(2 workdays) > 1", "G322"),
        ("visits_in(3 hours) > 1", "G322"), ("severity = minor", "G317"), ("finding = f", "G317"),
    ],
)  # fmt: skip
def test_conditions_that_do_not_fit(condition: str, code: str) -> None:
    assert set(codes(condition)) == {code}


def test_units_meet_only_their_own() -> None:
    text = FORM.replace('"N" from', '"N" unit m from')
    condition = '  finding f "F" when n > m or n - 1 < m + 2 or n * 100 > m or metres > n'
    found = compile_text(text + condition).diagnostics
    assert [(each.code, each.line) for each in found if each.severity == "error"] == [
        ("G304", 18),
        ("G304", 18),
    ]


def test_an_any_of_answer_among_options_is_one_mistake() -> None:
    assert codes("many in (a, b)") == ["G305"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("severity", "G317"),  # neither known here nor a condition
        ("t = severity", "G317"),
        ("d - 2026-01-01 > 3", "G303"),  # two dates, one sum
        ("-(d + d) > 3", "G303"),
    ],
)
def test_one_slip_is_told_once(condition: str, code: str) -> None:
    assert codes(condition) == [code]


def test_a_value_that_is_no_condition_is_told_beside_one_that_is_read_too_early() -> None:
    assert codes("n and severity = minor") == ["G308", "G317"]


def test_a_divisor_whose_range_runs_backwards_is_told_as_that() -> None:
    text = """
department d "x"
item d.x "x"
  ask part decimal "p" from 0 to 9
  ask whole decimal "w" from 0.1 to 0
  finding f "f" when part / whole > 1
    route community handle 1 workday
"""
    assert "G311" in [each.code for each in compile_text(text).diagnostics]
