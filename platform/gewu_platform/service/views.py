"""What the use cases hand out: frozen values that pages and the API render as they are. What only the page of a case shows
stands in `desk.case_views`.

Times are naive UTC. Nothing here gives away what its reader may not see: private answers arrive masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from gewu_platform.core.words import Words

Light = Literal["none", "green", "yellow", "red"]
"""`none` where no clock runs; green until the reminder, yellow until due, red after."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases; names are those of the area, place and office the ids stand for.

    `item_title` is the heading of the standard, `title` the finding's. `due_at` is that of the current step; there is
    none while its clock stands still (`paused`: parked, or somebody was asked to check). `late` stays once the case was
    not handled in time, `exempt` takes it out of the figures. `waiting_for` names what is asked and not yet answered.
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
    paused: bool
    late: bool
    exempt: bool
    parked_until: date | None
    closed_as: str | None
    waiting_for: Words | None


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """An open case that may be of the same thing: `metres` away (None: at the same place, or unknown), `days` old."""

    id: int
    number: str
    title: str
    state: str
    office_title: str | None
    opened_at: datetime
    metres: float | None
    days: int
    same_place: bool


@dataclass(frozen=True, slots=True)
class FileView:
    name: str
    kind: str | None
    sha256: str
    media_type: str
    user_name: str
    attached_at: datetime


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
class ReceiptCase:
    """`office` is the full name of the office it goes to, e.g. `parks.station` or `community`.

    `due` holds the running step exactly and each later step at the latest, as if every step before it took all its time.
    `added`: no case was opened, the report went to this one. `similar` are open cases that it may be the same as.
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
    added: bool = False
    similar: tuple[SimilarCase, ...] = ()


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
    """How much the clock set off: `unsettled` on the spot in time, `resumed` from parking."""

    reminded: int
    overdue: int
    escalated: int
    unsettled: int = 0
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class DrainResult:
    """`sent` outbox rows became `notices` of people."""

    sent: int
    notices: int


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What webhooks were told: `failed` counts what was not acknowledged, `dead` those of them that were given up."""

    delivered: int
    failed: int
    dead: int


@dataclass(frozen=True, slots=True)
class NoticeCase:
    """One case of a message that lists several, and what is said of it."""

    case_id: int
    number: str
    words: Words


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A message in an inbox. One about a single case has its `case_id`; one that gathers several lists them in `cases`."""

    id: int
    kind: str
    words: Words
    case_id: int | None
    number: str | None
    created_at: datetime
    read_at: datetime | None
    cases: tuple[NoticeCase, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the board and the query (`cases.list_cases`, `/cases?…`) that opens exactly the cases it counts."""

    value: int
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BoardRow:
    """`handled` were confirmed in the period, had a limit and are not exempt; `on_time` of them within it.

    `escalated` and `parked` are open now.
    """

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
    parked: Cell
    escalated: Cell

    @property
    def on_time_rate(self) -> float | None:
        """From 0 to 1; None where nothing was handled."""
        return self.on_time.value / self.handled.value if self.handled.value else None


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Who has open cases now: an `office` while it handles, else everybody whose turn the step is (`office` None).

    `oldest_seconds` is how long the one that waits longest has been there, in wall-clock time.
    """

    title: Words
    office: int | None
    open: Cell
    overdue: Cell
    oldest_seconds: int | None


@dataclass(frozen=True, slots=True)
class LadderRow:
    """Open cases that were escalated to a tier and no further."""

    tier: str
    words: Words
    cases: Cell


@dataclass(frozen=True, slots=True)
class Board:
    """`rows` by department and town, in that order; `total` over all of them; the period is [since, until).

    `holders` (the worst first, see `board.SHOWN`) and `ladder` are as of now.
    """

    since: datetime
    until: datetime
    rows: tuple[BoardRow, ...]
    total: BoardRow
    holders: tuple[HolderRow, ...]
    ladder: tuple[LadderRow, ...]
