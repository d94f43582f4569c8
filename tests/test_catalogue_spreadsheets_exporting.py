"""Items as a table, and back: what a row can say survives, what it cannot is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spreadsheet_help import STANDARDS, compiled, imported

from gewu_dsl import model
from gewu_dsl.compiler import Result, compile_sources, compile_text
from gewu_dsl.render import OFFICES_ZH
from gewu_item_catalog.spreadsheets.columns import field_of
from gewu_item_catalog.spreadsheets.exporting import COLUMNS, HEADERS, Table, export_items
from gewu_item_catalog.spreadsheets.importing import Imported, import_workbook
from gewu_item_catalog.spreadsheets.limits import Habits
from gewu_item_catalog.spreadsheets.plans import Options
from gewu_item_catalog.spreadsheets.reading import read_workbook
from gewu_item_catalog.spreadsheets.table_files import write_csv, write_xlsx

PACKS = sorted(path for path in (Path(__file__).parent.parent / "plugins").iterdir() if path.is_dir())


def exported(result: Result) -> Table:
    return export_items(result.items, {each.code: each for each in result.departments}, result.kinds)


def cells(table: Table, row: int = 0) -> dict[str, str]:
    return dict(zip(HEADERS, table.rows[row], strict=True))


def back(table: Table, department: str, kind: str = "xlsx") -> Imported:
    data = write_xlsx(HEADERS, table.rows, "标准") if kind == "xlsx" else write_csv(HEADERS, table.rows)
    return import_workbook(read_workbook(data, "标准"), "标准", Options(department, "部门", Habits()))


def told(finding: model.Finding, titles: Mapping[str, str]) -> tuple[object, ...]:
    """All that a row says of a finding, offices by their titles."""
    return (
        finding.title,
        finding.picked,
        finding.severity,
        tuple(tuple(titles[name] for name in branch.value.handlers) for branch in finding.route),
        tuple(titles[name] for name in finding.assisting),
        finding.supervising and titles[finding.supervising],
        dict(finding.limits),
        finding.on_site,
        finding.closing,
    )


def findings(result: Result) -> dict[str, tuple[object, ...]]:
    titles = {
        office.name: office.title for each in result.departments for office in each.offices
    } | OFFICES_ZH
    return {
        f"{each.item.name} {finding.name}": told(finding, titles)
        for each in result.items
        for finding in each.item.findings
    }


def one_way(table: Table) -> set[str]:
    return {f"{each.item} {each.finding}" for each in table.one_way if each.finding}


PROGRAM = """\
部门 parks “公园管理中心”
  机构 bureau “市政中心” 级别 县
  受理 15 分钟
事项 parks.井盖 “井盖”
  编号 “0101”
  依据 “标准第 1 条”
  情形 缺失 “=缺失，有危险”
    等级 较大  派往 bureau 否则 属地  协办 权属单位  主管 县  处置 2 紧急工作时
    结案 “恢复” 须附 照片 至少 2, 签名 由 业主
  情形 破损 “破损”
    派往 bureau  处置 1 工作日 当 区域.类别 = A 2 工作日 其他
