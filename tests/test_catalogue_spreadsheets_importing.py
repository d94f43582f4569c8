"""Standards become items row by row; whatever does not is told, and what is written always compiles."""

from __future__ import annotations

import io
from collections import Counter

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spreadsheet_help import STANDARDS, TOLD, compiled, csv_of, handle, imported, kinds, saved, xlsx

from gewu_dsl import model, tree
from gewu_dsl.format import format_tree
from gewu_dsl.parse import parse
from gewu_item_catalog.spreadsheets.importing import DEPARTMENT_FILE, Existing, Imported
from gewu_item_catalog.spreadsheets.limits import Habits
from gewu_item_catalog.spreadsheets.notes import KINDS
from gewu_item_catalog.spreadsheets.offices import is_blank
from gewu_item_catalog.spreadsheets.tables import clean

HEADER = ["小类名称", "立案条件", "处置时限", "结案条件", "责任部门"]
COVER = ["井盖", "破损", "1工作日", "修复", "市政中心"]
DAY = model.Duration("workdays", 1)


@pytest.fixture(scope="module")
def facilities() -> Imported:
    return imported((STANDARDS / "street_facilities.csv").read_bytes(), Habits())


@pytest.fixture(scope="module")
def checklist() -> Imported:
    return imported((STANDARDS / "shop_checklist.csv").read_bytes())


def finding_of(result: Imported, item: str, name: str) -> model.Finding:
    return compiled(result).item(f"parks.{item}").item.finding(name)


def rows(*cells: list[str], header: list[str] = HEADER) -> Imported:
    return imported(csv_of([header, *cells]))


# A whole standard


def test_every_row_of_a_standard_is_accounted_for(facilities: Imported) -> None:
    assert dict(facilities.rows) == {"heading": 3, "landed": 13, "repeated": 1, "left_out": 5}
    assert (facilities.items, facilities.findings) == (6, 13)
    assert set(kinds(facilities, "left_out")) == {
        (8, "limit_ambiguous"), (9, "limit_ambiguous"), (17, "limit_unread"), (22, "no_finding"), (23, "remark"),
    }  # fmt: skip


def test_a_row_says_limit_office_severity_and_closing(facilities: Imported) -> None:
    lost = finding_of(facilities, "上水井盖", "缺失")
    assert lost.title == "缺失、移位或开裂，有安全隐患"
    assert handle(lost) == ["2 hours"]
    assert lost.severity == (model.Branch("major"),)
    assert lost.route == (model.Branch(model.Route(("parks.供水中心",))),)
    assert (lost.assisting, lost.supervising) == (("owner",), "parks.城市管理局")
    assert lost.closing == model.Closing("恢复")
    assert lost.picked


def test_items_of_a_category_share_a_file_and_a_department_is_written_beside_them(
    facilities: Imported,
) -> None:
    assert list(facilities.files) == [DEPARTMENT_FILE, "公用设施.gewu", "街面秩序.gewu"]
    [department] = compiled(facilities).departments
    assert department.title == "公园管理中心"
    assert {office.title for office in department.offices} >= {
        "供水中心",
        "排水中心",
        "城市管理局",
        "执法中队",
    }
    assert "水务局" in facilities.files[DEPARTMENT_FILE]


def test_files_are_laid_out_as_the_formatter_does_and_have_no_warning(
    facilities: Imported, checklist: Imported
) -> None:
    for result in (facilities, checklist):
        assert [each.render() for each in compiled(result).diagnostics] == []
        for text in result.files.values():
            assert format_tree(parse(text).tree) == text


def test_every_finding_names_the_row_it_was_made_of(facilities: Imported) -> None:
    text = facilities.files["公用设施.gewu"]
    assert "情形 缺失 “缺失、移位或开裂，有安全隐患”  # 第 3 行" in text
    assert "# 备注" not in text  # its row waits, and there it stands
    assert "# 待定 第 9 行：“天”没有说是工作日还是自然日" in text
    assert "处置时限“1天” 结案条件“疏通” 责任部门“排水中心”" in text


def test_a_waiting_row_lands_once_its_words_are_explained() -> None:
    told = Habits("urgent", "natural", tree.Duration(10, "minutes"))
    result = imported((STANDARDS / "street_facilities.csv").read_bytes(), told)
    assert [row for row, _ in kinds(result, "left_out")] == [22, 23]
    assert handle(finding_of(result, "雨水箅子", "破损面积超过25cm")) == ["4 hours"]
    assert handle(finding_of(result, "雨水箅子", "堵塞面积达1_3以上")) == ["1 day"]
    assert handle(finding_of(result, "占道经营", "占用消防通道经营")) == ["10 minutes"]


