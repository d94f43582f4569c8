"""Branches as decision tables: a column for each value read, a row for each way a branch can hold.

Rows are read from the top and the first that matches decides (hit policy FIRST), as with branches. A cell is a unary
test in FEEL that no blank passes, unless it asks for the blank: `> 30`, `not(null, "clear")`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from gewu_dsl.emit.feel import Feel, literal, literals
from gewu_dsl.model import Branches, Constant, Expression, Includes
from gewu_dsl.truth import (
    ALWAYS,
    All,
    Answered,
    Blank,
    Comparison,
    Contains,
    Form,
    Kind,
    Member,
    Operator,
    Some,
)

V = TypeVar("V")

ANY = "-"
_MOST_ROWS = 8
"""A condition that holds in more ways than this becomes one column of its own, true or not."""

_FLIPPED: dict[Operator, Operator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_TYPES: dict[Kind, str] = {"number": "number", "text": "string", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Column:
    """`text` is the input expression in FEEL, `label` the same for a reader, `type` its FEEL type."""

    text: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Row:
    """A cell for every column, the output in FEEL, and the condition in words."""

    cells: tuple[str, ...]
    output: str
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    column: Column
    test: str


def branch_table(
    branches: Branches[V],
    feel: Feel,
    output: Callable[[V], str],
    words: Callable[[Expression | None], str],
) -> Table:
    """The table of a choice; `words` say an expression (None: otherwise) to a reader. Without columns it has one row
    at most."""
    columns: list[Column] = []
    rows: list[tuple[dict[int, str], str, str]] = []
    for branch in branches:
        form: Form = ALWAYS if branch.when is None else feel.fold(feel.truth.certainly_true(branch.when))
        note = words(branch.when)
        for leaves in _alternatives(form) if _count(form) <= _MOST_ROWS else [(form,)]:
            cells = dict.fromkeys(_cell(leaf, feel, words, note) for leaf in leaves)
            placed = _placed(cells, columns)
            if all(placed != earlier for earlier, _, _ in rows):
                rows.append((placed, output(branch.value), note))
        if form == ALWAYS:
            break
    return Table(
        tuple(columns),
        tuple(
            Row(tuple(cells.get(index, ANY) for index in range(len(columns))), value, note)
            for cells, value, note in rows
        ),
    )


def _count(form: Form) -> int:
    """In how many ways the form can hold."""
    match form:
        case Some(parts):
            return sum(map(_count, parts))
        case All(parts):
            return math.prod(map(_count, parts))
        case _:
            return 1


def _alternatives(form: Form) -> Iterable[tuple[Form, ...]]:
    """The form as alternatives of tests that all have to pass."""
    match form:
        case Some(parts):
            return itertools.chain.from_iterable(map(_alternatives, parts))
        case All(parts):
            products = itertools.product(*map(_alternatives, parts))
            return (tuple(itertools.chain.from_iterable(each)) for each in products)
        case _:
            return ((form,),)


def _placed(cells: Iterable[_Cell], columns: list[Column]) -> dict[int, str]:
    """Each cell in a column of its value that its row has not used yet; columns are added where there is none."""
    row: dict[int, str] = {}
    for cell in cells:
        free = (index for index, column in enumerate(columns) if column == cell.column and index not in row)
        index = next(free, len(columns))
        if index == len(columns):
            columns.append(cell.column)
        row[index] = cell.test
    return row


def _cell(leaf: Form, feel: Feel, words: Callable[[Expression | None], str], note: str) -> _Cell:
    def of(value: Expression, kind: Kind, test: str) -> _Cell:
        return _Cell(Column(feel.value(value, kind), words(value), _TYPES.get(kind, "Any")), test)

    if isinstance(leaf, Comparison | Member) and _may_differ(leaf, feel):
        return _Cell(Column(feel.form(leaf), note, "boolean"), "true")
    match leaf:
        case Comparison(operator, Constant() as constant, value, kind) if not isinstance(value, Constant):
            return of(value, kind, _test(_FLIPPED[operator], constant))
        case Comparison(operator, value, Constant() as constant, kind) if not isinstance(value, Constant):
            return of(value, kind, _test(operator, constant))
        case Member(value, options, present, kind) if options:
            return of(value, kind, literals(options) if present else f"not(null, {literals(options)})")
        case Blank(value, kind):
            return of(value, kind, "null")
        case Answered(value, kind):
            return of(value, kind, "not(null)")
        case Contains(value, option, True):
            return _Cell(Column(feel.form(leaf), words(Includes(value, option)), "boolean"), "true")
    return _Cell(Column(feel.form(leaf), note, "boolean"), "true")


def _may_differ(leaf: Comparison | Member, feel: Feel) -> bool:
    """Whether something it reads may be of another type, which no unary test can guard against."""
    values = (leaf.left, leaf.right) if isinstance(leaf, Comparison) else (leaf.value,)
    return any(feel.may_differ(value, leaf.kind) for value in values)


def _test(operator: Operator, constant: Constant) -> str:
    text = literal(constant)
    return {"=": text, "!=": f"not(null, {text})"}.get(operator, f"{operator} {text}")
