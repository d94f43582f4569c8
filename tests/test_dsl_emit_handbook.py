"""The printed standard of an item."""

from __future__ import annotations

import re

from hypothesis import given
from items_by_hand import COVER, FIRE, FIRE_EXIT, RENTAL
from strategies_model import items, quick

from gewu_dsl.emit.handbook import handbook_html
from gewu_dsl.model import Item

FINDINGS_HEAD = ["立案条件", "等级", "处置时限", "责任机构", "协办 / 主管", "结案条件"]
QUESTIONS_HEAD = ["检查内容", "填写", "何时填写"]
SHEET = handbook_html(FIRE_EXIT, FIRE, places=[RENTAL])


def test_the_sheet_says_what_a_printed_standard_says() -> None:
    for words in (
        "消防救援大队", "疏散通道堵塞、锁闭", "XF-003", "《消防法》第二十八条", "出租屋", "每月 1 次（管理等级 = 宽管型）",
        "立案条件", "处置时限", "责任机构", "结案条件", "疏散通道上锁", "重大（现场人数 &gt; 30）", "2 紧急工作时（等级 = 重大）",
        "1 个工作日（其他情形）", "区消防救援大队", "镇街消防所，否则 县级", "主管 属地镇街", "通道恢复畅通", "网格员签名 2 个",
        "当场整改 30 分钟", "清理 4 紧急工作时", "净宽小于 0.3 米请核对单位", "已停租",
    ):  # fmt: skip
        assert words in SHEET


def test_every_cell_tells_its_column_where_the_head_is_not_shown() -> None:
    for row in re.findall(r"<tr>(<td.*?)</tr>", SHEET):
        told = re.findall(r'<td data-column="([^"]+)">', row)
        assert told in (FINDINGS_HEAD, QUESTIONS_HEAD)
        assert len(told) == row.count("<td")


def test_the_english_sheet_has_no_chinese_of_its_own() -> None:
    item = Item("a.b", "a", "A title", findings=COVER.findings[:0])
    text = handbook_html(item, FIRE, "en")
    assert 'lang="en"' in text
    assert "Filing condition" in text
    assert "立案" not in text


def test_picked_findings_are_rows_not_a_question() -> None:
    text = handbook_html(COVER, FIRE)
    assert "由网格员选定" in text
    assert "破损" in text
    assert text.count("<table>") == 2
    assert "井盖标识须拍清" in text


def test_what_an_author_writes_is_escaped() -> None:
    assert "<b>" not in handbook_html(Item("a.b", "a", "<b>", number="<b>", basis=("<b>",)), FIRE)


@quick(30)
@given(items())
def test_any_item_can_be_printed_in_both_languages(item: Item) -> None:
    for language in ("zh", "en"):
        text = handbook_html(item, FIRE, language)
        assert text.count("<tr>") == text.count("</tr>")
        assert all(finding.title in text for finding in item.findings)