def test_limits_by_level_ask_the_worker_which_level(facilities: Imported) -> None:
    piled = finding_of(facilities, "乱堆物料", "占道堆放")
    assert handle(piled) == ["1 workday", "3 workdays"]
    assert [branch.value for branch in piled.severity] == ["critical", "minor"]
    assert compiled(facilities).item("parks.乱堆物料").item.question("占道堆放级别").when is not None


def test_limits_by_area_class_become_branches(facilities: Imported) -> None:
    assert handle(finding_of(facilities, "乱堆物料", "占道堆放2")) == [
        "1 workday",
        "2 workdays",
        "3 workdays",
    ]


def test_what_looks_wrong_is_pointed_at(facilities: Imported) -> None:
    assert set(kinds(facilities, "look")) == {
        (6, "dragged"), (10, "dragged"), (13, "dragged"), (14, "limit_conflict"), (18, "limit_level"),
        (19, "limit_class"), (20, "duplicate"), (21, "limit_range"), (21, "office_missing"), (21, "level_unread"),
    }  # fmt: skip


def test_a_row_that_names_no_item_belongs_to_the_one_above(facilities: Imported) -> None:
    assert [row for row, kind in kinds(facilities, "info") if kind == "above"] == [4, 5, 6, 8, 9, 10]
    assert len(compiled(facilities).item("parks.上水井盖").item.findings) == 4


# Tables of many shapes


def test_merged_cells_and_titles_are_read_as_people_read_them() -> None:
    data = xlsx(
        [["街道标准"], ["大类", *HEADER], ["设施", *COVER], [None, None, "缺失", "2紧急工作时", None, None]],
        ["A1:F1", "A3:A4", "B3:B4", "E3:E4", "F3:F4"],
    )
    result = imported(data)
    assert dict(result.rows) == {"heading": 2, "landed": 2}
    lost = finding_of(result, "井盖", "缺失")
    assert (handle(lost), lost.closing) == (["2 hours"], model.Closing("修复"))
    assert list(result.files) == [DEPARTMENT_FILE, "设施.gewu"]


def test_a_code_stored_as_a_number_keeps_its_zeros() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["代码", *HEADER])
    workbook.active.append([101, *COVER])
    workbook.active["A2"].number_format = "0000"
    assert compiled(imported(saved(workbook))).items[0].item.number == "0101"


def test_amount_and_unit_may_stand_in_columns_of_their_own_and_win_over_the_text() -> None:
    header = ["item_name", "filing_condition", "limit_value", "limit_unit", "limit_text", "closing_condition"]
    result = rows(
        ["井盖", "破损", "1", "工作日", "1天", "修复"],
        ["井盖", "缺失", "2", "工作日", "3天", "修复"],
        ["井盖", "沉降", "0.5", "自然日", "half a day", "修复"],
        header=header,
    )
    assert [handle(each) for each in compiled(result).items[0].item.findings] == [
        ["1 workday"],
        ["2 workdays"],
        ["12 hours"],
    ]
    assert [pair for pair in kinds(result, "look") if pair[1] != "office_missing"] == [(3, "limit_differs")]


def test_a_unit_in_the_header_is_that_of_bare_numbers() -> None:
    header = ["部件名称", "立案条件", "处置时限（工作日）", "结案标准", "责任单位"]
    result = rows(["井盖", "破损", "3", "修复", "市政中心"], header=header)
    assert handle(finding_of(result, "井盖", "破损")) == ["3 workdays"]


def test_a_header_of_two_rows_gives_limits_by_class() -> None:
    data = xlsx(
        [
            ["名称", "立案条件", "处置时限", None, None, "责任部门"],
            [None, None, "A类", "B类", "C类", None],
            ["井盖", "破损", "1工作日", "2工作日", "3工作日", "市政中心"],
        ],
        ["A1:A2", "B1:B2", "C1:E1", "F1:F2"],
    )
    result = imported(data)
    assert dict(result.rows) == {"heading": 2, "landed": 1}
    assert handle(finding_of(result, "井盖", "破损")) == ["1 workday", "2 workdays", "3 workdays"]


def test_rows_of_one_finding_for_classes_of_areas_are_one_finding() -> None:
    header = [*HEADER, "区域类别"]
    both = rows([*COVER, "A类"], ["井盖", "破损", "9工作日", "修复", "市政中心", "D"], header=header)
    assert handle(finding_of(both, "井盖", "破损")) == ["1 workday", "9 workdays"]
    assert dict(both.rows) == {"heading": 1, "landed": 2}
    assert kinds(both, "look") == [(2, "limit_class"), (3, "limit_class")]
    apart = rows([*COVER, "A"], ["井盖", "破损", "9工作日", "重做", "市政中心", "B"], header=header)
    assert len(compiled(apart).items[0].item.findings) == 2


