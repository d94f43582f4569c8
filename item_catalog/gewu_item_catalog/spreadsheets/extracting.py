"""Sheets → entries: every row below a header by what its columns mean; titles, totals and remarks by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.columns import field_of, header_of
from gewu_item_catalog.spreadsheets.entries import Entry, Extract
from gewu_item_catalog.spreadsheets.headers import Column, Header, find_headers, is_another_table
from gewu_item_catalog.spreadsheets.notes import Note, Weight
from gewu_item_catalog.spreadsheets.tables import Row, Sheet, Workbook, letter_of

_OFFICES = frozenset({"office", "assisting", "supervising", "owner"})
_CARRIED = ("category", "item", "number", "item_name", "source", "minor_category")
_NO_STANDARD = re.compile(r"目录|封面|扉页|首页|索引")
_TOTAL = re.compile(r"(?:本页)?(?:小计|合计|总计|共计)(?:得分|分值)?[:：]?\d*[项条个]?")
_DITTO = re.compile(r"(?:同上|上同|同前|同上行|同上一行|〃|″|〞|\")[。.]?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")
_SECTION = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,3}[、.．章节类 ]+|[（(][一二三四五六七八九十]{1,3}[）)]\s*)"
)
_FOOTNOTE = re.compile(r"[（(]?(?:注|备注|附注|说明|填表说明)\s*[:：\d一二三]|[（(]以下空白")
_OFFICE_END = re.compile(r"[局委办队所站处会院校司厂户人镇乡村]$|中心|街道|单位|部门|社区|公司|属地")
_BASIS_BEGIN = re.compile(r"《|GB|DB|CJJ|JGJ")


def extract(workbook: Workbook, chosen: Mapping[str, int], header_row: int | None = None) -> Extract:
    """Every row of every sheet. `chosen` says in which column (from 0) a field is, whatever its header."""
    found = Extract()
    for sheet in workbook.sheets:
        rows = [row for row in sheet.rows if not row.is_empty]
        if not rows:
            continue
        if sheet.hidden:
            found.notes.append(_of_sheet(sheet, "hidden", "info", _HIDDEN_SHEET, _READ_ALL_THE_SAME))
        headers = find_headers(Sheet(sheet.name, tuple(rows)), chosen, header_row)
        if len(workbook.sheets) > 1 and _NO_STANDARD.fullmatch("".join(sheet.name.split())):
            found.notes.append(_of_sheet(sheet, "no_standard", "look", _CONTENTS, _LEFT_OUT))
            found.fates |= {(sheet.name, row.number): "heading" for row in rows}
        elif not headers:
            found.notes.append(_of_sheet(sheet, "no_header", "left_out", _no_header(rows), _LEFT_OUT))
            found.fates |= {(sheet.name, row.number): "left_out" for row in rows}
        else:
            _extract_sheet(sheet, rows, headers, found)
    return found


def _extract_sheet(sheet: Sheet, rows: Sequence[Row], headers: Sequence[Header], found: Extract) -> None:
    before = [row for row in rows if row.number < headers[0].first]
    ends = [header.first for header in headers[1:]] + [rows[-1].number + 1]
    for header, end in zip(headers, ends, strict=True):
        found.notes += _notes_on_columns(sheet, header)
        below = [row for row in rows if header.last < row.number < end]
        # What stands right above the next table is its title.
        after: list[Row] = []
        while end <= rows[-1].number and below and _is_title(below[-1], header):
            after.insert(0, below.pop())
        _extract_titles(sheet, before, header, found)
        found.fates |= {
            (sheet.name, row.number): "heading" for row in rows if header.first <= row.number <= header.last
        }
        table = _Table(sheet, header, found)
        for row in below:
            table.read(row)
        before = after


def _extract_titles(sheet: Sheet, rows: Sequence[Row], header: Header, found: Extract) -> None:
    """Rows above a header: its title, who filled it in. What looks like a row of another table is told."""
    for row in rows:
        found.fates[sheet.name, row.number] = "heading"
        texts = list(dict.fromkeys(" ".join(cell.split()) for cell in row.cells if cell))
        if len(texts) == 1:
            found.titles.setdefault((sheet.name, header.first), texts[0])
        elif any(all(row.cells[index : index + 3]) for index in range(len(row.cells) - 2)) and len(texts) > 2:
            entry = Entry(sheet.name, row.number, {}, header)
            found.leave_out(entry, "above_header", _ABOVE_HEADER)


@dataclass(slots=True)
class _Table:
    """One table on its way down: `above` is what its rows carry on, `last` the texts of the row before."""

    sheet: Sheet
    header: Header
    found: Extract
    above: dict[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)

    def read(self, row: Row) -> None:
        """The row as an entry, or what became of it."""
        header, found, place = self.header, self.found, (self.sheet.name, row.number)
        entry = Entry(*place, dict(_texts_of(row, header)), header)
        if row.hidden:
            found.notes.append(entry.note("hidden", "info", _HIDDEN_ROW, _READ_ALL_THE_SAME))
        if _repeats_header(row, header):
            found.fates[place] = "heading"
        elif any(_TOTAL.fullmatch("".join(cell.split())) for cell in row.cells):
            found.fates[place] = "heading"
            found.notes.append(entry.note("total", "info", _IS_TOTAL, _LEFT_OUT))
        elif faults := [column for column in header.columns if column.index in row.faults]:
            found.leave_out(entry, "formula", row.faults[faults[0].index], about=faults[0].key)
        elif (alone := _alone(row, header)) is None:
            self._take(entry)
        elif "category" not in header.fields and (section := _SECTION.match(alone)):
            found.fates[place] = "heading"
            self.above = {"category": alone[section.end() :].strip() or alone}
        else:
            found.leave_out(entry, "remark", _remark(alone), waits=True)
            found.remarks.append((*place, alone))

    def _take(self, entry: Entry) -> None:
        is_check = "check" in self.header.fields and "finding" not in self.header.fields
        entry = self._completed(self._without_dittos(entry))
        self.last = entry.texts
        if _DATE.fullmatch(entry["number"]):
            self.found.notes.append(entry.note("date", "look", _IS_DATE, _WRITTEN, about="number"))
        (self.found.checks if is_check else self.found.findings).append(entry)

    def _without_dittos(self, entry: Entry) -> Entry:
        """The entry with what the row before says where a cell only says that it is the same (同上)."""
        texts = dict(entry.texts)
        for name in [name for name, text in texts.items() if _DITTO.fullmatch(text)]:
            if name in self.last:
                texts[name] = self.last[name]
                done = Text(f"照上一行：“{texts[name]}”", f"as the row before: “{texts[name]}”")
                self.found.notes.append(entry.note("above", "info", _SAME, done, about=name))
            else:
                del texts[name]
                self.found.notes.append(entry.note("above", "look", _SAME_AS_NOTHING, _AS_EMPTY, about=name))
        return Entry(entry.sheet, entry.row, texts, entry.header)

    def _completed(self, entry: Entry) -> Entry:
        """The entry with the item's own cells taken from the row above where the item is not named again."""
        above, texts = self.above, dict(entry.texts)
        if not entry["category"] and "category" in above:
            texts["category"] = above["category"]
        if not entry["item"] and "item" in above and (entry["finding"] or entry["check"]):
            for name in _CARRIED:
                if name in above:
                    texts.setdefault(name, above[name])
            message = Text("这一行没有写事项名称", "the item is not named here")
            done = Text(f"归到上面的“{texts['item']}”", f"taken to belong to “{texts['item']}” above")
            self.found.notes.append(entry.note("above", "info", message, done, about="item"))
        else:
            above.clear()
        above.update({name: texts[name] for name in _CARRIED if name in texts})
        return Entry(entry.sheet, entry.row, texts, entry.header)


