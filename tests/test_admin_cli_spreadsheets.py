"""`gewu import` and `gewu export`: files, reports and exit statuses."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from spreadsheet_help import STANDARDS

from gewu_admin.cli import gewu
from gewu_item_catalog.spreadsheets import folders
from gewu_item_catalog.spreadsheets.folders import place_files
from gewu_item_catalog.spreadsheets.reading import read_workbook

FACILITIES = STANDARDS / "street_facilities.csv"
MANUAL = Path(__file__).parent.parent / "docs/spreadsheets.md"
TOLD = ("--department", "parks", "--hours", "work", "--days", "work", "--at-once", "30 分钟")


def run(*arguments: object, lang: str = "en") -> Result:
    return CliRunner().invoke(gewu, ["--lang", lang, *map(str, arguments)])


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A standard of which every row lands."""
    text = "小类名称,立案条件,处置时限,结案条件,责任部门\n井盖,破损,1工作日,修复,市政中心\n"
    file = tmp_path / "标准.csv"
    file.write_text(text, encoding="gb18030")
    return file


def test_a_standard_becomes_a_folder_that_checks(clean: Path, tmp_path: Path) -> None:
    out = tmp_path / "parks"
    result = run("import", clean, "--department", "parks", "--name", "公园", "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Read as GB18030." in result.stderr
    assert (
        "2 rows: 1 headers and titles, 1 landed, 0 repeated, 0 left out; 0 places to look at."
        in result.stderr
    )
    assert sorted(path.name for path in out.iterdir()) == ["department.gewu", "标准.gewu"]
    assert run("check", out).exit_code == 0
    assert "部门 parks “公园”" in (out / "department.gewu").read_text("utf-8")


def test_rows_left_out_end_with_1_and_are_told_where_they_are(tmp_path: Path) -> None:
    result = run("import", FACILITIES, *TOLD, "--out", tmp_path / "out", lang="zh")
    assert result.exit_code == 1
    assert "street_facilities D22\t未收录\t没有立案条件" in result.stderr
    assert "22 行：表头和标题 3，收录 16，重复 1，未收录 2；请核对 10 处。" in result.stderr
    assert run("check", tmp_path / "out").exit_code == 0


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    result = run("import", FACILITIES, *TOLD, "--out", tmp_path / "out", "--dry-run")
    assert "no file written" in result.stderr
    assert not (tmp_path / "out").exists()


def test_files_that_are_there_are_kept_unless_forced(clean: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "标准.gewu").write_text("# 我的\n", encoding="utf-8")
    again = ("import", clean, "--department", "parks", "--out", out)
    refused = run(*again)
    assert refused.exit_code == 1
    assert "nothing was written" in refused.stderr
    assert [path.name for path in out.iterdir()] == ["标准.gewu"]
    assert (out / "标准.gewu").read_text("utf-8") == "# 我的\n"
    assert run(*again, "--force").exit_code == 0
    first = (out / "标准.gewu").read_text("utf-8")
    assert "事项 parks.井盖 “井盖”" in first
    assert run(*again, "--force").exit_code == 0
    assert (out / "标准.gewu").read_text("utf-8") == first
    assert run("check", out).exit_code == 0


def test_when_one_file_cannot_be_written_none_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old", encoding="utf-8")
    original = Path.replace

    def fails_on_b(self: Path, target: Path) -> Path:
        if Path(target).name == "b":
            raise OSError(28, "No space left on device")
        return original(self, target)

    monkeypatch.setattr(folders.Path, "replace", fails_on_b)
    with pytest.raises(OSError, match="space"):
        place_files(tmp_path, {"a": "new", "b": "new"})
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [("a", "old")]


def test_a_second_standard_joins_the_department_that_is_there(clean: Path, tmp_path: Path) -> None:
    pack = tmp_path / "parks"
    pack.mkdir()
    (pack / "department.gewu").write_text(
        "部门 parks “公园”\n  机构 works “市政中心” 级别 县\n", encoding="utf-8"
    )
    result = run("import", clean, "--department", "parks", "--out", pack / "items")
    assert result.exit_code == 0
    assert [path.name for path in (pack / "items").iterdir()] == ["标准.gewu"]
    assert run("check", pack).exit_code == 0
    assert "派往 works" in (pack / "items/标准.gewu").read_text("utf-8")


def test_offices_the_department_lacks_are_asked_for_first(clean: Path, tmp_path: Path) -> None:
    (tmp_path / "department.gewu").write_text("部门 parks “公园”\n", encoding="utf-8")
    result = run("import", clean, "--department", "parks", "--out", tmp_path)
    assert result.exit_code == 1
    assert "  机构 市政中心 “市政中心” 级别 县" in result.stderr
    assert not (tmp_path / "标准.gewu").exists()


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_the_report_has_every_note(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"report.{suffix}"
    result = run("import", FACILITIES, *TOLD, "--dry-run", "--report", file, "--json")
    summary = json.loads(result.stdout)
    if suffix == "json":
        assert json.loads(file.read_text("utf-8")) == summary["report"]
    else:
        header, *lines = csv.reader(file.read_text("utf-8-sig").splitlines())
        assert header[:3] == ["sheet", "row", "column"]
        assert len(lines) == len(summary["report"])
        assert read_workbook(file.read_bytes(), "x").sheets[0].rows[1].cells[5] == "hidden" or lines
    assert summary["rows"] == {"heading": 3, "landed": 16, "repeated": 1, "left_out": 2}
    assert summary["findings"] == 16


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--department", "情形"), "no code for a department"),
        (("--department", "1x"), "no code for a department"),
        (("--department", "parks", "--column", "立案条件"), "finding=D"),
        (("--department", "parks", "--column", "颜色=D"), "unknown column"),
        (("--department", "parks", "--handle", "一会儿"), "3 workdays"),
        (("--department", "parks", "--handle", "3 小时"), "3 workdays"),
        (("--department", "parks", "--report", "x.pdf"), ".csv"),
        (("--department", "parks", "--sheet", "部件"), "no such sheet"),
        ((), "department"),
    ],
)
def test_arguments_that_cannot_be_used_end_with_2(arguments: tuple[str, ...], said: str) -> None:
    result = run("import", FACILITIES, *arguments, "--dry-run")
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize("content", [b"\x00\x01", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_file_that_is_no_spreadsheet_is_one_line_and_status_1(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "standard.xlsx"
    file.write_bytes(content)
    result = run("import", file, "--department", "parks", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_columns_and_the_header_can_be_pointed_at(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("甲,乙,丙\n井盖,破损,1工作日\n", encoding="utf-8")
    columns = ("--column", "事项名称=A", "--column", "finding=B", "--column", "处置时限=C")
    assert run("import", file, "--department", "parks", "--out", tmp_path / "no").exit_code == 1
    result = run("import", file, "--department", "parks", "--out", tmp_path / "out", "--header", 1, *columns)
    assert result.exit_code == 0
    assert run("check", tmp_path / "out").exit_code == 0


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_pack_goes_out_and_comes_back(tmp_path: Path, suffix: str) -> None:
    pack = shutil.copytree(Path(__file__).parent / "packs/sanitation", tmp_path / "sanitation")
    table, again = tmp_path / f"table.{suffix}", tmp_path / "again"
    result = run("export", pack, "--out", table)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "2 items" in result.stderr
    assert run("export", pack, "--out", table).exit_code == 1
    assert run("export", pack, "--out", table, "--force").exit_code == 0
    run("import", table, "--department", "sanitation", "--out", again)
    assert run("check", again).exit_code == 0


def test_a_table_may_go_to_stdout_and_needs_a_kind(tmp_path: Path) -> None:
    pack = Path(__file__).parent / "packs/sanitation"
    assert run("export", pack, "--out", tmp_path / "table").exit_code == 2
    assert run("export", pack, "--to", "csv", "--out", "-").stdout.startswith("\ufeff编号,大类,事项名称")


def test_the_page_on_spreadsheets_shows_what_comes_out(tmp_path: Path) -> None:
    page = MANUAL.read_text("utf-8")
    blocks = dict(re.findall(r"^```(csv|gewu)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    file = tmp_path / "井盖.csv"
    file.write_text(blocks["csv"], encoding="utf-8")
    result = run(
        "import", file, "--department", "parks", "--days", "work", "--out", tmp_path / "out", lang="zh"
    )
    assert (tmp_path / "out/井盖.gewu").read_text("utf-8") == blocks["gewu"]
    assert result.exit_code == 1
    for line in re.findall(r"^    (井盖 .*)$", page, re.MULTILINE):
        assert re.sub(r" {2,}", "\t", line) in result.stderr
