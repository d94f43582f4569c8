"""Packs: found on paths and through entry points, read whole, never imported."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from gewu_item_catalog import packs
from gewu_item_catalog.catalogue import load_catalogue
from gewu_item_catalog.packs import find_packs, installed_pack_paths, read_pack

DEPARTMENT = 'department {code} "{code}"\n'


def made(folder: Path, code: str = "parks", **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "department.gewu").write_text(DEPARTMENT.format(code=code), encoding="utf-8")
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_path_is_a_pack_or_a_folder_of_packs(tmp_path: Path) -> None:
    first, second = made(tmp_path / "many/b"), made(tmp_path / "many/a")
    assert [each.root for each in find_packs([tmp_path / "many"])] == [second, first]
    assert [each.root for each in find_packs([first])] == [first]
    assert [each.root for each in find_packs([first, tmp_path / "many"])] == [first, second], (
        "each once, in order"
    )


def test_what_is_no_pack_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/README.md").write_text("x", encoding="utf-8")
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")
    assert find_packs([tmp_path, tmp_path / "nowhere", tmp_path / "file.txt"]) == []


def test_texts_are_read_from_every_depth_in_a_stable_order(tmp_path: Path) -> None:
    root = made(tmp_path / "parks")
    (root / "items/deep").mkdir(parents=True)
    (root / "items/deep/b.gewu").write_text("# b", encoding="utf-8")
    (root / "items/a.gewu").write_text("# a", encoding="utf-8")
    (root / "items/ignored.txt").write_text("x", encoding="utf-8")
    assert [name for name, _ in read_pack(root).sources] == [
        "department.gewu",
        "items/a.gewu",
        "items/deep/b.gewu",
    ]


def test_what_a_pack_says_of_itself(tmp_path: Path) -> None:
    about = 'version = "1.2.0"\nengine = ">=0.1"\ncontact = "parks@example.org"\n'
    pack = read_pack(made(tmp_path / "parks", pack__toml=about))
    assert (pack.version, pack.engine, pack.contact, pack.problems) == (
        "1.2.0",
        ">=0.1",
        "parks@example.org",
        (),
    )
    plain = read_pack(made(tmp_path / "plain"))
    assert (plain.version, plain.engine, plain.problems) == ("0", "", ())
    assert plain.presentation == "whole"


def test_a_department_chooses_how_its_loop_is_shown(tmp_path: Path) -> None:
    pack = read_pack(made(tmp_path / "parks", pack__toml='presentation = "five-step"\n'))
    assert pack.presentation == "five-step"
    catalogue = load_catalogue([tmp_path / "parks", made(tmp_path / "lights", code="lights")])
    assert catalogue.presentations == {"parks": "five-step", "lights": "whole"}


def test_an_unknown_presentation_refuses_the_pack_and_names_the_nearest(tmp_path: Path) -> None:
    made(tmp_path / "parks", pack__toml='presentation = "5-step"\n')
    catalogue = load_catalogue([tmp_path])
    (loaded,) = catalogue.packs
    (problem,) = [each for each in loaded.diagnostics if each.code == "G816"]
    assert not loaded.accepted
    assert catalogue.presentations == {}
    assert "five-step" in problem.help.en
    assert "seven-step" in problem.message.zh


@pytest.mark.parametrize("content", [b"version = ", b"\xff\xfe", b"version = 1.0.0"])
def test_a_manifest_that_cannot_be_read_is_a_problem_of_the_pack(tmp_path: Path, content: bytes) -> None:
    root = made(tmp_path / "parks")
    (root / "pack.toml").write_bytes(content)
    pack = read_pack(root)
    assert len(pack.problems) == 1
    assert "pack.toml" in pack.problems[0]


def test_a_text_that_cannot_be_read_is_a_problem_of_the_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(tmp_path / "parks", items__gewu="# x")
    read = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "items.gewu":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    pack = read_pack(root)
    assert [name for name, _ in pack.sources] == ["department.gewu"]
    assert "items.gewu" in pack.problems[0]


def test_a_folder_named_like_a_text_is_a_problem_of_the_pack(tmp_path: Path) -> None:
    root = made(tmp_path / "parks")
    (root / "odd.gewu").mkdir()
    assert "odd.gewu" in read_pack(root).problems[0]


def test_a_distributions_pack_is_found_by_its_entry_point_and_its_code_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made(tmp_path / "parks_pack")
    (root / "__init__.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    inside = made(root / "inside", "inside")
    monkeypatch.syspath_prepend(str(tmp_path))
    points = [
        EntryPoint("parks", "parks_pack", packs.ENTRY_POINTS), EntryPoint("gone", "gone_pack", packs.ENTRY_POINTS),
        EntryPoint("deeper", "gone_pack.deeper", packs.ENTRY_POINTS),
        EntryPoint("inside", "parks_pack.inside:folder", packs.ENTRY_POINTS),
    ]  # fmt: skip
    monkeypatch.setattr(packs, "entry_points", lambda group: points if group == packs.ENTRY_POINTS else [])
    found = find_packs(installed_pack_paths())
    assert [each.root for each in found] == [root, inside]
    assert "parks_pack" not in sys.modules
