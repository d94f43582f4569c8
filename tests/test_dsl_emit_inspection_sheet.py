"""The printed form of an item, filled in by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from items_by_hand import COVER, FIRE, FIRE_EXIT, RENTAL
from strategies_model import items, quick

from gewu_dsl.emit.inspection_sheet import BOX, inspection_sheet_html
from gewu_dsl.model import Choice, Item, Question

SHEET = inspection_sheet_html(FIRE_EXIT, FIRE, places=[RENTAL])


def row_of(page: str, label: str) -> str:
    """The text of the row that asks this."""
    (row,) = (each for each in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{label}<" in each)
    return " ".join(re.sub(r"<[^>]*>", " ", row).split())


def test_it_has_a_head_to_fill_in_and_places_to_sign() -> None:
    for words in (
        "消防救援大队", "疏散通道堵塞、锁闭 · 检查表", "XF-003", "《消防法》第二十八条", "检查对象（出租屋", "网格", "检查人", "日期",
        "处理意见", "检查人签名", "被检查单位（场所）负责人签名",
    ):  # fmt: skip
        assert words in SHEET


def test_a_check_has_three_boxes_and_a_yes_no_question_two() -> None:
    asked = Item(
        "a.b", "a", "A", questions=(Question("c", "check", "灯", hazard="no"), Question("y", "yes_no", "门"))
    )
    page = inspection_sheet_html(asked, FIRE)
    assert row_of(page, "灯") == f"1 灯 答“否”为隐患 {BOX} {BOX} {BOX}"
    assert row_of(page, "门") == f"2 门 {BOX} {BOX} —"


def test_a_question_says_when_it_is_asked_its_unit_and_its_bounds() -> None:
    assert row_of(SHEET, "通道净宽") == "2 通道净宽 仅当 疏散通道是否畅通 = 堵塞 时填写 m（0 至 10）"
    assert f"{BOX} 畅通 {BOX} 堵塞 {BOX} 上锁" in row_of(SHEET, "疏散通道是否畅通")
    assert "净宽小于 0.3 米请核对单位" in SHEET


def test_findings_that_are_picked_are_boxes() -> None:
    page = inspection_sheet_html(COVER, FIRE)
    labels = [choice.label for choice in COVER.question("finding").choices]
    assert " ".join(f"{BOX} {label}" for label in labels) in row_of(page, "发现的情形")


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("photo", "照片编号 （至少 2 张）"), ("signature", "签名（至少 2 个）"), ("date", "年 月 日"), ("time", "时 分"),
        ("location", "经度 纬度"), ("text", ""), ("any_of", f"{BOX} 甲 {BOX} 乙 可多选"),
    ],
)  # fmt: skip
def test_every_type_has_room_for_its_answer(type_: str, expected: str) -> None:
    choices = (Choice("a", "甲"), Choice("b", "乙")) if type_ == "any_of" else ()
    least = 2 if type_ in ("photo", "signature") else None
    question = Question("q", type_, "问", choices, at_least=least)  # type: ignore[arg-type]
    page = inspection_sheet_html(Item("a.b", "a", "A", questions=(question,)), FIRE)
    assert row_of(page, "问") == f"1 问 {expected}".strip()


def test_rows_are_not_torn_apart_and_heads_repeat() -> None:
    for rule in (
        "tr { break-inside: avoid; }",
        "table-header-group",
        "margin: 16mm",
        "counter(pages)",
        "line-break: strict",
    ):
        assert rule in SHEET


@quick(30)
@given(items())
def test_any_item_can_be_printed_in_both_languages(item: Item) -> None:
    for language in ("zh", "en"):
        page = inspection_sheet_html(item, FIRE, language)
        assert page.count("<tr") == page.count("</tr>")
        assert len(re.findall(r'<td class="row">', page)) == len(item.questions)


def test_what_an_author_writes_is_escaped() -> None:
    item = Item(
        "a.b", "a", "<b>", number="<b>", basis=("<b>",), questions=(Question("q", "text", "<b>", hint="<b>"),)
    )
    assert "<b>" not in inspection_sheet_html(item, FIRE)
