"""A report on its way in: checked, decided, and turned into cases, all in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from gewu_dsl.answers import check_answers, normalise_answers, submitted_answers
from gewu_dsl.decision import DecidedFinding, Decision, Refused
from gewu_dsl.model import STEPS
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.zones import to_local
from gewu_platform.records import journal
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.cases import list_cases_of, list_listed
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.items_in_force import item_for_report
from gewu_platform.service.catalogue.publishing import Published, published_item
from gewu_platform.service.desk.case_rows import case_row
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.adding import add_report, added_line, find_targets
from gewu_platform.service.loop.automatic_steps import automatic_steps
from gewu_platform.service.loop.duplicates import similar_cases
from gewu_platform.service.loop.opening import Opening, open_cases, route_finding
from gewu_platform.service.permissions import require, sees_case
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.reports.receipts import added_cases, read_receipt, receipt_text
from gewu_platform.service.reports.report_bodies import ReportBody, hash_body, read_body, read_uuid
from gewu_platform.service.reports.report_files import find_file_faults
from gewu_platform.service.reports.report_sites import (
    Site,
    find_site,
    hidden_at,
    read_context,
    require_applies,
)
from gewu_platform.service.timing.clockwork import calendar_for, foresee, start_step_clocks
from gewu_platform.service.views import (
    Preview,
    Receipt,
    ReceiptCase,
    RefusedAnswer,
    SubmissionRow,
)


def submit_report(engine: Engine, caller: Caller, uuid: str, body: object) -> tuple[Receipt, bool]:
    """Take in one filled form; its receipt, and whether it is new. The same form sent again changes nothing.

    Problem invalid-body, invalid-answers (every refused answer), not-allowed, not-found, not-possible-now (the item is
    not in force), clash (another form has this UUID).
    """
    require(caller, "report.submit")
    uuid = read_uuid(uuid)

    def work() -> tuple[Receipt, bool]:
        known = reports.find_submission(engine.store, uuid)
        if known is not None:
            return _repeated(engine, caller, known, body), False
        now = engine.now()
        return _take_in(engine, caller, uuid, read_body(engine, body, now), now), True

    return engine.store.retrying(work)


def preview_report(
    engine: Engine, caller: Caller, item: str, version: str | None, body: Mapping[str, Any]
) -> Preview:
    """What would happen if the form were sent now: where each finding goes and by when. Nothing is stored."""
    require(caller, "report.preview")
    now = engine.now()
    full = {"answers": {}, **body, "item": item, **({"version": version} if version else {})}
    report = read_body(engine, full, now)
    with engine.store.transaction():
        published = item_for_report(engine, report.item, report.version, now, report.reported_at)
        site = find_site(engine, caller, published.item, report)
        calendar = calendar_for(engine, published.item.calendar, site.path)
        context = read_context(engine, caller, published.item, site, report.reported_at, calendar)
        require_applies(published, context)
        answers = normalise_answers(published.item, report.answers)
        refused = check_answers(published.rules, answers, context)
        if refused:
            return Preview(None, tuple(_refused(caller, fault) for fault in refused), ())
        decision = published.rules.decide(answers, context)
        targets = find_targets(engine, caller, report, site, decision.findings, now)
        found = [
            added_line(engine, targets[finding.name])
            if finding.name in targets
            else _foreseen(engine, published, site, calendar, finding, now)
            for finding in decision.findings
        ]
        return Preview(decision.excluded, (), tuple(found))


def _foreseen(
    engine: Engine, published: Published, site: Site, calendar: Calendar, finding: DecidedFinding, now: datetime
) -> ReceiptCase:  # fmt: skip
    """The line of a case that would be opened now."""
    decided, routing = finding.to_json(), route_finding(finding, site)
    automatic = automatic_steps(engine, published.item.department, published.item.finding(finding.name))
    on_site = start_step_clocks(engine, calendar, "settle", decided, now, 1, None)
    due = {clock.step: clock.due_at for clock in on_site}
    ahead = [step for step in STEPS if step not in automatic]
    line = ReceiptCase(
        0, "", finding.name, finding.title, finding.severity, routing.handler,
        site.titles[routing.office] if routing.office is not None else None, "on_site" if on_site else "reported",
        due | foresee(engine, calendar, ahead, decided, due.get("settle", now)),
    )  # fmt: skip
    return _with_similar(engine, published.item.name, site, line, now)


def _with_similar(engine: Engine, item: str, site: Site, line: ReceiptCase, now: datetime) -> ReceiptCase:
    """A line with the open cases that it may be the same as."""
    place = site.place["id"] if site.place else None
    found = similar_cases(engine, item, line.finding, place, site.point, now, besides=line.id)
    return replace(line, similar=found)


def form_context(engine: Engine, caller: Caller, item: str, place: str | None) -> dict[str, Any]:
    """What the form's conditions may read on the phone besides the answers; private attributes stay here.

    Without a place it is that of the first of the caller's grids: where the report is made decides when it is sent.
    """
    require(caller, "report.preview")
    now = engine.now()
    with engine.store.transaction():
        published = item_for_report(engine, item, None, now, now)
        where: dict[str, Any] = {"place": place} if place else {"grid": _first_grid(engine, caller)}
        body = read_body(engine, {"item": item, "answers": {}, **where}, now)
        site = find_site(engine, caller, published.item, body)
        calendar = calendar_for(engine, published.item.calendar, site.path)
        context = read_context(engine, caller, published.item, site, now, calendar)
    hidden = {f"place.{name}" for name in hidden_at(engine, site)}
    return {name: value for name, value in context.items() if name not in hidden}


def _first_grid(engine: Engine, caller: Caller) -> str:
    if not caller.grids:
        raise Problem("not-allowed", "您还没有入格，请联系人员管理", "You are rostered in no grid yet")
    return str(engine.store.db.Area[min(caller.grids)].code)


def receipt(engine: Engine, caller: Caller, uuid: str) -> Receipt:
    """The receipt of a form the caller sent, or whose grid is theirs; Problem not-found otherwise."""
    require(caller, "submissions.read")
    uuid = read_uuid(uuid)
    with engine.store.transaction():
        row = reports.find_submission(engine.store, uuid)
        if row is not None:
            path = reports.area_path(engine.store, row["grid"])
            if sees_case(caller, office=None, path=path, reporter=row["user"]):
                return read_receipt(engine, row["receipt"])
    raise not_found(f"上报 {uuid}", f"report {uuid}")


def submissions_of(engine: Engine, caller: Caller, limit: int = 50) -> tuple[SubmissionRow, ...]:
    """What the caller sent, the newest first, and how it stands."""
    require(caller, "submissions.read")
    now = engine.now()
    with engine.store.transaction():
        sent = reports.list_submissions(engine.store, caller.id or 0, limit)
        cases = list_cases_of(engine.store, [row["id"] for row in sent])
        added = {row["id"]: added_cases(row["receipt"]) for row in sent}
        others = list_listed(engine.store, sorted({case for ids in added.values() for case in ids}))
        own = {row["id"]: [case for case in cases if case["submission"] == row["id"]] for row in sent}
        joined = {form: [case for case in others if case["id"] in ids] for form, ids in added.items()}
        reasons = reports.list_refusals(
            engine.store, [row["id"] for row in cases if row["state"] in ("refused", "void")]
        )
        return tuple(
            SubmissionRow(
                row["id"], row["item"], published_item(engine, row["item"], row["version"]).item.title,
                row["place_name"], row["received_at"], json.loads(row["decision"])["excluded"],
                tuple(case_row(engine, case, now) for case in (*own[row["id"]], *joined[row["id"]])),
                tuple(reasons[case["id"]] for case in own[row["id"]] if case["id"] in reasons),
            )
            for row in sent
        )  # fmt: skip


def _repeated(engine: Engine, caller: Caller, known: Row, body: object) -> Receipt:
    if known["user"] != caller.id or known["body_hash"] != hash_body(body):
        raise Problem("clash", "该编号已用于另一份上报", "Another report has this id already")
    return read_receipt(engine, known["receipt"])


def _take_in(engine: Engine, caller: Caller, uuid: str, body: ReportBody, now: datetime) -> Receipt:
    published = item_for_report(engine, body.item, body.version, now, body.reported_at)
    site = find_site(engine, caller, published.item, body)
    calendar = calendar_for(engine, published.item.calendar, site.path)
    context = read_context(engine, caller, published.item, site, body.reported_at, calendar)
    require_applies(published, context)
    answers, decision = _decide(published, body, context)
    if faults := find_file_faults(engine, caller, uuid, published.item, answers, body.files):
        raise _invalid(faults)
    seq = reports.head(engine.store) + 1
    targets = find_targets(engine, caller, body, site, decision.findings, now)
    _keep_form(engine, caller, uuid, body, published, site, answers, context, decision, now)
    opening = Opening(uuid, published, site, calendar, caller.id or 0, now, _number(engine, now, seq))
    new = [finding for finding in decision.findings if finding.name not in targets]
    opened, happenings = open_cases(engine, opening, new)
    visit = _complete_visit(engine, uuid, body, site)
    entries = [_submitted(caller, uuid, body, site, published, decision), *happenings]
    if visit is not None:
        entries.append(journal.Happening(caller.id, "visited", f"visit:{visit}", {"submission": uuid}))
    journal.append_all(engine.store, now, entries)
    lines = [_with_similar(engine, body.item, site, line, now) for line in opened]
    lines += [add_report(engine, caller, uuid, row, now) for row in targets.values()]
    done = Receipt(
        uuid,
        body.item,
        published.item.title,
        published.version,
        body.reported_at,
        now,
        decision.excluded,
        tuple(lines),
        visit,
    )
    reports.keep_receipt(engine.store, uuid, receipt_text(engine, done))
    return done


def _submitted(
    caller: Caller, uuid: str, body: ReportBody, site: Site, published: Published, decision: Decision
) -> journal.Happening:
    return journal.Happening(caller.id, "submitted", f"submission:{uuid}", {
        "item": body.item, "version": published.version, "grid": site.grid["id"],
        "place": site.place["id"] if site.place else None, "body_hash": body.hash,
        "findings": [finding.name for finding in decision.findings], "excluded": decision.excluded,
    })  # fmt: skip


def _decide(
    published: Published, body: ReportBody, context: Mapping[str, Any]
) -> tuple[dict[str, Any], Decision]:
    """The answers to keep and what follows from them; Problem invalid-answers with every refused one."""
    answers = normalise_answers(published.item, body.answers)
    refused = check_answers(published.rules, answers, context)
    if refused:
        raise _invalid(
            [Fault(each.question or "", each.code, each.message, each.message_en) for each in refused]
        )
    kept = submitted_answers(published.rules, answers, context)
    faults = published.faults(kept)
    if faults:
        raise _invalid(faults)
    return kept, published.rules.decide(kept, context)


def _invalid(faults: Sequence[Fault]) -> Problem:
    return Problem(
        "invalid-answers", f"有 {len(faults)} 处填报有误", f"{len(faults)} answers are refused", faults
    )


def _keep_form(
    engine: Engine, caller: Caller, uuid: str, body: ReportBody, published: Published, site: Site,
    answers: Mapping[str, Any], context: Mapping[str, Any], decision: Decision, now: datetime,
) -> None:  # fmt: skip
    """Keep the form itself; its receipt follows when its cases have their numbers."""
    lon, lat = site.point or (None, None)
    reports.insert_submission(engine.store, {
        "id": uuid, "item": body.item, "version": published.version, "department": published.item.department,
        "user": caller.id, "grid": site.grid["id"], "place": site.place["id"] if site.place else None,
        "lon": lon, "lat": lat, "answers": journal.canonical(answers), "context": journal.canonical(context),
        "decision": journal.canonical(decision.to_json()), "receipt": "", "body_hash": body.hash,
        "reported_at": body.reported_at, "received_at": now,
    })  # fmt: skip


def _complete_visit(engine: Engine, uuid: str, body: ReportBody, site: Site) -> int | None:
    """The planned visit this form was: of that place and item in that month, the one nearest to its day."""
    if site.place is None:
        return None
    day = to_local(body.reported_at, engine.zone).date()
    planned = reports.list_planned_visits(engine.store, site.place["id"], body.item, f"{day:%Y-%m}")
    if not planned:
        return None
    visit = cast(int, min(planned, key=lambda row: abs((row["planned_on"] - day).days))["id"])
    reports.complete_visit(engine.store, visit, body.reported_at, uuid)
    return visit


def _number(engine: Engine, now: datetime, seq: int) -> str:
    """Readable and unique: the day and the number of the form's entry in the journal."""
    return f"{to_local(now, engine.zone):%Y%m%d}-{seq:06}"


def _refused(caller: Caller, fault: Refused) -> RefusedAnswer:
    message = fault.message_en if caller.language == "en" else fault.message
    return RefusedAnswer(fault.question or "", fault.code, message)
