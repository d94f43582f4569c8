"""What is compiled together with an open text: the pack it lies in, as it is on disk and in the editor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from gewu_admin.cli.units import compile_alone, pack_above
from gewu_dsl.compiler import Compiler
from gewu_dsl.diagnostics import Diagnostic
from gewu_dsl.editing import Analysis, Analyst
from gewu_item_catalog.catalogue import Catalogue, admit
from gewu_item_catalog.packs import SUFFIX, read_pack


@dataclass(frozen=True)
class Project:
    """Texts by file name below `root`, what is wrong with them, and who is called what in them."""

    root: Path
    sources: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = field(repr=False)
    analyst: Analyst = field(repr=False)

    @cached_property
    def analysis(self) -> Analysis:
        return self.analyst.analyse(self.sources)

    def path_of(self, file: str) -> Path:
        return self.root / file


def find_root(path: Path) -> Path:
    """The pack a file lies in, else the file itself."""
    return pack_above(path) or path


class Workbench:
    """Reads one pack, or one file that is in none, after every edit; what did not change is not compiled again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._compiler = Compiler()
        self._analyst = Analyst()

    def read(self, opened: Mapping[Path, str]) -> Project:
        """The project as it is now; `opened` are the texts in the editor, which count instead of those on disk."""
        if not self.root.is_dir():
            return self._read_alone(opened)
        pack = read_pack(self.root)
        sources = dict(pack.sources)
        for file, text in opened.items():
            if file.suffix == SUFFIX and file.is_relative_to(self.root) and find_root(file) == self.root:
                sources[file.relative_to(self.root).as_posix()] = text.encode("utf-8", errors="replace")
        whole = replace(pack, sources=tuple(sorted(sources.items())))
        loaded = admit(Catalogue(), whole, self._compiler.compile_sources).packs[-1]
        return Project(self.root, dict(loaded.sources), loaded.diagnostics, self._analyst)

    def _read_alone(self, opened: Mapping[Path, str]) -> Project:
        name = self.root.name
        text = opened.get(self.root)
        if text is None:
            text = self.root.read_text(encoding="utf-8-sig", errors="replace")
        diagnostics = compile_alone(name, text).diagnostics
        return Project(self.root.parent, {name: text}, diagnostics, self._analyst)
