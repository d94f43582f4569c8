"""Expressions and durations as the model has them."""

from __future__ import annotations

from decimal import Decimal

from gewu_dsl import model, tree
from gewu_dsl.resolve.binding import Names


def lower_value(node: tree.Expression, names: Names) -> model.Expression:
    """The meaning of an expression; KeyError for a name that is not bound."""
    match node:
        case tree.Number() | tree.String() | tree.Date() | tree.Time():
            return model.Constant(read_constant(node))
        case tree.Reference() | tree.Word() | tree.Fact() | tree.PlaceAttribute():
            return names.bound[id(node)]
        case tree.History(kind, period):
            return model.History(kind, period.amount)
        case tree.Arithmetic(operator, left, right):
            return model.Arithmetic(operator, lower_value(left, names), lower_value(right, names))
        case tree.Negative(operand):
            return model.Negate(lower_value(operand, names))
        case tree.Compare(comparison, left, right):
            return model.Compare(comparison, lower_value(left, names), lower_value(right, names))
        case tree.In(value, options):
            return model.Among(lower_value(value, names), tuple(lower_constant(o, names) for o in options))
        case tree.Includes(value, option):
            return model.Includes(lower_value(value, names), lower_constant(option, names))
        case tree.Between(value, low, high):
            return model.Between(*(lower_value(part, names) for part in (value, low, high)))
        case tree.Is(value, state):
            return _lower_state(value, state, names)
        case tree.Not(operand):
            return model.Not(lower_condition(operand, names))
        case tree.And(operands):
            return model.And(tuple(lower_condition(operand, names) for operand in operands))
        case tree.Or(operands):
            return model.Or(tuple(lower_condition(operand, names) for operand in operands))
    raise KeyError(node)


def lower_condition(node: tree.Expression, names: Names) -> model.Expression:
    """An expression where a condition stands: a yes-no value on its own means `= yes`."""
    value = lower_value(node, names)
    return model.Compare("=", value, model.Constant("yes")) if names.sort(node).kind == "yes_no" else value


def lower_constant(node: tree.Expression, names: Names) -> model.Constant:
    """A written value; KeyError for anything else."""
    value = lower_value(node, names)
    if not isinstance(value, model.Constant):
        raise KeyError(node)
    return value


def read_constant(node: tree.Number | tree.String | tree.Date | tree.Time) -> int | float | str:
    """A number (whole ones as integers, however written), a text, an ISO date, `HH:MM`."""
    match node:
        case tree.Number(value):
            return read_number(value)
        case tree.Date(value):
            return value.isoformat()
        case tree.Time(minutes):
            return format_time(minutes)
        case tree.String(text):
            return text


def read_number(value: int | Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def format_time(minutes: int) -> str:
    """`HH:MM` of minutes since midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def lower_limit(limit: tree.LimitValue) -> model.Duration:
    if isinstance(limit, tree.Duration):
        return model.Duration(limit.unit, limit.amount)
    if limit.day == "after":
        return model.Duration("by", limit.workdays or 0, format_time(limit.minutes), "after_workdays")
    return model.Duration("by", 0, format_time(limit.minutes), limit.day)


def _lower_state(value: tree.Expression, state: str, names: Names) -> model.Expression:
    meaning = lower_value(value, names)
    if state == "hazard":
        if not isinstance(meaning, model.Answer):
            raise KeyError(value)
        return model.IsHazard(meaning.question)
    blank = model.IsBlank(meaning)
    return blank if state == "blank" else model.Not(blank)
