"""Steps that need no person are taken at once, unless something is lacking: then a person takes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Databases
from loop_help import give, kinds_of, row_of
from river_help import found, opened_river, proof
from sample_town import Clock

from gewu_platform.service.engine import Engine


@pytest.fixture
def engine(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    for made in opened_river(databases, dialect, clock, tmp_path):
        shown = {**made.catalogue.presentations, "river": "five-step"}
        yield replace(made, catalogue=replace(made.catalogue, presentations=shown))


def verified(engine: Engine, given: int) -> int:
    """A case that its worker verified with the first `given` pieces of proof."""
    case = found(engine, "silt", 200)
    give(engine, "acceptor1", case, "accept")
    give(engine, "dispatcher1", case, "dispatch")
    give(engine, "station1", case, "handle")
    give(engine, "team1", case, "assist", note="好了")
    give(engine, "station1", case, "confirm")
    give(engine, "worker4", case, "verify", evidence=proof()[:given])
    return case


def test_a_department_of_five_steps_files_by_itself(engine: Engine) -> None:
    case = found(engine, "silt", 200)
    give(engine, "acceptor1", case, "accept")
    assert kinds_of(engine, case) == ["reported", "accepted", "filed"]


def test_it_closes_by_itself_where_nothing_is_lacking(engine: Engine) -> None:
    case = verified(engine, 1)
    assert kinds_of(engine, case)[-2:] == ["verified", "closed"]
    assert (row_of(engine, case)["state"], row_of(engine, case)["closed_as"]) == ("closed", "handled")


def test_what_lacks_evidence_waits_for_a_person(engine: Engine) -> None:
    case = verified(engine, 0)
    assert row_of(engine, case)["state"] == "verified"
    give(engine, "acceptor1", case, "close", evidence=proof()[:1])
    assert row_of(engine, case)["state"] == "closed"


def test_a_check_that_found_it_undone_closes_nothing(engine: Engine) -> None:
    case = verified(engine, 0)
    give(engine, "acceptor1", case, "check")
    give(engine, "worker4", case, "answer", result="no", note="还在", evidence=proof()[:1])
    assert row_of(engine, case)["state"] == "verified"
    give(engine, "acceptor1", case, "rework", reason="还在")
    assert row_of(engine, case)["state"] == "dispatched"


def test_what_was_settled_on_the_spot_is_closed_by_somebody_who_looked_at_it(engine: Engine) -> None:
    case = found(engine, "waste")
    give(engine, "worker4", case, "settle", evidence=proof()[:1])
    assert row_of(engine, case)["state"] == "settled"
    give(engine, "acceptor1", case, "close")
    assert row_of(engine, case)["closed_as"] == "settled"


def test_what_was_sent_back_does_not_go_there_by_itself_again(engine: Engine) -> None:
    case = found(engine, "flood")
    give(engine, "team1", case, "return", reason="不归我管")
    assert row_of(engine, case)["state"] == "returned"


def test_a_reopened_case_goes_past_who_sent_it_back(engine: Engine) -> None:
    case = found(engine, "flood")
    give(engine, "team1", case, "return", reason="不归我管")
    give(engine, "acceptor1", case, "inform", reason="已告知")
    view = give(engine, "supervisor1", case, "reopen", reason="险情仍在")
    assert (view.row.state, view.row.office_title) == ("dispatched", "北镇河道站")
