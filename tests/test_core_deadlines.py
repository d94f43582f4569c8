from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.model import Duration, Rung
from gewu_platform.core.calendars import Calendar, SpecialDay, Window
from gewu_platform.core.courses import Pause, course_of, in_order
from gewu_platform.core.deadlines import Light, due, ladder_times, light, warns_at
from gewu_platform.core.derivations import derive
from gewu_platform.core.limits import parse_limit
from gewu_platform.service.timing.calendar_seed import seed_calendar

SEEDED = seed_calendar(range(2024, 2028))
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due_at(start: str, limit: str, *pauses: str) -> datetime:
    return due(at(start), parse_limit(limit), SEEDED, [span(pause) for pause in pauses]).due


def span(text: str) -> Pause:
    begins, ends = text.split("..")
    return at(begins), at(ends)


def light_at(now: datetime, start: datetime, limit: Duration, pauses: Sequence[Pause] = ()) -> Light:
    warning, end = warns_at(start, limit, SEEDED, pauses), due(start, limit, SEEDED, pauses).due
    return light(warning, end, now)


def share_used(now: datetime, start: datetime, limit: Duration, pauses: Sequence[Pause] = ()) -> float:
    """How much of the limit is used at `now`, added up from the stretches between the pauses."""
    course = course_of(start, limit, SEEDED)
    position, end, used = start, max(now, start), timedelta()
    for begins, ends in in_order(pauses):
        if begins >= end:
            break
        if begins > position:
            used += course.clock.between(position, begins)
        position = max(position, ends)
    if position < end:
        used += course.clock.between(position, end)
    return used / course.amount


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-03-06T16:00", "1 workday", "2026-03-09T16:00"),  # Friday to Monday
        ("2026-03-06T19:00", "1 workday", "2026-03-09T18:00"),  # starts outside windows, ends as they close
        ("2026-03-06T16:00", "2 work hours", "2026-03-06T18:00"),  # ends exactly at closing time
        ("2026-03-06T22:36", "2 hours", "2026-03-07T00:36"),  # the clock never stops
        ("2026-03-06T17:50", "15 minutes", "2026-03-06T18:05"),
        ("2026-03-06T16:00", "3 days", "2026-03-09T16:00"),
        ("2026-02-13T16:00", "1 workday", "2026-02-14T16:00"),  # a make-up Saturday
        ("2026-02-14T16:00", "1 workday", "2026-02-24T16:00"),  # 春节
        ("2026-09-30T16:00", "1 workday", "2026-10-08T16:00"),  # 国庆
        ("2026-09-30T16:00", "3 workdays", "2026-10-10T16:00"),  # its make-up Saturday counts
        ("2026-09-30T16:00", "4 hours", "2026-09-30T20:00"),
        ("2026-03-06T16:00", "by 18:00 today", "2026-03-06T18:00"),
        ("2026-03-07T10:00", "by 12:00 today", "2026-03-07T12:00"),  # today may be a Saturday
        ("2026-03-06T19:00", "by 18:00 today", "2026-03-09T18:00"),  # past already: next workday
        ("2026-03-06T18:00", "by 18:00 today", "2026-03-09T18:00"),
        ("2026-03-06T09:00", "by 18:00 next workday", "2026-03-09T18:00"),
        ("2026-02-13T09:00", "by 18:00 next workday", "2026-02-14T18:00"),
        ("2026-03-07T09:00", "by 08:30 next workday", "2026-03-09T08:30"),
        ("2026-03-06T09:00", "by 18:00 after 2 workdays", "2026-03-10T18:00"),
        ("2026-09-30T09:00", "by 18:00 after 2 workdays", "2026-10-09T18:00"),
        ("2026-03-06T09:00", "by 00:00 next workday", "2026-03-09T00:00"),
        (
            "2026-03-06T09:00",
            "by 20:00 next workday",
            "2026-03-09T20:00",
        ),  # the hour itself need not be worked
    ],
)
def test_limits_end_when_the_standard_says(start: str, limit: str, expected: str) -> None:
    assert due_at(start, limit) == at(expected)


def test_a_pause_over_the_night_does_not_move_a_working_clock() -> None:
    night = "2026-03-03T18:00..2026-03-04T08:00"
    assert due_at("2026-03-03T16:00", "1 workday", night) == at("2026-03-04T16:00")
    assert due_at("2026-03-03T16:00", "24 hours", night) == at("2026-03-05T06:00")


