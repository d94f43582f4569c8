"""What a Gewu text means: plain frozen values that everything above the compiler reads.

Nothing here remembers how a text was laid out, which words it used or what its comments said: two texts that mean
the same compile to equal values, and so to the same version. Where a choice stands in its source is kept beside an
item, in `Compiled.lines`, never in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, TypeVar

Tier = Literal["grid", "village", "town", "county", "city"]
TIERS: tuple[Tier, ...] = ("grid", "village", "town", "county", "city")
"""From the smallest area to the largest."""

Severity = Literal["minor", "major", "critical"]
SEVERITIES: tuple[Severity, ...] = ("minor", "major", "critical")

Step = Literal["accept", "file", "dispatch", "handle", "verify"]
STEPS: tuple[Step, ...] = ("accept", "file", "dispatch", "handle", "verify")
"""The steps of a case that have a limit, in the order in which they are taken."""

QuestionType = Literal[
    "yes_no", "check", "one_of", "any_of", "integer", "decimal", "text", "date", "time", "photo", "video", "audio",
    "file", "signature", "location", "scan", "person",
]  # fmt: skip
ATTACHED: frozenset[str] = frozenset({"photo", "video", "audio", "file", "signature"})
"""Types whose answer is a list of attached files; a condition reads how many there are."""

BUILT_IN_OFFICES: tuple[str, ...] = ("owner", "community", "reporter", "town", "county")
"""Handlers every area has without a department declaring them."""


# Limits


@dataclass(frozen=True, slots=True)
class Duration:
    """A limit as written: `3 workdays`, `by 18:00 next workday`.

    `unit` is one of `minutes`, `hours` (紧急工作时: the clock never stops), `work_hours` (工作时), `workdays` (工作日),
    `days` (自然日, 24 h each) or `by`. For `by`, `at` is `HH:MM` and `day` says which day: `today`, `next_workday` or
    `after_workdays`, the last with `amount` workdays.
    """

    unit: Literal["minutes", "hours", "work_hours", "workdays", "days", "by"]
    amount: int = 0
    at: str | None = None
    day: Literal["today", "next_workday", "after_workdays"] | None = None

    def __str__(self) -> str:
        """The canonical English text, e.g. `1 workday`, `4 work hours`, `by 18:00 after 2 workdays`."""
        if self.unit == "by":
            days = {"today": "today", "next_workday": "next workday"}
            return f"by {self.at} " + days.get(str(self.day), f"after {_counted(self.amount, 'workdays')}")
        return _counted(self.amount, self.unit.replace("_", " "))


def _counted(amount: int, unit: str) -> str:
    return f"{amount} {unit.removesuffix('s') if amount == 1 else unit}"


# Expressions: every name resolved, every choice known to belong to its question


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, ISO date, `HH:MM` time, choice name, severity, `yes`/`no`/`na`, or True/False."""

    value: int | float | str | bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question of the form; for an attached type, how many files there are."""

    question: str


@dataclass(frozen=True, slots=True)
class Derived:
    """The value of a `let`."""

    name: str


@dataclass(frozen=True, slots=True)
class PlaceAttribute:
    """`place.X`: what the register knows; `kind` tells the place's kind."""

    name: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What the report brings with it besides its answers.

    One of `severity`, `finding`, `area.class`, `area.kind`, `reporter.role`, `reported.month`, `reported.weekday`
    (1 = Monday … 7), `reported.hour`, `reported.on_workday` (`yes`/`no`), `open_cases`.
    """

    name: str


@dataclass(frozen=True, slots=True)
class History:
    """`cases_in(N days)` or `visits_in(N days)`: how many there were at this place."""

    name: Literal["cases_in", "visits_in"]
    days: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` on doubles; division by zero is blank."""

    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Negate:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Compare:
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Among:
    """`value in (…)`."""

    value: Expression
    options: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Includes:
    """`any-of question includes choice`."""

    value: Expression
    option: Constant


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`, both ends included."""

    value: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class IsBlank:
    """Never unknown. `is answered` is `Not(IsBlank(…))`."""

    value: Expression


@dataclass(frozen=True, slots=True)
class IsHazard:
    """`check is hazard`: the check's answer is its hazardous one; unknown while the check is blank."""

    question: str


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


Expression = (
    Constant | Answer | Derived | PlaceAttribute | Fact | History | Arithmetic | Negate
    | Compare | Among | Includes | Between | IsBlank | IsHazard | And | Or | Not
)  # fmt: skip
"""A value or a condition. A `yes_no` value used as a condition is lowered to `Compare("=", …, Constant("yes"))`."""


# Choices that are decided from top to bottom

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Branch(Generic[V]):
    """One line of a choice; `when` None is `otherwise` (or a choice that has a single value)."""

    value: V
    when: Expression | None = None


Branches = tuple[Branch[V], ...]
"""Read top to bottom; the first branch whose condition is certainly true decides. Empty: the clause is absent."""


# Forms


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Share:
    """A fresh answer to the same concept, collected at this place within `days`, is offered instead of asked again."""

    concept: str
    days: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form or one attribute of a register.

    `minimum`/`maximum` bound a number's value; `at_least`/`at_most` bound how many files or choices, or how many
    characters of a text. `hazard` is the hazardous answer of a `check` (`yes` or `no`), else None. `required` when
    shown unless `optional`.
    """

    name: str
    type: QuestionType
    label: str
    choices: tuple[Choice, ...] = ()
    section: str | None = None
    unit: str | None = None
    minimum: float | int | None = None
    maximum: float | int | None = None
    at_least: int | None = None
    at_most: int | None = None
    matching: Literal["id-card", "uscc", "phone", "plate"] | None = None
    optional: bool = False
    private: bool = False
    hint: str | None = None
    when: Expression | None = None
    hazard: Literal["yes", "no"] | None = None
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class Let:
    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Must:
    """A submission for which `condition` is certainly false is refused with `message`, shown at `questions`."""

    condition: Expression
    message: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exclude:
    """不采集: where `condition` is certainly true the form is kept but no case is made, for `reason`."""

    condition: Expression
    reason: str


# Findings


@dataclass(frozen=True, slots=True)
class Route:
    """Who handles. `handlers` are tried in order: the first that has an office for the area (`A else B`).

    Offices are full names (`department.office`) or one of `BUILT_IN_OFFICES`.
    """

    handlers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of handling with a limit of its own, counted from dispatch."""

    name: str
    label: str
    limit: Duration


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of an escalation ladder on `step`.

    At `percent` of the limit, or `after` so long past due; `to` is a tier, or None for a reminder of whoever holds it.
    """

    step: Step
    percent: int | None
    after: Duration | None
    to: Tier | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What must be attached to close: `count` of `kind`, a signature `by` whom."""

    kind: Literal["photo", "video", "note", "signature"]
    count: int = 1
    by: Literal["owner", "worker", "handler"] | None = None

    def __str__(self) -> str:
        """`photo>=1`, `signature:owner>=1`."""
        return f"{self.kind}:{self.by}>={self.count}" if self.by else f"{self.kind}>={self.count}"


@dataclass(frozen=True, slots=True)
class Closing:
    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One filing condition of the standard, with the item's and the department's defaults already filled in.

    `picked` findings have no condition: the worker picks them from the form's own question `finding`. `limits` holds
    branches for each step that has one. `automatic` are the steps that need no person.
    """

    name: str
    title: str
    when: Expression | None
    picked: bool
    severity: Branches[Severity]
    route: Branches[Route]
    limits: Mapping[Step, Branches[Duration]]
    assisting: tuple[str, ...] = ()
    supervising: str | None = None
    stages: tuple[Stage, ...] = ()
    on_site: Duration | None = None
    automatic: tuple[Step, ...] = ()
    ladder: tuple[Rung, ...] = ()
    closing: Closing | None = None


# Examples


@dataclass(frozen=True, slots=True)
class Expected:
    """What an example expects of one finding; None or absent means the example does not say."""

    finding: str
    severity: Severity | None = None
    handler: str | None = None
    limits: Mapping[Step, Duration] = field(default_factory=dict)
    assisting: tuple[str, ...] = ()
    supervising: str | None = None
    on_site: Duration | None = None
    stages: Mapping[str, Duration] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """`given` maps question names to answers and dotted facts (`place.grade`, `area.class`, `open_cases` …) to values.

    `outcome` is `findings` (exactly those in `expected`), `nothing`, `excluded` or `refused` (at each of the questions
    `refused`). Keys of history are written `cases_in(30)`, `visits_in(30)`: the period in days.
    """

    title: str
    given: Mapping[str, int | float | str | bool | tuple[str, ...]]
    outcome: Literal["findings", "nothing", "excluded", "refused"]
    expected: tuple[Expected, ...] = ()
    refused: tuple[str, ...] = ()


# Items, places, departments


@dataclass(frozen=True, slots=True)
class VisitRule:
    """`times` a `period`, where `when` holds (None: otherwise)."""

    times: int
    period: Literal["week", "month", "quarter", "year"]
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One 入格事项: its form, its rules and its examples.

    `questions` are in the order of the form. If any finding is picked, one of them is the made question `finding` (type
    `any_of`): the last, or just before the first question that appears because of it.
    """

    name: str
    department: str
    title: str
    number: str | None = None
    basis: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()
    applies: Expression | None = None
    visits: tuple[VisitRule, ...] = ()
    calendar: str | None = None
    questions: tuple[Question, ...] = ()
    lets: tuple[Let, ...] = ()
    musts: tuple[Must, ...] = ()
    excludes: tuple[Exclude, ...] = ()
    findings: tuple[Finding, ...] = ()
    examples: tuple[Example, ...] = ()

    def question(self, name: str) -> Question:
        """The question called `name`; KeyError where there is none."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)

    def finding(self, name: str) -> Finding:
        """The finding called `name`; KeyError where there is none."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Office:
    """`code` is unique within its department; `tier` says at which areas one stands."""

    department: str
    code: str
    title: str
    tier: Tier

    @property
    def name(self) -> str:
        """`department.code`, as routes and decisions name it."""
        return f"{self.department}.{self.code}"


@dataclass(frozen=True, slots=True)
class Department:
    code: str
    title: str
    offices: tuple[Office, ...] = ()
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """A register (台账): what is known of every place of this kind before anyone visits."""

    kind: str
    label: str
    attributes: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """An item with the places in the source that its choices come from.

    `lines` maps a path to its 1-based source line: `item`, `question.<q>`, `must.<i>`, `exclude.<i>`,
    `finding.<f>`, `finding.<f>.severity.<branch>`, `finding.<f>.route.<branch>`, `finding.<f>.limit.<step>.<branch>`
    (branches count from 0).
    """

    item: Item
    version: str
    lines: Mapping[str, int]
    file: str

    @property
    def name(self) -> str:
        return self.item.name
