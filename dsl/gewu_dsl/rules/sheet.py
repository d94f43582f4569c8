"""Answers as conditions read them: typed, blanks left out, attached files counted.

A value of the wrong type is a blank here; saying so to the person who gave it is the work of `answers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gewu_dsl.model import ATTACHED, Item, Question
from gewu_dsl.truth import question_kind

Sheet = dict[str, Any]
Readers = tuple[tuple[str, Callable[[Any], Any]], ...]

LARGEST = 2**53 - 1
"""Beyond this whole numbers are not exact in a double, so no answer may have them."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}", re.ASCII)


def read_sheet(item: Item, answers: Mapping[str, Any]) -> Sheet:
    """The answered questions of the item; names that are none of its questions are left out."""
    return read_with(readers_of(item), answers)


def readers_of(item: Item) -> Readers:
    """How to read the answer to each question."""
    return tuple((question.name, _READERS[_reader_of(question)]) for question in item.questions)


def read_with(readers: Readers, answers: Mapping[str, Any]) -> Sheet:
    """`read_sheet`, where an item is read many times."""
    sheet: Sheet = {}
    for name, read in readers:
        value = answers.get(name)
        if value is not None and (value := read(value)) is not None:
            sheet[name] = value
    return sheet


def read_number(value: Any) -> int | float | None:
    """A number no larger than `LARGEST`."""
    kind = type(value)
    if kind is not int and kind is not float and (kind is bool or not isinstance(value, int | float)):
        return None
    return value if -LARGEST <= value <= LARGEST else None


def read_text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def read_truth(value: Any) -> str | None:
    """`yes` and `no` from true and false, any other text as it is."""
    if isinstance(value, str):
        return value or None
    return ("yes" if value else "no") if isinstance(value, bool) else None


def read_list(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    return tuple(entry for entry in value if isinstance(entry, str)) or None


def read_count(value: Any) -> int | None:
    """How many files are attached; none is a blank."""
    if isinstance(value, list | tuple):
        return len(value) or None
    number = read_number(value)
    return int(number) if number is not None and number >= 1 and number == int(number) else None


def _read_object(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) and value else None


def _read_date(value: Any) -> str | None:
    return value if isinstance(value, str) and _DATE.fullmatch(value) else None


def _read_time(value: Any) -> str | None:
    return value if isinstance(value, str) and _TIME.fullmatch(value) else None


_READERS: dict[str, Callable[[Any], Any]] = {
    "number": read_number,
    "text": read_text,
    "truth": read_truth,
    "list": read_list,
    "object": _read_object,
    "count": read_count,
    "date": _read_date,
    "time": _read_time,
}


def _reader_of(question: Question) -> str:
    if question.type in ATTACHED:
        return "count"
    if question.type in ("date", "time"):
        return question.type
    return "truth" if question.type in ("yes_no", "check") else question_kind(question.type)