"""


def test_a_row_tells_a_finding_in_the_words_of_a_standard() -> None:
    table = exported(compile_text(PROGRAM))
    assert cells(table) == {
        "编号": "0101", "大类": "<text>", "事项名称": "井盖", "立案条件": "=缺失，有危险", "条件": "", "等级": "较大",
        "处置时限": "2 紧急工作时", "其他时限": "受理 15 分钟", "责任部门": f"市政中心 否则 {OFFICES_ZH['community']}", "协办部门": "权属单位",
        "主管部门": OFFICES_ZH["county"], "结案条件": "恢复", "结案须附": "照片 2 张、业主签名 1 个", "依据": "标准第 1 条",
        "事项标识": "parks.井盖", "情形标识": "缺失",
    }  # fmt: skip


def test_branches_are_told_in_words_and_said_not_to_come_back() -> None:
    table = exported(compile_text(PROGRAM))
    assert cells(table, 1)["处置时限"] == "1 个工作日（区域类别 = A）；2 个工作日（其他）"
    assert one_way(table) == {"parks.井盖 破损"}
    assert back(table, "parks").rows == {"heading": 1, "landed": 1, "left_out": 1}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_a_row_can_say_comes_back(kind: str) -> None:
    before = compile_text(PROGRAM)
    again = back(exported(before), "parks", kind)
    assert findings(compiled(again)) == {"parks.井盖 缺失": findings(before)["parks.井盖 缺失"]}
    assert compiled(again).items[0].item.number == "0101"
    assert compiled(again).items[0].item.basis == ("标准第 1 条",)


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_every_finding_of_a_pack_comes_back_or_is_told(pack: Path) -> None:
    sources = {
        path.relative_to(pack).as_posix(): path.read_text("utf-8") for path in sorted(pack.rglob("*.gewu"))
    }
    before = compile_sources(sources)
    table = exported(before)
    again = findings(compiled(back(table, before.departments[0].code)))
    expected = {name: each for name, each in findings(before).items() if name not in one_way(table)}
    assert {name: each for name, each in again.items() if name in expected} == expected
    assert len(table.rows) == sum(len(each.item.findings) for each in before.items)


def test_what_an_item_asks_is_said_to_be_missing_in_the_table() -> None:
    text = PROGRAM.replace("  依据", "  询问 照片 照片 “现场照片”\n  不采集 照片 > 3 “太多”\n  依据")
    [told] = [each.what.zh for each in exported(compile_text(text)).one_way if not each.finding]
    assert told == "1 个问题、1 条不采集不在表里"


def test_an_import_of_a_standard_can_be_exported_and_imported_again() -> None:
    first = compiled(imported((STANDARDS / "street_facilities.csv").read_bytes()))
    table = exported(first)
    expected = {name: each for name, each in findings(first).items() if name not in one_way(table)}
    assert len(expected) >= 11
    assert findings(compiled(back(table, "parks"))) == expected


# Every item whose findings are picked

words = st.sampled_from(
    [
        "缺失",
        "破损超过 25cm²",
        "有“引号”",
        "=1+1",
        "@x",
        "长" * 70,
        "a|b；c",
        "lamp out",
        "第 1/3 处",
        "-",
        "当",
    ]
)
limits = st.one_of(
    st.builds(lambda n, unit: f"{n} {unit}", st.integers(1, 999), st.sampled_from(["分钟", "紧急工作时", "工作时", "工作日", "自然日"])),
    st.builds(lambda n: f"于 18:30 满 {n} 工作日", st.integers(1, 9)),
    st.sampled_from(["于 09:00 当天", "于 17:00 下一工作日"]),
)  # fmt: skip
offices = st.sampled_from(["中心", "所", "权属单位", "属地", "上报人", "镇", "县"])
evidence = st.sampled_from(
    ["照片", "照片 至少 3", "视频", "说明", "签名", "2 签名 由 网格员", "签名 由 处置人"]
)


@st.composite
def picked(draw: st.DrawFn) -> str:
    """An item that a table can tell in full."""
    lines = [
        "部门 d “部门”",
        "  机构 中心 “维护中心” 级别 县",
        "  机构 所 “管理所” 级别 镇",
        "事项 d.x “设施”",
    ]
    for number in range(draw(st.integers(1, 4))):
        label = draw(words).replace("”", "””")
        route = draw(st.lists(offices, min_size=1, max_size=2, unique=True))
        with_ = [each for each in draw(st.lists(offices, max_size=2, unique=True)) if each not in route]
        lines.append(f"  情形 f{number} “{label}”")
        lines.append(f"    派往 {' 否则 '.join(route)}" + (f" 协办 {', '.join(with_)}" if with_ else ""))
        under = draw(offices)
        lines[-1] += f" 主管 {under}" if draw(st.booleans()) and under not in route else ""
        lines.append(f"    处置 {draw(limits)}")
        if draw(st.booleans()):
            lines.append(f"    等级 {draw(st.sampled_from(['一般', '较大', '重大']))}")
        lines += [
            f"    {step} {draw(limits)}"
            for step in draw(st.sets(st.sampled_from(["受理", "核查", "当场整改"])))
        ]
        if draw(st.booleans()):
            attached = draw(st.lists(evidence, max_size=3, unique=True))
            lines.append(
                f"    结案 “{draw(words).replace('”', '””')}”"
                + (f" 须附 {', '.join(attached)}" if attached else "")
            )
    return "\n".join(lines) + "\n"


@settings(max_examples=30, deadline=None)
@given(picked(), st.sampled_from(["csv", "xlsx"]))
def test_every_picked_finding_comes_back(program: str, kind: str) -> None:
    before = compile_text(program)
    assert before.items, [each.render() for each in before.diagnostics]
    table = exported(before)
    again = findings(compiled(back(table, "d", kind)))
    expected = {name: each for name, each in findings(before).items() if name not in one_way(table)}
    assert {name: each for name, each in again.items() if name in expected} == expected


def test_every_header_that_is_written_says_its_column_to_an_import() -> None:
    assert [field_of(header)[0] for header in HEADERS] == list(COLUMNS)
