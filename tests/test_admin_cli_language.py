"""The language at the command line: check, explain, format, compile, decide, deadline."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs_dsl import COVER, EXIT

from gewu_admin.cli import COMMANDS, gewu
from gewu_dsl.codes import CODES

ROOT = Path(__file__).parent.parent
PACK = ROOT / "tests/packs/sanitation"
SMALL_PLACE = """\

place small_place "小场所"
  ask grade one of (lenient "宽管型", warned "警示型", strict "严管型", barred "禁租型") "管理等级"
"""
LOCKED = {"exit": "locked", "people": 40, "shot": ["a.jpg"], "lamp": "yes", "night": "yes"}


def run(*arguments: object, lang: str = "en", stdin: str | None = None) -> Result:
    return CliRunner().invoke(gewu, ["--lang", lang, *map(str, arguments)], input=stdin)


def written(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACK, tmp_path / "packs/sanitation"))


@pytest.fixture
def exits(tmp_path: Path) -> Path:
    return written(tmp_path, "exit.gewu", EXIT + SMALL_PLACE)


# check


def test_a_clean_pack_says_nothing_on_stdout_and_ends_with_0(pack: Path) -> None:
    result = run("check", pack)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 files, 2 items: 0 errors, 0 warnings." in result.stderr
    assert "1 个文件，2 个事项：0 个错误，0 个提醒。" in run("check", pack, lang="zh").stderr


def test_an_error_ends_with_1_and_is_shown_where_it_stands(tmp_path: Path) -> None:
    file = written(tmp_path, "a.gewu", EXIT.replace("exit = blocked\n", "exitt = blocked\n", 1) + SMALL_PLACE)
    result = run("check", file)
    assert result.exit_code == 1
    assert f"{file.as_posix()}:24:60" in result.stderr
    assert "^^^^^" in result.stderr


def test_json_has_the_agreed_keys_and_the_path_as_it_was_given(tmp_path: Path) -> None:
    file = written(tmp_path, "a.gewu", COVER)
    result = run("check", file, "--json")
    diagnostics = json.loads(result.stdout)
    assert result.exit_code == 1
    assert diagnostics
    for each in diagnostics:
        assert {
            "code",
            "severity",
            "file",
            "line",
            "column",
            "message",
            "help",
            "counterexample",
        } <= each.keys()
        assert each["file"] == file.as_posix()
        assert each["code"] in CODES
        assert each["severity"] in ("error", "warning")
    assert json.loads(run("check", PACK, "--json").stdout) == []


def test_a_file_of_a_pack_is_checked_with_its_pack_and_only_its_own_mistakes_are_shown(pack: Path) -> None:
    text = (pack / "department.gewu").read_text(encoding="utf-8")
    head, _, litter = text.partition("item sanitation.litter")
    written(pack, "department.gewu", head)
    good = written(pack, "items/litter.gewu", "item sanitation.litter" + litter)
    bad = written(pack, "items/bad.gewu", 'item sanitation.bad "x"\n  ask\n')
    assert run("check", good).exit_code == 0
    assert "1 files, 1 items" in run("check", good).stderr or "1 files, 0 items" in run("check", good).stderr
    assert run("check", bad).exit_code == 1
    assert run("check", pack).exit_code == 1
    assert run("check", pack / "items").exit_code == 1


def test_folders_of_packs_are_held_against_each_other(pack: Path) -> None:
    assert run("check", pack.parent).exit_code == 0
    shutil.copytree(pack, pack.parent / "twin")
    result = run("check", pack.parent, "--json")
    assert result.exit_code == 1
    assert {each["code"] for each in json.loads(result.stdout)} == {"G814"}


def test_what_a_shell_adds_beside_the_packs_is_passed_over(pack: Path) -> None:
    written(pack.parent, "README.md", "# 不是事项")
    assert run("check", *sorted(pack.parent.iterdir())).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("check",), ("check", "nowhere"), ("explain", "G999"), ("explain",), ("format", "nowhere"), ("compile", "nowhere"),
        ("compile", PACK, "sanitation.nothing"), ("compile", PACK, "--to", "html"), ("compile", PACK, "sanitation.litter", "--to", "pdf"),
        ("decide", PACK, "sanitation.litter"), ("decide", PACK, "sanitation.litter", "--answers", "nowhere"),
        ("decide", "nowhere", "x", "--answers", "-"), ("chek",), ("check", "--nope"), ("--lang", "fr"),
        ("deadline",), ("deadline", "--from", "now", "--limit", "1 workday"), ("deadline", "--from", "2026-02-13T16:00"),
        ("deadline", "--from", "2026-02-13T16:00+08:00", "--limit", "1 workday"), ("deadline", "--from", "0001-01-01", "--limit", "1 days"),
        ("deadline", "--from", "2026-02-13T16:00", "--limit", "1 天"), ("deadline", "--from", "2026-02-13T16:00", "--limit", ""),
        ("deadline", "--from", "2026-02-13T16:00", "--limit", "1 workday", "--pause", "x"),
        ("deadline", "--from", "2026-02-13T16:00", "--limit", "1 workday", "--pause", "2026-02-13T18:00..2026-02-13T17:00"),
        ("deadline", "--from", "2026-02-13T16:00", "--limit", "1 workday", "--calendar", "mars"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be_used_end_with_2_and_a_message(
    arguments: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for lang in ("zh", "en"):
        result = run(*arguments, lang=lang, stdin="{}")
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        assert result.stderr.strip()
        assert "Traceback" not in result.stderr


# explain, format, compile


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    assert run("explain", code.lower()).stdout.startswith(f"# {code} ")


def test_formatting_to_chinese_and_back_leaves_every_item_byte_for_byte_the_same(pack: Path) -> None:
    before = run("compile", pack).stdout
    assert run("format", pack, "--words", "zh").exit_code == 0
    chinese = (pack / "department.gewu").read_text(encoding="utf-8")
    assert "部门 sanitation" in chinese
    assert run("compile", pack).stdout == before
    assert run("format", pack, "--words", "zh", "--check").exit_code == 0
    assert run("format", pack, "--words", "en", "--check").exit_code == 1
    assert (pack / "department.gewu").read_text(encoding="utf-8") == chinese
    assert run("format", pack, "--words", "en").exit_code == 0
    assert run("compile", pack).stdout == before


def test_a_readme_beside_the_texts_is_neither_formatted_nor_complained_of(tmp_path: Path) -> None:
    readme = written(tmp_path, "README.md", "# 说明\n")
    text = written(tmp_path, "a.gewu", "department   d    “D”\n")
    assert run("format", readme, text).exit_code == 0
    assert readme.read_text(encoding="utf-8") == "# 说明\n"
    assert text.read_text(encoding="utf-8") != "department   d    “D”\n"


def test_a_file_with_errors_is_never_rewritten_and_the_others_are(tmp_path: Path) -> None:
    bad = written(tmp_path, "a.gewu", "item  x\n  ask")
    good = written(tmp_path, "b.gewu", "department   d    “D”\n")
    result = run("format", tmp_path)
    assert result.exit_code == 1
    assert bad.read_text(encoding="utf-8") == "item  x\n  ask"
    assert good.read_text(encoding="utf-8") != "department   d    “D”\n"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_every_output_of_the_compiler_is_printed(pack: Path) -> None:
    artifact = json.loads(run("compile", pack, "sanitation.litter").stdout)
    assert artifact["name"] == "sanitation.litter"
    assert len(json.loads(run("compile", pack).stdout)) == 2
    schema = json.loads(run("compile", pack, "sanitation.litter", "--to", "json-schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for target in ("html", "handbook"):
        assert run("compile", pack, "sanitation.litter", "--to", target).stdout.lstrip().startswith("<")
    broken = run("compile", written(pack, "x.gewu", "item") and pack, "sanitation.litter")
    assert broken.exit_code == 1
    assert "gewu check" in broken.stderr


# decide


def test_a_decision_has_exactly_the_published_shape(exits: Path, tmp_path: Path) -> None:
    answers = written(tmp_path, "a.json", LOCKED)
    result = run("decide", exits, "fire.exit", "--answers", answers, "--json")
    assert result.exit_code == 0
    decision = json.loads(result.stdout)
    assert list(decision) == ["item", "version", "excluded", "refused", "findings"]
    assert (decision["item"], decision["excluded"], decision["refused"]) == ("fire.exit", None, [])
    assert decision["version"] == json.loads(run("compile", exits, "fire.exit").stdout)["version"]
    locked, night = decision["findings"]
    expected = {
        "name": "locked",
        "severity": "critical",
        "route": {"handler": "fire.brigade", "with": ["community"], "under": None},
        "limits": {"accept": "15 minutes", "handle": "2 hours", "verify": "1 workday"},
        "stages": [],
        "on_site": None,
        "close": {"text": "通道恢复畅通", "with": ["photo>=1", "signature:owner>=1", "signature:worker>=2"]},
    }
    assert {key: locked[key] for key in expected} == expected
    line = next(
        number for number, text in enumerate(EXIT.splitlines(), 1) if "severity critical when" in text
    )
    assert {
        "clause": "severity",
        "line": line,
        "branch": 1,
        "because": "people > 30",
        "saw": {"people": 40},
    } in locked["trace"]
    assert (night["name"], night["limits"]["handle"]) == ("night", "3 workdays")


def test_answers_that_may_not_be_submitted_are_named_and_nothing_is_found(
    exits: Path, tmp_path: Path
) -> None:
    answers = written(tmp_path, "a.json", {**LOCKED, "exit": "open"})
    decision = json.loads(run("decide", exits, "fire.exit", "--answers", answers).stdout)
    assert [each["question"] for each in decision["refused"]] == ["exit"]
    assert set(decision["refused"][0]) == {"question", "code", "message"}
    counted = written(tmp_path, "b.json", {**LOCKED, "shot": 2})
    assert len(json.loads(run("decide", exits, "fire.exit", "--answers", counted).stdout)["findings"]) == 2
    narrow = written(tmp_path, "c.json", {**LOCKED, "exit": "blocked", "width": 0.2})
    refused = json.loads(run("decide", exits, "fire.exit", "--answers", narrow).stdout)["refused"]
    assert [(each["question"], each["code"]) for each in refused] == [("width", "must")]
    assert decision["findings"] == []


def test_when_something_was_reported_comes_from_the_calendar(tmp_path: Path) -> None:
    text = """\
