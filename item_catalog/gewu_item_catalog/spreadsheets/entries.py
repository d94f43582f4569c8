"""Sheets → entries: every row below a header by what its columns mean, and what became of every other row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.columns import Column, Header, find_header
from gewu_item_catalog.spreadsheets.notes import Note, Weight
from gewu_item_catalog.spreadsheets.tables import Row, Sheet, Workbook, letter_of

Fate = Literal["heading", "landed", "repeated", "left_out"]
"""What became of a row that is not empty: a title or header; a part of an item; the same as another row, word for
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
            if key_of(column) == name:
                return column
        return None

    def note(self, kind: str, weight: Weight, message: Text, done: Text, *, about: str = "") -> Note:
        """A note on this row, `about` one of its fields."""
        column = self.column(about)
        letter = "" if column is None else letter_of(column.index)
        return Note(kind, weight, self.sheet, self.row, letter, self[about], message, done)


@dataclass(slots=True)
class Extract:
    """Entries of standards and of checklists, with the titles above each sheet's table; `fates` has every row that is
    not empty."""

    findings: list[Entry] = field(default_factory=list)
    checks: list[Entry] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    fates: dict[tuple[str, int], Fate] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def leave_out(
        self, entry: Entry, kind: str, message: Text, *, about: str = "", waits: bool = False
    ) -> None:
        """The row is in no item; `message` says why. `waits`: it is there as a comment."""
        self.fates[entry.place] = "left_out"
        done = _AS_COMMENT if waits else _LEFT_OUT
        self.notes.append(entry.note(kind, "left_out", message, done, about=about))


def key_of(column: Column) -> str:
    """A column's key in the texts of an entry."""
    return f"{column.field}@{column.part}" if column.part else column.field


def extract(workbook: Workbook, chosen: Mapping[str, int], header_row: int | None = None) -> Extract:
    """Every row of every sheet. `chosen` says in which column (from 0) a field is, whatever its header."""
    found = Extract()
    for sheet in workbook.sheets:
        rows = [row for row in sheet.rows if not row.is_empty]
        if not rows:
            continue
        header = find_header(sheet, chosen, header_row)
        if sheet.hidden:
            found.notes.append(_of_sheet(sheet, "hidden", "info", _HIDDEN_SHEET, _READ_ALL_THE_SAME))
        if header is None:
            found.notes.append(_of_sheet(sheet, "no_header", "left_out", _no_header(len(rows)), _LEFT_OUT))
            found.fates |= {(sheet.name, row.number): "left_out" for row in rows}
            continue
        found.notes += _notes_on_columns(sheet, header)
        _extract_sheet(sheet, rows, header, found)
    return found


def _extract_sheet(sheet: Sheet, rows: Iterable[Row], header: Header, found: Extract) -> None:
    above: dict[str, str] = {}
    is_checklist = "check" in header.fields and "finding" not in header.fields
    for row in rows:
        place = (sheet.name, row.number)
        if row.number <= header.last:
            found.fates[place] = "heading"
            texts = {cell for cell in row.cells if cell}
            if row.number < header.first and len(texts) == 1 and sheet.name not in found.titles:
                [found.titles[sheet.name]] = texts
            continue
        entry = Entry(sheet.name, row.number, dict(_texts_of(row, header)), header)
        if row.hidden:
            found.notes.append(entry.note("hidden", "info", _HIDDEN_ROW, _READ_ALL_THE_SAME))
        if _repeats_header(row, header):
            found.fates[place] = "heading"
        elif faults := [column for column in header.columns if column.index in row.faults]:
            found.leave_out(entry, "formula", row.faults[faults[0].index], about=key_of(faults[0]))
        elif (alone := _alone(row, header)) is None:
            entry = _completed(entry, above, found)
            (found.checks if is_checklist else found.findings).append(entry)
        elif "category" not in header.fields and (section := _SECTION.match(alone)):
            found.fates[place] = "heading"
            above = {"category": alone[section.end() :].strip() or alone}
        else:
            found.leave_out(entry, "remark", _remark(alone))


