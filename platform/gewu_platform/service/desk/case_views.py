"""Cases as pages and the API show them: one line of a list, and everything on one page.

Times are naive UTC. Nothing here gives away what its reader may not see: private answers arrive masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from gewu_platform.core.words import Words
from gewu_platform.service.why.why_views import Explanation

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
    """One clock; `used_percent` is 80 at the reminder and 100 when due, and goes on above it.

    `limit` is its original one (empty while parked), `extensions` how often it was granted once more, `task` the number
    of what was asked, where it measures that; `paused_at` is set while it stands still.
    """

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
    number: int
    task: int | None
    extensions: int
    paused_at: datetime | None


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

    `arguments` are the names it takes (`reason note office evidence task result until tier into severity`); `required`
    those it cannot do without. `options` are what may be given for one of them: (value, words), the usual one first.
    """

    command: str
    words: Words
    refusal: Words | None
    arguments: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    options: Mapping[str, tuple[tuple[str, Words], ...]] = field(default_factory=dict)

    @property
    def possible(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class OfficeOption:
    """An office a dispatcher may name instead of the routed one."""

    id: int
    title: str
    department: str
    routed: bool


@dataclass(frozen=True, slots=True)
class TaskView:
    """Something somebody was asked within a case, open until `ended_at`.

    It is addressed to an office (`office_title`) or a `role` over the case's grid; `mine`: the reader may answer it now.
    `words` say what is asked, `note` is the reason or the order's text, `answer` what was answered with `result_words`.
    """

    number: int
    kind: str
    words: Words
    office_title: str | None
    role: str | None
    asked_by_name: Words
    asked_at: datetime
    note: str | None
    until: date | None
    due_at: datetime | None
    light: Light
    ended_at: datetime | None
    ended_by_name: Words | None
    result_words: Words | None
    answer: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class HolderView:
    """Who had the case from `since` until `until` (None: has it now), in wall-clock `seconds`.

    `counted_seconds` is what a clock counted of them, None where none ran; `overdue`: it ran out meanwhile.
    """

    words: Words
    office_title: str | None
    since: datetime
    until: datetime | None
    seconds: float
    counted_seconds: float | None
    paused_seconds: float
    overdue: bool


@dataclass(frozen=True, slots=True)
class CourseStep:
    """One step of the loop as the case's department shows it."""

    words: Words
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class CaseRef:
    """Another case by its number."""

    id: int
    number: str


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
class AddedReport:
    """Another report of the same thing that was added to the case instead of opening one."""

    submission: str
    reporter_name: str
    at: datetime
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the page of a case shows to its reader.

    `offices` are where they may dispatch it, `similar` (for acceptors, before it is dispatched) what it may be merged
    into. `assisting_titles` and `supervising_title` name real offices; `course` is the department's way to show the loop.
    """

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
    tasks: tuple[TaskView, ...]
    holders: tuple[HolderView, ...]
    course: tuple[CourseStep, ...]
    similar: tuple[SimilarCase, ...]
    merged_into: CaseRef | None
    joined: tuple[CaseRef, ...]
    added: tuple[AddedReport, ...]
    supervising_title: str | None
    assisting_titles: tuple[str, ...]

    @property
    def closed_as(self) -> str | None:
        return self.row.closed_as

    @property
    def late(self) -> bool:
        return self.row.late

    @property
    def exempt(self) -> bool:
        return self.row.exempt

    @property
    def parked_until(self) -> date | None:
        return self.row.parked_until
