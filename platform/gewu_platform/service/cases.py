"""One case on one page: what was found and where, evidence, checklist, clocks, timeline, commands, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gewu_dsl.answers import masked_answers
from gewu_dsl.model import ATTACHED, Item, Question
from gewu_platform.core.duties import DUTIES
from gewu_platform.core.lifecycle import State, count_evidence, lacking, possible
from gewu_platform.core.naming import COMMAND_WORDS, STEP_WORDS, evidence_words
from gewu_platform.core.words import Words
from gewu_platform.records import journal
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.acting import actor_of, offices_above, route_of
from gewu_platform.service.caller import Caller
from gewu_platform.service.case_lists import list_cases, read_query, require_case
from gewu_platform.service.case_rows import case_row, light_of
from gewu_platform.service.casework import CaseFile, load_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.explaining import explain
from gewu_platform.service.permissions import require
from gewu_platform.service.publishing import published_item
from gewu_platform.service.report_files import private_files
from gewu_platform.service.timelines import tell_timeline
from gewu_platform.service.views import (
    AnswerView,
    CaseView,
    ClockView,
    ClosingLine,
    ClosingView,
    CommandView,
    Explanation,
    FileView,
    OfficeOption,
    PlaceView,
    TimelineEntry,
)

__all__ = ["case_events", "explain_case", "journal_of", "list_cases", "read_case", "read_query"]

_YES_NO = {
    "zh": {"yes": "是", "no": "否", "na": "不适用"},
    "en": {"yes": "yes", "no": "no", "na": "not applicable"},
}
_EVIDENCED = frozenset({"handle", "confirm", "verify", "close"})


def read_case(engine: Engine, caller: Caller, case: int) -> CaseView:
    """All that the page of a case shows to `caller`; Problem not-found where it is not theirs to see."""
    require(caller, "cases.read")
    now = engine.now()
    with engine.store.transaction():
        row = require_case(engine, caller, case)
        held = load_case(engine, case)
        submission = reports.find_submission(engine.store, row["submission"]) or {}
        published = published_item(engine, row["item"], row["version"])
        clocks = stored.list_clocks(engine.store, case)
        files = stored.list_attachments(engine.store, row["submission"], case)
        people = stored.name_users(engine.store, [row["reporter"]])
        evidence = tuple(_file(file) for file in files if file["case_id"] == case)
        answers = json.loads(submission["answers"])
        private = private_files(published.item, answers)
        return CaseView(
            row=case_row(engine, row, now),
            item_number=published.item.number,
            basis=published.item.basis,
            submission=row["submission"],
            reported_at=submission["reported_at"],
            reporter_name=people.get(row["reporter"], ""),
            lon=submission["lon"],
            lat=submission["lat"],
            place=_place(engine, row["place"], caller.language),
            answers=_answers(published.item, answers, caller.language),
            photos=tuple(
                _file(file)
                for file in files
                if file["submission"] == row["submission"] and file["name"] not in private
            ),
            evidence=evidence,
            closing=_closing(held),
            clocks=tuple(_clock(clock, now) for clock in clocks),
            timeline=tell_timeline(engine, case, evidence),
            commands=_commands(held.state, caller),
            offices=_offices(engine, held, caller),
            assisting=tuple(held.decision["route"]["with"]),
            supervising=held.decision["route"]["under"],
            explanation=explain(engine, held, clocks, row["office_title"]),
        )


def case_events(engine: Engine, caller: Caller, case: int) -> tuple[TimelineEntry, ...]:
    """What happened to a case, in order; Problem not-found where it is not the caller's to see."""
    require(caller, "cases.read")
    with engine.store.transaction():
        row = require_case(engine, caller, case)
        files = stored.list_attachments(engine.store, row["submission"], case)
        return tell_timeline(engine, case, tuple(_file(file) for file in files if file["case_id"] == case))