def test_a_section_row_is_the_category_of_what_follows() -> None:
    result = imported(
        xlsx([HEADER, ["一、公用设施"], COVER, ["二、园林绿化"], ["树池", *COVER[1:]]], ["A2:E2"])
    )
    assert list(result.files) == [DEPARTMENT_FILE, "公用设施.gewu", "园林绿化.gewu"]
    assert dict(result.rows) == {"heading": 3, "landed": 2}


def test_a_column_can_be_named_by_hand() -> None:
    data = csv_of([["甲", "乙", "丙"], ["井盖", "破损", "1工作日"]])
    assert dict(imported(data).rows) == {"left_out": 2}
    result = imported(data, chosen={"item": 0, "finding": 1, "limit": 2}, header_row=1)
    assert handle(finding_of(result, "井盖", "破损")) == ["1 workday"]


def test_the_same_row_with_other_blanks_and_commas_is_the_same() -> None:
    result = rows(
        COVER,
        ["井盖 ", "破损；", "1 工作日", "修复。", "市政中心"],
        ["井盖", "破损", "1工作日", "修复", "环卫所"],
    )
    assert dict(result.rows) == {"heading": 1, "landed": 2, "repeated": 1}
    assert kinds(result, "look") == [(3, "duplicate"), (4, "duplicate")]
    assert len(compiled(result).items[0].item.findings) == 2


def test_columns_that_mean_nothing_here_are_told_once() -> None:
    result = rows(
        [*COVER, "x", "y"], [*COVER[:1], "缺失", *COVER[2:], "x", ""], header=[*HEADER, "经费来源", "时限"]
    )
    columns = [(note.kind, note.column) for note in result.notes if note.row == 1]
    assert columns == [("unused_column", "F"), ("column_twice", "G")]


def test_a_header_spelt_as_usual_comes_before_one_that_sounds_like_it() -> None:
    header = [
        "大类代码",
        "大类名称",
        "小类代码",
        "小类名称",
        "立案条件编号",
        "主要立案条件",
        "立案条件",
        "办结时限",
        "责任主体名称",
    ]
    result = rows(["01", "设施", "0101", "井盖", "1", "x", "破损", "3工作日", "市政中心"], header=header)
    item = compiled(result).items[0].item
    assert (item.number, item.title, item.findings[0].title) == ("0101", "井盖", "破损")
    assert handle(item.findings[0]) == ["3 workdays"]
    columns = [(note.kind, note.column) for note in result.notes if note.row == 1]
    assert columns == [("unused_column", "A"), ("unused_column", "E"), ("column_twice", "F")]


def test_hidden_rows_are_imported_and_told() -> None:
    workbook = openpyxl.Workbook()
    for row in (HEADER, COVER):
        workbook.active.append(row)
    workbook.active.row_dimensions[2].hidden = True
    result = imported(saved(workbook))
    assert (2, "hidden") in kinds(result, "info")
    assert result.rows["landed"] == 1


def test_a_formula_without_a_value_leaves_its_row_out() -> None:
    result = imported(xlsx([HEADER, ["井盖", "破损", "=B9", "修复", "市政中心"]]))
    assert kinds(result, "left_out") == [(2, "formula")]


def test_a_condition_in_words_waits_for_its_questions() -> None:
    assert kinds(rows([*COVER, "面积 > 3"], header=[*HEADER, "条件"]), "left_out") == [(2, "condition")]


def test_photographs_evidence_and_other_steps_are_written() -> None:
    header = [*HEADER, "拍照要求", "结案须附", "其他时限", "依据"]
    cells = [
        *COVER,
        "拍清编号",
        "照片 2 张、业主签名",
        "受理 15 分钟；当场整改 30 分钟；阶段 x",
        "《条例》第 3 条",
    ]
    result = rows(cells, header=header)
    item = compiled(result).items[0].item
    [broken] = item.findings
    assert item.question("现场照片").hint == "拍清编号"
    assert item.basis == ("《条例》第 3 条",)
    assert list(map(str, broken.closing.evidence)) == ["photo>=2", "signature:owner>=1"]
    assert (str(broken.limits["accept"][0].value), str(broken.on_site)) == ("15 minutes", "30 minutes")
    assert (2, "steps_unread") in kinds(result, "look")


