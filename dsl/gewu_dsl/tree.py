"""What was written: the tree of a `.gewu` file, one frozen value per thing an author can write.

Statements stand in the order they were written (`body`, `modifiers`, `clauses`), so a file can be printed
again. Every node carries a `span`; spans never take part in comparison, so two trees are equal when they say
the same thing. Keywords are canonical English here whatever language the author typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from gewu_dsl.spans import NOWHERE, Span
from gewu_dsl.words import Language

__all__ = ["NOWHERE", "Span"]  # beside what is defined here

Tier = Literal["grid", "village", "town", "county", "city"]
Level = Literal["minor", "major", "critical"]
Step = Literal["accept", "file", "dispatch", "handle", "verify"]
Unit = Literal["minutes", "hours", "work_hours", "workdays", "days"]
Period = Literal["week", "month", "quarter", "year"]
TypeKind = Literal[
    "yes_no", "one_of", "any_of", "integer", "decimal", "text", "date", "time", "photo", "video",
    "audio", "file", "signature", "location", "scan", "person",
]  # fmt: skip
Signer = Literal["owner", "worker", "handler"]
BUILT_IN_OFFICES = ("owner", "community", "reporter", "town", "county")


@dataclass(frozen=True, slots=True)
class Node:
    """Anything with a place in the source."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name as written (full-width letters and digits made half-width); may be dotted: `parks.bench`.

    The built-in offices (`owner` 权属单位 …) are canonical English already where an office is named.
    """

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """A comment without its `#` and surrounding blanks; `own_line` when nothing else stands on its line.

    `blank_before` and `blank_after` when an empty line stands above or below it.
    """

    text: str
    own_line: bool = True
    blank_before: bool = field(default=False, compare=False)
    blank_after: bool = field(default=False, compare=False)


# Expressions


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A whole number is an `int`, one written with a point a `Decimal`."""

    value: int | Decimal


