"""The published schema of answer sheets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import COVER, FIRE_EXIT
from strategies_model import items, quick, sheets

from gewu_dsl.answers import check_answers, split_given, submitted_answers
from gewu_dsl.emit.json_schema import answers_schema
from gewu_dsl.model import ATTACHED, Choice, Item, Question, QuestionType
from gewu_dsl.rules import compile_rules
from gewu_item_catalog.catalogue import load_catalogue

SCHEMA = answers_schema(FIRE_EXIT)
GOOD = {"exit": "locked", "people": 40, "shot": ["a.jpg"], "lamp": "yes"}


@quick(40)
@given(st.data())
def test_every_schema_is_valid_and_two_validators_agree_on_it(data: st.DataObject) -> None:
    item = data.draw(items())
    schema = answers_schema(item)
    jsonschema.Draft202012Validator.check_schema(schema)
    reference, fast = jsonschema.Draft202012Validator(schema), jsonschema_rs.Draft202012Validator(schema)
    for _ in range(3):
        answers = json.loads(json.dumps(data.draw(sheets(item))))
        assert reference.is_valid(answers) == fast.is_valid(answers)


@pytest.mark.parametrize(
    "change",
    [
        {"exit": "shut"}, {"exit": None}, {"people": 2001}, {"people": "40"}, {"people": 1.5}, {"shot": []}, {"shot": 10},
        {"shot": [1]}, {"lamp": "maybe"}, {"unheard": 1}, {"owner_id": "12"}, {"owner_id": ""},
    ],
)  # fmt: skip
def test_a_wrong_answer_is_refused(change: dict[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert validator.is_valid(GOOD)
    assert not validator.is_valid({**GOOD, **change})


def test_only_questions_that_are_always_shown_are_required() -> None:
    assert SCHEMA["required"] == ["exit", "people", "lamp"]
    assert SCHEMA["additionalProperties"] is False


def test_choices_carry_their_labels() -> None:
    assert {"const": "locked", "title": "上锁"} in SCHEMA["properties"]["exit"]["oneOf"]
    assert SCHEMA["properties"]["people"]["title"] == "现场人数"
    assert SCHEMA["properties"]["people"]["description"] == "含工作人员"


def test_whole_numbers_are_exact_in_a_double_and_decimals_have_no_multiple() -> None:
    item = Item("a.b", "a", "t", questions=(Question("n", "integer", "n"), Question("d", "decimal", "d")))
    validator = jsonschema.Draft202012Validator(answers_schema(item))
    assert validator.is_valid({"n": 2**53 - 1, "d": 19.99})
    assert not validator.is_valid({"n": 2**53, "d": 1})
    assert "multipleOf" not in json.dumps(answers_schema(item))


def test_files_are_a_list_of_names_or_their_number() -> None:
    validator = jsonschema.Draft202012Validator(answers_schema(COVER))
    sheets_ = [{"shot": 2}, {"shot": ["a", "b"]}, {"shot": 1}, {"shot": ["a"]}]
    assert [validator.is_valid({**sheet, "finding": ["missing"]}) for sheet in sheets_] == [
        True,
        True,
        False,
        False,
    ]


ONE_OF_EACH = Item(
    "a.b", "a", "t",
    questions=tuple(
        Question(
            type_, type_, type_,
            (Choice("x", "X"), Choice("y", "Y")) if type_ in ("one_of", "any_of") else (),
            minimum=-2 if type_ in ("integer", "decimal") else None,
            at_least=1 if type_ in ATTACHED or type_ == "any_of" else None,
            at_most=3 if type_ in ATTACHED or type_ == "text" else None,
            optional=True,
        )
        for type_ in get_args(QuestionType)
    ),
)  # fmt: skip


@quick(60)
@given(st.data())
def test_two_validators_agree_on_right_and_wrong_answers_of_every_type(data: st.DataObject) -> None:
    schema = answers_schema(ONE_OF_EACH)
    fast = jsonschema_rs.Draft202012Validator(schema)
    reference = jsonschema.Draft202012Validator(schema)
    sheet = data.draw(sheets(ONE_OF_EACH, wrong=True))
    sheet = {name: value for name, value in sheet.items() if value == value and abs_of(value) < 1e300}
    answers = json.loads(json.dumps(sheet, allow_nan=False))
    assert reference.is_valid(answers) == fast.is_valid(answers)
    wrong = {error.path[0] for error in reference.iter_errors(answers)}
    assert wrong == {error.instance_path[0] for error in fast.iter_errors(answers)}


def abs_of(value: object) -> float:
    return abs(value) if isinstance(value, int | float) else 0.0


def test_the_sheets_of_all_examples_of_the_catalogue_are_valid_wherever_they_may_be_submitted() -> None:
    packs = load_catalogue([Path(__file__).parent.parent / "plugins"]).packs
    seen = 0
    for compiled in (each for pack in packs for each in pack.items):
        item, rules = compiled.item, compile_rules(compiled.item)
        fast = jsonschema_rs.Draft202012Validator(answers_schema(item))
        for example in item.examples:
            given_, context = split_given(item, example.given)
            answers = submitted_answers(rules, given_, context)
            refused = {each.code for each in check_answers(rules, answers, context)} - {"must", "required"}
            complete = set(answers) >= set(answers_schema(item)["required"])
            assert fast.is_valid(answers) is (complete and not refused), (item.name, example.title)
            seen += 1
    assert seen > 500
