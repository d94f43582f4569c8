"""`gewu compile`: every output of the compiler, and every stage on the way there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from gewu_admin.cli import gewu
from gewu_admin.cli.compiling import TARGETS
from gewu_dsl.stages import TITLES

PACK = Path(__file__).parent / "packs/sanitation"
ITEM = "sanitation.waste"


def run(*arguments: object, lang: str = "en") -> Result:
    return CliRunner().invoke(gewu, ["--lang", lang, "compile", *map(str, arguments)])


@pytest.mark.parametrize("target", TARGETS)
def test_every_output_is_a_document_of_its_kind(target: str) -> None:
    result = run(PACK, ITEM, "--to", target)
    assert (result.exit_code, result.stderr) == (0, "")
    begins = {"html": "<!doctype html>", "handbook": "<!doctype html>", "sheet": "<!doctype html>"}
    begins |= {"dmn": "<?xml", "xform": "<?xml"}
    assert result.stdout.startswith(begins.get(target, "{"))
    if result.stdout.startswith("{"):
        json.loads(result.stdout)


def test_what_is_printed_is_valid_under_the_published_schema() -> None:
    schema = json.loads(run(PACK, "--to", "artifact-schema").stdout)
    for artifact in json.loads(run(PACK).stdout):
        jsonschema.Draft202012Validator(schema).validate(artifact)


def test_an_output_can_be_written_to_a_file(tmp_path: Path) -> None:
    result = run(PACK, ITEM, "--to", "sheet", "--out", tmp_path / "sheet.html")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "sheet.html").read_text(encoding="utf-8") == run(PACK, ITEM, "--to", "sheet").stdout
    nowhere = run(PACK, ITEM, "--out", tmp_path / "no/such/folder/a.json")
    assert nowhere.exit_code == 2
    assert "no/such/folder" in nowhere.stderr


def test_where_there_are_several_items_they_are_named() -> None:
    for arguments in (("--to", "dmn"), ("--stages",)):
        result = run(PACK, *arguments)
        assert result.exit_code == 2
        assert ITEM in result.stderr
        assert "sanitation.litter" in result.stderr


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    for name in ("pack.toml", "README.md"):
        (tmp_path / name).write_text("", encoding="utf-8")
        result = run(tmp_path / name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "not a .gewu file" in result.stderr


def test_of_many_items_the_near_ones_are_named() -> None:
    packs = Path(__file__).parent.parent / "plugins"
    misspelt = run(packs, "fire.small_places")
    assert misspelt.exit_code == 2
    assert "fire.small_place," in misspelt.stderr
    assert "known: " in run(packs, "nothing.like_it").stderr
    assert len(run(packs, "--to", "html").stderr) < 400


def test_all_stages_stand_under_their_headings_in_the_readers_language() -> None:
    for lang, chosen in (("zh", 0), ("en", 1)):
        printed = run(PACK, ITEM, "--stages", lang=lang).stdout
        assert re.findall(r"(?m)^== (.*) ==$", printed) == [titles[chosen] for titles in TITLES.values()]


def test_a_stage_alone_has_no_heading_and_points_into_the_source() -> None:
    tree = run(PACK, ITEM, "--stage", "tree").stdout
    lines = (PACK / "department.gewu").read_text(encoding="utf-8").splitlines()
    first, last = re.match(r"(\d+):\d+-(\d+):\d+ +Item name=sanitation.waste", tree).groups()  # type: ignore[union-attr]
    assert lines[int(first) - 1].startswith("item sanitation.waste")
    assert int(last) <= len(lines)
    for line in tree.splitlines():
        assert re.match(r"\d+:\d+-\d+:\d+ ", line)


def test_names_are_told_with_what_they_stand_for() -> None:
    names = run(PACK, ITEM, "--stage", "names").stdout
    assert "grade → PlaceAttribute('grade')" in names
    assert "watched → Constant('watched')" in names
    assert re.search(r"→ Office\('sanitation\.\w+'\)", names)


def test_the_model_leaves_out_what_is_at_its_default_and_the_rules_are_those_that_run() -> None:
    model = run(PACK, ITEM, "--stage", "model").stdout
    assert "optional: False" not in model
    assert "visits: 2 a month when place.grade = watched, 1 a month otherwise" in model
    rules = run(PACK, ITEM, "--stage", "rules").stdout
    assert "def choices(a, c):" in rules
    assert "export const shown" in rules
