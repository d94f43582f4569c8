"""Working calendars at the command line: shown, checked, imported, and what an import says it moves."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gewu_admin.cli import gewu
from gewu_platform.core.calendar_files import read_csv
from gewu_platform.core.calendars import Calendar
from gewu_platform.service.timing.calendar_seed import last_known_year, seed_calendar

GUIDE = Path(__file__).parent.parent / "docs" / "calendars.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEXT = last_known_year() + 1
ARRANGED = f"日期,类型,名称\n{NEXT}-01-01..{NEXT}-01-04,放假,元旦\n{NEXT}-01-09,上班,元旦调休\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an installation with the first calendar and nothing else."""
    from gewu_admin.cli.opening import opened
    from gewu_platform.service.caller import SYSTEM
    from gewu_platform.service.timing.calendars import seed_calendars

    data = tmp_path_factory.mktemp("installed") / "gewu-data"
    with opened(str(data), make=True) as engine:
        seed_calendars(engine, SYSTEM)
    return data


@pytest.fixture
def installed(home: Path, prepared: Path) -> Path:
    """A folder with a copy of it."""
    shutil.copytree(prepared, home / "gewu-data")
    return home


def run(*arguments: str, lang: str = "en") -> Result:
    return CliRunner().invoke(gewu, ["--lang", lang, *arguments])


def shown(code: str = "cn") -> Calendar:
    return Calendar.from_json(json.loads(run("calendar", "show", code, "--json").stdout))


def test_the_guide_can_be_walked_as_it_stands(installed: Path) -> None:
    commands = 0
    for kind, file, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if file:
            (installed / file).write_text(text, encoding="utf-8")
        for line in text.splitlines() if kind == "sh" else ():
            result = run(*shlex.split(line)[1:], lang="zh")
            assert result.exit_code == 0, (line, result.output)
            commands += 1
    assert commands >= 9
    assert shown().version == 2


def test_an_imported_year_becomes_the_next_version_and_certain(installed: Path) -> None:
    (installed / "next.csv").write_bytes(ARRANGED.encode("gb18030"))
    before = shown()
    told = run("calendar", "import", "next.csv", lang="zh")
    assert told.exit_code == 0
    assert "已写入 cn 第 2 版" in told.stderr
    assert f"{NEXT}-01-09  周末 → 调休上班（元旦调休）" in told.stderr
    after = shown()
    assert (after.version, after.confirmed_until) == (2, date(NEXT, 12, 31))
    assert [day for day in after.days if day.year == NEXT] == [date(NEXT, 1, day) for day in (1, 2, 3, 4, 9)]
    assert {day for day in after.days if day.year != NEXT} == {day for day in before.days if day.year != NEXT}


def test_a_dry_run_writes_nothing_and_says_what_would_be(installed: Path) -> None:
    (installed / "next.csv").write_text(ARRANGED, encoding="utf-8")
    told = run("calendar", "import", "next.csv", "--dry-run")
    assert "version 2 would be written" in told.stderr
    assert shown().version == 1
    figures = json.loads(run("calendar", "import", "next.csv", "--dry-run", "--json").stdout)
    assert (figures["version"], figures["new"], figures["cases"], figures["deadlines"]) == (2, True, 0, [])
    assert {"day": f"{NEXT}-01-09", "before": "weekend", "after": "make-up workday: 元旦调休"} in figures[
        "days"
    ]


def test_repeating_an_import_changes_nothing(installed: Path) -> None:
    (installed / "next.csv").write_text(ARRANGED, encoding="utf-8")
    for _ in range(3):
        told = run("calendar", "import", "next.csv")
        assert told.exit_code == 0
    assert "nothing new" in told.stderr
    assert shown().version == 2


@pytest.mark.parametrize("form", ["csv", "ics", "json"])
def test_what_is_shown_can_be_imported_again(installed: Path, form: str) -> None:
    before = shown()
    text = run("calendar", "show", "--to", form).stdout_bytes
    (installed / f"cn.{form}").write_bytes(text)
    assert run("calendar", "check", f"cn.{form}").exit_code == 0
    years = sorted({str(day.year) for day in before.days})
    options = [] if form == "json" else [word for year in years for word in ("--year", year)]
    again = run(
        "calendar", "import", f"cn.{form}", *options, "--confirmed-until", str(before.confirmed_until)
    )
    assert "nothing new" in again.stderr, again.output
    assert shown() == before
    other = run("calendar", "import", f"cn.{form}", *options, "--code", "copy")
    assert other.exit_code == 0, other.output
    assert dict(shown("copy").days) == dict(before.days)


