"""Names: what is offered instead of one that stands for nothing, and where a name is not missed."""

from __future__ import annotations

import pytest

from gewu_dsl.compiler import compile_text
from gewu_dsl.diagnostics import Diagnostic
from gewu_dsl.names import near

HEAD = """department streets "Streets"
  office squad "Squad" at county
  office station "Station" at town
place flat "Flat"
  ask rooms integer "Rooms" from 1 to 50
  ask grade one of (good, bad) "Grade"
place shop "Shop"
  ask area decimal "Area"
  ask grade one of (bad, awful) "Grade"
"""


def diagnose(item: str, head: str = HEAD) -> list[Diagnostic]:
    """The mistakes of an item `streets.x`, but for warnings."""
    text = f'{head}item streets.x "X"\n  route squad with station handle 1 workday\n{item}'
    return [each for each in compile_text(text).diagnostics if each.severity == "error"]


@pytest.mark.parametrize(
    ("name", "candidates", "meant"),
    [
        ("widht", ["width", "height"], "width"),
        ("通到", ["通道", "照片"], "通道"),
        ("Exit", ["exit"], "exit"),
        ("zzz", ["width"], None),
        ("x", [], None),
    ],
)
def test_the_nearest_name_is_offered(name: str, candidates: list[str], meant: str | None) -> None:
    assert next(iter(near(name, candidates)), None) == meant


def test_a_choice_used_as_a_name_is_shown_with_its_question() -> None:
    [one] = diagnose('  ask state one of (whole, gone) "State"\n  finding f "F" when gone')
    assert one.code == "G201"
    assert "state = gone" in one.help.en
    assert "state = gone" in one.help.zh


def test_an_unknown_question_is_reported_once_and_not_its_choice() -> None:
    assert [each.code for each in diagnose('  finding f "F" when stat = gone')] == ["G201"]


def test_built_in_words_are_offered_in_the_readers_language() -> None:
    [one] = diagnose('  check lamp "Lamp"\n  finding f "F" when lamp = nope')
    assert one.code == "G202"
    assert "不适用" in one.help.zh
    assert "na" in one.help.en


def test_a_misspelt_office_is_not_called_unused_as_well() -> None:
    text = f'{HEAD}item streets.x "X"\n  handle 1 workday\n  finding f "F"\n    route squat with station'
    assert [each.code for each in compile_text(text).diagnostics if each.code != "G702"] == ["G203"]


@pytest.mark.parametrize(
    "condition",
    [
        "place.rooms > 3",
        "place.kind != shop or place.rooms > 3",
        "not (place.kind = flat) and place.rooms > 3",
        "place.kind in (flat, shop) and place.rooms > 3",
    ],
)
def test_an_attribute_is_refused_where_a_place_may_lack_it(condition: str) -> None:
    item = f'  for flat, shop\n  finding f "F" when {condition}'
    assert [each.code for each in diagnose(item)] == ["G206"]


@pytest.mark.parametrize(
    "condition",
    [
        "place.kind = flat and place.rooms > 3",
        "place.rooms > 3 and place.kind = flat",
        "place.kind = shop or place.rooms > 3",
        "not (place.kind = shop or place.rooms > 3)",
        "place.kind in (flat) and place.rooms > 3",
        "place.grade = bad",
        "place.grade = awful",
    ],
)
def test_an_attribute_is_fine_where_its_kind_is_certain(condition: str) -> None:
    assert diagnose(f'  for flat, shop\n  finding f "F" when {condition}') == []


def test_branches_before_and_the_findings_condition_make_a_kind_certain() -> None:
    item = """  for flat, shop
  visit 2 a month when place.kind = shop   1 a month when place.rooms > 9   3 a year otherwise
  finding f "F" when place.kind = flat
    severity major when place.rooms > 3  minor otherwise"""
    assert diagnose(item) == []


def test_an_event_knows_no_place() -> None:
    assert [each.code for each in diagnose('  finding f "F" when place.rooms > 3')] == ["G206"]
    assert diagnose('  finding f "F" when place.kind = flat and place.rooms > 3') == []


def test_a_choice_may_bear_the_name_of_a_keyword() -> None:
    item = """  ask answer one of (是, 否, 重大) "回答"
  finding f "F" when answer = 是 or answer = 重大
  example "e" given answer = 重大 expect f"""
    assert diagnose(item) == []


def test_two_choice_questions_may_be_compared() -> None:
    item = '  ask a one of (x, y) "A"\n  ask b one of (x, y) "B"\n  finding f "F" when a = b'
    assert diagnose(item) == []
    assert [each.code for each in diagnose(item.replace('(x, y) "B"', '(p, q) "B"'))] == ["G301"]


def test_a_question_called_finding_clashes_with_picking() -> None:
    item = '  ask finding text "Found"\n  finding f "F"'
    assert [each.code for each in diagnose(item)] == ["G209"]


def test_a_built_in_fact_is_named_in_the_readers_language() -> None:
    text = (HEAD + "item streets.z \"Z\"\n  route owner  handle 1 workday\n"
            "  severity minor when area.class = D  major otherwise\n  finding f \"F\"")  # fmt: skip
    [problem] = [each for each in compile_text(text).diagnostics if each.code == "G202"]
    assert "区域.类别" in problem.message.zh
    assert "`area.class`" in problem.message.en
