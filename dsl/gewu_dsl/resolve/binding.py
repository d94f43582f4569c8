"""What every name in an expression stands for.

A bound name is a leaf of the model; composite nodes stay as they were written until they are lowered. Beside an
expression that has choices a name is one of them; elsewhere it is a question or a `let`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from gewu_dsl import model, tree
from gewu_dsl.names import (
    CONDITION,
    DATE,
    FACT_SORTS,
    NUMBER,
    SEVERITY,
    TEXT,
    TIME,
    UNKNOWN,
    YES_NO,
    Field,
    Miss,
    Sort,
)
from gewu_dsl.words import Language

Role = Literal["shown", "let", "must", "exclude", "finding", "severity", "clause", "visit", "applies"]
N = TypeVar("N", bound=tree.Node)

_COMPOSITE: dict[type, Sort] = {
    tree.Number: NUMBER, tree.String: TEXT, tree.Date: DATE, tree.Time: TIME, tree.History: NUMBER,
    tree.Arithmetic: NUMBER, tree.Negative: NUMBER, tree.Call: UNKNOWN,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A place where an expression stands.

    Wherever it is evaluated `given` are certainly true, and `passed`, the branches before it, are not.
    """

    expression: tree.Expression
    role: Role
    given: tuple[tree.Expression, ...] = ()
    passed: tuple[tree.Expression, ...] = ()


@dataclass(slots=True)
class Register:
    """A kind of place and what its register knows. `node` is None for what another pack declares."""

    kind: str
    label: str
    fields: dict[str, Field]
    file: str = ""
    node: tree.Place | None = None
    names: Names | None = None


