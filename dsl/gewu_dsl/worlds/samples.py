"""Values as they would be written: ordinary answers to questions, and the roundest number of a range."""

from __future__ import annotations

from datetime import date
from typing import Any

from gewu_dsl import model
from gewu_dsl.validity import value_refusals
from gewu_dsl.worlds.domains import Number, Range, Scale, Unnamed, bounds_of, scale_of

Values = dict[model.Expression, Any]
"""For everything that is read, its value as conditions see it; None is a blank."""

MONDAY = date(2026, 1, 5).toordinal()
MORNING = 8 * 60
_MATCHING: dict[str, tuple[str, ...]] = {
    "id-card": ("11010519491231002X", "440524188001010014"),
    "uscc": ("91350100M000100Y43", "91110000600037341L"),
    "phone": ("13800138000", "13900139000", "13700137000"),
    "plate": ("京A12345", "粤S12345", "沪B12345"),
}
_LOCATION = {"lat": 30, "lng": 120}


def sample_answer(question: model.Question) -> Any:
    """An answer to a question, as JSON has it."""
    least = question.at_least or 1
    match question.type:
        case "yes_no":
            return "yes"
        case "check":
            return "na"
        case "one_of":
            return question.choices[0].name
        case "any_of":
            return [choice.name for choice in question.choices[: max(least, 1)]]
        case "location":
            return dict(_LOCATION)
    scale = scale_of(question)
    if scale is None:
        return sample_text(question, Unnamed(frozenset()), 0)
    return written_answer(question, scaled(tame(Range(*bounds_of(question)), scale), scale))


def written_answer(question: model.Question, value: Any) -> Any:
    """A value as the answer that is read so."""
    if question.type == "location":
        return dict(_LOCATION)
    if isinstance(value, tuple):
        return list(value)
    if question.type in model.ATTACHED and value <= 20:
        return [str(index) for index in range(1, value + 1)]
    return value


def sample_text(question: model.Question | None, part: Unnamed, turn: int) -> str:
    """A text out of a part; another for each turn as long as there are any."""
    if question is not None and question.matching:
        tries = list(_MATCHING[question.matching])
    else:
        least = max(question.at_least or 1, 1) if question else 1
        tries = [mark * least for mark in "1234567890abcdefghijklmnopqrstuvwxyz"]
    fitting = [
        each for each in tries if each not in part.names and not (question and value_refusals(question, each))
    ]
    return fitting[min(turn, len(fitting) - 1)] if fitting else tries[0]


def tame(part: Range, scale: Scale | None) -> Number:
    """The number of a range nearest to an ordinary one, as round as can be."""
    wanted = {"date": MONDAY, "time": MORNING}.get(scale or "", 0)
    nearest = min(max(wanted, part.low), part.high)
    if isinstance(nearest, int) or part.low == part.high:
        return nearest
    for digits in range(17):
        for step in (0.0, 10.0**-digits, -(10.0**-digits)):
            rounded = round(nearest + step, digits)
            if part.low <= rounded <= part.high:
                return int(rounded) if rounded.is_integer() else rounded
    return nearest


def scaled(number: Number, scale: Scale | None) -> Any:
    """A number of a range as conditions read it."""
    if scale == "date":
        return date.fromordinal(int(number)).isoformat()
    if scale == "time":
        return f"{int(number) // 60:02}:{int(number) % 60:02}"
    return number
