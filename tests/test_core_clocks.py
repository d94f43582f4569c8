from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from minute_oracle import due_by_minutes, random_calendar, random_limit, random_start, windows_of

from gewu_dsl.model import Duration
from gewu_platform.core import clocks
from gewu_platform.core.calendars import DEFAULT_WEEK, Calendar, SpecialDay, Window
from gewu_platform.core.clocks import CHECK_LIMIT, CHECKING, PARKED, Ruler, RunningClock
from gewu_platform.core.deadlines import light
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.zones import to_local, to_utc
from gewu_platform.service.timing.calendar_seed import seed_calendar

SEEDED = seed_calendar(range(2024, 2028))
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
RULER = Ruler(SEEDED, SHANGHAI)
MINUTE = timedelta(minutes=1)


def utc(wall: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return to_utc(datetime.fromisoformat(wall), zone)


def started(limit: str, wall: str, ruler: Ruler = RULER) -> RunningClock:
    return clocks.start(1, "handle", None, None, 7, limit, utc(wall, ruler.zone), ruler)


def wall(moment: datetime, zone: ZoneInfo = SHANGHAI) -> str:
    return to_local(moment, zone).isoformat(timespec="minutes")


# Bugs found in other systems, each by name


def test_a_hold_over_the_night_does_not_shift_the_due_time() -> None:
    clock = started("1 workday", "2026-03-03T16:00")
    held = clocks.resume(clocks.pause(clock, utc("2026-03-03T18:00")), utc("2026-03-04T08:00"), RULER)
    assert held.due_at == clock.due_at
    assert held.warns_at == clock.warns_at


def test_a_start_outside_windows_counts_from_the_next_one() -> None:
    assert wall(started("1 workday", "2026-03-06T19:00").due_at) == "2026-03-09T18:00"
    assert wall(started("30 minutes", "2026-03-06T19:00").due_at) == "2026-03-06T19:30"


def test_a_limit_that_ends_exactly_at_closing_time_is_due_then() -> None:
    assert wall(started("2 work hours", "2026-03-06T16:00").due_at) == "2026-03-06T18:00"


def test_pauses_and_extensions_survive_a_change_of_severity() -> None:
    clock = started("3 workdays", "2026-03-03T09:00")
    clock = clocks.pause(clock, utc("2026-03-03T10:00"), CHECKING)
    clock = clocks.extend(clocks.resume(clock, utc("2026-03-04T10:00"), RULER), RULER)
    urgent = clocks.relimit(clock, "1 workday", RULER)
    assert (urgent.started_at, urgent.pauses, urgent.causes) == (clock.started_at, clock.pauses, ("check",))
    assert urgent.limits == ("1 workday", "1 workday")
    assert wall(urgent.due_at) == "2026-03-06T09:00"


def test_a_make_up_saturday_counts() -> None:
    assert wall(started("1 workday", "2026-02-13T16:00").due_at) == "2026-02-14T16:00"
    assert wall(started("1 workday", "2026-02-14T16:00").due_at) == "2026-02-24T16:00"


def test_a_limit_runs_by_wall_time_and_not_by_utc() -> None:
    friday, saturday = datetime(2026, 3, 6, 15, 59), datetime(2026, 3, 6, 16, 0)
    for moment, due in ((friday, "2026-03-09T18:00"), (saturday, "2026-03-09T18:00")):
        clock = clocks.start(1, "handle", None, None, 7, "1 workday", moment, RULER)
        assert wall(clock.due_at) == due
    today = clocks.start(1, "handle", None, None, 7, "by 18:00 today", friday, RULER)
    assert wall(today.due_at) == "2026-03-09T18:00"
    tomorrow = clocks.start(1, "handle", None, None, 7, "by 18:00 today", saturday, RULER)
    assert wall(tomorrow.due_at) == "2026-03-07T18:00"


# Summer time


def test_hours_that_never_stop_are_real_hours_over_a_change_of_the_wall_clock() -> None:
    ruler = Ruler(SEEDED, BERLIN)
    spring = clocks.start(1, "handle", None, None, 7, "2 hours", datetime(2026, 3, 29, 0, 30), ruler)
    assert spring.due_at == datetime(2026, 3, 29, 2, 30)
    assert wall(spring.due_at, BERLIN) == "2026-03-29T04:30"
    autumn = clocks.start(1, "handle", None, None, 7, "15 minutes", datetime(2026, 10, 25, 1, 30), ruler)
    assert autumn.due_at == datetime(2026, 10, 25, 1, 45)
    day = clocks.start(1, "handle", None, None, 7, "1 day", datetime(2026, 10, 24, 12), ruler)
    assert day.due_at == datetime(2026, 10, 25, 12)
    assert wall(day.due_at, BERLIN) == "2026-10-25T13:00"


def test_working_windows_stand_where_the_wall_clock_puts_them() -> None:
    ruler = Ruler(SEEDED, BERLIN)
    clock = started("1 workday", "2026-03-27T16:00", ruler)
    assert wall(clock.due_at, BERLIN) == "2026-03-30T16:00"
    assert clock.due_at - clock.started_at == timedelta(hours=71)
    hour = started("by 18:00 next workday", "2026-10-23T16:00", ruler)
    assert wall(hour.due_at, BERLIN) == "2026-10-26T18:00"


def test_an_hour_that_the_change_leaves_out_is_in_no_window() -> None:
    week = ((Window(60, 150), Window(180, 240)),) * 7
    ruler = Ruler(Calendar("nights", 1, date(2026, 12, 31), {}, week), BERLIN)
    # From 02:00 the wall clock goes on at 03:00: what closes at half past two closes at half past three.
    clock = started("2 work hours", "2026-03-29T00:00", ruler)
    assert wall(clock.due_at, BERLIN) == "2026-03-29T04:00"
    derivation = clocks.derivation_of(clock, ruler)
    assert derivation is not None
    assert sum(span.minutes for span in derivation.counted) == 120
    assert derivation.due == clock.due_at


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"]
)
def test_deadlines_equal_counting_real_minutes_where_the_wall_clock_jumps(zone: str) -> None:
    place, changes = (
        ZoneInfo(zone),
        [date(2026, 3, 7), date(2026, 3, 28), date(2026, 10, 3), date(2026, 10, 24)],
    )
    for seed in range(60):
        chance = Random(seed)
        calendar, limit = whole_or_late_windows(seed % 5), random_limit(chance, 2)
        start = to_utc(random_start(chance, chance.choice(changes), 4), place)
        stop = start + chance.randrange(600) * MINUTE
        pauses = [(stop, stop + chance.randrange(900) * MINUTE)]
        if limit.unit == "by":
            pauses = []
        ruler = Ruler(calendar, place)
        measured = ruler.measure(start, [str(limit)], pauses)
        assert measured.due_at == real_due(start, limit, ruler, pauses), (seed, zone, start, limit, pauses)
        assert measured.derivation.due == measured.due_at
        length = sum((span.end - span.start for span in measured.derivation.spans), timedelta())
        assert length == measured.due_at - start