def explain_case(engine: Engine, caller: Caller, case: int) -> Explanation:
    """Why this office, this severity and these deadlines; Problem not-found as above."""
    require(caller, "cases.read")
    with engine.store.transaction():
        row = require_case(engine, caller, case)
        clocks = stored.list_clocks(engine.store, case)
        return explain(engine, load_case(engine, case), clocks, row["office_title"])


def journal_of(engine: Engine, caller: Caller, case: int) -> list[journal.Entry]:
    """The case's entries as the journal has them; Problem not-found as above."""
    require(caller, "cases.read")
    with engine.store.transaction():
        require_case(engine, caller, case)
        return journal.history(engine.store, f"case:{case}")


def _place(engine: Engine, place: int | None, language: str) -> PlaceView | None:
    row = engine.store.db.Place.get(id=place) if place is not None else None
    if row is None:
        return None
    values = json.loads(row.attributes)
    kind = engine.catalogue.kinds.get(row.kind)
    questions = kind.attributes if kind else ()
    shown = tuple(
        (question.label, "***" if question.private else _text(question, values[question.name], language))
        for question in questions if question.name in values
    )  # fmt: skip
    return PlaceView(row.id, row.code, row.kind, row.name, row.address, row.lon, row.lat, shown)


def _answers(item: Item, answers: Mapping[str, Any], language: str) -> tuple[AnswerView, ...]:
    shown = masked_answers(item, answers)
    return tuple(
        AnswerView(
            question.name, question.label, question.section,
            str(shown[question.name]) if question.private else _text(question, shown[question.name], language), question.private,
        )
        for question in item.questions if question.name in shown
    )  # fmt: skip


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


def _file(row: Row) -> FileView:
    return FileView(
        row["name"],
        row["kind"] or None,
        row["sha256"],
        row["media_type"],
        row["user_name"] or "",
        row["attached_at"],
    )


def _closing(case: CaseFile) -> ClosingView | None:
    closing = case.finding.closing
    if closing is None:
        return None
    return ClosingView(
        closing.text,
        tuple(
            ClosingLine(need.kind, need.by, need.count, have, evidence_words(need.kind, need.by, need.count))
            for need, have in count_evidence(case.state)
        ),
    )


def _clock(row: Row, now: datetime) -> ClockView:
    light, used = light_of(row["started_at"], row["warning_at"], row["due_at"], row["ended_at"] or now)
    step = STEP_WORDS[row["step"]]
    words = Words(f"{step.zh}（{row['stage']}）", f"{step.en} ({row['stage']})") if row["stage"] else step
    return ClockView(
        row["step"], row["stage"], words, row["limit_text"], row["office_title"], row["started_at"], row["due_at"],
        row["ended_at"], light, used or 0, row["provisional"],
    )  # fmt: skip


def _commands(state: State, caller: Caller) -> tuple[CommandView, ...]:
    found = []
    missing = bool(lacking(state))
    for name, refusal in possible(state, actor_of(caller)).items():
        duty = DUTIES[name]
        arguments = ["reason"] if duty.needs_reason else []
        required = list(arguments)
        if name == "dispatch":
            arguments.append("office")
        if name in _EVIDENCED:
            arguments.append("evidence")
        if name == "close" and missing:
            required.append("evidence")
        found.append(CommandView(name, COMMAND_WORDS[name], refusal, (*arguments, "note"), tuple(required)))
    return tuple(found)


def _offices(engine: Engine, case: CaseFile, caller: Caller) -> tuple[OfficeOption, ...]:
    """Where a dispatcher may send it: the offices that stand above its grid, the routed one first."""
    if caller.role != "dispatcher" or case.state.state not in DUTIES["dispatch"].states:
        return ()
    routed = route_of(engine, case, case.state.returned_by)
    options = [
        OfficeOption(
            row["id"], row["title"], row["department"], routed is not None and row["id"] == routed.office
        )
        for row in offices_above(engine, case)
    ]
    return tuple(sorted(options, key=lambda option: (not option.routed, option.id)))