def test_cells_that_no_statement_holds_are_kept_as_comments() -> None:
    header = [*HEADER, "代码", "备注", "采集要求", "检查内容", "时限数值"]
    result = rows(
        [*COVER, "0101", "雨季加倍", "拍全景", "看一看", "7"],
        ["井盖", "缺失", *COVER[2:], "0102"],
        header=header,
    )
    text = result.files["标准.gewu"]
    for line in (
        "# 备注：雨季加倍",
        "# 采集要求：拍全景",
        "# 检查内容：看一看",
        "# 时限数值：7",
        "# 代码：0102",
    ):
        assert line in text
    assert [pair for pair in kinds(result, "info") if pair[1] == "kept"] == [(2, "kept"), (3, "kept")]
    recorded = imported(csv_of([["检查内容", "填写方式", "责任部门"], ["门头照", "照片", "甲中心"]]))
    assert "# 责任部门：甲中心" in recorded.files["检查表.gewu"]


def test_rows_without_a_limit_wait_unless_one_is_said_for_all() -> None:
    data = csv_of([HEADER, ["井盖", "破损", "", "修复", "市政中心"]])
    assert kinds(imported(data), "left_out") == [(2, "limit_missing")]
    assert handle(finding_of(imported(data, handle=tree.Duration(3, "workdays")), "井盖", "破损")) == [
        "3 workdays"
    ]


def test_a_department_that_is_there_keeps_its_offices_and_its_items() -> None:
    existing = Existing({"市政中心": "works", "works": "works"}, frozenset({"井盖"}), declared=True)
    result = imported(csv_of([HEADER, COVER]), existing=existing)
    assert list(result.files) == ["标准.gewu"]
    assert "派往 works" in result.files["标准.gewu"]
    assert "事项 parks.井盖2 “井盖”" in result.files["标准.gewu"]
    assert result.new_offices == ()
    assert kinds(result, "look") == [(2, "name_taken")]


def test_several_sheets_are_told_apart() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "部件"
    for row in (HEADER, COVER):
        workbook.active.append(row)
    events = workbook.create_sheet("事件")
    for row in (HEADER, ["占道", *COVER[1:]]):
        events.append(row)
    result = imported(saved(workbook))
    assert list(result.files) == [DEPARTMENT_FILE, "部件.gewu", "事件.gewu"]
    assert "# 事件 第 2 行" in result.files["事件.gewu"]


# Checklists


def test_a_checklist_is_one_item_with_a_question_a_row(checklist: Imported) -> None:
    item = compiled(checklist).item("parks.沿街小店消防检查表").item
    assert dict(checklist.rows) == {"heading": 2, "landed": 10}
    assert [(question.type, question.hazard) for question in item.questions] == [
        ("check", "no"), ("check", "no"), ("check", "no"), ("integer", None), ("check", "yes"), ("one_of", None),
        ("photo", None), ("text", None), ("yes_no", None), ("check", "no"),
    ]  # fmt: skip
    assert item.question("用火用电").choices[1] == model.Choice("异常", "异常")


def test_the_answer_that_is_a_hazard_makes_the_finding(checklist: Imported) -> None:
    item = compiled(checklist).item("parks.沿街小店消防检查表").item
    limits = {finding.name: str(finding.limits["handle"][0].value) for finding in item.findings}
    assert limits == {
        "有人违规住宿隐患": "2 hours", "用火用电隐患": "1 workday", "其他隐患隐患": "3 workdays", "张贴疏散示意图": "3 workdays",
        "应急照明灯有无": "3 workdays", "应急照明灯是否完好": "3 workdays", "店内货架": "3 workdays",
    }  # fmt: skip


def test_a_question_shown_after_another_has_its_condition(checklist: Imported) -> None:
    question = compiled(checklist).items[0].item.question("应急照明灯是否完好")
    assert question.when == model.Compare("=", model.Answer("应急照明灯有无"), model.Constant("yes"))


def test_a_checklist_without_limits_waits_for_one() -> None:
    data = csv_of([["检查内容", "隐患答案"], ["灯是否完好", "否"], ["照片", "无隐患"]])
    assert kinds(imported(data), "left_out") == [(2, "limit_missing")]
    assert compiled(imported(data, handle=tree.Duration(1, "workdays"))).items[0].item.findings


# Whatever a table holds


