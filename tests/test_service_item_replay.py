"""Before a new version is published: what it would have decided about the forms submitted so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import PACKS
from loop_help import LIGHT, MISSING, MIXED, send

from gewu_item_catalog.catalogue import load_catalogue
from gewu_item_catalog.replay.changes import Change
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.item_replay import replay_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem

WASTE = "sanitation.waste"
TEXT = (PACKS / "sanitation" / "department.gewu").read_text(encoding="utf-8")


@pytest.fixture
def forms(engine: Engine, caller: Callable[[str], Caller]) -> list[str]:
    """Three submitted forms, in their order."""
    sent = [(str(uuid4()), answers) for answers in (MIXED, LIGHT, MISSING)]
    for uuid, answers in sent:
        body = {"item": WASTE, "place": "shop-1", "answers": answers}
        send(engine, caller("worker1"), uuid, body)
        engine.now.advance(minutes=1)  # type: ignore[attr-defined]
    return [uuid for uuid, _ in sent]


def with_text(engine: Engine, folder: Path, text: str) -> Engine:
    (folder / "sanitation").mkdir()
    (folder / "sanitation" / "department.gewu").write_text(text, encoding="utf-8")
    return replace(engine, catalogue=load_catalogue([folder]))


def test_a_new_limit_is_shown_with_the_forms_it_would_have_met(
    engine: Engine, caller: Callable[[str], Caller], forms: list[str], tmp_path: Path
) -> None:
    text = TEXT.replace("severity major when weight > 50", "severity major when weight > 60")
    text = text.replace("mixed, weight = 60,", "mixed, weight = 61,")
    done = replay_item(with_text(engine, tmp_path, text), caller("approver1"), WASTE)
    assert done.published != done.on_disk
    assert done.forms == tuple(forms)
    assert (done.comparison.reports, done.comparison.alike) == (3, 2)
    assert set(done.comparison.changes) == {
        Change("mixed", "severity", "major", "minor", 1, 0),
        Change("mixed", "route", "sanitation.bureau", "sanitation.station", 1, 0),
        Change("mixed", "handle", "4 work hours", "1 workday", 1, 0),
    }


def test_the_same_text_changes_nothing(
    engine: Engine, caller: Callable[[str], Caller], forms: list[str]
) -> None:
    done = replay_item(engine, caller("approver1"), WASTE)
    assert done.published == done.on_disk
    assert (done.comparison.alike, done.comparison.changes) == (len(forms), ())


def test_an_item_that_is_gone_has_nothing_to_compare(
    engine: Engine, caller: Callable[[str], Caller], tmp_path: Path
) -> None:
    gone = with_text(engine, tmp_path, TEXT[: TEXT.index("item sanitation.waste")])
    for name in (WASTE, "no.such"):
        with pytest.raises(Problem, match="not-found"):
            replay_item(gone, caller("approver1"), name)


def test_only_who_may_read_the_catalogue_may_replay(
    engine: Engine, caller: Callable[[str], Caller], forms: list[str]
) -> None:
    with pytest.raises(Problem, match="forbidden|not-allowed"):
        replay_item(engine, caller("worker1"), WASTE)
