"""Answer sheets: read from forms, trimmed, and refused where they may not be submitted."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import COVER, FIRE_EXIT, answered
from stdnum.cn import uscc
from strategies_model import contexts, items, quick, sheets

from gewu_dsl.answers import (
    answers_from_form,
    check_answers,
    decide_answers,
    masked_answers,
    normalise_answers,
    shown_questions,
    split_given,
    submitted_answers,
)
from gewu_dsl.emit.json_schema import answers_schema
from gewu_dsl.identifiers import PATTERNS, is_id_card, is_plate, is_uscc
from gewu_dsl.model import Answer, Choice, Compare, Constant, IsBlank, Item, Question
from gewu_dsl.rules import compile_rules

RULES = compile_rules(FIRE_EXIT)
GOOD = {"exit": "locked", "people": 40, "shot": ["a.jpg"], "lamp": "yes"}


def codes(answers: dict[str, Any], **options: bool) -> list[tuple[str | None, str]]:
    return [(refused.question, refused.code) for refused in check_answers(RULES, answers, **options)]


def one(question: Question, value: Any) -> list[str]:
    rules = compile_rules(Item("a.b", "a", "t", questions=(question,)))
    return [refused.code for refused in check_answers(rules, {question.name: value})]


def test_a_good_sheet_is_not_refused() -> None:
    assert codes(GOOD) == []


def test_required_questions_may_be_blank_only_while_they_are_hidden_or_the_sheet_is_partial() -> None:
    assert codes({"exit": "blocked", "people": 3, "lamp": "yes"}) == [
        ("width", "required"),
        ("shot", "required"),
    ]
    assert codes({"exit": "clear", "people": 3, "lamp": "yes"}) == []
    assert codes({"exit": "blocked"}, partial=True) == []


def test_refusals_come_in_the_order_of_the_form_and_in_both_languages() -> None:
    refused = check_answers(RULES, {"exit": "blocked", "people": 5000, "width": 0.1, "other": 1})
    assert [(r.question, r.code) for r in refused] == [
        ("people", "maximum"), ("shot", "required"), ("lamp", "required"), ("width", "must"), ("other", "unknown"),
    ]  # fmt: skip
    assert refused[0].to_json() == {"question": "people", "code": "maximum", "message": "不能大于 2000"}
    assert refused[0].to_json("en")["message"] == "May not be more than 2000"


def test_nothing_is_wrong_with_an_answer_that_will_be_dropped() -> None:
    assert codes({**GOOD, "width": -5}) == []
    assert submitted_answers(RULES, {**GOOD, "width": -5}) == GOOD


@pytest.mark.parametrize(
    ("question", "good", "bad"),
    [
        (Question("q", "integer", "q", minimum=1), [1, 5.0], ["1", 1.5, 0, True, 2**60, [1]]),
        (Question("q", "decimal", "q", maximum=2.5), [2.5, -3], ["2", 2.51, float("nan"), float("inf")]),
        (Question("q", "yes_no", "q"), ["yes", "no"], ["na", 1, ["yes"]]),
        (Question("q", "check", "q"), ["na"], ["maybe"]),
        (Question("q", "one_of", "q", (Choice("a", "甲"),)), ["a"], ["b", ["a"]]),
        (Question("q", "any_of", "q", (Choice("a", "甲"), Choice("b", "乙")), at_least=2), [["a", "b"]], [["a"], ["a", "a"], "a"]),
        (Question("q", "text", "q", at_most=3), ["三个字"], ["四个字了", 3]),
        (Question("q", "date", "q"), ["2026-02-28"], ["2026-02-30", "20260228", "2026-2-8", "2026-W08-6", 3]),
        (Question("q", "time", "q"), ["08:30"], ["8:30", "24:00", "08:30:00", "0830"]),
        (Question("q", "photo", "q", at_least=1, at_most=2), [1, ["a", "b"]], [3, -1, "a", [1], True]),
        (Question("q", "location", "q"), [{"lat": 30, "lng": 114.2}, {"lat": 30, "lng": 114.2, "accuracy": 0}],
         [{"lat": 91, "lng": 0}, {"lat": 1}, "1,2", {"lat": 1, "lng": 2, "accuracy": "<b>"}, {"lat": 1, "lng": 2, "accuracy": -1}]),
        (Question("q", "text", "q", matching="phone"), ["13800138000", "027-83921234"], ["12800138000", "abc"]),
    ],
)  # fmt: skip
def test_each_type_takes_its_own_answers_only(question: Question, good: list[Any], bad: list[Any]) -> None:
    assert [one(question, value) for value in good] == [[] for _ in good]
    assert all(one(question, value) for value in bad)
    validator = jsonschema.Draft202012Validator(answers_schema(Item("a.b", "a", "t", questions=(question,))))
    assert all(validator.is_valid({"q": value}) for value in good)


def test_identity_numbers_are_checked_by_their_last_character() -> None:
    assert is_id_card("11010519491231002X")
    assert is_id_card("11010519491231002x")
    assert is_id_card("440524188001010014")
    assert not is_id_card("110105194912310021")
    assert not is_id_card("110105194913310029")
    assert not is_id_card("1101051949123100２X")


@given(st.integers(100000, 899999), st.dates(), st.integers(0, 999))
def test_one_wrong_digit_never_passes_as_an_identity_number(region: int, born: Any, sequence: int) -> None:
    body = f"{region}{born:%Y%m%d}".replace(" ", "0").rjust(14, "0")[:14] + f"{sequence:03d}"
    valid = [body + last for last in "0123456789X" if is_id_card(body + last)]
    assert len(valid) == 1 or born.year < 1000
    for number in valid:
        changed = str((int(number[5]) + 1) % 10)
        assert not is_id_card(number[:5] + changed + number[6:])


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_credit_codes_have_exactly_one_check_character(body: str) -> None:
    valid = [body + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_uscc(body + last)]
    assert len(valid) == 1
    if body[0] in "123456789ANY" and body[1] in "1239" and body[2:8].isdigit():
        assert uscc.calc_check_digit(body) == valid[0][-1]


def test_credit_codes_agree_with_a_known_one() -> None:
    assert is_uscc("91110000600037341L")
    assert is_uscc("91110000600037341l")
    assert not is_uscc("91110000600037341A")
    assert uscc.is_valid("91110000600037341L")


def test_plates_may_be_of_new_energy_vehicles() -> None:
    assert all(map(is_plate, ["鄂A12345", "鄂AD12345", "鄂A12345D", "鄂A·12345", "鄂a1234学"]))
    assert not any(map(is_plate, ["鄂A1234", "XA12345", "鄂I12345", "鄂AO1234"]))


def test_whatever_is_an_identifier_fits_its_pattern_in_the_browser() -> None:
    import re

    samples = {
        "id-card": "11010519491231002X", "uscc": "91110000600037341L", "phone": "+86 13800138000", "plate": "鄂A·12345D",
    }  # fmt: skip
    assert all(re.search(PATTERNS[name], sample) for name, sample in samples.items())


def test_blanks_are_left_out_and_texts_trimmed() -> None:
    raw = {
        "exit": " locked ",
        "people": 40.0,
        "width": "",
        "shot": [],
        "lamp": True,
        "owner_id": "  ",
        "x": None,
    }
    assert normalise_answers(FIRE_EXIT, raw) == {"exit": "locked", "people": 40, "lamp": "yes"}
    assert normalise_answers(FIRE_EXIT, {"shot": 0, "people": 0}) == {"people": 0}


class Posted(dict[str, list[str]]):
    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])


def test_a_posted_form_is_read_with_full_width_digits() -> None:
    form = Posted(
        exit=["blocked"], width=[" １．２ "], people=["４０"], shot=["a.jpg", "b.jpg"], lamp=["na"], x=["1"]
    )
    assert answers_from_form(FIRE_EXIT, form) == {
        "exit": "blocked", "width": 1.2, "people": 40, "shot": ["a.jpg", "b.jpg"], "lamp": "na",
    }  # fmt: skip
    assert answers_from_form(FIRE_EXIT, {"people": "三十", "exit": ""}) == {"people": "三十"}
    assert codes(answers_from_form(FIRE_EXIT, {"people": "三十"}), partial=True) == [("people", "type")]
    assert answers_from_form(COVER, {"finding": ["missing", ""]}) == {"finding": ["missing"]}


def test_a_posted_location_is_two_or_three_numbers() -> None:
    item = Item("a.b", "a", "t", questions=(Question("at", "location", "位置"),))
    assert answers_from_form(item, {"at": "30.5,114.25,12"}) == {
        "at": {"lat": 30.5, "lng": 114.25, "accuracy": 12}
    }
    assert answers_from_form(item, {"at": "somewhere"}) == {"at": "somewhere"}


def test_numbers_that_only_look_like_numbers_stay_texts() -> None:
    assert answers_from_form(FIRE_EXIT, {"width": "1e5000", "people": "1.5"})["people"] == 1.5
    assert codes(answers_from_form(FIRE_EXIT, {"exit": "blocked", "width": "1e5000"}), partial=True) == [
        ("width", "type")
    ]
    for text in ("5²", "①", "1_000", "1e3", "½", "0x10", "1" * 400, "--3"):
        found = answers_from_form(FIRE_EXIT, {"people": text, "exit": "blocked"})
        assert ("people", "type") in codes(found, partial=True), text


def test_numbers_are_read_as_the_keyboards_here_type_them() -> None:
    for text, number in (("４０", 40), ("＋３", 3), ("−3", -3), ("２。５", 2.5), ("．5", 0.5)):
        assert answers_from_form(FIRE_EXIT, {"people": text})["people"] == number


def test_what_an_example_gives_is_answers_and_context() -> None:
    given_ = {"exit": "locked", "place.grade": "strict", "open_cases": 2, "shot": 1}
    assert split_given(FIRE_EXIT, given_) == (
        {"exit": "locked", "shot": 1},
        {"place.grade": "strict", "open_cases": 2},
    )


def test_shown_questions_follow_the_answers() -> None:
    assert shown_questions(RULES, {"exit": "locked"}) == ("exit", "people", "shot", "lamp", "owner_id")
    assert "width" in shown_questions(RULES, {"exit": "blocked"})


def test_a_sheet_that_may_not_be_submitted_gets_a_refused_decision() -> None:
    assert decide_answers(RULES, GOOD).findings
    refused = decide_answers(RULES, {**GOOD, "people": 5000})
    assert (refused.findings, [problem.question for problem in refused.refused]) == ((), ["people"])


def test_private_answers_are_masked() -> None:
    assert masked_answers(FIRE_EXIT, {"people": 3, "owner_id": "1101"}) == {"people": 3, "owner_id": "***"}


@quick(60)
@given(st.data())
def test_schema_check_and_decision_agree(data: st.DataObject) -> None:
    item = data.draw(items())
    rules = compile_rules(item)
    validator = jsonschema.Draft202012Validator(answers_schema(item))
    for _ in range(4):
        answers = normalise_answers(item, data.draw(sheets(item, wrong=True)))
        context = data.draw(contexts())
        kept = submitted_answers(rules, answers, context)
        refused = check_answers(rules, kept, context)
        decision = rules.decide(answers, context)
        assert rules.decide(kept, context) == decision
        if not refused:
            assert validator.is_valid(kept)
            assert not decision.refused
        elif validator.is_valid(kept):
            moments = {q.name for q in item.questions if q.type in ("date", "time")}
            beyond_schema = {
                ("required", False),
                ("must", False),
                ("must", True),
                ("type", True),
                ("required", True),
            }
            assert {(problem.code, problem.question in moments) for problem in refused} <= beyond_schema


def test_a_hidden_question_is_answered_by_nobody() -> None:
    item = Item(
        "a.b", "a", "t",
        questions=(Question("a", "yes_no", "a"), Question("b", "yes_no", "b", when=answered("a", "yes"))),
    )  # fmt: skip
    rules = compile_rules(item)
    assert [r.question for r in check_answers(rules, {"a": "yes"})] == ["b"]
    assert submitted_answers(rules, {"a": "no", "b": "yes"}) == {"a": "no"}


def test_an_answer_dropped_while_it_was_hidden_is_asked_for_when_it_shows_again() -> None:
    questions = (
        Question("kept", "yes_no", "q"),
        Question("first", "text", "q", when=IsBlank(Answer("second"))),
        Question("second", "text", "q", optional=True, when=Compare("=", Answer("kept"), Constant("yes"))),
    )
    rules = compile_rules(Item("a.b", "a", "B", questions=questions))
    refused = check_answers(rules, {"kept": "no", "first": "x", "second": "y"})
    assert [(each.question, each.code) for each in refused] == [("first", "required")]
