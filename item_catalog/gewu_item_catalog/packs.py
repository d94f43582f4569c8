"""Packs: the folders in which departments arrive.

A pack is a folder of `.gewu` files, one of which declares the department, and an optional `pack.toml` (version, engine
range, contact, presentation of the loop). It holds data only: nothing in it is ever imported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

SUFFIX = ".gewu"
ENTRY_POINTS = "gewu.departments"
PRESENTATIONS = ("whole", "five-step", "seven-step")
"""How a department may show its cases' course: `presentation` of `pack.toml`, the first where it says nothing."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder as found: its texts by path relative to `root`, not yet compiled. `problems` are those of reading it.

    `presentation` is what `pack.toml` says, one of PRESENTATIONS or not.
    """

    root: Path
    version: str
    engine: str
    contact: str
    sources: tuple[tuple[str, bytes], ...]
    problems: tuple[str, ...] = ()
    presentation: str = PRESENTATIONS[0]


def find_packs(paths: Iterable[Path]) -> list[Pack]:
    """Every pack on `paths`, in a stable order: each path is a pack itself, or a folder of packs."""
    roots: dict[Path, None] = {}
    for path in paths:
        for root in _roots_under(path):
            roots.setdefault(root.resolve())
    return [read_pack(root) for root in roots]


def installed_pack_paths() -> list[Path]:
    """Folders that installed distributions offer under the entry point group `gewu.departments`."""
    return [_folder_of(point) for point in entry_points(group=ENTRY_POINTS)]


def read_pack(root: Path) -> Pack:
    """Read one folder. What cannot be read becomes a problem of the pack, not an exception."""
    problems: list[str] = []
    about: dict[str, object] = {}
    manifest = root / "pack.toml"
    if manifest.is_file():
        try:
            about = tomllib.loads(manifest.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            problems.append(f"pack.toml: {error}")
    sources: list[tuple[str, bytes]] = []
    for file in sorted(root.rglob(f"*{SUFFIX}")):
        try:
            sources.append((file.relative_to(root).as_posix(), file.read_bytes()))
        except OSError as error:
            problems.append(f"{file.name}: {error}")
    return Pack(
        root=root,
        version=str(about.get("version", "0")),
        engine=str(about.get("engine", "")),
        contact=str(about.get("contact", "")),
        sources=tuple(sources),
        problems=tuple(problems),
        presentation=str(about.get("presentation", PRESENTATIONS[0])),
    )


def _roots_under(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    if any(path.glob(f"*{SUFFIX}")):
        return [path]
    return sorted(child for child in path.iterdir() if child.is_dir() and any(child.rglob(f"*{SUFFIX}")))


def _folder_of(point: EntryPoint) -> Path:
    """An entry point names an importable package; only its location is used, its code is never run."""
    top, *below = point.value.partition(":")[0].split(".")
    spec = find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        return Path(point.value)
    return Path(next(iter(spec.submodule_search_locations)), *below)
