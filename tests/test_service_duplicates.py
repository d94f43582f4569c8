"""Two reports of one thing: the open case is offered, and the second report can be added to it."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loop_help import (
    LIGHT,
    MISSING,
    MIXED,
    NOTHING,
    body,
    count,
    give,
    kinds_of,
    person,
    report,
    row_of,
    send,
    settle,
    upload,
)
from sample_town import Clock

from gewu_platform.core.lifecycle import Event
from gewu_platform.records import store as records_store
from gewu_platform.service.desk import cases
from gewu_platform.service.desk.case_lists import list_cases
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.rebuilding import compare_projections
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.loop.casework import change_case
from gewu_platform.service.loop.duplicates import NEAR, SHOWN, box_around, metres_between, similar_cases
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments, reporting

WASTE, LITTER = "sanitation.waste", "sanitation.litter"
PILE = {"finding": ["pile"], "shot": ["a.jpg"]}
MIGRATIONS = Path(records_store.__file__).parent / "migrations"
MIDDLE = (113.705, 23.005)
"""The middle of grid g1."""

DEGREE = 111_195.0
"""Metres of a degree of latitude on the mean sphere."""


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def litter(
    engine: Engine, lon: float, lat: float, finding: str = "pile", by: str = "worker1", **more: Any
) -> Any:
    sent = {
        "item": LITTER,
        "answers": {**PILE, "finding": [finding]},
        "location": {"lon": lon, "lat": lat},
        **more,
    }
    receipt, _ = send(engine, person(engine, by), str(uuid4()), sent)
    return receipt.cases[0]


def north_of(point: tuple[float, float], metres: float) -> tuple[float, float]:
    return point[0], point[1] + metres / DEGREE


# Near by


POINTS = st.tuples(st.floats(-180, 180), st.floats(-89.99, 89.99))


@given(POINTS, st.floats(0, 2 * math.pi), st.floats(0, 2000))
def test_the_box_holds_everything_within_its_distance(
    start: tuple[float, float], bearing: float, metres: float
) -> None:
    lat, lon, angle = math.radians(start[1]), math.radians(start[0]), metres / 6_371_008.8
    there = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing))
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(there)
    )
    end = ((math.degrees(lon + turn) + 180) % 360 - 180, math.degrees(there))
    assert metres_between(start, end) == pytest.approx(metres, abs=0.01)
    box = box_around(start, metres)
    assert box.west <= end[0] <= box.east
    assert box.south <= end[1] <= box.north


def test_a_degree_of_latitude_and_the_way_to_the_other_side_of_the_earth() -> None:
    assert metres_between((113.0, 22.0), (113.0, 23.0)) == pytest.approx(111_195, abs=1)
    assert metres_between((0.0, 0.0), (180.0, 0.0)) == pytest.approx(math.pi * 6_371_008.8)
    assert metres_between(MIDDLE, MIDDLE) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_similar_cases_are_what_looking_at_every_case_finds(engine: Engine, clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    made: list[tuple[int, str, tuple[float, float], datetime]] = []
    for _ in range(16):
        point = (MIDDLE[0] + chance.uniform(-1, 1) * 8e-4, MIDDLE[1] + chance.uniform(-1, 1) * 8e-4)
        finding = chance.choice(["pile", "spill"])
        case = litter(engine, *point, finding)
        made.append((case.id, finding, point, clock.at))
        clock.advance(days=chance.choice([0, 0, 1, 9]))
    found_any = False
    for case, finding, point, _ in made:
        with engine.store.transaction():
            found = similar_cases(engine, LITTER, finding, None, point, clock.at, besides=case)
        naive = sorted(
            (round(metres_between(point, other), 1), -each)
            for each, kind, other, at in made
            if each != case and kind == finding and metres_between(point, other) <= NEAR and clock.at - at < timedelta(days=30)
        )  # fmt: skip
        assert [(alike.metres, -alike.id) for alike in found] == naive[:SHOWN]
        found_any |= bool(found)
    assert found_any


def test_only_the_same_finding_of_the_same_item_is_similar(engine: Engine) -> None:
    litter(engine, *MIDDLE, "spill")
    report(engine, MISSING)
    with engine.store.transaction():
        assert similar_cases(engine, LITTER, "pile", None, MIDDLE, engine.now()) == ()
        assert similar_cases(engine, WASTE, "mixed", 1, None, engine.now()) == ()


def test_at_the_same_place_a_case_stays_similar_as_long_as_it_is_open(engine: Engine, clock: Clock) -> None:
    first = report(engine, LIGHT).cases[0]
    clock.advance(days=80)
    (alike,) = report(engine, LIGHT).cases[0].similar
    assert (alike.id, alike.same_place, alike.metres, alike.days) == (first.id, True, None, 80)
    give(engine, "acceptor1", first.id, "refuse", reason="重复上报")
    assert [each.id for each in report(engine, LIGHT).cases[0].similar] != [first.id]


def test_near_by_a_month_is_remembered_and_fifty_metres_are_looked_at(engine: Engine, clock: Clock) -> None:
    first = litter(engine, *MIDDLE)
    assert [each.id for each in litter(engine, *north_of(MIDDLE, 49)).similar] == [first.id]
    assert litter(engine, *north_of(MIDDLE, -51)).similar == ()
    clock.advance(days=31)
    assert litter(engine, *MIDDLE).similar == ()


def test_the_nearest_come_first_and_five_are_enough(engine: Engine) -> None:
    ids = [litter(engine, *north_of(MIDDLE, metres)).id for metres in (40, 5, 30, 12, 20, 45)]
    found = litter(engine, *MIDDLE).similar
    assert [each.id for each in found] == [ids[number] for number in (1, 3, 4, 2, 0)]
    assert [each.metres for each in found] == pytest.approx([5, 12, 20, 30, 40], abs=0.2)


def test_the_preview_offers_what_the_receipt_will(engine: Engine) -> None:
    first = report(engine).cases[0]
    seen = reporting.preview_report(
        engine, person(engine, "worker1"), WASTE, None, {"place": "shop-1", "answers": MIXED}
    )
    assert [each.id for each in seen.cases[0].similar] == [first.id]
    assert report(engine).cases[0].similar[0].number == first.number
    assert report(engine, place="shop-2").cases[0].similar == ()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_similar_cases_are_found_by_place_and_by_cell_of_the_map(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Millions of closed cases must not be looked at, nor the open ones of the rest of the city."""
    plans: list[str] = []
    plain = records_store.Store.execute

    def listen(store: records_store.Store, sql: str, /, **parameters: object) -> Any:
        found = plain(store, f"EXPLAIN QUERY PLAN {sql}", **parameters).fetchall()
        plans.append("; ".join(row[3] for row in found))
        return plain(store, sql, **parameters)

    monkeypatch.setattr(records_store.Store, "execute", listen)
    with engine.store.transaction():
        similar_cases(engine, LITTER, "pile", 3, MIDDLE, engine.now())
    near, here = plans
    assert near.startswith(
        "SEARCH s USING INDEX idx_submissions__cell (<expr>=? AND <expr>=? AND received_at>?)"
    )
    assert "SEARCH c USING INDEX idx_cases__submission (submission=?)" in near
    assert "place=?" in here
    assert "SCAN" not in near + here


