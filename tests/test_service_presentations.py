"""How a department's cases are shown is what its pack chose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import PACKS
from loop_help import give, kinds_of, report, row_of, settle

from gewu_item_catalog import packs
from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.core.presentations import PRESENTATIONS, WHOLE
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.presentations import presentation_of

PLUGINS = PACKS.parent.parent / "plugins"


def showing(engine: Engine, name: str) -> Engine:
    return replace(engine, catalogue=replace(engine.catalogue, presentations={"sanitation": name}))


def test_packs_may_choose_what_the_loop_can_show_and_nothing_else() -> None:
    assert set(packs.PRESENTATIONS) == set(PRESENTATIONS)
    assert packs.PRESENTATIONS[0] == WHOLE.name


def test_the_departments_that_come_with_it_choose_each_its_own() -> None:
    chosen = load_catalogue([PLUGINS]).presentations
    assert set(chosen.values()) == set(PRESENTATIONS)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_department_that_says_nothing_or_cannot_be_read_shows_the_whole(engine: Engine) -> None:
    assert presentation_of(engine, "sanitation") == WHOLE
    assert presentation_of(engine, "no_longer_there") == WHOLE
    assert presentation_of(showing(engine, "seven-step"), "sanitation").name == "seven-step"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_in_five_steps_filing_passes_by_itself(engine: Engine) -> None:
    settle(engine)
    five = showing(engine, "five-step")
    case = report(five).cases[0]
    assert "file" not in case.due
    give(five, "acceptor1", case.id, "accept")
    assert row_of(five, case.id)["state"] == "filed"
    assert kinds_of(five, case.id) == ["reported", "accepted", "filed"]
