"""Parts of a case's page: its place, its answers, its files, its closing checklist, its clocks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gewu_dsl.answers import masked_answers
from gewu_dsl.model import ATTACHED, Finding, Item, Question
from gewu_platform.core.lifecycle import State, count_evidence
from gewu_platform.core.naming import clock_words, evidence_words
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot.case_pages import list_reports
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.desk.case_rows import light_of
from gewu_platform.service.desk.case_views import (
    AddedReport,
    AnswerView,
    ClockView,
    ClosingLine,
    ClosingView,
    PlaceView,
)
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import Along, event_in
from gewu_platform.service.masking import HIDDEN
from gewu_platform.service.reports.report_files import private_files
from gewu_platform.service.views import FileView

_YES_NO = {
    "zh": {"yes": "是", "no": "否", "na": "不适用"},
    "en": {"yes": "yes", "no": "no", "na": "not applicable"},
}


def place_view(engine: Engine, place: int | None, language: str) -> PlaceView | None:
    """The place with what its register shows of it. Inside a transaction."""
    row = engine.store.db.Place.get(id=place) if place is not None else None
    if row is None:
        return None
    values = json.loads(row.attributes)
    kind = engine.catalogue.kinds.get(row.kind)
    questions = kind.attributes if kind else ()
    shown = tuple(
        (question.label, HIDDEN if question.private else _text(question, values[question.name], language))
        for question in questions if question.name in values
    )  # fmt: skip
    return PlaceView(row.id, row.code, row.kind, row.name, row.address, row.lon, row.lat, shown)


def answer_views(item: Item, answers: Mapping[str, Any], language: str) -> tuple[AnswerView, ...]:
    """The answered questions in the order of the form, private ones masked."""
    shown = masked_answers(item, answers)
    return tuple(
        AnswerView(
            question.name, question.label, question.section,
            str(shown[question.name]) if question.private else _text(question, shown[question.name], language), question.private,
        )
        for question in item.questions if question.name in shown
    )  # fmt: skip


def file_view(row: Row) -> FileView:
    return FileView(
        row["name"],
        row["kind"] or None,
        row["sha256"],
        row["media_type"],
        row["user_name"] or "",
        row["attached_at"],
    )


def closing_view(finding: Finding, state: State) -> ClosingView | None:
    """What closing asks for and what is there, None where it asks for nothing."""
    closing = finding.closing
    if closing is None:
        return None
    return ClosingView(
        closing.text,
        tuple(
            ClosingLine(need.kind, need.by, need.count, have, evidence_words(need.kind, need.by, need.count))
            for need, have in count_evidence(state)
        ),
    )


def clock_view(row: Row, finding: Finding, now: datetime) -> ClockView:
    """A row of `deadlines` as it stands at `now`; one that stands still has no light."""
    light, used = light_of(row["started_at"], row["warns_at"], row["due_at"], row["ended_at"] or now)
    if row["paused_at"] is not None:
        light, used = light_of(row["started_at"], row["warns_at"], row["due_at"], row["paused_at"])
        light = light if row["ended_at"] is not None else "none"
    words = clock_words(finding, row["step"], row["stage"])
    return ClockView(
        row["step"], row["stage"], words, row["limit_text"], row["office_title"], row["started_at"], row["due_at"],
        row["ended_at"], light, used or 0, row["provisional"], row["number"], row["task"],
        max(0, len(json.loads(row["legs"])) - 1), row["paused_at"],
    )  # fmt: skip


def added_reports(engine: Engine, along: Along) -> tuple[AddedReport, ...]:
    """The reports that were added to a case, with the files that came along. Inside a transaction."""
    events = [(entry, event_in(entry)) for entry, _, _ in along if entry.kind == "added"]
    added = {event.submission: entry.at for entry, event in events if event and event.submission}
    found = []
    for row in list_reports(engine.store, list(added)) if added else []:
        item = published_item(engine, row["item"], row["version"]).item
        private = private_files(item, json.loads(row["answers"]))
        files = stored.list_attachments(engine.store, row["id"], 0)
        found.append(AddedReport(
            row["id"], row["user_name"] or "", added[row["id"]],
            tuple(file_view(file) for file in files if file["submission"] == row["id"] and file["name"] not in private),
        ))  # fmt: skip
    return tuple(found)


def _text(question: Question, value: Any, language: str) -> str:
    labels = {choice.name: choice.label for choice in question.choices}
    if question.type in ("yes_no", "check"):
        return _YES_NO["en" if language == "en" else "zh"].get(str(value), str(value))
    if question.type in ATTACHED:
        return str(len(value) if isinstance(value, list) else value)
    if isinstance(value, list):
        return "、".join(labels.get(str(entry), str(entry)) for entry in value)
    if isinstance(value, Mapping):
        return f"{value.get('lng')}, {value.get('lat')}"
    text = labels.get(str(value), str(value))
    return f"{text} {question.unit}" if question.unit else text