@dataclass(slots=True)
class Names:
    """What a bare name may mean in one declaration, and everything that was bound there.

    `registers` are the kinds of place at hand (of an item: those it is `for`, else every kind there is);
    `registers_known` is False where one of them could not be found, and then no attribute is doubted;
    `registers_given` tells that the item says what it is for. `forgiven` tells that a name is not bound, and that this
    is not reported because the parser gave up what declares it. `language` is that of the file.
    """

    file: str
    language: Language = "zh"
    fields: Mapping[str, Field] = field(default_factory=dict)
    lets: Mapping[str, tree.Let] = field(default_factory=dict)
    registers: tuple[Register, ...] = ()
    registers_known: bool = True
    registers_given: bool = False
    every_register: Mapping[str, Register] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    picked: bool = False
    bound: dict[int, model.Expression] = field(default_factory=dict)
    sorts: dict[int, Sort] = field(default_factory=dict)
    let_sorts: dict[str, Sort] = field(default_factory=dict)
    nodes: dict[type, list[tuple[Any, Site]]] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    forgiven: bool = False

    def each(self, kind: type[N]) -> list[tuple[N, Site]]:
        """Every node of this class in any expression, with the site it stands at."""
        return self.nodes.get(kind, [])

    def sort(self, node: tree.Expression) -> Sort:
        """What values the expression has; conditions are neither numbers nor choices."""
        return self.sorts.get(id(node)) or _COMPOSITE.get(type(node), CONDITION)

    def bind(self, site: Site) -> None:
        """Bind every name of a site."""
        self.sites.append(site)
        self._bind(site.expression, site)

    def bind_subject(self, node: tree.Expression) -> None:
        """Bind what an example gives a value to."""
        self._bind(node, Site(node, "shown"))

    def bind_literal(self, node: tree.Expression, beside: tree.Expression) -> None:
        """Bind one written value beside what an example gives it to."""
        self._all_beside((node,), beside, Site(node, "shown"))

    def _bind(self, node: tree.Expression, site: Site) -> None:
        self.nodes.setdefault(type(node), []).append((node, site))
        match node:
            case tree.Reference():
                self._reference(node)
            case tree.Word(word):
                sort = SEVERITY if word in model.SEVERITIES else YES_NO
                self._leaf(node, model.Constant(word), sort)
            case tree.Fact(path):
                self._fact(node, path, site)
            case tree.PlaceAttribute():
                self._attribute(node)
            case tree.Compare(_, left, right):
                self._comparison(left, right, site)
            case tree.In(value, options):
                self._bind(value, site)
                self._all_beside(options, value, site)
            case tree.Includes(value, option):
                self._bind(value, site)
                self._all_beside((option,), value, site)
            case tree.Between(value, low, high):
                self._bind(value, site)
                self._all_beside((low, high), value, site)
            case tree.Is(value, _):
                self._bind(value, site)
            case tree.Not(operand) | tree.Negative(operand):
                self._bind(operand, site)
            case tree.And(operands) | tree.Or(operands):
                for operand in operands:
                    self._bind(operand, site)
            case tree.Arithmetic(_, left, right):
                self._bind(left, site)
                self._bind(right, site)
            case tree.Call(function, _):
                self.misses.append(Miss("function", function.text, function.span, (), self.file))

    def _leaf(self, node: tree.Expression, meaning: model.Expression, sort: Sort) -> None:
        self.bound[id(node)] = meaning
        self.sorts[id(node)] = sort

    def _means(self, name: str) -> tuple[model.Expression, Sort] | None:
        if (asked := self.fields.get(name)) is not None:
            return model.Answer(name), asked.sort
        if name in self.lets:
            return model.Derived(name), self.let_sorts.get(name, UNKNOWN)
        return None

    def _reference(self, node: tree.Reference) -> None:
        meaning = self._means(node.name)
        if meaning is None:
            self.sorts[id(node)] = UNKNOWN
            self.misses.append(Miss("name", node.name, node.span, (*self.fields, *self.lets), self.file))
        else:
            self._leaf(node, *meaning)

    def _fact(self, node: tree.Fact, path: str, site: Site) -> None:
        if path == "place.kind":
            kinds = tuple(register.kind for register in self.registers) if self.registers_known else ()
            self._leaf(node, model.PlaceAttribute("kind"), Sort("kind", kinds) if kinds else UNKNOWN)
        elif path == "finding" and site.role not in ("clause", "severity") and self.picked:
            self._leaf(node, model.Answer("finding"), Sort("choices", self.findings))
        elif path == "finding":
            self._leaf(
                node, model.Fact("finding"), Sort("finding", self.findings) if self.findings else UNKNOWN
            )
        else:
            self._leaf(node, model.Fact(path), FACT_SORTS[path])

    def _attribute(self, node: tree.PlaceAttribute) -> None:
        holders = [register.fields[node.name] for register in self.registers if node.name in register.fields]
        if not holders:
            self.sorts[id(node)] = UNKNOWN
            if self.registers_known:
                attributes = tuple(name for register in self.registers for name in register.fields)
                self.misses.append(Miss("attribute", node.name, node.span, attributes, self.file))
            return
        sort = holders[0].sort
        if sort.kind in ("choice", "choices"):
            merged = dict.fromkeys(name for holder in holders for name in holder.choices)
            sort = Sort(sort.kind, tuple(merged))
        self._leaf(node, model.PlaceAttribute(node.name), sort)

    def _comparison(self, left: tree.Expression, right: tree.Expression, site: Site) -> None:
        if self._leads(left) or not self._leads(right):
            self._bind(left, site)
            self._all_beside((right,), left, site)
        else:
            self._bind(right, site)
            self._all_beside((left,), right, site)

    def _leads(self, node: tree.Expression) -> bool:
        """Whether the choices of `node` say what a name on the other side means."""
        match node:
            case tree.Reference(name):
                meaning = self._means(name)
                return meaning is not None and bool(meaning[1].names)
            case tree.Fact() | tree.PlaceAttribute():
                return True
        return False

    def _all_beside(self, nodes: Iterable[tree.Expression], subject: tree.Expression, site: Site) -> None:
        sort = self.sort(subject)
        for node in nodes:
            self._beside(node, sort, site, describe(subject))

    def _beside(self, node: tree.Expression, sort: Sort, site: Site, where: str) -> None:
        if sort.names is None or not isinstance(node, tree.Reference | tree.Word):
            self._bind(node, site)
            return
        spellings = (node.written, node.word) if isinstance(node, tree.Word) else (node.name,)
        chosen = next((name for name in spellings if name in sort.names), None)
        if chosen is None and sort.kind == "open":
            chosen = spellings[0]
        if chosen is not None:
            self._leaf(node, model.Constant(chosen), sort)
        elif isinstance(node, tree.Reference) and (meaning := self._means(node.name)) is not None:
            self._leaf(node, *meaning)
            self.nodes.setdefault(tree.Reference, []).append((node, site))
        else:
            self.sorts[id(node)] = UNKNOWN
            if sort.kind != "unknown":
                self._miss_choice(node, spellings[0] or spellings[-1], sort, where)

    def _miss_choice(self, node: tree.Expression, name: str, sort: Sort, where: str) -> None:
        names = sort.names or ()
        if sort.kind == "kind" and name not in self.every_register:
            self.misses.append(Miss("kind", name, node.span, tuple(self.every_register), self.file))
        else:
            what = "finding" if sort.kind == "finding" else "choice"
            self.misses.append(Miss(what, name, node.span, names, self.file, where))


def describe(node: tree.Expression) -> str:
    """The name an author knows an expression by, empty for one that is composed."""
    match node:
        case tree.Reference(name):
            return name
        case tree.Fact(path):
            return path
        case tree.PlaceAttribute(name):
            return f"place.{name}"
    return ""


def bind_branches(
    names: Names,
    clause: tree.Severity | tree.Route | tree.Limit | tree.Visit,
    role: Role,
    given: tuple[tree.Expression, ...] = (),
) -> None:
    """Bind the conditions of a clause; each branch comes after those before it did not hold."""
    passed: tuple[tree.Expression, ...] = ()
    for branch in clause.branches:
        if branch.when is not None:
            names.bind(Site(branch.when, role, given, passed))
            passed = (*passed, branch.when)
