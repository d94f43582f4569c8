"""Areas without an office that cases go to are told when items are published, with what takes the cases instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from conftest import PACKS
from pony.orm import select

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.catalogue.office_gaps import Coverage, read_coverage
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing.calendars import add_calendar, read_calendar
from gewu_platform.service.town import organisation, people, places

LITTER, WASTE = "sanitation.litter", "sanitation.waste"


def close_offices(engine: Engine, ids: Iterable[int]) -> None:
    for office in ids:
        organisation.change_office(engine, SYSTEM, office, active=False)


def offices_of(engine: Engine, name: str) -> list[int]:
    return [office.id for office in organisation.list_offices(engine, SYSTEM) if office.name == name]


def told(coverage: Coverage) -> list[tuple[str, str, str | None, tuple[str, ...]]]:
    return [(gap.office, gap.duty, gap.instead, gap.where) for gap in coverage.gaps]


def test_the_town_without_a_station_is_named_with_what_takes_its_cases(engine: Engine) -> None:
    coverage = publishing.publish_catalogue(engine, SYSTEM).coverage
    assert told(coverage) == [("sanitation.station", "handle", "community", ("南镇",))]
    (gap,) = coverage.gaps
    assert (gap.grids, gap.items, gap.item_count) == (1, (LITTER, WASTE), 2)
    assert "由属地（村居）处置" in gap.words.zh
    assert "镇环卫站" in gap.words.zh
    assert not coverage.serious


def test_a_closed_office_is_a_gap_like_one_that_never_was_and_is_named(engine: Engine) -> None:
    close_offices(engine, offices_of(engine, "sanitation.station"))
    coverage = read_coverage(engine, SYSTEM)
    assert told(coverage) == [("sanitation.station", "handle", "community", ("城县",))]
    assert any(
        "已停用" in office.words.zh and office.name == "sanitation.station" for office in coverage.idle
    )


def test_an_office_without_a_handler_who_can_sign_in_is_told(engine: Engine) -> None:
    idle = {office.title for office in read_coverage(engine, SYSTEM).idle}
    assert idle == {"枫村居委会"}, (
        "the one community nobody works in; town and county centres are named by no route"
    )
    people.disable_user(engine, SYSTEM, "handler1")
    assert "北镇环卫站" in {office.title for office in read_coverage(engine, SYSTEM).idle}


def test_an_item_of_a_kind_of_place_is_missed_only_where_there_is_such_a_place(engine: Engine) -> None:
    items = [compiled.item for compiled in engine.catalogue.items.values() if compiled.item.name == WASTE]
    assert told(read_coverage(engine, SYSTEM, items)) != []
    with engine.store.transaction(write=True):
        for place in select(p for p in engine.store.db.Place if p.code == "shop-4"):
            place.active = False
    assert told(read_coverage(engine, SYSTEM, items)) == []


def test_where_nobody_takes_a_case_it_is_serious_but_the_rest_of_the_town_is_served(engine: Engine) -> None:
    close_offices(engine, offices_of(engine, "community"))
    done = publishing.publish_catalogue(engine, SYSTEM)
    assert ("sanitation.station", "handle", None, ("南镇",)) in told(done.coverage)
    assert done.coverage.serious
    assert (done.coverage.undispatchable, done.unchanged) == ((), (LITTER, WASTE))


def test_a_calendar_that_was_never_imported_is_told_with_the_items_that_name_it(engine: Engine) -> None:
    items = [compiled.item for compiled in engine.catalogue.items.values()]
    assert read_coverage(engine, SYSTEM, items).calendars == ()
    named = [replace(item, calendar="allyear") for item in items if item.name == WASTE]
    (missing,) = read_coverage(engine, SYSTEM, named).calendars
    assert (missing.code, missing.items, missing.item_count) == ("allyear", (WASTE,), 1)
    assert "gewu calendar import" in missing.words.en
    assert "allyear" in missing.words.zh
    add_calendar(engine, SYSTEM, replace(read_calendar(engine, "cn"), code="allyear"))
    assert read_coverage(engine, SYSTEM, named).calendars == ()


def test_an_item_that_nobody_anywhere_could_take_is_left_as_it_was(engine: Engine) -> None:
    close_offices(engine, [office.id for office in organisation.list_offices(engine, SYSTEM)])
    before = publishing.published_item(engine, LITTER).version
    changed = replace(engine, catalogue=load_catalogue([PACKS]))
    compiled = changed.catalogue.items[LITTER]
    other = replace(compiled, item=replace(compiled.item, title="别的标题"), version="f" * 64)
    changed = replace(
        changed, catalogue=replace(changed.catalogue, items={**changed.catalogue.items, LITTER: other})
    )
    done = publishing.publish_catalogue(changed, SYSTEM)
    assert LITTER in done.coverage.undispatchable
    assert done.coverage.deserted == ("城县",)
    assert LITTER not in done.new
    assert publishing.published_item(engine, LITTER).version == before


def test_a_place_entered_later_is_told_by_the_next_look(engine: Engine) -> None:
    grid = next(area.id for area in organisation.list_areas(engine, SYSTEM, tier="grid") if area.code == "g4")
    with engine.store.transaction(write=True):
        for place in select(p for p in engine.store.db.Place if p.code == "shop-4"):
            place.active = False
    items = [compiled.item for compiled in engine.catalogue.items.values() if compiled.item.name == WASTE]
    assert told(read_coverage(engine, SYSTEM, items)) == []
    shop = places.NewPlace(
        "shop", "新店", grid, "大街", 113.735, 23.005, {"grade": "plain", "space": 4}, "shop-9"
    )
    places.add_places(engine, SYSTEM, [shop])
    assert told(read_coverage(engine, SYSTEM, items)) == [
        ("sanitation.station", "handle", "community", ("南镇",))
    ]


@pytest.mark.parametrize("role", ["worker1", "handler1"])
def test_workers_and_handlers_are_not_told(engine: Engine, role: str) -> None:
    with pytest.raises(Exception, match="not-allowed"):
        read_coverage(engine, people.caller_named(engine, role))