def test_the_nearest_of_many_are_found_and_the_newest_of_those_at_one_point(engine: Engine) -> None:
    ids = [litter(engine, *MIDDLE).id for _ in range(4 * SHOWN + 3)]
    assert [each.id for each in litter(engine, *MIDDLE).similar] == ids[-1 : -SHOWN - 1 : -1]
    with engine.store.transaction():
        far = similar_cases(
            engine, LITTER, "pile", None, (MIDDLE[0] + 3e-4, MIDDLE[1]), engine.now(), besides=ids[-2]
        )
    assert [each.id for each in far][1:3] == [ids[-1], ids[-3]]


# Adding


def add(
    engine: Engine, case: int, by: str = "worker1", uuid: str | None = None, answers: Any = MIXED, finding: str = "mixed",
    **more: Any,
) -> tuple[reporting.Receipt, bool]:  # fmt: skip
    sent = body(answers, add_to={finding: case}, **more)
    return send(engine, person(engine, by), uuid or str(uuid4()), sent)


def test_a_report_is_added_to_the_open_case_and_opens_no_other(engine: Engine) -> None:
    case = report(engine).cases[0]
    receipt, created = add(engine, case.id, by="worker2")
    (line,) = receipt.cases
    assert created
    assert (line.id, line.number, line.added, line.state) == (case.id, case.number, True, "reported")
    assert count(engine, "cases") == 1
    assert kinds_of(engine, case.id) == ["reported", "added"]
    assert cases.read_case(engine, person(engine, "acceptor1"), case.id).row.id == case.id
    (sent,) = reporting.submissions_of(engine, person(engine, "worker2"))
    assert [each.id for each in sent.cases] == [case.id]


def test_sent_again_it_is_added_once_and_the_receipt_is_the_same(engine: Engine) -> None:
    case, uuid = report(engine).cases[0].id, str(uuid4())
    first, created = add(engine, case, by="worker2", uuid=uuid)
    again, repeated = add(engine, case, by="worker2", uuid=uuid)
    assert (created, repeated) == (True, False)
    assert again == first
    assert kinds_of(engine, case).count("added") == 1
    with pytest.raises(Problem, match="clash"):
        send(engine, person(engine, "worker2"), uuid, body(MIXED))


