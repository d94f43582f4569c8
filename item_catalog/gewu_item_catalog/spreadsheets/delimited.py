"""CSV and its relatives: encodings and separators as spreadsheet programs write them."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.tables import (
    MOST_COLUMNS,
    MOST_ROWS,
    Row,
    Sheet,
    Unreadable,
    Workbook,
    clean_lines,
    without_apostrophe,
)

_SEPARATORS = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线"}
_LOOKED_AT = 50


def read_delimited(data: bytes, name: str) -> Workbook:
    """One sheet. UTF-8 with or without a mark, UTF-16 with one, else GB18030; Unreadable for what is no text."""
    text, encoding = _decode(data)
    separator = _find_separator(text)
    said: list[Text] = []
    if encoding != "UTF-8":
        said.append(Text(f"按 {encoding} 编码读取。", f"Read as {encoding}."))
    if separator != ",":
        said.append(Text(f"列以{_SEPARATORS[separator]}分隔。", f"Columns are separated by {separator!r}."))
    rows: list[Row] = []
    for number, cells in enumerate(_records(text, separator), 1):
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise Unreadable(_TOO_WIDE)
        rows.append(
            Row(number, tuple(without_apostrophe(clean_lines(cell)) for cell in cells[:MOST_COLUMNS]))
        )
        if number > MOST_ROWS:
            break
    return Workbook((Sheet(name, tuple(rows)),), tuple(said))


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_as(data, "utf-16"), "UTF-16"
    if b"\x00" in data:
        raise Unreadable(_NO_SPREADSHEET)
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return _decode_as(data, "gb18030"), "GB18030"


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_NO_SPREADSHEET) from error
    if any(ord(each) < 32 and each not in "\t\r\n" for each in text[:10_000]):
        raise Unreadable(_NO_SPREADSHEET)
    return text


def _find_separator(text: str) -> str:
    """The one that cuts most of the first records into the same number of columns, and into the most."""
    best, found = (0, 0), ","
    for separator in _SEPARATORS:
        widths = Counter(
            len(cells)
            for cells, _ in zip(_records(text, separator, careful=False), range(_LOOKED_AT), strict=False)
            if len(cells) > 1
        )
        if widths:
            width, times = widths.most_common(1)[0]
            if (times, width) > best:
                best, found = (times, width), separator
    return found


def _records(text: str, separator: str, *, careful: bool = True) -> Iterator[list[str]]:
    """The records; a quote that is never closed ends the reading with Unreadable where it is `careful`."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from records
    except csv.Error as error:
        if careful:
            where = Text(f"第 {records.line_num} 行", f"line {records.line_num}")
            raise Unreadable(
                Text(
                    f"CSV 在{where.zh}附近读不下去：多半是引号没有成对。请用表格软件打开后另存为 .xlsx。",
                    f"The CSV cannot be read near {where.en}: a quote is probably not closed. "
                    "Open it in a spreadsheet program and save as .xlsx.",
                )
            ) from error


_NO_SPREADSHEET = Text(
    "这不是表格文件：既不是 .xlsx，也不是 CSV 文本。", "This is no spreadsheet: neither .xlsx nor CSV text."
)
_TOO_WIDE = Text(
    f"表格超过 {MOST_COLUMNS} 列，不像一份标准。", f"More than {MOST_COLUMNS} columns: not a standard."
)
