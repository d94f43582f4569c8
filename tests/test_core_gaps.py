"""What routes name in vain is found, in every grid, and told with what takes it instead."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.gaps import Gap, Reach, Wanted, deserted, find_gaps, largest_areas
from gewu_platform.core.routing import index_offices, route

# county 1 ── towns 2, 3 ── villages 4, 5 (of 2), 6 (of 3) ── grids 7, 8 (of 4), 9 (of 5), 10 (of 6)
PATHS = {7: (7, 4, 2, 1), 8: (8, 4, 2, 1), 9: (9, 5, 2, 1), 10: (10, 6, 3, 1)}
CENTRES = [(50, "", "community", 4), (51, "", "community", 5), (52, "", "community", 6)]
EVERYWHERE = frozenset(PATHS)
TO_STATION = Wanted(("fire.station",))


def gaps(
    offices: list[tuple[int, str, str, int]], *routes: Wanted, grids: frozenset[int] = EVERYWHERE
) -> tuple[Gap, ...]:
    return find_gaps([Reach("fire.exit", frozenset(routes), grids)], PATHS, index_offices(offices))


def test_a_town_without_the_office_is_a_gap_and_the_community_takes_it() -> None:
    found = gaps([*CENTRES, (60, "fire", "station", 2)], TO_STATION)
    assert found == (Gap("fire.station", "handle", "community", ("fire.exit",), frozenset({10})),)


def test_nothing_is_said_where_every_grid_has_its_offices() -> None:
    every = [*CENTRES, (60, "fire", "station", 1)]
    assert gaps(every, Wanted(("owner", "fire.station"), ("community",), "fire.station")) == ()


def test_an_alternative_of_the_author_takes_it_before_the_community() -> None:
    wanted = Wanted(("fire.station", "fire.brigade"))
    found = gaps([*CENTRES, (60, "fire", "brigade", 1)], wanted)
    assert found == (Gap("fire.station", "handle", "fire.brigade", ("fire.exit",), EVERYWHERE),)


def test_co_handlers_and_supervising_bodies_are_missed_too() -> None:
    found = gaps(
        [*CENTRES, (60, "fire", "station", 1)], Wanted(("fire.station",), ("fire.patrol",), "fire.council")
    )
    assert [(gap.office, gap.duty, gap.instead) for gap in found] == [
        ("fire.council", "supervise", None),
        ("fire.patrol", "assist", None),
    ]


def test_where_nobody_takes_it_comes_first() -> None:
    found = gaps([(50, "", "community", 4), (60, "", "town", 2)], TO_STATION)
    assert [(gap.office, gap.instead, sorted(gap.grids)) for gap in found] == [
        ("community", None, [9, 10]),
        ("fire.station", None, [9, 10]),
        ("fire.station", "community", [7, 8]),
    ]


def test_an_item_is_not_missed_where_it_cannot_be_reported() -> None:
    assert gaps(CENTRES, TO_STATION, grids=frozenset()) == ()
    assert gaps([*CENTRES, (60, "fire", "station", 2)], TO_STATION, grids=frozenset({7, 9})) == ()


def test_grids_above_which_nothing_stands_are_deserted() -> None:
    assert deserted(PATHS, index_offices([(60, "fire", "station", 2)])) == {10}
    assert deserted(PATHS, index_offices([(60, "fire", "station", 1)])) == frozenset()


def test_areas_are_named_as_largely_as_they_can_be() -> None:
    assert largest_areas(EVERYWHERE, PATHS) == (1,)
    assert largest_areas(frozenset({7, 8, 10}), PATHS) == (4, 3)
    assert largest_areas(frozenset({8}), PATHS) == (8,)


NAMES = ("fire.station", "fire.patrol", "parks.crew", "community", "owner")


@st.composite
def cities(
    draw: st.DrawFn,
) -> tuple[dict[int, tuple[int, ...]], list[tuple[int, str, str, int]], list[Reach]]:
    villages = draw(st.integers(1, 4))
    paths = {
        100 + number: (100 + number, 10 + number % villages, 2 + number % villages % 2, 1)
        for number in range(draw(st.integers(1, 9)))
    }
    areas = sorted({area for path in paths.values() for area in path})
    stands = draw(st.sets(st.tuples(st.sampled_from(NAMES[:-1]), st.sampled_from(areas)), max_size=8))
    offices = [
        (number, name.rpartition(".")[0], name.rpartition(".")[2], area)
        for number, (name, area) in enumerate(sorted(stands), 500)
    ]
    names = st.lists(st.sampled_from(NAMES), max_size=3).map(tuple)
    wanted = st.builds(Wanted, names, names, st.none() | st.sampled_from(NAMES))
    reaches = [
        Reach(f"item{number}", draw(st.frozensets(wanted, max_size=3)), draw(st.frozensets(st.sampled_from(sorted(paths)))))
        for number in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return paths, offices, reaches


@given(cities())
def test_gaps_are_what_asking_every_grid_for_every_route_finds(
    city: tuple[dict[int, tuple[int, ...]], list[tuple[int, str, str, int]], list[Reach]],
) -> None:
    paths, rows, reaches = city
    offices = index_offices(rows)
    naive: dict[tuple[str, str, str | None], set[tuple[str, int]]] = {}
    for reach in reaches:
        for wanted in reach.routes:
            for grid in reach.grids:
                routed = route(wanted.handlers, wanted.assisting, wanted.supervising, paths[grid], offices)
                for name in [*wanted.handlers, "community"]:
                    if name == routed.handler:
                        break
                    if name != "owner":
                        naive.setdefault((name, "handle", routed.handler), set()).add((reach.item, grid))
                for duty, names in (("assist", wanted.assisting), ("supervise", (wanted.supervising,))):
                    for name in names:
                        stands = any((name, area) in offices for area in paths[grid])
                        if name not in (None, "owner") and not stands:
                            naive.setdefault((name, duty, None), set()).add((reach.item, grid))
    found = find_gaps(reaches, paths, offices)
    assert {(gap.office, gap.duty, gap.instead) for gap in found} == set(naive)
    assert len(found) == len(naive)
    for gap in found:
        asked = naive[gap.office, gap.duty, gap.instead]
        assert gap.grids == {grid for _, grid in asked}
        assert gap.items == tuple(sorted({item for item, _ in asked}))


@given(cities())
def test_named_areas_hold_exactly_the_grids_they_stand_for(
    city: tuple[dict[int, tuple[int, ...]], list[tuple[int, str, str, int]], list[Reach]],
) -> None:
    paths, _, reaches = city
    for reach in reaches:
        named = largest_areas(reach.grids, paths)
        assert {grid for grid, path in paths.items() if set(named) & set(path)} == reach.grids
