"""What generated rules call besides Python's own operators. Every function reads a blank (None) as a blank."""

from __future__ import annotations

import math
from typing import Any


def add(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else _kept(float(left) + float(right))


def subtract(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else _kept(float(left) - float(right))


def multiply(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else _kept(float(left) * float(right))


def divide(left: float | None, right: float | None) -> float | None:
    """Blank for a quotient by zero."""
    return None if left is None or right is None or right == 0 else _kept(float(left) / float(right))


def negate(value: float | None) -> float | None:
    return None if value is None else -float(value)


def number(value: Any) -> Any:
    """A register's attribute read as a number; anything else is blank."""
    return value if isinstance(value, int | float) else None


def text(value: Any) -> Any:
    return value if isinstance(value, str) else None


def items(value: Any) -> Any:
    return value if isinstance(value, tuple) else None


def scalar(value: Any) -> Any:
    """A number or a text."""
    return None if isinstance(value, tuple) else value


def _kept(value: float) -> float | None:
    return value if math.isfinite(value) else None
