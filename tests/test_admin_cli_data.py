"""Commands on an installation: init, migrate, doctor, config, users, tokens, calendars, catalogue, plan, sweep, journal."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gewu_admin.app import open_engine
from gewu_admin.cli import gewu
from gewu_admin.settings import Settings
from gewu_platform.service.caller import ROLES, SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import organisation, places

PACK = Path(__file__).parent / "packs/sanitation"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `gewu init` was run, with one pack; copied for each test."""
    home = tmp_path_factory.mktemp("town")
    shutil.copytree(PACK, home / "plugins/sanitation")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        assert CliRunner().invoke(gewu, ["init"]).exit_code == 0
    return home


@pytest.fixture
def home(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(town, tmp_path / "home")
    monkeypatch.chdir(tmp_path / "home")
    for name in [each for each in os.environ if each.startswith("GEWU_")]:
        monkeypatch.delenv(name)
    return tmp_path / "home"


def run(*arguments: object, lang: str = "en", stdin: str | None = None) -> Result:
    result = CliRunner().invoke(gewu, ["--lang", lang, *map(str, arguments)], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def changed(work: Callable[[Engine], object]) -> None:
    engine = open_engine(Settings())
    work(engine)
    engine.store.close()


def add_areas(engine: Engine) -> None:
    above = None
    for code, tier in (("c", "county"), ("t", "town"), ("v", "village"), ("g", "grid")):
        above = organisation.add_area(engine, SYSTEM, code=code, name=code, tier=tier, parent=above).id
    shop = places.NewPlace("shop", "店", above or 0, attributes={"grade": "watched", "space": 9})
    places.add_place(engine, SYSTEM, shop)


def test_init_may_be_repeated_and_leaves_a_healthy_installation(home: Path) -> None:
    again = run("init")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "0 items published" in again.stderr
    checks = {each["name"]: each for each in json.loads(run("doctor", "--json").stdout)}
    assert {
        "settings",
        "packs",
        "data folder",
        "key",
        "queue",
        "database",
        "calendar",
        "journal",
    } <= checks.keys()
    bad = {name for name, each in checks.items() if not each["ok"]}
    assert bad <= {"calendar", "front end", "data folder"}, (
        "what depends on today, on a build, on this machine's disk"
    )


@pytest.mark.parametrize("command", [
    ("user", "list"), ("user", "disable", "x"), ("token", "x"), ("plan", "--month", "2026-12"), ("sweep",), ("verify-journal",),
    ("catalog", "status"), ("catalog", "publish"), ("catalog", "replay", "x"), ("migrate",), ("serve",), ("work",),
])  # fmt: skip
def test_without_data_every_command_says_how_to_begin_and_makes_nothing(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*command, "--data", "nowhere")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "gewu init" in result.stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "command", [("user", "list"), ("sweep",), ("verify-journal",), ("serve", "--port", "1")]
)
def test_an_older_schema_is_not_touched_until_it_is_migrated(home: Path, command: tuple[str, ...]) -> None:
    (home / "gewu-data/gewu.sqlite").unlink()
    sqlite3.connect(home / "gewu-data/gewu.sqlite").executescript("CREATE TABLE old (id); ")
    result = run(*command)
    assert result.exit_code == 1
    assert "gewu migrate" in result.stderr or "cannot listen" in result.stderr
    assert run("migrate").exit_code == 0
    assert run("user", "list").exit_code == 0


@pytest.mark.parametrize(
    ("setting", "value"), [("GEWU_DATABASE", "mysql://x"), ("GEWU_TIMEZONE", "Mars"), ("GEWU_LANGUAGE", "xx")]
)
def test_a_setting_that_cannot_be_used_ends_every_command_with_2(
    home: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    for command in (("user", "list"), ("config",), ("doctor",), ("init",), ("pack", "list"), ("serve",)):
        result = run(*command)
        assert (result.exit_code, result.stdout) == (2, ""), command
        assert setting in result.stderr


def test_a_database_that_cannot_be_reached_is_said_without_its_password(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEWU_DATABASE", "postgresql://gewu:secret-word@127.0.0.1:1/none")
    for command in (("user", "list"), ("doctor",), ("init",)):
        result = run(*command)
        assert result.exit_code == 1
        assert "secret-word" not in result.output


def test_config_prints_every_value_with_its_origin(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "gewu.toml").write_text('log = "error"\n', encoding="utf-8")
    monkeypatch.setenv("GEWU_LANGUAGE", "en")
    printed = {
        each["name"]: (each["value"], each["source"]) for each in json.loads(run("config", "--json").stdout)
    }
    assert printed["log"] == ("error", "gewu.toml")
    assert printed["language"] == ("en", "GEWU_LANGUAGE")
    assert run("config", "--data", "d").stdout.splitlines()[0] == "data = 'd'\t(option)"


# Doctor: each check fails when it has to


def failing(**environment: str) -> dict[str, str]:
    """What the doctor finds wrong, by name."""
    result = run("doctor", "--json")
    assert result.exit_code == 1
    return {each["name"]: each["detail"] for each in json.loads(result.stdout) if not each["ok"]}


def test_the_doctor_finds_a_misspelt_variable(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEWU_PACKPATH", "x")
    assert "GEWU_PACK_PATH?" in failing()["settings"]


def test_the_doctor_finds_a_front_end_that_was_never_built(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gewu_platform.web.assets.DIST", home / "none")
    assert "make frontend" in failing()["front end"]


def test_the_doctor_finds_missing_and_refused_packs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "plugins/odd").mkdir()
    (home / "plugins/odd/a.gewu").write_text("item", encoding="utf-8")
    assert "odd" in failing()["packs"]
    monkeypatch.setenv("GEWU_PACK_PATH", "none")
    assert "none" in failing()["packs"]


def test_the_doctor_finds_a_missing_folder_and_a_full_disk(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(home / "gewu-data/files")
    assert "gewu init" in failing()["data folder"]
    (home / "gewu-data/files").mkdir()
    monkeypatch.setattr("gewu_admin.doctor.SPACE", 2**80)
    assert "left" in failing()["data folder"]


def test_the_doctor_finds_a_key_that_is_missing_or_open_to_others_or_short(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = home / "gewu-data/secret.key"
    key.chmod(0o644)
    assert "chmod 600" in failing()["key"]
    key.unlink()
    assert "gewu init" in failing()["key"]
    monkeypatch.setenv("GEWU_SECRET_KEY", "short")
    assert "32" in failing()["key"]


def test_the_doctor_finds_a_queue_that_cannot_be_reached(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEWU_QUEUE", "postgresql://gewu@127.0.0.1:1/none")
    assert "queue" in failing()


def test_the_doctor_finds_a_database_that_is_missing_or_of_before(home: Path) -> None:
    file = home / "gewu-data/gewu.sqlite"
    file.unlink()
    assert "gewu init" in failing()["database"]
    assert not file.exists()
    sqlite3.connect(file).executescript("CREATE TABLE old (id);")
    assert "gewu migrate" in failing()["database"]
    file.write_bytes(b"no database at all" * 100)
    assert "database" in failing()


def test_the_doctor_finds_a_calendar_that_is_missing_or_runs_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(home / "gewu-data/gewu.sqlite") as database:
        database.execute("DELETE FROM calendars")
    assert "gewu init" in failing()["calendar"]
    old = {"code": "cn", "version": 1, "confirmed_until": "2025-12-31"}
    (home / "old.json").write_text(json.dumps(old), encoding="utf-8")
    assert run("calendar", "import", "old.json").exit_code == 0
    assert "2025-12-31" in failing()["calendar"]


def test_a_changed_entry_of_the_journal_is_found_by_the_doctor_and_by_verify_journal(home: Path) -> None:
    whole = run("verify-journal", "--json")
    assert whole.exit_code == 0
    assert json.loads(whole.stdout)["whole"] is True
    with sqlite3.connect(home / "gewu-data/gewu.sqlite") as database:
        triggers = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'"
        ).fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE journal SET body = '{}' WHERE seq = 2")
    broken = run("verify-journal")
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert "2" in broken.stderr
    assert json.loads(run("verify-journal", "--json").stdout)["broken"] == 2
    assert "journal" in failing()


def test_the_last_entry_is_printed_and_taken_as_known(home: Path) -> None:
    told = json.loads(run("verify-journal", "--json").stdout)
    last = f"{told['entries']}:{told['head']}"
    assert last in run("verify-journal", "--known", last).stderr
    forged = run("verify-journal", "--known", f"{told['entries']}:{'0' * 64}")
    assert (forged.exit_code, forged.stdout) == (1, "")
    assert run("verify-journal", "--known", "last").exit_code == 2


def test_cases_made_again_from_the_journal_are_held_against_what_is_stored(home: Path) -> None:
    done = run("verify-journal", "--projections", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["cases"], told["older"], told["difference"]) == (0, 0, None)


# Accounts


def test_accounts_are_made_listed_and_disabled(home: Path) -> None:
    changed(add_areas)
    made = run(
        "user", "add", "li", "--full-name", "李", "--role", "worker", "--grid", "g", stdin="correct horse\n"
    )
    assert (made.exit_code, made.stdout) == (0, "")
    run(
        "user",
        "add",
        "wang",
        "--full-name",
        "王",
        "--role",
        "supervisor",
        "--area",
        "c",
        "--password",
        "correct horse",
    )
    assert json.loads(run("user", "list", "--json").stdout) == [
        {"name": "li", "role": "worker", "areas": [], "offices": [], "active": True},
        {"name": "wang", "role": "supervisor", "areas": ["c"], "offices": [], "active": True},
    ]
    token = run("token", "li").stdout.strip()
    assert len(token) > 30
    assert run("user", "disable", "li").exit_code == 0
    assert [each["active"] for each in json.loads(run("user", "list", "--json").stdout)] == [False, True]
    assert "（停用）" in run("user", "list", lang="zh").stdout


@pytest.mark.parametrize("arguments", [
    ("token", "nobody"), ("user", "disable", "nobody"), ("user", "add", "x", "--full-name", "x", "--role", "worker", "--password", "correct horse"),
    ("user", "add", "li", "--full-name", "x", "--role", "worker", "--password", "short"),
    ("user", "add", "li", "--full-name", "x", "--role", "worker", "--password", "correct horse", "--grid", "nowhere"),
    ("user", "add", "li", "--full-name", "x", "--role", "handler", "--password", "correct horse", "--office", "a.b@c"),
    ("user", "add", "li", "--full-name", "x", "--role", "author", "--password", "correct horse"),
])  # fmt: skip
def test_what_a_use_case_refuses_ends_with_1_and_its_words(home: Path, arguments: tuple[str, ...]) -> None:
    for lang in ("zh", "en"):
        result = run(*arguments, lang=lang)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        assert result.stderr.startswith("gewu: ")


@pytest.mark.parametrize("arguments", [
    ("user", "add", "li", "--full-name", "x", "--role", "king", "--password", "correct horse"), ("user", "add", "li"), ("user",), ("user", "ad"),
    ("user", "add", "li", "--full-name", "x", "--role", "worker"), ("plan",), ("plan", "--month", "2026-13"), ("plan", "--month", "x"),
    ("plan", "--month", "2026-12", "--grid", "nowhere"), ("sweep", "--at", "x"), ("sweep", "--at", "2026-02-13T16:00+08:00"), ("serve", "--port", "0"),
    ("serve", "--port", "x"), ("calendar", "import", "nowhere"), ("calendar",), ("pack", "check", "nowhere"), ("pack", "new", "../up", "x"),
    ("pack", "new", "a b", "x"), ("demo", "--seed", "x"),
])  # fmt: skip
def test_arguments_that_cannot_be_used_end_with_2(home: Path, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr


def test_every_role_of_the_platform_can_be_given(home: Path) -> None:
    shown = run("user", "add", "--help").stdout
    assert all(role in shown for role in ROLES)


# Calendars, catalogue, time


def test_a_calendar_is_shown_edited_checked_and_imported(home: Path) -> None:
    shown = json.loads(run("calendar", "show", "--json").stdout)
    assert shown["code"] == "cn"
    assert "2026-02-14\tworkday\t春节调休" in run("calendar", "show").stdout
    shown["version"], shown["days"]["2026-03-05"] = 2, ["holiday", "本地节日"]
    (home / "cn.json").write_text(json.dumps(shown), encoding="utf-8")
    assert "version 2" in run("calendar", "check", "cn.json").stderr
    assert run("calendar", "import", "cn.json").exit_code == 0
    assert "2026-03-05\tholiday\t本地节日" in run("calendar", "show").stdout
    again = run("calendar", "import", "cn.json")
    assert (again.exit_code, "nothing new" in again.stderr) == (0, True), "a version is written once"
    (home / "cn.json").write_text('{"code": "cn", "version": 3, "confirmed_until": "soon"}', encoding="utf-8")
    for verb in ("check", "import"):
        refused = run("calendar", verb, "cn.json")
        assert refused.exit_code == 1
        assert "confirmed_until" in refused.stderr
    derived = run(
        "deadline", "--from", "2026-03-04T17:00", "--limit", "2 work hours", "--calendar", "cn", "--json"
    )
    assert json.loads(derived.stdout)["due"] == "2026-03-06T09:00:00"


def test_the_catalogue_shows_what_a_publishing_would_change(home: Path) -> None:
    def states() -> dict[str, str]:
        rows = json.loads(run("catalog", "status", "--json").stdout)
        return {each["item"]: each["state"] for each in rows}

    assert set(states().values()) == {"unchanged"}
    text = home / "plugins/sanitation/department.gewu"
    text.write_text(text.read_text(encoding="utf-8").replace("道路垃圾", "路面垃圾"), encoding="utf-8")
    assert states() == {"sanitation.litter": "changed", "sanitation.waste": "unchanged"}
    replayed = json.loads(run("catalog", "replay", "sanitation.litter", "--json").stdout)
    assert (replayed["reports"], replayed["changes"]) == (0, [])
    assert "0 forms" in run("catalog", "replay", "sanitation.litter").stderr
    done = json.loads(run("catalog", "publish", "--json").stdout)
    assert done["new"]
    assert set(states().values()) == {"unchanged"}
    text.write_text("item", encoding="utf-8")
    refused = run("catalog", "publish")
    assert refused.exit_code == 1
    assert "refused" in refused.stderr
    assert set(states().values()) == {"orphaned"}
    assert "未采用" in run("pack", "list", lang="zh").stdout
    assert not json.loads(run("pack", "list", "--json").stdout)[0]["accepted"]


@pytest.mark.usefixtures("home")
def test_quotes_that_a_shell_leaves_around_a_title_are_not_part_of_it() -> None:
    assert run("pack", "new", "parks", "“公园管理中心”").exit_code == 0
    text = Path("plugins/parks/department.gewu").read_text(encoding="utf-8")
    assert text.startswith("部门 parks “公园管理中心”\n")


def test_a_new_pack_passes_its_own_check(home: Path) -> None:
    made = run("pack", "new", "parks", "公园管理中心")
    assert made.exit_code == 0
    assert run("pack", "check", "plugins/parks").exit_code == 0
    assert run("check", "plugins/parks").exit_code == 0
    assert run("pack", "new", "parks", "公园管理中心").exit_code == 1, "nothing is overwritten"
    shutil.copytree(home / "plugins/parks", home / "elsewhere")
    twin = run("pack", "check", "elsewhere", "--json")
    assert twin.exit_code == 1
    assert [each["code"] for each in json.loads(twin.stdout)] == ["G814"]


def test_visits_are_planned_once_and_for_a_grid_by_its_code(home: Path) -> None:
    changed(add_areas)
    unmet = json.loads(run("plan", "--month", "2026-12", "--json").stdout)
    assert (unmet["planned"], bool(unmet["unmet"])) == (0, True), "nobody is rostered yet"
    run(
        "user",
        "add",
        "li",
        "--full-name",
        "李",
        "--role",
        "worker",
        "--grid",
        "g",
        "--password",
        "correct horse",
    )
    planned = json.loads(run("plan", "--month", "2026-12", "--grid", "g", "--json").stdout)
    assert planned == {"month": "2026-12", "planned": 2, "kept": 0, "unmet": []}
    again = json.loads(run("plan", "--month", "2026-12", "--json").stdout)
    assert (again["planned"], again["kept"]) == (0, 2)
    assert "原有 2 次" in run("plan", "--month", "2026-12", lang="zh").stderr


def test_a_sweep_with_nothing_due_changes_nothing(home: Path) -> None:
    figures = (
        "reminded", "overdue", "escalated", "unsettled", "resumed", "carried", "notices", "pushed", "push_failed",
        "push_dead",
    )  # fmt: skip
    nothing = dict.fromkeys(figures, 0)
    assert json.loads(run("sweep", "--json").stdout) == nothing
    assert json.loads(run("sweep", "--at", "2030-01-01T00:00", "--json").stdout) == nothing


# Processes


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from gewu_admin.cli import main; main()", *arguments], cwd=home, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_work_stops_when_it_is_told_to(home: Path, number: signal.Signals) -> None:
    process = start(home, "work")
    try:
        assert process.stderr is not None
        assert '"working"' in process.stderr.readline()
        process.send_signal(number)
        process.communicate(timeout=30)
        assert process.returncode == 0
    finally:
        process.kill()


def test_a_taken_port_is_said_before_any_work_is_begun(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            result = run(command, "--port", port, "--data", "gewu-data" if command == "serve" else "fresh")
            assert result.exit_code == 1
            assert "--port" in result.stderr
    assert not (home / "fresh/gewu.sqlite").exists()
