"""XLSX: every sheet, merged cells filled, numbers as they are shown, formulas by their last value."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.shown import show_value
from gewu_item_catalog.spreadsheets.tables import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED,
    Row,
    Sheet,
    Unreadable,
    Workbook,
    clean_lines,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_MOST_CELLS = 1_000_000


def read_xlsx(data: bytes) -> Workbook:
    """Unreadable for a broken file and for one that unpacks to more than a standard can be."""
    has_formulas = _look_inside(data)
    values = _load(data, formulas=False)
    written = _load(data, formulas=True) if has_formulas else None
    sheets = tuple(
        _read_sheet(sheet, None if written is None else written[sheet.title]) for sheet in values.worksheets
    )
    return Workbook(sheets)


def _look_inside(data: bytes) -> bool:
    """Whether there are formulas. Unreadable where unpacking would take too much, or runs into declared entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED or len(parts) > 5_000:
                raise Unreadable(_BOMB)
            if not any(part.filename == "[Content_Types].xml" for part in parts):
                raise Unreadable(_OTHER_ZIP)
            formulas, cells = False, 0
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    content = packed.read(part)
                    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                        raise Unreadable(_BROKEN)
                    if "/worksheets/" in part.filename:
                        formulas = formulas or _FORMULA.search(content) is not None
                        cells += content.count(b"<c ") + content.count(b"<c>") + content.count(b":c ")
            if cells > _MOST_CELLS:
                raise Unreadable(_BOMB)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable(_BROKEN) from error
    return formulas


def _load(data: bytes, *, formulas: bool) -> Any:
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that do not concern the texts
        try:
            return openpyxl.load_workbook(io.BytesIO(data), data_only=not formulas, keep_links=False)
        except Exception as error:  # whatever a damaged part makes the library stumble over
            raise Unreadable(_BROKEN) from error


def _read_sheet(values: Worksheet, written: Worksheet | None) -> Sheet:
    texts: dict[int, dict[int, str]] = {}
    faults: dict[int, dict[int, Text]] = {}
    formulas: Mapping[tuple[int, int], Any] = {} if written is None else _cells_of(written)
    for (row, column), cell in _cells_of(values).items():
        if cell.data_type == "e":
            faults.setdefault(row, {})[column - 1] = _formula_error(str(cell.value))
        elif cell.value is not None:
            if text := clean_lines(show_value(cell.value, cell.number_format)):
                texts.setdefault(row, {})[column - 1] = text
        elif (row, column) in formulas and formulas[row, column].data_type == "f":
            faults.setdefault(row, {})[column - 1] = _NO_VALUE
    last = max([*texts, *faults], default=0)
    columns = [column for row in texts.values() for column in row]
    columns += [column for row in faults.values() for column in row]
    width = 1 + max(columns, default=0)
    if len(texts) > MOST_ROWS or width > MOST_COLUMNS:
        raise Unreadable(_BOMB)
    _fill_merged(values, texts, faults, last, width)
    hidden = {number for number, row in values.row_dimensions.items() if row.hidden}
    numbers = sorted(texts.keys() | faults.keys())
    rows = tuple(
        Row(
            number,
            tuple(texts.get(number, {}).get(column, "") for column in range(width)),
            number in hidden,
            faults.get(number, {}),
        )
        for number in numbers
    )
    return Sheet(values.title, rows, values.sheet_state != "visible", _hidden_columns(values))


def _hidden_columns(sheet: Worksheet) -> frozenset[int]:
    """Indices from 0; one dimension may stand for a range of columns."""
    return frozenset(
        index - 1
        for each in sheet.column_dimensions.values()
        if each.hidden and each.min and each.max
        for index in range(each.min, min(each.max, MOST_COLUMNS) + 1)
    )


def _cells_of(sheet: Worksheet) -> Mapping[tuple[int, int], Any]:
    """The cells there are; the public ways to go through them make one for every place up to the last."""
    cells: Mapping[tuple[int, int], Any] = sheet._cells  # noqa: SLF001
    return cells


def _fill_merged(
    sheet: Worksheet,
    texts: dict[int, dict[int, str]],
    faults: Mapping[int, Mapping[int, Text]],
    last: int,
    width: int,
) -> None:
    """Put a merged cell's text in each of its places, on rows that hold something else or lie inside the table."""
    for merged in sheet.merged_cells.ranges:
        top, left = merged.min_row, merged.min_col - 1
        text = texts.get(top, {}).get(left)
        if text is None:
            continue
        # A merged cell that reaches below everything else stands for the rows it covers, not for a row each.
        for row in range(top, min(merged.max_row, last) + 1):
            if row == top or row in texts or row in faults:
                for column in range(left, min(merged.max_col, width)):
                    texts.setdefault(row, {}).setdefault(column, text)


def _formula_error(value: str) -> Text:
    return Text(f"公式出错：{value}", f"a formula's error: {value}")


_NO_VALUE = Text(
    "公式没有算出值：先在表格软件里打开并保存一次", "a formula without a value: open and save the file once"
)
_BROKEN = Text(
    "文件损坏，读不出来。请用表格软件打开后另存为 .xlsx。",
    "The file is damaged. Open it in a spreadsheet program and save as .xlsx.",
)
_OTHER_ZIP = Text(
    "这是压缩文件，不是表格。请先解压，选里面的 .xlsx。",
    "This is an archive, no spreadsheet. Unpack it and choose the .xlsx.",
)
_BOMB = Text(
    "表格解开后太大，不像一份标准。请只留下需要的表，另存后再导入。",
    "The workbook is too large when unpacked. Keep only the sheets of the standard and save it again.",
)
