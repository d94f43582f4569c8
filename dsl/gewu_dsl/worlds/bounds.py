"""Between which numbers a computed one certainly lies, rounding included."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, nextafter
from typing import NamedTuple

from gewu_dsl import model

LARGEST_DOUBLE = 1.7976931348623157e308

Reader = Callable[[model.Expression], tuple[float, float]]


class Bounds(NamedTuple):
    """`error` bounds how far the double is from the exact result; `total`: it is a number wherever its operands are."""

    low: float
    high: float
    error: float
    whole: bool
    total: bool


ANYTHING = Bounds(-LARGEST_DOUBLE, LARGEST_DOUBLE, inf, False, False)
EXACT = 2.0**53
ROUNDING = 2.0**-52
TINY = 5e-324


def bounds_of_term(term: model.Expression, read: Reader) -> Bounds:
    """The bounds of a number; `read` tells those of what it reads."""
    match term:
        case model.Constant(value) if not isinstance(value, str | bool):
            return Bounds(float(value), float(value), 0.0, float(value).is_integer(), True)
        case model.Negate(operand):
            low, high, error, whole, total = bounds_of_term(operand, read)
            return Bounds(-high, -low, error, whole, total)
        case model.Arithmetic(operator, left, right):
            return _combined(operator, bounds_of_term(left, read), bounds_of_term(right, read))
    low, high = read(term)
    return Bounds(low, high, 0.0, isinstance(low, int), True)


def _combined(operator: str, left: Bounds, right: Bounds) -> Bounds:
    size = max(abs(left.low), abs(left.high)), max(abs(right.low), abs(right.high))
    match operator:
        case "+":
            ends, error = (left.low + right.low, left.high + right.high), left.error + right.error
        case "-":
            ends, error = (left.low - right.high, left.high - right.low), left.error + right.error
        case "*":
            ends = _corners(left, right)
            error = size[0] * right.error + size[1] * left.error + left.error * right.error
        case _:
            if right.low <= 0 <= right.high:
                return ANYTHING
            least = min(abs(right.low), abs(right.high))
            ends = _corners(left, Bounds(1 / right.high, 1 / right.low, 0.0, False, True))
            error = (left.error + size[0] / least * right.error) / max(least - right.error, TINY)
    low, high = min(ends), max(ends)
    whole = left.whole and right.whole and operator != "/" and max(abs(low), abs(high)) <= EXACT
    if not whole:
        error = error * (1 + ROUNDING) + max(abs(low), abs(high)) * ROUNDING + TINY
        low, high = nextafter(low, -inf) - error, nextafter(high, inf) + error
    if not (isfinite(low) and isfinite(high)):
        return ANYTHING
    total = left.total and right.total
    return Bounds(low, high, 0.0 if whole and not left.error + right.error else error, whole, total)


def _corners(left: Bounds, right: Bounds) -> tuple[float, float]:
    products = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
    return min(products), max(products)
