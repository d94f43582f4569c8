"""What the use cases hand out: frozen values that pages and the API render as they are.

Times are naive UTC. Nothing here gives away what its reader may not see: private answers arrive masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from gewu_platform.core.words import Words

Light = Literal["none", "green", "yellow", "red"]
"""`none` where no clock runs; green until the reminder, yellow until due, red after."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases; names are those of the area, place and office the ids stand for.

    `item_title` is the heading of the standard, `title` the finding's. `due_at` is that of the current step.
    """

    id: int
    number: str
    item: str
    item_title: str
    finding: str
    title: str
    severity: str | None
    department: str
    state: str
    state_words: Words
    step: str | None
    grid: int
    grid_name: str
    town: int | None
    town_name: str | None
    place: int | None
    place_name: str | None
    office: int | None
    office_title: str | None
    opened_at: datetime
    started_at: datetime | None
    due_at: datetime | None
    handle_due_at: datetime | None
    closed_at: datetime | None
    light: Light
    used_percent: int | None
    escalated_to: str | None
    reworks: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """`attributes` are (label, value) pairs; private ones masked."""

    id: int
    code: str
    kind: str
    name: str
    address: str
    lon: float | None
    lat: float | None
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FileView:
    name: str
    kind: str | None
    sha256: str
    media_type: str
    user_name: str
    attached_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answered question, its value in words (choice labels, counts of files), masked if private."""

    question: str
    label: str
    section: str | None
    value: str
    private: bool


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """One line of the closing checklist: `needed` of `kind` (by whom), of which `have` are there."""

    kind: str
    by: str | None
    needed: int
    have: int
    words: Words

    @property
    def done(self) -> bool:
        return self.have >= self.needed


@dataclass(frozen=True, slots=True)
class ClosingView:
    text: str
    lines: tuple[ClosingLine, ...]

    @property
    def done(self) -> bool:
        return all(line.done for line in self.lines)


@dataclass(frozen=True, slots=True)
class ClockView:
    """One step's clock; `used_percent` is 80 at the reminder and 100 when due, and goes on above it."""

    step: str
    stage: str | None
    words: Words
    limit: str
    office_title: str | None
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    light: Light
    used_percent: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened; `words` say it, `reason`, `note` and `files` are what was added to it."""

    seq: int
    at: datetime
    kind: str
    actor: int | None
    actor_name: Words
    words: Words
    reason: str | None
    note: str | None
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command of the loop. `refusal` says why it cannot be given now (None: it can).

    `arguments` are the names it takes (`reason`, `note`, `office`, `evidence`); `required` those it cannot do without.
    """

    command: str
    words: Words
    refusal: Words | None
    arguments: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Choice:
    """What decided one clause: the branch (from 1), where it stands in the source, and the values it saw.

    `values` maps what the condition read to what was there; `because` is the condition as the author's line, if any.
    """

    clause: str
    line: int | None
    file: str | None
    branch: int
    because: str | None
    values: Mapping[str, Any]
    words: Words


@dataclass(frozen=True, slots=True)
class Counting:
    """Why a clock ends when it does: `lines` re-add to the deadline by hand."""

    step: str
    stage: str | None
    limit: str
    due_at: datetime
    provisional: bool
    calendar: str
    words: Words
    lines: Mapping[str, tuple[str, ...]]
    derivation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this finding, this severity, this office and these deadlines."""

    basis: tuple[str, ...]
    choices: tuple[Choice, ...]
    office: Words
    severity: Words
    deadlines: tuple[Counting, ...]


@dataclass(frozen=True, slots=True)
class OfficeOption:
    """An office a dispatcher may name instead of the routed one."""

    id: int
    title: str
    department: str
    routed: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    row: CaseRow
    item_number: str | None
    basis: tuple[str, ...]
    submission: str
    reported_at: datetime
    reporter_name: str
    lon: float | None
    lat: float | None
    place: PlaceView | None
    answers: tuple[AnswerView, ...]
    photos: tuple[FileView, ...]
    evidence: tuple[FileView, ...]
    closing: ClosingView | None
    clocks: tuple[ClockView, ...]
    timeline: tuple[TimelineEntry, ...]
    commands: tuple[CommandView, ...]
    offices: tuple[OfficeOption, ...]
    assisting: tuple[str, ...]
    supervising: str | None
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class ReceiptCase:
    """`office` is the full name of the office it goes to, e.g. `parks.station` or `community`.

    `due` holds the running step exactly and each later step at the latest, as if every step before it took all its time.
    """

    id: int
    number: str
    finding: str
    title: str
    severity: str | None
    office: str | None
    office_title: str | None
    state: str
    due: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a reporter holds in hand. `excluded` is the reason why a form was kept without making a case."""

    id: str
    item: str
    item_title: str
    version: str
    reported_at: datetime
    received_at: datetime
    excluded: str | None
    cases: tuple[ReceiptCase, ...]
    visit: int | None


@dataclass(frozen=True, slots=True)
class RefusedAnswer:
    question: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen if these answers were sent now; `cases` carry id 0 and an empty number."""

    excluded: str | None
    refused: tuple[RefusedAnswer, ...]
    cases: tuple[ReceiptCase, ...]


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One sent form with how its cases stand; `came_back` are reasons with which cases were refused or voided."""

    id: str
    item: str
    item_title: str
    place_name: str | None
    received_at: datetime
    excluded: str | None
    cases: tuple[CaseRow, ...]
    came_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VisitRow:
    id: int
    place: int
    place_code: str
    place_name: str
    address: str
    grid: int
    grid_name: str
    lon: float | None
    lat: float | None
    item: str
    item_title: str
    planned_on: date
    done_at: datetime | None
    submission: str | None
    late: bool


@dataclass(frozen=True, slots=True)
class PlanResult:
    """`planned` are new, `kept` were there before; `unmet` says what could not be planned and why."""

    month: str
    planned: int
    kept: int
    unmet: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class SweepResult:
    reminded: int
    overdue: int
    escalated: int


@dataclass(frozen=True, slots=True)
class DrainResult:
    """`sent` outbox rows became `notices` of people."""

    sent: int
    notices: int


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: int
    kind: str
    words: Words
    case_id: int | None
    number: str | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the board and the query (`cases.list_cases`, `/cases?…`) that opens exactly the cases it counts."""

    value: int
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BoardRow:
    """`handled` were confirmed in the period and had a limit; `on_time` of them within it."""

    department: str
    department_title: str
    town: int | None
    town_name: str | None
    open: Cell
    overdue: Cell
    at_risk: Cell
    closed: Cell
    handled: Cell
    on_time: Cell

    @property
    def on_time_rate(self) -> float | None:
        """From 0 to 1; None where nothing was handled."""
        return self.on_time.value / self.handled.value if self.handled.value else None


@dataclass(frozen=True, slots=True)
class Board:
    """`rows` by department and town, in that order; `total` over all of them; the period is [since, until)."""

    since: datetime
    until: datetime
    rows: tuple[BoardRow, ...]
    total: BoardRow