def whole_or_late_windows(seed: int) -> Calendar:
    """Windows that no change of the clock cuts: they open after four in the morning, or for whole days."""
    shapes = [DEFAULT_WEEK, ((Window(0, 1440),),) * 6 + ((),), ((Window(300, 1440),),) * 7]
    days = {date(2026, 3, 29): SpecialDay("workday", ""), date(2026, 10, 26): SpecialDay("holiday", "")}
    return Calendar(f"zoned{seed}", 1, date(2026, 12, 31), days, shapes[seed % 3])


def real_due(
    start: datetime, limit: Duration, ruler: Ruler, pauses: Sequence[tuple[datetime, datetime]]
) -> datetime:
    if limit.unit == "by":  # nothing but the wall clock decides it
        plain = due_by_minutes(to_local(start, ruler.zone), [limit], ruler.calendar)
        return to_utc(plain, ruler.zone)
    lengths = {"minutes": 1, "hours": 60, "work_hours": 60, "days": 1440}
    standard = sum(closes - opens for opens, closes in ruler.calendar.standard_day)
    left, moment = limit.amount * lengths.get(limit.unit, standard), start
    while left:
        left -= counts(moment, limit, ruler) and not any(begins <= moment < ends for begins, ends in pauses)
        moment += MINUTE
    return moment


def counts(moment: datetime, limit: Duration, ruler: Ruler) -> bool:
    if limit.unit not in {"work_hours", "workdays"}:
        return True
    local = moment.replace(tzinfo=UTC).astimezone(ruler.zone)
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in windows_of(ruler.calendar, local.date()))


# The algebra


def test_an_extension_is_one_more_of_the_original_limit_from_where_it_would_have_ended() -> None:
    once = clocks.extend(started("1 workday", "2026-02-13T16:00"), RULER)
    assert wall(once.due_at) == "2026-02-24T16:00"
    twice = clocks.extend(once, RULER)
    assert twice.limits == ("1 workday",) * 3
    assert wall(twice.due_at) == "2026-02-25T16:00"


