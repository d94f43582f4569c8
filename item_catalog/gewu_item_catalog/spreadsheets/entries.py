"""Rows of tables by what their columns mean, and what became of every row of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.headers import Column, Header
from gewu_item_catalog.spreadsheets.notes import Note, Weight
from gewu_item_catalog.spreadsheets.tables import letter_of

Fate = Literal["heading", "landed", "repeated", "left_out"]
"""What became of a row that is not empty: a title, header or total; a part of an item; the same as another row, word for
word; or left out, with a note that says why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table. `texts` by field (`limit@A`: the limits of class A); `header` tells which column each is in."""

    sheet: str
    row: int
    texts: Mapping[str, str]
    header: Header = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def place(self) -> tuple[str, int]:
        return self.sheet, self.row

    def column(self, name: str) -> Column | None:
        """The column a field stands in."""
        for column in self.header.columns:
            if column.key == name:
                return column
        return None

    @property
    def table(self) -> tuple[str, int]:
        """Which table it stands in: a sheet may have several."""
        return self.sheet, self.header.first

    def note(self, kind: str, weight: Weight, message: Text, done: Text, *, about: str = "") -> Note:
        """A note on this row, `about` one of its fields."""
        column = self.column(about)
        letter = "" if column is None else letter_of(column.index)
        return Note(kind, weight, self.sheet, self.row, letter, self[about], message, done)


@dataclass(slots=True)
class Extract:
    """Entries of standards and of checklists, with the title above each table; `fates` has every row that is not
    empty."""

    findings: list[Entry] = field(default_factory=list)
    checks: list[Entry] = field(default_factory=list)
    titles: dict[tuple[str, int], str] = field(default_factory=dict)
    fates: dict[tuple[str, int], Fate] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    remarks: list[tuple[str, int, str]] = field(default_factory=list)
    """What is said below or between the rows: sheet, row, text."""

    def leave_out(
        self, entry: Entry, kind: str, message: Text, *, about: str = "", waits: bool = False
    ) -> None:
        """The row is in no item; `message` says why. `waits`: it is there as a comment."""
        self.fates[entry.place] = "left_out"
        done = _AS_COMMENT if waits else _LEFT_OUT
        self.notes.append(entry.note(kind, "left_out", message, done, about=about))


def bases_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The laws and standards that rows rest on, each once."""
    cells = [
        entry[column.key] for entry in entries for column in entry.header.columns if column.field == "basis"
    ]
    return tuple(dict.fromkeys(part for cell in cells for part in _NEXT_BASIS.split(cell) if part))


_NEXT_BASIS = re.compile(r"[;；、]\s*(?=《|GB|DB|CJJ|JGJ)")
_AS_COMMENT = Text("写成注释，等决定", "written as a comment until it is decided")
_LEFT_OUT = Text("没有收录", "left out")
