"""Where every name of a pack is declared and read: what definition, references and renaming are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, get_args

from gewu_dsl import model, tree
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import ItemScope, Unit

SymbolKind = Literal[
    "department", "office", "item", "kind", "attribute", "question", "choice", "let", "finding", "stage", "concept",
]  # fmt: skip


class Symbol(NamedTuple):
    """A thing that has a name. `owner` is what the name belongs to: the department of an office, the item of a
    question, the item and the question of a choice. Attributes of one name are one thing in every register, for a
    condition may read any of them."""

    kind: SymbolKind
    owner: str
    name: str


class Occurrence(NamedTuple):
    """A name in a text; `start` and `end` are offsets, and leave out what stands before a dot."""

    file: str
    start: int
    end: int
    symbol: Symbol
    declares: bool = False


REGISTER = "place"
"""The owner of attributes; their choices belong to `place/NAME`."""


def collect_occurrences(trees: Mapping[str, tree.File], unit: Unit) -> tuple[Occurrence, ...]:
    """Every name that stands for something, by file and place."""
    items = {id(scope.node): scope for scope in unit.items}
    found: set[Occurrence] = set()
    for file, content in trees.items():
        for node in content.declarations:
            if isinstance(node, tree.Item):
                _Item(file, items[id(node)], found).collect()
            elif isinstance(node, tree.Place):
                register = unit.registers[node.kind.text]
                names = register.names if register.node is node and register.names else Names(file)
                _Register(file, names, found).collect(node)
            else:
                scope = unit.departments[node.code.text]
                names = scope.names if scope.node is node else Names(file)
                _Department(file, names, found).collect(node)
    return tuple(sorted(found))


class _Collector:
    """Names in the expressions of one declaration. `owner` is whose questions a bare name is."""

    asked: SymbolKind = "question"

    def __init__(self, file: str, names: Names, owner: str, found: set[Occurrence]) -> None:
        self.file, self.names, self.owner, self.found = file, names, owner, found

    def add(self, span: tree.Span, symbol: Symbol | None, declares: bool = False, skip: int = 0) -> None:
        """Note a name; its first `skip` characters are not part of it."""
        if symbol is not None:
            self.found.add(Occurrence(self.file, span.start + skip, span.end, symbol, declares))

    def question(self, name: str) -> Symbol:
        return Symbol(self.asked, self.owner, name)

    def declare_question(self, node: tree.Ask | tree.Check) -> None:
        self.add(node.name.span, self.question(node.name.text), True)
        for choice in node.type.choices if isinstance(node, tree.Ask) else ():
            owner = f"{self.owner}/{node.name.text}"
            self.add(choice.name.span, Symbol("choice", owner, choice.name.text), True)
        for modifier in node.modifiers:
            if isinstance(modifier, tree.When):
                self.expression(modifier.condition)
            elif isinstance(modifier, tree.Shares):
                self.add(modifier.concept.span, Symbol("concept", "", modifier.concept.text))

    def expressions(self, nodes: Iterable[tree.Expression | None]) -> None:
        for node in nodes:
            if node is not None:
                self.expression(node)

    def expression(self, node: tree.Expression, beside: tree.Expression | None = None) -> None:
        match node:
            case tree.Reference() | tree.Word():
                self.add(node.span, self._meaning(node, beside))
            case tree.PlaceAttribute(name):
                if isinstance(self.names.bound.get(id(node)), model.PlaceAttribute):
                    skip = node.span.end - node.span.start - len(name)
                    self.add(node.span, Symbol("attribute", REGISTER, name), skip=skip)
            case tree.Compare(_, left, right):
                self.expression(left, right)
                self.expression(right, left)
            case tree.In(value, options):
                self._beside(value, options)
            case tree.Includes(value, option):
                self._beside(value, (option,))
            case tree.Between(value, low, high):
                self._beside(value, (low, high))
            case _:
                for child in tree.children_of(node):
                    if isinstance(child, get_args(tree.Expression)):
                        self.expression(child)

    def _beside(self, value: tree.Expression, others: tuple[tree.Expression, ...]) -> None:
        self.expression(value)
        for other in others:
            self.expression(other, value)

    def _meaning(self, node: tree.Expression, beside: tree.Expression | None) -> Symbol | None:
        match self.names.bound.get(id(node)):
            case model.Answer(name):
                return self.question(name) if name in self.names.fields else None
            case model.Derived(name):
                return Symbol("let", self.owner, name)
            case model.Constant(str() as value) if beside is not None:
                return self.constant(value, beside)
        return None

    def constant(self, value: str, beside: tree.Expression, depth: int = 0) -> Symbol | None:
        """What a written value is beside an expression: a choice of its question, a kind of place, a finding."""
        match self.names.bound.get(id(beside)):
            case model.Answer("finding") | model.Fact("finding"):
                return self.finding(value)
            case model.Answer(name) if value in self.names.fields[name].choices:
                return Symbol("choice", f"{self.owner}/{name}", value)
            case model.PlaceAttribute("kind"):
                return Symbol("kind", "", value)
            case model.PlaceAttribute(name) if value in self._choices(name):
                return Symbol("choice", f"{REGISTER}/{name}", value)
            case model.Derived(name) if depth < len(self.names.lets):
                return self.constant(value, self.names.lets[name].value, depth + 1)
        return None

    def _choices(self, attribute: str) -> set[str]:
        fields = [register.fields.get(attribute) for register in self.names.registers]
        return {choice for field in fields if field is not None for choice in field.choices}

    def finding(self, name: str) -> Symbol | None:
        return None


class _Department(_Collector):
    def __init__(self, file: str, names: Names, found: set[Occurrence]) -> None:
        super().__init__(file, names, "", found)

    def collect(self, node: tree.Department) -> None:
        self.add(node.code.span, Symbol("department", "", node.code.text), True)
        for statement in node.body:
            if isinstance(statement, tree.Office):
                self.add(statement.code.span, Symbol("office", node.code.text, statement.code.text), True)
            elif isinstance(statement, tree.Limit):
                self.expressions(branch.when for branch in statement.branches)


class _Register(_Collector):
    asked = "attribute"

    def __init__(self, file: str, names: Names, found: set[Occurrence]) -> None:
        super().__init__(file, names, REGISTER, found)

    def collect(self, node: tree.Place) -> None:
        self.add(node.kind.span, Symbol("kind", "", node.kind.text), True)
        for ask in node.body:
            self.declare_question(ask)


class _Item(_Collector):
    def __init__(self, file: str, scope: ItemScope, found: set[Occurrence]) -> None:
        super().__init__(file, scope.names, scope.name, found)
        self.scope = scope

    def collect(self) -> None:
        name = self.scope.node.name
        self._dotted(name.span, name.text, "item", True)
        for statement in self.scope.node.body:
            self._statement(statement)

    def _dotted(self, span: tree.Span, text: str, kind: SymbolKind, declares: bool = False) -> None:
        """`department.name`: both parts are names."""
        code, dot, rest = text.partition(".")
        if dot:
            whole = span._replace(end=span.start + len(code))
            if self.scope.department is not None or kind == "office":
                self.add(whole, Symbol("department", "", code))
            self.add(span, Symbol(kind, code, rest), declares, len(code) + 1)

    def _statement(self, node: tree.Node) -> None:
        match node:
            case tree.Ask() | tree.Check():
                self.declare_question(node)
            case tree.For(kinds, when):
                for kind in kinds:
                    self.add(kind.span, Symbol("kind", "", kind.text))
                self.expressions((when,))
            case tree.Let(name, value):
                self.add(name.span, Symbol("let", self.owner, name.text), True)
                self.expression(value)
            case tree.Must(condition) | tree.Exclude(condition):
                self.expression(condition)
            case tree.Finding(name, _, when, clauses):
                self.add(name.span, Symbol("finding", self.owner, name.text), True)
                self.expressions((when,))
                for clause in clauses:
                    self._statement(clause)
            case tree.Example():
                self._example(node)
            case tree.Stage(name):
                self.add(name.span, Symbol("stage", self.owner, name.text), True)
            case tree.Severity(branches) | tree.Limit(_, branches) | tree.Visit(branches):
                self.expressions(branch.when for branch in branches)
            case tree.Route():
                self._route(node)

    def _route(self, node: tree.Route) -> None:
        offices = [office for branch in node.branches for office in branch.value.offices]
        supervisor = () if node.supervisor is None else (node.supervisor,)
        for office in (*offices, *node.co_handlers, *supervisor):
            self._office(office)
        self.expressions(branch.when for branch in node.branches)

    def _office(self, name: tree.Name) -> None:
        full = self.scope.offices.get(id(name), "")
        if "." in name.text and full:
            self._dotted(name.span, name.text, "office")
        elif "." in full:
            code, _, office = full.partition(".")
            self.add(name.span, Symbol("office", code, office))

    def _example(self, node: tree.Example) -> None:
        for given in node.given:
            self.expression(given.subject)
            for value in given.values:
                self.expression(value, given.subject)
        match node.expect:
            case tree.ExpectRefused(questions):
                for name in questions:
                    if name.text in self.names.fields:
                        self.add(name.span, self.question(name.text))
            case tree.ExpectFindings(findings):
                for finding in findings:
                    self.add(finding.name.span, self.finding(finding.name.text))
                    for expected in finding.values:
                        self._expected(expected)

    def _expected(self, value: tree.ExpectedValue) -> None:
        if isinstance(value.value, tree.Name):
            self._office(value.value)
        if value.name is not None:
            self.add(value.name.span, Symbol("stage", self.owner, value.name.text))

    def finding(self, name: str) -> Symbol | None:
        """A check that makes a finding of itself is one thing with it."""
        known = self.scope.findings.get(name)
        if known is None:
            return None
        return self.question(name) if known.check is not None else Symbol("finding", self.owner, name)
