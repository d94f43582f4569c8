"""Conditions as XPath: what is printed, beside what `tests/test_executors.py` has engines compute."""

from __future__ import annotations

import pytest

from gewu_dsl.emit.xform_nodes import Nodes
from gewu_dsl.emit.xpath import FALSE, At, Printer, literal
from gewu_dsl.model import (
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Choice,
    Compare,
    Constant,
    Derived,
    Expression,
    Fact,
    History,
    Includes,
    IsBlank,
    IsHazard,
    Item,
    Let,
    Not,
    Or,
    PlaceAttribute,
    Question,
)

ITEM = Item(
    "fire.exit",
    "fire",
    "疏散通道",
    questions=(
        Question("exit", "one_of", "出口", (Choice("clear", "畅通"), Choice("locked", "上锁"))),
        Question("宽", "decimal", "净宽"),
        Question("people", "integer", "人数"),
        Question("uses", "any_of", "用途", (Choice("shop", "店"), Choice("home", "家"))),
        Question("shot", "photo", "照片"),
        Question("lamp", "check", "应急灯", hazard="no"),
        Question("since", "date", "日期"),
        Question("at", "time", "时刻"),
    ),
    lets=(
        Let("load", Arithmetic("/", Answer("people"), Answer("宽"))),
        Let("tight", Compare(">", Derived("load"), Constant(4))),
        Let("wide", Answer("宽")),
    ),
)
SUM = "(/data/people + 10000000000000000)"
LOAD = "(/data/people div /data/q2)"


def compared(operator: str, left: Expression, right: int | float | str) -> Expression:
    return Compare(operator, left, Constant(right))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "true", "false"),
    [
        (compared("=", Answer("exit"), "locked"), "/data/exit = 'locked'", "/data/exit != '' and /data/exit != 'locked'"),
        (compared(">", Answer("people"), 30), "/data/people > 30", "/data/people <= 30"),
        (compared("=", Derived("wide"), 0.3), "/data/q2 <= 0.3 and /data/q2 >= 0.3", "(/data/q2 < 0.3 or /data/q2 > 0.3)"),
        (Between(Answer("people"), Constant(-1), Constant(5)), "/data/people >= (-1) and /data/people <= 5",
         "(/data/people < (-1) or /data/people > 5)"),
        (Includes(Answer("uses"), Constant("shop")), "selected(/data/uses, 'shop')",
         "/data/uses != '' and not(selected(/data/uses, 'shop'))"),
        (compared(">=", Answer("shot"), 2), "/data/shot/count >= 2", "/data/shot/count < 2"),
        (IsHazard("lamp"), "/data/lamp = 'no'", "/data/lamp != '' and /data/lamp != 'no'"),
        (compared("<", Answer("since"), "2026-02-01"), "number(translate(/data/since, '-', '')) < 20260201",
         "number(translate(/data/since, '-', '')) >= 20260201"),
        (compared(">=", Answer("at"), "18:30"), "round(decimal-time(/data/at) * 1440) >= 1110",
         "round(decimal-time(/data/at) * 1440) < 1110"),
        (Among(Answer("exit"), (Constant("clear"), Constant("locked"))),
         "(/data/exit = 'clear' or /data/exit = 'locked')",
         "/data/exit != '' and not((/data/exit = 'clear' or /data/exit = 'locked'))"),
        (IsBlank(Answer("exit")), "/data/exit = ''", "/data/exit != ''"),
        (Not(Or((IsBlank(Answer("uses")), IsBlank(Answer("at"))))), "/data/uses != '' and /data/at != ''",
         "(/data/uses = '' or /data/at = '')"),
        (compared("=", PlaceAttribute("等级"), 3), "/data/context/place_1_number <= 3 and /data/context/place_1_number >= 3",
         "(/data/context/place_1_number < 3 or /data/context/place_1_number > 3)"),
        (compared("=", Fact("area.class"), "A"), "/data/context/area_class = 'A'",
         "/data/context/area_class != '' and /data/context/area_class != 'A'"),
        (compared(">", History("cases_in", 30), 0), "/data/context/cases_in_30 > 0", "/data/context/cases_in_30 <= 0"),
        (compared("=", Fact("severity"), "major"), "false()", "false()"),
        (compared(">", Derived("load"), 4), "/data/derived/load > 4", "/data/derived/load <= 4"),
        (Derived("tight"), "/data/derived/tight = 'true'", "/data/derived/tight = 'false'"),
        (compared("<", Arithmetic("+", Answer("people"), Constant(1e16)), 2), f"{SUM} * 0 = 0 and {SUM} < 2",
         f"{SUM} * 0 = 0 and {SUM} >= 2"),
        (And((Constant(True), compared("=", Answer("exit"), "clear"))), "/data/exit = 'clear'",
         "/data/exit != '' and /data/exit != 'clear'"),
    ],
    ids=str,
)  # fmt: skip
def test_a_condition_is_printed_as_when_it_holds_and_when_it_fails(
    condition: Expression, true: str, false: str
) -> None:
    printer = Printer(ITEM, Nodes(ITEM))
    assert printer.certainly_true(condition) == true
    assert printer.certainly_false(condition) == false


def test_lets_that_compute_are_nodes_and_blank_where_they_are_not_finite() -> None:
    printer = Printer(ITEM, Nodes(ITEM))
    assert [printer.let(let.value) for let in ITEM.lets] == [
        f"if({LOAD} * 0 = 0, {LOAD}, '')",
        "if(/data/derived/load > 4, 'true', if(/data/derived/load <= 4, 'false', ''))",
        None,
    ]


def test_a_constraint_reads_its_own_answer_as_it_is_being_given() -> None:
    printer = Printer(ITEM, Nodes(ITEM))
    own = At(own="people")
    assert printer.certainly_true(compared(">", Derived("load"), 4), own) == (
        "(. div /data/q2) * 0 = 0 and (. div /data/q2) > 4"
    )
    assert printer.certainly_true(IsBlank(Answer("people")), own) == FALSE


def test_a_later_question_that_is_blank_holds_nothing_up_and_one_that_is_answered_does() -> None:
    printer = Printer(ITEM, Nodes(ITEM))
    early = At(own="people", later=frozenset({"lamp"}))
    both_asked = Or((Not(IsBlank(Answer("lamp"))), compared("<", Answer("people"), 9)))
    assert printer.certainly_false(both_asked) == "/data/lamp = '' and /data/people >= 9"
    assert printer.certainly_false(both_asked, early) == FALSE
    one_asked = Or((IsBlank(Answer("lamp")), compared("<", Answer("people"), 9)))
    assert printer.certainly_false(one_asked, early) == "/data/lamp != '' and . >= 9"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("锁", "'锁'"),
        ("it's", '"it\'s"'),
        ("""it's "x\"""", """concat('it', "'", 's "x"')"""),
    ],
)
def test_a_text_is_quoted_without_escapes(text: str, quoted: str) -> None:
    assert literal(text) == quoted