@dataclass(frozen=True, slots=True)
class String(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Date(Node):
    value: date


@dataclass(frozen=True, slots=True)
class Time(Node):
    """Minutes since midnight, 0 to 1439."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """A name in an expression: a question, a `let`, or beside a choice question one of its choices."""

    name: str


@dataclass(frozen=True, slots=True)
class Word(Node):
    """`yes no na minor major critical` in an expression.

    A choice may bear such a name, in either language: look `written` up among the choices first, then `word`.
    """

    word: str
    written: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """A built-in fact by its canonical path: `severity`, `finding`, `area.class`, `area.kind`, `place.kind`,
    `reporter.role`, `reported.month|weekday|hour|on_workday`, `open_cases`."""

    path: str


@dataclass(frozen=True, slots=True)
class PlaceAttribute(Node):
    """`place.X`: attribute X of the register of the place at hand (`place.kind` is a `Fact`)."""

    name: str


@dataclass(frozen=True, slots=True)
class History(Node):
    """`cases_in(N days)` or `visits_in(N days)`: how many at this place in the last period."""

    kind: Literal["cases_in", "visits_in"]
    period: Duration


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function that a plugin adds."""

    function: Name
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Expression
    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Includes(Node):
    """The `any of` answer `value` includes the choice `option`."""

    value: Expression
    option: Expression


@dataclass(frozen=True, slots=True)
class Between(Node):
    """Both ends belong to it."""

    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Is(Node):
    value: Expression
    state: Literal["blank", "answered", "hazard"]


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Expression


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two operands or more."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Two operands or more."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """Unary minus before anything but a plain number (`-5` is a `Number`)."""

    operand: Expression


Literal_ = Number | String | Date | Time | Reference | Word
Expression = (
    Number | String | Date | Time | Reference | Word | Fact | PlaceAttribute | History | Call
    | Compare | In | Includes | Between | Is | Not | And | Or | Arithmetic | Negative
)  # fmt: skip


# Durations and branches


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """`hours` are 紧急工作时, `work_hours` 工作时, `workdays` 工作日, `days` 自然日."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class By(Node):
    """`by HH:MM today|next workday|after N workdays`: N is 0, 1 or N workdays; `minutes` since midnight.

    `day` tells how it was written; `workdays` is None unless `day` is `after`.
    """

    minutes: int
    day: Literal["today", "next_workday", "after"]
    workdays: int | None = None


LimitValue = Duration | By
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Branch(Node, Generic[T_co]):
    """`value when …`, `value otherwise`, or the value alone (no condition and not `otherwise`)."""

    value: T_co
    when: Expression | None = None
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class LevelWord(Node):
    level: Level


@dataclass(frozen=True, slots=True)
class Target(Node):
    """`A else B`: the offices tried in turn, at least one."""

    offices: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Rate(Node):
    """How often a place is visited."""

    times: int
    period: Period


# Clauses of a finding (or an item's defaults)


@dataclass(frozen=True, slots=True)
class Severity(Node):
    branches: tuple[Branch[LevelWord], ...]


@dataclass(frozen=True, slots=True)
class OnSite(Node):
    limit: LimitValue


@dataclass(frozen=True, slots=True)
class Route(Node):
    """`co_handlers` are written after `with`, `supervisor` after `under`."""

    branches: tuple[Branch[Target], ...]
    co_handlers: tuple[Name, ...] = ()
    supervisor: Name | None = None


@dataclass(frozen=True, slots=True)
class Limit(Node):
    """A step's limit. `automatic` (only `file` and `dispatch`) may stand alone, then `branches` is empty."""

    step: Step
    branches: tuple[Branch[LimitValue], ...]
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Stage(Node):
    name: Name
    label: str
    limit: LimitValue


@dataclass(frozen=True, slots=True)
class Rung(Node):
    """One rung of an escalation: at `percent` of the limit or `after` its end; `to` a tier, or None: remind."""

    percent: int | None = None
    after: LimitValue | None = None
    to: Tier | None = None


@dataclass(frozen=True, slots=True)
class Escalate(Node):
    step: Step
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Evidence(Node):
    """What must be attached: at least `count` of `kind`; `by` only for signatures."""

    kind: Literal["photo", "video", "note", "signature"]
    count: int = 1
    by: Signer | None = None


@dataclass(frozen=True, slots=True)
class Close(Node):
    text: str
    evidence: tuple[Evidence, ...] = ()


Clause = Severity | OnSite | Route | Limit | Stage | Escalate | Close


# Questions


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """Without a label its name is shown."""

    name: Name
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Type(Node):
    """`choices` only for `one_of` and `any_of`."""

    kind: TypeKind
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitOf(Node):
    unit: str


@dataclass(frozen=True, slots=True)
class Range(Node):
    low: Number | Date
    high: Number | Date


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    count: int


@dataclass(frozen=True, slots=True)
class AtMost(Node):
    count: int


@dataclass(frozen=True, slots=True)
class Matching(Node):
    """`pattern` as written: `id-card`, `uscc`, `phone`, `plate`, or something unknown."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Optional(Node):
    pass


@dataclass(frozen=True, slots=True)
class Private(Node):
    pass


@dataclass(frozen=True, slots=True)
class Hint(Node):
    text: str


@dataclass(frozen=True, slots=True)
class When(Node):
    """Shown only where the condition holds."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Shares(Node):
    concept: Name
    within: Duration


@dataclass(frozen=True, slots=True)
class Hazard(Node):
    """Only on a `check`: the answer that is a hazard."""

    answer: Literal["yes", "no"]


Modifier = UnitOf | Range | AtLeast | AtMost | Matching | Optional | Private | Hint | When | Shares | Hazard


@dataclass(frozen=True, slots=True)
class Ask(Node):
    name: Name
    type: Type
    question: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Check(Node):
    """Answered `yes`, `no` or `na`; the hazardous answer is `no` unless a `Hazard` modifier says otherwise."""

    name: Name
    question: str
    modifiers: tuple[Modifier, ...] = ()


# Examples


@dataclass(frozen=True, slots=True)
class Given(Node):
    """One answer or fact of an example; several values (`(a, b)`) for an `any of` question."""

    subject: Reference | Fact | PlaceAttribute | History
    values: tuple[Literal_, ...]


@dataclass(frozen=True, slots=True)
class ExpectedValue(Node):
    """What is expected of a finding: `severity` a `LevelWord`; `route` a `Name` (the handler); `with` and
    `under` a `Name`; `on_site` and the steps a limit; `stage` a limit of the stage `name`."""

    aspect: Literal[
        "severity",
        "route",
        "with",
        "under",
        "on_site",
        "accept",
        "file",
        "dispatch",
        "handle",
        "verify",
        "stage",
    ]
    value: LevelWord | Name | LimitValue
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectedFinding(Node):
    name: Name
    values: tuple[ExpectedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectNothing(Node):
    pass


@dataclass(frozen=True, slots=True)
class ExpectExcluded(Node):
    pass


@dataclass(frozen=True, slots=True)
class ExpectRefused(Node):
    questions: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ExpectFindings(Node):
    findings: tuple[ExpectedFinding, ...]


Expect = ExpectNothing | ExpectExcluded | ExpectRefused | ExpectFindings


@dataclass(frozen=True, slots=True)
class Example(Node):
    title: str
    given: tuple[Given, ...]
    expect: Expect


# Statements of an item


@dataclass(frozen=True, slots=True)
class ItemNumber(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Basis(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Since(Node):
    start: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    kinds: tuple[Name, ...]
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Visit(Node):
    branches: tuple[Branch[Rate], ...]


@dataclass(frozen=True, slots=True)
class Section(Node):
    title: str


@dataclass(frozen=True, slots=True)
class Let(Node):
    name: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class Must(Node):
    condition: Expression
    message: str


@dataclass(frozen=True, slots=True)
class Exclude(Node):
    condition: Expression
    reason: str


@dataclass(frozen=True, slots=True)
class Finding(Node):
    """`span` covers its clauses, too."""

    name: Name
    label: str
    when: Expression | None = None
    clauses: tuple[Clause, ...] = ()


ItemStatement = (
    ItemNumber
    | Basis
    | Since
    | For
    | Visit
    | Section
    | Ask
    | Check
    | Let
    | Must
    | Exclude
    | Finding
    | Example
    | Clause
)


# Declarations


@dataclass(frozen=True, slots=True)
class Office(Node):
    code: Name
    title: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Calendar(Node):
    name: Name


DepartmentStatement = Office | Calendar | Limit | Escalate


@dataclass(frozen=True, slots=True)
class Department(Node):
    code: Name
    title: str
    body: tuple[DepartmentStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class Place(Node):
    kind: Name
    label: str
    body: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Item(Node):
    """Clauses in `body` are the item's defaults; the parser refuses one written after the first finding."""

    name: Name
    title: str
    body: tuple[ItemStatement, ...] = ()


Declaration = Department | Place | Item


@dataclass(frozen=True, slots=True)
class File(Node):
    """One source text. `comments` in the order of the text; `language` is the one most keywords are in."""

    declarations: tuple[Declaration, ...] = ()
    comments: tuple[Comment, ...] = field(default=(), compare=False)
    language: Language = field(default="en", compare=False)


def children_of(node: Node) -> Iterator[Node]:
    """The nodes directly inside `node`, in the order of the fields (and of the text)."""
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif type(value) is tuple:
            for part in value:
                if isinstance(part, Node):
                    yield part


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything inside it, parents before children."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(children_of(current))))
