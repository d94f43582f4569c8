"""A route finds the nearest office up the tree, and always somebody where anybody is."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.routing import Routed, Routing, index_offices, resolve, route

GRID, VILLAGE, TOWN, COUNTY = 4, 3, 2, 1
PATH = (GRID, VILLAGE, TOWN, COUNTY)
OFFICES = index_offices(
    [(10, "", "community", VILLAGE), (11, "", "town", TOWN), (12, "", "county", COUNTY), (20, "fire", "station", TOWN),
     (21, "fire", "station", 99), (22, "fire", "brigade", COUNTY)]
)  # fmt: skip


def test_the_office_of_the_nearest_area_takes_it() -> None:
    assert resolve(["fire.station"], PATH, OFFICES) == Routed(20, "fire.station")
    assert resolve(["fire.brigade"], PATH, OFFICES) == Routed(22, "fire.brigade")


def test_built_in_handlers_are_the_centres_of_the_tiers() -> None:
    assert [resolve([name], PATH, OFFICES) for name in ("community", "town", "county")] == [
        Routed(10, "community"), Routed(11, "town"), Routed(12, "county"),
    ]  # fmt: skip


def test_the_next_alternative_takes_it_where_the_first_has_no_office() -> None:
    assert resolve(["fire.patrol", "fire.brigade"], PATH, OFFICES) == Routed(22, "fire.brigade")


def test_an_owner_has_no_office_so_the_territory_takes_it() -> None:
    assert route(["owner"], (), None, PATH, OFFICES) == Routing(10, "community")
    assert route(["reporter", "fire.station"], (), None, PATH, OFFICES) == Routing(20, "fire.station")


def test_an_office_that_sent_the_case_back_is_passed_over_and_not_called_missing() -> None:
    passed = route(["fire.station"], (), None, PATH, OFFICES, frozenset({20}))
    assert passed == Routing(10, "community")


def test_a_town_without_any_office_finds_nobody_and_says_who_was_looked_for() -> None:
    assert route(["fire.station"], (), None, (7, 8), OFFICES) == Routing(
        None, None, (), None, ("fire.station", "community")
    )


def test_co_handlers_come_once_and_never_as_the_main_office() -> None:
    routed = route(["fire.station"], ["community", "fire.station", "community", "town"], None, PATH, OFFICES)
    assert routed == Routing(20, "fire.station", (10, 11))


def test_a_co_handler_or_a_supervising_body_without_an_office_is_missing() -> None:
    routed = route(["fire.station"], ["fire.patrol", "town"], "fire.council", PATH, OFFICES)
    assert routed == Routing(20, "fire.station", (11,), None, ("fire.patrol", "fire.council"))
    assert route(["town"], (), "fire.brigade", PATH, OFFICES).supervising == 22


def test_an_alternative_that_was_not_needed_is_not_missing() -> None:
    assert route(["fire.station", "fire.patrol"], (), None, PATH, OFFICES).missing == ()


# Any tree, any offices: the same as reading the rule out loud.

AREAS = range(1, 7)
NAMES = ("a.x", "a.y", "b.x", "community", "town", "owner", "reporter")


@st.composite
def routes(
    draw: st.DrawFn,
) -> tuple[list[str], list[str], str | None, list[int], list[tuple[int, str, str, int]], frozenset[int]]:
    names = st.lists(st.sampled_from(NAMES), max_size=4)
    stands = draw(
        st.lists(st.tuples(st.sampled_from([n for n in NAMES if n not in ("owner", "reporter")]), st.sampled_from(AREAS)), unique=True)
    )  # fmt: skip
    rows = []
    for number, (name, area) in enumerate(stands, 100):
        department, _, code = name.rpartition(".")
        rows.append((number, department, code, area))
    avoid = draw(st.frozensets(st.integers(100, 112), max_size=3))
    path = draw(st.permutations(list(AREAS)).map(lambda order: order[:4]))
    return draw(names), draw(names), draw(st.none() | st.sampled_from(NAMES)), path, rows, avoid


def _read_out(name: str, path: Sequence[int], rows: Sequence[tuple[int, str, str, int]]) -> list[int]:
    """The offices of that name above the grid, the nearest first."""
    return [
        number
        for area in path
        for number, department, code, stands in rows
        if stands == area and (f"{department}.{code}" if department else code) == name
    ]


@given(routes())
def test_a_route_is_what_reading_the_rule_out_gives(
    drawn: tuple[
        list[str], list[str], str | None, list[int], list[tuple[int, str, str, int]], frozenset[int]
    ],
) -> None:
    wanted, helping, above, path, rows, avoid = drawn
    office, handler, asked = None, None, []
    for name in [*wanted, "community"]:
        if name in ("owner", "reporter"):
            continue
        usable = [each for each in _read_out(name, path, rows) if each not in avoid]
        if usable:
            office, handler = usable[0], name
            break
        asked.append(name)
    assisting: list[int] = []
    for name in helping:
        found = _read_out(name, path, rows)
        if found and found[0] != office and found[0] not in assisting:
            assisting.append(found[0])
    asked += [name for name in [*helping, above] if name not in ("owner", "reporter", None)]
    absent = {name for name in asked if not _read_out(name, path, rows)}
    over = _read_out(above, path, rows) if above else []
    got = route(wanted, helping, above, path, index_offices(rows), avoid)
    assert (got.office, got.handler, got.assisting) == (office, handler, tuple(assisting))
    assert got.supervising == (over[0] if over else None)
    assert set(got.missing) == absent
    assert len(got.missing) == len(absent)


@given(routes())
def test_a_route_never_leaves_its_own_areas(
    drawn: tuple[
        list[str], list[str], str | None, list[int], list[tuple[int, str, str, int]], frozenset[int]
    ],
) -> None:
    wanted, helping, above, path, rows, avoid = drawn
    got = route(wanted, helping, above, path, index_offices(rows), avoid)
    here = {number for number, _, _, area in rows if area in path}
    assert {got.office, got.supervising, *got.assisting} - {None} <= here
    assert got.office not in avoid
    assert (got.office is None) == (got.handler is None)
