"""Settings: which value counts, where it came from, and what cannot be used."""

from __future__ import annotations

import dataclasses
import os
import re
import stat
from pathlib import Path

import pytest

from gewu_admin.app import secret_key
from gewu_admin.cli import COMMANDS
from gewu_admin.settings import (
    PREFIX,
    Settings,
    SettingsError,
    hide_password,
    read_settings,
    unknown_variables,
)

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def origins(
    folder: Path, environment: dict[str, str] | None = None, **options: str
) -> dict[str, tuple[object, str]]:
    _, found = read_settings(options, environment or {}, folder)
    return {each.name: (each.value, each.source) for each in found}


def test_options_win_over_variables_and_these_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "gewu.toml").write_text(
        'data = "from-file"\nlanguage = "en"\nlog = "debug"\n', encoding="utf-8"
    )
    found = origins(tmp_path, {"GEWU_DATA": "from-variable", "GEWU_LOG": "error"}, data="from-option")
    assert found["data"] == ("from-option", "option")
    assert found["log"] == ("error", "GEWU_LOG")
    assert found["language"] == ("en", "gewu.toml")
    assert found["timezone"] == ("Asia/Shanghai", "default")


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    assert origins(tmp_path, {"GEWU_LANGUAGE": ""})["language"] == ("zh", "default")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("database", "mysql://x", "sqlite:///path or postgresql://"), ("database", "sqlite:///", "sqlite:///path"),
        ("queue", "sqliteful", "redis://host"), ("queue", "kafka://x", "redis://host"), ("language", "fr", "zh or en"),
        ("log", "loud", "debug, info, warning or error"), ("timezone", "Mars/Olympus", "e.g. Asia/Shanghai"), ("timezone", "../etc", "e.g. Asia/Shanghai"),
        ("secure_cookies", "perhaps", "neither true nor false"), ("data", "a\0b", "character"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_refused_with_its_origin_and_what_would_do(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    variable = PREFIX + name.upper()
    with pytest.raises(SettingsError, match=re.escape(words)) as refused:
        read_settings({}, {variable: value}, tmp_path)
    assert f"{name} ({variable})" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("data = ", "gewu.toml"),
        ("dta = 'x'", "unknown setting dta"),
        ("data = 3", "not text"),
        ("data = ['a']", "not text"),
        ("[data]", "not text"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "gewu.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        read_settings({}, {}, tmp_path)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gewu.toml").write_bytes('data = "数据"'.encode("gb18030"))
    with pytest.raises(SettingsError, match="gewu.toml"):
        read_settings({}, {}, tmp_path)


@pytest.mark.parametrize(
    ("text", "truth"), [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("no", False)]
)
def test_truth_is_read_from_words_and_numbers(tmp_path: Path, text: str, truth: bool) -> None:
    assert read_settings({}, {"GEWU_SECURE_COOKIES": text}, tmp_path)[0].secure_cookies is truth


def test_everything_embedded_lies_in_the_data_folder(tmp_path: Path) -> None:
    settings, _ = read_settings({"data": str(tmp_path / "d")}, {}, tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/d/gewu.sqlite"
    assert settings.queue_url == f"sqlite:///{tmp_path}/d/queue.sqlite"
    assert settings.files_folder == tmp_path / "d" / "files"
    other, _ = read_settings(
        {}, {"GEWU_QUEUE": "redis://q/0", "GEWU_PACK_PATH": f"a{os.pathsep}b{os.pathsep}"}, tmp_path
    )
    assert other.queue_url == "redis://q/0"
    assert other.pack_paths == [Path("a"), Path("b")]


def test_a_password_is_never_shown() -> None:
    url = "postgresql://gewu:top:secret@db.example/gewu"
    _, found = read_settings({}, {"GEWU_DATABASE": url})
    (database,) = [each for each in found if each.name == "database"]
    assert database.shown == "postgresql://gewu:***@db.example/gewu"
    assert database.value == url
    assert hide_password("sqlite:////var/a:b@c") == "sqlite:////var/a:b@c"


def test_a_misspelt_variable_is_found_with_what_was_meant() -> None:
    assert unknown_variables(
        {"GEWU_PACKPATH": "x", "GEWU_DATA": "y", "GEWU_SECRET_KEY": "z", "HOME": "h"}
    ) == {"GEWU_PACKPATH": "GEWU_PACK_PATH"}


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEWU_SECRET_KEY", raising=False)
    settings = Settings(data=str(tmp_path / "d"))
    first = secret_key(settings)
    assert len(first) >= 48
    assert secret_key(settings) == first
    assert stat.S_IMODE((tmp_path / "d/secret.key").stat().st_mode) == 0o600
    assert secret_key(Settings(data=str(tmp_path / "e"))) != first
    monkeypatch.setenv("GEWU_SECRET_KEY", "given")
    assert secret_key(settings) == "given"


def test_the_readme_lists_every_setting_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", README, re.MULTILINE))
    fields = {each.name: each.default for each in dataclasses.fields(Settings)}
    assert list(rows) == list(fields)
    for name, default in fields.items():
        shown = rows[name].strip()
        if default != "":
            assert shown == f"`{str(default).lower() if isinstance(default, bool) else default}`"
        else:
            assert "`data`" in shown


def test_every_command_the_readme_names_is_there() -> None:
    named = set(re.findall(r"`gewu ([a-z-]+)", README))
    assert named
    assert named <= set(COMMANDS)
