"""`gewu check --coverage`: what no example shows, as examples to put into the text."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gewu_admin.cli import gewu

PACK = Path(__file__).parent / "packs/sanitation"


def run(*arguments: object, lang: str = "en") -> Result:
    return CliRunner().invoke(gewu, ["--lang", lang, *map(str, arguments)])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACK, tmp_path / "sanitation"))


def test_what_is_printed_can_be_put_into_the_text_and_leaves_nothing_to_propose(pack: Path) -> None:
    """The loop an author goes through, until the examples show every rule."""
    text = pack / "department.gewu"
    first = run("check", pack, "--coverage", "--pairs")
    assert first.exit_code == 0
    for name, examples in _by_item(first.stdout).items():
        before = text.read_text(encoding="utf-8")
        head, found, rest = before.partition(f"item {name} ")
        body, following, others = rest.partition("\nitem ")
        text.write_text(head + found + body + "\n" + examples + following + others, encoding="utf-8")
    again = run("check", pack, "--coverage", "--json")
    told = json.loads(again.stdout)
    assert told["diagnostics"] == []
    for row in told["coverage"]:
        assert (row["targets"], row["missing"], row["proposals"]) == (row["reached"], [], [])


def test_without_the_option_check_prints_what_it_always_did(pack: Path) -> None:
    assert json.loads(run("check", pack, "--json").stdout) == []
    assert run("check", pack).stdout == ""


def test_who_asks_for_pairs_asks_for_coverage(pack: Path) -> None:
    told = json.loads(run("check", pack, "--pairs", "--json").stdout)
    assert told == json.loads(run("check", pack, "--coverage", "--pairs", "--json").stdout)


def test_the_proposals_are_in_the_words_of_the_file_and_the_figures_in_the_readers(pack: Path) -> None:
    assert run("format", pack, "--words", "zh").exit_code == 0
    told = run("check", pack, "--coverage", lang="en")
    assert "  示例 “" in told.stdout
    assert "rules" in told.stderr
    assert "条规定" in run("check", pack, "--coverage", lang="zh").stderr


def _by_item(printed: str) -> dict[str, str]:
    parts = [part.partition("\n") for part in ("\n" + printed).split("\n# ")[1:]]
    return {name: examples for name, _, examples in parts}
