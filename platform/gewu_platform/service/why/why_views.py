"""Why a case is as it is, as pages and the API show it: frozen values, in words of both languages.

Times are naive UTC. Private answers arrive masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from gewu_platform.core.words import Words

Outcome = Literal["office", "severity", "deadline"]
"""What a change of answers may change: who handles the case, how grave it is, when it has to be handled."""


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
    """Why a clock ends when it does: `lines` (by language) re-add to the deadline by hand.

    `words` is the clock in one sentence, `definition` where its limit comes from, `history` what moved its end since it
    began: pauses with their causes, extensions, another severity, another calendar. `limit` is empty for a case parked.
    """

    step: str
    stage: str | None
    task: int | None
    limit: str
    due_at: datetime
    ended_at: datetime | None
    provisional: bool
    calendar: str
    words: Words
    definition: Words
    history: tuple[Words, ...]
    lines: Mapping[str, tuple[str, ...]]
    derivation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One answer that would have been another: the question as the form words it, the answer, and the other one."""

    label: str
    old: Words
    new: Words


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """The fewest answers that would have made `of` another, and what it would have become.

    Without `answers`, `becomes` says that none were found, and why.
    """

    of: Outcome
    answers: tuple[AnswerChange, ...]
    becomes: Words


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why this finding, this severity, this office and these deadlines, and what would have changed them.

    `routing` tells the way to the office line by line: every handler tried, co-handlers, who supervises, and who moved
    the case since; `grading` tells the severity's way likewise.
    """

    basis: tuple[str, ...]
    choices: tuple[Choice, ...]
    office: Words
    routing: tuple[Words, ...]
    severity: Words
    grading: tuple[Words, ...]
    deadlines: tuple[Counting, ...]
    changes: tuple[SmallestChange, ...]
