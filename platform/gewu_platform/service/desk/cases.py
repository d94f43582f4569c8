"""One case on one page: what was found and where, evidence, checklist, clocks, tasks, timeline, commands, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gewu_platform.core.duties import states_for
from gewu_platform.core.presentations import reached_steps
from gewu_platform.records import journal
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.case_pages import find_title, list_joined, number_cases
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.desk.case_commands import Offered, command_views, office_options
from gewu_platform.service.desk.case_holders import holder_views, task_views
from gewu_platform.service.desk.case_lists import list_cases, read_query
from gewu_platform.service.desk.case_parts import (
    added_reports,
    answer_views,
    clock_view,
    closing_view,
    file_view,
    place_view,
)
from gewu_platform.service.desk.case_rows import case_row
from gewu_platform.service.desk.case_views import CaseRef, CaseView, CourseStep, TaskView
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import Along, along_of
from gewu_platform.service.history.timelines import tell_timeline
from gewu_platform.service.loop.acting import actor_of, route_of, situation_of
from gewu_platform.service.loop.case_files import CaseFile, load_case
from gewu_platform.service.loop.duplicates import similar_cases
from gewu_platform.service.loop.presentations import presentation_of
from gewu_platform.service.permissions import require
from gewu_platform.service.reach import require_case
from gewu_platform.service.reports.report_files import private_files
from gewu_platform.service.views import FileView, SimilarCase, TimelineEntry
from gewu_platform.service.why.explaining import explain
from gewu_platform.service.why.why_views import Explanation

__all__ = ["case_events", "explain_case", "journal_of", "list_cases", "read_case", "read_query"]


@dataclass(frozen=True, slots=True)
class _Page:
    """What every part of one page is made from."""

    engine: Engine
    caller: Caller
    row: Row
    case: CaseFile
    along: Along
    submission: Row
    files: list[Row]
    now: datetime

    @property
    def evidence(self) -> tuple[FileView, ...]:
        return tuple(file_view(file) for file in self.files if file["case_id"] == self.case.id)


def read_case(engine: Engine, caller: Caller, case: int, *, why: bool = False) -> CaseView:
    """All that the page of a case shows to `caller`; Problem not-found where it is not theirs to see.

    With `why` the explanation also tells which answers would have changed what, which takes a search.
    """
    require(caller, "cases.read")
    with engine.store.transaction():
        return _view(_load(engine, caller, case), why)


def case_events(engine: Engine, caller: Caller, case: int) -> tuple[TimelineEntry, ...]:
    """What happened to a case, in order; Problem not-found where it is not the caller's to see."""
    require(caller, "cases.read")
    with engine.store.transaction():
        row = require_case(engine, caller, case)
        files = stored.list_attachments(engine.store, row["submission"], case)
        evidence = tuple(file_view(file) for file in files if file["case_id"] == case)
        finding = published_item(engine, row["item"], row["version"]).item.finding(row["finding"])
        return tell_timeline(engine, finding, along_of(engine, case), evidence)


def explain_case(engine: Engine, caller: Caller, case: int) -> Explanation:
    """Why this office, this severity and these deadlines, and the smallest change of answers that would have changed
    each; Problem not-found as above.
    """
    require(caller, "cases.read")
    with engine.store.transaction():
        row = require_case(engine, caller, case)
        clocks, along = stored.list_clocks(engine.store, case), along_of(engine, case)
        return explain(
            engine, load_case(engine, case, along), along, clocks, row["office_title"], searching=True
        )


def journal_of(engine: Engine, caller: Caller, case: int) -> list[journal.Entry]:
    """The case's entries as the journal has them; Problem not-found as above."""
    require(caller, "cases.read")
    with engine.store.transaction():
        require_case(engine, caller, case)
        return journal.history(engine.store, f"case:{case}")


