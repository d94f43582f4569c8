"""Tables as departments make them: several on a sheet, names in two rows, 同上, 合计, line breaks, hidden columns."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl
import pytest
from spreadsheet_help import compiled, csv_of, handle, imported, kinds, saved, xlsx

from gewu_item_catalog.spreadsheets.importing import Imported

HEADER = ["小类名称", "立案条件", "处置时限", "责任部门"]


def whole(result: Imported) -> str:
    return "".join(result.files.values())


def titles(result: Imported) -> list[str]:
    return [finding.title for each in compiled(result).items for finding in each.item.findings]


# Several tables


def test_two_tables_below_each_other_are_both_read_each_by_its_own_header() -> None:
    result = imported(
        csv_of(
            [
                ["表1 市政"],
                ["事项", "立案条件", "处置时限", "责任部门"],
                ["路面", "坑洼", "3工作日", "市政中心"],
                ["路面", "塌陷", "2工作时", "市政中心"],
                [],
                ["表2 园林"],
                ["序号", "事项", "立案情形", "责任单位", "整改期限", "法律依据"],
                ["1", "绿地", "黄土裸露", "园林中心", "7工作日", "《条例》第10条"],
            ]
        )
    )
    assert dict(result.rows) == {"heading": 4, "landed": 3}
    assert titles(result) == ["坑洼", "塌陷", "黄土裸露"]
    assert handle(compiled(result).items[1].item.findings[0]) == ["7 workdays"]


def test_two_checklists_on_one_sheet_are_two_items_with_their_titles() -> None:
    header = ["序号", "检查内容", "隐患答案", "整改时限"]
    result = imported(
        csv_of(
            [
                ["用电检查"], header, ["1", "线路是否完好", "否", "1工作日"],
                ["用气检查"], [*header, "依据"], ["1", "软管是否完好", "否", "2工作日", "《条例》"],
            ]
        )
    )  # fmt: skip
    assert [each.item.title for each in compiled(result).items] == ["用电检查", "用气检查"]


def test_a_table_beside_another_is_told_and_its_words_are_kept() -> None:
    result = imported(
        csv_of(
            [[*HEADER, "", *HEADER], ["路灯", "不亮", "3工作日", "甲", "", "护栏", "缺损", "5工作日", "乙"]]
        )
    )
    assert ("left_out", "column_twice") in [(note.weight, note.kind) for note in result.notes]
    assert "# 立案条件：缺损" in whole(result)


def test_data_above_the_first_header_is_no_title() -> None:
    result = imported(csv_of([["路灯", "不亮", "3工作日"], HEADER, ["井盖", "破损", "1工作日", "市政中心"]]))
    assert kinds(result, "left_out") == [(1, "above_header")]


def test_a_header_on_the_next_page_goes_on_with_the_item_above() -> None:
    body = [["井盖", "破损", "1工作日", "甲"], HEADER, ["", "缺失", "1工作日", "甲"]]
    made = compiled(imported(csv_of([HEADER, *body])))
    assert [len(each.item.findings) for each in made.items] == [2]


# Names in two rows


@pytest.mark.parametrize("merged", [["D1:F1", "G1:H1", "A1:A2", "B1:B2", "C1:C2"], []])
def test_the_second_row_of_a_header_divides_limits_and_offices(merged: Sequence[str]) -> None:
    rows = [
        ["序号", "问题类型", "问题描述", "办理时限", None, None, "责任部门", None],
        [None, None, None, "一般", "较大", "重大", "牵头单位", "配合单位"],
        [1, "电梯", "困人", "3工作时", "2工作时", "1工作时", "监管局", "住建局；救援队"],
    ]
    result = imported(xlsx(rows, merged))
    [finding] = compiled(result).items[0].item.findings
    assert handle(finding) == ["1 work hour", "2 work hours", "3 work hours"]
    assert (finding.route[0].value.handlers, len(finding.assisting)) == (("parks.监管局",), 2)
    assert dict(result.rows) == {"heading": 2, "landed": 1}


def test_limits_by_day_and_night_are_not_taken_for_rows() -> None:
    rows = [
        ["小类名称", "立案条件", "处置时限", None, "责任部门"],
        [None, None, "白天", "夜间", None],
        ["井盖", "破损", "2工作时", "4工作时", "甲局"],
    ]
    result = imported(xlsx(rows))
    assert dict(result.rows) == {"heading": 2, "landed": 1}
    assert (1, "column_twice") in kinds(result, "look")
    assert "# 处置时限（夜间）：4工作时" in whole(result)


def test_a_row_without_a_filing_condition_waits_as_a_comment() -> None:
    result = imported(csv_of([HEADER, ["井盖", "", "2工作时", "甲局"]]))
    assert kinds(result, "left_out") == [(2, "no_finding")]
    assert "# 待定 第 2 行" in whole(result)


def test_a_merged_name_over_two_columns_that_nobody_knows_is_a_header_still() -> None:
    rows = [
        ["序号", "检查内容", "检查情况", None, "整改期限"],
        [None, None, "是", "否", None],
        [1, "灯是否亮", None, "√", "1工作日"],
    ]
    result = imported(xlsx(rows, ["A1:A2", "B1:B2", "C1:D1", "E1:E2"]))
    assert dict(result.rows) == {"heading": 2, "landed": 1}
    assert "# 检查情况（否）：√" in whole(result)


@pytest.mark.parametrize("cell", ["4", "２～4"])
def test_a_unit_in_the_header_goes_with_numbers_and_ranges(cell: str) -> None:
    header = ["小类名称", "立案条件", "处置时限\n（单位：工作时）", "责任部门"]
    made = compiled(imported(xlsx([header, ["井盖", "破损", cell, "甲局"]])))
    assert handle(made.items[0].item.findings[0]) == ["4 work hours"]


def test_a_column_of_units_beside_the_limit_is_read_with_it() -> None:
    header = ["事件名称", "立案情形", "时限", "单位", "责任主体"]
    result = imported(
        csv_of(
            [header, ["垃圾", "积存", "2", "小时（紧急）", "环卫"], ["垃圾", "渣土", "1", "工作日", "环卫"]]
        )
    )
    assert [handle(each) for each in compiled(result).items[0].item.findings] == [["2 hours"], ["1 workday"]]
    assert "原文时限" not in whole(result)


# Cells


def test_same_as_above_says_what_the_row_before_says() -> None:
    body = [
        ["井盖", "破损", "1工作日", "市政中心"],
        ["箅子", "堵塞", "同上", "同上"],
        ["护栏", "缺损", "〃", "〃"],
    ]
    result = imported(csv_of([HEADER, *body]))
    findings = [each.item.findings[0] for each in compiled(result).items]
    assert [handle(each) for each in findings] == [["1 workday"]] * 3
    assert {each.route[0].value.handlers for each in findings} == {("parks.市政中心",)}
    assert kinds(result, "info").count((3, "above")) == 2


def test_same_as_above_below_nothing_is_told() -> None:
    result = imported(csv_of([HEADER, ["井盖", "破损", "1工作日", "同上"]]))
    assert (2, "above") in kinds(result, "look")
    assert "同上" not in whole(result)


@pytest.mark.parametrize(
    ("cell", "offices"),
    [("市政中心\n园林中心", ("市政中心", "园林中心")), ("城市管理\n综合执法局", ("城市管理综合执法局",))],
)
def test_line_breaks_part_offices_but_not_the_name_of_one(cell: str, offices: tuple[str, ...]) -> None:
    made = compiled(imported(xlsx([HEADER, ["井盖", "破损", "1工作日", cell]])))
    assert tuple(office.title for office in made.departments[0].offices) == offices


def test_each_line_and_each_column_of_laws_is_one() -> None:
    header = [*HEADER, "法律依据1", "法律依据2"]
    row = ["井盖", "破损", "1工作日", "甲局", "《条例》第1条\n第2款\nGB 50028", "《办法》第3条；《规定》"]
    item = compiled(imported(xlsx([header, row]))).items[0].item
    assert list(item.basis) == ["《条例》第1条第2款", "GB 50028", "《办法》第3条", "《规定》"]


def test_totals_are_no_items() -> None:
    body = [["井盖", "破损", "1工作日", "甲局"], ["小计", "1", "", ""], ["", "合 计", "1项", ""]]
    result = imported(csv_of([HEADER, *body]))
    assert dict(result.rows) == {"heading": 3, "landed": 1}
    assert kinds(result, "info")[-2:] == [(3, "total"), (4, "total")]


def test_a_footnote_stands_above_the_items_until_it_is_decided() -> None:
    note = "注：表中小时均指紧急工作时。"
    result = imported(csv_of([HEADER, ["井盖", "破损", "1工作日", "甲局"], [note, "", "", ""]]))
    assert kinds(result, "left_out") == [(3, "remark")]
    assert f"# 第 3 行：{note}" in whole(result)


def test_columns_nobody_knows_and_columns_without_a_header_are_kept_as_comments() -> None:
    result = imported(csv_of([[*HEADER, "经费"], ["井盖", "破损", "1工作日", "甲局", "3万元", "多的"]]))
    assert "# 经费：3万元" in whole(result)
    assert "# F 列：多的" in whole(result)
    assert kinds(result, "look") == [(1, "unused_column")] * 2


def test_what_is_not_collected_is_to_be_looked_at() -> None:
    result = imported(
        csv_of([[*HEADER, "采集规则"], ["井盖", "破损", "1工作日", "甲局", "不采集：私人院内"]])
    )
    assert (2, "exclusion") in kinds(result, "look")
    assert "# 采集规则：不采集：私人院内" in whole(result)


def test_a_number_that_became_a_date_is_to_be_looked_at() -> None:
    header = ["代码", *HEADER]
    result = imported(csv_of([header, ["2024-02-01", "井盖", "破损", "1工作日", "甲局"]]))
    assert (2, "date") in kinds(result, "look")


def test_an_office_above_itself_is_left_out_with_a_word() -> None:
    result = imported(csv_of([[*HEADER, "主管部门"], ["井盖", "破损", "1工作日", "甲局", "甲局"]]))
    assert (2, "office_same") in kinds(result, "info")
    assert compiled(result).items[0].item.findings[0].supervising is None


def test_limits_that_are_alike_for_the_rest_are_one_branch() -> None:
    header = ["小类名称", "立案条件", "处置时限（A类）", "处置时限（B类）", "处置时限（C类）", "责任部门"]
    made = compiled(imported(csv_of([header, ["井盖", "破损", "1工作日", "2工作日", "2工作日", "甲局"]])))
    assert made.diagnostics == ()
    assert handle(made.items[0].item.findings[0]) == ["1 workday", "2 workdays"]


# Sheets


def test_a_sheet_of_contents_is_not_read_and_hidden_columns_are_told() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx([HEADER, ["井盖", "破损", "1工作日", "甲局"]])))
    workbook["标准"].column_dimensions["D"].hidden = True
    contents = workbook.create_sheet("目  录", 0)
    contents.append(["序号", "名称"])
    contents.append([1, "标准"])
    result = imported(saved(workbook))
    assert dict(result.rows) == {"heading": 3, "landed": 1}
    assert [(note.kind, note.weight, note.column) for note in result.notes[:2]] == [
        ("no_standard", "look", ""), ("hidden", "info", "D"),
    ]  # fmt: skip


def test_a_table_on_its_side_is_told_as_such() -> None:
    [note] = imported(
        csv_of([["事项名称", "井盖"], ["立案条件", "缺失"], ["处置时限", "1天"], ["责任部门", "甲"]])
    ).notes
    assert "横排" in note.message.zh


# Checklists as they are printed


def test_boxes_are_answers_and_a_line_to_write_on_is_a_text() -> None:
    header = ["序号", "检查内容", "检查结果", "整改时限"]
    asked = ["☑是 □否", "□合格 □不合格 □不适用", "□正常 □异常 □未安装", "____", "□是 □否", "□红 □黄 □蓝"]
    checks = ["证照是否齐全", "灭火器", "报警器", "用气量", "是否堆放杂物", "灯色"]
    body = [[str(number), *row, "1工作日"] for number, row in enumerate(zip(checks, asked, strict=True), 1)]
    result = imported(csv_of([header, *body]))
    item = compiled(result).items[0].item
    assert [(question.type, question.hazard) for question in item.questions] == [
        ("check", "no"), ("check", "no"), ("one_of", None), ("text", None), ("check", "yes"), ("one_of", None),
    ]  # fmt: skip
    titled = {finding.title for finding in item.findings}
    assert titled == {"证照是否齐全", "灭火器", "报警器", "是否堆放杂物"}
    assert kinds(result, "look").count((3, "check_unread")) == 0


def test_a_check_that_is_there_twice_is_asked_once() -> None:
    header = ["序号", "检查内容", "隐患答案", "整改时限"]
    result = imported(
        csv_of([header, ["1", "灯是否亮", "否", "1工作日"], ["2", "灯是否亮", "否", "1工作日"]])
    )
    assert dict(result.rows) == {"heading": 1, "landed": 1, "repeated": 1}
    assert len(compiled(result).items[0].item.questions) == 1