FIELDS = [
    "序号", "代码", "大类", "小类名称", "事项名称", "立案条件", "处置时限", "结案条件", "责任部门", "主管部门", "权属单位", "等级", "依据",
    "拍照要求", "采集规则", "备注", "区域类别", "结案须附", "其他时限", "检查内容", "隐患答案", "填写方式", "前提", "分组", "来源", "经费", "条件", "单位", "法律依据",
]  # fmt: skip
CELLS = [
    "", "", "", "井盖", "路灯", "缺失/移位", "破损超过2cm", "破损超过3cm", "破损超过4cm", "1工作日", "2小时", "3天", "一般3工作日，重大1工作日",
    "A类1天,B类2天", "即时", "2-4工作时", "５个工作日。", "产权单位", "甲中心/乙所", "所属街道", "重大", "特急", "A", "D类", "照片 2 张", "受理 15 分钟",
    "一、设施", "注：略", "是/否", "有", "否", "异常", "正常/异常/不适用", "非空", "1 = 是", "1", "2", "0101", "“引”号\"", "＝1", "无", "#！", "当", "情形",
    "灯是否完好", "整数", "x" * 90, "处置:甲；乙 | 主管:丙", "面积 > 3", "照片", "预期 无", "左\u202e右", "零\u200b宽", "Аbc", "丽", "软\u00ad连", "情形 X # 注释", "\\n",
    "同上", "合计", "甲局\n乙局", "一\n二", "□是 □否", "□正常 □异常", "____", "小时", "一般", "A类", "立案条件", "处置时限", "小类名称", "不采集：院内",
]  # fmt: skip
tables = st.lists(st.sampled_from(FIELDS), min_size=2, max_size=9, unique=True).flatmap(
    lambda header: st.tuples(
        st.just(header),
        st.lists(st.lists(st.sampled_from(CELLS), min_size=len(header), max_size=len(header)), max_size=9),
    )
)
merges = st.lists(
    st.tuples(st.integers(2, 8), st.integers(1, 6), st.integers(0, 3), st.integers(0, 2)), max_size=2
)


def check_accounts(result: Imported, filled: int) -> None:
    """Every row that holds anything has a fate, every row left out or repeated a note, and what is written compiles."""
    assert sum(result.rows.values()) == filled
    made = compiled(result)
    told = {(note.sheet, note.row) for note in result.notes}
    whole = {note.sheet for note in result.notes if note.row == 0 and note.weight == "left_out"}
    for place, fate in result.fates.items():
        if fate in ("left_out", "repeated"):
            assert place in told or place[0] in whole, place
    assert len(made.items) == result.items
    findings = [finding for compiled_item in made.items for finding in compiled_item.item.findings]
    assert len(findings) == result.findings
    assert {note.kind for note in result.notes} <= KINDS.keys()
    for text in result.files.values():
        assert format_tree(parse(text).tree) == text


@settings(max_examples=80, deadline=None)
@given(tables, st.booleans())
def test_nothing_is_dropped_without_a_word_and_everything_written_compiles(
    table: tuple[list[str], list[list[str]]], told: bool
) -> None:
    header, body = table
    data = csv_of([header, *body])
    fallback = tree.Duration(3, "workdays") if told else None
    result = imported(data, TOLD if told else Habits(), handle=fallback)
    check_accounts(result, 1 + sum(any(cell.strip() for cell in row) for row in body))
    written = plain("".join(result.files.values()))
    for number, row in enumerate(body, 2):
        if result.fates.get(("标准", number)) == "landed":
            lost = [
                cell
                for name, cell in zip(header, row, strict=True)
                if name in FREE and plain(cell) not in written
            ]
            lost = [cell for cell in lost if not is_blank(cell) and cell != "同上"]
            assert lost == [], (number, written)


FREE = {"经费", "立案条件", "结案条件", "依据", "拍照要求", "采集规则", "备注", "检查内容", "分组", "来源"}
"""Columns whose words stand in the text as they are."""


def plain(text: str) -> str:
    return "".join(clean(text).replace("”", "").replace("“", "").replace('"', "").split())


@settings(max_examples=25, deadline=None)
@given(tables, merges)
def test_merged_cells_lose_nothing_either(
    table: tuple[list[str], list[list[str]]], merged: list[tuple[int, int, int, int]]
) -> None:
    header, body = table
    ranges = [
        f"{letter(column)}{row}:{letter(column + right)}{row + down}" for row, column, down, right in merged
    ]
    data = xlsx(
        [header, *([cell or None for cell in row] for row in body)], [] if overlap(merged) else ranges
    )
    result = imported(data)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    filled = {cell.row for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {row for _, row in result.fates} >= filled
    check_accounts(result, len(result.fates))


def letter(column: int) -> str:
    return "ABCDEFGHIJ"[column - 1]


def overlap(merged: list[tuple[int, int, int, int]]) -> bool:
    places = Counter(
        (row + i, column + j)
        for row, column, down, right in merged
        for i in range(down + 1)
        for j in range(right + 1)
    )
    return any(count > 1 for count in places.values())
