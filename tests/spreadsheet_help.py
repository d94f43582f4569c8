"""Workbooks made for tests, and what an import of them comes to."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from gewu_dsl import model
from gewu_dsl.compiler import Result, compile_sources
from gewu_dsl.diagnostics import has_errors
from gewu_item_catalog.spreadsheets.importing import Imported, import_workbook
from gewu_item_catalog.spreadsheets.limits import Habits
from gewu_item_catalog.spreadsheets.plans import Options
from gewu_item_catalog.spreadsheets.reading import read_workbook

STANDARDS = Path(__file__).parent / "standards"
TOLD = Habits("work", "work")
"""Somebody said that 小时 are work hours and 天 workdays."""


def xlsx(rows: Iterable[Sequence[Any]], merged: Iterable[str] = (), title: str = "标准") -> bytes:
    """A workbook of one sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    return saved(workbook)


def saved(workbook: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def csv_of(rows: Iterable[Sequence[str]], encoding: str = "utf-8") -> bytes:
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\n".join(quoted).encode(encoding)


def imported(data: bytes, habits: Habits = TOLD, **settings: Any) -> Imported:
    options = Options("parks", "公园管理中心", habits, settings.pop("handle", None), "事项")
    return import_workbook(read_workbook(data, "标准"), "标准.xlsx", options, **settings)


def compiled(result: Imported) -> Result:
    """What the written files come to; they have no error, whatever they were made of."""
    made = compile_sources(dict(result.files))
    assert not has_errors(made.diagnostics), [each.render() for each in made.diagnostics]
    return made


def kinds(result: Imported, weight: str | None = None) -> list[tuple[int, str]]:
    """The rows that notes are about, with the kind of each."""
    return [(note.row, note.kind) for note in result.notes if weight in (None, note.weight)]


def handle(finding: model.Finding) -> list[str]:
    return [str(branch.value) for branch in finding.limits["handle"]]
