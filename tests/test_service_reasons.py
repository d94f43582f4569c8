"""The smallest change of answers, told with a case, does what it says when somebody really sends it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from loop_help import (
    LIGHT,
    MISSING,
    MIXED,
    NOTHING,
    body,
    dispatched,
    give,
    person,
    report,
    row_of,
    send,
    settle,
)
from sample_town import Clock

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.desk.cases import explain_case, read_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import organisation
from gewu_platform.service.why import reasons
from gewu_platform.service.why.why_views import Explanation, SmallestChange


@pytest.fixture
def dialect() -> str:
    """One will do: what is told here is read like every page, and test_service_replaying reads pages on both."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def explain(engine: Engine, case: int) -> Explanation:
    return explain_case(engine, person(engine, "acceptor1"), case)


def change_of(engine: Engine, case: int, of: str) -> SmallestChange:
    return next(change for change in explain(engine, case).changes if change.of == of)


def test_the_fewest_answers_and_what_they_would_have_made_of_it_are_told(engine: Engine) -> None:
    case = dispatched(engine)
    told = {change.of: change for change in explain(engine, case).changes}
    for change in told.values():
        (answer,) = change.answers
        assert (answer.label, answer.old.zh, answer.new.zh) == ("混投重量", "60kg", "50kg")
        assert (answer.old.en, answer.new.en) == ("60 kg", "50 kg")
    assert told["office"].becomes.zh == "由北镇环卫站承办"
    assert told["severity"].becomes.en == "it would be minor"
    assert told["deadline"].becomes.zh == "处置时限为 1 个工作日，到期 2026-03-03 09:00"


@pytest.mark.parametrize("answers", [MIXED, LIGHT], ids=["major", "minor"])
def test_what_is_told_happens_when_it_is_sent(engine: Engine, answers: dict[str, Any]) -> None:
    case = dispatched(engine, answers)
    before = row_of(engine, case)
    for change in explain(engine, case).changes:
        (answer,) = change.answers
        other = dispatched(engine, {**answers, "weight": float(answer.new.zh.removesuffix("kg"))})
        after, view = row_of(engine, other), read_case(engine, person(engine, "acceptor1"), other)
        if change.of == "office":
            assert after["office"] != before["office"]
            assert view.row.office_title in change.becomes.zh
        elif change.of == "severity":
            assert after["severity"] != before["severity"]
        else:
            assert after["handle_due_at"] != before["handle_due_at"]
            assert change.becomes.zh.endswith("15:00" if answers is LIGHT else "09:00")


def test_what_no_answer_could_change_is_said_to_be_fixed(engine: Engine) -> None:
    case = report(engine, MISSING).cases[0].id
    told = explain(engine, case).changes
    assert [change.answers for change in told] == [(), (), ()]
    assert told[1].becomes.zh == "这一情形的等级是固定的，与答案无关"
    assert told[0].becomes.en == "the office is the same for every report of this finding"


def test_where_nothing_would_change_it_that_is_said(engine: Engine) -> None:
    # With both offices gone the community takes it, whatever is answered.
    for name in ("sanitation.station@north", "sanitation.bureau@county"):
        office_id = next(
            each.id for each in organisation.list_offices(engine, SYSTEM) if _stands(engine, each, name)
        )
        organisation.change_office(engine, SYSTEM, office_id, active=False)
    change = change_of(engine, report(engine).cases[0].id, "office")
    assert change.answers == ()
    assert change.becomes.zh == "改变 2 个以内的答案都不会改变承办机构（不看保密的答案）"
    assert change.becomes.en.startswith("no change of up to 2 answers would have changed the office")


def _stands(engine: Engine, office: organisation.OfficeView, name: str) -> bool:
    full, _, at = name.partition("@")
    return office.name == full and office.area == organisation.area_by_code(engine, at).id


def test_a_search_that_was_cut_short_says_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    case = report(engine, MIXED).cases[0].id
    whole = reasons.find_smallest_changes
    monkeypatch.setattr(reasons, "find_smallest_changes", lambda *args, **more: whole(*args, **more, most=1))
    change = change_of(engine, case, "office")
    assert change.answers == ()
    assert "没有试完" in change.becomes.zh
    assert "not all were tried" in change.becomes.en


