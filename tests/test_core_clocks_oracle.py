from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from minute_oracle import (
    due_by_minutes,
    minutes_of,
    random_calendar,
    random_limit,
    random_pauses,
    random_start,
    share_by_minutes,
)

from gewu_dsl.model import Rung
from gewu_platform.core.clocks import Ruler
from gewu_platform.core.deadlines import due, ladder_times
from gewu_platform.core.derivations import derive
from gewu_platform.core.zones import to_local, to_utc

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)


def compare_with_counting_minutes(seeds: Iterable[int]) -> None:
    """Every figure of a random deadline against the minutes counted one by one."""
    for seed in seeds:
        chance = Random(seed)
        calendar, start = random_calendar(seed // 100), random_start(chance)
        limits = [random_limit(chance)] * chance.choice((1, 1, 1, 2, 3))
        pauses = random_pauses(chance, start)
        told = f"seed {seed}: {start} {limits[0]} × {len(limits)}, {pauses}, {calendar}"

        end = due_by_minutes(start, limits, calendar, pauses)
        found = due(start, limits, calendar, pauses)
        assert found.due == end, told
        (reached,) = ladder_times(start, limits, [Rung("handle", 80, None, None)], calendar, pauses)
        warning = share_by_minutes(start, limits, calendar, pauses, 80)
        assert warning - MINUTE < reached.at <= warning, told

        derivation = derive(start, limits, calendar, pauses)
        assert (derivation.due, derivation.provisional) == (end, found.provisional), told
        edges = [start, *(span.end for span in derivation.spans)]
        assert [span.start for span in derivation.spans] == edges[:-1], told
        assert all(before < after for before, after in pairwise(edges)), told
        for number, (limit, begins, _) in enumerate(derivation.legs):
            counted = sum(span.minutes for span in derivation.counted if span.leg == number)
            assert counted == minutes_of(begins, limit, calendar)[0], told

        texts = tuple(str(limit) for limit in limits)
        stored = [(to_utc(begins, SHANGHAI), to_utc(ends, SHANGHAI)) for begins, ends in pauses]
        measured = Ruler(calendar, SHANGHAI).measure(to_utc(start, SHANGHAI), texts, stored)
        assert to_local(measured.due_at, SHANGHAI) == end, told
        assert to_local(measured.warns_at, SHANGHAI) == reached.at, told
        assert measured.derivation.to_json() == derivation.to_json(), told


def test_deadlines_equal_counting_minutes_on_5000_random_cases() -> None:
    compare_with_counting_minutes(range(5_000))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
def test_deadlines_equal_counting_minutes_on_100000_random_cases(part: int) -> None:
    compare_with_counting_minutes(range(5_000 + part * 5_000, 10_000 + part * 5_000))


def test_the_oracle_itself_knows_a_make_up_saturday() -> None:
    from gewu_dsl.model import Duration
    from gewu_platform.service.timing.calendar_seed import seed_calendar

    calendar = seed_calendar(range(2026, 2027))
    start = datetime(2026, 2, 13, 16)
    assert due_by_minutes(start, [Duration("workdays", 1)], calendar) == datetime(2026, 2, 14, 16)
    assert due_by_minutes(start, [Duration("workdays", 2)], calendar) == datetime(2026, 2, 24, 16)