def test_a_pause_moves_a_working_clock_by_the_working_time_in_it() -> None:
    parked = "2026-03-03T17:00..2026-03-05T09:00"
    assert due_at("2026-03-03T16:00", "1 workday", parked) == at("2026-03-05T18:00")


def test_pauses_may_overlap_and_come_in_any_order() -> None:
    one = due_at("2026-03-03T09:00", "4 work hours", "2026-03-03T10:00..2026-03-03T11:00")
    many = due_at(
        "2026-03-03T09:00",
        "4 work hours",
        "2026-03-03T10:30..2026-03-03T11:00",
        "2026-03-03T10:00..2026-03-03T10:45",
        "2026-03-03T10:10..2026-03-03T10:10",
    )
    assert one == many == at("2026-03-03T16:00")


def test_a_limit_that_ends_as_a_pause_begins_is_not_paused() -> None:
    assert due_at("2026-03-03T09:00", "1 hour", "2026-03-03T10:00..2026-04-03T10:00") == at(
        "2026-03-03T10:00"
    )


def test_a_pause_moves_a_fixed_time_over_workdays_only() -> None:
    weekend = "2026-03-07T00:00..2026-03-08T12:00"
    assert due_at("2026-03-06T16:00", "by 18:00 next workday", weekend) == at("2026-03-09T18:00")
    friday = "2026-03-06T17:00..2026-03-06T19:00"
    assert due_at("2026-03-06T16:00", "by 18:00 next workday", friday) == at("2026-03-09T20:00")


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        due_at("2026-03-03T09:00", "1 hour", "2026-03-03T10:00..2026-03-03T09:00")


def test_only_limits_that_depend_on_unpublished_days_are_provisional() -> None:
    def is_provisional(start: str, limit: str) -> bool:
        return due(at(start), parse_limit(limit), SEEDED).provisional

    assert is_provisional("2026-12-31T16:00", "1 workday")
    assert is_provisional("2026-12-31T16:00", "by 18:00 next workday")
    assert not is_provisional("2026-12-31T16:00", "2 work hours")
    assert not is_provisional("2026-12-31T16:00", "30 days")
    assert not is_provisional("2027-03-01T16:00", "by 18:00 today")


def test_verification_in_between_counts_as_a_pause_after_rework() -> None:
    start, limit = at("2026-03-03T09:00"), parse_limit("1 workday")
    resumed = due(start, limit, SEEDED, [span("2026-03-03T16:00..2026-03-04T10:00")])
    assert resumed.due == at("2026-03-04T15:00")
    too_late = due(start, limit, SEEDED, [span("2026-03-04T10:00..2026-03-05T10:00")])
    assert too_late.due == at("2026-03-04T09:00")


# Lights and ladders


def test_lights_change_after_80_percent_and_after_the_due_time() -> None:
    start, limit = at("2026-03-06T08:00"), parse_limit("1 workday")  # 80 % are 384 minutes: 16:24
    assert warns_at(start, limit, SEEDED) == at("2026-03-06T16:24")
    seen = [light_at(at(f"2026-03-06T{now}"), start, limit) for now in ("16:24", "16:25", "18:00", "18:01")]
    assert seen == ["green", "yellow", "yellow", "red"]


def test_an_overdue_working_limit_is_red_in_the_night_though_no_more_of_it_is_used() -> None:
    start, limit, night = at("2026-03-06T08:00"), parse_limit("1 workday"), at("2026-03-06T23:00")
    assert share_used(night, start, limit) == 1.0
    assert light_at(night, start, limit) == "red"


@pytest.mark.parametrize(("now", "expected"), [(1, "green"), (2, "yellow"), (3, "yellow"), (4, "red")])
def test_both_moments_belong_to_the_better_light(now: int, expected: str) -> None:
    first, second = datetime(2026, 1, 1), datetime(2026, 1, 3)
    assert light(first, second, datetime(2026, 1, now)) == expected


def test_a_ladder_is_climbed_on_the_limits_own_clock() -> None:
    ladder = [
        Rung("handle", 80, None, None),
        Rung("handle", 100, None, "town"),
        Rung("handle", None, parse_limit("1 workday"), "county"),
        Rung("handle", None, parse_limit("2 hours"), "city"),
    ]
    alarms = ladder_times(at("2026-03-05T08:00"), parse_limit("2 workdays"), ladder, SEEDED)
    assert [alarm.rung for alarm in alarms] == ladder
    assert [alarm.at for alarm in alarms] == [
        at("2026-03-06T14:48"),
        at("2026-03-06T18:00"),
        at("2026-03-09T18:00"),
        at("2026-03-06T20:00"),
    ]


