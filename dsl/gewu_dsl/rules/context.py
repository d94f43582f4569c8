"""What a report brings with it besides its answers, as conditions read it: one flat mapping from dotted names.

{"place.kind": "rental", "place.grade": "strict", "area.class": "A", "reported.month": 2, "cases_in.30": 1}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gewu_dsl.rules.sheet import read_list, read_number, read_truth

Context = dict[str, Any]

_GROUPS = ("place", "area", "reporter", "reported", "cases_in", "visits_in")
_FACTS: dict[str, Callable[[Any], Any]] = {
    "area.class": read_truth,
    "area.kind": read_truth,
    "reporter.role": read_truth,
    "reported.month": read_number,
    "reported.weekday": read_number,
    "reported.hour": read_number,
    "reported.on_workday": read_truth,
    "open_cases": read_number,
}
_HISTORY = re.compile(r"(cases_in|visits_in)(?:\.|\(\s*)(\d+)(?:\s*days?)?\s*\)?", re.ASCII)


def normalise_context(context: Mapping[str, Any] | None, at: datetime | None = None) -> Context:
    """The flat context of a nested or already flat one; what it does not know is blank, and so absent.

    `{"place": {"grade": "strict"}, "cases_in": {"30": 2}}` and `{"place.grade": "strict", "cases_in(30 days)": 2}` are
    both understood. Month, weekday and hour come from `at`, or from `reported.at` (`2026-02-13T16:00`), where they are
    not given; whether it was a workday only a calendar knows, so it must be given. Wrong types read as blank.
    """
    flat: Context = {}
    for name, value in (context or {}).items():
        if name in _GROUPS and isinstance(value, Mapping):
            for inner, content in value.items():
                _put(flat, f"{name}.{inner}", content)
        else:
            _put(flat, name, value)
    moment = at or _moment((context or {}).get("reported"), (context or {}).get("reported.at"))
    if moment is not None:
        flat.setdefault("reported.month", moment.month)
        flat.setdefault("reported.weekday", moment.isoweekday())
        flat.setdefault("reported.hour", moment.hour)
    return flat


def _put(flat: Context, name: str, value: Any) -> None:
    if name.startswith("place."):
        content = _attribute(value)
    elif name in _FACTS:
        content = _FACTS[name](value)
    else:
        history = _HISTORY.fullmatch(name)
        if history is None:
            return
        name, content = f"{history[1]}.{int(history[2])}", read_number(value)
    if content is not None:
        flat[name] = content


def _attribute(value: Any) -> int | float | str | tuple[str, ...] | None:
    if isinstance(value, list | tuple):
        return read_list(value)
    number = read_number(value)
    return read_truth(value) if number is None else number


def _moment(reported: Any, flat: Any) -> datetime | None:
    text = reported.get("at") if isinstance(reported, Mapping) else flat
    if isinstance(text, datetime):
        return text
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