def _texts_of(row: Row, header: Header) -> Iterator[tuple[str, str]]:
    for column in header.columns:
        text = row.cell(column.index)
        if text:
            yield key_of(column), text
    # In a table with no column of its own for the item, the 小类 is the item.
    if "item" not in header.fields:
        for column in header.columns:
            if column.field == "minor_category" and row.cell(column.index):
                yield "item", row.cell(column.index)


def _repeats_header(row: Row, header: Header) -> bool:
    """A header is printed again on every page."""
    same = [row.cell(column.index) == column.header for column in header.columns if row.cell(column.index)]
    return len(same) >= 2 and all(same)


def _alone(row: Row, header: Header) -> str | None:
    """The text of a row that says one thing only, across the table or in a column where that means nothing."""
    filled = [index for index, cell in enumerate(row.cells) if cell]
    if not filled or len({row.cells[index] for index in filled}) != 1:
        return None
    fields = {column.field for column in header.columns if len(filled) == 1 and column.index == filled[0]}
    numbered = _SECTION.match(row.cells[filled[0]]) and "category" not in header.fields
    if fields & {"finding", "check"} or (fields & {"item", "minor_category"} and not numbered):
        return None
    return row.cells[filled[0]]


_CARRIED = ("category", "item", "number", "item_name", "source", "minor_category")


def _completed(entry: Entry, above: dict[str, str], found: Extract) -> Entry:
    """The entry with the item's own cells taken from the row above where the item is not named again."""
    texts = dict(entry.texts)
    if not entry["category"] and "category" in above:
        texts["category"] = above["category"]
    if not entry["item"] and "item" in above and (entry["finding"] or entry["check"]):
        for name in _CARRIED:
            if name in above:
                texts.setdefault(name, above[name])
        message = Text("这一行没有写事项名称", "the item is not named here")
        done = Text(f"归到上面的“{texts['item']}”", f"taken to belong to “{texts['item']}” above")
        found.notes.append(entry.note("above", "info", message, done, about="item"))
    else:
        above.clear()
    above.update({name: texts[name] for name in _CARRIED if name in texts})
    return Entry(entry.sheet, entry.row, texts, entry.header)


def _notes_on_columns(sheet: Sheet, header: Header) -> Iterator[Note]:
    for column in header.unused:
        yield _of_column(
            sheet, header, column, "unused_column", "这一列的名称不认识", "the header is not known"
        )
    for column in header.twice:
        yield _of_column(
            sheet, header, column, "column_twice", "前面已有同义的一列", "an earlier column means the same"
        )


def _of_column(sheet: Sheet, header: Header, column: Column, kind: str, zh: str, en: str) -> Note:
    done = Text("这一列没有用；可用 --column 指定", "the column was not used; --column can say what it is")
    letter = letter_of(column.index)
    return Note(kind, "info", sheet.name, header.first, letter, column.header, Text(zh, en), done)


def _of_sheet(sheet: Sheet, kind: str, weight: Weight, message: Text, done: Text) -> Note:
    return Note(kind, weight, sheet.name, 0, "", "", message, done)


def _no_header(rows: int) -> Text:
    return Text(
        f"找不到表头，{rows} 行都没有读。表头至少要有“事项名称”或“立案条件”“检查内容”中的一列；用 --header 指出第几行，"
        "用 --column 指出哪一列是什么",
        f"no header was found, {rows} rows were not read. It needs an item, a filing condition or a check; say with "
        "--header which row it is and with --column what a column is",
    )


def _remark(text: str) -> Text:
    return Text(f"整行只有一句话：“{text[:40]}”", f"the row holds one sentence only: “{text[:40]}”")


_SECTION = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,3}[、.．章节类 ]+|[（(][一二三四五六七八九十]{1,3}[）)]\s*)"
)
_AS_COMMENT = Text("写成注释，等决定", "written as a comment until it is decided")
_LEFT_OUT = Text("没有收录", "left out")
_READ_ALL_THE_SAME = Text("照样读了", "read all the same")
_HIDDEN_SHEET = Text("这张表是隐藏的", "the sheet is hidden")
_HIDDEN_ROW = Text("这一行是隐藏的", "the row is hidden")
