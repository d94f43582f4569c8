"""What was decided about one report: plain values, and the JSON every format of Gewu agrees on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gewu_dsl.model import Closing, Duration, Severity, Stage, Step


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that may not be submitted.

    `question` is None where no single question is at fault. `code` is one of `required`, `unknown`, `type`, `choice`,
    `minimum`, `maximum`, `at_least`, `at_most`, `matching`, `must`. `message` is Chinese, `message_en` English; the
    message of a `must` is its author's in both.
    """

    question: str | None
    code: str
    message: str
    message_en: str

    def to_json(self, language: str = "zh") -> dict[str, Any]:
        message = self.message_en if language == "en" else self.message
        return {"question": self.question, "code": self.code, "message": message}


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who handles a finding: `handler` first, `fallbacks` in order where it has no office for the area."""

    handler: str | None
    fallbacks: tuple[str, ...] = ()
    assisting: tuple[str, ...] = ()
    supervising: str | None = None

    def to_json(self) -> dict[str, Any]:
        route: dict[str, Any] = {
            "handler": self.handler,
            "with": list(self.assisting),
            "under": self.supervising,
        }
        if self.fallbacks:
            route["else"] = list(self.fallbacks)
        return route


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one choice came out as it did.

    `clause` is `finding`, `severity`, `route` or a step; `branch` counts from 1; `line` is the branch's place in the
    source (None when the source is not at hand); `because` is its condition in canonical English words; `saw` holds
    what the conditions read, up to and including the deciding one (None: blank).
    """

    clause: str
    line: int | None
    branch: int
    because: str
    saw: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            "clause": self.clause, "line": self.line, "branch": self.branch, "because": self.because,
            "saw": dict(self.saw),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecidedFinding:
    """One finding of a report: how severe, who handles it, by when, how it is closed, and why."""

    name: str
    title: str
    severity: Severity | None
    route: Assignment
    limits: Mapping[Step, Duration]
    stages: tuple[Stage, ...]
    on_site: Duration | None
    closing: Closing | None
    basis: tuple[str, ...]
    trace: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        closing = self.closing
        return {
            "name": self.name,
            "title": self.title,
            "severity": self.severity,
            "route": self.route.to_json(),
            "limits": {step: str(limit) for step, limit in self.limits.items()},
            "stages": [{"name": s.name, "label": s.label, "limit": str(s.limit)} for s in self.stages],
            "on_site": None if self.on_site is None else str(self.on_site),
            "close": closing and {"text": closing.text, "with": [str(e) for e in closing.evidence]},
            "basis": list(self.basis),
            "trace": [reason.to_json() for reason in self.trace],
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one report. `refused` or `excluded` leave `findings` empty."""

    item: str
    version: str
    excluded: str | None = None
    refused: tuple[Refused, ...] = ()
    findings: tuple[DecidedFinding, ...] = ()

    def to_json(self, language: str = "zh") -> dict[str, Any]:
        """The stable JSON of `gewu decide --json`; `language` is that of the refusals."""
        return {
            "item": self.item,
            "version": self.version,
            "excluded": self.excluded,
            "refused": [refused.to_json(language) for refused in self.refused],
            "findings": [finding.to_json() for finding in self.findings],
        }
