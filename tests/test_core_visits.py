from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_platform.core.calendars import Calendar, SpecialDay
from gewu_platform.core.visits import Need, Plan, PlannedVisit, plan_month, stable_hash
from gewu_platform.service.timing.calendar_seed import seed_calendar

SEEDED = seed_calendar(range(2025, 2028))
WORKERS = {1: ["ann", "bo"], 2: ["chen"]}

monthly = st.builds(
    Need, st.integers(1, 60), st.sampled_from([1, 2]), st.just("a"), st.integers(1, 4), st.just("month")
)
any_need = st.builds(
    Need,
    st.integers(1, 12),
    st.just(1),
    st.sampled_from("ab"),
    st.integers(1, 14),
    st.sampled_from(["week", "month", "quarter", "year"]),
)


def distinct(needs: list[Need]) -> list[Need]:
    return list({(need.place, need.item): need for need in needs}.values())


def workdays(year: int, month: int, calendar: Calendar = SEEDED) -> list[date]:
    days = (
        date.fromordinal(ordinal)
        for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    )
    return [day for day in days if day.month == month and calendar.is_workday(day)]


def plan(needs: list[Need], month: int = 3, kept: tuple[PlannedVisit, ...] = ()) -> Plan:
    return plan_month(2026, month, needs, WORKERS, SEEDED, kept)


def random_needs(seed: int, places: int) -> list[Need]:
    random = Random(seed)
    return [Need(place, 1, "a", random.randint(1, 4), "month") for place in range(places)]


@settings(max_examples=60)
@given(st.lists(monthly, max_size=40).map(distinct), st.integers(1, 12))
def test_each_place_gets_its_number_on_working_days_by_workers_of_its_grid(
    needs: list[Need], month: int
) -> None:
    made = plan(needs, month)
    assert Counter(visit.place for visit in made.visits) == {need.place: need.times for need in needs}
    assert made.shortfalls == ()
    days = workdays(2026, month)
    grid_of = {need.place: need.grid for need in needs}
    for visit in made.visits:
        assert visit.day in days
        assert visit.grid == grid_of[visit.place]
        assert visit.worker in WORKERS[grid_of[visit.place]]


