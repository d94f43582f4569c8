"""What a plan does to columns besides numpy's own functions. Each is a value: equal ones are one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gewu_item_catalog.replay.columns import Array, smallest


@dataclass(frozen=True, slots=True)
class Against:
    """A column compared with a constant."""

    compare: Callable[..., Array]
    constant: float

    def __call__(self, column: Array) -> Array:
        return self.compare(column, self.constant)


@dataclass(frozen=True, slots=True)
class Finite:
    """A calculation whose result is blank where it is no finite number, as a quotient by zero."""

    calculate: Callable[..., Array]

    def __call__(self, *columns: Array) -> Array:
        result = self.calculate(*columns)
        return np.where(np.isfinite(result), result, np.nan)


@dataclass(frozen=True, slots=True)
class Recoded:
    """Codes replaced by those of a table; the table's last place is for the code -1."""

    table: tuple[int, ...]

    def __call__(self, codes: Array) -> Array:
        table: Array = np.array(self.table, smallest(max(self.table) + 1))
        return table[codes]


@dataclass(frozen=True, slots=True)
class FirstOf:
    """For each report the first of `indices` whose condition holds, else `default`."""

    indices: tuple[int, ...]
    default: int

    def __call__(self, *conditions: Array) -> Array:
        # The earlier, the more it weighs: multiplying and keeping the larger is thirty times as fast as
        # writing an index wherever a condition holds.
        top = max(self.indices) + 1
        kind: Any = smallest(max(top, self.default + 1))
        weight: Array = np.zeros(1, kind)
        for index, condition in zip(self.indices, conditions, strict=True):
            weight = np.maximum(weight, np.multiply(condition.view(np.int8), kind(top - index)))
        first: Array = np.subtract(kind(top), weight)
        if self.default != top:
            first -= np.multiply(np.equal(weight, 0).view(np.int8), kind(top - self.default))
        return first


def is_number(column: Array) -> Array:
    return np.logical_not(np.isnan(column))
