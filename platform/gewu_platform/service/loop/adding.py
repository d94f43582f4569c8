"""Another report of what an open case is about: added to that case instead of opening a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from gewu_dsl.decision import DecidedFinding
from gewu_platform.core.lifecycle import Event
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.loop.casework import change_case
from gewu_platform.service.loop.duplicates import similar_cases
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.reach import sees
from gewu_platform.service.reports.report_bodies import ReportBody
from gewu_platform.service.reports.report_sites import Site
from gewu_platform.service.views import ReceiptCase


def find_targets(
    engine: Engine, caller: Caller, body: ReportBody, site: Site, findings: Sequence[DecidedFinding], at: datetime
) -> dict[str, Row]:  # fmt: skip
    """The case that each finding named in `add_to` goes to, by finding; Problem invalid-body with a fault for each that cannot.

    Nothing of the form is kept then: sent again without that entry, under the same UUID, it opens a case. Inside a transaction.
    """
    found: dict[str, Row] = {}
    faults: list[Fault] = []
    decided = {finding.name: finding for finding in findings}
    for name, case in body.add_to.items():
        row = stored.find_listed(engine.store, case)
        if name not in decided:
            faults.append(
                _fault(name, "unknown", "此次填报没有判定出该情形", "this form has no such finding")
            )
        elif row is None or not _offered(engine, caller, body, site, name, row, at):
            faults.append(_fault(name, "unknown", f"没有找到案件 {case}", f"there is no case {case}"))
        elif (row["item"], row["finding"]) != (body.item, name):
            zh, en = "是另一类问题，不能补充到那里", "is about something else"
            faults.append(_fault(name, "choice", f"案件 {row['number']} {zh}", f"case {row['number']} {en}"))
        elif row["closed_at"] is not None:
            faults.append(_closed(engine, caller, body, site, name, row, at))
        else:
            found[name] = row
    if faults:
        raise Problem(
            "invalid-body", "不能补充到所选的案件", "The report cannot be added to that case", faults
        )
    return found


def add_report(engine: Engine, caller: Caller, uuid: str, row: Row, at: datetime) -> ReceiptCase:
    """Add the form `uuid` to the case of `row`; its line of the receipt. Inside a writing transaction."""
    held = load_case(engine, row["id"])
    change_case(engine, held, [Event("added", caller.id, submission=uuid)], at)
    return added_line(engine, row)


def added_line(engine: Engine, row: Row) -> ReceiptCase:
    """The line of a receipt for a case that the report goes to: as it stands, with the time of its running step."""
    routed: Mapping[str, object] = load_case(engine, row["id"]).decision.get("routed") or {}
    handler = routed.get("handler")
    return ReceiptCase(
        row["id"], row["number"], row["finding"], row["title"], row["severity"],
        str(handler) if handler else None, row["office_title"], row["state"],
        {row["step"]: row["due_at"]} if row["step"] and row["due_at"] else {}, added=True,
    )  # fmt: skip


def _offered(
    engine: Engine, caller: Caller, body: ReportBody, site: Site, finding: str, row: Row, at: datetime
) -> bool:
    """Whether the caller may know of the case: it is theirs to see, or one that was offered as similar."""
    if sees(engine, caller, row):
        return True
    place = site.place["id"] if site.place else None
    return row["id"] in {each.id for each in similar_cases(engine, body.item, finding, place, site.point, at)}


def _closed(
    engine: Engine, caller: Caller, body: ReportBody, site: Site, finding: str, row: Row, at: datetime
) -> Fault:
    """What became of the case meanwhile, and what to do: nothing of the form is lost.

    The case it was merged into is named only where the report can be added to that one.
    """
    into = load_case(engine, row["id"]).fields["merged_into"]
    if into is None:
        return _fault(
            finding, "closed",
            f"案件 {row['number']} 已办结：去掉此项再次提交，即另开新案，填报内容不变",
            f"case {row['number']} is closed by now: send the form again without this entry to open a new case",
        )  # fmt: skip
    main = stored.find_listed(engine.store, into)
    takes = (
        main is not None
        and main["closed_at"] is None
        and (main["item"], main["finding"]) == (body.item, finding)
        and _offered(engine, caller, body, site, finding, main, at)
    )
    if main is not None and takes:
        return _fault(
            finding, "merged",
            f"案件 {row['number']} 已并入 {main['number']}（id {main['id']}）：可改为补充到那里，或去掉此项另开新案，填报内容不变",
            f"case {row['number']} was merged into {main['number']} (id {main['id']}): add to that one, or leave this out to"
            " open a new case; the form stays as it is",
        )  # fmt: skip
    return _fault(
        finding, "merged",
        f"案件 {row['number']} 已并入另一案件：去掉此项再次提交，即另开新案，填报内容不变",
        f"case {row['number']} was merged into another: send the form again without this entry to open a new case",
    )  # fmt: skip


def _fault(finding: str, code: str, zh: str, en: str) -> Fault:
    return Fault(f"add_to.{finding}", code, zh, en)
