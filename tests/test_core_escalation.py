"""A ladder becomes moments in the right order, and every clock warns before it is overdue."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.model import Duration, Rung
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.deadlines import due
from gewu_platform.core.escalation import higher_tier, plan_timers, tier_hearing, tiers_above

CALENDAR = Calendar("cn", 1, date(2026, 12, 31))
MONDAY = datetime(2026, 3, 2, 9)
LIMITS = st.builds(
    Duration, st.sampled_from(["minutes", "hours", "work_hours", "workdays", "days"]), st.integers(1, 30)
)
RUNGS = st.lists(
    st.builds(
        Rung, st.just("handle"), st.integers(10, 150), st.none(), st.sampled_from([None, "town", "county"])
    )
    | st.builds(
        Rung,
        st.just("handle"),
        st.none(),
        st.just(Duration("workdays", 1)),
        st.sampled_from(["town", "county"]),
    ),
    max_size=4,
)


def test_without_a_ladder_a_clock_reminds_at_80_percent_and_is_overdue_at_the_end() -> None:
    plans = plan_timers("handle", MONDAY, Duration("minutes", 100), (), CALENDAR)
    assert [(plan.kind, plan.at) for plan in plans] == [
        ("remind", datetime(2026, 3, 2, 10, 20)), ("overdue", datetime(2026, 3, 2, 10, 40)),
    ]  # fmt: skip


def test_the_ladder_of_another_step_changes_nothing() -> None:
    ladder = (Rung("verify", 50, None, None),)
    limit = Duration("hours", 2)
    assert plan_timers("handle", MONDAY, limit, ladder, CALENDAR) == plan_timers(
        "handle", MONDAY, limit, (), CALENDAR
    )


def test_a_ladder_escalates_tier_by_tier() -> None:
    ladder = (
        Rung("handle", 80, None, None),
        Rung("handle", 100, None, "town"),
        Rung("handle", None, Duration("workdays", 1), "county"),
    )
    plans = plan_timers("handle", MONDAY, Duration("workdays", 1), ladder, CALENDAR)
    assert [(plan.kind, plan.tier, plan.at) for plan in plans] == [
        ("remind", None, datetime(2026, 3, 2, 17, 24)),
        ("overdue", None, datetime(2026, 3, 3, 9)),
        ("escalate", "town", datetime(2026, 3, 3, 9)),
        ("escalate", "county", datetime(2026, 3, 4, 9)),
    ]


@settings(max_examples=100, deadline=None)
@given(LIMITS, RUNGS)
def test_every_clock_has_exactly_one_overdue_when_it_is_due_and_a_reminder_before(
    limit: Duration, ladder: list[Rung]
) -> None:
    plans = plan_timers("handle", MONDAY, limit, ladder, CALENDAR)
    end = due(MONDAY, limit, CALENDAR).due
    assert [plan.at for plan in plans if plan.kind == "overdue"] == [end]
    assert any(plan.kind == "remind" and plan.at <= end for plan in plans)
    assert list(plans) == sorted(plans, key=lambda plan: plan.at)
    assert len(set(plans)) == len(plans)


def test_an_escalation_never_goes_back_down() -> None:
    assert higher_tier(None, "town") == "town"
    assert higher_tier("county", "town") == "county"
    assert higher_tier("town", "county") == "county"


def test_a_case_may_rise_to_every_tier_above_its_own_and_from_none_to_all_above_the_grid() -> None:
    assert tiers_above(None) == tiers_above("grid") == ("village", "town", "county", "city")
    assert tiers_above("county") == ("city",)
    assert tiers_above("city") == ()


def test_an_unknown_tier_is_an_error() -> None:
    with pytest.raises(KeyError):
        higher_tier("town", "planet")


@pytest.mark.parametrize(
    ("wanted", "tiers", "reached"),
    [
        ("town", ("grid", "village", "town", "county"), "town"),
        ("village", ("grid", "town", "county"), "town"),
        ("city", ("grid", "village", "town", "county"), "county"),
        ("town", (), None),
    ],
)
def test_an_escalation_reaches_its_tier_or_the_next_there_is(
    wanted: str, tiers: tuple[str, ...], reached: str | None
) -> None:
    assert tier_hearing(wanted, reversed(tiers)) == reached


def test_no_rung_is_reached_at_the_start() -> None:
    ladder = (Rung("handle", 0, None, "town"), Rung("handle", 1, None, "county"))
    plans = plan_timers("handle", MONDAY, Duration("hours", 2), ladder, CALENDAR)
    assert [plan.tier for plan in plans if plan.kind == "escalate"] == ["county"]