def test_a_file_of_several_years_needs_the_year(installed: Path) -> None:
    (installed / "two.csv").write_text(f"{NEXT}-01-01,放假\n{NEXT + 1}-01-01,放假\n", encoding="utf-8")
    refused = run("calendar", "import", "two.csv")
    assert refused.exit_code == 1
    assert str(NEXT) in refused.stderr
    assert run("calendar", "import", "two.csv", "--year", "1999").exit_code == 1
    assert run("calendar", "import", "two.csv", "--year", str(NEXT)).exit_code == 0
    assert not any(day.year == NEXT + 1 and special.name == "" for day, special in shown().days.items())


def test_a_mistake_is_told_with_its_line(installed: Path) -> None:
    (installed / "bad.csv").write_text("日期,类型\n2027-02-30,放假\n2027-01-01,半天\n", encoding="utf-8")
    for verb in ("check", "import"):
        refused = run("calendar", verb, "bad.csv", lang="zh")
        assert refused.exit_code == 1
        assert "第 2 行" in refused.stderr
        assert "第 3 行" in refused.stderr
    assert shown().version == 1


def test_an_edited_calendar_is_the_next_version_and_one_made_from_an_older_is_refused(
    installed: Path,
) -> None:
    edited: dict[str, Any] = json.loads(run("calendar", "show", "--json").stdout)
    edited["windows"]["fri"] = [["08:00", "12:00"]]
    (installed / "cn.json").write_text(json.dumps(edited), encoding="utf-8")
    assert "windows of the week differ" in run("calendar", "import", "cn.json").stderr
    assert shown().version == 2
    edited["windows"]["fri"] = []
    (installed / "cn.json").write_text(json.dumps(edited), encoding="utf-8")
    refused = run("calendar", "import", "cn.json")
    assert refused.exit_code == 1
    assert "made from version 1" in refused.stderr


def test_csv_speaks_the_readers_language(home: Path) -> None:
    assert run("calendar", "show", "--to", "csv", lang="zh").stdout.startswith("日期,类型,名称\n")
    english = run("calendar", "show", "--to", "csv").stdout
    assert english.startswith("date,kind,name\n")
    assert len(read_csv(english.encode()).days) == len(seed_calendar().days)


# deadline


def due(*arguments: str) -> dict[str, Any]:
    result = run("deadline", "--from", "2026-02-13T16:00", *arguments, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_extensions_follow_one_another_leg_by_leg(home: Path) -> None:
    told = due("--limit", "1 workday", "--extend", "2")
    assert told["due"] == "2026-02-25T16:00:00"
    assert [leg["due"] for leg in told["legs"]] == [
        "2026-02-14T16:00:00", "2026-02-24T16:00:00", "2026-02-25T16:00:00",
    ]  # fmt: skip
    words = run(
        "deadline", "--from", "2026-02-13T16:00", "--limit", "1 workday", "--extend", "1", lang="zh"
    ).stdout
    assert "第 1 次延期：自 2026-02-14（周六）16:00 起，再计 1 个工作日" in words


def test_several_pauses_are_all_cut_out(home: Path) -> None:
    pauses = (
        "--pause",
        "2026-02-13T17:00..2026-02-14T09:00",
        "--pause",
        "2026-02-14T10:00..2026-02-14T11:00",
    )
    assert due("--limit", "4 work hours", *pauses)["due"] == "2026-02-14T15:00:00"


def test_a_published_file_can_be_tried_before_it_is_imported(home: Path) -> None:
    (home / "x.csv").write_text("2026-02-14,放假,改了", encoding="utf-8")
    assert due("--limit", "1 workday", "--calendar", "x.csv")["due"] == "2026-02-16T16:00:00"


def test_with_data_the_calendar_is_that_of_the_installation(installed: Path) -> None:
    (installed / "y.csv").write_text("2026-02-14,放假,改了\n2026-02-16,放假,也改了", encoding="utf-8")
    assert run("calendar", "import", "y.csv").exit_code == 0
    moved = datetime(2026, 2, 17, 16).isoformat()
    assert due("--limit", "1 workday", "--calendar", "cn")["due"] == moved
    assert due("--limit", "1 workday", "--data", "gewu-data")["due"] == moved
    assert due("--limit", "1 workday")["due"] == "2026-02-14T16:00:00"
