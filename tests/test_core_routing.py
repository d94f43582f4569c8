"""A route finds the nearest office up the tree, and always somebody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.routing import Routed, index_offices, resolve

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
    assert resolve(["owner"], PATH, OFFICES) == Routed(10, "community")
    assert resolve(["reporter", "fire.station"], PATH, OFFICES) == Routed(20, "fire.station")


def test_an_office_that_sent_the_case_back_is_passed_over() -> None:
    assert resolve(["fire.station"], PATH, OFFICES, frozenset({20})) == Routed(10, "community")


def test_a_town_without_any_office_finds_nobody() -> None:
    assert resolve(["fire.station"], (7, 8), OFFICES) is None


@given(
    st.lists(st.sampled_from(["fire.station", "fire.brigade", "town", "owner", "nobody.here"]), max_size=4)
)
def test_no_office_of_an_area_elsewhere_is_ever_found(handlers: list[str]) -> None:
    found = resolve(handlers, PATH, OFFICES)
    assert found is not None
    assert found.office != 21
    assert found.handler in (*handlers, "community")
