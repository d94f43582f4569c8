"""Whose offices an item may name, and in which roles."""

from __future__ import annotations

import pytest

from gewu_dsl import model
from gewu_dsl.compiler import compile_text
from gewu_dsl.fixes import apply
from gewu_dsl.names import Known

WATER = Known((model.Department("water", "Water", (model.Office("water", "plant", "Plant", "county"),)),))
FORM = """department d "D"
  office a "A" at county
  office b "B" at town
item d.x "X"
  ask n integer "N" from 0 to 9
  %s
  handle 1 day
  finding f "F" when n > 3
"""


def codes(route: str) -> list[str]:
    found = compile_text(FORM % route, known=WATER).diagnostics
    return [each.code for each in found if each.code.startswith("G8")]


@pytest.mark.parametrize(
    ("route", "code"),
    [
        ("route water.plant", "G802"),
        ("route a else water.plant", "G802"),
        ("route a when n > 5 water.plant otherwise", "G802"),
        ("route a else b else a", "G804"),
        ("route owner else d.a else a", "G804"),
        ("route a with a", "G805"),
        ("route a when n > 5 a otherwise with d.a", "G805"),
        ("route b with a, community, a", "G805"),
        ("route a under a", "G805"),
        ("route a escalate handle at 100% to city", "G803"),
        ("route a escalate handle at 100% to grid", "G803"),
    ],
)
def test_offices_that_are_named_in_vain(route: str, code: str) -> None:
    assert codes(route) == [code]


@pytest.mark.parametrize(
    "route",
    [
        "route a with water.plant", "route a under water.plant", "route owner else community", "route community else a",
        "route a when n > 5 b otherwise with a",  # where b handles, a assists
        "route a else b with b", "route a with b, community under county",
        "route a escalate handle at 80% remind at 100% to village after 1 day to town after 2 days to county",
    ],
)  # fmt: skip
def test_offices_in_their_places(route: str) -> None:
    assert codes(route) == []


def test_the_other_department_is_named() -> None:
    (leave,) = [
        each
        for each in compile_text(FORM % "route water.plant", known=WATER).diagnostics
        if each.code == "G802"
    ]
    assert leave.severity == "warning"
    assert "`water`" in leave.message.en
    assert "“water”" in leave.message.zh


def test_a_city_office_makes_the_city_a_tier() -> None:
    text = (FORM % "route c escalate handle at 100% to city").replace("item", '  office c "C" at city\nitem')
    assert "G803" not in [each.code for each in compile_text(text).diagnostics]


def test_a_departments_ladder_is_told_once_and_in_its_own_file() -> None:
    text = (FORM % "route a").replace("item d.x", "  escalate handle at 100% to city\nitem d.x")
    text += '  finding g "G" when n > 5\n'
    found = [each for each in compile_text(text).diagnostics if each.code == "G803"]
    assert [each.line for each in found] == [4]


def test_what_was_tried_is_taken_out() -> None:
    text = FORM % "route a else b else a"
    (mistake,) = [each for each in compile_text(text).diagnostics if each.code == "G804"]
    assert apply(text, mistake.fixes[0]) == FORM % "route a else b"


@pytest.mark.parametrize(
    ("route", "right"),
    [
        ("route b with a, community, a", "route b with a, community"),
        ("route a with a, community", "route a with community"),
        ("route a with community, a", "route a with community"),
        ("route a with a", None),
    ],
)
def test_an_office_in_two_roles_is_taken_off_the_list(route: str, right: str | None) -> None:
    text = FORM % route
    (mistake,) = [each for each in compile_text(text).diagnostics if each.code == "G805"]
    assert [apply(text, fix) for fix in mistake.fixes] == ([FORM % right] if right else [])