department d "D"
  office o "O" at county
item d.late "L"
  ask n integer "N"
  route d.o  handle 1 workday
  finding weekend "W" when reported.on_workday = no
  finding monthly "M" when reported.month = 2
"""
    file, answers = written(tmp_path, "late.gewu", text), written(tmp_path, "a.json", {"n": 1})

    def found(at: str) -> list[str]:
        decision = json.loads(run("decide", file, "d.late", "--answers", answers, "--at", at).stdout)
        return [each["name"] for each in decision["findings"]]

    assert found("2026-02-14T10:00") == ["monthly"], "a make-up Saturday is a workday"
    assert found("2026-02-21T10:00") == ["weekend", "monthly"]
    assert found("2026-03-02T10:00") == []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["place", "place.grade", "reported", "at", "exit", "cases_in", "30", "area", "people", "shot", ""]), inner, max_size=4
), max_leaves=8))  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_answers_and_no_context_end_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("decide")
    file = written(folder, "exit.gewu", EXIT + SMALL_PLACE)
    sheet = folder / "value.json"
    sheet.write_text(json.dumps(value), encoding="utf-8")
    result = run("decide", file, "fire.exit", "--answers", sheet, "--context", sheet)
    assert result.exit_code == (0 if isinstance(value, dict) else 2), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@given(st.binary(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_bytes_end_in_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("bytes") / "a.gewu"
    file.write_bytes(data)
    for arguments in (("check", file, "--json"), ("format", file, "--check"), ("compile", file)):
        result = run(*arguments)
        assert result.exit_code in (0, 1, 2), arguments
        assert result.exception is None or isinstance(result.exception, SystemExit), arguments


# deadline


def test_a_deadline_has_exactly_the_published_shape() -> None:
    result = run("deadline", "--from", "2026-02-13T16:00", "--limit", "1 workday", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "due": "2026-02-14T16:00:00",
        "provisional": False,
        "counted": [
            ["2026-02-13T16:00:00", "2026-02-13T18:00:00", 120],
            ["2026-02-14T08:00:00", "2026-02-14T12:00:00", 240],
            ["2026-02-14T14:00:00", "2026-02-14T16:00:00", 120],
        ],
        "skipped": [
            ["2026-02-13", "outside hours"],
            ["2026-02-14", "outside hours"],
            ["2026-02-14", "lunch"],
        ],
    }


def test_a_pause_moves_a_deadline_and_is_named() -> None:
    pause = ("--pause", "2026-03-02T10:00..2026-03-02T11:00")
    result = run("deadline", "--from", "2026-03-02T09:00", "--limit", "2 工作时", *pause, "--json")
    derived = json.loads(result.stdout)
    assert derived["due"] == "2026-03-02T12:00:00"
    assert ["2026-03-02", "pause"] in derived["skipped"]
    words = run("deadline", "--from", "2026-03-02T09:00", "--limit", "2 工作时", *pause, lang="zh").stdout
    assert "暂停计时" in words
    assert "到期 2026-03-02（周一）12:00" in words


def test_a_calendar_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    own = {
        "code": "own",
        "version": 1,
        "confirmed_until": "2026-12-31",
        "days": {"2026-03-03": ["holiday", "本地节日"]},
    }
    file = written(tmp_path, "own.json", own)
    arguments = ("deadline", "--from", "2026-03-02T17:00", "--limit", "2 work hours", "--json")
    assert json.loads(run(*arguments, "--calendar", file).stdout)["due"] == "2026-03-04T09:00:00"
    assert json.loads(run(*arguments).stdout)["due"] == "2026-03-03T09:00:00"
    broken = run(*arguments, "--calendar", written(tmp_path, "bad.json", {"code": 1}))
    assert broken.exit_code == 2
    assert "version" in broken.stderr


# all of them


def paths_of(command: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    children = getattr(command, "commands", {})
    here = [above] if above else []
    return here + [path for name, child in children.items() for path in paths_of(child, (*above, name))]


ALL = [path for name in COMMANDS for path in paths_of(gewu.get_command(None, name), (name,))]  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_in_both_languages_with_an_example(path: tuple[str, ...]) -> None:
    for flag in ("--help", "-h"):
        result = CliRunner().invoke(gewu, [*path, flag])
        assert result.exit_code == 0
    assert f"gewu {path[0]}" in result.stdout.split("Example:", 1)[1]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in result.stdout)


def test_the_overview_names_every_command_in_the_readers_language() -> None:
    for lang, column in (("zh", 1), ("en", 2)):
        shown = run("--help", lang=lang).stdout
        for name, row in COMMANDS.items():
            assert name in shown
            assert row[column] in shown


def test_the_language_may_be_named_after_the_command(tmp_path: Path) -> None:
    result = CliRunner().invoke(gewu, ["check", "--lang", "en", str(PACK)], obj="zh")
    assert "0 errors" in result.stderr


@pytest.mark.parametrize(("variable", "value", "expected"), [
    ("LANG", "en_US.UTF-8", "there is no code"), ("LANG", "zh_CN.UTF-8", "没有代码"), ("LANG", "C", "没有代码"), ("LC_ALL", "en_GB", "there is no code"),
])  # fmt: skip
def test_the_language_comes_from_the_environment(variable: str, value: str, expected: str) -> None:
    done = command("explain", "G999", environment={variable: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr


def command(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from gewu_admin.cli import main; main()", *arguments],
        capture_output=True, text=True, check=False, encoding="utf-8", errors="replace", cwd=ROOT,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "", **(environment or {})},
    )  # fmt: skip


def test_a_reader_that_stops_reading_is_no_accident() -> None:
    done = subprocess.run(
        f"{sys.executable} -c 'from gewu_admin.cli import main; main()' compile {PACK} | head -c 10",
        shell=True, capture_output=True, text=True, check=False, cwd=ROOT,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.stderr == ""


def test_a_terminal_of_another_encoding_still_gets_its_answer() -> None:
    done = command("explain", "G401", environment={"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0
    assert "\\u" in done.stdout


@pytest.mark.parametrize("arguments", [("explain", "G401"), ("deadline", "--from", "2026-02-13T16:00", "--limit", "1 workday"),
                                       ("check", str(PACK)), ("--help",), ("--version",)])  # fmt: skip
def test_the_language_needs_neither_the_site_nor_the_database(arguments: tuple[str, ...]) -> None:
    script = (
        "import sys; from gewu_admin.cli import main; sys.argv = ['gewu', *sys.argv[1:]]\n"
        "try: main()\n"
        "finally: print(sorted({'flask', 'pony', 'huey', 'argon2', 'PIL'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, cwd=ROOT,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("[]\n")


def test_a_decision_in_words_says_what_whose_by_when_and_why(exits: Path, tmp_path: Path) -> None:
    answers = written(tmp_path, "answers.json", LOCKED)
    told = run("decide", exits, "fire.exit", "--answers", answers, "--words", lang="zh").stdout
    assert "疏散通道上锁（locked） · 重大" in told
    assert "  派往 区消防救援大队" in told
    assert "  处置 2 紧急工作时" in told
    assert "等级：现场人数 > 30  [people = 40]" in told
    told = run("decide", exits, "fire.exit", "--answers", answers, "--words").stdout
    assert "  handle 2 hours" in told
    assert "severity：people > 30  [people = 40]" in told
    nothing = written(tmp_path, "nothing.json", {"exit": "clear", "people": 3, "lamp": "yes", "night": "no"})
    assert run("decide", exits, "fire.exit", "--answers", nothing, "--words", lang="zh").stdout == "无\n"
    narrow = written(tmp_path, "narrow.json", {"exit": "blocked", "width": 0.2})
    refused = run("decide", exits, "fire.exit", "--answers", narrow, "--words", lang="zh").stdout
    assert refused == "拒收 通道净宽：净宽小于 0.3 米请核对单位\n"


def test_what_the_checker_says_is_wrong_can_be_tried(exits: Path, tmp_path: Path) -> None:
    """The sheet of a counterexample, put to the item it is about, comes out as the message says."""
    text = exits.read_text(encoding="utf-8")
    gap = text.replace(
        "severity critical when people > 30   major otherwise", "severity critical when people > 30"
    )
    assert gap != text
    exits.write_text(gap, encoding="utf-8")
    (told,) = [each for each in json.loads(run("check", exits, "--json").stdout) if each["code"] == "G401"]
    answers = written(tmp_path, "answers.json", told["counterexample"]["answers"])
    context = written(tmp_path, "context.json", told["counterexample"]["context"])
    decided = run("decide", exits, "fire.exit", "--answers", answers, "--context", context)
    found = {each["name"]: each for each in json.loads(decided.stdout)["findings"]}
    assert found["locked"]["severity"] is None
    exits.write_text(gap.replace("item fire.exit", "itm fire.exit"), encoding="utf-8")
    assert run("decide", exits, "fire.exit", "--answers", answers).exit_code == 1
