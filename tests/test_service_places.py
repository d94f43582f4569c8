"""Places keep to what their register declares, and what is private stays so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.history import auditing
from gewu_platform.service.problems import Problem
from gewu_platform.service.town import places
from gewu_platform.service.town.places import HIDDEN, NewPlace

Callers = Callable[[str], Caller]
Ids = Callable[[str], int]

GOOD: dict[str, Any] = {"grade": "plain", "space": 40}


def shop(grid: int, **changes: Any) -> NewPlace:
    return NewPlace(**{"kind": "shop", "name": "小店", "grid": grid, "attributes": GOOD, **changes})


def faults_of(engine: Engine, place: NewPlace) -> dict[str, str]:
    with pytest.raises(Problem) as caught:
        places.add_place(engine, SYSTEM, place)
    assert caught.value.code == "invalid-body"
    return {fault.where: fault.code for fault in caught.value.errors}


def entries_of(engine: Engine, place: int) -> list[journal.Entry]:
    with engine.store.transaction():
        return journal.entries(engine.store, f"place:{place}")


def test_a_place_is_found_by_its_code_and_its_values_in_words(engine: Engine, caller: Callers) -> None:
    record = places.place_by_code(engine, caller("worker1"), "shop-1")
    assert (record.name, record.kind_label, record.grid_name) == ("柳记杂货", "商铺", "柳村一网格")
    assert [(each.label, each.text) for each in record.attributes] == [
        ("等级", "普通"), ("面积", "40 m2"), ("业主电话", HIDDEN),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "faults"),
    [
        ({}, {"attributes.grade": "required", "attributes.space": "required"}),
        ({**GOOD, "grade": "royal"}, {"attributes.grade": "choice"}),
        ({**GOOD, "space": 0}, {"attributes.space": "minimum"}),
        ({**GOOD, "space": 5001}, {"attributes.space": "maximum"}),
        ({**GOOD, "space": "many"}, {"attributes.space": "type"}),
        ({**GOOD, "phone": "12"}, {"attributes.phone": "matching"}),
        ({**GOOD, "opened": "soon"}, {"attributes.opened": "type"}),
        ({**GOOD, "floor": 1}, {"attributes.floor": "unknown"}),
        ({"grade": "royal", "space": 0}, {"attributes.grade": "choice", "attributes.space": "minimum"}),
    ],
)
def test_attributes_are_what_the_register_declares(
    engine: Engine, area: Ids, attributes: dict[str, Any], faults: dict[str, str]
) -> None:
    assert faults_of(engine, shop(area("g1"), attributes=attributes)) == faults


def test_an_unknown_register_a_missing_name_and_what_is_no_grid_are_refused(
    engine: Engine, area: Ids
) -> None:
    assert faults_of(engine, shop(area("g1"), kind="castle")) == {"kind": "unknown"}
    assert faults_of(engine, shop(area("g1"), name=" ")) == {"name": "missing"}
    assert faults_of(engine, shop(area("willow"))) == {"grid": "tier"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grade=st.sampled_from(["plain", "watched"]),
    space=st.integers(1, 5000),
    opened=st.none() | st.dates(date(1950, 1, 1)).map(date.isoformat),
)
def test_good_attributes_come_back_as_they_were_given(
    engine: Engine, area: Ids, grade: str, space: int, opened: str | None
) -> None:
    given_values = {"grade": grade, "space": space, "opened": opened}
    record = places.add_place(engine, SYSTEM, shop(area("g1"), attributes=given_values))
    assert record.values == {name: value for name, value in given_values.items() if value is not None}


def test_a_place_without_a_code_gets_the_next_of_its_grid(engine: Engine, area: Ids) -> None:
    first = places.add_place(engine, SYSTEM, shop(area("g2")))
    second = places.add_place(engine, SYSTEM, shop(area("g2")))
    assert (first.code, second.code) == ("g2-0001", "g2-0002")


def test_a_code_that_is_taken_or_given_twice_enters_nothing(engine: Engine, area: Ids) -> None:
    before = auditing.verify_journal(engine, SYSTEM).entries
    for codes in (["new", "shop-1"], ["new", "new"]):
        with pytest.raises(Problem, match="clash"):
            places.add_places(engine, SYSTEM, [shop(area("g1"), code=code) for code in codes])
    with pytest.raises(Problem, match="not-found"):
        places.place_by_code(engine, SYSTEM, "new")
    assert auditing.verify_journal(engine, SYSTEM).entries == before


def test_many_places_are_entered_in_one_go_each_with_its_entry(engine: Engine, area: Ids) -> None:
    grids = [area(code) for code in ("g1", "g2", "g3", "g4")]
    ids = places.add_places(engine, SYSTEM, [shop(grids[n % 4], name=f"店{n}") for n in range(600)])
    assert len(set(ids)) == 600
    assert places.read_place(engine, SYSTEM, ids[7]).name == "店7"
    assert [entry.kind for entry in entries_of(engine, ids[599])] == ["place-added"]
    assert auditing.verify_journal(engine, SYSTEM).whole


def test_a_place_of_another_grid_is_not_the_workers(
    engine: Engine, caller: Callers, place: Ids, area: Ids
) -> None:
    worker = caller("worker3")
    for ask in (
        lambda: places.read_place(engine, worker, place("shop-1")),
        lambda: places.reveal_place(engine, worker, place("shop-1")),
        lambda: places.place_by_code(engine, worker, "shop-1"),
        lambda: places.change_place(engine, worker, place("shop-1"), name="x"),
        lambda: places.add_place(engine, worker, shop(area("g1"))),
    ):
        with pytest.raises(Problem, match="not-allowed"):
            ask()


def test_a_list_holds_the_callers_places_only(engine: Engine, caller: Callers, area: Ids) -> None:
    def codes(name: str, **filters: Any) -> list[str]:
        return [each.code for each in places.list_places(engine, caller(name), **filters)]

    assert codes("worker1") == ["shop-1", "shop-2"]
    assert codes("worker2") == ["shop-1", "shop-2", "shop-3"]
    assert codes("supervisor1") == ["shop-1", "shop-2", "shop-3", "shop-4"]
    assert codes("supervisor2", search="超市") == ["shop-3"]
    assert codes("supervisor2", grid=area("g4")) == []
    assert codes("supervisor1", limit=1, after=places.place_by_code(engine, SYSTEM, "shop-2").id) == [
        "shop-3"
    ]
    assert codes("supervisor1", kind="castle") == []
    found = places.places_of_kinds(engine, caller("worker1"), ["shop", "castle"], "面馆")
    assert [each.code for each in found] == ["shop-2"]


def test_private_attributes_are_masked_until_revealed_and_revealing_is_journaled(
    engine: Engine, caller: Callers, place: Ids
) -> None:
    worker, number = caller("worker1"), "13800138000"
    masked = places.read_place(engine, worker, place("shop-1"))
    assert number not in str(masked)
    shown = places.reveal_place(engine, worker, place("shop-1"))
    assert shown.values["phone"] == number
    *_, entry = entries_of(engine, place("shop-1"))
    assert (entry.kind, entry.actor, entry.body) == ("place-revealed", worker.id, {"attributes": ["phone"]})


def test_what_no_pack_declares_is_masked(engine: Engine, caller: Callers, place: Ids, tmp_path: Path) -> None:
    bare = replace(engine, catalogue=load_catalogue([tmp_path]), cache={})
    shown = places.read_place(bare, caller("worker1"), place("shop-1"))
    assert set(shown.values.values()) == {HIDDEN}
    assert "13800138000" not in repr(places.list_places(bare, caller("worker1")))


def test_ids_and_kinds_that_no_database_holds_are_simply_not_there(engine: Engine, caller: Callers) -> None:
    worker = caller("worker1")
    with pytest.raises(Problem, match="not-found"):
        places.read_place(engine, worker, 2**70)
    assert places.list_places(engine, worker, kind="a\x00b") == []
    assert places.list_places(engine, worker, after=2**60) == []


def test_the_journal_never_holds_what_is_private(engine: Engine, place: Ids) -> None:
    places.change_place(engine, SYSTEM, place("shop-1"), attributes={"phone": "13900139000"})
    with engine.store.transaction():
        written = str(engine.store.execute("SELECT body FROM journal").fetchall())
    assert "13800138000" not in written
    assert "13900139000" not in written


def test_a_change_keeps_what_it_does_not_name(engine: Engine, caller: Callers, place: Ids) -> None:
    record = places.change_place(engine, caller("worker1"), place("shop-1"), attributes={"grade": "watched"})
    assert record.values == {"grade": "watched", "space": 40, "phone": HIDDEN}
    *_, entry = entries_of(engine, place("shop-1"))
    assert entry.body == {
        "was": {"attributes": {"grade": "plain"}},
        "is": {"attributes": {"grade": "watched"}},
    }
    revealed = places.reveal_place(engine, caller("worker1"), place("shop-1"))
    assert revealed.values["phone"] == "13800138000"


def test_a_change_to_what_is_not_allowed_changes_nothing(engine: Engine, place: Ids) -> None:
    with pytest.raises(Problem, match="invalid-body"):
        places.change_place(engine, SYSTEM, place("shop-1"), name="新名", attributes={"space": -1})
    assert places.read_place(engine, SYSTEM, place("shop-1")).name == "柳记杂货"


def test_a_change_that_changes_nothing_is_not_journaled(engine: Engine, place: Ids) -> None:
    places.change_place(engine, SYSTEM, place("shop-1"), name="柳记杂货", attributes={"space": 40})
    assert [entry.kind for entry in entries_of(engine, place("shop-1"))] == ["place-added"]


def test_a_closed_place_leaves_the_lists(engine: Engine, caller: Callers, place: Ids) -> None:
    assert not places.change_place(engine, caller("worker1"), place("shop-1"), active=False).active
    assert [each.code for each in places.list_places(engine, caller("worker1"))] == ["shop-2"]


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ud800", "x" * 10_000, "'; DROP TABLE places; --", "%", "_"]
)
def test_any_text_may_be_looked_for(engine: Engine, text: str) -> None:
    found = places.list_places(engine, SYSTEM, search=text)
    assert [each.code for each in found] == (
        [] if text.strip("\0\ud800 ") else ["shop-1", "shop-2", "shop-3", "shop-4"]
    )
    with pytest.raises(Problem, match="not-found"):
        places.place_by_code(engine, SYSTEM, text)


def test_control_characters_are_not_kept(engine: Engine, area: Ids) -> None:
    record = places.add_place(engine, SYSTEM, shop(area("g1"), name=" 小\0店\n二 ", address="\t街"))
    assert (record.name, record.address) == ("小 店 二", "街")


def test_what_a_place_keeps_is_canonical_json(engine: Engine, place: Ids) -> None:
    with engine.store.transaction():
        kept = engine.store.db.Place[place("shop-2")].attributes
    assert kept == journal.canonical(json.loads(kept))


def test_a_place_can_be_changed_after_its_register_dropped_an_attribute(engine: Engine, place: Ids) -> None:
    kind = engine.catalogue.kinds["shop"]
    fewer = replace(kind, attributes=tuple(each for each in kind.attributes if each.name != "space"))
    later = replace(engine, catalogue=replace(engine.catalogue, kinds={"shop": fewer}), cache={})
    places.change_place(later, SYSTEM, place("shop-1"), address="新街 2 号")
    assert places.read_place(engine, SYSTEM, place("shop-1")).values["space"] == 40
    with pytest.raises(Problem, match="invalid-body"):
        places.change_place(later, SYSTEM, place("shop-1"), attributes={"space": 50})
