"""What resolving a compilation leaves behind: every declaration with its tables and everything that was bound in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from gewu_dsl import model, tree
from gewu_dsl.names import Field, Miss, Twice
from gewu_dsl.resolve.binding import Names, Register
from gewu_dsl.resolve.clauses import Clauses

N = TypeVar("N", bound=tree.Node)


@dataclass(slots=True)
class DepartmentScope:
    """A department, its defaults and what their conditions read. `node` is None for one of another pack."""

    department: model.Department
    file: str
    names: Names
    node: tree.Department | None = None
    defaults: Clauses = field(default_factory=Clauses)
    offices: dict[str, model.Office] = field(default_factory=dict)


@dataclass(slots=True)
class FindingScope:
    """A finding with its defaults filled in.

    `node` is None for one that a check makes of itself (`check` is that check's question); `own` are the clauses
    written in it, `clauses` those that count.
    """

    name: str
    title: str
    span: tree.Span
    when: tree.Expression | None
    own: Clauses
    clauses: Clauses
    node: tree.Finding | None = None
    check: Field | None = None

    @property
    def picked(self) -> bool:
        return self.when is None and self.check is None


@dataclass(slots=True)
class ItemScope:
    """An item, its tables, its findings and every expression in it, bound.

    `let_order` has every `let` after those it reads, without the `circular` ones, that read themselves. `offices` maps the id
    of a name in the tree to the office it stands for. `damaged` tells that the parser left out a part of it.
    """

    node: tree.Item
    name: str
    file: str
    department: DepartmentScope | None
    names: Names
    body: dict[type, list[tree.Node]]
    findings: dict[str, FindingScope]
    defaults: Clauses
    let_order: tuple[str, ...]
    circular: tuple[tree.Let, ...]
    offices: dict[int, str] = field(default_factory=dict)
    twice: list[Twice] = field(default_factory=list)
    damaged: bool = False

    def each(self, kind: type[N]) -> Sequence[N]:
        """The item's own statements of one class, in the order they are written."""
        return cast(Sequence[N], self.body.get(kind, ()))


@dataclass(slots=True)
class Unit:
    """All files of one compilation, resolved."""

    departments: dict[str, DepartmentScope]
    registers: dict[str, Register]
    items: list[ItemScope]
    twice: list[Twice] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
