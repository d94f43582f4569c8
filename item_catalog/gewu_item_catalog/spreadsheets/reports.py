"""The report of an import as a file: CSV that a spreadsheet program opens, or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from gewu_dsl.words import Language
from gewu_item_catalog.spreadsheets.notes import KINDS, WEIGHTS, Note
from gewu_item_catalog.spreadsheets.tables import harmless

_HEADERS = {
    "zh": ("表", "行", "列", "分量", "种类", "代码", "原文", "问题", "处理"),
    "en": ("sheet", "row", "column", "weight", "kind", "code", "cell", "message", "done"),
}


def report_csv(notes: Iterable[Note], language: Language = "zh") -> str:
    """One line a note, with a mark in front that makes a spreadsheet program read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADERS[language])
    for note in notes:
        kind, weight = KINDS[note.kind], WEIGHTS[note.weight]
        cells = (
            note.sheet, str(note.row or ""), note.column, weight.in_words(language), kind.in_words(language), note.kind,
            note.cell, note.message.in_words(language), note.done.in_words(language),
        )  # fmt: skip
        writer.writerow([harmless(cell) for cell in cells])
    return f"\ufeff{out.getvalue()}"


def report_json(notes: Iterable[Note], language: Language = "zh") -> str:
    """A list of what `Note.to_json` gives."""
    return json.dumps([note.to_json(language) for note in notes], ensure_ascii=False, indent=2) + "\n"
