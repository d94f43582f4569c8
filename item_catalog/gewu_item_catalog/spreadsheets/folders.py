"""The folder that an import goes to: what the department has there already, and writing all of it or nothing."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from gewu_dsl import tree
from gewu_dsl.parse import parse
from gewu_dsl.sources import read_source
from gewu_item_catalog.packs import SUFFIX
from gewu_item_catalog.spreadsheets.importing import DEPARTMENT_FILE, Existing


def read_existing(folder: Path, department: str, replaced: Container[str] = ()) -> Existing:
    """The department's offices and items in the folder, and in the pack that the folder is the `items` of. Files of the
    folder that are going to be `replaced` do not count."""
    offices: dict[str, str] = {}
    items: set[str] = set()
    declared = False
    for file in _texts(folder):
        if file.parent == folder and file.name in replaced:
            continue
        text, _ = read_source(file.read_bytes(), file.name)
        for each in parse(text, file.name).tree.declarations:
            if isinstance(each, tree.Department) and each.code.text == department:
                declared = True
                for office in each.body:
                    if isinstance(office, tree.Office):
                        offices |= {office.title: office.code.text, office.code.text: office.code.text}
            elif isinstance(each, tree.Item):
                owner, _, name = each.name.text.partition(".")
                items |= {name} if owner == department else set()
    return Existing(offices, frozenset(items), declared)


def _texts(folder: Path) -> list[Path]:
    root = folder.parent if (folder.parent / DEPARTMENT_FILE).is_file() else folder
    return sorted(root.rglob(f"*{SUFFIX}")) if root.is_dir() else []


def existing_among(folder: Path, names: Mapping[str, str]) -> list[str]:
    """Which of the files are there already."""
    return [name for name in names if (folder / name).exists()]


def place_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files, or leave the folder as it was: OSError then."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = {name: folder / f".{name}.new" for name in files}
    before: dict[str, bytes | None] = {}
    try:
        for name, text in files.items():
            aside[name].write_text(text, encoding="utf-8", newline="\n")
        for name in files:
            target = folder / name
            before[name] = target.read_bytes() if target.exists() else None
            aside[name].replace(target)
    except OSError:
        for name, content in before.items():
            if content is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / name).write_bytes(content)
        raise
    finally:
        for each in aside.values():
            each.unlink(missing_ok=True)
