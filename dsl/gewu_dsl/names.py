"""Symbol tables: what the names of one compilation stand for, and what sort of value each has."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gewu_dsl import model, tree

SortKind = Literal[
    "number", "text", "date", "time", "choice", "choices", "yes_no", "check", "severity", "finding", "kind", "class",
    "open", "location", "condition", "unknown",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sort:
    """What values an expression may have.

    `names` are the choices where a bare name beside the expression is one of them (empty for `open`: any name is).
    `unknown` follows a mistake that is reported elsewhere and fits everything.
    """

    kind: SortKind
    names: tuple[str, ...] | None = None


NUMBER = Sort("number")
TEXT = Sort("text")
DATE = Sort("date")
TIME = Sort("time")
LOCATION = Sort("location")
YES_NO = Sort("yes_no", ("yes", "no"))
CHECK = Sort("check", ("yes", "no", "na"))
SEVERITY = Sort("severity", model.SEVERITIES)
CONDITION = Sort("condition", ("yes", "no"))
OPEN = Sort("open", ())
UNKNOWN = Sort("unknown", ())

_PLAIN_SORTS: dict[str, Sort] = {
    "integer": NUMBER, "decimal": NUMBER, "text": TEXT, "scan": TEXT, "person": TEXT, "date": DATE, "time": TIME,
    "location": LOCATION, "yes_no": YES_NO, "check": CHECK,
}  # fmt: skip
FACT_SORTS: dict[str, Sort] = {
    "severity": SEVERITY,
    "area.class": Sort("class", ("A", "B", "C")),
    "area.kind": OPEN,
    "reporter.role": OPEN,
    "reported.month": NUMBER,
    "reported.weekday": NUMBER,
    "reported.hour": NUMBER,
    "reported.on_workday": YES_NO,
    "open_cases": NUMBER,
}


def sort_of_type(kind: str, choices: tuple[str, ...]) -> Sort:
    """The sort of the answers to a question of this type; attached files are read as their number."""
    if kind in model.ATTACHED:
        return NUMBER
    if kind in ("one_of", "any_of"):
        return Sort("choice" if kind == "one_of" else "choices", choices)
    return _PLAIN_SORTS[kind]


@dataclass(frozen=True, slots=True)
class Known:
    """What other packs declare: departments whose offices may be named, kinds of places that may be inspected."""

    departments: tuple[model.Department, ...] = ()
    kinds: tuple[model.PlaceKind, ...] = ()


Modifiers = Mapping[type, tree.Modifier]
"""The modifiers of a question by their class."""


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form or an attribute of a register, as far as names and sorts are concerned.

    `node` is None for what another pack declares and for the made question `finding`.
    """

    name: str
    type: model.QuestionType
    sort: Sort
    choices: tuple[str, ...] = ()
    section: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    optional: bool = False
    hazard: Literal["yes", "no"] | None = None
    node: tree.Ask | tree.Check | None = None
    modifiers: Modifiers = field(default_factory=dict)

    @property
    def shown_when(self) -> tree.Expression | None:
        modifier = self.modifiers.get(tree.When)
        return modifier.condition if isinstance(modifier, tree.When) else None


def field_of(node: tree.Ask | tree.Check, section: str | None = None) -> Field:
    """The field an `ask` or a `check` declares; of a modifier written twice the first counts."""
    modifiers: dict[type, tree.Modifier] = {}
    for modifier in node.modifiers:
        modifiers.setdefault(type(modifier), modifier)
    kind: model.QuestionType = "check" if isinstance(node, tree.Check) else node.type.kind
    choices = () if isinstance(node, tree.Check) else tuple(choice.name.text for choice in node.type.choices)
    unit, bounds, hazard = modifiers.get(tree.UnitOf), modifiers.get(tree.Range), modifiers.get(tree.Hazard)
    low, high = (
        (_number(bounds.low), _number(bounds.high)) if isinstance(bounds, tree.Range) else (None, None)
    )
    answer = hazard.answer if isinstance(hazard, tree.Hazard) else "no"
    return Field(
        name=node.name.text,
        type=kind,
        sort=sort_of_type(kind, choices),
        choices=choices,
        section=section,
        unit=unit.unit if isinstance(unit, tree.UnitOf) else None,
        low=low,
        high=high,
        optional=tree.Optional in modifiers,
        hazard=answer if kind == "check" else None,
        node=node,
        modifiers=modifiers,
    )


def field_of_question(question: model.Question) -> Field:
    """The field of a register's attribute that another pack declares."""
    choices = tuple(choice.name for choice in question.choices)
    return Field(
        name=question.name,
        type=question.type,
        sort=sort_of_type(question.type, choices),
        choices=choices,
        unit=question.unit,
        low=question.minimum,
        high=question.maximum,
        optional=question.optional,
        hazard=question.hazard,
    )


def _number(bound: tree.Number | tree.Date) -> float | None:
    return float(bound.value) if isinstance(bound, tree.Number) else None


@dataclass(frozen=True, slots=True)
class Twice:
    """A name that is declared once more; `what` says what it names (`question`, `office` …)."""

    what: str
    name: tree.Name
    first_line: int | None
    file: str
    first_file: str


@dataclass(frozen=True, slots=True)
class Miss:
    """A name that stands for nothing, with the names that could have been meant.

    `what` is one of `name`, `choice`, `office`, `kind`, `attribute`, `department`, `finding`, `stage`, `function`; `where` is
    what the name belongs to (the question of a choice, the office of a title), where there is such a thing.
    """

    what: str
    name: str
    span: tree.Span
    candidates: tuple[str, ...]
    file: str
    where: str = ""


def near(name: str, candidates: Iterable[str]) -> list[str]:
    """The candidates most like `name`, at most three, the likest first."""
    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(candidate.casefold(), candidate)
    return [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]
