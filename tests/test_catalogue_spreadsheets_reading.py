"""A file's bytes as sheets of texts: what a spreadsheet program shows, or one clear sentence."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spreadsheet_help import csv_of, saved, xlsx

from gewu_item_catalog.spreadsheets import tables
from gewu_item_catalog.spreadsheets.reading import read_workbook
from gewu_item_catalog.spreadsheets.shown import show_value
from gewu_item_catalog.spreadsheets.table_files import write_csv, write_xlsx
from gewu_item_catalog.spreadsheets.tables import Unreadable

ROWS = [["小类名称", "立案条件"], ["井盖", "缺失，移位"], ["井盖", "含“引号”和\n换行"]]
READ = [("小类名称", "立案条件"), ("井盖", "缺失，移位"), ("井盖", "含“引号”和\n换行")]


def cells(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for sheet in read_workbook(data, "表").sheets for row in sheet.rows]


def complaint(data: bytes) -> str:
    with pytest.raises(Unreadable) as failure:
        read_workbook(data, "表")
    return failure.value.text.zh


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_whatever_encoding_it_was_saved(encoding: str) -> None:
    assert cells(csv_of(ROWS, encoding)) == READ


def test_an_encoding_that_had_to_be_found_out_is_said() -> None:
    assert [text.zh for text in read_workbook(csv_of(ROWS, "gb18030"), "表").said] == [
        "按 GB18030 编码读取。"
    ]
    assert read_workbook(csv_of(ROWS), "表").said == ()


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found_by_what_gives_the_same_columns_in_every_row(separator: str) -> None:
    text = "\n".join(
        separator.join(row) for row in [["名称", "条件"], ["井盖", "破损，a"], ["路灯", "不亮，b"]]
    )
    assert cells(text.encode())[1] == ("井盖", "破损，a")


def test_a_quote_that_is_never_closed_is_a_sentence_not_a_crash() -> None:
    data = b'a,b\n"' + b"x" * 200_000 + b"\n"
    assert "引号" in complaint(data)


# XLSX


def test_a_merged_cell_stands_in_each_of_its_places() -> None:
    data = xlsx(
        [["大类", "名称", "时限"], ["设施", "井盖", "1天"], [None, None, "2天"], [None, "路灯", "2天"]],
        ["A2:A4", "B2:B3"],
    )
    assert cells(data)[1:] == [("设施", "井盖", "1天"), ("设施", "井盖", "2天"), ("设施", "路灯", "2天")]


def test_a_merged_cell_that_reaches_below_the_table_makes_no_rows() -> None:
    assert len(cells(xlsx([["名称", "条件"], ["井盖", "破损"]], ["A2:A5000"]))) == 2


def test_a_cell_far_away_takes_neither_time_nor_rows() -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["B1048576"] = "名称", "条件"
    assert [row.number for row in read_workbook(saved(workbook), "表").sheets[0].rows] == [1, 1048576]


def test_hidden_rows_and_sheets_are_read_and_known_as_such() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["名称"])
    sheet.append(["井盖"])
    sheet.row_dimensions[2].hidden = True
    workbook.create_sheet("旧版").sheet_state = "hidden"
    first, second = read_workbook(saved(workbook), "表").sheets
    assert [row.hidden for row in first.rows] == [False, True]
    assert (first.hidden, second.hidden) == (False, True)


def test_a_formula_without_a_value_and_one_with_an_error_are_faults_of_their_cells() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["井盖", "=1+1", "#REF!"])
    sheet["C1"].data_type = "e"
    [row] = read_workbook(saved(workbook), "表").sheets[0].rows
    assert row.cells[0] == "井盖"
    assert {index: fault.en.split(":")[0] for index, fault in row.faults.items()} == {
        1: "a formula without a value",
        2: "a formula's error",
    }


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (101, "0000", "0101"),
        (7, "General", "7"),
        (2.0, "General", "2"),
        (0.1 + 0.2, "General", "0.3"),
        (2.5, "0.00", "2.50"),
        (0.25, "0%", "25%"),
        (3, '0"个工作日"', "3个工作日"),
        (3, "0天", "3天"),
        (1234567, "#,##0", "1234567"),
        (1e20, "General", "100000000000000000000"),
        (True, "General", "是"),
        (date(2026, 2, 4), "General", "2026-02-04"),
        (datetime(2026, 2, 4, 8, 30), "General", "2026-02-04 08:30"),
        (time(18, 0), "General", "18:00"),
        (5, "# ?/?", "5"),
        (5, '[红色]"约"0\\天;-0', "约5天"),
        ("  文字 ", "0000", "  文字 "),
    ],
)
def test_a_value_is_shown_as_a_spreadsheet_program_shows_it(
    value: object, number_format: str, shown: str
) -> None:
    assert show_value(value, number_format) == shown


@given(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
    st.text('0#.,;[]\\"%@天年 General', max_size=8),
)
def test_no_format_makes_a_number_fail(value: float, number_format: str) -> None:
    assert show_value(value, number_format)


# What is no spreadsheet


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "不是表格"),
        (b"\xff\xfe\x00", "不是表格"),
        (b"\x81\x20\xff\xff", "不是表格"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, ".xls"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 60 + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"PK\x03\x04 cut off", "损坏"),
        (b"x" * (tables.MOST_BYTES + 1), "MB"),
        (b"a,b\n" * (tables.MOST_ROWS + 1), "行"),
        (b"a," * 500 + b"b", "列"),
    ],
    ids=[
        "picture",
        "half UTF-16",
        "no encoding",
        "old xls",
        "encrypted",
        "torn zip",
        "too large",
        "too many rows",
        "too wide",
    ],
)
def test_what_cannot_be_imported_is_told_in_one_sentence(data: bytes, said: str) -> None:
    assert said in complaint(data)


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def test_an_archive_that_is_no_workbook_is_told_from_one() -> None:
    assert "压缩文件" in complaint(archive(**{"notes.txt": b"x"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/worksheets/sheet1.xml": b" " * (tables.MOST_UNPACKED + 1),
    }
    assert "太大" in complaint(archive(**parts))


def test_declared_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert "损坏" in complaint(archive(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": bomb}))


def test_a_workbook_with_a_broken_part_is_told_in_a_sentence() -> None:
    assert "损坏" in complaint(archive(**{**PARTS, "xl/workbook.xml": b"<workbook"}))


# Written tables


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=12
).map(tables.clean)


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_every_text_that_is_written_comes_back(rows: list[tuple[str, str]]) -> None:
    expected = [("标题", "内容"), *(row for row in rows if any(row))]
    for data in (write_csv(("标题", "内容"), rows), write_xlsx(("标题", "内容"), rows, "表")):
        read = [
            (row.cell(0), row.cell(1)) for row in read_workbook(data, "表").sheets[0].rows if not row.is_empty
        ]
        assert read == expected


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "=HYPERLINK(1)"])
def test_no_text_is_written_as_a_formula(text: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(("标题",), [(text,)], "表"))).active
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", text)
    assert write_csv(("标题",), [(text,)]).decode("utf-8-sig").splitlines()[1].strip('"').startswith("'")


def test_a_written_table_can_be_read_on_paper_and_on_a_screen() -> None:
    sheet = openpyxl.load_workbook(
        io.BytesIO(write_xlsx(("标题", "内容"), [("甲", "长" * 80)], "表/1"))
    ).active
    assert sheet.title == "表 1"
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
    assert sheet["A1"].font.bold
    assert sheet["B2"].alignment.wrap_text
    assert sheet.column_dimensions["A"].width < sheet.column_dimensions["B"].width <= 50


# Whatever the bytes


def outcome(data: bytes) -> str:
    """`read`, or the sentence that says why not."""
    try:
        read_workbook(data, "表")
    except Unreadable as failure:
        return failure.text.zh
    return "read。"


@given(st.binary(max_size=200) | st.text("a,;|\t\n\"'缺0", max_size=80).map(str.encode))
def test_any_bytes_are_a_workbook_or_a_sentence(data: bytes) -> None:
    assert outcome(data).endswith("。")


def parts_of(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


PARTS = parts_of(xlsx([["名称", "条件"], ["井盖", 3.5], [None, "=1"]], ["A2:A3"]))
SCRAPS = [
    b"",
    b"<",
    b'"',
    b"</row>",
    b'<c r="ZZZ9"/>',
    b"-1",
    b"99999999",
    b'<mergeCell ref="A1:XFD1048576"/>',
    b"\xff",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PARTS)), st.integers(0, 5000), st.integers(0, 20), st.sampled_from(SCRAPS))
def test_a_damaged_workbook_is_read_or_told_in_a_sentence(part: str, at: int, cut: int, scrap: bytes) -> None:
    content = PARTS[part]
    at %= len(content)
    assert outcome(archive(**{**PARTS, part: content[:at] + scrap + content[at + cut :]})).endswith("。")