def test_pauses_move_the_whole_ladder() -> None:
    ladder = [Rung("handle", 50, None, None), Rung("handle", None, parse_limit("2 hours"), "town")]
    pauses = [span("2026-03-05T08:00..2026-03-05T09:00"), span("2026-03-05T13:00..2026-03-05T14:00")]
    alarms = ladder_times(at("2026-03-05T08:00"), parse_limit("4 hours"), ladder, SEEDED, pauses)
    assert [alarm.at for alarm in alarms] == [at("2026-03-05T11:00"), at("2026-03-05T16:00")]


def test_an_escalation_after_a_provisional_due_time_is_provisional() -> None:
    ladder = [Rung("handle", 10, None, None), Rung("handle", None, parse_limit("2 hours"), "town")]
    alarms = ladder_times(at("2026-12-31T09:00"), parse_limit("1 workday"), ladder, SEEDED)
    assert [alarm.provisional for alarm in alarms] == [False, True]


def test_a_rung_without_a_time_is_refused() -> None:
    with pytest.raises(ValueError, match="handle"):
        ladder_times(
            at("2026-03-05T08:00"), parse_limit("1 hour"), [Rung("handle", None, None, "town")], SEEDED
        )


# Against an oracle that steps from minute to minute

FIRST = date(2026, 1, 1)
DAYS = 150


@dataclass(frozen=True)
class Town:
    """A calendar and, read off its plain data by other means, which minutes are worked and which days."""

    calendar: Calendar
    worked: bytes
    workdays: bytes


def random_town(random: Random) -> Town:
    week = [random_windows(random) if random.random() < 0.7 else () for _ in range(7)]
    week[random.randrange(7)] = (Window(480, 720), Window(840, 1080))
    names = {
        FIRST + timedelta(days=random.randrange(DAYS)): random.choice(["holiday", "workday"])
        for _ in range(30)
    }
    calendar = Calendar(
        "t", 1, date(2026, 12, 31), {d: SpecialDay(k, "") for d, k in names.items()}, tuple(week)
    )
    standard = next(windows for windows in week if windows)
    worked, workdays = bytearray(), bytearray()
    for index in range(DAYS):
        day = FIRST + timedelta(days=index)
        windows = week[day.weekday()]
        if names.get(day) == "holiday":
            windows = ()
        elif names.get(day) == "workday" and not windows:
            windows = standard
        worked += bytes(any(a <= minute < b for a, b in windows) for minute in range(1440))
        workdays += bytes([1 if windows else 0]) * 1440
    return Town(calendar, bytes(worked), bytes(workdays))


def random_windows(random: Random) -> tuple[Window, ...]:
    edges = sorted(random.sample(range(0, 1441, 15), 2 * random.randint(1, 3)))
    return tuple(Window(*edges[index : index + 2]) for index in range(0, len(edges), 2))


def random_limit(random: Random) -> Duration:
    clock_time = f"{random.randrange(24):02}:{random.randrange(60):02}"
    return random.choice(
        [
            Duration("minutes", random.randint(1, 300)),
            Duration("hours", random.randint(1, 72)),
            Duration("work_hours", random.randint(1, 24)),
            Duration("workdays", random.randint(1, 5)),
            Duration("days", random.randint(1, 7)),
            Duration("by", at=clock_time, day="today"),
            Duration("by", at=clock_time, day="next_workday"),
            Duration("by", random.randint(1, 4), clock_time, "after_workdays"),
        ]
    )


def random_pauses(random: Random, start: int) -> list[tuple[int, int]]:
    begins = [start + random.randint(-2000, 8000) for _ in range(random.choice([0, 0, 1, 1, 2, 4]))]
    return [(max(begin, 0), max(begin, 0) + random.randint(0, 3000)) for begin in begins]


