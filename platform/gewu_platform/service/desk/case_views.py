"""A case as its page and the API show it: everything about one. Lines of lists are in `service.views`.

Times are naive UTC. Nothing here gives away what its reader may not see: private answers arrive masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from gewu_platform.core.words import Words
from gewu_platform.service.views import CaseRow, FileView, Light, SimilarCase, TimelineEntry
from gewu_platform.service.why.why_views import Explanation


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
    """An office a dispatcher may name instead of the routed one; `returned`: it sent this case back before."""

    id: int
    title: str
    department: str
    routed: bool
    returned: bool


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
