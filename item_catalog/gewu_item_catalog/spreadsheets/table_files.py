"""A table as XLSX or CSV: laid out to be read and printed, and never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from gewu_dsl.diagnostics import measure_width
from gewu_item_catalog.spreadsheets.tables import clean, harmless, letter_of

_NARROWEST, _WIDEST = 8, 48


def write_csv(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with the mark by which spreadsheet programs know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([harmless(clean(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(headers: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> bytes:
    """One sheet: the header stays in sight and is printed on every page, columns are as wide as they need to be."""
    import openpyxl
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = clean("".join(" " if each in "[]:*?/\\'" else each for each in title))[:31] or "标准"
    line = Side(style="thin", color="BFBFBF")
    frame = Border(left=line, right=line, top=line, bottom=line)
    for number, row in enumerate([headers, *rows], 1):
        for index, text in enumerate(row):
            cell = sheet.cell(number, index + 1)
            _put_text(cell, clean(text)[:32_000])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = frame
            if number == 1:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="E7EEF7")
    for index, header in enumerate(headers):
        widest = max(measure_width(text) for text in [header, *(row[index] for row in rows)])
        sheet.column_dimensions[letter_of(index)].width = max(_NARROWEST, min(_WIDEST, widest + 2))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{letter_of(len(headers) - 1)}{len(rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _put_text(cell: Any, text: str) -> None:
    """The text as a text, whatever it begins with; also after somebody edits the cell."""
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = text != harmless(text)
