"""Conditions and limits back in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import CRITICAL, FIRE_EXIT, RENTAL, answered
from strategies_model import conditions, items, quick

from gewu_dsl.model import (
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Compare,
    Constant,
    Derived,
    Duration,
    Evidence,
    Expression,
    Fact,
    History,
    Includes,
    IsBlank,
    IsHazard,
    Item,
    Negate,
    Not,
    Or,
    PlaceAttribute,
    Question,
)
from gewu_dsl.render import evidence_words, expression_words, limit_words, visit_words, word

NARROW = Compare("<", Answer("width"), Constant(1))
LOCKED = answered("exit", "locked")


@pytest.mark.parametrize(
    ("expression", "english", "chinese"),
    [
        (Compare(">", Answer("people"), Constant(30)), "people > 30", "现场人数 > 30"),
        (And((LOCKED, NARROW)), "exit = locked and width < 1", "疏散通道是否畅通 = 上锁 且 通道净宽 < 1"),
        (
            And((Or((LOCKED, NARROW)), Not(NARROW))),
            "(exit = locked or width < 1) and not width < 1",
            "（疏散通道是否畅通 = 上锁 或 通道净宽 < 1） 且 非 通道净宽 < 1",
        ),
        (Not(And((LOCKED, NARROW))), "not (exit = locked and width < 1)", "非 （疏散通道是否畅通 = 上锁 且 通道净宽 < 1）"),
        (IsBlank(Answer("width")), "width is blank", "通道净宽 未填"),
        (Not(IsBlank(Answer("width"))), "width is answered", "通道净宽 已填"),
        (IsHazard("lamp"), "lamp is hazard", "应急照明灯是否完好 = 否（隐患）"),
        (
            Among(Answer("exit"), (Constant("locked"), Constant("blocked"))),
            "exit in (locked, blocked)",
            "疏散通道是否畅通 属于（上锁、堵塞）",
        ),
        (
            Between(Answer("width"), Constant(0.5), Constant(2)),
            "width between 0.5 and 2",
            "通道净宽 介于 0.5 和 2",
        ),
        (CRITICAL, "severity = critical", "等级 = 重大"),
        (
            Compare("!=", PlaceAttribute("grade"), Constant("barred")),
            "place.grade != barred",
            "管理等级 ≠ 禁租型",
        ),
        (Compare("=", PlaceAttribute("kind"), Constant("rental")), "place.kind = rental", "场所类型 = 出租屋"),
        (Compare(">=", History("cases_in", 30), Constant(2)), "cases_in(30 days) >= 2", "近 30 天案件数 ≥ 2"),
        (Compare("=", Fact("finding"), Constant("locked")), "finding = locked", "情形 = 疏散通道上锁"),
        (Includes(Answer("finding"), Constant("missing")), "finding includes missing", "finding 包含 missing"),
        (
            Compare(">", Arithmetic("*", Arithmetic("-", Answer("people"), Constant(1)), Negate(Derived("crowd"))), Constant(2.0)),
            "(people - 1) * -crowd > 2",
            "（现场人数 - 1） * -crowd > 2",
        ),
        (
            Compare("<", Arithmetic("-", Constant(1), Arithmetic("-", Constant(2), Constant(3))), Constant(1)),
            "1 - (2 - 3) < 1",
            "1 - （2 - 3） < 1",
        ),
    ],
)  # fmt: skip
def test_conditions_read_as_they_are_written(expression: Expression, english: str, chinese: str) -> None:
    assert expression_words(expression, FIRE_EXIT, "en") == english
    assert expression_words(expression, FIRE_EXIT, "zh", [RENTAL]) == chinese


def test_a_text_stands_in_quotes_and_a_date_does_not() -> None:
    item = Item("a.b", "a", "t", questions=(Question("who", "text", "谁"), Question("day", "date", "哪天")))
    assert expression_words(Compare("=", Answer("who"), Constant("甲")), item) == 'who = "甲"'
    assert expression_words(Compare("=", Answer("day"), Constant("2026-01-31")), item) == "day = 2026-01-31"


@quick(40)
@given(st.data())
def test_different_conditions_never_read_the_same_by_a_missing_bracket(data: st.DataObject) -> None:
    item = data.draw(items())
    condition = data.draw(conditions(item.questions, item.lets))
    words = expression_words(condition, item)
    assert words.count("(") == words.count(")")
    assert expression_words(condition, item, "zh")
    negated = expression_words(Not(condition), item)
    assert negated.startswith("not ") or negated.endswith(" is answered")
    if isinstance(condition, And | Or):
        assert negated == f"not ({words})"


@pytest.mark.parametrize(
    ("limit", "chinese", "english"),
    [
        (Duration("workdays", 3), "3 个工作日", "3 workdays"),
        (Duration("hours", 2), "2 紧急工作时", "2 hours"),
        (Duration("work_hours", 4), "4 工作时", "4 work hours"),
        (Duration("minutes", 15), "15 分钟", "15 minutes"),
        (Duration("days", 1), "1 个自然日", "1 day"),
        (Duration("by", at="18:00", day="today"), "当日 18:00 前", "by 18:00 today"),
        (Duration("by", at="18:00", day="next_workday"), "下一工作日 18:00 前", "by 18:00 next workday"),
        (Duration("by", 2, "09:00", "after_workdays"), "2 个工作日后 09:00 前", "by 09:00 after 2 workdays"),
    ],
)
def test_limits_read_as_standards_write_them(limit: Duration, chinese: str, english: str) -> None:
    assert (limit_words(limit), limit_words(limit, "en")) == (chinese, english)


def test_evidence_visits_and_single_words() -> None:
    assert evidence_words(Evidence("signature", 2, "worker")) == "网格员签名 2 个"
    assert evidence_words(Evidence("signature", 2, "worker"), "en") == "2 signatures by worker"
    assert evidence_words(Evidence("photo")) == "照片 1 张"
    assert (visit_words(2, "month"), visit_words(2, "month", "en")) == ("每月 2 次", "2 a month")
    assert (word("critical"), word("critical", "en"), word("other")) == ("重大", "critical", "other")