def test_other_findings_of_the_form_open_cases_of_their_own(engine: Engine) -> None:
    case = report(engine).cases[0].id
    receipt, _ = add(engine, case, answers={**MIXED, "lid": "no"})
    assert sorted(line.added for line in receipt.cases) == [False, True]
    assert count(engine, "cases") == 2


def test_whoever_added_a_report_is_a_reporter_and_kept_from_handling(engine: Engine) -> None:
    from gewu_platform.service.loop.case_files import load_case

    case = report(engine).cases[0].id
    add(engine, case, by="worker2")
    with engine.store.transaction():
        reporters = load_case(engine, case).state.reporters
    assert reporters == {person(engine, "worker1").id, person(engine, "worker2").id}


def test_the_handling_office_can_see_the_photographs_that_were_added(engine: Engine) -> None:
    case, uuid = report(engine).cases[0].id, str(uuid4())
    upload(engine, person(engine, "worker2"), uuid, ["b.jpg"], sha256="d" * 64)
    reporting.submit_report(
        engine, person(engine, "worker2"), uuid, body({**MIXED, "shot": ["b.jpg"]}, add_to={"mixed": case})
    )
    handler = person(engine, "handler2")

    def may_read() -> bool:
        try:
            attachments.read_file(engine, handler, "d" * 64)
        except Problem as problem:
            return problem.code != "not-found"
        return True

    assert not may_read(), "the case does not lie with the office yet"
    for name, command in (("acceptor1", "accept"), ("acceptor1", "file"), ("dispatcher1", "dispatch")):
        give(engine, name, case, command)
    assert may_read()


def test_adding_moves_no_state_and_no_clock_wherever_the_case_stands(engine: Engine, clock: Clock) -> None:
    case = report(engine).cases[0].id
    way = (
        ("acceptor1", "accept", {}), ("acceptor1", "file", {}), ("dispatcher1", "dispatch", {}),
        ("handler2", "handle", {}), ("dispatcher1", "park", {"reason": "等材料", "until": "2026-03-10"}),
        ("dispatcher1", "resume", {}), ("handler2", "confirm", {}), ("worker1", "rework", {"reason": "不行"}),
        ("handler2", "handle", {}), ("handler2", "confirm", {}), ("worker1", "verify", {}),
    )  # fmt: skip
    seen = []
    for by, command, arguments in (("", "", {}), *way):
        if command:
            give(engine, by, case, command, **arguments)
        before = row_of(engine, case)
        clock.advance(minutes=1)
        receipt, _ = add(engine, case, by="worker2")
        after = row_of(engine, case)
        seen.append(receipt.cases[0].state)
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"added", "sequence"}, (before["state"], changed)
    assert set(seen) == {
        "reported", "accepted", "filed", "dispatched", "handling", "parked", "handled", "verified",
    }  # fmt: skip
    assert compare_projections(engine).difference is None


def test_who_added_from_a_neighbouring_grid_follows_the_case_and_cannot_verify_it(engine: Engine) -> None:
    here, neighbour = report(engine, place="shop-1").cases[0].id, person(engine, "worker3")
    assert list_cases(engine, neighbour) == []
    engine.store.retrying(lambda: change_case(
        engine, load_case(engine, here), [Event("added", neighbour.id, submission="s")], engine.now()
    ))  # fmt: skip
    assert [row.id for row in list_cases(engine, neighbour)] == [here]
    view = cases.read_case(engine, neighbour, here)
    assert view.row.id == here
    assert [command.name for command in view.commands if command.possible] == []
    assert compare_projections(engine).difference is None


def test_who_reported_a_merged_case_follows_the_one_that_goes_on_through_a_chain(engine: Engine) -> None:
    first = report(engine, place="shop-4", by="worker3").cases[0].id
    second, third = (
        report(engine, place="shop-1").cases[0].id,
        report(engine, place="shop-3", by="worker2").cases[0].id,
    )
    give(engine, "acceptor1", first, "merge", into=second, reason="同一件")
    give(engine, "acceptor1", second, "merge", into=third, reason="同一件")
    assert {row.id for row in list_cases(engine, person(engine, "worker3"))} == {first, second, third}
    assert compare_projections(engine).difference is None


def test_an_upgrade_finds_those_who_reported_before(engine: Engine) -> None:
    first = report(engine, place="shop-4", by="worker3").cases[0].id
    second = report(engine, place="shop-1").cases[0].id
    add(engine, second, by="worker2")
    give(engine, "acceptor1", first, "merge", into=second, reason="同一件")
    migration = MIGRATIONS / engine.store.dialect / "0005_reporters.sql"
    fill = "INSERT" + migration.read_text(encoding="utf-8").partition("INSERT")[2].rstrip().rstrip(";")
    with engine.store.transaction(write=True):
        query = 'SELECT "case", "user" FROM reporters ORDER BY "case", "user"'
        before = [tuple(row) for row in engine.store.execute(query).fetchall()]
        engine.store.execute("DELETE FROM reporters")
        engine.store.execute(fill)
        assert [tuple(row) for row in engine.store.execute(query).fetchall()] == before
    expected = {(second, person(engine, name).id) for name in ("worker2", "worker3")}
    assert set(before) == expected