def test_an_extended_limit_warns_at_80_percent_of_all_of_it() -> None:
    clock = started("5 work hours", "2026-03-03T08:00")
    assert wall(clock.warns_at) == "2026-03-03T12:00"
    assert wall(clocks.extend(clock, RULER).warns_at) == "2026-03-03T18:00"


def test_an_extension_of_a_fixed_hour_is_the_same_hour_once_more() -> None:
    clock = started("by 18:00 next workday", "2026-03-06T09:00")
    assert wall(clocks.extend(clock, RULER).due_at) == "2026-03-10T18:00"


def test_time_between_handling_and_rework_counts_for_nobody() -> None:
    clock = started("1 workday", "2026-03-03T09:00")
    ended = clocks.end(clock, utc("2026-03-03T16:00"))
    again = clocks.restart(ended, utc("2026-03-04T10:00"), RULER)
    assert (wall(again.due_at), again.ended_at) == ("2026-03-04T15:00", None)
    assert again.causes == ("verification",)


def test_a_late_clock_stays_due_when_it_was_and_goes_on_red() -> None:
    clock = clocks.end(started("1 work hour", "2026-03-03T09:00"), utc("2026-03-03T11:00"))
    assert clocks.late(clock)
    again = clocks.restart(clock, utc("2026-03-04T09:00"), RULER)
    assert again.due_at == clock.due_at
    assert light(again.warns_at, again.due_at, utc("2026-03-04T09:01")) == "red"


def test_a_clock_that_stood_still_as_it_ended_is_judged_by_when_it_stopped() -> None:
    clock = clocks.pause(started("1 work hour", "2026-03-03T09:00"), utc("2026-03-03T09:30"), PARKED)
    voided = clocks.end(clock, utc("2026-06-03T09:00"))
    assert not clocks.late(voided)
    assert not clocks.late(clock, utc("2026-06-03T09:00"))
    again = clocks.restart(voided, utc("2026-06-04T09:00"), RULER)
    assert wall(again.due_at) == "2026-06-04T09:30"
    assert again.causes == ("parked",)


def test_a_running_clock_is_late_only_after_its_due_time() -> None:
    clock = started("1 work hour", "2026-03-03T09:00")
    assert not clocks.late(clock)
    assert not clocks.late(clock, clock.due_at)
    assert clocks.late(clock, clock.due_at + MINUTE)
    assert not clocks.late(clocks.end(clock, clock.due_at))


def test_pausing_and_resuming_twice_is_doing_it_once() -> None:
    clock = clocks.pause(started("1 workday", "2026-03-03T09:00"), utc("2026-03-03T10:00"), CHECKING)
    assert clocks.pause(clock, utc("2026-03-03T11:00"), PARKED) == clock
    resumed = clocks.resume(clock, utc("2026-03-03T11:00"), RULER)
    assert clocks.resume(resumed, utc("2026-03-03T12:00"), RULER) == resumed


def test_a_parked_case_goes_on_where_its_day_begins_on_the_wall() -> None:
    clock = clocks.start_parking(4, 7, utc("2026-03-03T09:00"), date(2026, 6, 1), RULER)
    assert clock.due_at == datetime(2026, 5, 31, 16)
    assert (clock.limits, clock.provisional, clocks.derivation_of(clock, RULER)) == ((), False, None)
    assert clocks.adjust(clock, RULER) == clocks.relimit(clock, "1 day", RULER) == clock
    with pytest.raises(ValueError, match="no limit"):
        clocks.extend(clock, RULER)


def test_a_check_takes_half_an_hour_by_night_too() -> None:
    clock = clocks.start(2, "check", None, 1, None, CHECK_LIMIT, utc("2026-03-06T23:50"), RULER)
    assert wall(clock.due_at) == "2026-03-07T00:20"


def test_nothing_happens_any_more_to_a_clock_that_ended() -> None:
    clock = clocks.end(started("1 workday", "2026-03-03T09:00"), utc("2026-03-03T10:00"))
    for refused in (
        lambda: clocks.pause(clock, utc("2026-03-03T11:00")),
        lambda: clocks.resume(clock, utc("2026-03-03T11:00"), RULER),
        lambda: clocks.extend(clock, RULER),
        lambda: clocks.end(clock, utc("2026-03-03T11:00")),
        lambda: clocks.relimit(clock, "1 day", RULER),
        lambda: clocks.adjust(clock, RULER),
    ):
        with pytest.raises(ValueError, match="ended"):
            refused()
    with pytest.raises(ValueError, match="only a clock that ended"):
        clocks.restart(started("1 workday", "2026-03-03T09:00"), utc("2026-03-03T10:00"), RULER)