def _load(engine: Engine, caller: Caller, case: int) -> _Page:
    row, along = require_case(engine, caller, case), along_of(engine, case)
    return _Page(
        engine,
        caller,
        row,
        load_case(engine, case, along),
        along,
        reports.find_submission(engine.store, row["submission"]) or {},
        stored.list_attachments(engine.store, row["submission"], case),
        engine.now(),
    )


def _view(page: _Page, why: bool) -> CaseView:
    engine, caller, row, held = page.engine, page.caller, page.row, page.case
    item = published_item(engine, row["item"], row["version"]).item
    clocks = stored.list_clocks(engine.store, held.id)
    answers, evidence = json.loads(page.submission["answers"]), page.evidence
    actor = actor_of(caller)
    tasks = task_views(engine, held.id, held.state, (*held.clocks, *held.ended), actor, page.now)
    similar, offices = _similar(page), office_options(engine, held, caller)
    merged = held.fields["merged_into"]
    return CaseView(
        row=case_row(engine, row, page.now),
        item_number=item.number,
        basis=item.basis,
        submission=row["submission"],
        reported_at=page.submission["reported_at"],
        reporter_name=stored.name_users(engine.store, [row["reporter"]]).get(row["reporter"], ""),
        lon=page.submission["lon"],
        lat=page.submission["lat"],
        place=place_view(engine, row["place"], caller.language),
        answers=answer_views(item, answers, caller.language),
        photos=_photos(page, private_files(item, answers)),
        evidence=evidence,
        closing=closing_view(held.finding, held.state),
        clocks=tuple(clock_view(clock, held.finding, page.now) for clock in clocks),
        timeline=tell_timeline(engine, held.finding, page.along, evidence),
        commands=command_views(
            held.state, actor, situation_of(engine, held, page.now), Offered(offices, similar, tasks)
        ),
        offices=offices,
        assisting=tuple(held.decision["route"]["with"]),
        supervising=held.decision["route"]["under"],
        explanation=explain(engine, held, page.along, clocks, row["office_title"], searching=why),
        tasks=tasks,
        holders=holder_views(engine, held, page.along, page.now),
        course=_course(page),
        similar=similar,
        merged_into=None if merged is None else CaseRef(merged, number_cases(engine.store, [merged]).get(merged, "")),
        joined=tuple(CaseRef(each["id"], each["number"]) for each in list_joined(engine.store, held.id)),
        added=added_reports(engine, page.along),
        supervising_title=find_title(engine.store, held.fixed.get("supervising")),
        assisting_titles=_assisting(page, tasks),
    )  # fmt: skip


def _photos(page: _Page, private: frozenset[str]) -> tuple[FileView, ...]:
    return tuple(
        file_view(file)
        for file in page.files
        if file["submission"] == page.row["submission"] and file["name"] not in private
    )


def _course(page: _Page) -> tuple[CourseStep, ...]:
    presentation = presentation_of(page.engine, page.row["department"])
    reached = reached_steps(presentation, page.case.state.state)
    return tuple(CourseStep(each.step.words, each.done, each.current) for each in reached)


def _similar(page: _Page) -> tuple[SimilarCase, ...]:
    """What an acceptor may merge the case into, as long as they may."""
    if page.caller.role != "acceptor" or page.case.state.state not in states_for("merge"):
        return ()
    row, form = page.row, page.submission
    point: Any = (form["lon"], form["lat"]) if form["lon"] is not None else None
    return similar_cases(
        page.engine, row["item"], row["finding"], row["place"], point, row["opened_at"], besides=page.case.id
    )


def _assisting(page: _Page, tasks: tuple[TaskView, ...]) -> tuple[str, ...]:
    """The offices that help: those that were asked, or, before anybody was, those the rules would ask."""
    asked = [task.office_title for task in tasks if task.kind == "assist" and task.office_title]
    if asked or not page.case.decision["route"]["with"]:
        return tuple(dict.fromkeys(asked))
    routing = route_of(page.engine, page.case, page.case.state.returned_by)
    titles = [find_title(page.engine.store, office) for office in routing.assisting]
    return tuple(title for title in titles if title)