def test_a_command_does_not_wait_for_the_search(engine: Engine) -> None:
    case = dispatched(engine)
    assert give(engine, "handler2", case, "handle").explanation.changes == ()
    assert read_case(engine, person(engine, "handler2"), case).explanation.changes == ()
    assert read_case(engine, person(engine, "handler2"), case, why=True).explanation.changes != ()


def test_the_offices_of_that_time_are_asked_not_todays(engine: Engine, clock: Clock, office: Any) -> None:
    case = dispatched(engine)
    station = office("sanitation.station@north")
    clock.advance(hours=1)
    organisation.change_office(engine, SYSTEM, station, active=False)
    later = report(engine).cases[0].id
    assert "北镇环卫站" in change_of(engine, case, "office").becomes.zh
    assert "柳村居委会" in change_of(engine, later, "office").becomes.zh
    told = explain(engine, dispatched(engine, LIGHT)).routing
    assert told[0].zh == "镇环卫站：柳村一网格、柳村、北镇、城县都没有"
    assert told[1].zh == "属地村（社区）：柳村一网格没有，柳村有柳村居委会"


PRIVATE = """department clinic "卫生站"

item clinic.visit "探访"
  ask shown    yes-no "是否在家"
  ask illness  one of (none "无", mild "轻", grave "重") "病情" private
  severity major when illness = grave or shown = no   minor otherwise
  route community
  handle 1 hour when illness = grave   1 workday otherwise
  finding ill "需探访" when illness != none

  example "重"
    given shown = yes, illness = grave
    expect ill severity major handle 1 hour
"""


def test_private_answers_are_neither_changed_nor_shown(engine: Engine, tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "clinic"
    pack.mkdir(parents=True)
    (pack / "clinic.gewu").write_text(PRIVATE, encoding="utf-8")
    own = replace(engine, catalogue=load_catalogue([tmp_path / "packs"]))
    assert publishing.publish_catalogue(own, SYSTEM).new == ("clinic.visit",)
    sent = body({"shown": "yes", "illness": "mild"}, None, "clinic.visit", grid="g1")
    receipt, _ = send(own, person(own, "worker1"), "11111111-1111-4111-8111-111111111111", sent)
    told = explain(own, receipt.cases[0].id)
    assert {change.of: [answer.label for answer in change.answers] for change in told.changes} == {
        "office": [], "severity": ["是否在家"], "deadline": [],
    }  # fmt: skip
    words = [
        *told.routing,
        *told.grading,
        *(change.becomes for change in told.changes),
        told.severity,
        told.office,
    ]
    words += [word for change in told.changes for each in change.answers for word in (each.old, each.new)]
    assert not any("mild" in word.zh + word.en or "轻" in word.zh for word in words)


def test_a_report_that_finds_nothing_makes_no_case_to_explain(engine: Engine) -> None:
    assert report(engine, NOTHING).cases == ()


def test_a_case_says_that_its_items_calendar_was_not_there(engine: Engine, tmp_path: Path) -> None:
    pack = tmp_path / "packs" / "clinic"
    pack.mkdir(parents=True)
    named = PRIVATE.replace("\n", "\n  calendar allyear\n  accept 1 workday\n", 1)
    (pack / "clinic.gewu").write_text(named, encoding="utf-8")
    own = replace(engine, catalogue=load_catalogue([tmp_path / "packs"]))
    publishing.publish_catalogue(own, SYSTEM)
    sent = body({"shown": "yes", "illness": "mild"}, None, "clinic.visit", grid="g1")
    receipt, _ = send(own, person(own, "worker1"), "11111111-1111-4111-8111-111111111111", sent)
    told = explain(own, receipt.cases[0].id)
    assert told.deadlines
    assert all("“allyear”当时没有导入，按“cn”计" in clock.definition.zh for clock in told.deadlines)
