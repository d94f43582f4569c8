"""The limit of a row, from whichever columns a standard has for it: a text, an amount and a unit, one a class of areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.entries import Entry, Extract
from gewu_item_catalog.spreadsheets.limits import Case, Habits, Reading, is_amount, read_limit
from gewu_item_catalog.spreadsheets.plans import Options
from gewu_item_catalog.spreadsheets.severities import LEVELS


def _unit_of(row: Entry, name: str = "limit") -> str:
    column = row.column(name)
    return "" if column is None else column.unit


def limit_of(row: Entry, found: Extract, options: Options) -> Reading:
    """The limit that a row's columns give together: amount and unit where these have columns of their own, else the
    text, else one column for each class or level, else the limit that was said to be everybody's."""
    amount = row["limit_value"] or (row["limit"] if is_amount(row["limit"]) else "")
    if amount and row["limit_unit"]:
        reading = read_limit(amount + row["limit_unit"], options.habits)
        _note_second_limit(row, reading, found)
        return reading
    parts = [
        (column, text)
        for column in row.header.columns
        if column.field == "limit" and column.part and (text := row[f"limit@{column.part}"])
    ]
    if parts and not row["limit"]:
        return _limits_in_parts(row, [(column.part, text, column.unit) for column, text in parts], options)
    text = row["limit"] or row["limit_value"]
    if not text and options.handle is not None:
        done = Text("写了 --handle 给的时限", "the limit given by --handle was written")
        found.notes.append(
            row.note("limit_missing", "info", Text("没有写时限", "no limit"), done, about="limit")
        )
        return Reading((Case(options.handle),))
    reading = read_limit(text, options.habits, _unit_of(row))
    for kind, message in reading.said:
        done = _LATER_END if kind == "limit_range" else _WORDS_KEPT
        found.notes.append(row.note(kind, "look", message, done, about="limit"))
    return reading


def _limits_in_parts(row: Entry, parts: Iterable[tuple[str, str, str]], options: Options) -> Reading:
    cases: list[Case] = []
    for part, text, unit in parts:
        reading = read_limit(text, options.habits, unit)
        if reading.why is not None:
            kind, message = reading.why
            return Reading(why=(kind, Text(f"“{text}”：{message.zh}", f"“{text}”: {message.en}")))
        if len(reading.cases) != 1 or reading.said:
            return Reading(why=("limit_unread", Text(f"看不懂“{text}”", f"“{text}” is not understood")))
        level = LEVELS.get(part)
        cases.append(Case(reading.cases[0].value, level, None if level else part))
    if len({case.level is None for case in cases}) > 1:
        return Reading(
            why=("limit_unread", Text("又按区域类别又按等级", "by area class and by severity at once"))
        )
    return Reading(tuple(cases))


def _note_second_limit(row: Entry, reading: Reading, found: Extract) -> None:
    """The text beside an amount and a unit: noted where it says something else, or more."""
    if not row["limit"] or not row["limit_value"] or reading.why is not None:
        return
    text = read_limit(row["limit"], _habits_like(reading), _unit_of(row))
    if text.why is not None or text.said:
        message = text.why[1] if text.why is not None else text.said[0][1]
        found.notes.append(row.note("limit_words", "look", message, _COLUMNS_TAKEN, about="limit"))
    elif [case.value for case in text.cases] != [case.value for case in reading.cases]:
        message = Text("和数值、单位两列不一致", "differs from the columns of amount and unit")
        found.notes.append(row.note("limit_differs", "look", message, _COLUMNS_TAKEN, about="limit"))


def _habits_like(reading: Reading) -> Habits:
    """Ambiguous words of the text mean what the column of units says."""
    units = {case.value.unit for case in reading.cases if isinstance(case.value, tree.Duration)}
    return Habits("work" if "work_hours" in units else "urgent", "work" if "workdays" in units else "natural")


def for_area(row: Entry, cases: Iterable[Case], rows: int) -> list[Case]:
    """The cases of a row for its class of areas. A class that the language does not have is everything else."""
    area = row["area"].strip().upper().removesuffix("类")
    if rows == 1 and not area:
        return list(cases)
    return [Case(case.value, case.level, area if area in ("A", "B", "C") else None) for case in cases]


def note_branches(rows: Sequence[Entry], cases: Sequence[Case], found: Extract) -> None:
    """Say where limits go by area class or by severity, and what was made of that."""
    first = rows[0]
    if len(cases) == 1 and first["area"]:
        message = Text(
            f"只写了 {first['area']} 类区域的时限", f"a limit for areas of class {first['area']} only"
        )
        done = Text("各类区域都照写", "written for areas of every class")
        found.notes.append(first.note("limit_class", "look", message, done, about="area"))
    elif any(case.area for case in cases):
        message = Text("时限按区域类别", "limits by area class")
        done = Text(
            "写成分支，最后一个兼管没有类别的区域",
            "written as branches; the last is for areas of no class, too",
        )
        found.notes.append(first.note("limit_class", "look", message, done, about="limit"))
    for row, case in zip(rows, cases, strict=False):
        if len(rows) > 1 and row["area"] and not case.area:
            message = Text("区域类别只有 A、B、C", "classes of areas are A, B and C")
            done = Text("写成“其他”", "written as `otherwise`")
            found.notes.append(row.note("limit_class", "look", message, done, about="area"))
    if any(case.level for case in cases):
        message = Text("时限按等级", "limits by severity")
        done = Text("加了一个问题，由网格员选等级", "a question was added: the worker says which severity")
        found.notes.append(first.note("limit_level", "look", message, done, about="limit"))


def says_more(row: Entry, cases: Sequence[Case]) -> bool:
    """Whether the row's own words of its limit say anything that the limit does not."""
    if not row["limit"] or (row["limit_unit"] and is_amount(row["limit"])):
        return False
    reading = read_limit(row["limit"], _habits_like(Reading(tuple(cases))), _unit_of(row))
    return bool(reading.said) or [case.value for case in reading.cases] != [case.value for case in cases]


_COLUMNS_TAKEN = Text(
    "照数值和单位两列写；原文留在注释里", "amount and unit were taken; the text is kept as a comment"
)
_LATER_END = Text("取了较长的一头", "the later end was taken")
_WORDS_KEPT = Text("时限照写；原文留在注释里", "the limit was written; the words are kept as a comment")
