"""A report opens a case for each finding: where it goes, what measures it, and what passes by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import Databases
from loop_help import kinds_of, person, row_of, send
from river_help import found, opened_river
from sample_town import Clock, middle_of

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.records import journal
from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue.publishing import publish_catalogue
from gewu_platform.service.engine import Engine
from gewu_platform.service.reports.reporting import submit_report
from gewu_platform.service.views import Receipt


@pytest.fixture
def engine(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, dialect, clock, tmp_path)


def sent(engine: Engine, *findings: str, grid: str = "g1") -> Receipt:
    lon, lat = middle_of(grid)
    body = {
        "item": "river.bank",
        "answers": {"finding": list(findings), "size": 10, "shot": ["a.jpg"]},
        "location": {"lon": lon, "lat": lat},
    }
    return send(engine, person(engine, "worker4"), str(uuid4()), body)[0]


def rows(engine: Engine, table: str, case: int) -> list[Row]:
    with engine.store.transaction():
        return fetch(engine.store.execute(f'SELECT * FROM {table} WHERE "case" = :of ORDER BY id', of=case))


def reported(engine: Engine, case: int) -> dict[str, Any]:
    with engine.store.transaction():
        return journal.history(engine.store, f"case:{case}")[0].body


def test_what_may_be_settled_on_the_spot_waits_there_first(engine: Engine) -> None:
    case = sent(engine, "waste").cases[0]
    row = row_of(engine, case.id)
    assert (case.state, row["state"], row["step"]) == ("on_site", "on_site", "settle")
    (clock,) = rows(engine, "deadlines", case.id)
    assert (clock["step"], clock["legs"], clock["due_at"]) == (
        "settle", '["30 minutes"]', datetime(2026, 3, 2, 1, 30),
    )  # fmt: skip
    assert [(timer["kind"], timer["due_at"]) for timer in rows(engine, "timers", case.id)] == [
        ("unsettle", clock["due_at"])
    ]
    assert reported(engine, case.id)["on_site"] is True


def test_the_receipt_says_by_when_each_step_is_done_at_the_latest(engine: Engine) -> None:
    case = sent(engine, "waste").cases[0]
    assert list(case.due) == ["settle", "accept", "file", "dispatch", "handle", "verify"]
    assert case.due["accept"] == datetime(2026, 3, 2, 2)
    assert sorted(case.due.values()) == list(case.due.values())
    other = sent(engine, "flood").cases[0]
    assert list(other.due) == ["handle", "verify"]


def test_a_case_knows_who_assists_and_who_supervises_from_the_beginning(engine: Engine) -> None:
    case = found(engine, "dump")
    routed = json.loads(row_of(engine, case)["decision"])["routed"]
    with engine.store.transaction():
        titles = {office.id: office.title for office in engine.store.db.Office.select()}
    assert titles[row_of(engine, case)["supervising"]] == titles[routed["supervising"]] == "城县网格中心"
    assert [titles[office] for office in routed["assisting"]] == ["北镇河道站", "柳村居委会"]
    assert (titles[routed["office"]], routed["missing"]) == ("县河道管理中心", [])


def test_an_office_that_stands_nowhere_is_told(engine: Engine) -> None:
    # Only the north has a station, and only 柳村 a team.
    routed = json.loads(row_of(engine, found(engine, "dump", grid="g4"))["decision"])["routed"]
    assert routed["missing"] == ["river.station"]
    assert len(routed["assisting"]) == 1


def test_what_passes_by_itself_is_measured_from_where_people_begin(engine: Engine) -> None:
    case = found(engine, "flood")
    assert kinds_of(engine, case) == ["reported", "accepted", "filed", "dispatched"]
    assert reported(engine, case)["clocks"] == []
    assert [clock["step"] for clock in rows(engine, "deadlines", case)] == ["handle"]


YARD = """department yard "堆场"
  office team "堆场组" at village
item yard.heap "堆放"
  ask shot photo "照片" at least 1
  severity minor
  route    community   with town   under county
  handle   2 hours
  file automatically
  dispatch automatically
  finding heap "乱堆"
"""


def test_a_dispatch_by_itself_asks_the_co_handlers_at_once(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "yard").mkdir()
    (tmp_path / "yard" / "department.gewu").write_text(YARD, encoding="utf-8")
    yard = replace(engine, catalogue=load_catalogue([tmp_path]), cache={})
    publish_catalogue(yard, SYSTEM)
    lon, lat = middle_of("g1")
    body = {
        "item": "yard.heap", "answers": {"finding": ["heap"], "shot": ["a.jpg"]}, "location": {"lon": lon, "lat": lat},
    }  # fmt: skip
    case = send(yard, person(yard, "worker4"), str(uuid4()), body)[0].cases[0].id
    assert row_of(yard, case)["state"] == "dispatched"
    (task,), (main, helping) = rows(yard, "tasks", case), rows(yard, "deadlines", case)
    assert (task["kind"], task["asked_by"], task["due_at"]) == ("assist", None, main["due_at"])
    assert (helping["step"], helping["task"], helping["office"]) == ("assist", 1, task["office"])
    with yard.store.transaction():
        told = fetch(
            yard.store.execute("SELECT kind, office FROM outbox WHERE case_id = :of ORDER BY id", of=case)
        )
    assert {(row["kind"], row["office"]) for row in told} == {
        ("waiting", main["office"]), ("assist", task["office"]), ("copied", row_of(yard, case)["supervising"]),
    }  # fmt: skip


def test_each_finding_of_a_report_is_a_case_of_its_own(engine: Engine) -> None:
    receipt = sent(engine, "silt", "waste", "flood")
    assert [case.state for case in receipt.cases] == ["reported", "on_site", "dispatched"]
    assert len({case.number for case in receipt.cases}) == 3
    subjects = [f"case:{case.id}" for case in receipt.cases]
    with engine.store.transaction():
        assert all(journal.history(engine.store, subject) for subject in subjects)


def test_the_first_clock_runs_from_the_report_as_the_server_received_it(engine: Engine, clock: Clock) -> None:
    clock.advance(minutes=7)
    lon, lat = middle_of("g1")
    body = {
        "item": "river.bank", "answers": {"finding": ["silt"], "size": 10, "shot": ["a.jpg"]},
        "location": {"lon": lon, "lat": lat}, "reported_at": "2026-03-02T08:00:00+08:00",
    }  # fmt: skip
    uuid, caller = str(uuid4()), person(engine, "worker4")
    case = send(engine, caller, uuid, body)[0].cases[0].id
    assert row_of(engine, case)["started_at"] == clock.at
    # Sent again, it is the same report: no second case, no second clock.
    assert submit_report(engine, caller, uuid, body)[1] is False
    assert len(rows(engine, "deadlines", case)) == 1
