"""Examples: what is compared, and what a failing one says."""

from __future__ import annotations

import pytest

from gewu_dsl.compiler import compile_text
from gewu_dsl.examples import run_examples, sheet_of
from gewu_dsl.model import Example

FORM = """department streets "Streets"
  office squad "Squad" at county
place flat "Flat"
  ask grade one of (good, bad) "Grade"
item streets.x "X"
  for flat
  ask n integer "N" from 0 to 9
  ask shots photo "Shots" at least 2
  ask where location "Where" optional
  ask many any of (a, b) "Many" optional
  must n < 8 "Too much"
  exclude n = 5 "Five"
  severity critical when n > 6 or place.grade = bad  minor otherwise
  route squad else owner with community under county  handle 2 hours when severity = critical  1 workday otherwise
  on site 30 minutes
  finding f "F" when n > 3
    stage plan "Plan" 3 workdays
    handle 9 workdays
  finding g "G" when n > 4 or cases_in(30 days) > 2
"""


def differences(example: str) -> list[str]:
    """The English message of each failing example."""
    result = compile_text(f"{FORM}  example “e” {example}")
    assert {each.code for each in result.diagnostics if each.severity == "error"} <= {"G701"}
    return [each.message.en for each in result.diagnostics if each.code == "G701"]


@pytest.mark.parametrize(
    "example",
    [
        "expect nothing",
        "given n = 3 expect nothing",
        "given n = 4 expect f",
        "given n = 4 expect f severity minor route squad with community under county on site 30 minutes handle 9 workdays",
        "given n = 4 expect f stage plan 3 workdays",
        "given n = 6 expect g handle 1 workday, f",
        "given n = 7 expect f severity critical, g severity critical handle 2 hours",
        "given n = 4, place.grade = bad expect f severity critical",
        "given cases_in(30 days) = 3 expect g",
        "given n = 5 expect excluded",
        "given n = 9 expect refused n",
        "given n = 9 expect refused n, shots",
        "given n = 12 expect refused n",
        "given n = 4, shots = 1 expect refused shots",
        "given n = 4, many = (a, b), where = “30.2,120.1” expect f",
        "given n = 4, many = a expect f",
    ],
)
def test_examples_that_hold(example: str) -> None:
    assert differences(example) == []


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("given n = 4 expect nothing", ["expected nothing", "findings f"]),
        ("given n = 3 expect f", ["expected f", "got nothing"]),
        ("given n = 6 expect f", ["there is also g", "n > 4"]),
        ("given n = 4 expect f, g", ["expected g", "findings f"]),
        ("given n = 4 expect f severity critical", ["severity of f expected critical, got minor"]),
        ("given n = 7 expect f severity minor, g", ["expected minor, got critical", "n > 6", "n = 7"]),
        ("given n = 4 expect f route owner", ["route of f expected owner, got streets.squad"]),
        ("given n = 4 expect f with owner", ["with of f expected owner, got none"]),
        ("given n = 4 expect f handle 1 workday", ["handle of f expected 1 workday, got 9 workdays"]),
        ("given n = 4 expect f accept 1 hours", ["accept of f expected 1 hour, got none"]),
        ("given n = 4 expect f stage plan 4 workdays", ["stage plan", "3 workdays"]),
        ("given n = 4 expect excluded", ["expected excluded", "findings f"]),
        ("given n = 5 expect f", ["expected f", "excluded (Five)"]),
        ("given n = 5 expect nothing", ["expected nothing", "excluded (Five)"]),
        ("given n = 9 expect f", ["expected f", "refused n (Too much)"]),
        ("given n = 4, shots = 1 expect f", ["refused shots"]),
        ("given n = 4, shots = 2 expect refused n", ["expected refused n", "findings f"]),
        ("given n = 4 expect refused n", ["expected refused n", "refused shots"]),
    ],
)
def test_failing_examples_say_what_came_out(example: str, said: list[str]) -> None:
    [message] = differences(example)
    for part in said:
        assert part in message


def test_a_failing_example_shows_its_sheet() -> None:
    text = f"{FORM}  example “e” given n = 4, place.grade = bad, cases_in(30 days) = 1 expect nothing"
    [one] = [each for each in compile_text(text).diagnostics if each.code == "G701"]
    assert one.counterexample == {"answers": {"n": 4}, "context": {"place.grade": "bad", "cases_in.30": 1}}
    assert (one.line, one.column) == (20, 3)


def test_a_location_is_given_as_text() -> None:
    item = compile_text(FORM).items[0].item
    answers, _ = sheet_of(item, Example("e", {"where": "30.2,120.1", "many": ("a",)}, "nothing"))
    assert answers == {"where": {"lat": 30.2, "lng": 120.1}, "many": ["a"]}


def test_an_item_without_examples_has_no_failures() -> None:
    assert run_examples(compile_text(FORM).items[0].item) == []


def test_a_difference_is_said_in_the_readers_words() -> None:
    result = compile_text(f"{FORM}  example “e” given n = 4 expect f severity critical handle 1 workday")
    [message] = [each.message.zh for each in result.diagnostics if each.code == "G701"]
    assert "f 的等级预期 重大，实际 一般" in message
    assert "f 的处置预期 1 个工作日，实际 9 个工作日" in message


def test_a_reason_is_said_in_the_readers_words() -> None:
    text = f"{FORM}  example “e” given n = 7 expect f severity minor, g"
    [one] = [each for each in compile_text(text).diagnostics if each.code == "G701"]
    assert "（因为 N > 6 或 管理等级 = bad：n = 7，台账.grade = 未填）" in one.message.zh
    assert "(because n > 6 or place.grade = bad: n = 7, place.grade = blank)" in one.message.en


def test_an_answer_or_a_finding_said_twice_is_reported() -> None:
    result = compile_text(f"{FORM}  example “e” given n = 4, n = 3 expect f, f")
    assert [each.code for each in result.diagnostics if each.severity == "error"] == ["G319", "G319"]
