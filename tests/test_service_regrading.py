"""Another severity is what the rules would have said of it: limits anew, a route only until somebody has the case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import Databases
from loop_help import give, person, row_of, send
from river_help import found, opened_river, under_way
from sample_town import Clock, middle_of

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue.publishing import publish_catalogue
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import rebuild_case
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.loop.regrading import regrade


@pytest.fixture
def engine(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, dialect, clock, tmp_path)


def decision_of(engine: Engine, case: int) -> dict[str, Any]:
    return dict(json.loads(row_of(engine, case)["decision"]))


def regraded(engine: Engine, case: int, severity: str) -> dict[str, Any]:
    with engine.store.transaction():
        return regrade(engine, load_case(engine, case), severity)


@pytest.mark.parametrize(
    ("severity", "limit", "handler"),
    [("minor", "2 workdays", "river.station"), ("critical", "2 hours", "river.bureau")],
)
def test_a_case_that_waits_is_decided_as_if_it_had_been_so_from_the_start(
    engine: Engine, severity: str, limit: str, handler: str
) -> None:
    case = found(engine, "silt", 200)
    again = regraded(engine, case, severity)
    as_reported = decision_of(engine, found(engine, "silt", {"minor": 10, "critical": 400}[severity]))
    assert (again["limits"]["handle"], again["route"]["handler"]) == (limit, handler)
    assert {name: again[name] for name in ("severity", "limits", "route", "routed", "stages")} == {
        name: as_reported[name] for name in ("severity", "limits", "route", "routed", "stages")
    }


def test_a_case_that_an_office_has_keeps_its_route(engine: Engine) -> None:
    case = under_way(engine, "silt", 200)
    before, again = decision_of(engine, case), regraded(engine, case, "critical")
    assert again["limits"]["handle"] == "2 hours"
    assert (again["route"], again["routed"]) == (before["route"], before["routed"])


def test_the_dispatch_after_it_goes_where_the_new_severity_says(engine: Engine) -> None:
    case = found(engine, "silt", 200)
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "regrade", severity="critical", reason="堵塞")
    give(engine, "acceptor1", case, "file")
    view = give(engine, "dispatcher1", case, "dispatch")
    assert view.row.office_title == "县河道管理中心"


def test_the_decision_stands_in_the_journal_and_tells_what_the_rules_had_found(engine: Engine) -> None:
    case = under_way(engine, "silt", 200)
    for severity in ("critical", "minor"):
        give(engine, "acceptor1", case, "regrade", severity=severity, reason="核定")
    row = row_of(engine, case)
    with engine.store.transaction():
        assert rebuild_case(engine, case) == row
        entry = journal.history(engine.store, f"case:{case}")[-1]
    assert entry.body["decision"] == json.loads(row["decision"])
    assert (row["severity"], json.loads(row["decision"])["regraded_from"]) == ("minor", "major")


YARD = """department yard "堆场"
  office team "堆场组" at village
item yard.heap "堆放"
  ask secret integer "内部编号" from 0 to 9999 private
  severity major when secret > 5000   minor otherwise
  route  community
  handle 1 hour when secret > 1234 and severity = minor   2 hours otherwise
  finding heap "乱堆"
"""


def yard(engine: Engine, folder: Path, text: str) -> Engine:
    """The engine with that department alone on disk, published."""
    (folder / "yard").mkdir()
    (folder / "yard" / "department.gewu").write_text(text, encoding="utf-8")
    made = replace(engine, catalogue=load_catalogue([folder]), cache={})
    publish_catalogue(made, SYSTEM)
    return made


def heap(engine: Engine, **answers: Any) -> int:
    """The id of the case that a report of that department opened."""
    lon, lat = middle_of("g1")
    sent = {
        "item": "yard.heap",
        "answers": {"finding": ["heap"], **answers},
        "location": {"lon": lon, "lat": lat},
    }
    return send(engine, person(engine, "worker4"), str(uuid4()), sent)[0].cases[0].id


def test_no_private_answer_comes_back_in_the_trace(engine: Engine, tmp_path: Path) -> None:
    made = yard(engine, tmp_path, YARD)
    again = regraded(made, heap(made, secret=7777), "minor")
    assert again["limits"]["handle"] == "1 hour"
    reasons = [reason for reason in again["trace"] if "secret" in reason["saw"]]
    assert {reason["clause"] for reason in reasons} >= {"handle"}
    assert {reason["saw"]["secret"] for reason in reasons} == {"***"}
