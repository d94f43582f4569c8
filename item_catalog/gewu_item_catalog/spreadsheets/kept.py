"""Cells that no statement can hold: kept as comments, so that nothing of a row that landed is lost."""

from __future__ import annotations

import re

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.entries import Entry, Extract
from gewu_item_catalog.spreadsheets.offices import is_blank
from gewu_item_catalog.spreadsheets.tables import essence

_ALWAYS = frozenset({"serial", "category", "item", "item_name", "finding_name", "number", "basis", "source"})
_CLAUSES = frozenset(
    {"limit", "steps", "office", "assisting", "supervising", "owner", "closing", "evidence", "severity"}
)
WITH_FINDING = _ALWAYS | _CLAUSES | {"finding", "area", "photo"}
"""What a row of a standard uses up."""
WITH_HAZARD = _ALWAYS | _CLAUSES | {"check", "hazard", "answer", "section", "shown"}
"""What a row of a checklist uses up where an answer is a hazard …"""
WITHOUT_HAZARD = WITH_HAZARD - _CLAUSES
"""… and where none is."""


_EXCLUDED = re.compile(r"不(?:予|再|作|做|得)?(?:采集|上报|立案|受理|纳入)|除外")
_EXCLUSION = Text("这里说了什么不采集", "this says what is not collected")
_AS_EXCLUDE = Text(
    "照抄为注释；要起作用，加一道题和一条“不采集”",
    "kept as a comment; to take effect it needs a question and an `exclude`",
)


def keep_others(entry: Entry, used: frozenset[str], number: str, found: Extract) -> list[str]:
    """`备注：…` for each cell that is not `used`, and for a number that is not the item's; noted once a row."""
    kept = []
    for column in entry.header.every:
        key, text = column.key, entry[column.key]
        if not is_blank(text) and not _is_used(entry, key, used, number):
            kept.append((key, f"{column.header or column.field or column.key}：{text}"))
    if excluded := [(key, text) for key, text in kept if _EXCLUDED.search(text)]:
        key, text = excluded[0]
        found.notes.append(entry.note("exclusion", "look", _EXCLUSION, _AS_EXCLUDE, about=key))
    if kept:
        message = Text("没有语句能写下这些", "no statement can hold this")
        done = Text("照抄为注释", "kept as a comment")
        found.notes.append(entry.note("kept", "info", message, done, about=kept[0][0]))
    return [text for _, text in kept]


def _is_used(entry: Entry, key: str, used: frozenset[str], number: str) -> bool:
    if key == "number":
        return entry[key] == number
    if key in ("limit_value", "limit_unit"):
        split = bool((entry["limit_value"] or entry["limit"]) and entry["limit_unit"])
        return "limit" in used and (split or (key == "limit_value" and not entry["limit"]))
    if key.startswith("basis@"):
        return True
    if key.startswith("limit@"):
        return "limit" in used and not entry["limit"]
    if key == "minor_category":
        return essence(entry[key]) == essence(entry["item"])
    return key in used