def oracle(town: Town, start: int, limit: Duration, pauses: Sequence[tuple[int, int]]) -> int:
    """The minute at which the limit has been counted in full, by looking at one minute after another."""
    counts, wanted = bytearray(b"\x01" * len(town.worked)), limit.amount
    match limit.unit:
        case "hours":
            wanted *= 60
        case "days":
            wanted *= 1440
        case "work_hours":
            counts, wanted = bytearray(town.worked), wanted * 60
        case "workdays":
            standard = next(windows for windows in town.calendar.windows if windows)
            counts, wanted = bytearray(town.worked), wanted * sum(b - a for a, b in standard)
        case "by":
            end = fixed_minute(town, start, limit)
            if limit.day != "today" or end // 1440 != start // 1440:
                counts = bytearray(town.workdays)
            wanted = sum(counts[start:end])
    for begin, end in pauses:
        for minute in range(begin, end):
            counts[minute] = 0
    minute = start
    while wanted:
        wanted -= counts[minute]
        minute += 1
    return minute


def fixed_minute(town: Town, start: int, limit: Duration) -> int:
    clock_time = datetime.strptime(str(limit.at), "%H:%M")  # noqa: DTZ007
    minute, day, left = clock_time.hour * 60 + clock_time.minute, start // 1440, max(limit.amount, 1)
    if limit.day == "today" and day * 1440 + minute > start:
        return day * 1440 + minute
    while left:
        day += 1
        left -= town.workdays[day * 1440]
    return day * 1440 + minute


@pytest.mark.parametrize("seed", range(10))
def test_500_random_limits_end_where_stepping_from_minute_to_minute_ends(seed: int) -> None:
    random = Random(seed)
    origin = datetime(2026, 1, 1)
    for index in range(500):
        if index % 250 == 0:
            town = random_town(random)
        start, limit = random.randrange(60 * 1440), random_limit(random)
        if limit.at == "00:00":
            continue
        pauses = random_pauses(random, start)
        spans = [(origin + begin * MINUTE, origin + end * MINUTE) for begin, end in pauses]
        expected = origin + oracle(town, start, limit, pauses) * MINUTE
        case = (origin + start * MINUTE, str(limit), spans, town.calendar.to_json())
        assert due(origin + start * MINUTE, limit, town.calendar, spans).due == expected, case
        assert derive(origin + start * MINUTE, limit, town.calendar, spans).due == expected, case


# To the microsecond

starts = st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 10))
limits = st.sampled_from(
    [
        "7 minutes",
        "2 hours",
        "3 work hours",
        "1 workday",
        "4 workdays",
        "2 days",
        "by 18:00 today",
        "by 09:30 next workday",
        "by 12:00 after 2 workdays",
        "by 00:00 next workday",
    ]
).map(parse_limit)


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, Duration, list[Pause]]:
    start = draw(starts)
    offsets = st.timedeltas(timedelta(days=-2), timedelta(days=6))
    lengths = st.timedeltas(timedelta(0), timedelta(days=3))
    pauses = draw(st.lists(st.tuples(offsets, lengths), max_size=3))
    return start, draw(limits), [(start + offset, start + offset + length) for offset, length in pauses]


@settings(max_examples=150)
@given(cases())
def test_the_deadline_and_its_derivation_agree(case: tuple[datetime, Duration, list[Pause]]) -> None:
    start, limit, pauses = case
    deadline, derivation = due(start, limit, SEEDED, pauses), derive(start, limit, SEEDED, pauses)
    assert (derivation.due, derivation.provisional) == (deadline.due, deadline.provisional)


@settings(max_examples=100)
@given(cases())
def test_the_whole_limit_is_used_when_due_and_not_before(
    case: tuple[datetime, Duration, list[Pause]],
) -> None:
    start, limit, pauses = case
    end = due(start, limit, SEEDED, pauses).due
    assert share_used(end, start, limit, pauses) == 1.0
    warning = warns_at(start, limit, SEEDED, pauses)
    assert start <= warning <= end
    assert share_used(warning, start, limit, pauses) == pytest.approx(0.8)
    assert light_at(end, start, limit, pauses) == "yellow"
    assert light_at(end + timedelta.resolution, start, limit, pauses) == "red"


@settings(max_examples=100)
@given(cases(), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_one_more_pause_never_brings_a_deadline_forward(
    case: tuple[datetime, Duration, list[Pause]], length: timedelta
) -> None:
    start, limit, pauses = case
    before = due(start, limit, SEEDED, pauses).due
    assert due(start, limit, SEEDED, [*pauses, (start, start + length)]).due >= before
    assert due(start, limit, SEEDED, [*pauses, (before, before + length)]).due == before
