"""Many reports side by side: for everything that conditions read, one array with a place for each report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gewu_dsl.model import Answer, Expression, Fact, History, Item, PlaceAttribute
from gewu_dsl.rules import normalise_context, read_sheet

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Coded:
    """Texts as numbers: `codes` index `words`, which are sorted, so that codes are ordered as the texts are; -1 is blank."""

    codes: Array
    words: tuple[str, ...]


class Columns:
    """Reports on one item. What a condition never reads is never made a column.

    A blank is NaN among numbers, -1 among codes, False among the present. An answer that `hide` has dropped is blank.
    """

    def __init__(self, item: Item, reports: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> None:
        """`reports` are answers and context as JSON has them."""
        self._sheets: list[Mapping[str, Any]] = []
        self._contexts: list[Mapping[str, Any]] = []
        for answers, context in reports:
            self._sheets.append(read_sheet(item, answers))
            self._contexts.append(normalise_context(context))
        self._made: dict[tuple[object, ...], Any] = {}
        self._hidden: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self._sheets)

    def hide(self, question: str, where: Array) -> None:
        """Make the answer blank in the reports where `where` is true, beside those where it was hidden before."""
        hidden = self._hidden.get(question)
        self._hidden[question] = where if hidden is None else hidden | where

    def numbers(self, leaf: Expression) -> Array:
        made: Array = self._once(("number", leaf), self._read_numbers)
        hidden = self._hidden_at(leaf)
        return made if hidden is None else np.where(hidden, np.nan, made)

    def texts(self, leaf: Expression) -> Coded:
        made: Coded = self._once(("text", leaf), self._read_texts)
        hidden = self._hidden_at(leaf)
        return (
            made if hidden is None else Coded(np.where(hidden, _code(-1, made.codes), made.codes), made.words)
        )

    def members(self, leaf: Expression, option: str) -> Array:
        """Where a list holds `option`."""
        made: Array = self._once(("member", leaf, option), self._read_members)
        return self._unless_hidden(leaf, made)

    def present(self, leaf: Expression, kind: type | tuple[type, ...] = object) -> Array:
        """Where there is a value of this Python type."""
        made: Array = self._once(("present", leaf, kind), self._read_present)
        return self._unless_hidden(leaf, made)

    def _unless_hidden(self, leaf: Expression, made: Array) -> Array:
        hidden = self._hidden_at(leaf)
        return made if hidden is None else made & ~hidden

    def _hidden_at(self, leaf: Expression) -> Array | None:
        return self._hidden.get(leaf.question) if isinstance(leaf, Answer) else None

    def _once(self, key: tuple[Any, ...], make: Callable[..., Any]) -> Any:
        if key not in self._made:
            self._made[key] = make(*key[1:])
        return self._made[key]

    def _read_numbers(self, leaf: Expression) -> Array:
        values = (value if isinstance(value, int | float) else np.nan for value in self._values(leaf))
        return np.fromiter(values, np.float64, len(self))

    def _read_texts(self, leaf: Expression) -> Coded:
        texts = [value if isinstance(value, str) else None for value in self._values(leaf)]
        words = tuple(sorted({text for text in texts if text is not None}))
        places: dict[str | None, int] = {word: place for place, word in enumerate(words)}
        codes = np.fromiter((places.get(text, -1) for text in texts), smallest(len(words)), len(self))
        return Coded(codes, words)

    def _read_members(self, leaf: Expression, option: str) -> Array:
        held = (isinstance(value, tuple) and option in value for value in self._values(leaf))
        return np.fromiter(held, np.bool_, len(self))

    def _read_present(self, leaf: Expression, kind: type | tuple[type, ...]) -> Array:
        there = (value is not None and isinstance(value, kind) for value in self._values(leaf))
        return np.fromiter(there, np.bool_, len(self))

    def _values(self, leaf: Expression) -> Iterable[Any]:
        rows, name = self._row_of(leaf)
        return (row.get(name) for row in rows)

    def _row_of(self, leaf: Expression) -> tuple[Sequence[Mapping[str, Any]], str]:
        match leaf:
            case Answer(question):
                return self._sheets, question
            case PlaceAttribute(name):
                return self._contexts, f"place.{name}"
            case Fact(name):
                return self._contexts, name
            case History(name, days):
                return self._contexts, f"{name}.{days}"
        raise TypeError(leaf)


def smallest(count: int) -> type[np.signedinteger[Any]]:
    """The narrowest integers that hold -1 and everything below `count`: narrow columns are compared faster."""
    return np.int8 if count <= 0x7F else np.int16 if count <= 0x7FFF else np.int32


def _code(value: int, like: Array) -> Any:
    return like.dtype.type(value)
