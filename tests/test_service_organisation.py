"""Areas form a tree, offices stand where their department says, workers are rostered into grids."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sample_town import AREAS, OFFICES, square

from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.town import organisation, people

Callers = Callable[[str], Caller]
Ids = Callable[[str], int]


def entries_of(engine: Engine, subject: str) -> list[journal.Entry]:
    with engine.store.transaction():
        return journal.entries(engine.store, subject)


# Areas


def test_a_path_lists_the_ids_from_the_root_to_the_area(engine: Engine, area: Ids) -> None:
    paths = {view.code: view.path for view in organisation.list_areas(engine, SYSTEM)}
    assert paths["g3"] == (area("county"), area("north"), area("maple"), area("g3"))
    assert paths["county"] == (area("county"),)
    assert len(paths) == len(AREAS)


def test_areas_are_listed_by_tier_and_below_one_area(engine: Engine, area: Ids) -> None:
    grids = organisation.list_areas(engine, SYSTEM, tier="grid")
    assert [view.code for view in grids] == ["g1", "g2", "g3", "g4"]
    below = organisation.list_areas(engine, SYSTEM, parent=area("north"))
    assert [view.code for view in below] == ["g1", "g2", "g3", "maple", "willow"]


def test_a_grid_keeps_its_polygon_and_class(engine: Engine) -> None:
    grid = organisation.area_by_code(engine, "g2")
    assert (grid.polygon, grid.area_class, grid.tier) == (square(1), "A", "grid")


def test_a_new_area_is_journaled_as_it_is(engine: Engine, caller: Callers, area: Ids) -> None:
    made = organisation.add_area(
        engine,
        caller("roster1"),
        code="g5",
        name="新网格",
        tier="grid",
        parent=area("cedar"),
        polygon=square(9),
    )
    (entry,) = entries_of(engine, f"area:{made.id}")
    assert (entry.kind, entry.actor) == ("area-added", caller("roster1").id)
    assert entry.body["path"] == "/" + "/".join(map(str, made.path)) + "/"
    assert entry.body["polygon"] == square(9)


@pytest.mark.parametrize("tier", ["county", "town", "village", "grid", "galaxy"])
def test_an_area_lies_below_one_of_a_higher_tier(engine: Engine, area: Ids, tier: str) -> None:
    def add() -> organisation.AreaView:
        return organisation.add_area(engine, SYSTEM, code="new", name="x", tier=tier, parent=area("willow"))

    if tier == "grid":
        assert add().path[:-1] == (area("county"), area("north"), area("willow"))
    else:
        with pytest.raises(Problem, match="invalid-body"):
            add()


@pytest.mark.parametrize(
    "polygon",
    [
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0]]]},
        {"type": "Polygon", "coordinates": [[["a", 0], [1, 0], [1, 1], ["a", 0]]]},
        {"type": "Polygon", "coordinates": 7},
    ],
)
def test_what_is_no_polygon_is_refused(engine: Engine, area: Ids, polygon: dict[str, object]) -> None:
    with pytest.raises(Problem) as caught:
        organisation.add_area(
            engine, SYSTEM, code="new", name="x", tier="grid", parent=area("willow"), polygon=polygon
        )
    assert [fault.where for fault in caught.value.errors] == ["polygon"]


def test_a_taken_area_code_and_an_unknown_parent_are_refused(engine: Engine, area: Ids) -> None:
    with pytest.raises(Problem, match="clash"):
        organisation.add_area(engine, SYSTEM, code="g1", name="x", tier="grid", parent=area("willow"))
    with pytest.raises(Problem, match="not-found"):
        organisation.add_area(engine, SYSTEM, code="new", name="x", tier="grid", parent=999_999)


def test_only_the_system_adds_a_root_and_a_roster_keeps_to_its_areas(
    engine: Engine, caller: Callers, area: Ids
) -> None:
    with pytest.raises(Problem, match="not-allowed"):
        organisation.add_area(engine, caller("roster1"), code="city", name="x", tier="city")
    organisation.add_area(engine, SYSTEM, code="city", name="x", tier="city")
    people.assign_user(engine, SYSTEM, "roster1", areas=["south"])
    with pytest.raises(Problem, match="not-allowed"):
        organisation.change_area(engine, caller("roster1"), area("g1"), name="y")
    assert organisation.change_area(engine, caller("roster1"), area("g4"), name="y").name == "y"


def test_a_change_of_an_area_tells_what_was(engine: Engine, area: Ids) -> None:
    organisation.change_area(engine, SYSTEM, area("g1"), name="改名", area_class="B")
    organisation.change_area(engine, SYSTEM, area("g1"), name="改名")
    *_, entry = entries_of(engine, f"area:{area('g1')}")
    assert entry.body == {
        "was": {"name": "柳村一网格", "area_class": "A"},
        "is": {"name": "改名", "area_class": "B"},
    }
    assert len(entries_of(engine, f"area:{area('g1')}")) == 2


# Offices


def test_offices_are_listed_with_where_they_stand(engine: Engine) -> None:
    offices = organisation.list_offices(engine, SYSTEM)
    assert len(offices) == len(OFFICES)
    stations = organisation.list_offices(engine, SYSTEM, department="sanitation")
    assert [(each.name, each.tier, each.area_name) for each in stations] == [
        ("sanitation.bureau", "county", "城县"),
        ("sanitation.station", "town", "北镇"),
    ]
    assert organisation.list_offices(engine, SYSTEM, department="")[0].name == "community"


def test_an_office_stands_at_the_tier_its_department_declares(engine: Engine, area: Ids) -> None:
    for department, code, at in (
        ("sanitation", "station", "cedar"),
        ("", "community", "north"),
        ("", "town", "willow"),
    ):
        with pytest.raises(Problem, match="invalid-body"):
            organisation.add_office(
                engine, SYSTEM, department=department, code=code, title="x", area=area(at)
            )


def test_an_office_nobody_declared_is_refused(engine: Engine, area: Ids) -> None:
    for department, code in (("sanitation", "fleet"), ("parks", "station"), ("", "owner")):
        with pytest.raises(Problem, match="invalid-body"):
            organisation.add_office(
                engine, SYSTEM, department=department, code=code, title="x", area=area("south")
            )


def test_an_area_has_each_office_once(engine: Engine, area: Ids) -> None:
    for department, code, at in (("sanitation", "station", "north"), ("", "community", "willow")):
        with pytest.raises(Problem, match="clash"):
            organisation.add_office(
                engine, SYSTEM, department=department, code=code, title="x", area=area(at)
            )


def test_a_closed_office_is_shown_as_closed_and_the_closing_journaled(engine: Engine, office: Ids) -> None:
    station = office("sanitation.station@north")
    assert not organisation.change_office(engine, SYSTEM, station, active=False).active
    *_, entry = entries_of(engine, f"office:{station}")
    assert entry.body == {"was": {"active": True}, "is": {"active": False}}


# Rosters


def test_rostering_reaches_the_worker_at_once_and_is_journaled(
    engine: Engine, caller: Callers, area: Ids
) -> None:
    roster = caller("roster1")
    for _ in range(2):
        organisation.roster_worker(engine, roster, "worker3", area("g1"))
    assert caller("worker3").grids == {area("g1"), area("g4")}
    organisation.unroster_worker(engine, roster, "worker3", area("g4"))
    assert caller("worker3").grids == {area("g1")}
    kinds = [entry.kind for entry in entries_of(engine, f"user:{caller('worker3').id}")]
    assert kinds == ["user-added", "rostered", "unrostered"]


def test_only_workers_are_rostered_and_only_into_grids(engine: Engine, area: Ids) -> None:
    with pytest.raises(Problem, match="invalid-body"):
        organisation.roster_worker(engine, SYSTEM, "handler1", area("g1"))
    with pytest.raises(Problem, match="invalid-body"):
        organisation.roster_worker(engine, SYSTEM, "worker1", area("willow"))


def test_reachable_grids_follow_the_roster_or_the_tree(engine: Engine, caller: Callers, area: Ids) -> None:
    def of(name: str) -> set[str]:
        return {view.code for view in organisation.grids_of(engine, caller(name))}

    assert of("worker1") == {"g1", "g2"}
    assert of("supervisor2") == {"g1", "g2", "g3"}
    assert of("handler4") == {"g4"}
    assert of("auditor1") == {"g1", "g2", "g3", "g4"}
    assert of("author1") == set()


def test_a_map_shows_a_grid_among_the_others_of_its_village(engine: Engine, area: Ids) -> None:
    assert [view.code for view in organisation.grids_around(engine, SYSTEM, area("g1"))] == ["g1", "g2"]
    assert [view.code for view in organisation.grids_around(engine, SYSTEM, area("g3"))] == ["g3"]
    with pytest.raises(Problem, match="not-found"):
        organisation.grids_around(engine, SYSTEM, 999_999)