def test_time_does_not_run_backwards() -> None:
    clock = clocks.pause(started("1 workday", "2026-03-03T09:00"), utc("2026-03-03T10:00"))
    with pytest.raises(ValueError, match="cannot go on"):
        clocks.resume(clock, utc("2026-03-03T09:30"), RULER)


def test_another_version_of_the_calendar_keeps_pauses_and_extensions() -> None:
    clock = clocks.extend(started("1 workday", "2026-12-31T16:00"), RULER)
    clock = clocks.resume(clocks.pause(clock, utc("2026-12-31T17:00")), utc("2026-12-31T17:30"), RULER)
    assert clock.provisional
    days = {**SEEDED.days, date(2027, 1, 4): SpecialDay("holiday", "元旦")}
    newer = Ruler(Calendar("cn", 2, date(2027, 12, 31), days), SHANGHAI)
    adjusted = clocks.adjust(clock, newer)
    assert (adjusted.pauses, adjusted.limits) == (clock.pauses, clock.limits)
    assert (adjusted.calendar, adjusted.provisional) == ("cn@2", False)
    assert adjusted.due_at > clock.due_at


def test_the_derivation_of_a_clock_tells_its_pauses_causes_and_extensions() -> None:
    clock = clocks.pause(started("2 work hours", "2026-03-03T16:00"), utc("2026-03-03T17:00"), PARKED)
    clock = clocks.extend(clocks.resume(clock, utc("2026-03-04T09:00"), RULER), RULER)
    derivation = clocks.derivation_of(clock, RULER)
    assert derivation is not None
    told = derivation.to_json()
    assert [piece["reason"] for piece in told["timeline"] if piece["kind"] == "paused"] == [
        "pause: parked"
    ] * 2
    assert told["legs"] == [
        {"limit": "2 work hours", "from": "2026-03-03T16:00:00", "due": "2026-03-04T10:00:00"},
        {"limit": "2 work hours", "from": "2026-03-04T10:00:00", "due": "2026-03-04T12:00:00"},
    ]
    assert told["due"] == wall(clock.due_at) + ":00"


def test_a_clock_survives_json() -> None:
    clock = clocks.pause(started("1 workday", "2026-03-03T09:00"), utc("2026-03-03T10:00"), CHECKING)
    for each in (
        clock,
        clocks.resume(clock, utc("2026-03-04T10:00"), RULER),
        clocks.end(clock, clock.due_at),
    ):
        assert RunningClock.from_json(json.loads(json.dumps(each.to_json()))) == each


def test_whatever_happens_to_a_clock_its_end_is_counted_from_what_it_is_made_of() -> None:
    for seed in range(400):
        chance = Random(seed)
        ruler = Ruler(random_calendar(seed // 20), SHANGHAI)
        limit, now = random_limit(chance), to_utc(random_start(chance), SHANGHAI)
        clock = clocks.start(1, "handle", None, None, 7, str(limit), now, ruler)
        for _ in range(chance.randrange(1, 7)):
            now += chance.choice((0, 30, chance.randrange(2880))) * MINUTE
            clock = happen(chance, clock, now, ruler)
            local = [(to_local(begins, SHANGHAI), to_local(ends, SHANGHAI)) for begins, ends in clock.pauses]
            legs = [parse_limit(text) for text in clock.limits]
            counted = due_by_minutes(to_local(clock.started_at, SHANGHAI), legs, ruler.calendar, local)
            assert to_local(clock.due_at, SHANGHAI) == counted, (seed, clock)
            assert clock.started_at <= clock.warns_at <= clock.due_at


def happen(chance: Random, clock: RunningClock, now: datetime, ruler: Ruler) -> RunningClock:
    if clock.ended_at is not None:
        return clocks.restart(clock, now, ruler)
    match chance.randrange(6):
        case 0 | 1:
            return clocks.pause(clock, now) if clock.running else clocks.resume(clock, now, ruler)
        case 2:
            return clocks.extend(clock, ruler) if len(clock.limits) < 3 else clocks.resume(clock, now, ruler)
        case 3:
            return clocks.end(clock, now)
        case 4:
            return clocks.relimit(clock, str(random_limit(chance)), ruler)
        case _:
            return clocks.adjust(clock, ruler)
