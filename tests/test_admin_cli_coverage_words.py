"""Missing offices on a terminal: said when items are published, in status and by the doctor; bounded."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gewu_admin.app import open_engine
from gewu_admin.cli import gewu
from gewu_admin.cli.coverage_words import LINES, say_coverage
from gewu_admin.settings import Settings
from gewu_platform.core.words import Words
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue.office_gaps import Coverage, IdleOffice
from gewu_platform.service.town import organisation, places

PACK = Path(__file__).parent / "packs/sanitation"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one pack."""
    shutil.copytree(PACK, tmp_path / "plugins/sanitation")
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.startswith("GEWU_")]:
        monkeypatch.delenv(name)
    assert CliRunner().invoke(gewu, ["init"]).exit_code == 0
    return tmp_path


def run(*arguments: str, lang: str = "zh") -> Result:
    return CliRunner().invoke(gewu, ["--lang", lang, *arguments])


def build(offices: tuple[tuple[str, str, str], ...]) -> None:
    """A county, a town, a village and a grid with one shop; `offices` are (department, code, area)."""
    engine = open_engine(Settings())
    above, areas = None, {}
    for code, tier in (("县", "county"), ("镇", "town"), ("村", "village"), ("格", "grid")):
        above = organisation.add_area(engine, SYSTEM, code=code, name=code, tier=tier, parent=above).id
        areas[code] = above
    for department, code, area in offices:
        organisation.add_office(
            engine, SYSTEM, department=department, code=code, title=code, area=areas[area]
        )
    shop = places.NewPlace("shop", "店", areas["格"], attributes={"grade": "plain", "space": 9})
    places.add_place(engine, SYSTEM, shop)
    engine.store.close()


def offices_check() -> dict[str, object]:
    return next(each for each in json.loads(run("doctor", "--json").stdout) if each["name"] == "offices")


def test_a_calendar_that_nobody_imported_is_named_at_publishing_and_by_the_doctor(home: Path) -> None:
    (file,) = (home / "plugins/sanitation").glob("*.gewu")
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("department "))
    file.write_text("\n".join([*lines[: at + 1], "  calendar allyear", *lines[at + 1 :]]), encoding="utf-8")
    build((("", "community", "村"), ("sanitation", "bureau", "县"), ("sanitation", "station", "镇")))

    def calendar_check() -> dict[str, object]:
        return next(each for each in json.loads(run("doctor", "--json").stdout) if each["name"] == "calendar")

    done = run("catalog", "publish")
    assert done.exit_code == 0, done.stderr
    assert "没有工作日历“allyear”" in done.stderr
    assert json.loads(run("catalog", "publish", "--json").stdout)["calendars"] == ["allyear"]
    assert "allyear" in str(calendar_check())
    assert calendar_check()["ok"] is False
    (home / "2028.csv").write_text("日期,类型,名称\n2028-01-01,放假,元旦\n", encoding="utf-8")
    assert run("calendar", "import", "2028.csv", "--code", "allyear").exit_code == 0
    assert calendar_check()["ok"] is True


def test_what_something_else_takes_is_a_note_and_does_not_stop_anybody(home: Path) -> None:
    build((("", "community", "村"), ("sanitation", "bureau", "县")))
    done = run("catalog", "publish")
    assert done.exit_code == 0
    assert "没有处置机构“镇环卫站”" in done.stderr
    assert "由属地（村居）处置" in done.stderr
    assert "没有在岗的处置人员" in done.stderr
    data = json.loads(run("catalog", "publish", "--json").stdout)
    (gap,) = data["missing"]
    assert (gap["office"], gap["duty"], gap["instead"], gap["where"]) == (
        "sanitation.station",
        "handle",
        "community",
        ["县"],
    )
    assert data["undispatchable"] == []
    status = run("catalog", "status", lang="en")
    assert (status.exit_code, len(status.stdout.splitlines())) == (0, 2)
    assert "the community takes its cases" in status.stderr
    assert offices_check()["ok"] is True


def test_where_nobody_takes_a_case_the_doctor_is_not_content(home: Path) -> None:
    build((("sanitation", "bureau", "县"),))
    done = run("catalog", "publish")
    assert done.exit_code == 0, "a dispatcher can still choose the bureau"
    assert "须由派遣员指定" in done.stderr
    assert offices_check()["ok"] is False


def test_an_item_that_nobody_could_ever_take_is_not_published(home: Path) -> None:
    build(())
    source = home / "plugins/sanitation/department.gewu"
    source.write_text(source.read_text(encoding="utf-8").replace("handle   2 hours", "handle   3 hours", 1).replace(
        "expect missing handle 2 hours", "expect missing handle 3 hours"), encoding="utf-8")  # fmt: skip
    done = run("catalog", "publish")
    assert done.exit_code == 1
    assert "哪里都派不出去" in done.stderr
    assert "没有任何机构的区域：县" in done.stderr
    rows = {each["item"]: each["state"] for each in json.loads(run("catalog", "status", "--json").stdout)}
    assert rows == {"sanitation.waste": "changed", "sanitation.litter": "unchanged"}


def test_a_long_list_is_cut_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    idle = tuple(
        IdleOffice(number, "community", "居委会", "村", True, Words(f"第{number}处", ""))
        for number in range(LINES + 7)
    )
    say_coverage(Coverage(idle=idle), "zh")
    said = capsys.readouterr().err
    assert len(said.splitlines()) == LINES + 1
    assert "另有 7 条" in said
    say_coverage(Coverage(), "zh")
    assert capsys.readouterr().err == ""