@settings(max_examples=60)
@given(st.lists(monthly, max_size=30).map(distinct), st.integers(1, 12))
def test_visits_of_a_place_are_spaced_by_an_equal_part_of_the_month(needs: list[Need], month: int) -> None:
    made, days = plan(needs, month), workdays(2026, month)
    for need in needs:
        positions = [days.index(visit.day) for visit in made.visits if visit.place == need.place]
        assert all(later - earlier >= len(days) // need.times for earlier, later in pairwise(positions))


@given(st.integers(1, 90))
def test_a_place_is_visited_twice_a_day_only_where_there_are_more_visits_than_days(times: int) -> None:
    days = workdays(2026, 3)
    load = Counter(visit.day for visit in plan([Need(7, 1, "a", times, "month")]).visits)
    assert sum(load.values()) == times
    assert max(load.values()) == -(-times // len(days))


@pytest.mark.parametrize("places", [5, 23, 60, 200])
@pytest.mark.parametrize("seed", range(4))
def test_the_days_of_a_grid_differ_by_at_most_two_visits(seed: int, places: int) -> None:
    load = Counter(dict.fromkeys(workdays(2026, 3), 0))
    load.update(visit.day for visit in plan(random_needs(seed, places)).visits)
    assert max(load.values()) - min(load.values()) <= 2


@pytest.mark.parametrize("seed", range(4))
def test_the_workers_of_a_grid_share_its_visits_and_its_days(seed: int) -> None:
    visits = plan(random_needs(seed, 200)).visits
    totals = Counter(visit.worker for visit in visits)
    assert abs(totals["ann"] - totals["bo"]) <= 4
    daily = Counter((visit.worker, visit.day) for visit in visits)
    assert max(daily.values()) - min(daily.values()) <= 4


def test_one_worker_makes_all_visits_of_a_place() -> None:
    workers: dict[object, set[object]] = {}
    for visit in plan(random_needs(1, 80)).visits:
        workers.setdefault(visit.place, set()).add(visit.worker)
    assert {len(of_place) for of_place in workers.values()} == {1}


@settings(max_examples=30)
@given(st.lists(any_need, max_size=12).map(distinct), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(needs: list[Need], random: Random) -> None:
    shuffled = random.sample(needs, len(needs))
    assert plan(shuffled) == plan(needs)
    assert plan_month(2026, 3, needs, {1: ["bo", "ann"]}, SEEDED) == plan_month(
        2026, 3, needs, {1: ["ann", "bo"]}, SEEDED
    )


def test_the_hash_is_the_same_in_every_process() -> None:
    assert stable_hash("P-001", 7) == 6614693620326015279


@settings(max_examples=30)
@given(st.lists(monthly, max_size=30).map(distinct), st.integers(1, 4))
def test_a_place_with_the_highest_id_moves_nobody(needs: list[Need], times: int) -> None:
    before = plan(needs).visits
    after = plan([*needs, Need(99, 1, "a", times, "month")]).visits
    assert [visit for visit in after if visit.place != 99] == list(before)


def test_a_place_of_another_grid_moves_nobody() -> None:
    needs = [Need(place, 1, "a", 3, "month") for place in range(10, 40)]
    after = plan([*needs, Need(1, 2, "a", 3, "month")]).visits
    assert [visit for visit in after if visit.grid == 1] == list(plan(needs).visits)


@settings(max_examples=30)
@given(st.lists(any_need, max_size=12).map(distinct), st.lists(any_need, max_size=6).map(distinct))
def test_kept_visits_stay_and_only_the_missing_are_added(first: list[Need], more: list[Need]) -> None:
    kept = plan(first).visits
    both = list({(need.place, need.item): need for need in [*more, *first]}.values())
    made = plan(both, kept=kept)
    assert set(kept) <= set(made.visits)
    keys = Counter((visit.place, visit.item, visit.period, visit.ordinal) for visit in made.visits)
    assert set(keys.values()) <= {1}
    assert keys == Counter(
        (visit.place, visit.item, visit.period, visit.ordinal) for visit in plan(both).visits
    )
    assert plan(first, kept=kept).visits == kept


@settings(max_examples=30)
@given(st.lists(monthly, max_size=20).map(distinct), st.randoms(use_true_random=False))
def test_where_part_of_a_plan_is_kept_only_the_rest_is_planned_anew(
    needs: list[Need], random: Random
) -> None:
    kept = tuple(visit for visit in plan(needs, month=6).visits if random.random() < 0.5)
    made = plan(needs, month=6, kept=kept)
    assert set(kept) <= set(made.visits)
    assert Counter(visit.place for visit in made.visits) == {need.place: need.times for need in needs}
    assert len({(visit.place, visit.ordinal) for visit in made.visits}) == len(made.visits)
    assert len({(visit.place, visit.day) for visit in made.visits}) == len(made.visits)


@pytest.mark.parametrize(("period", "months"), [("month", 1), ("quarter", 3), ("year", 12)])
@pytest.mark.parametrize("times", [1, 2, 3, 5, 13])
def test_every_period_of_the_year_has_exactly_its_number(period: str, months: int, times: int) -> None:
    needs = [Need(place, 1, "a", times, period) for place in range(5)]  # type: ignore[arg-type]
    seen: Counter[tuple[object, str]] = Counter()
    ordinals: dict[tuple[object, str], list[int]] = {}
    for month in range(1, 13):
        for visit in sorted(plan(needs, month).visits, key=lambda visit: visit.day):
            seen[visit.place, visit.period] += 1
            ordinals.setdefault((visit.place, visit.period), []).append(visit.ordinal)
    assert set(seen.values()) == {times}
    assert len(seen) == 5 * 12 // months
    assert all(found == list(range(1, times + 1)) for found in ordinals.values())


def test_quarterly_visits_of_different_places_fall_into_all_its_months() -> None:
    needs = [Need(place, 1, "a", 1, "quarter") for place in range(60)]
    shares = [len(plan(needs, month).visits) for month in (4, 5, 6)]
    assert sum(shares) == 60
    assert min(shares) >= 10


@pytest.mark.parametrize("times", [1, 2, 6])
def test_every_week_with_a_working_day_has_its_number_and_the_other_is_named(times: int) -> None:
    seen: Counter[str] = Counter()
    missing: list[str] = []
    for month in range(1, 13):
        made = plan([Need(1, 1, "a", times, "week")], month)
        seen.update(visit.period for visit in made.visits)
        missing += [shortfall.period for shortfall in made.shortfalls]
        assert all(visit.day.month == month for visit in made.visits)
    assert set(seen.values()) == {times}
    # The week of New Year's Day has most of its working days in December 2025; 春节 leaves week 8 none.
    assert sorted([*seen, *missing]) == [f"2026-W{week:02}" for week in range(2, 54)]
    assert missing == ["2026-W08"]


def test_a_week_without_working_days_is_a_shortfall_not_silence() -> None:
    days = {date(2026, 3, day): SpecialDay("holiday", "") for day in range(9, 14)}
    calendar = Calendar("t", 1, date(2026, 12, 31), days)
    made = plan_month(2026, 3, [Need(1, 1, "a", 2, "week")], WORKERS, calendar)
    assert [(shortfall.period, shortfall.missing, shortfall.reason) for shortfall in made.shortfalls] == [
        ("2026-W11", 2, "no working day")
    ]


def test_a_grid_without_workers_is_a_shortfall_of_all_its_visits() -> None:
    made = plan([Need(1, 3, "a", 2, "month"), Need(1, 3, "b", 1, "quarter")])
    assert made.visits == ()
    assert {shortfall.reason for shortfall in made.shortfalls} == {"no worker"}
    assert ("a", 2) in {(shortfall.item, shortfall.missing) for shortfall in made.shortfalls}


def test_items_due_equally_often_at_one_place_share_their_days() -> None:
    visits = plan([Need(1, 1, item, 3, "month") for item in "abc"]).visits
    assert Counter(visit.day for visit in visits) == dict.fromkeys({visit.day for visit in visits}, 3)
    assert len({visit.day for visit in visits}) == 3


def test_two_needs_for_one_item_and_none_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        plan([Need(1, 1, "a", 1, "month"), Need(1, 1, "a", 2, "month")])
    with pytest.raises(ValueError, match="none"):
        plan([Need(1, 1, "a", 0, "month")])