def faults_of(raised: pytest.ExceptionInfo[Problem]) -> list[tuple[str, str]]:
    assert (raised.value.code, raised.value.status) == ("invalid-body", 422)
    return [(fault.where, fault.code) for fault in raised.value.errors]


def test_a_case_that_closed_meanwhile_refuses_and_nothing_of_the_form_is_lost(engine: Engine) -> None:
    case, uuid = report(engine).cases[0], str(uuid4())
    give(engine, "acceptor1", case.id, "refuse", reason="照片不清")
    with pytest.raises(Problem) as raised:
        add(engine, case.id, uuid=uuid)
    assert faults_of(raised) == [("add_to.mixed", "closed")]
    assert "另开新案" in raised.value.errors[0].zh
    assert case.number in raised.value.errors[0].en
    receipt, created = send(engine, person(engine, "worker1"), uuid, body(MIXED))
    assert created, "the same form without that entry, under the same id"
    assert not receipt.cases[0].added


def test_a_case_that_was_merged_names_where_it_went(engine: Engine) -> None:
    first, second = report(engine).cases[0], report(engine).cases[0]
    give(engine, "acceptor1", second.id, "merge", into=first.id, reason="同一问题")
    with pytest.raises(Problem) as raised:
        add(engine, second.id)
    assert faults_of(raised) == [("add_to.mixed", "merged")]
    assert first.number in raised.value.errors[0].zh
    assert add(engine, first.id)[0].cases[0].added


def test_a_case_merged_into_one_that_cannot_take_the_report_does_not_name_it(engine: Engine) -> None:
    """One out of sight, in a neighbouring grid, and one that is about something else."""
    out_of_sight = report(engine, place="shop-4", by="worker3").cases[0]
    other_thing = litter(engine, *MIDDLE)
    for into in (out_of_sight, other_thing):
        merged = report(engine, place="shop-1", by="worker2").cases[0]
        give(engine, "acceptor1", merged.id, "merge", into=into.id, reason="同一问题")
        with pytest.raises(Problem) as raised:
            add(engine, merged.id)
        assert faults_of(raised) == [("add_to.mixed", "merged")]
        assert into.number not in raised.value.errors[0].zh + raised.value.errors[0].en
        assert "另开新案" in raised.value.errors[0].zh


@pytest.mark.parametrize(("answers", "finding"), [(MISSING, "missing"), (MIXED, "lid")])
def test_a_report_is_added_only_to_the_same_finding_it_has(
    engine: Engine, answers: Any, finding: str
) -> None:
    case = report(engine).cases[0].id
    with pytest.raises(Problem) as raised:
        add(engine, case, answers=answers, finding=finding)
    assert faults_of(raised) == [(f"add_to.{finding}", "choice" if finding == "missing" else "unknown")]
    assert count(engine, "submissions") == 1


def test_cases_out_of_sight_are_not_there_but_one_that_was_offered_is(engine: Engine) -> None:
    border = (113.7300, 23.005)
    far = litter(engine, *MIDDLE)
    near = litter(engine, border[0] - 1e-4, border[1], by="worker2")
    here = {"item": LITTER, "answers": PILE, "location": {"lon": border[0] + 1e-4, "lat": border[1]}}
    with pytest.raises(Problem) as raised:
        send(engine, person(engine, "worker3"), str(uuid4()), {**here, "add_to": {"pile": far.id}})
    assert faults_of(raised) == [("add_to.pile", "unknown")]
    receipt, _ = send(engine, person(engine, "worker3"), str(uuid4()), {**here, "add_to": {"pile": near.id}})
    assert receipt.cases[0].added, "of the grid next to it, but offered as similar"


@pytest.mark.parametrize("add_to", [[], 1, {"mixed": "1"}, {"mixed": True}, {"mixed": -1}, {"mixed": 2**40}])
def test_an_add_to_that_cannot_be_read_is_named(engine: Engine, add_to: Any) -> None:
    with pytest.raises(Problem) as raised:
        send(engine, person(engine, "worker1"), str(uuid4()), body(MIXED, add_to=add_to))
    assert faults_of(raised) == [("add_to", "type")]


def test_a_form_without_findings_has_nothing_to_add(engine: Engine) -> None:
    case = report(engine).cases[0].id
    with pytest.raises(Problem) as raised:
        add(engine, case, answers=NOTHING)
    assert faults_of(raised) == [("add_to.mixed", "unknown")]