def _texts_of(row: Row, header: Header) -> Iterator[tuple[str, str]]:
    for column in header.every:
        text = _on_one_line(row.cell(column.index), column.field)
        if text:
            yield column.key, text
    # In a table with no column of its own for the item, the 小类 is the item.
    if "item" not in header.fields:
        for column in header.columns:
            if column.field == "minor_category" and row.cell(column.index):
                yield "item", _on_one_line(row.cell(column.index), "item")


def _on_one_line(text: str, name: str) -> str:
    """A line break in a cell parts offices and laws where each line is one; elsewhere it only wraps the text."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    if name in _OFFICES:
        apart = all(_OFFICE_END.search(line) for line in lines)
        return ("、" if apart else "").join(lines)
    if name == "basis":
        return "".join(
            "；" * (number > 0 and bool(_BASIS_BEGIN.match(line))) + line for number, line in enumerate(lines)
        )
    return " ".join(lines)


def _repeats_header(row: Row, header: Header) -> bool:
    """A header is printed again on every page."""
    same = [
        header_of(row.cell(column.index)) == column.header
        for column in header.columns
        if row.cell(column.index)
    ]
    return len(same) >= 2 and all(same)


def _alone(row: Row, header: Header) -> str | None:
    """The text of a row that says one thing only, across the table or in a column where that means nothing."""
    filled = [index for index, cell in enumerate(row.cells) if cell]
    if not filled or len({row.cells[index] for index in filled}) != 1:
        return None
    if _FOOTNOTE.match(row.cells[filled[0]]):
        return row.cells[filled[0]]
    fields = {column.field for column in header.columns if len(filled) == 1 and column.index == filled[0]}
    numbered = _SECTION.match(row.cells[filled[0]]) and "category" not in header.fields
    if fields & {"finding", "check"} or (fields & {"item", "minor_category"} and not numbered):
        return None
    return row.cells[filled[0]]


def _is_title(row: Row, header: Header) -> bool:
    """Whether a row above the next table says one thing that is no finding and no check of this one."""
    filled = [index for index, cell in enumerate(row.cells) if cell]
    fields = {column.field for column in header.columns if column.index in filled}
    return len({row.cells[index] for index in filled}) == 1 and (
        len(filled) > 1 or not fields & {"finding", "check"}
    )


def _notes_on_columns(sheet: Sheet, header: Header) -> Iterator[Note]:
    for column in header.unused:
        yield _of_column(
            sheet, header, column, "unused_column", "这一列的名称不认识", "the header is not known"
        )
    for column in header.twice:
        note = _of_column(
            sheet, header, column, "column_twice", "前面已有同义的一列", "an earlier column means the same"
        )
        yield replace(note, weight="left_out", message=_SIDE_BY_SIDE) if is_another_table(header) else note
    for column in header.every:
        if column.index in sheet.hidden_columns:
            letter = letter_of(column.index)
            yield Note(
                "hidden", "info", sheet.name, header.first, letter, column.header, _HIDDEN_COLUMN, _READ_ALL_THE_SAME
            )  # fmt: skip


def _of_column(sheet: Sheet, header: Header, column: Column, kind: str, zh: str, en: str) -> Note:
    letter = letter_of(column.index)
    return Note(kind, "look", sheet.name, header.first, letter, column.header, Text(zh, en), _COLUMN_KEPT)


def _of_sheet(sheet: Sheet, kind: str, weight: Weight, message: Text, done: Text) -> Note:
    return Note(kind, weight, sheet.name, 0, "", "", message, done)


def _no_header(rows: Sequence[Row]) -> Text:
    if len({field_of(row.cell(0))[0] for row in rows} - {""}) > 2:
        return Text(
            f"{len(rows)} 行都没有读：这张表是横排的，表头在最左一列。请在表格软件里转置（行变列）后再导入",
            f"{len(rows)} rows were not read: the headers run down the first column. Transpose the table and import it",
        )
    return Text(
        f"找不到表头，{len(rows)} 行都没有读。表头至少要有“事项名称”或“立案条件”“检查内容”中的一列；用 --header 指出第几行，"
        "用 --column 指出哪一列是什么",
        f"no header was found, {len(rows)} rows were not read. It needs an item, a filing condition or a check; say with "
        "--header which row it is and with --column what a column is",
    )


def _remark(text: str) -> Text:
    return Text(f"整行只有一句话：“{text[:40]}”", f"the row holds one sentence only: “{text[:40]}”")


_LEFT_OUT = Text("没有收录", "left out")
_READ_ALL_THE_SAME = Text("照样读了", "read all the same")
_HIDDEN_SHEET = Text("这张表是隐藏的", "the sheet is hidden")
_HIDDEN_COLUMN = Text("这一列是隐藏的", "the column is hidden")
_HIDDEN_ROW = Text("这一行是隐藏的", "the row is hidden")
_CONTENTS = Text(
    "看名称不是标准；要读它，用 --sheet 指定",
    "by its name it is no standard; to read it, choose it with --sheet",
)
_ABOVE_HEADER = Text("表头上面有一行像是数据", "a row above the header looks like one of a table")
_SIDE_BY_SIDE = Text(
    "像是并排的另一张表，没有读；请把它移到下面或另一张工作表",
    "this looks like another table beside the first, which was not read; move it below or to a sheet of its own",
)
_IS_TOTAL = Text("合计行", "a row of totals")
_SAME = Text("写的是“同上”", "it says “same as above”")
_SAME_AS_NOTHING = Text("写的是“同上”，上一行没有写", "it says “same as above”, and nothing is above")
_AS_EMPTY = Text("当作没有写", "taken as empty")
_IS_DATE = Text(
    "代码成了日期，多半是表格软件改的", "a number has become a date, as spreadsheet programs make it"
)
_WRITTEN = Text("照写；请核对原来的代码", "written as it is; please check")
_COLUMN_KEPT = Text(
    "照抄在每一行的注释里；可用 --column 指定", "kept as comments of the rows; --column can say what it is"
)
