"""What is going to be written: items with findings made of rows, still without names of offices or places in a text."""

from __future__ import annotations

from dataclasses import dataclass, field

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.entries import Entry
from gewu_item_catalog.spreadsheets.limits import Case, Habits
from gewu_item_catalog.spreadsheets.offices import Offices


@dataclass(frozen=True, slots=True)
class Options:
    """`department` is the code, `title` the department's name. `handle` is the limit of rows that give none: without
    it they wait. `category` names the file of rows that are in no category."""

    department: str
    title: str
    habits: Habits
    handle: tree.LimitValue | None = None
    category: str = "事项"


@dataclass(frozen=True, slots=True)
class PlannedFinding:
    """A finding and the rows it is made of: one, or one for each class of areas.

    `when` is None for one that the worker picks; `check` is the check whose hazard it is: where it has no clause of its
    own it is not written, and bears the check's name. `given` are answers under which an example reaches it. `level` is
    the question that asks for the severity, where the limits go by it.
    """

    name: str
    label: str
    entries: tuple[Entry, ...]
    cases: tuple[Case, ...]
    offices: Offices
    severity: tree.Level | None = None
    closing: str = ""
    evidence: tuple[tree.Evidence, ...] = ()
    steps: tuple[tree.Limit | tree.OnSite, ...] = ()
    when: tree.Expression | None = None
    check: str | None = None
    given: tuple[tuple[str, tree.Literal_], ...] = ()
    level: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that is written as a comment until somebody decides."""

    entry: Entry
    reason: Text


PlannedQuestion = tuple[tree.Ask | tree.Check | tree.Section, Entry | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """`questions` are asks, checks and sections in the order of the form, with the row each is made of and what else
    stands there."""

    name: str
    title: str
    category: str
    number: str = ""
    basis: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    photo: str = ""
    questions: tuple[PlannedQuestion, ...] = ()
    findings: tuple[PlannedFinding, ...] = ()
    waiting: tuple[Waiting, ...] = field(default=())
